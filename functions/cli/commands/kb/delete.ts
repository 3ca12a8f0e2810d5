import type { Command } from 'commander';
import { deleteAtoms } from '../../../knowledge/delete.ts';
import { publishingIn } from '../../../wiring/publishing.ts';
import { confirmed } from '../../confirm.ts';
import { defineCommand, type Invocation } from '../../define-command.ts';
import { grouped } from '../../output.ts';
import { progressDisplay } from '../../progress.ts';
import { withStore } from '../../session.ts';
import { toldWhoShares } from '../../bots-of-table.ts';

interface DeleteOptions {
  yes?: boolean;
}

/** `bot kb delete` */
export function define(command: Command): void {
  command.argument('<atom-id...>', 'one or several; quote an id with spaces').option('--yes', 'do not ask');
  defineCommand<DeleteOptions>(command, {
    examples: [['siemens:S7-1200:status-leds --yes', 'publishes a version without this atom']],
    run: runDelete,
  });
}

async function runDelete({ options, args, output, target }: Invocation<DeleteOptions>): Promise<number> {
  const resolved = await target();
  if (!(await confirmed(`Delete ${args.length} atom(s)?`, options))) return 1;
  return withStore(resolved, async (session) => {
    const { store } = session;
    const shared = await toldWhoShares(session, output);
    const progress = progressDisplay();
    const report = await deleteAtoms({
      ...publishingIn(store),
      ids: args,
      onProgress: progress.show,
    }).finally(progress.end);
    for (const id of report.unknown) output.line(`⚠️  There is no atom ${id}`);
    if (report.published)
      output.line(`✅ ${report.removed.length} atom(s) deleted; ${grouped(report.stats.total)} are left`);
    const { removed, unknown, version = null } = report;
    output.json({ removed, unknown, version, ...shared });
    return report.unknown.length === 0 ? 0 : 1;
  });
}
