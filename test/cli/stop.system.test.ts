import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { processIdentity } from '../../functions/local/machine/process-identity.ts';
import { RunRecords, type RunNote } from '../../functions/local/machine/run-record.ts';
import { botCommand, SIDE_BY_SIDE } from './bot-command.ts';

const strangers: ChildProcess[] = [];
afterAll(() => strangers.forEach((child) => child.kill('SIGKILL')));

/** A program of somebody else's that a signal would end. */
function stranger(): ChildProcess {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  strangers.push(child);
  return child;
}

const note = (pid: number, holder: string): RunNote => ({ holder, pid, state: 'running', mode: 'polling' });

describe('stop', SIDE_BY_SIDE, () => {
  const bot = botCommand();

  it('leaves the process alone whose pid a record of a former boot names, and forgets the record', async () => {
    const data = bot.folder();
    const other = stranger();
    new RunRecords(data).write(
      note(other.pid!, processIdentity({ pid: other.pid!, place: 'aaaaaaaaaaaa' }).holder),
    );
    const file = join(data, 'run', `${other.pid}.json`);
    const record = JSON.parse(readFileSync(file, 'utf8')) as object;
    writeFileSync(file, JSON.stringify({ ...record, boot: 'bbbbbbbbbbbb' }));
    const stopped = await bot.ask(['stop', '--data', data]);
    expect(stopped).toMatchObject({ code: 0, stdout: 'Bot is not running: there is nothing to stop\n' });
    expect(other.exitCode ?? other.signalCode).toBeNull();
    expect(existsSync(file)).toBe(false);
  });

  it('leaves alone and names what runs in a place that cannot be seen from here', async () => {
    const data = bot.folder();
    const other = stranger();
    const { holder } = processIdentity({ pid: other.pid!, place: 'aaaaaaaaaaaa', hostId: 'press-9' });
    new RunRecords(data).write(note(other.pid!, holder));
    const stopped = await bot.ask(['stop', '--data', data]);
    expect(stopped.code).toBe(1);
    expect(stopped.stderr).toContain(
      `The bot runs elsewhere: it was last seen as PID ${other.pid} on press-9`,
    );
    expect(stopped.stdout).not.toContain('stopped');
    expect(other.exitCode ?? other.signalCode).toBeNull();
  });

  it('leaves a later process of the same pid alone', async () => {
    const data = bot.folder();
    const other = stranger();
    const { holder } = processIdentity({ pid: other.pid! });
    new RunRecords(data).write(note(other.pid!, holder.replace(/[^:]+$/, '1')));
    expect((await bot.ask(['stop', '--data', data])).stdout).toContain('Bot is not running');
    expect(other.exitCode ?? other.signalCode).toBeNull();
  });

  it('stops the bot that runs beside the record of one that died with the machine', async () => {
    const data = bot.dataFolder();
    mkdirSync(join(data, 'run'));
    const former = { ...note(1, 'local:vm:1:aaaaaaaaaaaa:1'), boot: 'bbbbbbbbbbbb' };
    writeFileSync(join(data, 'run', '1.json'), JSON.stringify(former));
    const running = bot.begin(['start', '--data', data, '--port', '0']);
    await running.until('Bot is running');
    const stopped = await bot.ask(['stop', '--data', data]);
    expect(stopped.stdout).toContain(`✅ Bot stopped (PID ${running.pid})`);
    expect((await running.finished).code).toBe(0);
  });
});
