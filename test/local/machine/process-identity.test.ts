import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { placeId } from '../../../functions/local/machine/place.ts';
import {
  describeHolder,
  pidHere,
  processIdentity,
} from '../../../functions/local/machine/process-identity.ts';

describe('the identity of a local process', () => {
  const me = processIdentity();

  it('is alive while the process runs, and dead once it has ended', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const { holder } = processIdentity({ pid: child.pid! });
    expect(me.isDead(holder)).toBe(false);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(me.isDead(holder)).toBe(true);
  });

  it('takes a reused pid for another process', () => {
    const earlier = me.holder.replace(/[^:]+$/, '1');
    expect(me.isDead(earlier)).toBe(true);
    expect(me.isDead(me.holder)).toBe(false);
  });

  it('takes no process for dead that it cannot see, or whose start nobody could tell', () => {
    const unknown = me.holder.replace(/[^:]+$/, 'unknown');
    expect(me.isDead(unknown)).toBe(false);
    const neverWas = processIdentity({ pid: 2 ** 22 + 1 });
    expect(me.isDead(neverWas.holder)).toBe(true);
  });

  it('never takes a process of another host, container or kind for a dead one', () => {
    const elsewhere = processIdentity({ hostId: 'other-host', pid: 2 ** 30 });
    expect(me.isDead(elsewhere.holder)).toBe(false);
    expect(me.isDead('lambda:webhook:7:2026/01/01/[7]abc')).toBe(false);
    expect(me.isDead('')).toBe(false);
  });

  it('is something that an operator can act on', () => {
    const named = processIdentity({ hostId: 'press-line-3' });
    expect(describeHolder(named.holder)).toBe(`PID ${process.pid} on press-line-3`);
    expect(describeHolder('lambda:x')).toBe('lambda:x');
    expect(pidHere(named.holder, named)).toBe(process.pid);
    expect(pidHere(named.holder, me)).toBeUndefined();
  });
});

describe.skipIf(process.platform === 'win32')('the place of a process on a Mac', () => {
  afterEach(() => vi.unstubAllEnvs());

  /** The place where `sysctl -n kern.bootsessionuuid` prints this. */
  const placeWhere = async (told: string): Promise<string> => {
    const folder = await mkdtemp(join(tmpdir(), 'mac-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const wanted = '[ "$*" = "-n kern.bootsessionuuid" ] || exit 1';
    await writeFile(join(folder, 'sysctl'), `#!/bin/sh\n${wanted}\n${told}\n`, { mode: 0o700 });
    vi.stubEnv('PATH', folder);
    return placeId({ platform: 'darwin', stateFolder: join(folder, 'state') });
  };

  it('is its boot, whatever the machine is called', async () => {
    const boot = 'echo 6A1F0C1E-58B7-4E0C-9B53-0D3C3F5B7D11';
    expect(await placeWhere(boot)).toBe(await placeWhere(boot));
    expect(await placeWhere('echo 0D3C3F5B-58B7-4E0C-9B53-6A1F0C1E7D11')).not.toBe(await placeWhere(boot));
  });

  it.each(['echo', 'echo "sysctl: unknown oid \'kern.bootsessionuuid\'" >&2; exit 1'])(
    'is an id that is kept where it tells no boot: %s',
    async (told) => {
      const [one, other] = [await placeWhere(told), await placeWhere(told)];
      expect(one).toMatch(/^[0-9a-f]{12}$/);
      expect(other).not.toBe(one);
    },
  );
});

describe('the place of a process whose system tells no boot', () => {
  const NOBODY = 2 ** 22 + 1;
  const stateOf = async (machine: string): Promise<string> => {
    const folder = await mkdtemp(join(tmpdir(), `${machine}-`));
    onTestFinished(() => rm(folder, { recursive: true }));
    return folder;
  };
  const at = (stateFolder: string): string => placeId({ platform: 'win32', stateFolder });

  it('is not that of another machine of the same name, whose processes cannot be seen from here', async () => {
    const [here, there] = [await stateOf('here'), await stateOf('there')];
    const me = processIdentity({ place: at(here) });
    const living = processIdentity({ place: at(there), pid: NOBODY });
    expect(me.isDead(living.holder)).toBe(false);
    expect(pidHere(living.holder, me)).toBeUndefined();
  });

  it('is kept for the later processes of its machine, which know when an earlier one has ended', async () => {
    const state = await stateOf('here');
    const ended = processIdentity({ place: at(state), pid: NOBODY });
    const later = processIdentity({ place: at(state) });
    expect(later.isDead(ended.holder)).toBe(true);
    expect(pidHere(ended.holder, later)).toBe(NOBODY);
    expect(at(state)).not.toBe(placeId({ platform: 'win32', stateFolder: state, hostId: 'press-1' }));
  });

  it('is made anew where what was kept is damaged, and nobody else’s where nothing can be kept', async () => {
    const state = await stateOf('here');
    await writeFile(join(state, 'machine-id'), '');
    expect(at(state)).toBe(at(state));
    expect(await readFile(join(state, 'machine-id'), 'utf8')).toMatch(/^[0-9a-f-]{36}$/);

    const noFolder = join(state, 'machine-id');
    const script = `import { placeId } from ${JSON.stringify(new URL('../../../functions/local/machine/place.ts', import.meta.url).href)};
      process.stdout.write(placeId({ platform: 'win32', stateFolder: ${JSON.stringify(noFolder)} }));`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script]);
    let elsewhere = '';
    child.stdout.on('data', (chunk) => (elsewhere += String(chunk)));
    await once(child, 'close');
    expect(elsewhere).toMatch(/^[0-9a-f]{12}$/);
    expect(at(noFolder)).toBe(at(noFolder));
    expect(at(noFolder)).not.toBe(elsewhere);
  });
});
