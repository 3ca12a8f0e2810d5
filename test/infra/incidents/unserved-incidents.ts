import type { Incident } from './incidents.ts';
import type { World } from './world.ts';

let heal = (): void => {};

const sayAll = (world: World, users: readonly number[], text: string): void => {
  for (const user of users) world.say(user, text);
};

const noMessages: Incident = {
  name: 'Telegram takes no messages, and all else',
  kind: 'page',
  within: 6,
  phases: [
    {
      minutes: 30,
      first: ({ telegram }) => refuseMessages(telegram),
      each: (world) => sayAll(world, [1, 2, 3], '/help'),
      last: ({ telegram }) => telegram.clearFaults(),
    },
  ],
};

const oneWaits: Incident = {
  name: 'the same at night, when one user is awake',
  kind: 'page',
  within: 21,
  phases: [
    {
      minutes: 40,
      first: (world) => {
        refuseMessages(world.telegram);
        world.say(1, '/help');
      },
      last: ({ telegram }) => telegram.clearFaults(),
    },
  ],
};

const wrongSecret: Incident = {
  name: 'Telegram has another secret than the bot',
  kind: 'page',
  within: 6,
  phases: [
    {
      minutes: 30,
      first: (world) => world.setSecret('of-somebody-else'),
      each: (world) => sayAll(world, [1, 2, 3], '/help'),
      last: (world) => world.giveBack(),
    },
  ],
};

const searchesWait: Incident = {
  name: 'searches wait for the store, /help works',
  kind: 'page',
  within: 6,
  phases: [
    {
      minutes: 30,
      first: (world) => void (heal = world.aws.disturb(/GAP#/, 'error')),
      each: (world) => {
        sayAll(world, [1, 2, 3], 'zzqxv');
        sayAll(world, [4, 5, 6], '/help');
      },
      last: () => heal(),
    },
  ],
};

const forbidden: Incident = {
  name: 'Telegram forbids every answer (403)',
  kind: 'page',
  within: 16,
  phases: [
    {
      minutes: 30,
      first: ({ telegram }) =>
        void telegram.fault({ fault: { kind: 'blocked' }, method: 'sendMessage', times: Infinity }),
      each: (world) => sayAll(world, [1, 2, 3], '/help'),
      last: ({ telegram }) => telegram.clearFaults(),
    },
  ],
};

const slowAnswers: Incident = {
  name: 'answers come after nine seconds',
  kind: 'ticket',
  within: 26,
  phases: [{ minutes: 40, each: (world) => sayLate(world, [1, 2, 3], 9) }],
};

/** Messages that were sent so many seconds before they come. */
export function sayLate({ telegram, clock }: World, users: readonly number[], seconds: number): void {
  const date = Math.floor(clock.wallMs() / 1000) - seconds;
  for (const id of users) {
    const person = { id, first_name: 'Ada' };
    telegram.user(person);
    telegram.inject({
      message: {
        message_id: 9_000 + id,
        date,
        text: 'hello',
        chat: { ...person, type: 'private' },
        from: { ...person, is_bot: false },
      },
    });
  }
}

function refuseMessages(telegram: World['telegram']): void {
  telegram.fault({ fault: { kind: 'bad-gateway' }, method: 'sendMessage', times: Infinity });
}

/** Users are not served although a synthetic update is answered, the health is well, and few updates are pending. */
export const UNSERVED_INCIDENTS: readonly Incident[] = [
  noMessages,
  oneWaits,
  wrongSecret,
  searchesWait,
  forbidden,
  slowAnswers,
];
