import type { Atom } from '../../functions/knowledge/atom.ts';

/** An atom with what a test does not care about filled in. */
export function atom(fields: Partial<Atom> & Pick<Atom, 'atom_id'>): Atom {
  return {
    atom_type: 'concept',
    title: 'Pump basics',
    summary: '',
    content: '',
    manufacturer: 'generic',
    prerequisites: [],
    related_atoms: [],
    source_pages: [],
    safety_level: 'info',
    keywords: ['pump'],
    ...fields,
  };
}

/** Five atoms about pumps: enough for a script, with every form of content. */
export const PUMP_ATOMS: readonly Atom[] = [
  atom({
    atom_id: 'generic:pump:centrifugal_pump_basics',
    title: 'How a centrifugal pump works',
    summary: 'A centrifugal pump turns speed into pressure, and it never pumps dry for long.',
    content: `The motor turns an impeller inside the housing. The impeller throws the water outwards, and the housing turns its speed into pressure. Water flows in behind it as long as the suction line is full.

A centrifugal pump cannot lift air. Somebody must fill the housing before the first start, through the plug that carries No. 5 (e.g. Type B, 24 V DC). If the suction line leaks, air enters and the flow breaks down. See figure 3 for the housing. Operators notice a rattling noise first, and the pressure gauge swings to and fro.

For example, a pump with a full suction line of 3 m delivers its rated flow within 2 s. The same pump with a small leak needs half a minute, and its seal runs dry in that time.

| Item | Type | Rating |
|---|---|---|
| Output | Relay | 2 A |
| None | None | yes |`,
    source_document: 'Pump_Handbook_v2.pdf',
    source_pages: [12, '13-14'],
    keywords: ['pump', 'centrifugal_pump'],
  }),
  atom({
    atom_id: 'generic:pump:start_a_pump',
    atom_type: 'procedure',
    title: 'How to start a pump after maintenance',
    summary: 'Fill the pump, open the suction side, start it and open the discharge side slowly.',
    content: `Follow these steps:

1. Open the suction valve fully.
2. Fill the housing until no more bubbles come out of the vent.
3. Close the discharge valve (see page 4).
4. Start the motor and watch the current.
5. Open the discharge valve slowly.`,
    safety_level: 'danger',
    safety_notes: 'Lock out the motor before you open the housing. Hot water can scald',
  }),
  atom({
    atom_id: 'generic:pump:no-flow',
    atom_type: 'fault',
    title: 'Pump runs but delivers nothing',
    summary:
      'A pump without flow has usually lost its water, turns the wrong way or works against a closed valve.',
    content: `The motor runs, the current is low and the gauge shows hardly any pressure. In most cases the housing is full of air.

Common causes:
- Leaking suction line
- Blocked strainer
- Wrong direction of rotation

Stop the pump before the seal overheats. Fill the housing again and look for the leak with soapy water. A swapped phase after work on the motor turns the impeller backwards, and the pump then delivers a small part of its flow only.`,
    safety_level: 'warning',
    safety_notes: 'WARNING: A pump that runs dry gets hot enough to burn.',
  }),
  atom({
    atom_id: 'generic:pump:two-pump-changeover',
    atom_type: 'pattern',
    title: 'Two pumps with changeover',
    summary: 'Two pumps share the work, so that both stay ready and one can fail.',
    content: `The program starts the pump with fewer running hours. When it fails, the other one starts at once and an alarm tells the operator. Both pumps never start in the same second, because the supply could not carry the inrush current of two motors.

The changeover takes place once a week, at a time when the tank is full.`,
  }),
  atom({
    atom_id: 'generic:pump:table-page1223-0',
    atom_type: 'specification',
    title: 'SM 1222 DQ 8 x Relay ...',
    summary: 'SM 1222 DQ 8 x Relay',
    content: '| None | None | yes |\n| DQ | 8 | None |',
  }),
];
