import { createKnowledgeBase, type KnowledgeProblem } from '../knowledge/knowledge-base.ts';
import type { KnowledgeBase } from '../knowledge/port.ts';
import { systemClock } from '../lease/clock.ts';
import { bm25Engine } from '../search/engine.ts';
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
