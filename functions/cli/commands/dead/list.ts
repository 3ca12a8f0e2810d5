import type { Command } from 'commander';
import { announcedBot, botJson } from '../../chosen-bot.ts';
import { defineCommand, type Invocation } from '../../define-command.ts';
import { commandForThisBot } from '../../invocation.ts';
import { table, time } from '../../output.ts';
import { factsJson, factsOfParked, kindAndTime } from '../../parked-facts.ts';
import { protocolOf, withStore } from '../../session.ts';
import { shortError, stateOf, updateJson } from '../../update-view.ts';

const MAX_SHOWN = 1_000;

/** `bot dead list` */
export function define(command: Command): void {
  defineCommand(command, {
    run: list,
  });
}

async function list({ output, target }: Invocation<object>): Promise<number> {
  return withStore(await target(), async (session) => {
    const bot = await announcedBot(session, output);
    const { ledger } = protocolOf(session, bot.id);
    const dead = await ledger.listDead({ limit: MAX_SHOWN });
    const facts = await factsOfParked(ledger, dead);
    if (dead.length === 0) output.line('No update is parked');
    else {
      const rows = dead.map((record, at) => [
        String(record.updateId),
        ...kindAndTime(facts[at]),
        stateOf(record),
        time(record.settledAtMs),
        String(record.attempts),
        shortError(record.error),
      ]);
      for (const line of table([['Update', 'Kind', 'Sent', 'State', 'Since', 'Attempts', 'Error'], ...rows]))
        output.line(line);
      output.line(`To try one again: ${commandForThisBot('dead replay <update>')}`);
    }
    output.json(
      dead.map((record, at) => ({ ...updateJson(record), ...factsJson(facts[at]), ...botJson(bot) })),
    );
    return 0;
  });
}
