import type { Command } from 'commander';
import { describeHolder } from '../../../local/machine/process-identity.ts';
import { announcedBot, botJson } from '../../chosen-bot.ts';
import { defineCommand, type Invocation } from '../../define-command.ts';
import { layoutOf, leaseJson, neverRun, readLeases, type LeaseView } from '../../lease-view.ts';
import { table, time } from '../../output.ts';
import { protocolOf, withStore } from '../../session.ts';

/** `bot partitions show` */
export function define(command: Command): void {
  defineCommand(command, {
    run: show,
  });
}

async function show({ output, target }: Invocation<object>): Promise<number> {
  return withStore(await target(), async (session) => {
    const bot = await announcedBot(session, output);
    const protocol = protocolOf(session, bot.id);
    const found = await readLeases(protocol, session.identity.isDead);
    const { epoch, partitions } = layoutOf(found, neverRun());
    const { leases } = found;
    output.line(`Partitions: ${partitions} (epoch ${epoch})`);
    const rows = leases.map((lease) => [String(lease.partition), lease.state, ...columnsOf(lease)]);
    for (const line of table([['No.', 'State', 'Token', 'Expires', 'Holder'], ...rows])) output.line(line);
    output.json({ ...botJson(bot), epoch, partitions, lease: leases.map(leaseJson) });
    return 0;
  });
}

function columnsOf({ item }: LeaseView): string[] {
  if (item === undefined) return ['-', '-', 'the item is missing'];
  const holder = item.holder === undefined ? '-' : describeHolder(item.holder);
  return [String(item.fencingToken), item.holder === undefined ? '-' : time(item.expiresAtMs), holder];
}
