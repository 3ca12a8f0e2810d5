import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DynamoStatusStore } from '../../functions/dynamodb/status-store.ts';
import { createTableIfMissing } from '../../functions/dynamodb/table.ts';
import { clientOfEmbeddedStore } from '../../functions/local/embedded-client.ts';
import { DataFolderError, EmbeddedStore } from '../../functions/local/embedded-store.ts';

const TABLE = 'embedded-test';
const BOT = { id: 1, username: 'a_bot', firstName: 'A' };

describe('the embedded store', () => {
  let folder: string;
  const opened: EmbeddedStore[] = [];
  const children: ChildProcess[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'embedded-store-'));
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    for (const store of opened.splice(0)) await store.close();
    rmSync(folder, { recursive: true });
  });

  const open = (): EmbeddedStore => {
    const store = new EmbeddedStore(folder);
    opened.push(store);
    return store;
  };
  const statusOf = async (store: EmbeddedStore): Promise<DynamoStatusStore> => {
    const client = clientOfEmbeddedStore(store);
    await createTableIfMissing(client, TABLE);
    return new DynamoStatusStore({ client, tableName: TABLE });
  };
  /** Another process that owns the files until it is killed. */
  const ownerProcess = async (): Promise<ChildProcess> => {
    const module = new URL('../../functions/local/embedded-store.ts', import.meta.url).href;
    const program = `
      const { EmbeddedStore } = await import(${JSON.stringify(module)});
      console.log(await new EmbeddedStore(${JSON.stringify(folder)}).endpoint());
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    await once(child.stdout, 'data');
    return child;
  };

  it('keeps what was written, from one run to the next', async () => {
    const first = open();
    await (await statusOf(first)).saveBot(BOT);
    await first.close();
    expect(await (await statusOf(open())).bot()).toEqual(BOT);
  });

  it('is reached by a second user of the same folder instead of failing on its files', async () => {
    const [first, second] = [open(), open()];
    await (await statusOf(first)).saveBot(BOT);
    expect(await (await statusOf(second)).bot()).toEqual(BOT);
    expect([first.ownsFiles, second.ownsFiles]).toEqual([true, false]);
  });

  it('has one owner when several open it at once', async () => {
    const stores = [open(), open(), open()];
    const endpoints = await Promise.all(stores.map((store) => store.endpoint()));
    expect(new Set(endpoints).size).toBe(1);
    expect(stores.filter((store) => store.ownsFiles)).toHaveLength(1);
  });

  it('is opened by a survivor when the process that owned the files was killed', async () => {
    const owner = await ownerProcess();
    const survivor = open();
    const status = await statusOf(survivor);
    await status.saveBot(BOT);
    expect(survivor.ownsFiles).toBe(false);
    owner.kill('SIGKILL');
    await once(owner, 'exit');
    expect(await status.bot()).toEqual(BOT);
    expect(survivor.ownsFiles).toBe(true);
  });

  it('says so, and deletes nothing, when the files are damaged', async () => {
    const first = open();
    await (await statusOf(first)).saveBot(BOT);
    await first.close();
    const files = join(folder, 'store');
    for (const name of readdirSync(files).filter((name) => name.startsWith('MANIFEST'))) {
      writeFileSync(join(files, name), 'not a manifest');
    }
    const before = readdirSync(files).sort();
    const error = await open()
      .endpoint()
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DataFolderError);
    expect(String(error)).toContain('Nothing was changed');
    expect(readdirSync(files).sort()).toEqual(
      expect.arrayContaining(before.filter((name) => !/^LOG/.test(name))),
    );
    expect(readFileSync(join(files, 'CURRENT'), 'utf8')).toContain('MANIFEST');
  });

  it('names the folder that it cannot create', async () => {
    writeFileSync(join(folder, 'file'), '');
    const store = new EmbeddedStore(join(folder, 'file', 'data'));
    await expect(store.endpoint()).rejects.toThrow(/data folder .*file.*cannot be created/);
  });

  it.skipIf(process.getuid?.() === 0)('names the folder that it may not write to', async () => {
    chmodSync(folder, 0o500);
    await expect(open().endpoint()).rejects.toThrow(DataFolderError);
    chmodSync(folder, 0o700);
  });
});
