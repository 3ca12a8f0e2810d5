import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import {
  damagedStore,
  DataFolderError,
  forbiddenStore,
  goneStore,
  NoStoreError,
  unusableStore,
} from './data-folder-error.ts';
import { CALL_BUDGETS } from '../../aws/call-budgets.ts';
import { isErrorNamed } from '../../dynamodb/client.ts';
import { inspectLevelFiles } from './level-files.ts';
import { openLevelOf } from './level-of-dynalite.ts';
import {
  closeDataFolder,
  closeToOthers,
  createPrivateFolder,
  writePrivateFile,
} from '../machine/private-files.ts';
import { clientOfAccess, createAccessKeyId, type StoreAccess } from './store-access.ts';
import { serveDynalite, type ServedDynalite } from './serve-dynalite.ts';

export const OWNER_PATIENCE_MS = 10_000;
const LOOK_AGAIN_MS = 50;

/** Files that a living owner is changing may look damaged to a process that reads them one after the other. */
const LOOKS_BEFORE_DAMAGED = 5;

/**
 * A real DynamoDB API with no account: dynalite, in this process, its files in the data folder. Only one process can
 * own the files; any other given the same folder reaches the owner over loopback, and when the owner has died the
 * first to notice opens the files itself.
 *
 * Files that fail, as on a full disk, are closed, and the next request opens them anew: an outage, not an end.
 *
 * Files are created once, in a folder that never held any. A store that has lost some is refused: an empty one in its
 * place would grant fencing tokens that were granted before.
 */
export class EmbeddedStore {
  readonly #folder: string;
  readonly #mayCreate: boolean;
  #wasFound = false;
  #served: ServedDynalite | undefined;
  #access: StoreAccess | undefined;
  #finding: Promise<StoreAccess> | undefined;
  #givingUp: Promise<void> | undefined;
  #trouble: { error: DataFolderError; atMs: number } | undefined;
  #closed = false;

  /** @param options.create begin a store where there never was one */
  constructor(options: { folder: string; create: boolean }) {
    this.#folder = options.folder;
    this.#mayCreate = options.create;
  }

