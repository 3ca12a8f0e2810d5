import { createReadStream } from 'node:fs';
import { isAbsolute } from 'node:path';
import { HttpError } from 'grammy/web';
import { ImportError } from '../knowledge/import-error.ts';
import type { ImportProblem } from '../knowledge/import-problem.ts';
import type { ImportReport } from '../knowledge/import.ts';
import type { Publication, PublishOptions } from '../knowledge/publish.ts';
import { telegramApi } from '../telegram/bot-identity.ts';
import type { Html } from '../telegram/limits-html.ts';
import { shorten } from '../telegram/limits.ts';
import type { TelegramAccess } from '../telegram/tenure-bot.ts';
import type { AdminNotes } from './admin-notes.ts';
import type { NewsStore } from './knowledge-news.ts';
import type { Texts } from './texts/catalogue.ts';
import {
  type Asker,
  MAX_UPLOAD_BYTES,
  type Upload,
  type UploadCheck,
  UploadRefusedError,
  type Uploads,
} from './uploads.ts';

const MAX_PROBLEMS = 5;
const MAX_PROBLEM = 250;
const MAX_ID = 80;
const MAX_REASON = 500;
/** The command that administrators know the new build of the index by. */
export const REINDEX = '/kb_reindex';

export interface InProcessUploadsOptions {
  telegram: TelegramAccess;
  publishing: PublishOptions;
  admins: Pick<AdminNotes, 'tell'>;
  /** A publication that is announced here is not announced again as news. */
  news: NewsStore;
}

/** Imports in this very process, which must live longer than the update that asks for it: not on Lambda. */
export class InProcessUploads implements Uploads {
  readonly #options: InProcessUploadsOptions;
  readonly #running = new Map<string, Promise<void>>();

  constructor(options: InProcessUploadsOptions) {
    this.#options = options;
  }

  async check(upload: Upload, signal: AbortSignal): Promise<UploadCheck> {
    const report = await this.#import(upload, { dryRun: true, signal });
    const { added, changed, unchanged, rejected, problemCount } = report;
    const repeatedIds = report.notes.find(({ madeIds }) => madeIds !== undefined)?.count ?? 0;
    const problems = report.problems
      .slice(0, MAX_PROBLEMS)
      .map((problem) =>
        shorten(`${placeOf(problem)}: ${`${problem.field} ${problem.message}`.trimStart()}`, MAX_PROBLEM),
      );
    const counts = { added, changed, unchanged, rejected, repeatedIds, problemCount };
    return { fileName: upload.fileName, ...counts, problems };
  }

  async begin(upload: Upload): Promise<void> {
    const { fileName, asker } = upload;
    this.#start(upload.fileId, fileName, asker, async () => {
      const { added, changed, rejected, ...publication } = await this.#import(upload, { dryRun: false });
      const result = { fileName, added, changed, rejected, total: publication.stats.total };
      await this.#tell(publication, (texts) => texts.admin.imported(result), asker);
    });
  }

  async beginReindex(asker: Asker): Promise<void> {
    this.#start(REINDEX, REINDEX, asker, async () => {
      const { rebuild } = await import('../knowledge/rebuild.ts');
      const publication = await rebuild(this.#options.publishing);
      const { total } = publication.stats;
      await this.#tell(publication, (texts) => texts.admin.reindexed(total), asker);
    });
  }

  /** Resolves when nothing runs any more: to be awaited before the process ends. */
  async idle(): Promise<void> {
    await Promise.all(this.#running.values());
  }

  #start(key: string, name: string, asker: Asker, work: () => Promise<void>): void {
    if (this.#running.has(key)) return;
    const run = async (): Promise<void> => {
      try {
        await work();
      } catch (error) {
        const reason = shorten(reasonOf(error), MAX_REASON);
        const { admins } = this.#options;
        await admins.tell((texts) => texts.admin.importFailed({ name, reason }), asker);
      } finally {
        this.#running.delete(key);
      }
    };
    this.#running.set(key, run());
  }

  async #tell(
    { published, revision }: Pick<Publication, 'published' | 'revision'>,
    text: (texts: Texts) => Html,
    asker: Asker,
  ): Promise<void> {
    const { admins, news } = this.#options;
    const isNews = published && revision !== undefined;
    // Without a store two notes tell them, which is better than none.
    if (isNews) await news.claim(revision).catch(() => false);
    const isTold = await admins.tell(text, asker);
    if (isNews && isTold) await news.recordTold(revision).catch(() => {});
  }

  async #import(upload: Upload, options: { dryRun: boolean; signal?: AbortSignal }): Promise<ImportReport> {
    const { publishing } = this.#options;
    // With a reader for each kind of file: more than all else that a start loads.
    const { importAtoms } = await import('../knowledge/import.ts');
    try {
      return await importAtoms({
        ...publishing,
        ...options,
        mode: 'merge',
        source: { name: upload.fileName, stream: this.#download(upload.fileId, options.signal) },
      });
    } catch (error) {
      throw error instanceof ImportError ? new UploadRefusedError(error.message, { cause: error }) : error;
    }
  }

  async *#download(fileId: string, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    const { telegram } = this.#options;
    const { file_path: path } = await telegramApi(this.#options.telegram).getFile(fileId);
    if (path === undefined)
      throw new UploadRefusedError('Telegram does not give the file now: send it again');
    // A server of one's own that runs with --local has it on its disk, and hands out nothing over HTTP.
    if (isAbsolute(path)) {
      yield* fromDisk(path);
      return;
    }
    const send = telegram.fetch ?? fetch;
    const encoded = path.split('/').map(encodeURIComponent).join('/');
    const url = `${telegram.apiRoot}/file/bot${telegram.token}/${encoded}`;
    let bytes = 0;
    try {
      const response = await send(url, signal ? { signal } : {});
      if (response.status === 429 || response.status >= 500) throw silence();
      if (!response.ok || response.body === null) {
        throw new UploadRefusedError(`Telegram does not give the file (${response.status})`);
      }
      for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
        bytes += chunk.byteLength;
        if (bytes > MAX_UPLOAD_BYTES) throw new UploadRefusedError('the file is larger than Telegram said');
        yield chunk;
      }
    } catch (error) {
      if (signal?.aborted || error instanceof UploadRefusedError || error instanceof HttpError) throw error;
      throw silence();
    }
  }
}

async function* fromDisk(path: string): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Uint8Array>) {
      bytes += chunk.byteLength;
      if (bytes > MAX_UPLOAD_BYTES) throw new UploadRefusedError('the file is larger than Telegram said');
      yield chunk;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw new UploadRefusedError(
      'the Bot API server runs with --local and keeps the file where this bot cannot read it: run both on one machine, as users who may read its files, or the server without --local',
      { cause: error },
    );
  }
}

/** A whole document may stand on one line, so that the line alone says little. */
function placeOf({ line, index, atomId }: ImportProblem): string {
  const atom = atomId === undefined ? index !== undefined && `atom ${index + 1}` : shorten(atomId, MAX_ID);
  return [line !== undefined && `line ${line}`, atom].filter((part) => part !== false).join(', ');
}

/** As grammY says it of a call; the cause is left out, for the address holds the token. */
function silence(): HttpError {
  return new HttpError('the file could not be fetched', undefined);
}

/** A reason that an administrator can make something of; messages of other errors may hold anything. */
function reasonOf(error: unknown): string {
  if (error instanceof UploadRefusedError || error instanceof ImportError) return error.message;
  return error instanceof Error ? error.name : 'unknown error';
}
