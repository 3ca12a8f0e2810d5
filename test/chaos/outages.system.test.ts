import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Fault } from '../../functions/local/bot-api/types.ts';
import { packedCommand } from '../cli/packed-command.ts';
import { buildWorld, PEACE, type World } from './world.ts';

const DEADLINE_MS = 3_000;
const DRAINED_WITHIN_MS = 60_000;

/** One real process over TCP, and one thing that goes wrong at a time. */
describe('a real consumer', () => {
  let world: World;
  let user = 3_000;
  beforeAll(async () => {
    world = await buildWorld({
      program: await packedCommand(),
      store: 'dynalite',
      consumers: 1,
      partitions: 1,
      deadlineMs: DEADLINE_MS,
      skewMs: 200,
      telegramSpeed: 20,
    });
  });
  afterAll(() => world?.close());

  /** Asks in a chat of its own, and waits until Telegram has got rid of the question. */
  const ask = async (during: () => Promise<void> = async () => {}) => {
    const { server, ledger } = world;
    const from = { id: (user += 1), first_name: 'Ada' };
    server.user(from);
    const { updateId } = server.sendMessage({ from: from.id, text: '/help' });
    if (updateId === undefined) throw new Error('The webhook does not take messages');
    await during();
    await server.drained({ timeoutMs: DRAINED_WITHIN_MS });
    return {
      statuses: server.deliveries(updateId).map(({ status }) => status),
      shown: server.messages(from.id).filter((message) => message.from?.is_bot).length,
      record: await ledger.read(updateId),
    };
  };

  it.each<[string, Fault, { first: number; shown: number; attempts: number }]>([
    ['429', { kind: 'too-many-requests', retryAfter: 30 }, { first: 503, shown: 1, attempts: 1 }],
    ['500', { kind: 'internal-error' }, { first: 503, shown: 1, attempts: 1 }],
    ['502 with a page of HTML', { kind: 'bad-gateway' }, { first: 503, shown: 1, attempts: 1 }],
    [
      '502 after it took effect',
      { kind: 'bad-gateway', processed: true },
      { first: 503, shown: 2, attempts: 1 },
    ],
    ['a reset before it took effect', { kind: 'reset' }, { first: 503, shown: 1, attempts: 1 }],
    [
      'a reset after it took effect',
      { kind: 'reset', processed: true },
      { first: 503, shown: 2, attempts: 1 },
    ],
    ['silence', { kind: 'hang' }, { first: 503, shown: 1, attempts: 1 }],
    [
      'silence after it took effect',
      { kind: 'hang', processed: true },
      { first: 503, shown: 2, attempts: 1 },
    ],
    ['403', { kind: 'blocked' }, { first: 200, shown: 0, attempts: 1 }],
    ['a slow answer', { kind: 'slow', delayMs: 8_000 }, { first: 200, shown: 1, attempts: 1 }],
  ])(
    'that gets %s from the Bot API hands the attempt back or is done, and loses nothing',
    async (_, fault, expected) => {
      world.server.fault({ fault, method: 'sendMessage' });
      const { statuses, shown, record } = await ask();
      expect({ first: statuses[0], last: statuses.at(-1), shown }).toEqual({
        first: expected.first,
        last: 200,
        shown: expected.shown,
      });
      // An attempt that was handed back is not counted.
      expect(record).toMatchObject({ status: 'done', attempts: expected.attempts, failures: 0 });
    },
  );

  it('counts an exception of its own as the fault of the update, and parks it in the end', async () => {
    const { server, ledger } = world;
    const from = { id: (user += 1), first_name: 'Poison' };
    const date = Math.floor(Date.now() / 1000);
    const chat = { id: from.id, type: 'private' };
    const updateId = server.inject({ message: { message_id: 1, date, chat, from, text: 5 } });
    await server.drained({ timeoutMs: DRAINED_WITHIN_MS });
    expect(await ledger.read(updateId)).toMatchObject({ status: 'dead', attempts: 5 });
    expect(server.deliveries(updateId).map(({ status }) => status)).toEqual([500, 500, 500, 500, 200]);
  });

  it('whose store goes away in the middle of an update answers 503, lives on, and has it settled later', async () => {
    const { slots, store, interference } = world;
    const { consumer } = slots[0]!;
    let claimed = (): void => {};
    const down = new Promise<void>((resolve) => (claimed = resolve)).then(() => store.kill());
    interference.landed = (_, { kind }) => {
      if (kind === 'claim') claimed();
    };
    const { statuses, record } = await ask(async () => {
      await down;
      Object.assign(interference, PEACE);
      await sleep(500);
      await store.start();
    });
    expect(statuses.length).toBeGreaterThan(1);
    expect(statuses.slice(0, -1).every((status) => status === 503 || status === 500)).toBe(true);
    expect(record).toMatchObject({ status: 'done' });
    expect(slots[0]!.consumer).toBe(consumer);
  });

  it('that starts while its store is away gives up with an error, and serves when the store is back', async () => {
    const { slots, store } = world;
    const [slot] = slots;
    await store.kill();
    const failedBefore = slot!.failedStarts;
    slot!.kill();
    const { record, shown } = await ask(async () => {
      while (slot!.failedStarts === failedBefore) await sleep(50);
      await store.start();
    });
    expect(record).toMatchObject({ status: 'done' });
    expect(shown).toBe(1);
    expect(slot!.lines.join('\n')).toMatch(/store|DynamoDB/i);
    expect(slot!.lines.join('\n')).not.toContain('chaos-test-token');
  });
});
