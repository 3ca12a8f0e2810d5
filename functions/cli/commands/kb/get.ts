import type { Command } from 'commander';
import { displayName } from '../../../bot/names.ts';
import { type Atom, ATOM_FIELDS } from '../../../knowledge/atom.ts';
import { textsOf } from '../../../knowledge/further-fields.ts';
import { toRecord } from '../../../knowledge/parse-atom.ts';
import { feedbackStoreOf } from '../../../wiring/stores.ts';
import { defineCommand, type Invocation } from '../../define-command.ts';
import { liveKnowledge } from '../../knowledge-session.ts';
import { strong } from '../../output.ts';
import { withStore } from '../../session.ts';
import { CommandError } from '../../usage-error.ts';

const NEAREST = 5;
const HEAD = new Set(['atom_type', 'title', 'summary', 'content', 'safety_notes']);
/** A line each, below the head. */
const FIELDS = ATOM_FIELDS.filter((field) => !HEAD.has(field));

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
  const safety =
    atom.safety_notes === undefined ? [] : [`${atom.safety_level.toUpperCase()}: ${atom.safety_notes}`, ''];
  return [
    strong(`[${atom.atom_type.toUpperCase()}] ${atom.title}`),
    '',
    ...safety,
    ...(atom.summary === '' ? [] : [atom.summary, '']),
    atom.content,
    '',
    ...textsOf(atom, FIELDS).map(({ field, text }) => `${displayName(field)}: ${text}`),
  ];
}
