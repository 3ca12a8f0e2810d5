/** An atom file to begin with: one atom with most of its fields, and the least that an atom can be. */
export const EXAMPLE_ATOMS: readonly Record<string, unknown>[] = [
  {
    atom_id: 'acme:C200:belt-tracking',
    atom_type: 'procedure',
    title: 'Belt runs to one side: track the belt',
    summary: 'Adjust the tail pulley in quarter turns, and wait three revolutions after each.',
    content:
      '1. Stop the conveyor and lock it out.\n2. Turn the take-up on the side that the belt runs to by a quarter turn.\n3. Run it, and watch three revolutions before the next quarter turn.',
    manufacturer: 'acme',
    product_family: 'C200',
    difficulty: 'beginner',
    safety_level: 'warning',
    safety_notes: 'The belt pulls hands in: adjust it only when it is locked out.',
    keywords: ['belt tracking', 'mistracking', 'tail pulley'],
    source_document: 'C200 maintenance manual',
    source_pages: [14, '16-17'],
  },
  {
    title: 'Belt slips when it is wet',
    content: 'Dry the drive pulley, then check the tension: the belt must not sag by more than 20 mm.',
  },
];
