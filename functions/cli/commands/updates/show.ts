import type { Command } from 'commander';
import { DEDUPE_HOURS } from '../../../lease/limits.ts';
import { announcedBot, botJson } from '../../chosen-bot.ts';
import { defineCommand, type Invocation } from '../../define-command.ts';
import { protocolOf, withStore } from '../../session.ts';
import { parseUpdateId } from '../../update-id.ts';
import { updateJson, updateLines } from '../../update-view.ts';
import { CommandError } from '../../usage-error.ts';

/** `bot updates show` */
export function define(command: Command): void {
  command.argument('<update-id>', 'as updates list and the log name it', parseUpdateId);
  defineCommand(command, {
    examples: [['123456789 --json --stack AgentFactoryBot-prod', 'the same of a deployed bot, for a script']],
    run: show,
  });
}

async function show({ args, output, target }: Invocation<object>): Promise<number> {
  const updateId = Number(args[0]);
  return withStore(await target(), async (session) => {
    const bot = await announcedBot(session, output);
    const { ledger } = protocolOf(session, bot.id);
    const record = await ledger.read(updateId);
    if (record === undefined) {
      throw new CommandError(
        `Update ${updateId} is not in the ledger: it never came, or more than ${DEDUPE_HOURS} hours ago`,
      );
    }
    for (const line of updateLines(record)) output.line(line);
    output.json({ ...updateJson(record), ...botJson(bot) });
    return 0;
  });
}
