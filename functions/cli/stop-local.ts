import {
  describeHolder,
  pidHere,
  processIdentity,
  type ProcessIdentity,
} from '../local/machine/process-identity.ts';
import type { RunRecord } from '../local/machine/run-record.ts';
import { chosenBot } from './chosen-bot.ts';
import { commandForThisBot } from './invocation.ts';
import { readLeases, standingHolder } from './lease-view.ts';
import type { Output } from './output.ts';
import { knownProcesses, ofBot, processesHere, untilEnded } from './processes.ts';
import { protocolOf, secretsOf, withStoreIfAny } from './session.ts';
import type { Target } from './target.ts';
import { CommandError, UsageError } from './usage-error.ts';

/** Handling one update may take its whole deadline; then come the confirmation and the release. */
export const STOP_RESERVE_MS = 10_000;
const KILL_PATIENCE_MS = 5_000;

/** The outcome of a stop; `--json` prints it. */
export interface Stopped {
  /** `null` where nothing was stopped, or the bot is not on Telegram. */
  bot_id: number | null;
  stopped: boolean;
  pid: number | null;
  /** It did not end in time, and was killed. */
  killed: boolean;
  standby_pid: number | null;
}

/**
 * Stops the bot of this data folder: the process that polls or serves a webhook, or one that stands by. Only a process
 * that is certainly the recorded one is sent a signal.
 * @throws CommandError when it runs elsewhere, or cannot be distinguished from others
 */
export async function stopLocal(target: Target, output: Output): Promise<Stopped> {
  const identity = processIdentity({ hostId: target.settings.hostId });
  const record = await findProcess(target, identity);
  if (record === undefined) {
    output.line('Bot is not running: there is nothing to stop');
    return { bot_id: null, stopped: false, pid: null, killed: false, standby_pid: null };
  }
  const { pid } = record;
  output.line(
    `Found bot process: PID ${pid}${record.bot === undefined ? '' : ` of ${record.bot.username ?? 'bot'} (${record.bot.id})`}`,
  );
  output.line('Sending SIGTERM...');
  send(record, identity, 'SIGTERM');
  const killed = !(await untilEnded(record, identity, target.settings.handlerDeadlineMs + STOP_RESERVE_MS));
  if (killed) {
    output.line('It did not end in time. Sending SIGKILL...');
    send(record, identity, 'SIGKILL');
    if (!(await untilEnded(record, identity, KILL_PATIENCE_MS)))
      throw new CommandError(`Process ${pid} does not end: look at it with ps, then try again`);
    output.line('It was killed, so its lease was not released: the next start here takes it over at once');
  }
  output.line(`✅ Bot stopped (PID ${pid})`);
  // It may have taken over already.
  const others = ofBot(processesHere(target.settings, identity), record.bot?.id);
  const standby = others.find((each) => each.pid !== pid);
  if (standby !== undefined) {
    output.line(`PID ${standby.pid} stands by and takes over. To stop it as well, run stop again.`);
  }
  return { bot_id: botIdOf(record), stopped: true, pid, killed, standby_pid: standby?.pid ?? null };
}

/**
 * A process that the data folder knows needs no store to be found, which its frozen owner would not open. The lease's
 * holder is data, which others may have written: it names who runs, and is no licence to signal.
 */
async function findProcess(target: Target, identity: ProcessIdentity): Promise<RunRecord | undefined> {
  const here = ofBot(processesHere(target.settings, identity), await meantBot(target));
  assertOneBot(here);
  const found = here.find(({ state }) => state !== 'standby') ?? here[0];
  if (found !== undefined) return found;
  const holder = await leaseHolder(target);
  const pid = holder === undefined ? undefined : pidHere(holder, identity);
  if (pid !== undefined) {
    throw new CommandError(
      `PID ${pid} of this machine holds the lease, but no record in the data folder ${target.settings.dataFolder} says that ` +
        'this process is the bot, so it is left alone. Name the folder that it was started with (--data), or look at ' +
        `it with ps and end it yourself: kill ${pid}`,
    );
  }
  if (holder !== undefined) throw runsElsewhere(`its lease is held by ${describeHolder(holder)}`);
  const elsewhere = ofBot(knownProcesses(target, identity), await meantBot(target))[0];
  if (elsewhere !== undefined)
    throw runsElsewhere(
      `it was last seen as ${describeHolder(elsewhere.holder)}, which cannot be seen from here`,
    );
  return undefined;
}

function botIdOf({ bot }: RunRecord): number | null {
  return bot === undefined ? null : Number(bot.id);
}

/** The bot's id, as far as it is known without the store. */
async function meantBot(target: Target): Promise<string | undefined> {
  if (target.botId !== undefined || target.settings.telegram.token === undefined) return target.botId;
  return (await secretsOf(target)).botId;
}

function assertOneBot(here: readonly RunRecord[]): void {
  const bots = new Set(here.flatMap(({ bot }) => (bot === undefined ? [] : [bot.id])));
  if (bots.size < 2) return;
  throw new UsageError(
    `It is not certain which bot is meant; the processes of this data folder are of the bots ${[...bots].join(', ')}. ` +
      'Choose one with --bot ID, or set TELEGRAM_BOT_TOKEN to its token',
  );
}

function runsElsewhere(what: string): CommandError {
  return new CommandError(
    `The bot runs elsewhere: ${what}. Stop it on that machine (or in that container) with ${commandForThisBot('stop')}; ` +
      'if that machine is gone, the lease frees itself when it expires',
  );
}

/** The living process that polls, if there is one. */
async function leaseHolder(target: Target): Promise<string | undefined> {
  return withStoreIfAny(target, async (session) => {
    const protocol = protocolOf(session, (await chosenBot(session)).id);
    return standingHolder((await readLeases(protocol, session.identity.isDead)).leases);
  });
}

/** Its pid may be another's by now. */
function send({ pid, holder }: RunRecord, identity: ProcessIdentity, signal: NodeJS.Signals): void {
  if (!identity.isAlive(holder)) return;
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
