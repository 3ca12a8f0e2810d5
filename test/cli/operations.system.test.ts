import type { AddressInfo } from 'node:net';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it, onTestFinished } from 'vitest';
import { targetArguments } from '../../functions/cli/invocation.ts';
import { keys } from '../../functions/dynamodb/keys.ts';
import { DynamoLeaseStore } from '../../functions/dynamodb/lease-store.ts';
import { activateLayout } from '../../functions/lease/layout-change.ts';
import { localClient } from '../fixtures/local-dynamodb.ts';
import { freePort } from '../fixtures/free-port.ts';
import { botCommand, SIDE_BY_SIDE, type Env, type Finished } from './bot-command.ts';
import { broken, delivered, parkedByAFaultyVersion } from './parked-updates.ts';
import { NEW_BOT, botIdOf, sharedStore } from './shared-store.ts';

/** For a process that waits longer than a test may: its timers of more than half a minute end at once. */
const HURRIED = `--import=data:text/javascript,${encodeURIComponent(
  'const wait = setTimeout; globalThis.setTimeout = (f, ms, ...rest) => wait(f, ms > 30_000 ? 1 : ms, ...rest);',
)}`;

describe('an operator', SIDE_BY_SIDE, () => {
  const bot = botCommand();
  const shared = sharedStore();
  const start = async (env: Env, target: string[]) => {
    const running = bot.begin(['start', ...target], { env });
    await running.until('Bot is running');
    return running;
  };
  const target = async (): Promise<string[]> => ['--data', bot.folder(), '--port', String(await freePort())];

  it('finds, looks into, replays and drops parked updates, through the one consumer', async () => {
    const env: Env = { ...(await shared.freshTable()), MAX_ATTEMPTS: '1' };
    const where = await target();
    const run = (...args: string[]): Promise<Finished> =>
      bot.ask([...args, ...targetArguments(args.slice(0, 2).join(' '), where)], { env });
    const [first, second, third] = [41, 42, 43];
    const client = localClient(shared.endpoint());
    const table = { client, tableName: env['TABLE_NAME']!, botId: botIdOf(env) };
    await parkedByAFaultyVersion(table, [delivered(first), delivered(second), broken(third)]);
    client.destroy();
    const running = await start(env, where);
    await shared.ask(env, '/help');

    const listed = await run('dead', 'list');
    expect(listed.stdout).toMatch(
      new RegExp(`^${first} +message +\\S+ \\S+Z +dead .* 1 +Error: a defect of that version`, 'm'),
    );
    expect(listed.stdout).toContain(String(second));
    expect(listed.stdout).toContain(
      `agent-factory-bot dead replay <update> ${targetArguments('dead list', where).join(' ')}\n`,
    );
    expect((await run('dead', 'show', String(first))).stdout).toContain(
      `The update itself: npx agent-factory-bot dead show ${first} --payload ${targetArguments('dead show', where).join(' ')}`,
    );
    const shown = await run('dead', 'show', String(first), '--payload');
    expect(shown.stdout).toContain(`Update ${first}: dead\nAttempts: 1 (deferred ones do not count)\n`);
    expect(shown.stdout).toContain('"text": "/kb_stats"');
    const record = JSON.parse((await run('updates', 'show', String(first), '--json')).stdout) as object;
    expect(record).toMatchObject({
      status: 'dead',
      attempts: 1,
      history: [{ ended: 'dead', fencing_token: 1, error: 'Error: a defect of that version' }],
    });

    const recent = await run('updates', 'list', '--last', '3');
    expect(recent.stdout).toMatch(/^\d+ +\w+ +\S+ \S+Z .* PID \d+ on /m);
    expect(recent.stdout).toMatch(
      new RegExp(`^${third} +dead .* 1 +lambda:faulty-version +Error: a defect`, 'm'),
    );
    expect(recent.stdout).not.toMatch(new RegExp(`^${first} `, 'm'));
    const before = await run('updates', 'list', '--up-to', String(second), '--json');
    const { updates } = JSON.parse(before.stdout) as { updates: object[] };
    expect(updates).toMatchObject([{ update_id: second }, { update_id: first }]);

    const again = await run('dead', 'replay', String(third));
    expect(again.code).toBe(1);
    expect(again.stderr).toContain(`Update ${third} failed again and is parked`);
    expect((await run('dead', 'drop', String(third), '--yes')).stdout).toContain(
      `✅ Update ${third} dropped\n`,
    );
    const replayed = await run('dead', 'replay', String(first));
    expect(replayed.code, replayed.stderr).toBe(0);
    expect(replayed.stdout).toContain(`✅ Update ${first} is done\n`);
    const answers = shared.telegram().messages(7, { bot: botIdOf(env) });
    expect(answers.at(-1)?.text).toContain('Total Atoms: 2');
    const twice = await run('dead', 'replay', String(first));
    expect(twice.stderr).toContain(`Update ${first} is done: there is nothing to replay`);

    await running.stop();
    const nobody = await run('dead', 'replay', String(second));
    expect(nobody.code).toBe(1);
    expect(nobody.stderr).toContain('Nothing is lost, and `bot dead list` still shows it: start the bot');
    const waiting = (await run('dead', 'list')).stdout;
    expect(waiting).toMatch(new RegExp(`^${second} +message .* replayed, failed `, 'm'));
    expect((await run('dead', 'show', String(second), '--payload')).stdout).toContain('"update_id": 42');
    await start(env, where);
    const started = await run('dead', 'replay', String(second));
    expect(started.stdout, started.stderr).toContain(`✅ Update ${second} is done`);
    expect((await run('dead', 'list')).stdout).toContain('No update is parked\n');
    const unknown = await run('dead', 'drop', '12345', '--yes');
    expect(unknown.stderr).toContain('Update 12345 is not parked');
  });

  it('releases the lease of a host that is gone by force, with a reason that status shows', async () => {
    // Nothing here waits for the lease to run out, however long two commands take.
    const env = { ...(await shared.freshTable()), HANDLER_DEADLINE_MS: '28000' };
    const gone = await start(shared.asHost(env, 'press-3'), await target());
    gone.kill('SIGKILL');
    await gone.finished;
    const where = await target();
    const run = (...args: string[]): Promise<Finished> =>
      bot.run([...args, ...targetArguments(args.slice(0, 2).join(' '), where)], { env });

    const bare = await run('release');
    expect(bare.code).toBe(2);
    const early = await run('release', '--force', '--reason', 'press-3 burnt down');
    expect(early.code).toBe(1);
    expect(early.stderr).toContain('The lease has not expired, so its holder may be alive');
    const forced = await run('release', '--force', '--even-if-live', '--reason', 'press-3 burnt down');
    expect(forced.code, forced.stderr).toBe(0);
    expect(forced.stdout).toContain(`Lease: held by PID ${gone.pid} on press-3`);
    expect(forced.stdout).toContain('✅ Lease released; the fencing token is 2 now\n');
    const status = await run('status');
    expect(status.stdout).toMatch(
      /Released by force at \S+ from PID \d+ on press-3 by \S+: press-3 burnt down/,
    );
    const next = await start(env, where);
    expect(next.stdout).toMatch(/Lease acquired \(fencing token 3/);
  });

  it('releases the lease of a process that has ended here at once, with no dangerous switch', async () => {
    const where = ['--data', bot.dataFolder(), '--port', String(await freePort())];
    const killed = bot.begin(['start', '--local', ...where]);
    await killed.until('Bot is running');
    killed.kill('SIGKILL');
    await killed.finished;
    const released = await bot.ask([
      'release',
      '--force',
      '--reason',
      'killed',
      ...targetArguments('release', where),
    ]);
    expect(released.code, released.stderr).toBe(0);
    expect(released.stdout).toContain(`held by PID ${killed.pid} on `);
    expect(released.stdout).toContain(', a process that has ended, until ');
    const again = await bot.ask([
      'partitions',
      'set',
      '1',
      '--yes',
      ...targetArguments('partitions set', where),
    ]);
    expect(again.stdout).toContain('Partitions: 1 (epoch 1) already: nothing was changed');
    expect(
      (await bot.ask(['partitions', 'show', '--json', ...targetArguments('partitions show', where)])).stdout,
    ).toContain('"epoch": 1');
  });

  it('says of a lease that nobody is granted why, and which command mends it', async () => {
    const env = await shared.freshTable();
    const scope = String(botIdOf(env));
    const TableName = env['TABLE_NAME']!;
    const client = localClient(env['AWS_ENDPOINT_URL_DYNAMODB']!);
    onTestFinished(() => client.destroy());
    const leases = new DynamoLeaseStore({ client, tableName: TableName, scope });
    await activateLayout(leases, 2);
    await leases.retire({ key: { epoch: 1, partition: 1 }, attemptId: 'killed', staleBeforeMs: 0 });
    const where = await target();
    const run = (...args: string[]): Promise<Finished> =>
      bot.ask([...args, ...targetArguments(args.slice(0, 2).join(' '), where)], { env });

    const started = await bot.run(['start', ...where], { env });
    expect(started.code).toBe(1);
    expect(started.stderr).toContain('a change was cut short');
    const mend = 'npx agent-factory-bot partitions set 2';
    for (const command of ['doctor', 'status'] as const) {
      const told = await run(command);
      expect(told.stdout).toContain('it was retired by a change of the partitions that did not end');
      expect(told.stdout).toContain(mend);
    }
    expect((await run('partitions', 'set', '2', '--yes')).code).toBe(0);
    expect((await run('doctor')).stdout).not.toContain(mend);

    await client.send(new DeleteCommand({ TableName, Key: keys.lease(scope, 2, 1) }));
    const refused = await run('partitions', 'set', '2', '--yes');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('Nothing was changed');
    expect(refused.stderr).toContain(`${mend} --repair`);
    expect((await run('doctor')).stdout).toContain(`${mend} --repair`);
    expect(await leases.read({ epoch: 2, partition: 0 })).toMatchObject({ retired: false });

    const repaired = await bot.run(
      ['partitions', 'set', '2', '--repair', '--yes', ...targetArguments('partitions set', where)],
      {
        env: { ...env, NODE_OPTIONS: HURRIED },
      },
    );
    expect(repaired.stdout).toContain('Waiting for 45 s');
    expect(repaired.stdout).toContain('Layout changed: 2 partitions, epoch 3');
    expect((await run('doctor')).stdout).not.toContain(mend);
    await start(env, where);
  });

  it('says of a layout that is lost that it is, and makes it anew when the command is typed that it names', async () => {
    const env = await shared.freshTable();
    const TableName = env['TABLE_NAME']!;
    const scope = String(botIdOf(env));
    const client = localClient(env['AWS_ENDPOINT_URL_DYNAMODB']!);
    onTestFinished(() => client.destroy());
    const leases = new DynamoLeaseStore({ client, tableName: TableName, scope });
    const where = await target();
    const run = (...args: string[]): Promise<Finished> =>
      bot.ask([...args, ...targetArguments(args.slice(0, 2).join(' '), where)], { env });
    expect((await (await start(env, where)).stop()).code).toBe(0);
    expect((await run('partitions', 'set', '2', '--yes')).code).toBe(0);
    expect((await (await start(env, where)).stop()).code).toBe(0);
    await client.send(new DeleteCommand({ TableName, Key: keys.layout(scope) }));

    const mend = 'npx agent-factory-bot partitions set 2 --repair';
    const started = await bot.run(['start', ...where], { env });
    expect(started.code).toBe(1);
    expect(started.stderr).toContain('the lease layout is lost');
    expect(started.stderr).toContain(mend);
    for (const command of ['doctor', 'status'] as const) {
      const told = await run(command);
      expect(told.stdout).toContain('lost: leases were granted in epoch 2, and it is missing');
      expect(told.stdout).toContain(mend);
    }
    for (const args of [
      ['partitions', 'show'],
      ['partitions', 'set', '2', '--yes'],
    ]) {
      const refused = await run(...args);
      expect(refused.code).toBe(1);
      expect(refused.stderr).toContain(mend);
    }
    const probe = new DynamoLeaseStore({ client, tableName: TableName, scope: `${scope}#synthetic` });
    await activateLayout(probe, 1);
    await probe.retire({ key: { epoch: 1, partition: 0 }, attemptId: 'r', staleBeforeMs: 0 });
    await client.send(new DeleteCommand({ TableName, Key: keys.layout(`${scope}#synthetic`) }));
    const before = await leases.list();
    expect(before.some(({ key, item }) => key.epoch === 2 && !item.retired)).toBe(true);
    const hurried = { env: { ...env, NODE_OPTIONS: HURRIED } };
    const repaired = await bot.run(
      [...mend.split(' ').slice(2), '--yes', ...targetArguments('partitions set', where)],
      hurried,
    );
    expect(repaired.stdout).toContain('Partitions: lost (epoch 2) -> 2 (epoch 3)');
    expect(repaired.stdout).toContain('Layout changed: 2 partitions, epoch 3');
    expect(await probe.readLayout()).toMatchObject({ epoch: 2, partitions: 1 });
    await client.send(new DeleteCommand({ TableName, Key: keys.lease(`${scope}#synthetic`, 2, 0) }));
    expect((await run('doctor')).stdout).toMatch(/Probe: .*missing.*\n.*partitions set 2 --repair/);
    expect(
      (
        await bot.run(
          [...mend.split(' ').slice(2), '--yes', ...targetArguments('partitions set', where)],
          hurried,
        )
      ).code,
    ).toBe(0);
    expect((await run('doctor')).stdout).not.toContain(mend);
    await start(env, where);
  });

  it('cuts no chats anew while a bot polls', async () => {
    const env = await shared.freshTable();
    const where = await target();
    const running = await start(env, where);
    const refused = await bot.ask(
      ['partitions', 'set', '2', '--yes', ...targetArguments('partitions set', where)],
      { env },
    );
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('stop it first with npx agent-factory-bot stop');
    await running.stop();
    expect(
      (
        await bot.ask(['partitions', 'set', '2', '--yes', ...targetArguments('partitions set', where)], {
          env,
        })
      ).code,
    ).toBe(0);
    const again = await start(env, where);
    expect(await shared.ask(env, '/kb_stats')).toContain('Total Atoms: 2');
    expect((await again.stop()).code).toBe(0);
  });

  it('reads what people asked in vain, the most frequent first, without who asked', async () => {
    const env = await shared.freshTable();
    const where = await target();
    const none = await bot.ask(['kb', 'gaps'], { env });
    expect(none).toMatchObject({ code: 0, stdout: 'Every search of the last 30 days found something\n' });
    const running = await start(env, where);
    for (const text of ['zzqx', 'qwrtk vbnm', 'ZZQX']) await shared.ask(env, text);
    expect((await running.stop()).code).toBe(0);
    const list = await bot.ask(['kb', 'gaps', '--days', '7'], { env });
    expect(list.stdout).toMatch(/^Times +Last day +Query\n2 .+ zzqx\n1 .+ qwrtk vbnm\n$/);
    const json = await bot.ask(['kb', 'gaps', '--json'], { env });
    expect(JSON.parse(json.stdout)).toMatchObject([
      { query: 'zzqx', count: 2, last_day: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) as string },
      { query: 'qwrtk vbnm', count: 1 },
    ]);
    expect(json.stdout).not.toMatch(/Anna|"7"/);
    const refused = await bot.ask(['kb', 'gaps', '--days', '91'], { env });
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('Takes a whole number from 1 to 90');
  });

  it('asks the doctor, who says of each thing how it is and what to do', async () => {
    const env = await shared.freshTable();
    const where = await target();
    const running = await start(env, where);
    const healthy = await bot.ask(['doctor', ...where], { env });
    expect(healthy.code, healthy.stdout).toBe(0);
    for (const check of [
      'Configuration',
      'Store',
      'Clock',
      'Layout',
      'Lease',
      'Knowledge base',
      'Telegram',
      'Webhook',
      'Health',
    ])
      expect(healthy.stdout).toContain(`✅ ${check}: `);
    await running.stop();

    const ill = { ...env, TABLE_NAME: `${env['TABLE_NAME']}-empty`, TELEGRAM_BOT_TOKEN: '1:refused' };
    const json = await bot.ask(['doctor', '--json', ...where], { env: ill });
    expect(json.code).toBe(1);
    const { checks } = JSON.parse(json.stdout) as {
      checks: { check: string; verdict: string; advice?: string }[];
    };
    const failed = checks.filter(({ verdict }) => verdict === 'failed');
    expect(failed.map(({ check }) => check)).toEqual(['Knowledge base', 'Telegram']);
    expect(failed[0]?.advice).toContain(
      `agent-factory-bot kb import atoms.json ${where.slice(0, 2).join(' ')}`,
    );
    expect(failed[1]?.advice).toContain('@BotFather');
    const fresh = { ...env, TELEGRAM_BOT_TOKEN: `${NEW_BOT.id}:shared-store-test` };
    const inline = await bot.ask(['doctor', ...where], { env: fresh });
    expect(inline.stdout).toMatch(/⚠️ {2}Inline mode: off, .*\n.*\/setinline to @BotFather/);
    expect(healthy.stdout).not.toContain('Inline mode');
    const stranger = createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1');
    await once(stranger, 'listening');
    const { port } = stranger.address() as AddressInfo;
    const taken = await bot.ask(['doctor', ...where.slice(0, -1), String(port)], { env });
    stranger.close();
    expect(taken.stdout).toContain(`❌ Port: ${port} is in use: another program answers there`);
    expect(taken.code).toBe(1);
    const wrong = await bot.ask(['doctor', ...where], { env: { ...env, MAX_ATTEMPTS: '0' } });
    expect(wrong.stdout).toContain('MAX_ATTEMPTS takes a whole number from 1 to 100');
  });
});
