import type { Command } from 'commander';
import { FEEDBACK_KEPT_MS } from '../../../bot/feedback-store.ts';
import { lastDays } from '../../../bot/gap-store.ts';
import { feedbackStoreOf } from '../../../wiring/stores.ts';
import { defineCommand, type Invocation } from '../../define-command.ts';
import { table } from '../../output.ts';
import { withStore } from '../../session.ts';
import { daysUpTo } from './days.ts';

interface FeedbackOptions {
  days: number;
}

const MAX_SHOWN = 100;

/** `bot kb feedback` */
export function define(command: Command): void {
  command.option('--days <number>', 'votes of so many days, today included', daysUpTo(FEEDBACK_KEPT_MS), 30);
  defineCommand<FeedbackOptions>(command, {
    run: feedback,
  });
}

async function feedback({ options, output, target }: Invocation<FeedbackOptions>): Promise<number> {
  return withStore(await target(), async ({ store }) => {
    const nowMs = Date.now();
    const days = lastDays(options.days, nowMs);
    const bad = await feedbackStoreOf(store).listBad({ days, limit: MAX_SHOWN, nowMs });
    if (bad.length === 0) output.line(`Nobody found an atom not useful in the last ${options.days} days`);
    else {
      const rows = bad.map(({ atomId, up, down }) => [String(down), String(up), atomId]);
      for (const line of table([['Not useful', 'Useful', 'Atom'], ...rows])) output.line(line);
    }
    output.json(bad.map(({ atomId, up, down }) => ({ atom_id: atomId, up, down })));
    return 0;
  });
}
