import { InvalidArgumentError, type Command } from 'commander';
import { PROBE_SCOPE } from '../../../deployment/probe.ts';
import { MAPPING_VERSION } from '../../../lease/layout.ts';
import { changeLayout } from '../../../lease/layout-change.ts';
import { surveyLayout, whyUnservable } from '../../../lease/layout-survey.ts';
import { StoreUnavailableError } from '../../../lease/store-unavailable.ts';
import { MAX_PARTITIONS } from '../../../lease/limits.ts';
import { describeHolder } from '../../../local/machine/process-identity.ts';
import { hasToken } from '../../../settings/secrets.ts';
import { connectionsFor, readWebhook } from '../../../telegram/webhook-state.ts';
import { turnOn } from '../../../telegram/webhook-switch.ts';
import { announcedBot, assertItsToken, botJson, type ChosenBot } from '../../chosen-bot.ts';
import { confirmed } from '../../confirm.ts';
import { defineCommand, type Invocation } from '../../define-command.ts';
import { explain } from '../../explain.ts';
import { commandForThisBot } from '../../invocation.ts';
import {
  layoutOf,
  neverRun,
  readLeases,
  repairCommand,
  standingHolder,
  stopPollerCommand,
  type LeaseViews,
} from '../../lease-view.ts';
import { counted, type Output } from '../../output.ts';
import { patientTelegramOf } from '../../patient-telegram.ts';
import { assertOwnClock, protocolOf, withStore, type Session } from '../../session.ts';
import { CommandError } from '../../usage-error.ts';

interface SetOptions {
  dryRun?: boolean;
  repair?: boolean;
  yes?: boolean;
}

/**
 * Longer than any update may take and any lease may last, margins included: only a lease that is stuck holds the change
 * up, and nobody acts any more under an item that is missing.
 */
const PATIENCE_MS = 45_000;

/** `bot partitions set` */
export function define(command: Command): void {
  command
    .argument(
      '<count>',
      `number of partitions, 1 to ${MAX_PARTITIONS}; Telegram gets a quarter as many connections`,
      (text) => {
        if (/^\d{1,3}$/.test(text) && Number(text) >= 1 && Number(text) <= MAX_PARTITIONS) return text;
        throw new InvalidArgumentError(`Takes a whole number from 1 to ${MAX_PARTITIONS}.`);
      },
    )
    .option('--dry-run', 'say what would happen')
    .option('--repair', 'make missing lease items or a missing layout anew, after 45 s')
    .option('--yes', 'do not ask');
  defineCommand<SetOptions>(command, {
    examples: [['64 --yes --stack AgentFactoryBot-prod', '16 consumers at once, order kept within a chat']],
    run: set,
  });
}

async function set({ options, args, output, target }: Invocation<SetOptions>): Promise<number> {
  const partitions = Number(args[0]);
  const resolved = await target();
  return withStore(resolved, async (session) => {
    const bot = await announcedBot(session, output);
    const protocol = protocolOf(session, bot.id);
    await assertOwnClock(session);
    const found = await readLeases(protocol, session.identity.isDead);
    const { lost, leases } = found;
    const before = lost === undefined ? layoutOf(found, neverRun()) : undefined;
    // One that this version does not know it does not change either.
    if (before !== undefined) await protocol.layout.reread();
    const polling = standingHolder(leases);
    const was = before === undefined ? 'lost' : String(before.partitions);
    const epoch = before?.epoch ?? lost?.epoch ?? 0;
    if (options.repair !== true && isWhole(found, partitions)) {
      output.line(`Partitions: ${was} (epoch ${epoch}) already: nothing was changed`);
      await followWebhook(session, { bot, partitions, output });
      output.json({ ...botJson(bot), changed: false, from: before, to: before });
      return 0;
    }
    output.line(`Partitions: ${was} (epoch ${epoch}) -> ${partitions} (epoch ${epoch + 1})`);
    if (polling !== undefined) {
      throw new CommandError(
        `A bot polls and holds the lease (${describeHolder(polling)}): stop it first with ${stopPollerCommand(session)}, then change the layout`,
      );
    }
    const broken = whatIsBroken(found);
    if (broken !== undefined && options.repair !== true) {
      throw new CommandError(
        `${broken}, and nobody can tell who holds a lease. Nothing was changed. ` +
          `To make every item anew, once no earlier lease can be held any more: ${repairCommand(partitions)}`,
      );
    }
    const busy = tellOfBusy(leases, output);
    output.line('Until the change is done, deliveries are answered 503 and come again.');
    if (options.dryRun === true) {
      output.line('Dry run: nothing was changed.');
      output.json({
        ...botJson(bot),
        changed: false,
        from: before ?? null,
        partitions,
        busy,
      });
      return 0;
    }
    if (!(await confirmed(`Change to ${counted(partitions, 'partition')}?`, options))) return 1;
    if (broken !== undefined)
      output.line(`Waiting for ${PATIENCE_MS / 1_000} s, as long as a lease lasts...`);
    const layout = await changeLayout(
      { ...protocol.context },
      { partitions, patienceMs: PATIENCE_MS, ...(options.repair === true && { repairAfterMs: PATIENCE_MS }) },
    ).catch((error: unknown) => {
      throw error instanceof StoreUnavailableError ? cutShort(error, partitions, options) : error;
    });
    output.line(`✅ Layout changed: ${counted(layout.partitions, 'partition')}, epoch ${layout.epoch}`);
    if (before !== undefined)
      output.line(`The way back: ${commandForThisBot('partitions set', [String(before.partitions)])}`);
    if (options.repair === true) await repairProbe(session, { bot, output });
    await followWebhook(session, { bot, partitions, output });
    output.json({ ...botJson(bot), changed: true, from: before ?? null, to: layout });
    return 0;
  });
}

