import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import dynalite from 'dynalite';

interface Opening {
  createIfMissing: boolean;
  /** Set when dynalite has begun to open its files. */
  opened?: Promise<void>;
}

/** The part of abstract-level that its implementations override. */
interface LevelPrototype {
  _open: (options: object) => Promise<void>;
}

const openings = new AsyncLocalStorage<Opening>();

/**
 * Serves the DynamoDB API on the files of a folder, whose owner this process then is.
 *
 * dynalite opens its files by itself, creates what is missing, and throws where nobody can catch it when a request
 * comes in and that did not go well; it has no option for either. So its opening is joined where LevelDB is asked.
 * @throws what LevelDB says: the code of the error, or of its cause, is LEVEL_LOCKED where somebody else is the owner
 */
export async function serveFiles(options: { folder: string; createIfMissing: boolean }): Promise<Server> {
  const { folder, createIfMissing } = options;
  joinOpening();
  const opening: Opening = { createIfMissing };
  const server = openings.run(opening, () => dynalite({ path: folder, createTableMs: 0 }));
  // It opens in the microtask after its construction.
  await Promise.resolve();
  await opening.opened;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

let isJoined = false;

function joinOpening(): void {
  if (isJoined) return;
  isJoined = true;
  const { prototype } = levelOfDynalite();
  const open = prototype._open;
  prototype._open = function (options) {
    const opening = openings.getStore();
    if (opening === undefined) return open.call(this, options);
    const { createIfMissing } = opening;
    return (opening.opened = open.call(this, { ...options, createIfMissing }));
  };
}

/** The very class, wherever the package manager has put it. */
function levelOfDynalite(): { prototype: LevelPrototype } {
  const ofDynalite = createRequire(createRequire(import.meta.url).resolve('dynalite'));
  return (ofDynalite('level') as { Level: { prototype: LevelPrototype } }).Level;
}
