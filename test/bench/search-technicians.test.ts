import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readQuestions, technicianTables } from './search-technicians.ts';

const QUESTIONS = [
  { query: 'contactor buzzing loud', lang: 'en', expected: ['generic:motor:contactor-and-starter'] },
  { query: 'scan cycle', lang: 'en', expected: ['generic:safety:lockout-tagout'] },
  { query: 'AS-i slave address 0', lang: 'en', expected: [] },
  { query: 'PF525 shows F004', lang: 'en', expected: [] },
].map((question) => ({ kind: 'question', ...question }));

it('counts right first hits, and questions that it says have no answer', async () => {
  const tables = await technicianTables(QUESTIONS);
  expect(tables).toContainEqual(
    expect.stringMatching(/^\| question \(en\) \| 2 \| 1 \(50 %\) \| 1 \(50 %\) \|/),
  );
  expect(tables.slice(-4)).toEqual([
    'Without an answer in the starter articles: 1; told so first: 1, answered in silence: 0.',
    'Answered by an article that was written since: 1.',
    '- AS-i slave address 0: generic:AS-i:as-i-basics, its first point is on a module with the address 0.',
    'With one: 2; told all the same that there is none: 0.',
  ]);
});

it('takes a file of questions, and no other', () => {
  const folder = mkdtempSync(join(tmpdir(), 'questions-'));
  try {
    expect(readQuestions(folder)).toBeUndefined();
    const file = join(folder, 'queries.jsonl');
    writeFileSync(file, QUESTIONS.map((question) => JSON.stringify(question)).join('\n'));
    expect(readQuestions(folder)).toEqual(QUESTIONS);
    writeFileSync(file, '{"id": "1", "text": "a query of a collection"}\n');
    expect(readQuestions(folder)).toBeUndefined();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
