import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Everything that a bundle is made of. */
const SOURCES = ['functions', 'infra', 'cdk.json', 'package.json', 'package-lock.json'];
const COMMIT_LENGTH = 12;

/**
 * Package version and commit, as `1.0.0+3f2a9c1d5e6b`. The commit is BUILD_COMMIT's where that is set, otherwise git's;
 * changes that are not committed add a hash of the sources, and where neither knows a commit that hash stands alone
 * (`1.0.0+sources.8d1c...`). The same sources make the same id on any machine.
 * @throws Error for a BUILD_COMMIT that is no commit
 */
export function buildId(env: NodeJS.ProcessEnv = process.env, root = ROOT): string {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  return `${version}+${given(env['BUILD_COMMIT']) ?? committed(root) ?? `sources.${hashOf(root)}`}`;
}

function given(commit: string | undefined): string | undefined {
  if (commit === undefined || commit === '') return undefined;
  if (/^[0-9a-f]{7,64}$/.test(commit)) return commit.slice(0, COMMIT_LENGTH);
  throw new Error(`BUILD_COMMIT takes a commit's id, 7 to 64 of 0-9 and a-f, not ${commit}`);
}

function committed(root: string): string | undefined {
  const git = (...args: string[]): string =>
    execFileSync('git', ['-C', root, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    // A copy of the sources inside somebody else's repository is not that repository's commit.
    if (realpathSync(git('rev-parse', '--show-toplevel').trim()) !== realpathSync(root)) return undefined;
    const commit = git('rev-parse', 'HEAD').trim().slice(0, COMMIT_LENGTH);
    const isClean = git('status', '--porcelain', '--', ...SOURCES) === '';
    return isClean ? commit : `${commit}.${hashOf(root)}`;
  } catch {
    return undefined;
  }
}

function hashOf(root: string): string {
  const hash = createHash('sha256');
  for (const path of filesIn(root)) {
    hash
      .update(`${path.replaceAll(sep, '/')}\0`)
      .update(readFileSync(join(root, path)))
      .update('\0');
  }
  return hash.digest('hex').slice(0, COMMIT_LENGTH);
}

function filesIn(root: string): string[] {
  return SOURCES.flatMap((source) => {
    if (!statSync(join(root, source)).isDirectory()) return [source];
    return readdirSync(join(root, source), { recursive: true, encoding: 'utf8' })
      .map((name) => join(source, name))
      .filter((path) => statSync(join(root, path)).isFile());
  }).sort();
}
