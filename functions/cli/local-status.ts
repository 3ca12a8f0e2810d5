import { statSync } from 'node:fs';
import { neighbours, type Neighbour } from '../local/machine/meeting-point.ts';
import { describeHolder, pidHere, processIdentity } from '../local/machine/process-identity.ts';
import { tryRead } from '../local/machine/try-read.ts';
import { botLine, chosenBot, type ChosenBot } from './chosen-bot.ts';
import { healthLines } from './health-lines.ts';
import { commandForThisBot, commandLine } from './invocation.ts';
import {
  leaseJson,
  leaseLines,
  lostText,
  readLeases,
  standingHolder,
  type LeaseViews,
} from './lease-view.ts';
import { askLocalHealth } from './local-health.ts';
import { bad, good, type Output } from './output.ts';
import { knownProcesses, localHealthUrl, ofBot } from './processes.ts';
import { protocolOf, withStoreIfAny } from './session.ts';
import type { Target } from './target.ts';

/** Whether the bot of this machine runs. @returns the exit code */
export async function localStatus(target: Target, output: Output): Promise<number> {
  const identity = processIdentity({ hostId: target.settings.hostId });
  const { leases, lost, bot } = await storeOf(target);
  const records = ofBot(knownProcesses(target, identity), bot?.id);
  const url = localHealthUrl(target, records);
  const health = await askLocalHealth(url, { records, leases, identity });
  const holder = standingHolder(leases);
  const isRunning = holder !== undefined || (health.answered && health.report.pid !== undefined);

  const { dataFolder } = target.settings;
  const others = (await neighbours()).filter((other) => other.dataFolder !== dataFolder);
  output.line(bot === undefined ? 'Bot: none yet' : botLine(bot));
  output.line(`Data folder: ${dataFolder}${problemOf(dataFolder)}`);
  const existing = leases.filter(({ exists }) => exists);
  output.line(`Lease: ${existing.length > 0 ? good('EXISTS') : bad('NOT FOUND')}`);
  if (lost !== undefined) output.line(`   ${lostText(lost)}`);
  for (const lease of leases) {
    for (const line of leaseLines(lease))
      output.line(leases.length > 1 ? `   Partition ${lease.partition}: ${line}` : `   ${line}`);
  }
  for (const line of healthLines(url, health)) output.line(line);
  for (const { pid, state } of records) {
    if (state === 'standby') output.line(`Standing by: PID ${pid}`);
  }
  output.line();
  output.line(isRunning ? good('✅ Bot is RUNNING') : bad('❌ Bot is NOT RUNNING'));
  if (isRunning && !health.answered) {
    const isHere = holder !== undefined && pidHere(holder, identity) !== undefined;
    output.line(
      isHere
        ? 'It holds the lease but does not answer: it may be starting, or answer on another --port.'
        : 'It runs on another machine.',
    );
  } else if (existing.some(({ item }) => item?.holder?.startsWith('lambda:'))) {
    output.line(`A deployment works on this table: ${commandLine('status --stack NAME')}`);
  } else if (!isRunning) output.line(`To start it: ${commandForThisBot('start')}`);
  if (!isRunning) tellOf(others, output);
  output.json({
    running: isRunning,
    bot: bot?.name ?? null,
    bot_id: bot === undefined ? null : Number(bot.id),
    data_folder: dataFolder,
    lease: leases.map(leaseJson),
    health_url: url,
    health: health.answered ? health.report : null,
    other_bots: others.map(({ bot: name, holder, user, dataFolder: folder, table, since }) => ({
      bot: name ?? null,
      holder: holder ?? null,
      user: user ?? null,
      data_folder: folder ?? null,
      table: table ?? null,
      since: since ?? null,
    })),
    standby_pids: records.filter(({ state }) => state === 'standby').map(({ pid }) => pid),
  });
  return isRunning ? 0 : 1;
}

/** Why there can be no bot in it, for a line that names it. */
function problemOf(dataFolder: string): string {
  const found = tryRead(() => statSync(dataFolder));
  if (found === undefined) return ' (does not exist)';
  return found.isDirectory() ? '' : ' (is a file)';
}

/** Names the other bots of this machine: the one that was looked for in the wrong folder may be among them. */
function tellOf(others: readonly Neighbour[], output: Output): void {
  if (others.length > 0) output.line('Other bots on this machine:');
  for (const { bot, holder, user, dataFolder, table } of others) {
    const where = table === undefined ? `--data ${dataFolder}` : `--table ${table}`;
    output.line(`   ${bot}: ${describeHolder(holder ?? '')} (user ${user}), ${where}`);
  }
}

async function storeOf(target: Target): Promise<Omit<LeaseViews, 'layout'> & { bot?: ChosenBot }> {
  const found = await withStoreIfAny(target, async (session) => {
    const bot = await chosenBot(session);
    return { ...(await readLeases(protocolOf(session, bot.id), session.identity.isDead)), bot };
  });
  return found ?? { leases: [] };
}
