import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { BotLock, botKey } from '../../../functions/local/machine/bot-lock.ts';
import {
  meetingPoint,
  neighbours,
  SocketFiles,
  type MeetingPoint,
} from '../../../functions/local/machine/meeting-point.ts';

const newKey = (): string => randomBytes(16).toString('hex');
const until = async (probe: () => Promise<boolean>): Promise<void> => {
  while (!(await probe())) await new Promise((resolve) => setTimeout(resolve, 20));
};

/** Another process that takes the lock, and says so. */
async function holderOf(key: string, store: string) {
  const script = `
    import { BotLock } from ${JSON.stringify(new URL('../../../functions/local/machine/bot-lock.ts', import.meta.url).href)};
    const lock = new BotLock({ key: '${key}', store: '${store}', describe: () => ({ holder: 'local:vm:7:aaaaaaaaaaaa:1', dataFolder: '/srv/bot' }) });
    const other = await lock.take();
    console.log(other === undefined ? 'taken' : 'refused');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script]);
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

const systems: [string, () => (key: string) => MeetingPoint][] = [
  ['this system’s names', () => (key) => meetingPoint(key)],
  [
    'socket files',
    () => {
      const folder = mkdtempSync(join(tmpdir(), 'meet-'));
      onTestFinished(() => rmSync(folder, { recursive: true }));
      return (key) => new SocketFiles(folder, key);
    },
  ],
];

describe.each(systems)('the lock of a bot, by %s', (_, system) => {
  const lockIn = (meet: (key: string) => MeetingPoint, key: string, store: string): BotLock => {
    const describe = () => ({ holder: `holder-${store}`, dataFolder: `/srv/${store}` });
    const lock = new BotLock({ key, store, describe, meet });
    onTestFinished(() => lock.release());
    return lock;
  };

  it('is one process’s at a time, which it names, until that gives it back', async () => {
    const meet = system();
    const key = newKey();
    const [one, other] = [lockIn(meet, key, 'one'), lockIn(meet, key, 'other')];
    expect(await one.heldBy()).toBeUndefined();
    expect(await one.take()).toBeUndefined();
    expect(await other.heldBy()).toMatchObject({ holder: 'holder-one', dataFolder: '/srv/one' });
    expect(await other.take()).toMatchObject({ holder: 'holder-one' });
    await one.release();
    expect(await other.take()).toBeUndefined();
    expect(await lockIn(meet, newKey(), 'one').take()).toBeUndefined();
  });

  it('goes to exactly one of many who want it at once', async () => {
    const meet = system();
    const key = newKey();
    const all = Array.from({ length: 10 }, (_each, at) => lockIn(meet, key, `store-${at}`));
    const refused = await Promise.all(all.map((lock) => lock.take()));
    expect(refused.filter((by) => by === undefined)).toHaveLength(1);
  });

  it('is shared by those of one store, of whom another takes it over', async () => {
    const meet = system();
    const key = newKey();
    const [first, second, stranger] = ['same', 'same', 'other'].map((store) => lockIn(meet, key, store));
    expect(await first!.take()).toBeUndefined();
    expect(await second!.take()).toBeUndefined();
    await first!.release();
    await until(async () => (await stranger!.heldBy()) !== undefined);
    expect(await stranger!.take()).toBeDefined();
  });
});

describe('the lock of a bot', () => {
  it('is free at once when its process is killed, and named while that is frozen', async () => {
    const key = newKey();
    const holder = await holderOf(key, 'one');
    const other = new BotLock({ key, store: 'other', describe: () => ({}) });
    const same = new BotLock({ key, store: 'one', describe: () => ({}) });
    onTestFinished(() => Promise.all([other.release(), same.release()]).then(() => {}));
    expect(await other.take()).toMatchObject({
      holder: 'local:vm:7:aaaaaaaaaaaa:1',
      dataFolder: '/srv/bot',
    });
    holder.kill('SIGSTOP');
    expect(await other.take()).toEqual({});
    expect(await same.heldBy()).toBeUndefined();
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    expect(await other.take()).toBeUndefined();
  });

  it('cannot be guessed without the token, and is the same under every name of this machine', () => {
    const token = '77:secret';
    const key = botKey({ token, apiRoot: 'http://127.0.0.1:8081' });
    expect(botKey({ token, apiRoot: 'http://localhost:8081' })).toBe(key);
    expect(botKey({ token: '77:other', apiRoot: 'http://127.0.0.1:8081' })).not.toBe(key);
    expect(botKey({ token, apiRoot: 'https://api.telegram.org' })).not.toBe(key);
    expect(key).toMatch(/^[0-9a-f]{32}$/);
  });

  it('lists the bots of this machine, and cuts and cleans foreign entries', async () => {
    const key = newKey();
    const lock = new BotLock({
      key,
      store: 's',
      describe: () => ({ holder: `me-${key}`, user: '\u001b[2J' + 'x'.repeat(500) }),
    });
    onTestFinished(() => lock.release());
    await lock.take();
    const found = (await neighbours()).find(({ holder }) => holder === `me-${key}`);
    expect(found?.user).toMatch(/^\?\[2Jx{60}$/);
  });
});

describe('a socket file', () => {
  it('whose process has ended locks nobody out', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'meet-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const key = newKey();
    const script = `require('node:net').createServer().listen(${JSON.stringify(join(folder, `${key}.dead`))}, () => process.kill(process.pid, 'SIGKILL'))`;
    await once(spawn(process.execPath, ['-e', script]), 'exit');
    expect(readdirSync(folder)).toHaveLength(1);
    const point = new SocketFiles(folder, key);
    expect(await point.occupy(() => ({}))).toBeUndefined();
    expect(readdirSync(folder)).toHaveLength(1);
    await point.leave();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('that somebody else listens at without a word keeps out', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'meet-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const key = newKey();
    const mute = createServer();
    await new Promise<void>((resolve) => mute.listen(join(folder, `${key}.mute`), resolve));
    onTestFinished(() => void mute.close());
    expect(await new SocketFiles(folder, key).occupy(() => ({}))).toEqual({});
  });
});
