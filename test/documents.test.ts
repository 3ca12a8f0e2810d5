import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BACKUP_DAYS } from '../functions/bot/personal-data.ts';
import { QUERY_KEPT_MS } from '../functions/bot/query-store.ts';
import { MAX_NEAR } from '../functions/bot/search-results.ts';
import { ATOM_SHARDS } from '../functions/dynamodb/keys.ts';
import { LOOK_LIMIT_MS } from '../functions/deployment/watchdog-round.ts';
import { MAX_BODY_BYTES } from '../functions/http/receive.ts';
import { MAX_ID_BYTES, MAX_LIST_LENGTH } from '../functions/knowledge/atom.ts';
import { MAX_DOCUMENT_BYTES, MAX_ITEM_BYTES } from '../functions/knowledge/formats/json-scanner.ts';
import { MAX_ATOM_BYTES } from '../functions/knowledge/parse-atom.ts';
import * as lease from '../functions/lease/limits.ts';
import { SCRIPT_MINUTES } from '../functions/scripts/script.ts';
import { MAX_QUERY_LENGTH } from '../functions/search/query-language.ts';
import { MAX_QUERY_TOKENS } from '../functions/search/query-terms.ts';
import { SECRETS_CACHED_MS } from '../functions/settings/secrets.ts';
import { readSettings } from '../functions/settings/settings.ts';
import { FRESH_MS } from '../functions/status/reasons.ts';
import { connectionsFor } from '../functions/telegram/webhook-state.ts';
import { RUN_LIMIT_MS } from '../functions/uploads/run-store.ts';
import { FIVE_MINUTES, SYMPTOMS_WAIT } from '../infra/alarms/spec.ts';
import { timeoutLadder } from '../infra/timeouts.ts';
import { literalsOf, paths, treeOf } from './sources.ts';

const text = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const onOneLine = (words: string): string => words.replace(/\s+/g, ' ');

/** A constant that only its own file knows: a number, or a product of numbers. */
function constant(file: string, name: string): number {
  const [, product] = new RegExp(`\\bconst ${name} = ([\\d_.* ]+);`).exec(text(file)) ?? [];
  expect(product, `${name} in ${file}`).toBeDefined();
  return product!
    .replaceAll('_', '')
    .split('*')
    .reduce((value, factor) => value * Number(factor), 1);
}

const WORDS = 'no one two three four five six seven eight nine ten eleven twelve'.split(' ');
const FURTHER_WORDS: Readonly<Record<number, string>> = { 16: 'sixteen', 30: 'thirty' };
const word = (value: number): string => WORDS[value] ?? FURTHER_WORDS[value] ?? String(value);
const part = (value: number): string => (value === 3 ? 'third' : `${value}th part`);
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const grouped = (value: number): string => value.toLocaleString('en-US');
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MB = 1_000_000;

const { maxAttempts, handlerDeadlineMs: deadlineMs, maxClockSkewMs: skewMs } = readSettings({});
const { VANISHED_GRACE_MS, MAX_UNCONFIRMED, DEAD_KEPT_MS, TERM_RESERVE_MS, REQUESTS_AT_ONCE } = lease;
const graceMinutes = word(VANISHED_GRACE_MS / MINUTE);
const unconfirmed = word(MAX_UNCONFIRMED);
const deadDays = DEAD_KEPT_MS / DAY;

const GATES = 'functions/bot/gates.ts';
const POLLER = 'functions/local/polling/poller.ts';
const SWEEP = 'functions/local/store/expiry-sweep.ts';
const API = 'infra/constructs/webhook-api.ts';
const perConnection = constant('functions/telegram/webhook-state.ts', 'PARTITIONS_A_CONNECTION');
const retakes = word(constant('functions/deployment/webhook-watch.ts', 'MAX_RETAKES_AN_HOUR'));
const queryDays = QUERY_KEPT_MS / DAY;
const inlineQueries = word(constant(GATES, 'INLINE_QUERIES_PER_MESSAGE'));
const notes = word(constant('functions/bot/announcer.ts', 'NOTES_PER_HOUR'));

