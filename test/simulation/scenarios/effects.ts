import { MAX_UNCONFIRMED } from '../../../functions/lease/limits.ts';
import { shown } from '../checks/copies.ts';
import type { CallFate } from '../world/fates.ts';
import type { World } from '../world/world.ts';
import {
  doneBy,
  expectThat,
  HOUR_MS,
  ledgerOf,
  putOutcomeOfLongAgo,
  scenario,
  update,
  WEEK_MS,
  type Scenario,
} from './scenario.ts';

const lost = (...calls: number[]): [number, CallFate][] =>
  calls.map((call) => [call, { kind: 'lost-response' }]);

const refusedOnce: [number, CallFate] = [0, { kind: 'refused', status: 429, retryAfterS: 5 }];

const statusOf = (world: World): unknown => ledgerOf(world, 1)?.['status'];

function expectCopies(world: World, ...copies: number[]): string | undefined {
  const counts = shown(world).map(({ settled, unseen }) => settled + unseen);
  return expectThat(String(counts) === String(copies), `copies: ${counts.join(', ')}`);
}

export const EFFECT_SCENARIOS: Scenario[] = [
  scenario('an answer that is never confirmed is shown three times and parked', {
    plan: { updates: [update(1, 100)], callFates: lost(0, 1, 2, 3) },
    expect: (world) =>
      expectCopies(world, MAX_UNCONFIRMED) ?? expectThat(statusOf(world) === 'dead', 'it is not parked'),
  }),
  scenario('an answer that takes six seconds is shown once', {
    plan: { updates: [update(1, 100)], callFates: [[0, { kind: 'slow', byMs: 6_000 }]] },
    expect: (world) => expectCopies(world, 1) ?? doneBy(world, 1, 7_000),
  }),
  scenario('each message of an answer is shown once though a flood limit ends every second one', {
    plan: {
      updates: [update(1, 100, { calls: 3 })],
      callFates: [1, 3].map((call): [number, CallFate] => [
        call,
        { kind: 'refused', status: 429, retryAfterS: 5 },
      ]),
    },
    expect: (world) => expectCopies(world, 1, 1, 1) ?? doneBy(world, 1, 20_000),
  }),
  scenario('a failure after a message does not show it again', {
    plan: { updates: [update(1, 100, { calls: 2, throws: { times: 3, afterCalls: 1 } })] },
    expect: (world) => expectCopies(world, 1, 1) ?? doneBy(world, 1, 60_000, 4),
  }),
  scenario('a message after one that was unconfirmed twice has all its repetitions', {
    plan: { updates: [update(1, 100, { calls: 2 })], callFates: lost(0, 1, 3, 4) },
    expect: (world) => expectCopies(world, 3, 3) ?? doneBy(world, 1, 600_000),
  }),
  scenario(
    'what was given up has its repetitions again when it is replayed, and nothing that arrived is repeated',
    {
      plan: {
        updates: [update(1, 100, { calls: 2 })],
        callFates: lost(1, 2, 3, 4, 5),
        steps: [{ atMs: HOUR_MS, step: { do: 'replay', updateId: 1 } }],
      },
      expect: (world) => expectCopies(world, 1, 3, 3) ?? doneBy(world, 1, HOUR_MS + 60_000),
    },
  ),
  scenario('an update whose id is used anew inherits no messages of its namesake', {
    plan: { updates: [update(1, WEEK_MS)], callFates: [refusedOnce] },
    prepare: (world) => {
      putOutcomeOfLongAgo(world, { status: 'failed', token: 1 });
      Object.assign(ledgerOf(world, 1) ?? {}, { messages_sent: 1, messages_unconfirmed: 2 });
    },
    expect: (world) => expectCopies(world, 1) ?? doneBy(world, 1, WEEK_MS + 20_000),
  }),
];
