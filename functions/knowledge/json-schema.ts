import { toJsonSchema } from '@valibot/to-json-schema';
import { atomSchema } from './atom.ts';

/** The fields that an atom cannot do without; the others are made where they are missing. */
const NEEDED = ['title', 'content'];

/** The JSON Schema of a file of atoms, for editors and for programs that write one. */
export function atomFileSchema(): object {
  const { $schema, ...atom } = toJsonSchema(atomSchema, { typeMode: 'input', errorMode: 'ignore' });
  return {
    $schema,
    title: 'Atoms of a knowledge base',
    type: 'array',
    items: { ...atom, required: NEEDED, additionalProperties: true },
  };
}