const scriptMinutes = word(SCRIPT_MINUTES);
const attempts = word(maxAttempts);
const dedupeDays = word(lease.DEDUPE_HOURS / 24);
const lookSeconds = word(constant('functions/telegram/token-user.ts', 'LOOK_MS') / SECOND);
const [firstWait = 0] = lease.WAIT_BEFORE_REPEAT_MS;
const fiveMinutes = word(FIVE_MINUTES.toMinutes());
const symptomsWait = word(SYMPTOMS_WAIT.toMinutes());

/** Numbers that mislead an operator when they are wrong: the sentence of the document, made of the code's constant. */
const TOLD: readonly (readonly [file: string, sentence: string])[] = [
  ['README.md', `by its id alone, for ${lease.DEDUPE_HOURS} hours`],
  ['README.md', `fails by its own fault ${word(maxAttempts)} times is parked`],
  ['README.md', `(${unconfirmed} times at most while its arrival stays unknown)`],

  [
    'functions/lease/README.md',
    `only after ${word(maxAttempts)} counted attempts, and not before ${graceMinutes} minutes`,
  ],
  ['functions/lease/README.md', `is sent ${unconfirmed} times at most (\`MAX_UNCONFIRMED\`)`],
  ['functions/lease/README.md', `for ${word(deadDays)} days from its parking`],
  [
    'functions/lease/README.md',
    `${part(lease.RENEWALS_A_TERM)} of its term, ${word(REQUESTS_AT_ONCE)} partitions at a time`,
  ],
  [
    'functions/lease/README.md',
    `of the ${(deadlineMs + TERM_RESERVE_MS - skewMs) / SECOND} s that a holder has`,
  ],
  ['functions/lease/README.md', `\`MAX_CLOCK_SKEW_MS\` (${grouped(2 * skewMs)} ms by default)`],
  ['functions/lease/README.md', `after a message has left ${unconfirmed} times without being confirmed`],
  ['functions/lease/README.md', `length and margin, and once more after ${graceMinutes} minutes`],
  [
    'functions/lease/README.md',
    `between its claim and its settling, ${attempts} times, over ${graceMinutes} minutes`,
  ],
  [
    'functions/lease/README.md',
    `is repeated twice, ${word(firstWait / SECOND)} seconds and a minute later, and its update is then parked`,
  ],
  ['functions/lease/LIMITS.md', `for ${lookSeconds} seconds: somebody else's poller or webhook is a refusal`],
  ['functions/lease/LIMITS.md', `less than twice \`MAX_CLOCK_SKEW_MS\` (${(2 * skewMs) / SECOND} s)`],
  [
    'functions/lease/LIMITS.md',
    `${word(constant(POLLER, 'AT_ONCE'))} updates are handled at once, so ${word(constant(POLLER, 'AT_ONCE'))} chats`,
  ],
  [
    'functions/lease/LIMITS.md',
    `more waits than it handles in ${word(constant(POLLER, 'DRAIN_MS') / SECOND)} seconds`,
  ],
  ['functions/lease/LIMITS.md', `does not confirm is sent ${unconfirmed} times at most`],
  ['functions/lease/LIMITS.md', `until ${graceMinutes} minutes have passed`],

  ['functions/bot/README.md', `a video script of up to about ${scriptMinutes} minutes`],
  ['functions/bot/README.md', `${word(constant(GATES, 'PRESSES_PER_MESSAGE'))} times as many presses`],
  ['functions/bot/README.md', `${inlineQueries} times as many are answered`],
  [
    'functions/bot/README.md',
    `(at most ${grouped(constant('functions/bot/minute-limiter.ts', 'MAX_COUNTED'))} users)`,
  ],
  ['functions/bot/README.md', `notes to administrators (${notes} an hour)`],
  [
    'functions/bot/README.md',
    `may use ${100 * constant('functions/bot/features/admin.ts', 'CHECK_SHARE')} % of the time left`,
  ],
  [
    'functions/bot/README.md',
    `article of up to ${word(constant('functions/bot/open-atom.ts', 'MAX_MESSAGES'))} messages`,
  ],
  ['functions/bot/README.md', `at most ${word(MAX_NEAR)} near things`],
  ['functions/bot/README.md', `for ${queryDays} days. Data of another version`],
  ['functions/bot/README.md', `reach ${BACKUP_DAYS} days back`],

  ['functions/cli/README.md', `by polling beside it for ${lookSeconds} seconds`],
  [
    'functions/dynamodb/README.md',
    `one of ${word(ATOM_SHARDS)} shards by the hash of its id, so that a full read is ${word(ATOM_SHARDS)} parallel Queries`,
  ],
  ['functions/settings/README.md', `kept for ${word(SECRETS_CACHED_MS / MINUTE)} minutes`],

  ['functions/http/README.md', `more than ${MAX_BODY_BYTES / 1024 / 1024} MiB, decoded`],

  ['functions/local/polling/README.md', `\`HANDLER_DEADLINE_MS\` + ${TERM_RESERVE_MS / SECOND} s`],
  [
    'functions/local/polling/README.md',
    `handles ${constant(POLLER, 'AT_ONCE')} of the polled updates at once`,
  ],
  [
    'functions/local/polling/README.md',
    `for ${word(constant(POLLER, 'DRAIN_MS') / SECOND)} seconds it still handles`,
  ],
  [
    'functions/local/polling/README.md',
    `${word(constant('functions/telegram/token-user.ts', 'LOOK_MS') / SECOND)} seconds of one long poll`,
  ],
  [
    'functions/local/store/README.md',
    `expired at least ${word(constant(SWEEP, 'GRACE_MS') / MINUTE)} minutes ago`,
  ],
  ['functions/local/store/README.md', `looks at ${constant(SWEEP, 'PAGE')} items a minute`],

  ['functions/knowledge/README.md', `own fields are larger than ${grouped(MAX_ATOM_BYTES)} bytes`],
  ['functions/knowledge/README.md', `${MAX_ID_BYTES} bytes an id, ${MAX_LIST_LENGTH} entries a list`],
  ['functions/knowledge/README.md', `${MAX_ITEM_BYTES / MB} MB a JSON value or row`],
  ['functions/knowledge/README.md', `a single JSON object (${MAX_DOCUMENT_BYTES / MB} MB)`],
  [
    'functions/knowledge/README.md',
    `older than ${word(constant('functions/knowledge/garbage.ts', 'GARBAGE_AGE_MS') / HOUR)} hours`,
  ],

  [
    'functions/search/README.md',
    `cut at ${grouped(MAX_QUERY_LENGTH)} characters and ${MAX_QUERY_TOKENS} words`,
  ],
  [
    'functions/knowledge/README.md',
    `${word(constant('functions/knowledge/publish.ts', 'MAX_TRIES'))} times at most, then fails`,
  ],
  [
    'functions/knowledge/README.md',
    `${constant('functions/knowledge/excerpts.ts', 'MIN_EXCERPT')} characters are held of each`,
  ],

  ['functions/scripts/README.md', `a video script of up to about ${scriptMinutes} minutes`],

  [
    'infra/README.md',
    `(${constant(API, 'REQUESTS_A_SECOND')} requests a second, ${constant(API, 'BURST')} at once)`,
  ],
  ['infra/README.md', `1 to ${lease.MAX_PARTITIONS}, ${word(perConnection)} to a connection`],
  ['infra/README.md', `at least \`partitions\` / ${perConnection}`],
  ['infra/README.md', `at most ${retakes} times an hour`],
  ['infra/README.md', `read both anew every ${word(SECRETS_CACHED_MS / MINUTE)} minutes`],

  ['infra/README.md', `An item of the ledger is kept for ${dedupeDays} days`],
  ['infra/README.md', `${capital(word(SECRETS_CACHED_MS / MINUTE))} minutes later \`bot webhook set`],

  ['infra/RUNBOOK.md', `After ${attempts} attempts they are parked`],
  ['infra/RUNBOOK.md', `when they have lasted for ${symptomsWait} minutes without a page`],
  ['infra/RUNBOOK.md', `several have lasted for ${symptomsWait} minutes, while users are served`],
  ['infra/RUNBOOK.md', `For ${fiveMinutes} minutes the watchdog has found something each minute`],
  ['infra/RUNBOOK.md', `For ${fiveMinutes} minutes the watchdog has ended no round`],
  ['infra/RUNBOOK.md', `forgotten ${deadDays} days after they were parked`],
  ['infra/RUNBOOK.md', `parked after ${word(maxAttempts)} attempts, not before ${graceMinutes} minutes`],
  ['infra/RUNBOOK.md', `payload is kept for ${deadDays} days`],
  ['infra/RUNBOOK.md', `taken back ${retakes} times within the hour`],
  ['infra/RUNBOOK.md', `takes longer than ${LOOK_LIMIT_MS / SECOND} seconds`],
  ['infra/RUNBOOK.md', `degraded after ${word(FRESH_MS / MINUTE)} minutes without a look`],
  [
    'infra/RUNBOOK.md',
    `partitions set 64\` cuts the chats into more, which Telegram delivers over ${connectionsFor(64)} connections`,
  ],
  [
    'infra/RUNBOOK.md',
    `killed after ${timeoutLadder(deadlineMs).functionMs / SECOND} s), ${word(RUN_LIMIT_MS / MINUTE)} if somebody is importing`,
  ],
  ['infra/RUNBOOK.md', `any second of the last ${BACKUP_DAYS} days`],
];

