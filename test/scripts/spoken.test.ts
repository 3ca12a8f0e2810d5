import { describe, expect, it } from 'vitest';
import type { AtomType } from '../../functions/knowledge/atom.ts';
import { materialOf } from '../../functions/scripts/spoken.ts';
import { atom } from './atoms.ts';

function told(content: string, atom_type: AtomType = 'concept'): string[] {
  const { passages = [] } = materialOf(atom({ atom_id: 'a:b:c', atom_type, content })) ?? {};
  return passages.map(({ sentences }) => sentences.join(' '));
}

describe('numbered steps', () => {
  it('keep their numbers, their order and their answers, on lines or in one line', () => {
    const spoken = [
      'Step one: Open the valve. Step two: Press start. It must hum. Step three: Check PROFINET.',
    ];
    const onLines = '1. Open the valve\n2) Press start. It must hum.\n3. Check PROFINET.';
    expect(told(onLines, 'procedure')).toStrictEqual(spoken);
    expect(
      told('Step 1: Open the valve. Step 2: Press start. It must hum. Step 3: Check PROFINET.'),
    ).toStrictEqual(spoken);
  });

  it('begin with the first, whatever word it opens with', () => {
    expect(told('1. Back up the project.\n2. First, secure the machine.', 'procedure')).toStrictEqual([
      'Step one: Back up the project. Step two: First, secure the machine.',
    ]);
  });

  it('are points where the article gives them no order, even if they are things to do', () => {
    for (const before of ['', 'Four habits help.', 'Use short words in order to be understood.'])
      expect(told(`${before}\n\n1. Use brackets.\n2. Call each timer.`).at(-1)).toBe(
        'Point one: Use brackets. Point two: Call each timer.',
      );
    for (const before of ['Work in this order.', 'It takes two steps.', '## The steps', 'In these steps:'])
      expect(told(`${before}\n\n1. Use brackets.\n2. Call each timer.`).at(-1)).toMatch(
        /Step one: Use brackets\. Step two: Call each timer\.$/,
      );
  });

  it('are left out together, and with what leans on them, when one of them is cut off', () => {
    const content =
      '1. Open the valve.\n2. Add tags to the instructions (e.g., St\n\nThen wait. The light is on.';
    expect(told(content)).toStrictEqual(['The light is on.']);
    expect(materialOf(atom({ atom_id: 'a:b:c', content }))?.lacksSteps).toBe(true);
  });

  it('are introduced by the words before them', () => {
    expect(told('Follow these steps:\n\n1. Open the valve.\n2. Press start.')).toStrictEqual([
      'Follow these steps. Step one: Open the valve. Step two: Press start.',
    ]);
  });
});

describe('lists', () => {
  it('of short items are joined to their introduction, and left out without one', () => {
    expect(told('Common causes:\n- Loose wire\n- Siemens plug\n\nAsk for the Siemens plug.')).toStrictEqual([
      'Common causes: loose wire and Siemens plug.',
      'Ask for the Siemens plug.',
    ]);
    expect(told('- Loose wire\n- Blown fuse')).toStrictEqual([]);
  });

  it('of sentences are spoken one by one', () => {
    expect(told('- The fuse is blown.\n- The wire is loose.')).toStrictEqual([
      'The fuse is blown. The wire is loose.',
    ]);
  });
});

describe('an atom', () => {
  it('tells no table and no code', () => {
    expect(told('| Output | Relay | 2 A |\n| None | None | yes |\n\n```\nrun()\n```')).toStrictEqual([]);
  });

  it('is not used where its warning cannot be spoken', () => {
    const unspeakable = atom({ atom_id: 'a:b:c', safety_level: 'danger', safety_notes: '| Danger | x |' });
    expect(materialOf(unspeakable)).toBeUndefined();
  });
});
