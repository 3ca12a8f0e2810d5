import type { KnowledgeVersion } from '../knowledge/port.ts';
import { knowledgeBaseIn } from '../wiring/knowledge.ts';
import { commandForThisBot } from './invocation.ts';
import type { Output } from './output.ts';
import type { Session } from './session.ts';
import { CommandError } from './usage-error.ts';

/** The version that is live now. @throws CommandError when nothing was ever imported */
export async function liveKnowledge({ store }: Session, output: Output): Promise<KnowledgeVersion> {
  const knowledge = knowledgeBaseIn(store, ({ reason, serving }) =>
    output.note(`⚠️  ${reason}: what follows is ${serving}. To mend it: ${commandForThisBot('kb rebuild')}`),
  );
  const version = await knowledge.current();
  if (version === undefined)
    throw new CommandError(`There is no knowledge base yet: ${commandForThisBot('kb import atoms.json')}`);
  return version;
}
