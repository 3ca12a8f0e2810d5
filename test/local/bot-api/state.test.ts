import { mkdirSync, rmSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startBotApiServer } from '../../../functions/local/bot-api/server.ts';
import type { BotApiServer } from '../../../functions/local/bot-api/types.ts';
import { TOKEN, ada, profile } from './parties.ts';
import { rawCall } from './raw-call.ts';
import { startWebhookReceiver } from './webhook-receiver.ts';

let folder: string;
let stateFile: string;
const servers: BotApiServer[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bot-api-state-'));
  stateFile = join(folder, 'deeper', 'telegram.json');
});

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
  await rm(folder, { recursive: true });
});

async function start(): Promise<BotApiServer> {
  const server = await startBotApiServer({ bots: { [TOKEN]: profile }, stateFile });
  servers.push(server);
  return server;
}

test('ids go on after a restart, and unconfirmed updates, messages, users and settings are there again', async () => {
  const first = await start();
  first.user(ada);
  const { updateId: confirmed = 0 } = first.sendMessage({ from: ada.id, text: 'one' });
  await rawCall(first, 'getUpdates', { offset: confirmed + 1, allowed_updates: ['message'] });
  const { updateId: pending = 0, message } = first.sendMessage({ from: ada.id, text: 'two' });
  await rawCall(first, 'setMyCommands', { commands: [{ command: 'start', description: 'x' }] });
  await rawCall(first, 'setMyDescription', { description: 'About' });
  first.block(ada.id);
  await first.close();

  const second = await start();
  expect(second.messages(ada.id).map(({ text }) => text)).toEqual(['one', 'two']);
  expect(second.pendingUpdates()).toMatchObject([{ update_id: pending, message: { text: 'two' } }]);
  expect(await rawCall(second, 'sendMessage', { chat_id: ada.id, text: 'x' })).toMatchObject({ status: 403 });
  second.unblock(ada.id);
  const next = second.sendMessage({ from: ada.id, text: 'three' });
  expect(next.updateId).toBe(pending + 1);
  expect(next.message.message_id).toBe(message.message_id + 1);
  expect(second.inlineQuery({ from: ada.id, query: 'x' }).updateId).toBeUndefined();
  expect(await rawCall(second, 'getMyCommands')).toMatchObject({ result: [{ command: 'start' }] });
  expect(await rawCall(second, 'getMyDescription')).toMatchObject({ result: { description: 'About' } });
});

test('an update is on disk before anybody sees it, so that a crash gives its id to no other', async () => {
  const server = await start();
  server.user(ada);
  let saved = '';
  const { readFileSync } = await import('node:fs');
  server.subscribe((event) => {
    if (event.type === 'update-queued') saved = readFileSync(stateFile, 'utf8');
  });
  const { updateId } = server.sendMessage({ from: ada.id, text: 'hello' });
  expect(JSON.parse(saved)).toMatchObject({
    bots: [{ updates: { nextUpdateId: (updateId ?? 0) + 1, pending: [{ updateId }] } }],
  });
});

test('a webhook is delivered to again after a restart', async () => {
  const webhook = await startWebhookReceiver();
  const first = await start();
  first.user(ada);
  webhook.answer = ({ response }) => response.writeHead(503, { 'retry-after': '60' }).end();
  await rawCall(first, 'setWebhook', { url: webhook.url, secret_token: 'secret' });
  const { updateId } = first.sendMessage({ from: ada.id, text: 'hello' });
  await first.until('the attempt', () => first.deliveries()[0]?.endedAt !== undefined);
  await first.close();

  webhook.answer = ({ response }) => response.end();
  const second = await start();
  await second.drained();
  expect(second.deliveries()).toMatchObject([{ updateId, status: 200, attempt: 1 }]);
  expect(webhook.received.at(-1)?.headers).toMatchObject({ 'x-telegram-bot-api-secret-token': 'secret' });
  await webhook.close();
});

test('a file that cannot be written is reported once, costs nobody an answer, and is written when it can be again', async () => {
  const server = await start();
  const reasons: string[] = [];
  server.subscribe((event) => event.type === 'state-not-kept' && reasons.push(event.reason));
  server.user(ada);
  // In this very turn: the server writes at the end of it, by way of that name, and a folder cannot be made meanwhile.
  mkdirSync(`${stateFile}.next`, { recursive: true });
  expect(server.sendMessage({ from: ada.id, text: 'one' }).updateId).toBeGreaterThan(0);
  server.sendMessage({ from: ada.id, text: 'two' });
  expect(reasons).toEqual([expect.stringMatching(/telegram\.json cannot be written: /)]);
  rmSync(`${stateFile}.next`, { recursive: true });
  server.sendMessage({ from: ada.id, text: 'three' });
  expect(await readFile(stateFile, 'utf8')).toContain('two');
  expect(reasons).toHaveLength(1);
});

test("the file is its owner's alone and holds no token", async () => {
  const server = await start();
  server.user(ada);
  server.sendMessage({ from: ada.id, text: 'hello' });
  await server.close();
  expect((await stat(stateFile)).mode & 0o077).toBe(0);
  expect(await readFile(stateFile, 'utf8')).not.toContain(TOKEN.split(':')[1]);
});

test('bots that are not served this time keep their place in the file', async () => {
  const first = await start();
  first.user(ada);
  first.sendMessage({ from: ada.id, text: 'hello' });
  await first.close();
  const other = await startBotApiServer({ bots: { '9:other': { ...profile, id: 9 } }, stateFile });
  await other.close();
  const again = await start();
  expect(again.pendingUpdates()).toMatchObject([{ message: { text: 'hello' } }]);
});

test.each([
  ['{"version":1', 'no JSON'],
  ['{"version":2}', 'version is invalid'],
  ['{"version":1,"people":{"users":[],"chats":[],"blocks":[]},"bots":[{"id":"x"}]}', 'bots.0.id is invalid'],
])('a file that holds %s is refused by name and reason', async (content, reason) => {
  stateFile = join(folder, 'telegram.json');
  await writeFile(stateFile, content);
  await expect(start()).rejects.toThrow(
    `telegram.json does not hold the state of a local Bot API server (${reason})`,
  );
});

test('a webhook in the file is forgotten, and named, while the server’s own program polls the bot', async () => {
  const first = await start();
  await rawCall(first, 'setWebhook', { url: 'https://evil.example/collect' });
  await first.close();
  const forgotten: string[] = [];
  const polledOnly = { forgotWebhook: (url: string) => void forgotten.push(url) };
  const second = await startBotApiServer({ bots: { [TOKEN]: profile }, stateFile, polledOnly });
  expect(forgotten).toEqual(['https://evil.example/collect']);
  expect(await rawCall(second, 'getUpdates')).toMatchObject({ status: 200 });
  await second.close();
});
