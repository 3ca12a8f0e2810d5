import { GrammyError, HttpError } from 'grammy/web';
import { beforeEach, describe, expect, it } from 'vitest';
import { UploadRefusedError } from '../../functions/bot/uploads.ts';
import { DynamoRunStore } from '../../functions/dynamodb/import-run-store.ts';
import { importOnce } from '../../functions/uploads/import-once.ts';
import { fromReply, toReply, type CheckReply } from '../../functions/uploads/messages.ts';
import { RUN_LIMIT_MS } from '../../functions/uploads/run-store.ts';
import { StoreUnavailableError } from '../../functions/lease/store-unavailable.ts';
import { describeOnEveryStore } from '../fixtures/dynamodb-endpoints.ts';

const asker = { userId: 900 };
const upload = { fileId: 'file', fileName: 'atoms.json', asker };

describeOnEveryStore('an import', (store) => {
  let runs: DynamoRunStore;
  let begun: number;
  let finish: () => void;
  beforeEach(async () => {
    runs = new DynamoRunStore({ ...(await store.freshTable()), scope: '42' });
    begun = 0;
  });
  const uploads = () => {
    const ended = new Promise<void>((resolve) => (finish = resolve));
    return {
      begin: async () => void (begun += 1),
      beginReindex: async () => void (begun += 1),
      idle: () => ended,
    };
  };

  it('is begun once while it runs, and may be repeated when it has ended', async () => {
    const deps = { uploads: uploads(), runs, nowMs: () => 1_000 };
    const first = importOnce(deps, { kind: 'import', upload });
    while (begun === 0) await new Promise(setImmediate);
    expect(await importOnce(deps, { kind: 'import', upload })).toBe(false);
    finish();
    expect(await first).toBe(true);
    expect(await importOnce(deps, { kind: 'import', upload })).toBe(true);
    expect(begun).toBe(2);
  });

  it('does not keep another file, or a reindex, from being begun', async () => {
    const deps = { uploads: uploads(), runs, nowMs: () => 1_000 };
    finish();
    const all = [
      importOnce(deps, { kind: 'import', upload }),
      importOnce(deps, { kind: 'import', upload: { ...upload, fileId: 'another' } }),
      importOnce(deps, { kind: 'reindex', asker }),
    ];
    expect(await Promise.all(all)).toEqual([true, true, true]);
  });

  it('that died is forgotten after its time', async () => {
    expect(await runs.begin('run', 1_000)).toBe(true);
    expect(await runs.begin('run', 1_000 + RUN_LIMIT_MS)).toBe(false);
    expect(await runs.begin('run', 1_001 + RUN_LIMIT_MS)).toBe(true);
  });
});

describe('what a check meets', () => {
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
