import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DynamoLeaseStore } from '../../functions/dynamodb/lease-store.ts';
import { DynamoStatusStore } from '../../functions/dynamodb/status-store.ts';
import { checkHealth } from '../../functions/status/check.ts';
import { DynamoLedgerStore } from '../../functions/dynamodb/ledger-store.ts';
import { systemClock } from '../../functions/lease/clock.ts';
import { localClient } from '../fixtures/local-dynamodb.ts';
import { CLEAN_ENV, type Env } from './bot-command.ts';
import { inProcess, type Ran } from './example-world.ts';
import { delivered, parkedByAFaultyVersion } from './parked-updates.ts';
import { sharedStore } from './shared-store.ts';

const [ONE, TWO] = [5150, 5151];

/** One and the same update id is parked for both, and the second one's standing lease is held. */
describe('two bots over one table', () => {
  const shared = sharedStore();
  const folder = mkdtempSync(join(tmpdir(), 'two-bots-'));
  let env: Env;
  let table: { client: ReturnType<typeof localClient>; tableName: string };
  beforeAll(async () => {
    env = { ...CLEAN_ENV, ...(await shared.freshTable()), BOT_DATA: join(folder, 'data') };
    table = { client: localClient(shared.endpoint()), tableName: env['TABLE_NAME']! };
    const status = new DynamoStatusStore(table);
    for (const id of [ONE, TWO]) {
      await parkedByAFaultyVersion({ ...table, botId: id }, [delivered(id === ONE ? 555 : 777)]);
      await status.saveBot({ id, username: `shared_${id - ONE}_bot`, firstName: 'S' });
    }
    const nowMs = Date.now();
    await new DynamoLeaseStore({ ...table, scope: String(TWO) }).acquire({
      key: { epoch: 1, partition: 0 },
      holder: 'elsewhere',
      attemptId: 'standing',
      nowMs,
      expiresAtMs: nowMs + 600_000,
      staleBeforeMs: nowMs + 600_000,
    });
  });
  afterAll(() => {
    table.client.destroy();
    rmSync(folder, { recursive: true, force: true });
  });
  const tokenOf = (id: number): Env => ({ TELEGRAM_BOT_TOKEN: `${id}:shared-store-test` });
  const run = (args: string[], more: Env = {}): Promise<Ran> => {
    const { TELEGRAM_BOT_TOKEN: _, ...without } = env;
    return inProcess(args, { folder, env: { ...without, ...more }, input: '' });
  };
  const EACH = [
    ['status'],
    ['dead', 'list'],
    ['dead', 'show', '777'],
    ['dead', 'replay', '777'],
    ['dead', 'drop', '777', '--yes'],
    ['updates', 'show', '777'],
    ['partitions', 'show'],
    ['partitions', 'set', '2', '--yes'],
    ['release', '--force', '--even-if-live', '--reason', 'a test'],
    ['users', 'forget', '7', '--yes'],
    ['stop'],
  ];

  it.each(EACH)(
    'refuse %s %s where no token and no --bot says which is meant, and touch nothing',
    async (...args) => {
      const ran = await run(args);
      expect(ran.code, ran.stdout + ran.stderr).toBe(2);
      expect(ran.stderr).toContain('@shared_0_bot (5150), @shared_1_bot (5151)');
      expect(ran.stderr).toContain('--bot ID');
    },
  );

  it('are distinguished by the token, and by --bot, in every command that reads', async () => {
    const one = await run(['dead', 'list'], tokenOf(ONE));
    expect(one.stdout).toContain('Bot: @shared_0_bot (5150)\n');
    expect(one.stdout).toContain('555');
    expect(one.stdout).not.toContain('777');
    const two = await run(['dead', 'list', '--bot', String(TWO), '--json']);
    expect(JSON.parse(two.stdout)).toMatchObject([
      { update_id: 777, bot: { id: TWO, name: '@shared_1_bot' } },
    ]);
    for (const [args, id] of [
      [['dead', 'show', '777'], TWO],
      [['updates', 'show', '555'], ONE],
      [['partitions', 'show'], ONE],
    ] as const) {
      const shown = await run([...args, '--bot', String(id), '--json']);
      expect(JSON.parse(shown.stdout)).toMatchObject({ bot: { id } });
      expect((await run([...args], tokenOf(id))).stdout).toContain(`_bot (${id})\n`);
    }
    expect((await run(['updates', 'show', '777'], tokenOf(ONE))).code).toBe(1);
    expect(JSON.parse((await run(['status', '--json'], tokenOf(ONE))).stdout)).toMatchObject({
      bot: '@shared_0_bot',
      bot_id: ONE,
      lease: [{ holder: 'lambda:faulty-version' }],
    });
  });

  it('share the knowledge base, which every command that changes it says', async () => {
    const file = join(folder, 'atoms.json');
    writeFileSync(file, JSON.stringify([{ atom_id: 'a:b:c', title: 'Belt', content: 'Tension it.' }]));
    const bots = ['@shared_0_bot (5150)', '@shared_1_bot (5151)'];
    for (const args of [
      ['kb', 'import', file],
      ['kb', 'rebuild'],
      ['kb', 'delete', 'a:b:c', '--yes'],
    ]) {
      const ran = await run([...args, '--json']);
      expect(ran.stderr).toContain(
        `The knowledge base is shared by the bots of this table: ${bots.join(', ')}\n`,
      );
      expect(JSON.parse(ran.stdout)).toMatchObject({ shared_by: bots });
    }
  });

  it('do not release, replay or drop what is the other’s', async () => {
    const release = ['release', '--force', '--even-if-live', '--reason', 'a test'];
    expect((await run(release, tokenOf(ONE))).stdout).toContain('lambda:faulty-version');
    const held = await new DynamoLeaseStore({ ...table, scope: String(TWO) }).read({
      epoch: 1,
      partition: 0,
    });
    expect(held).toMatchObject({ holder: 'elsewhere' });
    expect((await run(['dead', 'drop', '777', '--yes'], tokenOf(ONE))).code).toBe(1);
    const crossed = await run(['dead', 'replay', '777', '--bot', String(TWO)], tokenOf(ONE));
    expect(crossed.code).toBe(2);
    expect(crossed.stderr).toContain('the token belongs to bot 5150');
    const record = await new DynamoLedgerStore({ ...table, scope: String(TWO) }).read(777);
    expect(record).toMatchObject({ status: 'dead', parked: true });
    const unknown = await run(['dead', 'list', '--bot', '9']);
    expect(unknown.code).toBe(1);
    expect(unknown.stderr).toContain('Bot 9 has never run over this store');
    const stranger = await run(['partitions', 'show'], { TELEGRAM_BOT_TOKEN: '9:stranger' });
    expect(stranger.stdout).toContain(
      'Bot: 9, which has not run over this store; those that have are @shared_0_bot',
    );
  });

  it('each have a health of their own, whichever had the table first', async () => {
    const status = new DynamoStatusStore(table);
    expect(await status.bot()).toMatchObject({ id: ONE });
    const healthOf = (botId?: string) =>
      checkHealth({
        version: '1',
        clock: systemClock,
        status,
        knowledge: async () => ({ version: 'v', atoms: 1 }),
        process: { pid: 1, uptimeSeconds: () => 1 },
        ...(botId !== undefined && { botId }),
        protocolOf: (scope) => ({
          leases: new DynamoLeaseStore({ ...table, scope }),
          ledger: new DynamoLedgerStore({ ...table, scope }),
        }),
      });
    expect(await healthOf(String(TWO))).toMatchObject({
      bot: '@shared_1_bot',
      lease: [{ holder: 'elsewhere' }],
    });
    expect(await healthOf()).toMatchObject({ bot: '@shared_0_bot' });
    await status.saveBot({ id: TWO, username: 'shared_1_bot', firstName: 'S' }, { ownsTable: true });
    expect(await healthOf()).toMatchObject({ bot: '@shared_1_bot' });
  });
});
