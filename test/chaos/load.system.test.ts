import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WEBHOOK_PATH } from '../../functions/http/paths.ts';
import { deriveWebhookSecret } from '../../functions/telegram/webhook-secret.ts';
import { SECRET_HEADER } from '../../functions/http/receive.ts';
import { packedCommand } from '../cli/packed-command.ts';
import { unavailable } from './stores.ts';
import { buildWorld, TOKEN, type World } from './world.ts';

const CONCURRENT = 200;
/** Without one that was settled: however slow the machine is, it goes on. */
const GIVE_UP_AFTER_MS = 90_000;
/** Each update brings 100 KB, all of them 60 MB, beside the 30 of an idle process: a process that keeps them runs out of heap. */
const BALLAST = 'x'.repeat(100_000);
const ROUNDS = 3;
const HEAP_MIB = 80;

describe('200 deliveries at once', () => {
  let world: World;
  beforeAll(async () => {
    world = await buildWorld({
      program: await packedCommand(),
      store: unavailable('dynoxide') === undefined ? 'dynoxide' : 'dynalite',
      consumers: 1,
      partitions: 1,
      deadlineMs: 12_000,
      skewMs: 1_000,
      telegramSpeed: 1,
      env: { NODE_OPTIONS: `--max-old-space-size=${HEAP_MIB}` },
    });
  });
  afterAll(() => world?.close());

  it(
    'are settled once each, none is lost, and the memory of the process stays bounded',
    { timeout: 600_000 },
    async () => {
      const [slot] = world.slots;
      const { pid, consumer } = slot!;
      const users = Array.from({ length: CONCURRENT }, (_, i) => ({
        id: 10_000 + i,
        first_name: `User ${i}`,
      }));
      for (const user of users) world.server.user(user);
      const residentsMiB: (number | undefined)[] = [];
      for (let round = 1; round <= ROUNDS; round += 1) {
        await deliverAll(world, users, round * 1_000_000);
        residentsMiB.push(residentMiB(pid));
      }
      process.stdout.write(`memory after each round of 200 deliveries: ${residentsMiB.join(', ')} MiB\n`);

      for (const user of users) {
        const answers = world.server.messages(user.id).filter(({ from }) => from?.is_bot);
        expect(answers).toHaveLength(ROUNDS);
      }
      for (let round = 1; round <= ROUNDS; round += 1) {
        for (let i = 0; i < CONCURRENT; i += 1) {
          expect(await world.ledger.read(round * 1_000_000 + i)).toMatchObject({
            status: 'done',
            attempts: 1,
          });
        }
      }
      // Still the process that was there at the beginning.
      expect(slot!.consumer).toBe(consumer);
      expect(slot!.ready).toBe(true);
    },
  );
});

/** All at once, and each again until it is answered 2xx, as Telegram would. */
async function deliverAll(
  world: World,
  users: readonly { id: number; first_name: string }[],
  firstId: number,
): Promise<void> {
  let settledAtMs = performance.now();
  const deliver = async (from: { id: number; first_name: string }, i: number): Promise<void> => {
    const message = {
      message_id: 1,
      date: 1,
      chat: { id: from.id, type: 'private' },
      from,
      text: '/help',
      ballast: BALLAST,
    };
    const body = JSON.stringify({ update_id: firstId + i, message });
    while (performance.now() - settledAtMs < GIVE_UP_AFTER_MS) {
      const response = await fetch(`${world.slots[0]!.origin}${WEBHOOK_PATH}`, {
        method: 'POST',
        headers: { [SECRET_HEADER]: deriveWebhookSecret(TOKEN) },
        body,
      });
      await response.arrayBuffer();
      if (response.ok) {
        settledAtMs = performance.now();
        return;
      }
      expect(response.status).toBe(503);
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
      await sleep(500);
    }
    throw new Error(`Update ${firstId + i} was not settled, nor any other for ${GIVE_UP_AFTER_MS} ms`);
  };
  await Promise.all(users.map(deliver));
}

/** Linux tells; elsewhere the answer is not known. */
function residentMiB(pid: number | undefined): number | undefined {
  try {
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kib === undefined ? undefined : Math.round(Number(kib) / 1024);
  } catch {
    return undefined;
  }
}
