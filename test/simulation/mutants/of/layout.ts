import type { Mutant } from '../mutant.ts';

const LEASE_STORE = 'functions/dynamodb/lease-store.ts';
const PER_UPDATE = 'functions/lease/per-update-leases.ts';
const LAYOUT_CHANGE = 'functions/lease/layout-change.ts';
const LAYOUT_READER = 'functions/lease/layout-reader.ts';
const FORCED = 'functions/lease/forced-release.ts';
const TRUE = 'attribute_exists(pk)';

export const LAYOUT_MUTANTS: Mutant[] = [
  // Forced release.
  {
    name: 'force-release: whatever token the operator saw',
    file: LEASE_STORE,
    search: "notAlreadyMine, 'fencing_token = :token', 'attribute_exists(holder)'];",
    replace: "notAlreadyMine, ':token = :token', 'attribute_exists(holder)'];",
  },
  {
    name: 'force-release: of a lease that nobody holds',
    file: LEASE_STORE,
    search: "notAlreadyMine, 'fencing_token = :token', 'attribute_exists(holder)'];",
    replace: "notAlreadyMine, 'fencing_token = :token'];",
  },
  {
    name: 'force-release: the token does not rise',
    file: LEASE_STORE,
    search: 'lease_expires_at_ms = :zero, fencing_token = fencing_token + :one, ${forced}`',
    replace: 'lease_expires_at_ms = :zero, raised = :one, ${forced}`',
  },
  {
    name: 'force-release: does not wait for expiry',
    file: FORCED,
    search: 'staleBeforeMs: request.evenIfLive ? undefined : nowMs - skewMs,',
    replace: 'staleBeforeMs: request.evenIfLive || nowMs - skewMs > 0 ? undefined : nowMs,',
  },
  {
    name: 'force-release: without the margin',
    file: FORCED,
    search: 'staleBeforeMs: request.evenIfLive ? undefined : nowMs - skewMs,',
    replace: 'staleBeforeMs: request.evenIfLive ? undefined : nowMs + 0 * skewMs,',
  },
  {
    name: 'force-release: one whose answer was lost counts as refused once the lease is taken',
    file: FORCED,
    search: '(item?.attemptId === attemptId || isRecorded)',
    replace: 'item?.attemptId === attemptId',
  },
  // Retirement and layout change.
  {
    name: 'retire: a busy lease',
    file: LEASE_STORE,
    search: 'ConditionExpression: allOf(isLive, notAlreadyMine, anyOf(...idle)),',
    replace: `ConditionExpression: allOf(isLive, notAlreadyMine, anyOf(...idle, '${TRUE}')),`,
  },
  {
    name: 'retire: nothing but expiry frees a held lease',
    file: LEASE_STORE,
    search: 'overToken === undefined ? [isFree, isStale] : [isFree, isStale, isOver];',
    replace:
      "overToken === undefined ? [isFree, isStale] : [isFree, isStale, 'fencing_token < :over_token'];",
    harmless: 'a change of layout waits a little longer; it is run by hand, and again when it gave up',
  },
  {
    name: 'retire: the item stays grantable',
    file: LEASE_STORE,
    search: "'SET attempt_id = :attempt, retired = :true, lease_expires_at_ms",
    replace: "'SET attempt_id = :attempt, leaving = :true, lease_expires_at_ms",
  },
  {
    name: 'retire: without the margin',
    file: LAYOUT_CHANGE,
    search: 'const staleBeforeMs = clock.wallMs() - skewMs;',
    replace: 'const staleBeforeMs = clock.wallMs() + 0 * skewMs;',
  },
  {
    name: 'layout: a new one starts its tokens anew',
    file: LAYOUT_CHANGE,
    search: 'await createItems(store, next, highestToken + 1);',
    replace: 'await createItems(store, next, Math.min(0, highestToken));',
  },
  {
    name: 'layout: a new one starts with the highest token of the old one',
    file: LAYOUT_CHANGE,
    search: 'await createItems(store, next, highestToken + 1);',
    replace: 'await createItems(store, next, highestToken);',
  },
  {
    name: 'layout: flipped before its items are there',
    file: LAYOUT_CHANGE,
    search: `  await createItems(store, next, highestToken + 1);
  const reply = await store.writeLayout(next, old.epoch);`,
    replace: `  const reply = await store.writeLayout(next, old.epoch);
  await createItems(store, next, highestToken + 1);`,
  },
  {
    name: 'layout: one item of the old one is not retired',
    file: LAYOUT_CHANGE,
    search: '    if (item === undefined) return;',
    replace: '    if (item === undefined || partition === 0) return;',
  },
  {
    name: 'layout: flipped whatever epoch is there',
    file: LEASE_STORE,
    search: "expectedEpoch === undefined ? 'attribute_not_exists(pk)' : 'epoch = :expected'",
    replace: "expectedEpoch === undefined ? 'attribute_not_exists(pk)' : ':expected = :expected'",
  },
  {
    name: 'layout: an item that is there is created anew',
    file: LEASE_STORE,
    search: "          ConditionExpression: 'attribute_not_exists(pk)',\n",
    replace: '',
  },
  {
    name: 'layout: never read anew',
    file: PER_UPDATE,
    search: 'const fresh = await this.#layout.reread();',
    replace: 'const fresh = await this.#layout.current();',
  },
  {
    name: 'layout: a failed read is remembered',
    file: LAYOUT_READER,
    search: 'if (this.#known === reading) this.#known = undefined;',
    replace: 'if (this.#known !== reading) this.#known = undefined;',
  },
  {
    name: 'repair: what is held under a missing item is not waited out',
    file: LAYOUT_CHANGE,
    search: 'await sleep(clock, options.repairAfterMs);',
    replace: '',
  },
  {
    name: 'repair: tokens that begin above what is still to be seen only',
    file: LAYOUT_CHANGE,
    search: 'let highestToken = missing >= 0 ? clock.wallMs() : 0;',
    replace: 'let highestToken = 0;',
  },
  {
    name: 'change: the first items are retired although another is missing',
    file: LAYOUT_CHANGE,
    search: 'if (options.repairAfterMs === undefined)',
    replace: 'if (options.repairAfterMs === undefined && false)',
  },
  {
    name: 'layout: the first one is in force before its items are there',
    file: LAYOUT_CHANGE,
    search: `  await createItems(store, layout, 0);
  const reply = await store.writeLayout(layout, undefined);`,
    replace: `  const reply = await store.writeLayout(layout, undefined);
  await createItems(store, layout, 0);`,
  },
  {
    name: 'force-release: an earlier one in the same words passes for this one',
    file: FORCED,
    search: '    forced.atMs === nowMs &&\n',
    replace: '',
  },
];
