import { Option } from 'commander';
import type { ServiceManager } from './plan.ts';

const MANAGERS: ServiceManager[] = ['systemd', 'launchd', 'windows'];

/** Which kind of system a service command is about. */
export function managerOption(description: string): Option {
  return new Option('--for <manager>', description).choices(MANAGERS);
}
