import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { isAtWork, type LedgerStore } from '../../../lease/ledger-store.ts';
import { confirmed } from '../../confirm.ts';
import { announcedBot, botJson } from '../../chosen-bot.ts';
import { defineCommand, type Invocation } from '../../define-command.ts';
import { assertOwnClock, protocolOf, withStore } from '../../session.ts';
import { parseUpdateId } from '../../update-id.ts';
import { CommandError } from '../../usage-error.ts';
import { hasLanded } from '../../../lease/lease-store.ts';

interface DropOptions {
  yes?: boolean;
}

/** `bot dead drop` */
export function define(command: Command): void {
  command.argument('<update-id>', 'as dead list shows it', parseUpdateId).option('--yes', 'do not ask');
  defineCommand<DropOptions>(command, {
    run: drop,
  });
}

async function drop({ options, args, output, target }: Invocation<DropOptions>): Promise<number> {
  const updateId = Number(args[0]);
  const resolved = await target();
  if (!(await confirmed(`Drop update ${updateId}? It can never be replayed then.`, options))) return 1;
  return withStore(resolved, async (session) => {
    const bot = await announcedBot(session, output);
    const { ledger } = protocolOf(session, bot.id);
    await assertOwnClock(session);
    await giveUp(ledger, updateId);
    output.line(`✅ Update ${updateId} dropped`);
    output.json({ ...botJson(bot), update_id: updateId, dropped: true });
    return 0;
  });
}

async function giveUp(ledger: LedgerStore, updateId: number): Promise<void> {
  const record = await ledger.read(updateId);
  const nowMs = Date.now();
  // It was dropped before, perhaps by a command that was killed over it.
  if (record?.status === 'dead' && !record.parked) return ledger.tidy({ updateId, nowMs });
  if (record?.parked !== true)
    throw new CommandError(`Update ${updateId} is not parked: see \`bot dead list\``);
  if (isAtWork(record, nowMs)) {
    throw new CommandError(
      `Update ${updateId} was replayed, and a consumer handles it or did so a moment ago: look again, or wait for an hour`,
    );
  }
  const attemptId = randomUUID();
  const reply = await ledger.drop({ updateId, expectedAttemptId: record.attemptId, attemptId, nowMs });
  if (!hasLanded(reply, attemptId))
    throw new CommandError(
      `Update ${updateId} was replayed or dropped by somebody else meanwhile: look again`,
    );
}
