import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createTableIfMissing } from '../../functions/dynamodb/table.ts';
import { importAtoms } from '../../functions/knowledge/import.ts';
import { openStore } from '../../functions/local/store/open-store.ts';
import { publishingIn } from '../../functions/wiring/publishing.ts';

const ATOMS = [
  {
    atom_id: 'siemens:S7-1200:motor-control',
    atom_type: 'procedure',
    title: 'Control a motor with an S7-1200',
    summary: 'Start and stop a motor.',
    content: 'Wire the start button to I0.0 and the stop button to I0.1, then latch the contactor.',
    manufacturer: 'siemens',
  },
  {
    atom_id: 'allen_bradley:ControlLogix:1756-L71-fault',
    atom_type: 'fault',
    title: 'Major fault of a 1756-L71',
    summary: 'The OK light flashes red.',
    content: 'Read the fault code in the controller properties, then clear it.',
    manufacturer: 'allen_bradley',
  },
];

/** Two atoms: a bot that has a knowledge base imports no other at its first start. */
export async function seedKnowledge(table: {
  client: DynamoDBDocumentClient;
  tableName: string;
}): Promise<void> {
  await createTableIfMissing(table.client, table.tableName);
  const source = { name: 'seed', stream: lines() };
  await importAtoms({ ...publishingIn(table), source, mode: 'replace' });
}

/** An embedded store with these atoms. */
export async function seedFolder(dataFolder: string): Promise<void> {
  const store = await openStore({ env: {}, tableName: 'agent-factory-bot', dataFolder, ifMissing: 'create' });
  await seedKnowledge(store);
  await store.close();
}

async function* lines(): AsyncGenerator<string> {
  for (const atom of ATOMS) yield `${JSON.stringify(atom)}\n`;
}
