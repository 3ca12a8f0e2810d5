import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { ClassicLevel } from 'classic-level';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CALL_BUDGETS } from '../../../functions/aws/call-budgets.ts';
import { DynamoStatusStore } from '../../../functions/dynamodb/status-store.ts';
import { createTableIfMissing } from '../../../functions/dynamodb/table.ts';
import { clientOfEmbeddedStore } from '../../../functions/local/store/embedded-client.ts';
import { DataFolderError, NoStoreError } from '../../../functions/local/store/data-folder-error.ts';
import { EmbeddedStore } from '../../../functions/local/store/embedded-store.ts';
import { seal, unseal } from '../../../functions/local/store/sealed-values.ts';
import { clientOfAccess, type StoreAccess } from '../../../functions/local/store/store-access.ts';
import { cannotLimitFiles, limitFiles } from '../../fixtures/file-size-limit.ts';

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
    for (const child of children.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    }
    for (const store of opened.splice(0)) await store.close();
    rmSync(folder, { recursive: true });
  });

  const open = ({ create = true } = {}): EmbeddedStore => {
    const store = new EmbeddedStore({ folder, create });
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
    const module = new URL('../../../functions/local/store/embedded-store.ts', import.meta.url).href;
    const program = `
      const { EmbeddedStore } = await import(${JSON.stringify(module)});
      const store = new EmbeddedStore({ folder: ${JSON.stringify(folder)}, create: true });
      console.log(await store.access());
      setInterval(() => store.access().catch(() => {}), 20);`;
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
    const found = await Promise.all(stores.map((store) => store.access()));
    expect(new Set(found.map(({ endpoint }) => endpoint)).size).toBe(1);
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

  it('is followed through owners of which each has ended before it is asked', async () => {
    let owner = open();
    await (await statusOf(owner)).saveBot(BOT);
    const follower = open();
    const status = await statusOf(follower);
    const find = follower.access.bind(follower);
    const found = new Set<StoreAccess>();
    follower.access = async () => {
      const access = await find();
      if (found.has(access) || found.size === 5) return access;
      found.add(access);
      await owner.close();
      owner = open();
      await owner.access();
      return access;
    };
    expect(await status.bot()).toEqual(BOT);
    expect([found.size, follower.ownsFiles]).toEqual([5, false]);
  });

  it('is closed after the requests in hand, also of those who did not wait for the answer', async () => {
    const store = open();
    await statusOf(store);
    const { endpoint, accessKeyId } = await store.access();
    const asking = new AbortController();
    const asked = Array.from({ length: 20 }, async (_, at) => {
      const item = { pk: { S: `p${at}` }, sk: { S: 's' }, text: { S: 'x'.repeat(100_000) } };
      await fetch(endpoint, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-amz-json-1.0',
          'x-amz-target': 'DynamoDB_20120810.PutItem',
          'x-amz-date': '20200101T000000Z',
          authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20200101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=a`,
        },
        body: JSON.stringify({ TableName: TABLE, Item: item }),
        signal: asking.signal,
      }).then(
        (response) => response.text(),
        () => 'hung up',
      );
    });
    await Promise.race(asked);
    asking.abort();
    await store.close();
    await Promise.all(asked);
    // Nobody can catch an error that dynalite throws then: it fails the run of the tests.
    await new Promise((resolve) => setTimeout(resolve, 50));
  });

  it('stays open when a request is cut off while it arrives, as that of a process that is killed', async () => {
    const store = open();
    const status = await statusOf(store);
    await status.saveBot(BOT);
    const { endpoint, accessKeyId } = await store.access();
    const socket = connect(Number(new URL(endpoint).port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write(
      `POST / HTTP/1.1\r\nHost: localhost\r\nAuthorization: Credential=${accessKeyId}/x\r\nContent-Length: 1000\r\n\r\nhalf of it`,
    );
    // Nobody can catch an error that dynalite throws then: it fails the run of the tests.
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await status.bot()).toEqual(BOT);
  });

  it('is not kept by an owner who cannot tell others where it is, and is opened once the owner can', async () => {
    const store = open();
    const inTheWay = join(folder, 'store.json.next');
    mkdirSync(inTheWay);
    for (let i = 0; i < 2; i++)
      await expect(store.access()).rejects.toThrow(/store\.json cannot be written: .*E(ISDIR|EXIST)/);
    rmSync(inTheWay, { recursive: true });
    expect((await store.access()).endpoint).toMatch(/^http:/);
  });

  it('forces every write to the disk before it is confirmed, and those that come at once together', async () => {
    // A process of its own, since LevelDB has to be watched before the store joins it.
    const program = `
      const { createRequire } = await import('node:module');
      const { Level } = createRequire(createRequire(${JSON.stringify(import.meta.url)}).resolve('dynalite'))('level');
      const native = [];
      for (const name of ['_put', '_del', '_batch']) {
        const original = Level.prototype[name];
        Level.prototype[name] = function (...args) {
          native.push({ name, size: args[0].length, sync: args.at(-1).sync === true });
          return original.apply(this, args);
        };
      }
      const { EmbeddedStore } = await import(${JSON.stringify(new URL('../../../functions/local/store/embedded-store.ts', import.meta.url).href)});
      const { clientOfEmbeddedStore } = await import(${JSON.stringify(new URL('../../../functions/local/store/embedded-client.ts', import.meta.url).href)});
      const { createTableIfMissing } = await import(${JSON.stringify(new URL('../../../functions/dynamodb/table.ts', import.meta.url).href)});
      const { BatchWriteCommand } = await import('@aws-sdk/lib-dynamodb');
      const store = new EmbeddedStore({ folder: ${JSON.stringify(folder)}, create: true });
      const client = clientOfEmbeddedStore(store);
      await createTableIfMissing(client, 'batches');
      const puts = Array.from({ length: 25 }, (_, at) => ({ PutRequest: { Item: { pk: 'p' + at, sk: 's' } } }));
      await client.send(new BatchWriteCommand({ RequestItems: { batches: puts } }));
      await store.close();
      console.log(JSON.stringify(native));`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    const native = (await json(child.stdout)) as { name: string; size: number; sync: boolean }[];
    expect(new Set(native.map(({ name, sync }) => `${name} ${sync}`))).toEqual(new Set(['_batch true']));
    expect(Math.max(...native.map(({ size }) => size))).toBeGreaterThan(10);
  });

  const noLimit = cannotLimitFiles();
  it.skipIf(noLimit !== undefined)(
    `whose disk is full keeps what it confirmed, and writes nothing behind the half record${noLimit === undefined ? '' : ` (skipped: ${noLimit})`}`,
    async () => {
      const owner = await ownerProcess();
      const access = JSON.parse(readFileSync(join(folder, 'store.json'), 'utf8')) as StoreAccess;
      const client = clientOfAccess(async () => access, { ...CALL_BUDGETS.ownerAlive, answerMs: 10_000 });
      await createTableIfMissing(client, TABLE);
      const put = async (pk: string): Promise<void> => {
        await client.send(
          new PutCommand({ TableName: TABLE, Item: { pk, sk: 's', text: 'x'.repeat(4_000) } }),
        );
      };
      const confirmed: string[] = [];
      limitFiles(owner.pid!, 50_000);
      const refused = await (async () => {
        for (;;) {
          const pk = `p${confirmed.length}`;
          try {
            await put(pk);
          } catch (error) {
            return error as Error;
          }
          confirmed.push(pk);
        }
      })();
      expect(refused.message).toContain('IO error');
      expect(confirmed.length).toBeGreaterThan(5);
      limitFiles(owner.pid!, 'unlimited');
      // Whether or not its files are open again by now.
      for (let i = 0; i < 5; i++)
        await put(`later${i}`).then(
          () => confirmed.push(`later${i}`),
          () => {},
        );
      client.destroy();
      owner.kill('SIGKILL');
      await once(owner, 'exit');

      const next = clientOfEmbeddedStore(open({ create: false }));
      for (const pk of confirmed) {
        const { Item } = await next.send(new GetCommand({ TableName: TABLE, Key: { pk, sk: 's' } }));
        expect(Item?.['pk']).toBe(pk);
      }
    },
  );

  it('is begun only by a command that may, in a folder that never had one', async () => {
    await expect(open({ create: false }).access()).rejects.toThrow(NoStoreError);
    expect(readdirSync(folder)).toEqual([]);
    await open().access();
    expect(readdirSync(folder)).toContain('store');
  });

  it('is begun again where the first time was killed before there was anything to lose', async () => {
    mkdirSync(join(folder, 'store'));
    for (const name of ['LOCK', 'LOG', 'MANIFEST-000001', '000001.dbtmp'])
      writeFileSync(join(folder, 'store', name), name);
    await (await statusOf(open())).saveBot(BOT);
  });

  describe('whose files are not as they were left', () => {
    const files = (): string => join(folder, 'store');
    const named = (pattern: RegExp): string[] =>
      readdirSync(files())
        .filter((name) => pattern.test(name))
        .map((name) => join(files(), name));
    /** A store that was used twice; left by a clean end, or by one that was killed. */
    const templates = { closed: '', killed: '' };
    beforeAll(async () => {
      for (const end of ['closed', 'killed'] as const) {
        folder = templates[end] = mkdtempSync(join(tmpdir(), 'embedded-store-'));
        const first = open();
        await (await statusOf(first)).saveBot({ ...BOT, username: 'an_older_bot' });
        await first.close();
        const owner = end === 'killed' ? await ownerProcess() : undefined;
        const second = open();
        await (await statusOf(second)).saveBot(BOT);
        owner?.kill('SIGKILL');
        if (owner !== undefined) await once(owner, 'exit');
        else await second.close();
      }
    });
    afterAll(() => Object.values(templates).forEach((each) => rmSync(each, { recursive: true })));
    const used = (end: 'closed' | 'killed'): void => cpSync(templates[end], folder, { recursive: true });
    const contents = (): Record<string, string> =>
      Object.fromEntries(
        readdirSync(folder, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map(({ parentPath, name }) => join(parentPath, name))
          .map((path) => [path, readFileSync(path, 'base64')]),
      );
    const expectRefusal = async ({ create }: { create: boolean }): Promise<void> => {
      const before = contents();
      const error = await open({ create })
        .access()
        .catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(DataFolderError);
      expect(error).not.toBeInstanceOf(NoStoreError);
      expect(String(error)).toMatch(
        /The store in .*store cannot be opened: .*\. Nothing was changed\. Restore/,
      );
      expect(contents()).toEqual(before);
    };
    const gone = (pattern: RegExp) => (): void => named(pattern).forEach((path) => rmSync(path));
    const cut = (pattern: RegExp, part: number) => (): void =>
      named(pattern).forEach((path) => truncateSync(path, Math.floor(statSync(path).size * part)));
    const CURRENT = /^CURRENT$/;
    const MANIFEST = /^MANIFEST/;
    const TABLE = /\.ldb$/;
    const LOG = /^\d+\.log$/;

    it.each([
      ['CURRENT is gone', gone(CURRENT)],
      ['CURRENT is empty', cut(CURRENT, 0)],
      ['the manifest is gone', gone(MANIFEST)],
      ['the manifest is empty', cut(MANIFEST, 0)],
      ['the manifest is cut in half', cut(MANIFEST, 0.5)],
      [
        'the manifest is another file',
        () => named(MANIFEST).forEach((path) => writeFileSync(path, 'no manifest')),
      ],
      ['the tables are gone', gone(TABLE)],
      ['the tables are empty', cut(TABLE, 0)],
      ['the tables are cut in half', cut(TABLE, 0.5)],
      ['the log is gone', gone(LOG)],
      ['all files are gone', gone(/./)],
      ['the folder is gone', () => rmSync(files(), { recursive: true })],
      ['the folder is a file', () => (rmSync(files(), { recursive: true }), writeFileSync(files(), ''))],
    ])('is refused, and nothing changes, when %s', async (_, damage) => {
      for (const end of ['closed', 'killed'] as const) {
        used(end);
        damage();
        await expectRefusal({ create: end === 'closed' });
        rmSync(folder, { recursive: true });
        mkdirSync(folder);
      }
    });

    it('is not called damaged when it is not its files that keep it from being used', async () => {
      used('closed');
      rmSync(join(files(), 'LOCK'));
      mkdirSync(join(files(), 'LOCK'));
      await expect(open().access()).rejects.toThrow(
        /cannot be used now: IO error: .*LOCK.* Nothing in it was deleted\. Mend that, then try again/,
      );
    });

    it('is refused when the log of a killed owner is not what was written to it', async () => {
      used('killed');
      const [log] = named(LOG);
      const content = readFileSync(log!);
      content[20] = ~content[20]!;
      writeFileSync(log!, content);
      await expectRefusal({ create: true });
    });

    it('keeps all that was written when the log of a clean end is cut off', async () => {
      used('closed');
      cut(LOG, 0)();
      expect(await (await statusOf(open({ create: false }))).bot()).toEqual(BOT);
    });

    it('opens after a kill, whose last words may be half a record', async () => {
      used('killed');
      const [log] = named(LOG);
      writeFileSync(log!, Buffer.concat([readFileSync(log!), Buffer.from([1, 2, 3, 4, 200, 0, 1, 9])]));
      expect(await (await statusOf(open({ create: false }))).bot()).toEqual(BOT);
    });
  });

  it('is not made anew under a survivor whose folder was emptied', async () => {
    const owner = await ownerProcess();
    const survivor = open();
    const status = await statusOf(survivor);
    rmSync(folder, { recursive: true });
    mkdirSync(folder);
    owner.kill('SIGKILL');
    await once(owner, 'exit');
    await expect(status.bot()).rejects.toThrow();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is given up by an owner whose folder is deleted, who works in no other that is put in its place', async () => {
    const owner = open();
    const status = await statusOf(owner);
    await status.saveBot(BOT);
    rmSync(folder, { recursive: true });
    for (let i = 0; i < 2; i++)
      await expect(status.saveBot(BOT)).rejects.toThrow(/LOCK|was deleted or moved away/);
    await expect(status.bot()).rejects.toThrow(/was deleted or moved away: put the folder back/);
    expect(owner.ownsFiles).toBe(false);
    mkdirSync(folder);
  });

  it('goes on where it is again when its folder was moved away and back', async () => {
    const status = await statusOf(open());
    await status.saveBot(BOT);
    renameSync(folder, `${folder}-away`);
    await expect(status.bot()).rejects.toThrow(/LOCK|was deleted or moved away/);
    renameSync(`${folder}-away`, folder);
    expect(await status.bot()).toEqual(BOT);
  });

  it('is finished by the next owner when the first died before dynalite called its table active', async () => {
    await statusOf(open());
    await opened[0]!.close();
    const level = new ClassicLevel(join(folder, 'store'));
    const key = `table~${TABLE}`;
    const table = unseal(key, (await level.get(key))!).value;
    expect(table).toContain('"TableStatus":"ACTIVE"');
    await level.put(key, seal(key, table.replace('"ACTIVE"', '"CREATING"')).stored);
    await level.close();
    const status = await statusOf(open());
    await status.saveBot(BOT);
    expect(await status.bot()).toEqual(BOT);
  });

  it('names the folder that it cannot create', async () => {
    writeFileSync(join(folder, 'file'), '');
    const store = new EmbeddedStore({ folder: join(folder, 'file', 'data'), create: true });
    await expect(store.access()).rejects.toThrow(/data folder .*file.*cannot be created/);
  });

  it.skipIf(process.getuid?.() === 0)('names the folder that it may not write to', async () => {
    chmodSync(folder, 0o500);
    await expect(open().access()).rejects.toThrow(DataFolderError);
    chmodSync(folder, 0o700);
  });
});
