import type { Mutant } from '../mutant.ts';

const LEASE_STORE = 'functions/dynamodb/lease-store.ts';
const PER_UPDATE = 'functions/lease/per-update-leases.ts';
const LAYOUT_CHANGE = 'functions/lease/layout-change.ts';
const SURVEY = 'functions/lease/layout-survey.ts';
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
    search: 'createItems(store, wanted, highestToken + 1);',
    replace: 'createItems(store, wanted, Math.min(0, highestToken));',
  },
  {
    name: 'layout: a new one starts with the highest token of the old one',
    file: LAYOUT_CHANGE,
    search: 'createItems(store, wanted, highestToken + 1);',
    replace: 'createItems(store, wanted, highestToken);',
  },
  {
    name: 'layout: flipped before its items are there',
    file: LAYOUT_CHANGE,
    search: `  const next = await createItems(store, wanted, highestToken + 1);
  const reply = await store.writeLayout(next, old.replaces);`,
    replace: `  const next = wanted;
  const reply = await store.writeLayout(next, old.replaces);
  await createItems(store, wanted, highestToken + 1);`,
  },
  {
    name: 'layout: one item of the old one is not retired',
    file: LAYOUT_CHANGE,
    search: '    const token = await retire(operator, key, options.patienceMs);',
    replace: '    const token = key.partition === 0 ? 0 : await retire(operator, key, options.patienceMs);',
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
    search: 'let highestToken = old.problem === undefined ? 0 : clock.wallMs();',
    replace: 'let highestToken = 0;',
  },
  {
    name: 'change: the first items are retired although another is missing',
    file: LAYOUT_CHANGE,
    search: 'if (options.repairAfterMs === undefined) throw old.problem;',
    replace: 'if (options.repairAfterMs === undefined && false) throw old.problem;',
  },
  {
    name: 'layout: the first one is in force before its items are there',
    file: LAYOUT_CHANGE,
    search: `  const layout = await createItems(store, { epoch: 1, partitions, mapping: MAPPING_VERSION }, 0);
  const reply = await store.writeLayout(layout, undefined);`,
    replace: `  const layout: Layout = { epoch: 1, partitions, mapping: MAPPING_VERSION };
  const reply = await store.writeLayout(layout, undefined);
  await createItems(store, layout, 0);`,
  },
  // A layout that is lost.
  {
    name: 'lost layout: a start begins the first one anew',
    file: SURVEY,
    search: "if (survey?.kind === 'lost') throw new LayoutLostError(survey);",
    replace: "if (survey?.kind === 'lost') return undefined;",
  },
  {
    name: 'lost layout: an older one in its place is believed',
    file: SURVEY,
    search: 'if (epoch <= (layout?.epoch ?? 0)) return undefined;',
    replace: 'if (epoch <= (layout?.epoch ?? 0) || layout !== undefined) return undefined;',
  },
  {
    name: 'lost layout: one that was activated since counts as lost',
    file: SURVEY,
    search: 'if (since?.epoch === layout?.epoch) return',
    replace: 'if (since?.epoch === layout?.epoch || layout === undefined) return',
  },
  {
    name: 'lost layout: whatever item is there says that leases were granted',
    file: SURVEY,
    search: 'leases.filter(({ item }) => item.attemptId !== undefined);',
    replace: "leases.filter(({ item }) => item.attemptId !== '');",
  },
  {
    name: 'lost layout: its last epoch is not retired',
    file: SURVEY,
    search: 'leases: leases.filter(({ key }) => key.epoch <= epoch),',
    replace: 'leases: leases.filter(({ key }) => key.epoch < epoch),',
  },
  {
    name: 'lost layout: the new one is in the epoch of the lost one',
    file: LAYOUT_CHANGE,
    search: 'const wanted: Layout = { epoch: old.epoch + 1,',
    replace: "const wanted: Layout = { epoch: old.epoch + (found.kind === 'lost' ? 0 : 1),",
  },
  {
    name: 'layout: an epoch is cut as the last process wants it',
    file: LEASE_STORE,
    search: 'return (item && toLease(item).partitions) ?? partitions;',
    replace: 'return item === undefined ? partitions : partitions;',
  },
  {
    name: 'layout: one that was begun with another count passes for the wanted one',
    file: LAYOUT_CHANGE,
    search: 'return next.partitions === wanted.partitions ? next : changeLayout(operator, options);',
    replace: 'return next;',
  },
  {
    name: 'layout: leases are listed without asking for consistency',
    file: LEASE_STORE,
    search: '            ConsistentRead: true,\n',
    replace: '',
  },
  {
    name: 'layout: leases of other epochs are listed with those of one',
    file: 'functions/dynamodb/keys.ts',
    search: '`EPOCH#${epoch}#PARTITION#`;',
    replace: '`EPOCH#${epoch}`;',
  },
  {
    name: 'force-release: an earlier one in the same words passes for this one',
    file: FORCED,
    search: '    forced.atMs === nowMs &&\n',
    replace: '',
  },
];
