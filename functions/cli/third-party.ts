import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Locked {
  version?: string;
  license?: string;
  dev?: boolean;
  /** The package is one of development, and another package can use it where it is there. */
  devOptional?: boolean;
  link?: boolean;
  optional?: boolean;
}

/** A package that is installed with the bot, or bundled into it. */
export interface ThirdParty {
  name: string;
  version: string;
  /** Its licence's SPDX expression, as the lockfile has it. */
  license: string;
  /** The words of its licence files; empty where it brings none. */
  text: string;
}

const LICENCE_FILE = /^(licen[cs]e|copying|notice)([.-].*)?$/i;

/**
 * Every package that more than development needs, by the lockfile.
 * @param root folder with package-lock.json and node_modules
 * @throws Error where one of them is not installed: `npm ci` installs it
 */
export function thirdPartyOf(root: string): ThirdParty[] {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, Locked>;
  };
  return Object.entries(packages).flatMap(([path, locked]) => {
    const isOurs = path === '' || locked.dev === true || locked.devOptional === true || locked.link === true;
    const folder = join(root, path);
    // An optional one may be for another platform.
    if (isOurs || (locked.optional === true && !existsSync(folder))) return [];
    if (!existsSync(folder)) throw new Error(`${path} is not installed: run npm ci`);
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const { version = '', license = '' } = locked;
    return [{ name, version, license, text: licenceIn(folder) }];
  });
}

/** One text for all of them: what is the same for several stands there once. */
export function thirdPartyLicences(root: string): string {
  const byText = new Map<string, string[]>();
  for (const { name, version, license, text } of thirdPartyOf(root)) {
    const words = text === '' ? `${license} (the package brings no licence file)` : text;
    const title = `${name} ${version} (${license})`;
    byText.set(words, [...(byText.get(words) ?? []), title]);
  }
  const parts = [...byText].map(
    ([words, titles]) => `${[...new Set(titles)].sort().join('\n')}\n\n${words}\n`,
  );
  return [
    'Packages that this program consists of beside its own code, and their licences.\n',
    ...parts.sort(),
  ].join(`\n${'-'.repeat(80)}\n\n`);
}

function licenceIn(folder: string): string {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && LICENCE_FILE.test(entry.name))
    .map(({ name }) => name)
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n').trim())
    .join('\n\n');
}
