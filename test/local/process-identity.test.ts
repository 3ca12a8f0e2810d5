import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { describeHolder, pidHere, processIdentity } from '../../functions/local/process-identity.ts';

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
