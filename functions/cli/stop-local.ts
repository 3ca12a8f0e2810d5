import { describeHolder, pidHere, processIdentity, type ProcessIdentity } from '../local/process-identity.ts';
import { commandForThisBot } from './invocation.ts';
import { readLeases, standingHolder } from './lease-view.ts';
import type { Output } from './output.ts';
import { livingProcesses, untilEnded, watchProcess } from './processes.ts';
import { botIdOf, protocolOf, withStoreIfAny } from './session.ts';
import type { Target } from './target.ts';
import { CommandError } from './usage-error.ts';

/** Handling one update may take its whole deadline; then come the confirmation and the release. */
const STOP_RESERVE_MS = 8_000;
const KILL_PATIENCE_MS = 5_000;

/**
 * Stops the bot of this machine: the process that holds the lease, or one that serves a webhook or stands by.
 * @throws CommandError when the lease's holder is not of this machine
 */
export async function stopLocal(
  target: Target,
  output: Output,
  options: { silentJson?: boolean } = {},
): Promise<number> {
  const identity = processIdentity({ hostId: target.settings.hostId });
  const json = (value: object): void => (options.silentJson === true ? undefined : output.json(value));
  const pid = await findProcess(target, identity);
  if (pid === undefined) {
    output.line('Bot is not running: there is nothing to stop');
    json({ stopped: false, pid: null });
    return 0;
  }
  output.line(`Found bot process: PID ${pid}`);
  const watched = watchProcess(pid, target.settings.hostId);
  output.line('Sending SIGTERM...');
  send(pid, 'SIGTERM');
  const insisted = !(await untilEnded(watched, target.settings.handlerDeadlineMs + STOP_RESERVE_MS));
  if (insisted) {
    output.line('It did not end in time. Sending SIGKILL...');
    send(pid, 'SIGKILL');
    if (!(await untilEnded(watched, KILL_PATIENCE_MS)))
      throw new CommandError(`Process ${pid} does not end: look at it with ps, then try again`);
    output.line('It was killed, so its lease was not released: the next start here takes it over at once');
  }
  output.line(`✅ Bot stopped (PID ${pid})`);
  // It may have taken over already.
  const standby = livingProcesses(target, identity).find((each) => each.pid !== pid);
  if (standby !== undefined) {
    output.line(`PID ${standby.pid} stands by and takes over. To stop it as well, run stop again.`);
  }
  json({ stopped: true, pid, killed: insisted, standby_pid: standby?.pid ?? null });
  return 0;
}

/**
 * A process that the data folder knows needs no store to be found, which its frozen owner would not open. Whoever
 * merely answers at the port may be the bot of another folder.
 */
async function findProcess(target: Target, identity: ProcessIdentity): Promise<number | undefined> {
  const records = livingProcesses(target, identity);
  const active = records.find(({ state }) => state !== 'standby');
  if (active !== undefined) return active.pid;
  const holder = await leaseHolder(target);
  const pid = holder === undefined ? undefined : pidHere(holder, identity);
  if (pid !== undefined) return pid;
  if (records[0] !== undefined) return records[0].pid;
  if (holder !== undefined) {
    throw new CommandError(
      `The bot runs elsewhere: its lease is held by ${describeHolder(holder)}. Stop it on that machine with ` +
        `${commandForThisBot('stop')}; if that machine is gone, the lease frees itself when it expires`,
    );
  }
  return undefined;
}

/** The living process that polls, if there is one. */
async function leaseHolder(target: Target): Promise<string | undefined> {
  return withStoreIfAny(target, async (session) => {
    const protocol = protocolOf(session, await botIdOf(session));
    return standingHolder((await readLeases(protocol, session.identity.isDead)).leases);
  });
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ESRCH') return;
    throw new CommandError(
      code === 'EPERM'
        ? `Process ${pid} belongs to another user: stop it as that user, or with sudo`
        : `Process ${pid} cannot be stopped: ${code}`,
    );
  }
}
