/** The checks that a mutant of a file has to pass. */
export interface Area {
  /** Whether the simulation runs it. */
  simulated: boolean;
  /** Its tests, which run where the simulation sees nothing. */
  tests: string[];
}

const PROTOCOL = ['test/lease', 'test/dynamodb/lease', 'test/dynamodb/ledger', 'test/dynamodb/payload'];

/** The first prefix that fits counts, so that narrow ones come first. */
const AREAS: [prefix: string, area: Area][] = [
  ['functions/lease/in-parallel.ts', { simulated: false, tests: ['test/lease/in-parallel'] }],
  ['functions/lease/', { simulated: true, tests: PROTOCOL }],
  ['functions/aws/within-budget.ts', { simulated: false, tests: ['test/dynamodb/client'] }],
  ['functions/dynamodb/', { simulated: true, tests: PROTOCOL }],
  [
    'functions/telegram/subscription-mark.ts',
    { simulated: false, tests: ['test/telegram/subscription-mark', 'test/local/polling/poll-right'] },
  ],
  ['functions/telegram/webhook-switch.ts', { simulated: false, tests: ['test/telegram/webhook-switch'] }],
  ['functions/telegram/', { simulated: true, tests: ['test/telegram'] }],
  [
    'functions/local/polling/counted-consumer.ts',
    { simulated: true, tests: ['test/local/polling/counted-consumer'] },
  ],
  [
    'functions/local/polling/expiry-ahead.ts',
    { simulated: false, tests: ['test/local/polling/expiry-ahead'] },
  ],
  ['functions/local/polling/turns.ts', { simulated: false, tests: ['test/local/polling/turns'] }],
  ['functions/local/polling/poll-right.ts', { simulated: true, tests: ['test/local/polling/poll-right'] }],
  [
    'functions/local/polling/',
    { simulated: true, tests: ['test/local/polling/poller', 'test/local/polling/polling-bot'] },
  ],
  ['functions/http/', { simulated: true, tests: ['test/http'] }],
  ['functions/wiring/reading-ahead.ts', { simulated: false, tests: ['test/wiring/reading-ahead'] }],
  ['functions/wiring/protocol.ts', { simulated: false, tests: ['test/wiring/protocol'] }],
];

/** @throws Error where nobody has said what tests the file */
export function areaOf(file: string): Area {
  const found = AREAS.find(([prefix]) => file.startsWith(prefix));
  if (found === undefined) throw new Error(`test/simulation/mutants/areas.ts names no tests of ${file}`);
  return found[1];
}