/** The lease of a deployment's own updates has no command of its own, and guards nothing but them. */
async function repairProbe(
  session: Session,
  { bot, output }: { bot: ChosenBot; output: Output },
): Promise<void> {
  const { leases, context } = protocolOf(session, `${bot.id}${PROBE_SCOPE}`);
  const found = await surveyLayout(leases);
  if (found === undefined) return;
  if (found.kind === 'in-force' && found.items.every((item) => whyUnservable(item) === undefined)) return;
  output.line(`The probe’s lease is made anew as well, in ${PATIENCE_MS / 1_000} s...`);
  await changeLayout(context, { partitions: 1, patienceMs: PATIENCE_MS, repairAfterMs: PATIENCE_MS });
}

function cutShort(error: StoreUnavailableError, partitions: number, { repair }: SetOptions): CommandError {
  const again = [String(partitions), ...(repair === true ? ['--repair'] : [])];
  return new CommandError(
    `${error.message}. The change may have been cut short, and the chats of a retired partition are answered 503 ` +
      `until it is run again: ${commandForThisBot('partitions set', again)}`,
    { cause: error },
  );
}

/** Whether a change to so many would change nothing but the epoch. */
function isWhole({ layout, leases }: LeaseViews, partitions: number): boolean {
  return (
    layout?.partitions === partitions &&
    layout.mapping === MAPPING_VERSION &&
    leases.every(({ stopped }) => stopped === undefined)
  );
}

/** @returns the numbers of the partitions that the change waits for */
function tellOfBusy(leases: LeaseViews['leases'], output: Output): number[] {
  const busy = leases.filter(({ state }) => state === 'busy');
  for (const { partition, item } of busy) {
    const holder = describeHolder(item?.holder ?? '');
    output.line(`Partition ${partition} is busy (${holder}): the change waits for it`);
  }
  return busy.map(({ partition }) => partition);
}

/** The broken part that only a repair goes on without. */
function whatIsBroken({ lost, leases }: LeaseViews): string | undefined {
  if (lost !== undefined) return `The layout of the partitions is ${lost.says}`;
  const missing = leases.find(({ stopped }) => stopped?.because === 'missing');
  return missing && `The lease item of partition ${missing.partition} is missing`;
}

/** @throws CommandError that says how to finish, since the layout is changed already */
async function followWebhook(
  session: Session,
  change: { bot: ChosenBot; partitions: number; output: Output },
): Promise<void> {
  const { target, status } = session;
  if (!hasToken(target.settings)) return;
  const { bot, partitions, output } = change;
  const maxConnections = connectionsFor(partitions);
  const botId = bot.id;
  const wish = await status.webhook(botId);
  try {
    if (wish?.desired !== 'on') return;
    await assertItsToken(session, bot);
    const { api, secrets } = await patientTelegramOf(target);
    const { url } = await readWebhook(api);
    if (url === '' || url !== wish.expectedUrl) return;
    await turnOn({ api, status, botId }, { url, secretToken: secrets.webhookSecret, maxConnections });
  } catch (error) {
    const why = explain(error, { args: process.argv.slice(2), debug: false }).replace(/^❌ /, '');
    const finish = commandForThisBot(
      'webhook set',
      target.deployment === undefined && wish?.expectedUrl !== undefined ? [wish.expectedUrl] : [],
    );
    throw new CommandError(
      `The layout is changed, but the webhook is not: ${why}\n` +
        `Until it is, Telegram delivers over as many connections as before. To finish: ${finish}`,
      { cause: error },
    );
  }
  output.line(`Webhook: max_connections is ${maxConnections} now`);
}
