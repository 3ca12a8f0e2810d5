import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { keys } from '../functions/dynamodb/keys.ts';
import { PROBE_SCOPE } from '../functions/deployment/probe.ts';

/** The partition keys of one concept, as IAM's StringLike takes them. */
const KEYS = {
  leases: [keys.layout('*').pk],
  probeLeases: [keys.layout(`*${PROBE_SCOPE}`).pk],
  ledger: [keys.update('*', 0).pk.replace(/0$/, '*')],
  dead: [keys.dead('*', 0).pk],
  /** Atoms, snapshots and the pointer. */
  knowledge: [keys.atom(0, '', '').pk.replace(/0$/, '*')],
  knowledgePointer: [keys.currentVersion().pk],
  /** The bot that the table belongs to, its last registration, and its last deployment. */
  deployment: [keys.bot().pk],
  status: [keys.webhook('*').pk],
  news: [keys.news('*').pk],
  rates: [keys.rate('*', 0, 0).pk.replace(/0$/, '*')],
  languages: [keys.language('*', 0).pk.replace(/0$/, '*')],
  queries: [keys.query('*').pk],
  scripts: [keys.script('*').pk],
  scriptLists: [keys.userScript(0, 0, '').pk.replace(/0$/, '*')],
  feedback: [keys.feedback('*', 0).pk],
  userVotes: [keys.userVote(0, '').pk.replace(/0$/, '*')],
  votedAtoms: [keys.voted('*', '').pk],
  gaps: [keys.gap('*', '').pk],
  importRuns: [keys.importRun('*', '').pk],
} as const;

type Concept = keyof typeof KEYS;
type Action =
  'GetItem' | 'BatchGetItem' | 'Query' | 'PutItem' | 'UpdateItem' | 'DeleteItem' | 'BatchWriteItem';
type Grants = Partial<Record<Concept, readonly Action[]>>;

/** The actions of each function in the table; nothing is granted that no code path uses. */
export const GRANTS = {
  webhook: {
    leases: ['GetItem', 'Query', 'UpdateItem'],
    ledger: ['GetItem', 'UpdateItem', 'PutItem'],
    dead: ['Query', 'PutItem', 'DeleteItem'],
    knowledge: ['GetItem', 'BatchGetItem', 'Query'],
    deployment: ['GetItem'],
    status: ['GetItem'],
    // Deleting in these is `/forgetme`.
    rates: ['Query', 'UpdateItem', 'DeleteItem'],
    languages: ['GetItem', 'Query', 'PutItem', 'DeleteItem'],
    queries: ['GetItem', 'PutItem'],
    scripts: ['GetItem', 'UpdateItem', 'DeleteItem'],
    scriptLists: ['Query', 'PutItem', 'DeleteItem'],
    feedback: ['Query', 'PutItem', 'DeleteItem'],
    userVotes: ['Query', 'PutItem', 'DeleteItem'],
    votedAtoms: ['PutItem'],
    gaps: ['Query', 'UpdateItem'],
  },
  health: {
    leases: ['GetItem', 'Query'],
    ledger: ['GetItem'],
    knowledgePointer: ['GetItem'],
    deployment: ['GetItem'],
    status: ['GetItem'],
  },
  registration: {
    leases: ['GetItem', 'Query', 'PutItem', 'UpdateItem'],
    deployment: ['GetItem', 'UpdateItem'],
    status: ['GetItem', 'UpdateItem'],
  },
  watchdog: {
    leases: ['GetItem', 'Query'],
    ledger: ['GetItem'],
    dead: ['Query'],
    knowledgePointer: ['GetItem'],
    deployment: ['GetItem'],
    status: ['GetItem', 'UpdateItem'],
    news: ['UpdateItem'],
    languages: ['GetItem'],
    feedback: ['Query'],
    votedAtoms: ['Query'],
    gaps: ['Query'],
  },
  hook: {
    probeLeases: ['GetItem', 'Query', 'PutItem', 'UpdateItem'],
  },
  importer: {
    knowledge: ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'BatchWriteItem'],
    importRuns: ['PutItem', 'DeleteItem'],
    languages: ['GetItem'],
    news: ['UpdateItem'],
  },
} as const satisfies Record<string, Grants>;

/**
 * The statements for one function: one per set of actions, each bound to partition keys. ForAllValues is true for a
 * request without keys, which is a Scan, and nobody is granted one.
 */
export function tableStatements(table: ITableV2, grants: Grants): PolicyStatement[] {
  const byActions = new Map<string, string[]>();
  for (const [concept, actions] of Object.entries(grants)) {
    const name = [...actions].sort().join();
    byActions.set(name, [...(byActions.get(name) ?? []), ...KEYS[concept as Concept]]);
  }
  return [...byActions].map(
    ([actions, patterns]) =>
      new PolicyStatement({
        effect: Effect.ALLOW,
        actions: actions.split(',').map((action) => `dynamodb:${action}`),
        resources: [table.tableArn],
        conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': patterns.sort() } },
      }),
  );
}
