import type { Mutant } from '../mutant.ts';

const LEDGER_STORE = 'functions/dynamodb/ledger-store.ts';
const CONSUMER = 'functions/lease/consumer.ts';
const ATTEMPTS = 'functions/lease/attempts.ts';
const OUTBOX = 'functions/lease/outbox.ts';
const TENURE = 'functions/lease/tenure.ts';

export const EFFECT_MUTANTS: Mutant[] = [
  {
    name: 'messages: the settling does not remember them',
    file: LEDGER_STORE,
    search: 'const hasProgress = progress.sent > 0 || progress.unconfirmed > 0;',
    replace: 'const hasProgress = progress.sent > 1_000;',
  },
  {
    name: 'messages: the settling remembers them as the claim found them',
    file: CONSUMER,
    search: '{ ...state, progress: tenure.progress }',
    replace: '{ ...state }',
  },
  {
    name: 'messages: the next claim does not read them',
    file: ATTEMPTS,
    search: 'progress: before.progress,',
    replace: 'progress: NOTHING_SENT,',
  },
  {
    name: 'messages: a claim whose response was lost does not read them',
    file: ATTEMPTS,
    search: 'progress: claimed.progress,',
    replace: 'progress: NOTHING_SENT,',
  },
  {
    name: 'messages: a reused id inherits those of its namesake',
    file: LEDGER_STORE,
    search: "payload_chunks,' +\n          ' messages_sent, messages_unconfirmed',",
    replace: "payload_chunks',",
  },
  {
    name: 'messages: a replay inherits the repetitions',
    file: LEDGER_STORE,
    search: "' REMOVE first_attempt_at_ms, messages_unconfirmed',",
    replace: "' REMOVE first_attempt_at_ms',",
  },
  {
    name: 'messages: a replay forgets what has arrived',
    file: LEDGER_STORE,
    search: "' REMOVE first_attempt_at_ms, messages_unconfirmed',",
    replace: "' REMOVE first_attempt_at_ms, messages_unconfirmed, messages_sent',",
  },
  {
    name: 'messages: what is unconfirmed is repeated without end',
    file: OUTBOX,
    search: 'return unconfirmed >= MAX_UNCONFIRMED;',
    replace: 'return unconfirmed >= 1_000;',
  },
  {
    name: 'messages: what is unconfirmed passes for arrived',
    file: OUTBOX,
    search: "how === 'arrived' ? { sent",
    replace: "how !== 'not-sent' ? { sent",
  },
  {
    name: 'messages: what was refused passes for arrived',
    file: OUTBOX,
    search: "if (this.#isBroken || how === 'not-sent') return;",
    replace: 'if (this.#isBroken) return;',
  },
  {
    name: 'messages: those after an unconfirmed one are counted',
    file: OUTBOX,
    search: "this.#isBroken = how === 'unknown';",
    replace: 'this.#isBroken = false;',
  },
  {
    name: 'messages: the repetitions of one are counted on for the next',
    file: OUTBOX,
    search: '{ sent: sent + 1, unconfirmed: 0 }',
    replace: '{ sent: sent + 1, unconfirmed }',
  },
  {
    name: 'messages: repeated without asking whether Telegram answers',
    file: TENURE,
    search: "if (turn === 'ask-first') await this.run(options.ask);",
    replace: '',
  },
  {
    name: 'messages: sent again though they have arrived',
    file: TENURE,
    search: "if (turn === 'skip') return undefined;",
    replace: '',
  },
  {
    name: 'messages: counted after the settling may have begun',
    file: TENURE,
    search: '      this.#outbox.ended(options.arrivalOf(ended));\n',
    replace: '      setImmediate(() => this.#outbox.ended(options.arrivalOf(ended)));\n',
  },
  {
    name: 'messages: asked again behind one that has just gone unconfirmed',
    file: OUTBOX,
    search: 'this.#progress.unconfirmed > 0 && !this.#isBroken ?',
    replace: 'this.#progress.unconfirmed > 0 ?',
  },
];
