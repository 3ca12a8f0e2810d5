import { chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { selfCommand } from '../invocation.ts';
import type { Target } from '../target.ts';
import { CommandError } from '../usage-error.ts';

export const SERVICE_NAME = 'agent-factory-bot';
export const SERVICE_LABEL = 'Agent Factory bot';

export type ServiceManager = 'systemd' | 'launchd' | 'windows';

/** The program to run, and its user; the same for every service manager. */
export interface ServicePlan {
  program: string;
  /** The arguments of the program; no secret is ever among them. */
  args: string[];
  workingFolder: string;
  dataFolder: string;
  logFolder: string;
  /** The variables, the token among them, in a file that nobody else can read. */
  environmentFile: string;
  /** The service belongs to the whole machine (started at boot) rather than to one user. */
  isSystemWide: boolean;
  user: string;
}

export interface ServiceFile {
  path: string;
  content: string;
}

export function managerOf(platform: NodeJS.Platform): ServiceManager {
  if (platform === 'win32') return 'windows';
  return platform === 'darwin' ? 'launchd' : 'systemd';
}

export function planService({ settings }: Target, env: Record<string, string | undefined>): ServicePlan {
  const { program, args } = selfCommand();
  if (args.some((arg) => arg.includes('_npx'))) {
    throw new CommandError(
      'npx runs this program from a cache that is emptied now and then: install it first, with npm install --global agent-factory-bot, then run agent-factory-bot service install',
    );
  }
  const [script = '', ...rest] = [...args].reverse();
  const dataFolder = resolve(settings.dataFolder);
  return {
    program,
    args: [
      ...rest.reverse(),
      resolve(script),
      // A consumer elsewhere is no failure to be restarted over: it is waited for.
      ...['start', '--standby', '--data', dataFolder, '--port', String(settings.port)],
    ],
    // In the checkout the loader of TypeScript is found from here.
    workingFolder: process.execArgv.length > 0 ? process.cwd() : dataFolder,
    dataFolder,
    logFolder: join(dataFolder, 'logs'),
    environmentFile: environmentFileOf(env),
    isSystemWide: isSystemWide(),
    user: env['SUDO_USER'] ?? userInfo().username,
  };
}

export function isSystemWide(): boolean {
  return process.getuid?.() === 0;
}

export function environmentFileOf(env: Record<string, string | undefined>): string {
  const configuration = isSystemWide() ? '/etc' : (env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'));
  return join(configuration, SERVICE_NAME, 'env');
}

/**
 * The folders of the data and the logs, the user's own also where root has made them for somebody else.
 * @throws CommandError
 */
export function makeFolders(
  { dataFolder, logFolder }: ServicePlan,
  env: Record<string, string | undefined>,
): void {
  try {
    const isNew = mkdirSync(logFolder, { recursive: true }) !== undefined;
    const [uid, gid] = [env['SUDO_UID'], env['SUDO_GID']].map(Number);
    if (!isNew || !uid || !gid) return;
    for (const folder of [dataFolder, logFolder]) chownSync(folder, uid, gid);
  } catch (error) {
    throw new CommandError(`The data folder ${dataFolder} cannot be made: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** @throws CommandError that names the file */
export function writeServiceFile({ path, content }: ServiceFile, mode: number): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content, { mode });
  } catch (error) {
    throw new CommandError(
      `${path} cannot be written (${(error as NodeJS.ErrnoException).code}): run it with sudo, or as the user whose service it is`,
      { cause: error },
    );
  }
}
