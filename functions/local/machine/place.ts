import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, readlinkSync, renameSync, writeFileSync } from 'node:fs';
import { homedir, hostname } from 'node:os';
import { join } from 'node:path';
import { askSystem } from './system-tool.ts';
import { tryRead } from './try-read.ts';

/** An id like no other: where a machine cannot be distinguished from others, no other process is taken to be here. */
const OF_THIS_PROCESS = randomUUID();
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export interface PlaceOptions {
  /** Stands for the machine's own name and id. */
  hostId?: string;
  platform?: NodeJS.Platform;
  /** Keeps an id of the machine where its system tells none. */
  stateFolder?: string;
}

/**
 * Where a pid means the same process: one machine, and one boot and one pid namespace of it where the system tells
 * them. 12 hexadecimal digits, the same for every process there. A name alone makes no place: two machines may have
 * the same one.
 */
export function placeId(options: PlaceOptions = {}): string {
  const { hostId, platform = process.platform, stateFolder } = options;
  const marks = marksOfBoot(platform) ?? [keptId(stateFolder) ?? OF_THIS_PROCESS];
  return digest([hostId ?? machineId(platform), ...marks]);
}

/** Which machine a process ran on, and since which of its boots: what ran before that has ended. */
export interface Boot {
  machine: string;
  /** `undefined` where the system tells none. */
  boot: string | undefined;
}

export function currentBoot(options: Pick<PlaceOptions, 'hostId' | 'platform'> = {}): Boot {
  const { hostId, platform = process.platform } = options;
  const [boot] = marksOfBoot(platform) ?? [];
  return {
    machine: digest([hostId ?? machineId(platform)]),
    boot: boot === undefined || boot === OF_THIS_PROCESS ? undefined : digest([boot]),
  };
}

function digest(marks: readonly string[]): string {
  return createHash('sha256').update(marks.join('\n')).digest('hex').slice(0, 12);
}

/** Random ones, so that no two machines share them; `undefined` where the system has none. */
function marksOfBoot(platform: NodeJS.Platform): string[] | undefined {
  if (platform === 'darwin') {
    const session = askSystem('sysctl', ['-n', 'kern.bootsessionuuid'])?.trim();
    return session !== undefined && UUID.test(session) ? [session] : undefined;
  }
  if (platform !== 'linux') return undefined;
  const boot = tryRead(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'))?.trim();
  const namespace = tryRead(() => readlinkSync('/proc/self/ns/pid'));
  // Without them it may be any of several containers, which may share a home folder too.
  return boot === undefined || namespace === undefined ? [OF_THIS_PROCESS] : [boot, namespace];
}

function machineId(platform: NodeJS.Platform): string {
  // A Mac's name follows the network that it is in; its boots have random ids.
  if (platform === 'darwin' && marksOfBoot(platform) !== undefined) return 'mac';
  return tryRead(() => readFileSync('/etc/machine-id', 'utf8'))?.trim() ?? hostname();
}

/**
 * An id that the first process here makes up and the later ones find; `undefined` where none can be kept. When two
 * first ones start at once, the earlier may seem to be elsewhere, and its lease is waited for.
 */
function keptId(stateFolder?: string): string | undefined {
  try {
    const folder = stateFolder ?? join(homedir(), '.agent-factory-bot');
    const file = join(folder, 'machine-id');
    const read = (): string | undefined => {
      const kept = tryRead(() => readFileSync(file, 'utf8'))?.trim();
      return kept !== undefined && UUID.test(kept) ? kept : undefined;
    };
    const known = read();
    if (known !== undefined) return known;
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${file}.${process.pid}`, randomUUID());
    renameSync(`${file}.${process.pid}`, file);
    return read();
  } catch {
    return undefined;
  }
}