  /** Where the store answers; found at the first call, and again after `lost`. @throws DataFolderError, NoStoreError */
  access(): Promise<StoreAccess> {
    if (this.#access !== undefined) return Promise.resolve(this.#access);
    this.#finding ??= this.#find().finally(() => (this.#finding = undefined));
    return this.#finding;
  }

  /** The endpoint did not answer, or not as the owner does: the owner of the files may be gone. */
  lost(): void {
    if (this.#served === undefined) this.#access = undefined;
  }

  get ownsFiles(): boolean {
    return this.#served !== undefined;
  }

  /** Why the files were given up a moment ago: what a connection was lost for that others may have opened anew. */
  get trouble(): DataFolderError | undefined {
    const { error, atMs = 0 } = this.#trouble ?? {};
    return Date.now() - atMs < OWNER_PATIENCE_MS ? error : undefined;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#finding?.catch(() => {});
    await this.#givingUp;
    const served = this.#served;
    if (served === undefined) return;
    this.#served = undefined;
    await served.close();
    await this.#settleFiles();
  }

  get #levelFolder(): string {
    return join(this.#folder, 'store');
  }

  get #addressFile(): string {
    return join(this.#folder, 'store.json');
  }

  async #find(): Promise<StoreAccess> {
    const until = Date.now() + OWNER_PATIENCE_MS;
    let damagedLooks = 0;
    while (!this.#closed && Date.now() < until) {
      const found = this.#look();
      damagedLooks = typeof found === 'object' ? damagedLooks + 1 : 0;
      if (typeof found === 'object' && damagedLooks >= LOOKS_BEFORE_DAMAGED)
        throw damagedStore(this.#levelFolder, found.damage);
      const opened = typeof found === 'object' ? undefined : await this.#open(found === 'none');
      const access = opened ?? (await this.#join());
      if (access !== undefined) {
        this.#wasFound = true;
        return (this.#access = access);
      }
      await sleep(LOOK_AGAIN_MS);
    }
    throw new DataFolderError(
      `The store in ${this.#folder} is in use by a process that does not answer: stop it, or choose another --data folder`,
    );
  }

  /** Finds out what is there, and whether this process may have it. Changes nothing unless a store may be created. */
  #look(): ReturnType<typeof inspectLevelFiles> {
    const levelFolder = this.#levelFolder;
    let found: ReturnType<typeof inspectLevelFiles>;
    try {
      found = inspectLevelFiles(levelFolder, { wasUsed: existsSync(this.#addressFile) });
      if (found === 'whole') {
        // LevelDB asks for this access; it would have begun a new log of its own before it is refused.
        accessSync(levelFolder, constants.R_OK | constants.W_OK | constants.X_OK);
        const lock = join(levelFolder, 'LOCK');
        if (existsSync(lock)) accessSync(lock, constants.R_OK | constants.W_OK);
      }
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'EACCES' || code === 'EPERM') throw forbiddenStore(levelFolder, message);
      // A file that its owner removes while it is looked for.
      if (code === 'ENOENT') return { damage: message };
      throw unusableStore(levelFolder, message);
    }
    if (found === 'none') {
      if (this.#wasFound) throw goneStore(this.#folder);
      if (!this.#mayCreate) throw new NoStoreError(this.#folder);
      makeFolder(levelFolder);
    }
    return found;
  }

  /** @returns `undefined` when another process owns the files */
  async #open(isNew: boolean): Promise<StoreAccess | undefined> {
    await this.#givingUp;
    let served: ServedDynalite;
    const accessKeyId = createAccessKeyId();
    try {
      // A process that joins another, or works on a table, does without it.
      const { default: dynalite } = await import('dynalite');
      served = await serveDynalite(
        await openLevelOf(() => dynalite({ path: this.#levelFolder, createTableMs: 0 }), {
          createIfMissing: isNew,
          assertThere: sameFileAlways(join(this.#levelFolder, 'LOCK')),
          onFailure: (error) => this.#giveUp(error),
        }),
        { accessKeyId },
      );
    } catch (error) {
      if (isLocked(error)) return undefined;
      const cause = causeOf(error);
      if (/permission denied|access is denied/i.test(cause)) throw forbiddenStore(this.#levelFolder, cause);
      if (cause.startsWith('IO error')) throw unusableStore(this.#levelFolder, cause);
      throw damagedStore(this.#levelFolder, cause);
    }
    served.unref();
    closeToOthers(this.#levelFolder);
    closeDataFolder(this.#folder);
    const access = { endpoint: served.endpoint, accessKeyId };
    try {
      this.#writeAccess(access);
    } catch (error) {
      await served.close();
      throw unusableStore(this.#levelFolder, `${this.#addressFile} cannot be written: ${causeOf(error)}`);
    }
    this.#served = served;
    return access;
  }

  /** The files fail: the next request opens them anew, as after a crash, or is answered why that cannot be done. */
  #giveUp(error: Error): void {
    const served = this.#served;
    const isDamaged = error.message.startsWith('Corruption');
    const trouble = isDamaged ? damagedStore : unusableStore;
    this.#trouble = { error: trouble(this.#levelFolder, error.message), atMs: Date.now() };
    this.#served = undefined;
    this.#access = undefined;
    this.#givingUp = served?.close();
  }

  /** It stays when its owner has ended: there was a store here. */
  #writeAccess(access: StoreAccess): void {
    writePrivateFile(this.#addressFile, JSON.stringify({ ...access, pid: process.pid }));
  }

  async #join(): Promise<StoreAccess | undefined> {
    try {
      const { endpoint, accessKeyId } = JSON.parse(
        readFileSync(this.#addressFile, 'utf8'),
      ) as Partial<StoreAccess>;
      if (endpoint === undefined || accessKeyId === undefined) return undefined;
      return (await answers({ endpoint, accessKeyId })) ? { endpoint, accessKeyId } : undefined;
    } catch {
      return undefined;
    }
  }

  /**
   * Opening moves what was written last from LevelDB's log into a table, whose size is written down: so a file that
   * is cut off while nobody runs is noticed.
   */
  async #settleFiles(): Promise<void> {
    const { ClassicLevel } = await import('classic-level');
    const level = new ClassicLevel(this.#levelFolder, { createIfMissing: false });
    try {
      if (inspectLevelFiles(this.#levelFolder, { wasUsed: true }) === 'whole') await level.open();
    } catch {
      // Somebody else owns the files already, or the disk is full: the log is as good as it was.
    } finally {
      await level.close();
      closeToOthers(this.#levelFolder);
    }
  }
}

function makeFolder(folder: string): void {
  try {
    createPrivateFolder(folder);
  } catch (error) {
    throw new DataFolderError(`The data folder ${folder} cannot be created: ${causeOf(error)}`);
  }
}

/**
 * Whether a path still names the file that it named at first: an owner whose folder was deleted or moved away would
 * go on in it unseen, beside a process that begins a store in its place.
 */
function sameFileAlways(path: string): () => void {
  let first: string | undefined;
  return () => {
    const { dev, ino } = statSync(path, { bigint: true });
    const file = `${dev} ${ino}`;
    first ??= file;
    if (file !== first) throw new Error(`${path} was put in the place of the one that was opened`);
  };
}

/** Asks for a table that nobody has: a mere GET is answered by any program. */
async function answers(access: StoreAccess): Promise<boolean> {
  const client = clientOfAccess(async () => access, CALL_BUDGETS.ownerAlive);
  try {
    await client.send(new DescribeTableCommand({ TableName: 'is-anybody-there' }));
    return false;
  } catch (error) {
    return isErrorNamed(error, 'ResourceNotFoundException');
  } finally {
    client.destroy();
  }
}

function isLocked(error: unknown): boolean {
  const codes = [error, (error as { cause?: unknown }).cause].map(
    (each) => (each as { code?: string })?.code,
  );
  return codes.includes('LEVEL_LOCKED');
}

function causeOf(error: unknown): string {
  const { cause } = error as { cause?: unknown };
  const told = cause instanceof Error ? cause : error;
  return told instanceof Error ? told.message : String(told);
}
