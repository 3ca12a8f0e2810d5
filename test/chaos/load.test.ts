import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WEBHOOK_PATH } from '../../functions/local/http-paths.ts';
import { deriveWebhookSecret } from '../../functions/telegram/webhook-secret.ts';
import { SECRET_HEADER } from '../../functions/webhook/receive.ts';
import { buildWorld, TOKEN, type World } from './world.ts';

const CONCURRENT = 200;
const GIVE_UP_AFTER_MS = 90_000;
/** Each update brings 100 KB: 20 MB a round, of which nothing may stay. */
const BALLAST = 'x'.repeat(100_000);
/** Between the first round and the second; the heap's own play is about half of it. */
const MAX_GROWTH_MIB = 100;

describe('200 deliveries at once', () => {
  let world: World;
  beforeAll(async () => {
    world = await buildWorld({
      store: 'dynalite',
      consumers: 1,
      deadlineMs: 12_000,
      skewMs: 1_000,
      telegramSpeed: 1,
    });
  }, 90_000);
  afterAll(() => world?.close());

  it(
    'are settled once each, none is lost, and the memory of the process stays bounded',
    { timeout: 150_000 },
    async () => {
      const [slot] = world.slots;
      const { pid, consumer } = slot!;
      const users = Array.from({ length: CONCURRENT }, (_, i) => ({
        id: 10_000 + i,
        first_name: `User ${i}`,
      }));
      for (const user of users) world.server.user(user);
      await deliverAll(world, users, 1_000_000);
      const afterFirstMiB = residentMiB(pid);
      await deliverAll(world, users, 2_000_000);
      const afterLastMiB = residentMiB(pid);

      for (const user of users) {
        const answers = world.server.messages(user.id).filter(({ from }) => from?.is_bot);
        expect(answers).toHaveLength(2);
      }
      for (const start of [1_000_000, 2_000_000]) {
        for (let i = 0; i < CONCURRENT; i += 1) {
          expect(await world.ledger.read(start + i)).toMatchObject({ status: 'done', attempts: 1 });
        }
      }
      expect(slot!.consumer).toBe(consumer);
      process.stdout.write(
        `memory: ${afterFirstMiB} MiB after 200 deliveries, ${afterLastMiB} MiB after 400\n`,
      );
      // Only where the system tells.
      if (afterFirstMiB !== undefined && afterLastMiB !== undefined) {
        expect(afterLastMiB - afterFirstMiB).toBeLessThan(MAX_GROWTH_MIB);
      }
    },
  );
});

/** All at once, and each again until it is answered 2xx, as Telegram would. */
async function deliverAll(
  world: World,
  users: readonly { id: number; first_name: string }[],
  firstId: number,
): Promise<void> {
  const until = performance.now() + GIVE_UP_AFTER_MS;
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
    while (performance.now() < until) {
      const response = await fetch(`${world.slots[0]!.origin}${WEBHOOK_PATH}`, {
        method: 'POST',
        headers: { [SECRET_HEADER]: deriveWebhookSecret(TOKEN) },
        body,
      });
      await response.arrayBuffer();
      if (response.ok) return;
      expect(response.status).toBe(503);
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
      await sleep(200);
    }
    throw new Error(`Update ${firstId + i} was not settled within ${GIVE_UP_AFTER_MS} ms`);
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
