import { AsyncLocalStorage } from 'node:async_hooks';
import { createRequire } from 'node:module';
import dynalite from 'dynalite';
import { serveDynalite, type ServedDynalite } from './serve-dynalite.ts';

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
 * finds them not open; it has no option for any of that. So its opening is joined where LevelDB is asked.
 * @throws what LevelDB says: the code of the error, or of its cause, is LEVEL_LOCKED where somebody else is the owner
 */
export async function serveFiles(options: {
  folder: string;
  createIfMissing: boolean;
}): Promise<ServedDynalite> {
  const { folder, createIfMissing } = options;
  joinOpening();
  const opening: Opening = { createIfMissing };
  const server = openings.run(opening, () => dynalite({ path: folder, createTableMs: 0 }));
  // It opens in the microtask after its construction.
  await Promise.resolve();
  await opening.opened;
  return serveDynalite(server);
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
