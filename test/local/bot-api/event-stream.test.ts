import { afterEach, beforeEach, expect, test } from 'vitest';
import { startBotApiServer } from '../../../functions/local/bot-api/server.ts';
import type { BotApiEvent, BotApiServer } from '../../../functions/local/bot-api/types.ts';
import { TOKEN, ada, profile } from './parties.ts';

const SECRET = 'of the users';

let server: BotApiServer;
const leaving: AbortController[] = [];

beforeEach(async () => {
  server = await startBotApiServer({ bots: { [TOKEN]: profile }, control: { secret: SECRET } });
  server.user(ada);
});

afterEach(async () => {
  for (const each of leaving.splice(0)) each.abort();
  await server.close();
});

interface Told {
  id: string;
  event: string;
  data: BotApiEvent;
}

/** Reads the stream, one event at a time. */
async function reader(lastEventId?: string): Promise<{ next: () => Promise<Told>; leave: () => void }> {
  const leave = new AbortController();
  leaving.push(leave);
  const response = await fetch(`${server.apiRoot}/local/events`, {
    headers: {
      Authorization: `Bearer ${SECRET}`,
      ...(lastEventId !== undefined && { 'Last-Event-ID': lastEventId }),
    },
    signal: leave.signal,
  });
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const chunks = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const next = async (): Promise<Told> => {
    while (!text.includes('\n\n')) {
      const { value, done } = await chunks.read();
      if (done) throw new Error('the stream has ended');
      text += value ?? '';
    }
    const frame = text.slice(0, text.indexOf('\n\n'));
    text = text.slice(frame.length + 2);
    const field = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(frame)?.[1] ?? '';
    return { id: field('id'), event: field('event'), data: JSON.parse(field('data')) as BotApiEvent };
  };
  return { next, leave: () => leave.abort() };
}

const sent = ({ data }: Told): string | undefined =>
  data.type === 'message-sent' ? data.message.text : data.type;

test('a new reader begins with a reset, and hears what happens from then on', async () => {
  server.sendMessage({ from: ada.id, text: 'before' });
  const { next } = await reader();
  expect((await next()).event).toBe('reset');
  server.sendMessage({ from: ada.id, text: 'after' });
  expect(sent(await next())).toBe('after');
});

test('a reader that comes back misses nothing, and hears nothing twice', async () => {
  const first = await reader();
  await first.next();
  server.sendMessage({ from: ada.id, text: 'one' });
  const one = await first.next();
  first.leave();
  server.sendMessage({ from: ada.id, text: 'two' });
  const second = await reader(one.id);
  // The update that carried the first message.
  expect(sent(await second.next())).toBe('update-queued');
  expect(sent(await second.next())).toBe('two');
});

test('a reader of another run, or of the future, is reset', async () => {
  for (const id of ['00000000-1', 'not an id']) {
    const { next } = await reader(id);
    expect((await next()).event).toBe('reset');
  }
  const { next } = await reader();
  const { id } = await next();
  const ahead = id.replace(/-\d+$/, '-999999');
  expect((await (await reader(ahead)).next()).event).toBe('reset');
});

test('the end of the server ends its streams', async () => {
  const { next } = await reader();
  await next();
  const ended = next().catch((error: Error) => error.name);
  await server.close();
  await expect(ended).resolves.toBeDefined();
}, 5_000);

test('a stranger hears nothing', async () => {
  const response = await fetch(`${server.apiRoot}/local/events`);
  expect(response.status).toBe(401);
});