describe('a number that the code has', () => {
  it.each(TOLD)('is the same in %s: %s', (file, sentence) => {
    // The whole document in a failure would hide the sentence.
    expect(onOneLine(text(file)).includes(sentence), `${file} says "${sentence}"`).toBe(true);
  });
});

/** Texts of the program are made of the constants: a number in words would stay when its constant changes. */
describe('a text that people read', () => {
  const SPELLED =
    /\b(two|three|four|five|six|seven|eight|nine|ten|sixteen|twenty|thirty|sixty|hundred|zwei|drei|vier|fünf|sechs|zehn) (seconds|minutes|hours|days|attempts|times|updates|chats|users|messages|Sekunden|Minuten|Stunden|Tage|Mal|Nachrichten)\b/;
  /** Their numbers belong to the examples. */
  const OF_AN_EXAMPLE = ['the last hundred updates of a deployed bot'];

  it('spells no number of the program in words', () => {
    const texts = paths
      .filter((path) => /^(functions\/(bot|cli|local|uploads|telegram)|infra\/alarms)\/.*\.ts$/.test(path))
      .flatMap((path) => literalsOf(treeOf(path)));
    expect(texts.length).toBeGreaterThan(3000);
    expect(texts.filter((each) => SPELLED.test(each) && !OF_AN_EXAMPLE.includes(each))).toEqual([]);
  });
});

/** README.md, and the facts that it repeats of another document. */
describe('the README', () => {
  const readme = text('README.md');

  it('is read in a few minutes: 1,500 words as `wc -w` counts them', () => {
    const words = readme.split(/\s+/).filter((word) => word !== '');
    expect(words.length).toBeLessThanOrEqual(1500);
  });

  it('names the two sums of the tables of costs, which are the sums of their rows', () => {
    const tables = /\n## Costs\n(.+?)\n## /s.exec(text('infra/README.md'))?.[1]?.split('\n\n') ?? [];
    const sums = tables.flatMap((table) => {
      const cells = [...table.matchAll(/\| +(\**)(\d+\.\d\d)\1 +\|$/gm)].map(([, , usd]) => Number(usd));
      const sum = cells.pop();
      if (sum === undefined) return [];
      expect(cells.reduce((total, usd) => total + usd, 0)).toBeCloseTo(sum, 5);
      return [sum];
    });
    expect(sums).toHaveLength(2);
    const [perMillion, perMonth] = sums;
    expect(readme).toContain(`${perMonth} USD a month plus ${perMillion} USD per million updates`);
  });
});
