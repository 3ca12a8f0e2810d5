import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Carries the jar, and is no dependency of this project: it is 56 MB, and only this program uses it. */
const PACKAGE = 'amplify-dynamodb-simulator@2.9.30';

/** Amazon's DynamoDB Local cannot be had here; the message says why. */
export class AmazonStoreError extends Error {
  override readonly name = 'AmazonStoreError';
}

/**
 * The folder of Amazon's DynamoDB Local: the one given, else installed by npm into `folder`.
 * @throws AmazonStoreError
 */
export function amazonStoreFolder(options: { jarFolder?: string | undefined; folder: string }): string {
  const java = spawnSync('java', ['-version']);
  if (java.status !== 0) throw new AmazonStoreError('DynamoDB Local needs Java, and there is no "java" here');
  const jarFolder = options.jarFolder ?? installed(options.folder);
  if (existsSync(join(jarFolder, 'DynamoDBLocal.jar'))) return jarFolder;
  throw new AmazonStoreError(`There is no DynamoDBLocal.jar in ${jarFolder}`);
}

function installed(folder: string): string {
  const npm = spawnSync(
    'npm',
    ['install', '--prefix', folder, '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', PACKAGE],
    { encoding: 'utf8' },
  );
  if (npm.status !== 0) {
    throw new AmazonStoreError(
      `npm cannot install ${PACKAGE}: ${npm.stderr.trim().split('\n').at(-1) ?? 'no reason given'}. ` +
        'Give its folder with --jar-folder where there is no network',
    );
  }
  return join(folder, 'node_modules', 'amplify-dynamodb-simulator', 'emulator');
}
