import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { processIdentity } from '../../functions/local/process-identity.ts';
import { RunRecords, type RunRecord } from '../../functions/local/run-record.ts';

describe('the records of a data folder', () => {
  const identity = processIdentity();
  const own: RunRecord = { holder: identity.holder, pid: process.pid, state: 'running', port: 3000 };
  let folder: string;
  let records: RunRecords;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'run-records-'));
    records = new RunRecords(folder);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('are none where nothing ever ran', () => {
    expect(records.living(identity)).toStrictEqual([]);
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
    expect(records.living(identity)).toStrictEqual([own]);
  });

  it('lose those whose process has ended', () => {
    const start = identity.holder.slice(identity.holder.lastIndexOf(':') + 1);
    const holder = identity.holder.replace(`:${start}`, ':another-start');
    records.write({ ...own, holder });
    expect(records.living(identity)).toStrictEqual([]);
    expect(readdirSync(join(folder, 'run'))).toStrictEqual([]);
  });
});
