import { pages } from './pages.ts';
import type { AlarmSources } from './sources.ts';
import type { AlarmSpec } from './spec.ts';
import { symptoms } from './symptoms.ts';
import { tickets } from './tickets.ts';

/** Every alarm on a metric there is. Other metrics can be seen on the dashboard, and reach nobody. */
export function alarmList(sources: AlarmSources): AlarmSpec[] {
  return [...pages(sources), ...tickets(sources), ...symptoms(sources)];
}
