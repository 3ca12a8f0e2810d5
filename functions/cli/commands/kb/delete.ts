import type { Command } from 'commander';
import type { Atom } from '../../../knowledge/atom.ts';
import { deleteAtoms } from '../../../knowledge/delete.ts';
import { starterAtomsIn } from '../../../knowledge/starter.ts';
import { publishingIn } from '../../../wiring/publishing.ts';
import { confirmed } from '../../confirm.ts';
import { defineCommand, type Invocation } from '../../define-command.ts';
import { liveKnowledge } from '../../knowledge-session.ts';
import { counted, grouped, type Output } from '../../output.ts';
import { progressDisplay } from '../../progress.ts';
import { withStore, type Session } from '../../session.ts';
import { toldWhoShares } from '../../bots-of-table.ts';
import { UsageError } from '../../usage-error.ts';

interface DeleteOptions {
  starter?: boolean;
  yes?: boolean;
}

const NAMED = 10;

/** `bot kb delete` */
export function define(command: Command): void {
  command
    .argument('[atom-id...]', 'one or several; quote an id with spaces')
    .option('--starter', 'the atoms that a first start imports, but those that were changed since')
    .option('--yes', 'do not ask');
  defineCommand<DeleteOptions>(command, {
    examples: [['--starter --yes', 'leaves only atoms of your own']],
    run: runDelete,
  });
}

async function runDelete({ options, args, output, target }: Invocation<DeleteOptions>): Promise<number> {
  if ((options.starter === true) === args.length > 0)
    throw new UsageError('Name the atoms to delete, or those that a first start imports: --starter');
  return withStore(await target(), async (session) => {
    const shared = await toldWhoShares(session, output);
    const found = await existing(session, args, output);
    if (found.length > 0) {
      for (const { atom_id: id, title } of found.slice(0, NAMED)) output.line(`${id}: ${title}`);
      if (found.length > NAMED) output.line(`and ${grouped(found.length - NAMED)} more`);
      if (!(await confirmed(`Delete ${counted(found.length, 'atom')}?`, options))) return 1;
    }
    const progress = progressDisplay();
    const report = await deleteAtoms({
      ...publishingIn(session.store),
      ids: options.starter === true ? found.map((atom) => atom.atom_id) : args,
      onProgress: progress.show,
    }).finally(progress.end);
    for (const id of report.unknown) output.line(`⚠️  There is no atom ${id}`);
    if (report.published)
      output.line(
        `✅ ${counted(report.removed.length, 'atom')} deleted; ${grouped(report.stats.total)} left`,
      );
    else if (options.starter === true)
      output.line('No atom of the starter is left as it was: nothing was deleted');
    const { removed, unknown, version = null } = report;
    output.json({ removed, unknown, version, ...shared });
    return report.unknown.length === 0 ? 0 : 1;
  });
}

/** The atoms that are meant, as far as there are any; without ids those of the starter. @throws CommandError */
async function existing(session: Session, ids: readonly string[], output: Output): Promise<Atom[]> {
  const version = await liveKnowledge(session, output);
  return version.getMany(ids.length > 0 ? [...new Set(ids)] : await starterAtomsIn(version));
}
