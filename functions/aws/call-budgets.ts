/*
 * How long each caller waits for AWS, or for what stands for DynamoDB on this machine: these numbers stand here and
 * nowhere else. A caller's whole wait is `longestCallMs`, and test/aws/call-budgets.test.ts measures it against the
 * deadline that the caller has to keep. The protocol's own waits are in ../lease/limits.ts, those for Telegram beside
 * the calls (../telegram).
 */

export interface CallBudget {
  /** The first included. */
  attempts: number;
  /** For the connection of one attempt. */
  connectMs: number;
  /** From the beginning of one attempt, its connection included, to the head of its answer, and for a pause in its body. */
  answerMs: number;
}

/** By the caller, each with the deadline that it is measured against. */
export const CALL_BUDGETS = {
  /** An update, within HANDLER_DEADLINE_MS (12 s where nothing is set): a claim and a settlement may both be that slow. */
  update: { attempts: 3, connectMs: 500, answerMs: 1_000 },
  /** `GET /health`, within HEALTH_WITHIN_MS, which reports a store that took longer as one that cannot be reached. */
  health: { attempts: 3, connectMs: 500, answerMs: 1_000 },
  /** A look of the watchdog's round, within LOOK_LIMIT_MS (20 s). */
  watchdog: { attempts: 3, connectMs: 500, answerMs: 1_000 },
  /** A step of a registration, within the 12 s that are left for the last one: deployments may wait, users are served. */
  registration: { attempts: 3, connectMs: 500, answerMs: 3_000 },
  /** The pre-traffic hook, within its function's two minutes. */
  rollout: { attempts: 3, connectMs: 500, answerMs: 3_000 },
  /** An import, within its function's ten minutes: batches of megabytes, of which none may be given up early. */
  importer: { attempts: 5, connectMs: 500, answerMs: 5_000 },
  /** A run or a command outside AWS over a table there, from anywhere in the world, within HANDLER_DEADLINE_MS. */
  overInternet: { attempts: 3, connectMs: 2_000, answerMs: 3_000 },
  /** A run or a command over a store of this machine, which may be busy or asleep, within what a stop waits (22 s). */
  ownMachine: { attempts: 3, connectMs: 500, answerMs: 5_000 },
  /** Whether the owner that store.json names is alive, asked again until the look for an owner ends after 10 s. */
  ownerAlive: { attempts: 1, connectMs: 500, answerMs: 2_000 },
  /** A command's question to SSM or CloudFormation: from anywhere in the world, and somebody waits at a terminal. */
  console: { attempts: 3, connectMs: 3_000, answerMs: 10_000 },
} as const satisfies Record<string, CallBudget>;

/** A function's call without the SDK's clients (./signed-call.ts): one limit over all attempts, within an update's deadline. */
export const SIGNED_CALL = { retries: 2, withinMs: 3_000 } as const;

/** A command's question for the account's limits at Lambda, likewise. */
export const CONSOLE_SIGNED_CALL = { retries: 2, withinMs: 10_000 } as const;

/**
 * The pre-traffic hook's call of the new version: longer than a cold start and that function's own limit (30 s at
 * most). Lambda may refuse it before that is held against the deployment, since the hook's permission is seconds old
 * and a small account's concurrency is used up by ordinary traffic. Both end within the hook's two minutes.
 */
export const PROBE_CALL = { withinMs: 40_000, refusedForMs: 60_000, refusedPauseMs: 2_000 } as const;

/** How often a batch is sent again with the rest that a busy table left of it: people wait for a read, an import for a write. */
export const BATCH_ROUNDS = { read: 5, write: 12, firstPauseMs: 25, longestPauseMs: 2_000 } as const;

/** DynamoDB's client pauses at most so long before a second attempt, and twice as long before each further one. */
const SDK_PAUSE_MS = 25;

/** The longest that a call takes to which no attempt is answered. */
export function longestCallMs({ attempts, answerMs }: CallBudget): number {
  return attempts * answerMs + SDK_PAUSE_MS * (2 ** (attempts - 1) - 1);
}
