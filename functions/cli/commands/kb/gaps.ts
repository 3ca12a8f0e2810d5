import type { Command } from 'commander';
import { GAP_KEPT_MS, lastDays } from '../../../bot/gap-store.ts';
import { gapStoreOf } from '../../../wiring/stores.ts';
import { defineCommand, type Invocation } from '../../define-command.ts';
import { table } from '../../output.ts';
import { withStore } from '../../session.ts';
import { daysUpTo } from './days.ts';

interface GapOptions {
  days: number;
}

const MAX_SHOWN = 100;

/** `bot kb gaps` */
export function define(command: Command): void {
  command.option('--days <number>', 'searches of so many days, today included', daysUpTo(GAP_KEPT_MS), 30);
  defineCommand<GapOptions>(command, {
    run: gaps,
  });
}

async function gaps({ options, output, target }: Invocation<GapOptions>): Promise<number> {
  return withStore(await target(), async ({ store }) => {
    const nowMs = Date.now();
    const days = lastDays(options.days, nowMs);
    const found = await gapStoreOf(store).list({ days, limit: MAX_SHOWN, nowMs });
    if (found.length === 0) output.line(`Every search of the last ${options.days} days found something`);
    else {
      const rows = found.map(({ query, count, lastDay }) => [String(count), lastDay, query]);
      for (const line of table([['Times', 'Last day', 'Query'], ...rows])) output.line(line);
    }
    output.json(found.map(({ query, count, lastDay }) => ({ query, count, last_day: lastDay })));
    return 0;
  });
}
