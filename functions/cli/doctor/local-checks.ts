import { processIdentity } from '../../local/machine/process-identity.ts';
import { stopsEverything } from '../../status/reasons.ts';
import { chosenBot } from '../chosen-bot.ts';
import { commandForThisBot } from '../invocation.ts';
import { readLeases } from '../lease-view.ts';
import { askLocalHealth } from '../local-health.ts';
import { knownProcesses, localHealthUrl, ofBot } from '../processes.ts';
import { protocolOf, type Session } from '../session.ts';
import type { Target } from '../target.ts';
import { failed, ok, warning, type Verdict } from './verdict.ts';

const NOBODY_LISTENS = 'nothing listens there';

/** How this machine's bot is doing, where one runs; else whether a start would find its port free. */
export async function checkLocalBot(target: Target, session: Session | undefined): Promise<Verdict[]> {
  const identity = processIdentity({ hostId: target.settings.hostId });
  const bot = session === undefined ? undefined : await chosenBot(session);
  const records = ofBot(knownProcesses(target, identity), bot?.id);
  const leases =
    session === undefined || bot === undefined
      ? []
      : (await readLeases(protocolOf(session, bot.id), identity.isDead)).leases;
  const url = localHealthUrl(target, records);
  const health = await askLocalHealth(url, { records, leases, identity });
  if (health.answered) {
    const { reasons } = health.report;
    if (reasons.length === 0) return [ok('Health', `running at ${url}`)];
    const verdict = stopsEverything(reasons) ? failed : warning;
    return [
      verdict('Health', `degraded: ${reasons.join('; ')}`, 'README.md, “HTTP contract”, has each reason'),
    ];
  }
  const { port } = new URL(url);
  // With --port 0 a start takes any that is free.
  if (port === '0') return [];
  if (health.reason === NOBODY_LISTENS) return [ok('Port', `free: ${port}`)];
  if (records.length > 0) {
    const advice = `It may be starting: look again, or see ${commandForThisBot('status')}`;
    return [warning('Health', `${url}: ${health.reason}`, advice)];
  }
  const advice = 'Stop that program, or choose another port with --port: a start would be refused';
  return [failed('Port', `${port} is in use: ${health.reason}`, advice)];
}
