import { GrammyError, HttpError } from 'grammy/web';
import { beforeEach, describe, expect, it } from 'vitest';
import { UploadRefusedError } from '../../functions/bot/uploads.ts';
import { DynamoRunStore } from '../../functions/dynamodb/import-run-store.ts';
import { importOnce, type ImportDeps } from '../../functions/uploads/import-once.ts';
import {
  fromReply,
  toReply,
  type CheckReply,
  type ImporterRequest,
} from '../../functions/uploads/messages.ts';
import { RUN_LIMIT_MS } from '../../functions/uploads/run-store.ts';
import { StoreUnavailableError } from '../../functions/lease/store-unavailable.ts';
import { textsFor } from '../../functions/bot/texts/texts.ts';
import { describeOnEveryStore } from '../fixtures/dynamodb-endpoints.ts';
import { observe, type Traffic } from '../fixtures/observed-client.ts';

type Wanted = Exclude<ImporterRequest, { kind: 'check' }>;

const asker = { userId: 900 };
const upload = { fileId: 'file', fileName: 'atoms.json', asker };

describeOnEveryStore('an import', (store) => {
  let runs: DynamoRunStore;
  let traffic: Traffic;
  let nowMs: number;
  let begun: number;
  let told: { userId: number; text: string }[];
  beforeEach(async () => {
    const table = await store.freshTable();
    traffic = observe(table.client);
    runs = new DynamoRunStore({ ...table, scope: '42' });
    nowMs = 1_000;
    begun = 0;
    told = [];
  });
  const admins: ImportDeps['admins'] = {
    tellAsker: async (text, { userId }) => {
      told.push({ userId, text: text(textsFor('en')).markup });
      return 'delivered';
    },
  };
  /** One request to the importer; its import ends when `finish` is called. */
  const request = (requestId: string, wanted: Wanted = { kind: 'import', upload }) => {
    let finish = (): void => {};
    const ended = new Promise<void>((resolve) => (finish = resolve));
    const count = async (): Promise<void> => void (begun += 1);
    const uploads = { begin: count, beginReindex: count, idle: () => ended };
    const deps = { uploads, runs, admins, nowMs: () => nowMs, requestId };
    return { finish, done: importOnce(deps, wanted) };
  };
  const hasBegun = async (count: number): Promise<void> => {
    while (begun < count) await new Promise(setImmediate);
  };

  it('is begun once while it runs, and may be repeated when it has ended', async () => {
    const first = request('first');
    await hasBegun(1);
    expect(await request('second').done).toBe(false);
    first.finish();
    expect(await first.done).toBe(true);
    const third = request('third');
    third.finish();
    expect(await third.done).toBe(true);
    expect(begun).toBe(2);
  });

  it('that is refused is no secret: its asker hears of it, and after what time to repeat it', async () => {
    const first = request('first', { kind: 'reindex', asker });
    await hasBegun(1);
    await request('second', { kind: 'reindex', asker: { userId: 901 } }).done;
    expect(told).toEqual([
      { userId: 901, text: expect.stringMatching(/kb_reindex.*under way.*11 min/) as string },
    ]);
    first.finish();
    await first.done;
  });

  it('is begun although the answer to its marker was lost, or that to the removal of it', async () => {
    for (const lost of ['put', 'delete'] as const) {
      traffic.loseAnswer(lost);
      const run = request(`lost-${lost}`);
      run.finish();
      expect(await run.done).toBe(true);
    }
    expect(begun).toBe(2);
    expect(told).toEqual([]);
  });

  it('may go on in a repetition of its own request, after a crash', async () => {
    void request('first');
    await hasBegun(1);
    const again = request('first');
    again.finish();
    expect(await again.done).toBe(true);
    expect(begun).toBe(2);
  });

  it('is not lost in silence when the store does not answer', async () => {
    traffic.loseBefore('put', Infinity);
    await expect(request('first').done).rejects.toThrow(StoreUnavailableError);
    expect(told).toEqual([{ userId: 900, text: expect.stringContaining('atoms.json') as string }]);
    expect(begun).toBe(0);
  });

  it('does not keep another file, or a reindex, from being begun', async () => {
    const another = { ...upload, fileId: 'another' };
    const all = [
      request('1'),
      request('2', { kind: 'import', upload: another }),
      request('3', { kind: 'reindex', asker }),
    ];
    await hasBegun(3);
    for (const { finish } of all) finish();
    expect(await Promise.all(all.map(({ done }) => done))).toEqual([true, true, true]);
  });

  it('that died is forgotten after its time, and takes no marker away that is not its own', async () => {
    const died = { name: 'run', requestId: 'died' };
    const next = { name: 'run', requestId: 'next' };
    expect(await runs.begin(died, 1_000)).toBe(true);
    expect(await runs.begin(next, 1_000 + RUN_LIMIT_MS)).toBe(false);
    expect(await runs.begin(next, 1_001 + RUN_LIMIT_MS)).toBe(true);
    await runs.end(died);
    expect(await runs.begin({ name: 'run', requestId: 'other' }, 1_001 + RUN_LIMIT_MS)).toBe(false);
    await runs.end(next);
    expect(await runs.begin({ name: 'run', requestId: 'other' }, 1_001 + RUN_LIMIT_MS)).toBe(true);
  });
});

describe('a problem that a check meets', () => {
  const sent = (error: unknown) => fromReply(JSON.parse(JSON.stringify(toReply(error))) as CheckReply);
  const flood = {
    ok: false as const,
    error_code: 429,
    description: 'Too Many Requests',
    parameters: { retry_after: 7 },
  };

  it.each([
    new UploadRefusedError('atoms.json is not JSON'),
    new StoreUnavailableError('DynamoDB did not answer'),
    new HttpError('no answer', undefined),
    new GrammyError("Call to 'getFile' failed!", flood, 'getFile', {}),
  ])('keeps its kind on the way to the caller, whose judge decides by it: %s', (error) => {
    expect(() => sent(error)).toThrow(error.constructor);
    expect(() => sent(error)).toThrow(error.message);
  });

  it('keeps Telegram’s own wait', () => {
    const answer = new GrammyError('failed', flood, 'getFile', {});
    expect(() => sent(answer)).toThrow(expect.objectContaining({ parameters: { retry_after: 7 } }) as Error);
  });

  it('is not softened where it is a defect', () => {
    expect(() => toReply(new TypeError('x is undefined'))).toThrow(TypeError);
  });
});
