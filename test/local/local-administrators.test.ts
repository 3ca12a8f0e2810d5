import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Api } from 'grammy';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startBotApiServer } from '../../functions/local/bot-api/server.ts';
import type { BotApiServer } from '../../functions/local/bot-api/types.ts';
import { LocalAdministrators } from '../../functions/local/local-administrators.ts';
import { TOKEN, ada, bob, profile } from './bot-api/parties.ts';

let dataFolder: string;
let server: BotApiServer;
let api: Api;

beforeEach(async () => {
  dataFolder = mkdtempSync(join(tmpdir(), 'administrators-'));
  server = await startBotApiServer({ bots: { [TOKEN]: profile } });
  for (const person of [ada, bob]) server.user(person);
  api = new Api(TOKEN, { apiRoot: server.apiRoot });
});

afterEach(async () => {
  await server.close();
  rmSync(dataFolder, { recursive: true });
});

const named = (configured: readonly number[] = []): LocalAdministrators =>
  new LocalAdministrators({ dataFolder, configured, otherwise: ada.id });
const menuOf = (user: number): string[] => server.menu({ user }).map(({ command }) => command);

test('rights come with the menu of an administrator, and go with it', async () => {
  const administrators = named();
  const { ids } = administrators;
  await administrators.appoint(bob.id, true, api);
  expect(ids).toEqual([ada.id, bob.id]);
  expect(menuOf(bob.id)).toContain('kb_upload');
  await administrators.appoint(bob.id, false, api);
  expect(ids).toEqual([ada.id]);
  expect(menuOf(bob.id)).not.toContain('kb_upload');
  expect(menuOf(bob.id)).toContain('kb_search');
});

test('rights outlive the run, in a file of their owner’s', async () => {
  await named().appoint(bob.id, true, api);
  await named().appoint(ada.id, false, api);
  expect(named().ids).toEqual([bob.id]);
  expect(statSync(join(dataFolder, 'administrators.json')).mode & 0o777).toBe(0o600);
});

test('a file that holds no ids is as none', () => {
  writeFileSync(join(dataFolder, 'administrators.json'), '["ada"]');
  expect(named().ids).toEqual([ada.id]);
});

test('ADMIN_USER_IDS decides where it is set', async () => {
  await named().appoint(bob.id, true, api);
  const administrators = named([7]);
  expect(administrators.canChange).toBe(false);
  await expect(administrators.appoint(bob.id, true, api)).rejects.toThrow('ADMIN_USER_IDS');
  expect(administrators.ids).toEqual([7]);
});
