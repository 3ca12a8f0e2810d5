import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  lifeInPs,
  lifeInStat,
  lifeOf,
  startInTicks,
  userOf,
} from '../../../functions/local/machine/process-life.ts';
import { processIdentity } from '../../../functions/local/machine/process-identity.ts';

const START = '20261128T202800Z';

describe('the start of a process', () => {
  it.each([
    ['macOS', 'S+   Sat Nov 28 20:28:00 2026    \n', START],
    ['FreeBSD', 'I+J  Sat Nov 28 20:28:00 2026\n', START],
    ['procps', 'Ssl  Sat Nov 28 20:28:00 2026\n', START],
    ['a day of one digit', 'Ss   Sat Nov  7 09:05:01 2026', '20261107T090501Z'],
    ['the day before the month', 'R    Sat 28 Nov 20:28:00 2026', START],
  ])('is read from what ps prints: %s', (_, told, start) => {
    expect(lifeInPs(told)).toEqual({ startedAt: start });
  });

  it.each([
    ['German', 'S    Sa 28 Nov 20:28:00 2026'],
    ['French', 'S    Sam 28 nov 20:28:00 2026'],
    ['Japanese', 'S    土 11/28 20:28:00 2026'],
    ['Chinese', 'S    六 11月 28 20:28:00 2026'],
    ['twelve hours', 'S    Sat Nov 28 08:28:00 PM 2026'],
    ['a zone', 'S    Sat Nov 28 20:28:00 UTC 2026'],
    ['nothing', ''],
    ['an error', 'ps: bad -p argument'],
  ])('is unknown where ps prints a reader’s own text: %s', (_, told) => {
    expect(lifeInPs(told)).toBeUndefined();
  });

  it('counts for nothing where ps lists one that has ended', () => {
    expect(lifeInPs('Z    Sat Nov 28 20:28:00 2026\n')).toBe('ended');
    expect(lifeInPs('Z+   Sat Nov 28 20:28:00 2026    \n')).toBe('ended');
  });

  it('is read from what PowerShell prints, in no culture', () => {
    expect(startInTicks('134083852800000000\r\n')).toBe('134083852800000000');
    expect(
      startInTicks('Get-Process : Cannot find a process with the process identifier 7.'),
    ).toBeUndefined();
    expect(startInTicks('28.11.2026 20:28:00')).toBeUndefined();
    expect(startInTicks('')).toBeUndefined();
  });

  it('is read from /proc, whatever the command is called', () => {
    const after = `${Array.from({ length: 18 }, (_, at) => at).join(' ')} 197355 0 0`;
    expect(lifeInStat(`7 (a) (b c) S ${after}`)).toEqual({ startedAt: '197355' });
    expect(lifeInStat(`7 (node) Z ${after}`)).toBe('ended');
  });
});

/** `20261128T202800Z` */
const atMs = (start: string): number =>
  Date.parse(start.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));

const hasPs = spawnSync('ps', ['-o', 'lstart=', '-p', String(process.pid)]).status === 0;

describe.skipIf(!hasPs)('a process as ps sees it', () => {
  it('is the same for readers of any locale and time zone', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    try {
      const script = `import { lifeOf } from ${JSON.stringify(new URL('../../../functions/local/machine/process-life.ts', import.meta.url).href)};
        process.stdout.write(JSON.stringify(lifeOf(${child.pid}, 'darwin')));`;
      const seenWith = (env: Record<string, string | undefined>): unknown =>
        JSON.parse(
          execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
            env: { PATH: process.env['PATH'], ...env },
            encoding: 'utf8',
          }),
        );
      const seen = [{ TZ: 'Asia/Tokyo', LC_ALL: 'de_DE.UTF-8' }, { TZ: 'America/New_York' }].map(seenWith);
      for (const life of seen)
        expect(life).toEqual({ startedAt: expect.stringMatching(/^\d{8}T\d{6}Z$/) as string });
      // procps computes it anew each time, to a second more or less.
      const [one, other] = seen.map((life) => atMs((life as { startedAt: string }).startedAt));
      expect(Math.abs(one! - other!)).toBeLessThanOrEqual(1_000);
    } finally {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    expect(lifeOf(child.pid!, 'darwin')).toBe('ended');
  });
});

describe.skipIf(!hasPs)('a process that a tool of the system is asked about', () => {
  afterEach(() => vi.unstubAllEnvs());

  it.each(['', '/nowhere', undefined])('is found although the search path lacks that tool: %s', (path) => {
    vi.stubEnv('PATH', path);
    expect(lifeOf(process.pid, 'darwin')).toEqual({ startedAt: expect.any(String) as string });
    expect(userOf(process.pid, 'darwin')).toBe(process.getuid?.());
  });

  it('has ended also while its parent takes no note of it', async () => {
    // The shell becomes a program that knows nothing of its child before that ends.
    const parent = spawn('sh', ['-c', 'sleep 1 & echo $!; exec sleep 60'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    onTestFinished(() => void parent.kill('SIGKILL'));
    const [said] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(String(said));
    await vi.waitUntil(() => lifeOf(pid, 'darwin') === 'ended', { timeout: 30_000 });
    expect(() => process.kill(pid, 0)).not.toThrow();
  });
});

describe('a holder whose start another version wrote as a text', () => {
  it('is neither dead nor certainly alive', () => {
    const me = processIdentity();
    const text = me.holder.replace(/[^:]+$/, 'Sat-Nov-28-20-28-00-2026');
    expect(me.isDead(text)).toBe(false);
    expect(me.isAlive(text)).toBe(false);
    expect(me.isAlive(me.holder)).toBe(true);
  });
});
