import { randomBytes } from 'node:crypto';
import { createKnowledgeBase, type KnowledgeProblem } from '../knowledge/knowledge-base.ts';
import type { KnowledgeBase } from '../knowledge/port.ts';
import type { PublishOptions } from '../knowledge/publish.ts';
import { createVersionNames } from '../knowledge/version.ts';
import { systemClock } from '../lease/clock.ts';
import { bm25Engine } from '../search/engine.ts';
import { createImportEngine } from '../search/import-engine.ts';
import { knowledgeStoreOf, type Table } from './stores.ts';

/** The read side of the knowledge base in a table. */
export function knowledgeBaseIn(table: Table, onProblem: (problem: KnowledgeProblem) => void): KnowledgeBase {
  return createKnowledgeBase({
    store: knowledgeStoreOf(table),
    engine: bm25Engine,
    clock: systemClock,
    onProblem,
  });
}

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
