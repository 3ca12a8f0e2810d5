import { hostname, userInfo } from 'node:os';
import { InvalidArgumentError, type Command } from 'commander';
import { forceRelease } from '../../lease/forced-release.ts';
import { describeHolder } from '../../local/machine/process-identity.ts';
import { announcedBot, botJson } from '../chosen-bot.ts';
import { defineCommand, type Invocation } from '../define-command.ts';
import { readLeases, type LeaseView } from '../lease-view.ts';
import { time } from '../output.ts';
import { assertOwnClock, protocolOf, withStore } from '../session.ts';
import { CommandError, UsageError } from '../usage-error.ts';

interface ReleaseOptions {
  force?: boolean;
  reason?: string;
  partition?: number;
  evenIfLive?: boolean;
}

/** `bot release` */
export function define(command: Command): void {
  command
    .option('--force', 'release a lease that its holder has not released')
    .option('--reason <text>', 'the reason; kept with the lease and shown by status')
    .option(
      '--partition <number>',
      'the partition whose lease is meant, where several are held',
      parsePartition,
    )
    .option('--even-if-live', 'do not wait for its expiry: two consumers may then act at once');
  defineCommand<ReleaseOptions>(command, {
    examples: [
      [
        '--force --reason "host press-3 burnt down"',
        'frees the lease if it has expired, or its process is known to have ended',
      ],
      [
        '--force --stack AgentFactoryBot-prod --reason "stuck since the deploy"',
        'frees a lease of a deployed stack',
      ],
    ],
    run: release,
  });
}

async function release({ options, output, target }: Invocation<ReleaseOptions>): Promise<number> {
  if (options.force !== true) {
    throw new UsageError(
      'A holder releases its own lease: stop it with `bot stop`. If it is gone, its lease expires by itself; ' +
        'to free it by hand, add --force --reason TEXT',
    );
  }
  const reason = options.reason?.trim() ?? '';
  if (reason === '') throw new UsageError('--force needs a --reason: it is kept with the lease');
  return withStore(await target(), async (session) => {
    const bot = await announcedBot(session, output);
    const protocol = protocolOf(session, bot.id);
    await assertOwnClock(session);
    const { leases } = await readLeases(protocol, session.identity.isDead);
    const lease = choose(leases, options.partition);
    if (lease?.item?.holder === undefined) {
      output.line('Nobody holds the lease: there is nothing to release');
      output.json({ ...botJson(bot), released: false, because: 'not-held' });
      return 0;
    }
    const { item, epoch, partition, hasEnded } = lease;
    const ended = hasEnded ? ', a process that has ended,' : '';
    output.line(`Lease: held by ${describeHolder(item.holder!)}${ended} until ${time(item.expiresAtMs)}`);
    const reply = await forceRelease(
      { ...protocol.context },
      {
        key: { epoch, partition },
        expectedToken: item.fencingToken,
        by: `${userInfo().username}@${hostname()}`,
        reason,
        // A process that is known to have ended cannot act under it, however long it would last.
        evenIfLive: hasEnded || options.evenIfLive === true,
      },
    );
    if (!reply.released) throw new CommandError(REFUSALS[reply.because]);
    output.line(`✅ Lease released; the fencing token is ${reply.fencingToken} now`);
    output.json({
      ...botJson(bot),
      released: true,
      holder: reply.holder ?? null,
      fencing_token: reply.fencingToken,
    });
    return 0;
  });
}

const REFUSALS = {
  'not-held': 'The lease was released meanwhile: there is nothing to do',
  'token-changed': 'The lease went to another tenure while you looked: see `bot status`, then decide anew',
  'not-expired':
    'The lease has not expired, so its holder may be alive. Wait until it has, or add --even-if-live if you know that the holder is gone',
} as const;

function choose(leases: readonly LeaseView[], partition: number | undefined): LeaseView | undefined {
  if (partition !== undefined) {
    const lease = leases.find((each) => each.partition === partition);
    if (lease === undefined)
      throw new UsageError(`There is no partition ${partition}: see \`bot partitions show\``);
    return lease;
  }
  const held = leases.filter(({ item }) => item?.holder !== undefined);
  if (held.length > 1) {
    const numbers = held.map((each) => each.partition).join(', ');
    throw new UsageError(`Several leases are held (partitions ${numbers}): choose one with --partition`);
  }
  return held[0];
}

function parsePartition(text: string): number {
  if (/^\d{1,3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('A partition is a number, counted from 0.');
}
