import { describeHolder } from '../../local/machine/process-identity.ts';
import { isOff, storeClockOffset } from '../../local/clock-check.ts';
import { PROBE_SCOPE } from '../../deployment/probe.ts';
import { knowledgeBaseIn } from '../../wiring/knowledge.ts';
import { botLine, chosenBot } from '../chosen-bot.ts';
import { commandForThisBot } from '../invocation.ts';
import { isPlainlyFree, readLeases, repairCommand } from '../lease-view.ts';
import { counted, grouped, time } from '../output.ts';
import { protocolOf, type Session } from '../session.ts';
import { failed, ok, warning, type Verdict } from './verdict.ts';

const MANY_DEAD = 1_000;

export async function checkClock({ target, store }: Session): Promise<Verdict[]> {
  const { maxClockSkewMs } = target.settings;
  const offset = await storeClockOffset(store.client, store.tableName);
  if (offset === undefined)
    return [warning('Clock', 'the store tells no time', 'Compare this machine’s clock with NTP yourself')];
  const found = `${(Math.abs(offset.offsetMs) / 1000).toFixed(1)} s off the store’s, ${maxClockSkewMs / 1000} s are allowed`;
  return [
    isOff(offset, maxClockSkewMs)
      ? failed('Clock', found, 'Set this machine’s clock by NTP')
      : ok('Clock', found),
  ];
}

export async function checkLease(session: Session): Promise<Verdict[]> {
  const bot = await chosenBot(session);
  const verdicts = [ok('Bot', botLine(bot).replace(/^Bot: /, ''))];
  const protocol = protocolOf(session, bot.id);
  const { layout, lost, leases } = await readLeases(protocol, session.identity.isDead);
  if (lost !== undefined) return [...verdicts, failed('Layout', lost.says, `Run ${lost.remedy}`)];
  if (layout === undefined) {
    const advice = `It comes with the first ${commandForThisBot('start')} or the first deployment`;
    return [...verdicts, warning('Layout', 'there is none yet', advice)];
  }
  verdicts.push(ok('Layout', `${counted(layout.partitions, 'partition')}, epoch ${layout.epoch}`));
  const told = leases.length > 1 ? leases.filter((lease) => !isPlainlyFree(lease)) : leases;
  if (told.length < leases.length)
    verdicts.push(ok('Leases', `${leases.length - told.length} of ${leases.length} partitions are free`));
  for (const { partition, item, state, exists, stopped } of told) {
    const name = leases.length > 1 ? `Lease ${partition}` : 'Lease';
    if (stopped !== undefined) verdicts.push(failed(name, stopped.says, `Run ${stopped.remedy}`));
    else if (!exists || item?.holder === undefined) verdicts.push(ok(name, 'free'));
    else if (state === 'ended')
      verdicts.push(
        ok(name, `held by ${describeHolder(item.holder)}, which has ended; the next start takes over`),
      );
    else {
      const how = state === 'idle' ? 'idle, last used' : 'held';
      verdicts.push(ok(name, `${how} by ${describeHolder(item.holder)} until ${time(item.expiresAtMs)}`));
    }
  }
  verdicts.push(...(await checkProbeLease(session, bot.id, layout.partitions)));
  const dead = await protocol.ledger.listDead({ limit: MANY_DEAD });
  if (dead.length > 0) {
    verdicts.push(
      warning('Updates', `${grouped(dead.length)} are parked`, `See ${commandForThisBot('dead list')}`),
    );
  }
  return verdicts;
}

/** A deployment's own updates are handled under a lease of their own, without which none comes through. */
async function checkProbeLease(session: Session, botId: string, partitions: number): Promise<Verdict[]> {
  const { lost, leases } = await readLeases(
    protocolOf(session, `${botId}${PROBE_SCOPE}`),
    session.identity.isDead,
  );
  const says = lost?.says ?? leases.find(({ stopped }) => stopped !== undefined)?.stopped?.says;
  return says === undefined ? [] : [failed('Probe', says, `Run ${repairCommand(partitions)}`)];
}

export async function checkKnowledge({ store }: Session): Promise<Verdict[]> {
  let problem: string | undefined;
  const version = await knowledgeBaseIn(store, ({ reason }) => (problem = reason)).current();
  if (version === undefined) {
    return [
      failed('Knowledge base', 'there is none', `Import one: ${commandForThisBot('kb import atoms.json')}`),
    ];
  }
  const found = `${grouped(version.stats.total)} atoms, version ${version.version}`;
  if (problem !== undefined)
    return [
      failed('Knowledge base', `${found}, but ${problem}`, `Mend it: ${commandForThisBot('kb rebuild')}`),
    ];
  if (version.stats.total === 0)
    return [warning('Knowledge base', found, `Import some: ${commandForThisBot('kb import atoms.json')}`)];
  return [ok('Knowledge base', found)];
}
