import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createReceiver, SECRET_HEADER } from '../../functions/http/receive.ts';

const request = {
  headers: { [SECRET_HEADER]: 'secret' },
  body: Buffer.from(JSON.stringify({ update_id: 1 })),
};

it.each([
  [100, 3_000, 2_900],
  [100, 50, 0],
])(
  'time for reading the secrets (%i ms of %i ms) is not left for handling',
  async (tookMs, allMs, leftMs) => {
    const deadlines: number[] = [];
    const receive = createReceiver({
      acceptedSecrets: async () => {
        await sleep(tookMs);
        return ['secret'];
      },
      consumer: async () => ({
        consume: async ({ deadlineMs }) => {
          deadlines.push(deadlineMs);
          return { kind: 'done' };
        },
      }),
      onAnswered: () => {},
      onProblem: () => {},
    });
    expect((await receive(request, allMs)).status).toBe(200);
    expect(deadlines[0]).toBeLessThanOrEqual(leftMs + 5);
    expect(deadlines[0]).toBeGreaterThanOrEqual(0);
  },
);
