import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { LeaseItem } from '../../../functions/lease/lease-store.ts';
import { Standby } from '../../../functions/local/polling/standby.ts';
import { TestClock } from '../../fixtures/test-clock.ts';

const HOUR_MS = 3_600_000;

/** A standby beside whatever `seen` says, and how often it asked Telegram. */
function standBy(seen: { holder?: string; webhook?: string; isUnwanted?: boolean }) {
  const clock = new TestClock();
  let asked = 0;
  const standby = new Standby({
    readLease: async (): Promise<LeaseItem> => ({
      fencingToken: 3,
      holder: seen.holder,
      expiresAtMs: seen.holder === undefined ? 0 : clock.wallMs() + 10_000,
      retired: false,
    }),
    isDead: () => false,
    holder: 'me',
    webhookHost: async () => {
      asked += 1;
      return seen.webhook;
    },
    isWebhookUnwanted: async () => seen.isUnwanted === true,
    neighbour: async () => undefined,
    clock,
    skewMs: 1_000,
    termMs: 15_000,
    say: () => {},
  });
  const pass = async (forMs: number, stepMs = 500): Promise<void> => {
    for (let passedMs = 0; passedMs < forMs; passedMs += stepMs) {
      clock.advance(stepMs);
      for (let turns = 0; turns < 6; turns += 1) await turn();
    }
  };
  return { standby, pass, asked: () => asked };
}

it('leaves Telegram alone while somebody holds the lease, and asks it before it takes over', async () => {
  const seen: Parameters<typeof standBy>[0] = { holder: 'local:other:1:000000000000:1' };
  const { standby, pass, asked } = standBy(seen);
  const turned = standby.turn(new AbortController().signal);
  await pass(HOUR_MS / 4, 5_000);
  expect(asked()).toBe(0);
  seen.holder = undefined;
  await pass(1_000);
  await turned;
  expect(asked()).toBe(1);
});

it('asks once a minute while a deployment consumes, and within seconds once it was stopped', async () => {
  const seen: Parameters<typeof standBy>[0] = { webhook: 'bot.example.com' };
  const { standby, pass, asked } = standBy(seen);
  const turned = standby.turn(new AbortController().signal);
  await pass(HOUR_MS / 6, 5_000);
  expect(asked()).toBeGreaterThanOrEqual(9);
  expect(asked()).toBeLessThanOrEqual(11);
  Object.assign(seen, { isUnwanted: true, webhook: undefined });
  await pass(6_000);
  await turned;
});
