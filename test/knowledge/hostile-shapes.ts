import fc from 'fast-check';
import { record } from './knowledge-setup.ts';

const FIELDS = [
  'atom_id',
  'atom_type',
  'title',
  'summary',
  'content',
  'manufacturer',
  'keywords',
  'source_pages',
  'quality_score',
  'safety_level',
  'prerequisites',
  'vendor',
  'type',
  'embedding',
  '__proto__',
  'constructor',
];

/** Records that are right but for a few fields, which hold anything. */
export const foreignRecords = fc.array(
  fc
    .tuple(
      fc.nat(5),
      fc.array(fc.tuple(fc.constantFrom(...FIELDS), fc.jsonValue({ maxDepth: 3 })), { maxLength: 3 }),
    )
    .map(([slug, changes]) => {
      const odd = record(`odd-${slug}`);
      for (const [name, value] of changes)
        Object.defineProperty(odd, name, { value, enumerable: true, configurable: true });
      return odd;
    }),
  { maxLength: 5 },
);
