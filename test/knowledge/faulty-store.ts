import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { KnowledgeStore, Pointer } from '../../functions/knowledge/store.ts';

type Method = keyof KnowledgeStore;
/** Calls `before` ahead of every call of a method that returns a promise. */
export function watched(
  store: KnowledgeStore,
  before: (method: Method) => void | Promise<void>,
): KnowledgeStore {
  return new Proxy(store, {
    get(target, name: Method) {
      const method = target[name].bind(target) as (...args: unknown[]) => unknown;
      if (name === 'scanAtoms' || name === 'scanRefs') return method;
      return async (...args: unknown[]) => {
        await before(name);
        return method(...args);
      };
    },
  });
}

/**
 * Breaks a client at its n-th write, as for a process that is killed there: just before the request leaves, or when it
 * has landed but the answer is never seen. Nothing gets through after that.
 */
export function killAtWrite(client: DynamoDBDocumentClient, n: number, when: 'before' | 'after') {
  let writes = 0;
  let dead = false;
  const die = () => {
    dead = true;
    return Object.assign(new Error(`killed at write ${n}`), { name: 'TimeoutError' });
  };
  client.middlewareStack.add(
    (next, context) => async (args) => {
      if (dead) throw die();
      const isKilled = /Put|Write|Delete/.test(context.commandName as string) && ++writes === n;
      if (isKilled && when === 'before') throw die();
      const answer = await next(args);
      if (isKilled) throw die();
      return answer;
    },
    { step: 'initialize', priority: 'high' },
  );
  return { isDead: () => dead };
}

/** Runs `action` once, ahead of the first call of `method`. */
export function interrupted(
  store: KnowledgeStore,
  method: Method,
  action: () => Promise<unknown>,
): KnowledgeStore {
  let done = false;
  return watched(store, async (called) => {
    if (called !== method || done) return;
    done = true;
    await action();
  });
}

/** A store whose pointer reads as the caller says. */
export function answering(store: KnowledgeStore, pointer: () => Pointer | undefined): KnowledgeStore {
  return new Proxy(store, {
    get(target, name: Method) {
      if (name === 'readPointer') return async () => pointer();
      return (target[name] as () => unknown).bind(target);
    },
  });
}
