import { randomBytes } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join, win32 } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import { tryRead } from './try-read.ts';

const text = (length: number) =>
  v.pipe(
    v.string(),
    // Another user's process may have written it, and it goes to a terminal.
    v.transform((value) => value.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?').slice(0, length)),
  );

const schema = v.object({
  /** As the lease has it. */
  holder: v.optional(text(200)),
  user: v.optional(text(64)),
  /** `@name`, the bot's id, or `local, not on Telegram` */
  bot: v.optional(text(80)),
  mode: v.optional(v.picklist(['polling', 'webhook'])),
  dataFolder: v.optional(text(1_000)),
  table: v.optional(text(255)),
  /** The same for two processes whose lease is the same. */
  store: v.optional(text(64)),
  /** ISO 8601 */
  since: v.optional(text(40)),
});

/** A bot process of this machine, as it describes itself; one that does not answer says nothing. */
export type Neighbour = v.InferOutput<typeof schema>;

/** A place for at most one process of this machine at a time, of any user. It is gone with the process. */
export interface MeetingPoint {
  /** The process that is there. */
  present(): Promise<Neighbour | undefined>;
  /** Takes the place and answers those who ask, or returns the process that is there already. */
  occupy(describe: () => Neighbour): Promise<Neighbour | undefined>;
  leave(): Promise<void>;
}

const PREFIX = 'agent-factory-bot-';
const LISTED = new RegExp(`^${PREFIX}[0-9a-f]{32}(\\.[0-9a-f]{8})?$`);
const LINUX_LIST = '/proc/net/unix';
const WINDOWS_PIPES = String.raw`\\.\pipe`;
const SOCKET_FOLDER = '/tmp';
const ANSWER_WITHIN_MS = 3_000;
const MAX_ANSWER = 8_192;

export function meetingPoint(key: string, platform: NodeJS.Platform = process.platform): MeetingPoint {
  // The kernel gives these names once, and takes them back with the process: no file, no permissions, nothing stale.
  if (platform === 'linux') return new NamedPoint(`\0${PREFIX}${key}`);
  if (platform === 'win32') return new NamedPoint(win32.join(WINDOWS_PIPES, `${PREFIX}${key}`));
  return new SocketFiles(SOCKET_FOLDER, `${PREFIX}${key}`);
}

/** The bots of this machine that can be seen from here, whichever user's and folder's they are. */
export async function neighbours(platform: NodeJS.Platform = process.platform): Promise<Neighbour[]> {
  const answers = await Promise.all(addresses(platform).map((address) => ask(address)));
  return answers.flatMap((answer) =>
    typeof answer === 'object' && answer.holder !== undefined ? [answer] : [],
  );
}

function addresses(platform: NodeJS.Platform): string[] {
  if (platform === 'linux') {
    const listed = tryRead(() => readFileSync(LINUX_LIST, 'utf8')) ?? '';
    const names = listed.split('\n').flatMap((line) => line.split('@')[1] ?? []);
    return [...new Set(names)].filter((name) => LISTED.test(name)).map((name) => `\0${name}`);
  }
  const folder = platform === 'win32' ? `${WINDOWS_PIPES}\\` : SOCKET_FOLDER;
  const names = tryRead(() => readdirSync(folder)) ?? [];
  return names.filter((name) => LISTED.test(name)).map((name) => join(folder, name));
}

/** A name that the system gives to one process at a time. */
class NamedPoint implements MeetingPoint {
  readonly #address: string;
  #server: Server | undefined;

  constructor(address: string) {
    this.#address = address;
  }

  async present(): Promise<Neighbour | undefined> {
    const answer = await ask(this.#address);
    return answer === 'nobody' ? undefined : answer;
  }

  async occupy(describe: () => Neighbour): Promise<Neighbour | undefined> {
    // The process that is there may leave while it is asked.
    for (;;) {
      const server = await listening(this.#address, describe);
      if (server !== undefined) {
        this.#server = server;
        return undefined;
      }
      const present = await this.present();
      if (present !== undefined) return present;
      await sleep(20);
    }
  }

  async leave(): Promise<void> {
    await closed(this.#server);
    this.#server = undefined;
  }
}

/** As long as one looks who else is there. */
const LOOKING_MS = 5_000;

/**
 * A socket file for each process, for systems without such names: one appears first and looks then, so that of any two
 * at least one sees the other. A file whose process has ended refuses connections and counts for nothing, also where
 * another user may not remove it.
 */
export class SocketFiles implements MeetingPoint {
  readonly #folder: string;
  readonly #prefix: string;
  readonly #own: string;
  #server: Server | undefined;

  constructor(folder: string, prefix: string) {
    this.#folder = folder;
    this.#prefix = prefix;
    this.#own = `${prefix}.${randomBytes(4).toString('hex')}`;
  }

  async present(): Promise<Neighbour | undefined> {
    const [first] = await this.#others();
    return first?.neighbour;
  }

  async occupy(describe: () => Neighbour): Promise<Neighbour | undefined> {
    const arrived = `${String(Date.now()).padStart(14, '0')} ${this.#own}`;
    let stays = false;
    const path = join(this.#folder, this.#own);
    this.#server = await listening(path, () => ({ ...describe(), stays, arrived }));
    chmodSync(path, 0o666);
    for (const until = Date.now() + LOOKING_MS; ;) {
      const others = await this.#others();
      const ahead = others.find((other) => other.stays || other.arrived < arrived) ?? others[0];
      const mustGo = ahead !== undefined && (ahead.stays || ahead.arrived < arrived || Date.now() > until);
      if (mustGo) {
        await this.leave();
        return ahead.neighbour;
      }
      if (ahead === undefined) break;
      await sleep(20);
    }
    stays = true;
    return undefined;
  }

  async leave(): Promise<void> {
    await closed(this.#server);
    this.#server = undefined;
    rmSync(join(this.#folder, this.#own), { force: true });
  }

  async #others(): Promise<{ neighbour: Neighbour; stays: boolean; arrived: string }[]> {
    const names = tryRead(() => readdirSync(this.#folder)) ?? [];
    const others = names.filter((name) => name.startsWith(`${this.#prefix}.`) && name !== this.#own);
    const answers = await Promise.all(
      others.map(async (name) => {
        const path = join(this.#folder, name);
        const answer = await ask(path);
        if (answer === 'nobody') removeStale(path);
        return answer;
      }),
    );
    return answers.flatMap((answer) => {
      if (answer === 'nobody') return [];
      const { stays = true, arrived = '', ...neighbour } = answer;
      return [{ neighbour, stays, arrived }];
    });
  }
}

/** Another user's cannot be removed from a folder like /tmp, and need not be. */
function removeStale(path: string): void {
  try {
    rmSync(path);
  } catch {
    return;
  }
}

const answerSchema = v.object({
  ...schema.entries,
  stays: v.optional(v.boolean()),
  arrived: v.optional(text(80)),
});

type Answer = v.InferOutput<typeof answerSchema>;

/** @returns `undefined` when somebody listens there already */
function listening(address: string, answer: () => object): Promise<Server | undefined> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.setTimeout(ANSWER_WITHIN_MS, () => socket.destroy());
    socket.resume();
    socket.end(JSON.stringify(answer()));
  });
  server.maxConnections = 32;
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' || error.code === 'EACCES' ? resolve(undefined) : reject(error),
    );
    const isPipe = address.startsWith(WINDOWS_PIPES);
    server.listen({ path: address, ...(isPipe && { readableAll: true, writableAll: true }) }, () =>
      resolve(server.unref()),
    );
  });
}

function closed(server: Server | undefined): Promise<void> {
  return new Promise((resolve) => (server === undefined ? resolve() : server.close(() => resolve())));
}

/** A process that is there and does not say who it is, as a frozen one, is there all the same. */
async function ask(address: string): Promise<Answer | 'nobody'> {
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const answer = await askOnce(address);
    if (answer !== 'cut off') return answer;
    // It may just be leaving.
    await sleep(20);
  }
  return {};
}

function askOnce(address: string): Promise<Answer | 'nobody' | 'cut off'> {
  return new Promise((resolve) => {
    let told = '';
    const socket: Socket = connect({ path: address });
    const end = (answer: Answer | 'nobody' | 'cut off'): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => end({}), ANSWER_WITHIN_MS);
    socket.setEncoding('utf8');
    socket.on('data', (part: string) => {
      told += part;
      if (told.length > MAX_ANSWER) end({});
    });
    socket.on('end', () => end(told === '' ? 'cut off' : parsed(told)));
    socket.on('error', ({ code }: NodeJS.ErrnoException) => {
      if (code === 'ECONNREFUSED' || code === 'ENOENT') end('nobody');
      else end(code === 'ECONNRESET' || code === 'EPIPE' ? 'cut off' : {});
    });
  });
}

function parsed(told: string): Answer {
  try {
    return v.parse(answerSchema, JSON.parse(told));
  } catch {
    return {};
  }
}
