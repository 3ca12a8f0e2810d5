import { update, scenario, ledgerOf, expectThat, type Scenario } from './scenario.ts';

export const OUTAGE_SCENARIOS: Scenario[] = [
  ...(['refusing', 'silent', 'slow'] as const).map((mode) =>
    scenario(`twenty minutes in which Telegram is ${mode} park nothing`, {
      plan: {
        maxEnvironments: 3,
        updates: [1, 2, 3].map((id) => update(id, id * 100, { calls: 3, thinkMs: 100 })),
        telegramOutages: [{ fromMs: 0, toMs: 1_200_000, mode }],
      },
      expect: (world) =>
        [1, 2, 3]
          .map((id) => expectThat(ledgerOf(world, id)?.['status'] === 'done', `${id} is not done`))
          .find(Boolean),
    }),
  ),
  ...(['refusing', 'silent', 'losing-answers', 'slow'] as const).map((mode) =>
    scenario(`twenty minutes in which the store is ${mode} park nothing`, {
      plan: {
        maxEnvironments: 3,
        updates: [1, 2, 3].map((id) => update(id, id * 100, { calls: 3, thinkMs: 100 })),
        storeOutages: [{ fromMs: 200, toMs: 1_200_000, mode }],
      },
      expect: (world) =>
        [1, 2, 3]
          .map((id) => expectThat(ledgerOf(world, id)?.['status'] === 'done', `${id} is not done`))
          .find(Boolean),
    }),
  ),
  ...(['losing-answers', 'slow'] as const).map((mode) =>
    scenario(`nine minutes in which the ledger alone is ${mode} park nothing`, {
      plan: {
        updates: [1, 2, 3].map((id) => update(id, id * 100, { calls: 3, thinkMs: 100 })),
        storeOutages: [{ fromMs: 0, toMs: 540_000, mode, of: 'updates' }],
      },
      expect: (world) =>
        [1, 2, 3]
          .map((id) => expectThat(ledgerOf(world, id)?.['status'] === 'done', `${id} is not done`))
          .find(Boolean),
    }),
  ),
];
