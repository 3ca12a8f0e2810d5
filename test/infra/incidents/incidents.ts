import { DeleteCommand, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { keys } from '../../../functions/dynamodb/keys.ts';
import { SECRET_HEADER } from '../../../functions/http/receive.ts';
import { WEBHOOK_PATH } from '../../../functions/http/paths.ts';
import { RARE_INCIDENTS } from './rare-incidents.ts';
import { sayLate, UNSERVED_INCIDENTS } from './unserved-incidents.ts';
import { BOT_ID, type World } from './world.ts';

/**
 * A time in which every minute is like the other. The first ones are driven through the handlers; what the last of them
 * measured stands for the rest, while the clock stands still.
 */
export interface Phase {
  readonly minutes: number;
  /** @default 1 */
  readonly driven?: number;
  readonly first?: (world: World) => void | Promise<void>;
  readonly each?: (world: World) => void | Promise<void>;
  readonly last?: (world: World) => void | Promise<void>;
  /** Measures of one request of each minute stand for so many. @default 1 */
  readonly stands?: { for: number; act: (world: World) => Promise<void> };
}

export interface Incident {
  readonly name: string;
  readonly kind: 'page' | 'ticket';
  /** Minutes from its beginning to the notice, at most. */
  readonly within: number;
  readonly phases: readonly Phase[];
}

const USERS = [1, 2, 3];
/** A question that nothing answers, so that the bot notes it in the table. */
const UNANSWERED = 'zzqxv';

/** A few users at work. */
const users = (world: World): void => {
  for (const user of USERS) world.say(user, '/help');
};

export const QUIET: Phase = { minutes: 1, each: users };
export const NOBODY: Phase = { minutes: 1 };

/** A minute as they come up in a good week: Telegram loses one answer, and somebody scans for holes. */
export const HICCUP: Phase = {
  minutes: 1,
  each: async (world) => {
    world.telegram.fault({ fault: { kind: 'bad-gateway' }, method: 'sendMessage' });
    users(world);
    await stranger(world);
  },
};

async function stranger(world: World): Promise<void> {
  await fetch(`${world.url}${WEBHOOK_PATH}`, {
    method: 'POST',
    headers: { [SECRET_HEADER]: 'guessed' },
    body: '{}',
  });
}

let heal = (): void => {};

function cannotBeLoaded(): never {
  throw new Error('it cannot be loaded');
}

const telegramDown: Incident = {
  name: 'Telegram is down',
  kind: 'page',
  within: 6,
  phases: [
    {
      minutes: 40,
      driven: 2,
      first: ({ telegram }) => void telegram.fault({ fault: { kind: 'bad-gateway' }, times: Infinity }),
      each: users,
      last: ({ telegram }) => telegram.clearFaults(),
    },
  ],
};

const storeDown: Incident = {
  name: 'the store is down',
  kind: 'page',
  within: 6,
  phases: [
    {
      minutes: 40,
      first: (world) => void (heal = world.aws.disturb(/./, 'error')),
      each: users,
      last: () => heal(),
    },
  ],
};

const tokenRevoked: Incident = {
  name: 'the token is revoked',
  kind: 'page',
  within: 6,
  phases: [
    {
      minutes: 40,
      first: (world) => void (world.isTokenKnown = false),
      last: (world) => void (world.isTokenKnown = true),
    },
  ],
};

const webhookStolen: Incident = {
  name: 'the webhook is stolen, again and again',
  kind: 'page',
  within: 9,
  phases: [{ minutes: 30, driven: 5, each: (world) => world.steal(), last: (world) => world.giveBack() }],
};

const poison: Incident = {
  name: 'one update is poison',
  kind: 'ticket',
  within: 3,
  phases: [
    {
      minutes: 1,
      first: (world) => void (heal = world.aws.disturb(/GAP#/, 'refuse')),
      each: (world) => world.say(USERS[0]!, UNANSWERED),
      last: () => heal(),
    },
    // Telegram's error is news for five minutes.
    { minutes: 5, each: users },
    { minutes: 55, first: (world) => world.pass(5), each: users },
    { minutes: 1, each: dropParked },
  ],
};

const flood: Incident = {
  name: 'a flood, which Telegram answers with 429',
  kind: 'page',
  within: 10,
  phases: [
    {
      minutes: 30,
      driven: 2,
      first: ({ telegram }) => {
        telegram.fault({
          fault: { kind: 'too-many-requests', retryAfter: 90 },
          method: 'sendMessage',
          times: Infinity,
        });
      },
      each: (world) => {
        for (let user = 100; user < 140; user += 1) world.say(user, '/help');
      },
      last: ({ telegram }) => telegram.clearFaults(),
    },
  ],
};

const badVersion: Incident = {
  name: 'a version that does not start',
  kind: 'page',
  within: 6,
  phases: [
    {
      minutes: 25,
      first: (world) => {
        world.instead.set('Webhook', cannotBeLoaded);
      },
      each: users,
      last: (world) => void world.instead.delete('Webhook'),
    },
  ],
};

const badInPart: Incident = {
  name: 'a version in which one command fails',
  kind: 'page',
  within: 3,
  phases: [
    {
      minutes: 20,
      driven: 2,
      first: (world) => void (heal = world.aws.disturb(/GAP#/, 'refuse')),
      each: (world) => {
        for (const user of USERS) world.say(user, UNANSWERED);
      },
      last: () => heal(),
    },
    { minutes: 1, each: dropParked },
  ],
};

const importerDies: Incident = {
  name: 'the importer dies',
  kind: 'ticket',
  within: 2,
  phases: [
    {
      minutes: 1,
      each: async (world) => {
        const revive = world.aws.disturb(/IMPORT#/, 'error');
        await world
          .invoke('Importer', { kind: 'reindex', asker: { chatId: USERS[0], language: 'en' } })
          .catch(() => {});
        revive();
      },
    },
  ],
};

const watchdogDies: Incident = {
  name: 'the watchdog dies',
  kind: 'page',
  within: 6,
  phases: [
    {
      minutes: 60,
      first: (world) => void (world.isWatched = false),
      each: users,
      last: (world) => void (world.isWatched = true),
    },
  ],
};

const watchdogBroken: Incident = {
  name: 'a watchdog that does not start',
  kind: 'page',
  within: 6,
  phases: [
    {
      minutes: 60,
      first: (world) => void world.instead.set('Watchdog', cannotBeLoaded),
      each: users,
      last: (world) => void world.instead.delete('Watchdog'),
    },
  ],
};

const oldUpdates: Incident = {
  name: 'updates come old',
  kind: 'page',
  within: 16,
  phases: [{ minutes: 30, each: (world) => sayLate(world, USERS, 120) }],
};

const strangers: Incident = {
  name: 'strangers knock, twenty times a second',
  kind: 'ticket',
  within: 16,
  phases: [{ minutes: 60, each: users, stands: { for: 1_200, act: stranger } }],
};

const stuckPartition: Incident = {
  name: 'a partition is stuck',
  kind: 'page',
  within: 6,
  phases: [
    {
      minutes: 40,
      driven: 2,
      first: (world) => loseLease(world),
      each: users,
      last: (world) => restoreLease(world),
    },
  ],
};

let lost: Record<string, unknown> | undefined;

async function loseLease({ client, tableName }: World): Promise<void> {
  const where = { TableName: tableName, Key: keys.lease(String(BOT_ID), 1, 0) };
  lost = (await client.send(new GetCommand({ ...where, ConsistentRead: true }))).Item;
  await client.send(new DeleteCommand(where));
}

async function restoreLease({ client, tableName }: World): Promise<void> {
  await client.send(new PutCommand({ TableName: tableName, Item: lost! }));
}

async function dropParked({ ledger }: World): Promise<void> {
  for (const { updateId, attemptId } of await ledger.listDead({ limit: 100 }))
    await ledger.drop({
      updateId,
      expectedAttemptId: attemptId,
      attemptId: `drop-${updateId}`,
      nowMs: Date.now(),
    });
}

export const INCIDENTS: readonly Incident[] = [
  telegramDown,
  storeDown,
  tokenRevoked,
  webhookStolen,
  poison,
  flood,
  badVersion,
  badInPart,
  importerDies,
  watchdogDies,
  watchdogBroken,
  oldUpdates,
  strangers,
  stuckPartition,
  ...UNSERVED_INCIDENTS,
  ...RARE_INCIDENTS,
];
