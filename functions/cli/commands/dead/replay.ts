import type { Command } from 'commander';
import { revive } from '../../../wiring/replay.ts';
import { announcedBot, botJson, assertItsToken } from '../../chosen-bot.ts';
import { defineCommand, type Invocation } from '../../define-command.ts';
import { deliver } from '../../delivery.ts';
import { commandForThisBot } from '../../invocation.ts';
import { assertOwnClock, protocolOf, withStore } from '../../session.ts';
import { parseUpdateId } from '../../update-id.ts';
import { CommandError } from '../../usage-error.ts';

/** `bot dead replay` */
export function define(command: Command): void {
  command.argument('<update-id>', 'as dead list shows it', parseUpdateId);
  defineCommand(command, {
    examples: [['123456789 --stack AgentFactoryBot-prod', 'hands it to the deployed bot']],
    run: replay,
  });
}

async function replay({ args, output, target }: Invocation<object>): Promise<number> {
  const updateId = Number(args[0]);
  const resolved = await target();
  return withStore(resolved, async (session) => {
    const bot = await announcedBot(session, output);
    const { ledger } = protocolOf(session, bot.id);
    await assertOwnClock(session);
    await assertItsToken(session, bot);
    const payload = await revive(ledger, updateId);
    output.line(`Update ${updateId} may be tried again; delivering it...`);
    const delivery = await deliver(session, bot, payload);
    const record = await ledger.read(updateId);
    output.json({
      ...botJson(bot),
      update_id: updateId,
      delivered: delivery.settled,
      answer: delivery.answer,
      status: record?.status,
    });
    if (!delivery.settled) {
      const again = commandForThisBot('dead replay', [String(updateId)]);
      throw new CommandError(
        `The delivery was not accepted (${delivery.answer}). Nothing is lost, and \`bot dead list\` still shows it: start the bot if it does not run, then ${again}`,
      );
    }
    if (record?.status === 'dead') {
      throw new CommandError(
        `Update ${updateId} failed again and is parked: ${record.error ?? 'no reason given'}`,
      );
    }
    if (record?.parked === true) {
      throw new CommandError(
        `Update ${updateId} is ${record.status}, and still on the list: see \`bot dead list\``,
      );
    }
    // The consumer has done so, unless it was killed right after.
    await ledger.tidy({ updateId, nowMs: Date.now() });
    output.line(`✅ Update ${updateId} is ${record?.status ?? 'settled'}`);
    return 0;
  });
}
