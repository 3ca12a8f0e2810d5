import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLevelOf, type LevelOptions } from '../../functions/local/level-of-dynalite.ts';

interface Level {
  put: (key: string, value: unknown) => Promise<void>;
  get: (key: string) => Promise<unknown>;
  values: () => { next: () => Promise<unknown> };
  close: () => Promise<void>;
}

const require = createRequire(createRequire(import.meta.url).resolve('dynalite'));
const { Level } = require('level') as { Level: new (folder: string, options: object) => Level };

describe('the LevelDB of a dynalite', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'level-of-dynalite-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const open = (options: Partial<LevelOptions> = {}): Promise<Level> =>
    openLevelOf(() => new Level(folder, { valueEncoding: 'json' }), {
      createIfMissing: true,
      assertThere: () => {},
      onFailure: () => {},
      ...options,
    });

  it('closes after the write in hand, and refuses those that wait behind it', async () => {
    const level = await open();
    const slow = level.put('k0', 'x'.repeat(20_000_000));
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

  it('answers with an error what is no JSON any more, read one by one or in a row, and says so once', async () => {
    const plain = new Level(folder, { valueEncoding: 'utf8' });
    await plain.put('k', '{"pk":');
    await plain.close();
    for (const read of [(level: Level) => level.get('k'), (level: Level) => level.values().next()]) {
      const failures: string[] = [];
      const level = await open({ onFailure: ({ message }) => failures.push(message) });
      for (let i = 0; i < 2; i++) await expect(read(level)).rejects.toMatchObject({ statusCode: 500 });
      expect(failures).toEqual([expect.stringMatching(/could not decode/i)]);
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
