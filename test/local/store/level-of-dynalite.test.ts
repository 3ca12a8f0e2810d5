import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLevelOf, type LevelOptions } from '../../../functions/local/store/level-of-dynalite.ts';
import { seal } from '../../../functions/local/store/sealed-values.ts';

interface Level {
  put: (key: string, value: unknown) => Promise<void>;
  get: (key: string) => Promise<unknown>;
  del: (key: string) => Promise<void>;
  values: (range?: object) => { next: () => Promise<unknown>; all: () => Promise<unknown[]> };
  close: () => Promise<void>;
  batch: () => Chain;
}

interface Chain {
  put: (key: string, value: string, options: object) => Chain;
  del: (key: string) => Chain;
  write: () => Promise<void>;
}

const require = createRequire(createRequire(import.meta.url).resolve('dynalite'));
const { Level } = require('level') as { Level: new (folder: string, options: object) => Level };

const flipped = (letter: string): string => String.fromCharCode(letter.charCodeAt(0) ^ 1);

describe('the LevelDB of a dynalite', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'level-of-dynalite-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const open = (options: Partial<LevelOptions> = {}): Promise<Level> =>
    openLevelOf(() => new Level(folder, { valueEncoding: 'json' }), {
      createIfMissing: true,
      assertThere: () => {},
      onFailure: () => {},
      ...options,
    });

  it('closes after the write in hand, and refuses those that wait behind it', async () => {
    const level = await open();
    const slow = level.put('k0', 'x'.repeat(4_000_000));
    await new Promise((resolve) => setImmediate(resolve));
    // LevelDB would crash over these once it is closed.
    const settled = Promise.allSettled([slow, ...[1, 2, 3].map((at) => level.put(`k${at}`, at))]);
    await level.close();
    const confirmed = (await settled).flatMap(({ status }, at) => (status === 'fulfilled' ? [at] : []));

    const again = await open();
    for (const at of confirmed) expect(await again.get(`k${at}`)).toBeDefined();
    expect(confirmed[0]).toBe(0);
    await again.close();
  });

  it('answers with an error what is still read when it is closed', async () => {
    const level = await open();
    await level.put('k', 1);
    const rows = level.values();
    expect(await rows.next()).toBe(1);
    await level.close();
    await expect(rows.next()).rejects.toMatchObject({
      statusCode: 500,
      message: expect.stringMatching(/^Database is closed: /) as string,
    });
  });

  /** Past every check, as a bit that changed on the disk is. */
  const changes = (level: Level, key: string, value: string): Promise<void> =>
    level.batch().put(key, value, { valueEncoding: 'utf8' }).write();

  const leavesOut = (level: Level, key: string): Promise<void> => level.batch().del(key).write();

  const all = (level: Level, range: object): Promise<unknown[]> => level.values(range).all();

  const one = async (level: Level, range: object): Promise<unknown[]> => {
    const row = level.values(range);
    const found: unknown[] = [];
    for (let next = await row.next(); next !== undefined; next = await row.next()) found.push(next);
    return found;
  };

  /** The same before it is opened. */
  const puts = async (entries: Record<string, string>): Promise<void> => {
    const plain = new Level(folder, { valueEncoding: 'utf8' });
    for (const [key, value] of Object.entries(entries)) await plain.put(key, value);
    await plain.close();
  };

  const stored = async (key: string): Promise<string> => {
    const plain = new Level(folder, { valueEncoding: 'utf8' });
    const value = (await plain.get(key)) as string;
    await plain.close();
    return value;
  };

  it('reads the values of an older version, seals them, and is read by that one', async () => {
    await puts({ a: '{"n":1}', b: '2' });
    for (const n of [1, 3]) {
      const level = await open();
      expect([await level.get('a'), await level.get('b')]).toEqual([{ n }, 2]);
      await level.close();
      const sealed = await stored('a');
      expect(sealed).toMatch(/^\{"n":\d\}[ \t\n\r]{16}$/);
      expect(JSON.parse(sealed)).toEqual({ n });
      await puts({ a: '{"n":3}' });
    }
  });

  it('does not open where an older version has left what is no JSON', async () => {
    await puts({ a: '1', b: '{"n":' });
    await expect(open()).rejects.toThrow(/^Corruption: /);
  });

  it('believes no value with another bit, nor one that stands under another key', async () => {
    const level = await open();
    await level.put('k', { fencing_token: 8 });
    await level.close();
    const sealed = await stored('k');
    const changed = Array.from(
      sealed,
      (_, at) => sealed.slice(0, at) + flipped(sealed[at]!) + sealed.slice(at + 1),
    );
    for (const value of [...changed, sealed.slice(0, -1)]) {
      const again = await open();
      await changes(again, 'k', value);
      await expect(again.get('k')).rejects.toMatchObject({ statusCode: 500 });
      await again.close();
      await expect(open()).rejects.toThrow(/^Corruption: /);
      await puts({ k: sealed });
    }
    await puts({ l: sealed });
    await expect(open()).rejects.toThrow(/^Corruption: /);
  });

  it('believes no older value of a key, and none that was deleted', async () => {
    for (const [deletes, read] of [
      [false, (level: Level) => level.get('k')],
      [true, (level: Level) => level.get('k')],
      [false, (level: Level) => level.values().next()],
      [true, (level: Level) => level.values().next()],
    ] as const) {
      let level = await open();
      await level.put('k', { fencing_token: 7 });
      await level.close();
      const older = await stored('k');
      level = await open();
      await (deletes ? level.del('k') : level.put('k', { fencing_token: 8 }));
      await changes(level, 'k', older);
      await expect(read(level)).rejects.toMatchObject({ statusCode: 500 });
      await level.close();
    }
  });

  it('leaves nothing out of a row, nor adds anything to it, without saying so', async () => {
    const keys = ['a', 'b', 'c', 'd'];
    for (const happened of [
      (level: Level) => leavesOut(level, 'a'),
      (level: Level) => leavesOut(level, 'b'),
      (level: Level) => leavesOut(level, 'd'),
      (level: Level) => changes(level, 'bb', seal('bb', '1').stored),
    ])
      for (const range of [
        {},
        { reverse: true },
        { gte: 'a', lte: 'd' },
        { gt: '0', lt: 'e', reverse: true },
      ])
        for (const read of [one, all]) {
          const level = await open();
          await Promise.all(keys.map((key) => level.put(key, key)));
          expect(await read(level, range)).toEqual('reverse' in range ? [...keys].reverse() : keys);
          await happened(level);
          await expect(read(level, range)).rejects.toMatchObject({
            statusCode: 500,
            message: expect.stringContaining('a row of items is not') as string,
          });
          await level.close();
          rmSync(folder, { recursive: true });
        }
  });

  it('asks for nothing that is outside of a row or behind the last that was wanted', async () => {
    const level = await open();
    for (const key of ['a', 'b', 'c', 'd', 'e']) await level.put(key, key);
    await leavesOut(level, 'c');
    expect(await all(level, { lt: 'c' })).toEqual(['a', 'b']);
    expect(await all(level, { gt: 'c' })).toEqual(['d', 'e']);
    expect(await one(level, { limit: 2 })).toEqual(['a', 'b']);
    expect(await all(level, { limit: 2, reverse: true })).toEqual(['e', 'd']);
    await level.close();
  });

  it('reads a row as it was when it was begun, whatever is written until its end', async () => {
    const level = await open();
    const keys = Array.from({ length: 40 }, (_, at) => `k${at + 10}`);
    for (const key of keys) await level.put(key, 0);
    const rows = [level.values(), level.values({ reverse: true })];
    for (const row of rows) await row.next();
    await Promise.all(keys.map((key, at) => (at % 2 === 0 ? level.del(key) : level.put(key, 1))));
    await level.put('k99', 1);
    for (const row of rows) expect(await row.all()).toEqual(Array.from({ length: 39 }, () => 0));
    expect(await all(level, {})).toEqual(Array.from({ length: 21 }, () => 1));
    await level.close();
  });

  it('reads what is written meanwhile as it was before or is after', async () => {
    const level = await open();
    await level.put('k', 0);
    let last = 0;
    const writing = (async () => {
      for (let n = 1; n <= 300; n += 1) {
        await (n % 3 === 0 ? level.del('k') : level.put('k', n % 2));
        last = n;
      }
    })();
    while (last < 300) {
      const read = (): Promise<unknown> => level.get('k');
      const values = await Promise.all([read(), level.values().next(), read(), level.values().next()]);
      for (const value of values) expect([0, 1, undefined]).toContain(value);
    }
    await writing;
    await level.close();
  });

  it('answers with an error what is no value any more, read one by one or in a row, and says so once', async () => {
    for (const read of [(level: Level) => level.get('k'), (level: Level) => level.values().next()]) {
      await puts({ k: '1' });
      const failures: string[] = [];
      const level = await open({ onFailure: ({ message }) => failures.push(message) });
      await changes(level, 'k', '{"pk":');
      for (let i = 0; i < 2; i++) await expect(read(level)).rejects.toMatchObject({ statusCode: 500 });
      expect(failures).toEqual([expect.stringMatching(/^Corruption: /)]);
      await level.close();
    }
  });

  it('is neither read nor written any more where its files are somebody else’s, and says so once', async () => {
    const failures: string[] = [];
    let isThere = true;
    const level = await open({
      assertThere: () => {
        if (!isThere) throw new Error('gone');
      },
      onFailure: ({ message }) => failures.push(message),
    });
    await level.put('k', 1);
    isThere = false;
    await expect(level.put('k', 2)).rejects.toMatchObject({ statusCode: 500, body: { message: 'gone' } });
    await expect(level.get('k')).rejects.toMatchObject({ statusCode: 500 });
    isThere = true;
    await expect(level.put('k', 3)).rejects.toMatchObject({ statusCode: 500 });
    expect(failures).toEqual(['gone']);
    await level.close();
    const again = await open();
    expect(await again.get('k')).toBe(1);
    await again.close();
  });
});
