import { InvalidArgumentError, type Command } from 'commander';
import { mapInParallel } from '../../../lease/in-parallel.ts';
import { DEDUPE_HOURS } from '../../../lease/limits.ts';
import { newestUpdateId, updatesUpTo } from '../../../lease/recent-updates.ts';
import type { LedgerRecord } from '../../../lease/ledger-store.ts';
import { lastClaimed } from '../../../local/store/last-claimed.ts';
import { announcedBot, botJson } from '../../chosen-bot.ts';
import { defineCommand, type Invocation } from '../../define-command.ts';
import { commandForThisBot } from '../../invocation.ts';
import { table } from '../../output.ts';
import { protocolOf, withStore, type Session } from '../../session.ts';
import { parseUpdateId } from '../../update-id.ts';
import { UPDATE_COLUMNS, updateJson, updateRow } from '../../update-view.ts';
import { CommandError } from '../../usage-error.ts';

interface ListOptions {
  last?: number;
  upTo?: number;
}

const LAST = 20;
const MOST = 500;

/** `bot updates list` */
export function define(command: Command): void {
  command
    .option('-n, --last <number>', `number of updates (default: ${LAST})`, parseCount)
    .option('--up-to <update-id>', 'that update and those before it', (text) => Number(parseUpdateId(text)));
  defineCommand<ListOptions>(command, {
    examples: [
      ['--last 100 --stack AgentFactoryBot-prod', 'the last hundred updates of a deployed bot'],
      ['--up-to 123456789', 'the one that a log names, and those before it'],
    ],
    run: list,
  });
}

async function list({ options, output, target }: Invocation<ListOptions>): Promise<number> {
  return withStore(await target(), async (session) => {
    const bot = await announcedBot(session, output);
    const updates = (await found(session, bot.id, options)).toSorted(
      (one, other) => other.claimedAtMs - one.claimedAtMs,
    );
    if (updates.length === 0)
      output.line(`The ledger knows of no update: none came within the last ${DEDUPE_HOURS} hours`);
    else {
      for (const line of table([UPDATE_COLUMNS, ...updates.map(updateRow)])) output.line(line);
      output.line(`Attempt by attempt: ${commandForThisBot('updates show <update>')}`);
    }
    output.json({ ...botJson(bot), updates: updates.map(updateJson) });
    return 0;
  });
}

async function found(session: Session, botId: string, options: ListOptions): Promise<LedgerRecord[]> {
  const { last: limit = LAST, upTo } = options;
  const { leases, ledger } = protocolOf(session, botId);
  if (upTo !== undefined) return updatesUpTo(ledger, { updateId: upTo, limit });
  if (session.store.isLocal) {
    const ids = await lastClaimed({ ...session.store, scope: botId }, limit);
    const records = await mapInParallel(ids, (id) => ledger.read(id));
    return records.flatMap((record) => record ?? []);
  }
  const updateId = newestUpdateId(await leases.list(), Date.now());
  if (updateId !== undefined) return updatesUpTo(ledger, { updateId, limit });
  throw new CommandError(
    `No lease names an update of the last ${DEDUPE_HOURS} hours: either none came, or a bot polled last, whose lease names none. ` +
      `Name one that the log has: ${commandForThisBot('updates list --up-to <update>')}`,
  );
}

function parseCount(text: string): number {
  if (/^\d{1,3}$/.test(text) && Number(text) >= 1 && Number(text) <= MOST) return Number(text);
  throw new InvalidArgumentError(`It takes a whole number from 1 to ${MOST}.`);
}
