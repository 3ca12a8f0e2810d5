import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPrivateFolder } from '../../../functions/local/machine/private-files.ts';

describe('a private folder', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'private-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it.skipIf(process.platform === 'win32')('is made with those above it, all closed to others', () => {
    const folder = join(root, 'a', 'b', 'c');
    for (let time = 0; time < 2; time++) createPrivateFolder(folder);
    for (const each of [folder, join(root, 'a', 'b'), join(root, 'a')])
      expect(statSync(each).mode & 0o777).toBe(0o700);
  });

  it('is not made in the place of a file', () => {
    writeFileSync(join(root, 'file'), '');
    expect(() => createPrivateFolder(join(root, 'file'))).toThrow(/EEXIST/);
    expect(() => createPrivateFolder(join(root, 'file', 'a'))).toThrow(/ENOTDIR/);
  });

  it.skipIf(process.platform !== 'linux')('says why nothing can be made where it is, however deep', () => {
    for (const folder of ['/sys/a', '/sys/a/b', '/sys/a/b/c'])
      expect(() => createPrivateFolder(folder)).toThrow(/EROFS|EPERM|EACCES/);
  });
});
