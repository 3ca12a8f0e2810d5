import type { Command } from 'commander';
import { announcedBot, botJson } from '../../chosen-bot.ts';
import { defineCommand, type Invocation } from '../../define-command.ts';
import { commandForThisBot } from '../../invocation.ts';
import { protocolOf, withStore } from '../../session.ts';
import { parseUpdateId } from '../../update-id.ts';
import { updateJson, updateLines } from '../../update-view.ts';
import { CommandError } from '../../usage-error.ts';

interface ShowOptions {
  payload?: boolean;
}

/** `bot dead show` */
export function define(command: Command): void {
  command
    .argument('<update-id>', 'as dead list shows it', parseUpdateId)
    .option('--payload', 'also the update itself: it holds what a person wrote');
  defineCommand<ShowOptions>(command, {
    examples: [['123456789 --payload --json', 'together with the update as Telegram sent it']],
    run: show,
  });
}

async function show({ options, args, output, target }: Invocation<ShowOptions>): Promise<number> {
  const updateId = Number(args[0]);
  return withStore(await target(), async (session) => {
    const bot = await announcedBot(session, output);
    const { ledger } = protocolOf(session, bot.id);
    const record = await ledger.read(updateId);
    if (record === undefined || !(record.parked || record.status === 'dead')) {
      throw new CommandError(
        `Update ${updateId} is not parked${record === undefined ? '' : `: it is ${record.status}`}. See \`bot updates show ${updateId}\``,
      );
    }
    const payload = options.payload === true ? await ledger.payload(updateId) : undefined;
    for (const line of updateLines(record)) output.line(line);
    if (options.payload !== true && record.parked)
      output.line(`The update itself: ${commandForThisBot('dead show', [String(updateId), '--payload'])}`);
    if (payload !== undefined) output.line(JSON.stringify(payload, undefined, 2));
    else if (options.payload === true) output.line('Its payload is gone: it was dropped, or has expired');
    output.json({
      ...updateJson(record),
      ...botJson(bot),
      ...(options.payload === true && { payload: payload ?? null }),
    });
    return 0;
  });
}
