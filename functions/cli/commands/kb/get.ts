import type { Command } from 'commander';
import type { Atom } from '../../../knowledge/atom.ts';
import { toRecord } from '../../../knowledge/parse-atom.ts';
import { feedbackStoreOf } from '../../../wiring/stores.ts';
import { defineCommand, type Invocation } from '../../define-command.ts';
import { liveKnowledge } from '../../knowledge-session.ts';
import { strong } from '../../output.ts';
import { withStore } from '../../session.ts';
import { CommandError } from '../../usage-error.ts';

const NEAREST = 5;

/** `bot kb get` */
export function define(command: Command): void {
  command.argument('<atom-id...>', 'ids may contain spaces, quoted or not');
  defineCommand(command, {
    examples: [['siemens:S7-1200:status-leds --json', 'as an export writes it']],
    run: get,
  });
}

async function get({ args, output, target }: Invocation<object>): Promise<number> {
  const id = args.join(' ');
  return withStore(await target(), async (session) => {
    const version = await liveKnowledge(session, output);
    const atom = await version.get(id);
    if (atom === undefined) {
      const nearest = version.index.nearestIds(id, NEAREST).map((each) => `\n  ${each}`);
      const hint = nearest.length === 0 ? '' : ` The nearest ones:${nearest.join('')}`;
      throw new CommandError(`There is no atom ${id}.${hint}`);
    }
    const { up, down } = await feedbackStoreOf(session.store).tally(id, Date.now());
    for (const line of atomLines(atom)) output.line(line);
    output.line(`Feedback: 👍 ${up}  👎 ${down}`);
    output.json({ ...toRecord(atom), feedback: { up, down } });
    return 0;
  });
}

function atomLines(atom: Atom): string[] {
  const fields: [string, string | undefined][] = [
    ['Id', atom.atom_id],
    ['Manufacturer', atom.manufacturer],
    ['Product', [atom.product_family, atom.product_version].filter(Boolean).join(' ')],
    ['Difficulty', atom.difficulty],
    ['Keywords', atom.keywords.join(', ')],
    ['Prerequisites', atom.prerequisites.join(', ')],
    ['Related', atom.related_atoms.join(', ')],
    ['Source', atom.source_document],
    ['Pages', atom.source_pages.join(', ')],
    ['URL', atom.source_url],
    ['Quality', atom.quality_score?.toString()],
  ];
  const safety =
    atom.safety_notes === undefined ? [] : [`${atom.safety_level.toUpperCase()}: ${atom.safety_notes}`, ''];
  return [
    strong(`[${atom.atom_type.toUpperCase()}] ${atom.title}`),
    '',
    ...safety,
    ...(atom.summary === '' ? [] : [atom.summary, '']),
    atom.content,
    '',
    ...fields
      .filter(([, value]) => value !== undefined && value !== '')
      .map(([name, value]) => `${name}: ${value}`),
  ];
}
