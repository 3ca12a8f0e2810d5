import {
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { processIdentity } from '../../../functions/local/machine/process-identity.ts';
import { RunRecords, type RunNote } from '../../../functions/local/machine/run-record.ts';

describe('the records of a data folder', () => {
  const identity = processIdentity();
  const own: RunNote = {
    holder: identity.holder,
    pid: process.pid,
    state: 'running',
    mode: 'polling',
    port: 3000,
  };
  /** The same pid in a place that cannot be seen from here. */
  const hidden = { ...own, holder: processIdentity({ place: 'aaaaaaaaaaaa' }).holder };
  let folder: string;
  let records: RunRecords;
  const files = (): string[] => readdirSync(join(folder, 'run'));

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'run-records-'));
    records = new RunRecords(folder);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('are none where nothing ever ran', () => {
    expect(records.current(identity)).toStrictEqual([]);
    expect(records.here(identity)).toStrictEqual([]);
  });

  it('are those of the living, whatever else lies beside them', () => {
    const run = join(folder, 'run');
    mkdirSync(run);
    // A file that went while the folder was read looks like a link to nothing.
    symlinkSync('nowhere', join(run, '1.json'));
    writeFileSync(join(run, '2.json'), '{"holder"');
    writeFileSync(join(run, '3.json'), '{"holder": 1}');
    writeFileSync(join(run, 'notes.txt'), 'mine');
    records.write(own);
    expect(records.here(identity)).toMatchObject([own]);
    expect(records.current(identity)).toMatchObject([own]);
  });

  it('are for their owner’s eyes, also in a folder that an earlier version left open to all', () => {
    mkdirSync(join(folder, 'run'), { mode: 0o777 });
    records.write(own);
    expect(statSync(join(folder, 'run')).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, 'run', `${process.pid}.json`)).mode & 0o777).toBe(0o600);
  });

  it('lose those whose process has ended', () => {
    records.write({ ...own, holder: own.holder.replace(/[^:]+$/, '1') });
    expect(records.here(identity)).toStrictEqual([]);
    expect(records.current(identity)).toStrictEqual([]);
    expect(files()).toStrictEqual([]);
  });

  it('take nobody for theirs whose place or start is not the recorded one', () => {
    for (const holder of [hidden.holder, own.holder.replace(/[^:]+$/, 'unknown')]) {
      records.write({ ...own, holder });
      expect(records.here(identity)).toStrictEqual([]);
      expect(records.current(identity)).toHaveLength(1);
    }
  });

  it(
    'take nobody for theirs whose user is not who wrote the record',
    { skip: process.getuid?.() !== 0 },
    () => {
      records.write(own);
      const file = join(folder, 'run', `${process.pid}.json`);
      rmSync(file);
      writeFileSync(file, JSON.stringify(own));
      expect(records.here(identity)).toHaveLength(1);
      chownSync(file, 65534, 65534);
      expect(records.here(identity)).toStrictEqual([]);
    },
  );

  it('lose those of a former boot of this machine, whatever has their pid now', () => {
    records.write(hidden);
    const file = join(folder, 'run', `${process.pid}.json`);
    const record = JSON.parse(readFileSync(file, 'utf8')) as { machine: string; boot: string };
    const elsewhere = { ...record, machine: 'bbbbbbbbbbbb', boot: 'cccccccccccc' };
    writeFileSync(file, JSON.stringify(elsewhere));
    expect(records.current(identity)).toHaveLength(1);
    writeFileSync(file, JSON.stringify({ ...record, boot: 'cccccccccccc' }));
    expect(records.current(identity)).toStrictEqual([]);
    expect(files()).toStrictEqual([]);
  });

  it('lose those that cannot be seen from here once nothing was heard of them for a minute', () => {
    records.write(hidden);
    expect(records.current(identity)).toHaveLength(1);
    const longAgo = Date.now() / 1000 - 61;
    utimesSync(join(folder, 'run', `${process.pid}.json`), longAgo, longAgo);
    expect(records.current(identity)).toStrictEqual([]);
    expect(files()).toStrictEqual([]);
  });
});
