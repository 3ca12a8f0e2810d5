import { NoKnowledgeBaseError } from './import-error.ts';
import { type Publication, publish, type PublishOptions } from './publish.ts';

/**
 * Publishes the same atoms with a new search index: after a change of the engine, or to mend a damaged snapshot.
 * @throws NoKnowledgeBaseError when nothing was ever published
 * @throws ImportConflictError @throws StoreUnavailableError
 */
export async function rebuild(options: PublishOptions): Promise<Publication> {
  return publish(options, async ({ pointer, contents }) => {
    if (pointer === undefined)
      throw new NoKnowledgeBaseError('There is no knowledge base yet: import one first.');
    return new Map([...contents.ids()].map((id) => [id, contents.itemVersionOf(id)!]));
  });
}
