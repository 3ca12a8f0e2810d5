import { pidHere, type ProcessIdentity } from '../local/machine/process-identity.ts';
import type { RunRecord } from '../local/machine/run-record.ts';
import { askHealth, type HealthAnswer } from './health-probe.ts';
import type { LeaseView } from './lease-view.ts';

/**
 * Asks at the port of a data folder's bot. Any bot may answer there, for the default port is the same for all: only
 * a process that the folder or its store knows is this one's.
 */
export async function askLocalHealth(
  url: string,
  known: { records: readonly RunRecord[]; leases: readonly LeaseView[]; identity: ProcessIdentity },
): Promise<HealthAnswer> {
  const { records, leases, identity } = known;
  const health = await askHealth(url);
  if (!health.answered) return health;
  const { pid, lease } = health.report;
  const holders = leases.flatMap(({ item, exists }) => (exists && item?.holder ? [item.holder] : []));
  const isOurs =
    records.some((record) => record.pid === pid) ||
    holders.some((holder) => pidHere(holder, identity) === pid) ||
    // In a container it has another pid, yet it reports the very lease that is in this store.
    lease.some(({ holder }) => holder !== null && holders.includes(holder));
  if (isOurs) return health;
  const who = pid === undefined ? 'another bot' : `another bot (PID ${pid})`;
  return { answered: false, reason: `${who} answers there, which does not belong to this data folder` };
}
