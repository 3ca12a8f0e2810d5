import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { DynamoFeedbackStore } from '../../functions/dynamodb/feedback-store.ts';
import { DynamoLanguageStore } from '../../functions/dynamodb/language-store.ts';
import { DynamoStatusStore } from '../../functions/dynamodb/status-store.ts';
import { openStore } from '../../functions/local/store/open-store.ts';
import { CLEAN_ENV } from './bot-command.ts';
import { inProcess } from './example-world.ts';
import { delivered, parkedByAFaultyVersion } from './parked-updates.ts';

const folder = mkdtempSync(join(tmpdir(), 'bot-users-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const data = join(folder, 'data');
const run = (...args: string[]) =>
  inProcess(['users', 'forget', ...args, '--data', data], { folder, env: CLEAN_ENV, input: '' });

it('users forget deletes what is kept of a user, says how much, and finds nothing the next time', async () => {
  const store = await openStore({
    env: {},
    tableName: 'agent-factory-bot',
    dataFolder: data,
    ifMissing: 'create',
  });
  await new DynamoStatusStore(store).saveBot({ id: 42, username: 'a_bot', firstName: 'A' });
  const nowMs = Date.now();
  await new DynamoFeedbackStore(store).record({
    atomId: 'a:b:c',
    userId: 7,
    vote: 'up',
    updateId: 1,
    nowMs,
    keepUntilMs: nowMs + 3_600_000,
  });
  await new DynamoLanguageStore({ ...store, botId: '42' }).choose({ userId: 7, code: 'de' });
  await parkedByAFaultyVersion({ ...store, botId: 42 }, [delivered(900)]);
  await store.close();

  expect(await run('7')).toMatchObject({ code: 2, stderr: expect.stringContaining('Add --yes') as string });
  expect(JSON.parse((await run('7', '--yes', '--json')).stdout)).toEqual({
    bot: { id: 42, name: '@a_bot' },
    user_id: 7,
    scripts: 0,
    votes: 1,
    parked: 1,
    counts: 0,
    language: 1,
    at_work: 0,
  });
  expect((await run('7', '--yes')).stdout).toContain(
    '✅ Deleted: 0 scripts, 0 votes, 0 parked updates, 0 counts of refusals and notes, 0 choices of language',
  );
  expect(await run('-1001000000001', '--yes')).toMatchObject({ code: 0 });
  expect(await run('somebody', '--yes')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('A user id is a number other than 0') as string,
  });
});
