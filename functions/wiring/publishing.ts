import { randomBytes } from 'node:crypto';
import type { PublishOptions } from '../knowledge/publish.ts';
import { createVersionNames } from '../knowledge/version.ts';
import { systemClock } from '../lease/clock.ts';
import { createImportEngine } from '../search/import-engine.ts';
import { knowledgeStoreOf, type Table } from './stores.ts';

/** The dependencies of every change of the knowledge base in a table. */
export function publishingIn(table: Table): PublishOptions {
  return {
    store: knowledgeStoreOf(table),
    engine: createImportEngine(),
    clock: systemClock,
    newVersion: createVersionNames({
      wallMs: () => systemClock.wallMs(),
      randomHex: () => randomBytes(4).toString('hex'),
    }),
  };
}
