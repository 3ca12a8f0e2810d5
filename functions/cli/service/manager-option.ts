import { Option } from 'commander';
import type { ServiceManager } from './plan.ts';

const MANAGERS: ServiceManager[] = ['systemd', 'launchd', 'windows'];

export function managerOption(): Option {
  return new Option('--for <manager>', 'service manager (default: this system’s)').choices(MANAGERS);
}
