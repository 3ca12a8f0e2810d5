import type { Mutant } from '../mutant.ts';

const STANDING = 'functions/lease/standing-lease.ts';
const CONSUMER = 'functions/lease/consumer.ts';

export const STANDING_LEASE_MUTANTS: Mutant[] = [
  // The standing lease.
  {
    name: 'standing: an update is claimed again under the same token',
    file: STANDING,
    search: 'if (holding.attempted.has(updateId) || holding.attempted.size >= MAX_ATTEMPTED) {',
    replace: 'if (holding.attempted.size >= MAX_ATTEMPTED) {',
  },
  {
    name: 'standing: what was attempted is never forgotten',
    file: STANDING,
    search: '      holding.attempted.clear();\n',
    replace: '',
    harmless: 'a new token is taken for updates that would not need one',
  },
  {
    name: 'standing: a refused renewal is not a loss',
    file: STANDING,
    search: "        this.#lose(holding, `held by ${item?.holder ?? 'nobody'} now`);",
    replace: '        holding.countdown = countdown;',
  },
  {
    name: 'standing: a renewal of unknown outcome counts',
    file: STANDING,
    search: "      this.#lose(holding, 'the renewal was not confirmed by the store');",
    replace: '      holding.countdown = countdown;',
  },
  {
    name: 'standing: the time of a renewal is taken after the answer',
    file: STANDING,
    search: '        holding.countdown = countdown;\n',
    replace: '        holding.countdown = new Countdown(clock, this.#termMs);\n',
  },
  {
    name: 'standing: never renewed',
    file: STANDING,
    search: 'await this.#inTurn(holding, () => this.#renew(holding));',
    replace: 'await this.#inTurn(holding, async () => {});',
  },
  {
    name: 'standing: grants after it has lapsed',
    file: STANDING,
    search: 'if (this.#hasLapsed(holding)) return this.#busy(request, this.#renewalMs);',
    replace: '',
    harmless: 'the tenure has lapsed before it begins: claim and hand back, in vain',
  },
  {
    name: 'standing: grants after it was lost',
    file: STANDING,
    search: 'if (holding === undefined || this.lost.aborted) return this.#busy(request, 0);',
    replace: "if (holding === undefined) return { kind: 'busy', retryAfterMs: 0 };",
    harmless: 'the tenure is revoked as it begins: claim and hand back, in vain',
  },
  {
    name: 'standing: a renewal may overtake a new token',
    file: STANDING,
    search: 'const written = holding.writing.then(write, write);',
    replace: 'const written = write();',
    harmless:
      'the renewal names its token, so that the worst it meets is a refusal: the lease is lost, and taken again',
  },
  {
    name: 'standing: not released',
    file: STANDING,
    search: 'store.release({ key: lease.key, holder, fencingToken, attemptId });',
    replace: 'store.release({ key: lease.key, holder, fencingToken: -1, attemptId });',
  },
  {
    name: 'give back: a death blocks until expiry',
    file: CONSUMER,
    search: '      else await this.#giveBack(updateId, grant);\n',
    replace: '',
  },
  {
    name: 'standing: a new token does not lengthen it',
    file: STANDING,
    search: '      holding.countdown = reply.lease;\n      holding.attempted',
    replace: '      holding.attempted',
  },
  {
    name: 'standing: what was attempted under a token has no bound',
    file: STANDING,
    search: ' || holding.attempted.size >= MAX_ATTEMPTED',
    replace: '',
  },
  {
    name: 'standing: an update stays tied to its lease',
    file: CONSUMER,
    search: "    lost?.removeEventListener('abort', revoke);\n",
    replace: '',
  },
  {
    name: 'standing: a renewal whose response was lost is a loss',
    file: STANDING,
    search: 'if (hasLanded(reply, attemptId)) {',
    replace: "if (reply.kind === 'applied') {",
  },
  {
    name: 'standing: a release whose response was lost counts as a loss',
    file: STANDING,
    search: "if (hasLanded(reply, attemptId)) emit({ type: 'released'",
    replace: "if (reply.kind === 'applied') emit({ type: 'released'",
  },
  {
    name: 'standing: released by the token of before its turn',
    file: STANDING,
    search: '(holding) => this.#inTurn(holding, () => this.#releaseOne(holding))',
    replace:
      '(holding) => {\n      const before = { ...holding };\n      return this.#inTurn(holding, () => this.#releaseOne(before));\n    }',
  },
  {
    name: 'standing: its partitions are asked for one after another',
    file: 'functions/lease/limits.ts',
    search: 'export const REQUESTS_AT_ONCE = 16;',
    replace: 'export const REQUESTS_AT_ONCE = 1;',
  },
  {
    name: 'standing: a slow round puts off the next one',
    file: STANDING,
    search: 'await sleep(this.#context.clock, round.remainingMs(), signal);',
    replace: 'await sleep(this.#context.clock, everyMs, signal);',
    harmless: 'a round takes less than a term though the store needs a second for each request',
  },
  {
    name: 'standing: a defect of a renewal leaves it to run out',
    file: STANDING,
    search: `      this.#lose(holding, 'the renewal was not confirmed by the store');
      if (!(error instanceof StoreUnavailableError)) throw error;`,
    replace: `      if (!(error instanceof StoreUnavailableError)) throw error;
      this.#lose(holding, 'the renewal was not confirmed by the store');`,
  },
];
