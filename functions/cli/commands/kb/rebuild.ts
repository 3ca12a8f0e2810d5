import type { Command } from 'commander';
import { rebuild } from '../../../knowledge/rebuild.ts';
import { publishingIn } from '../../../wiring/publishing.ts';
import { defineCommand, type Invocation } from '../../define-command.ts';
import { counted } from '../../output.ts';
import { progressDisplay } from '../../progress.ts';
import { withStore } from '../../session.ts';
import { toldWhoShares } from '../../bots-of-table.ts';

/** `bot kb rebuild` */
export function define(command: Command): void {
  defineCommand(command, {
    run: runRebuild,
  });
}

async function runRebuild({ output, target }: Invocation<object>): Promise<number> {
  return withStore(await target(), async (session) => {
    const { store } = session;
    const shared = await toldWhoShares(session, output);
    const progress = progressDisplay();
    const report = await rebuild({ ...publishingIn(store), onProgress: progress.show }).finally(progress.end);
    for (const id of report.lost) output.line(`⚠️  ${id} is gone from the store, and was left out`);
    output.line(
      `✅ Search index rebuilt: ${counted(report.stats.total, 'atom')} (version ${report.version})`,
    );
    output.json({ version: report.version ?? null, atoms: report.stats.total, lost: report.lost, ...shared });
    return 0;
  });
}
