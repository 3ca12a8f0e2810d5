import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
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

export interface ServedFiles {
  server: Server;
  /** Answers what has arrived, then closes the files. */
  close: () => Promise<void>;
}

/** As long as a client waits for an answer. */
const LAST_ANSWERS_MS = 5_000;

const openings = new AsyncLocalStorage<Opening>();

/**
 * Serves the DynamoDB API on the files of a folder, whose owner this process then is.
 *
 * dynalite opens its files by itself, creates what is missing, and throws where nobody can catch it when a request
 * finds them not open, or closed meanwhile; it has no option for any of that. So its opening is joined where LevelDB
 * is asked, and its closing waits for the requests.
 * @throws what LevelDB says: the code of the error, or of its cause, is LEVEL_LOCKED where somebody else is the owner
 */
export async function serveFiles(options: {
  folder: string;
  createIfMissing: boolean;
}): Promise<ServedFiles> {
  const { folder, createIfMissing } = options;
  joinOpening();
  const opening: Opening = { createIfMissing };
  const server = openings.run(opening, () => dynalite({ path: folder, createTableMs: 0 }));
  // It opens in the microtask after its construction.
  await Promise.resolve();
  await opening.opened;
  const inHand = watchRequests(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, close: () => closeAfter(inHand, server) };
}

/** The requests that dynalite works for, whether or not anybody still waits for the answer. */
function watchRequests(server: Server): () => number {
  const responses = new Set<ServerResponse>();
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    responses.add(response);
    response.once('close', () => {
      // One that was cut off while it arrived is never worked for.
      if (response.writableEnded || !request.complete) responses.delete(response);
    });
  });
  return () => {
    for (const response of responses) if (response.writableEnded) responses.delete(response);
    return responses.size;
  };
}

async function closeAfter(inHand: () => number, server: Server): Promise<void> {
  // Whoever asks now finds the next owner, as after any lost connection.
  server.removeAllListeners('request').on('request', ({ socket }: IncomingMessage) => socket.destroy());
  for (const until = Date.now() + LAST_ANSWERS_MS; inHand() > 0 && Date.now() < until;) await sleep(5);
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
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
