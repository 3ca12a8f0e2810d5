import type { Mutant } from '../mutant.ts';

const GUARDED_FETCH = 'functions/telegram/guarded-fetch.ts';
const END_BY_SIGNAL = 'functions/telegram/end-by-signal.ts';
const TENURE_BOT = 'functions/telegram/tenure-bot.ts';

export const WIRE_MUTANTS: Mutant[] = [
  {
    name: 'wire: a call does not pass the guard',
    file: GUARDED_FETCH,
    search: 'const answer = await tenure.send(call, {',
    replace: 'const answer = await call(tenure.signal);\n    void ({',
  },
  {
    name: 'wire: a call is in when its head is',
    file: GUARDED_FETCH,
    search: 'return answerIn(await response.text(), response.status);',
    replace: 'return answerIn(JSON.stringify({ ok: true, result: true }), response.status);',
  },
  {
    name: 'wire: a call has no limit of its own',
    file: GUARDED_FETCH,
    search: "'TimeoutError')), limitMs);",
    replace: "'TimeoutError')), limitMs * 1_000);",
  },
  {
    name: 'wire: a call ends though there is time left',
    file: GUARDED_FETCH,
    search: ': tenure.remainingMs() - ENDS_EARLIER_MS;',
    replace: ': TELEGRAM_CALL_TIMEOUT_MS;',
  },
  {
    name: 'wire: a flood wait outlives its tenure',
    file: TENURE_BOT,
    search: '    endBySignal(() => tenure.signal),\n',
    replace: '',
  },
  {
    name: 'wire: a flood wait is the handler’s own time',
    file: TENURE_BOT,
    search: '    waitedFor(tenure),\n',
    replace: '',
  },
  {
    name: 'wire: a flood is met three times more',
    file: TENURE_BOT,
    search: 'maxRetryAttempts: 1,',
    replace: 'maxRetryAttempts: 3,',
  },
  {
    name: 'wire: a long flood wait is sat out',
    file: TENURE_BOT,
    search: 'const LONGEST_FLOOD_WAIT_SECONDS = 3;',
    replace: 'const LONGEST_FLOOD_WAIT_SECONDS = 300;',
  },
  {
    name: 'wire: a call is repeated when Telegram is ill',
    file: TENURE_BOT,
    search: '      rethrowInternalServerErrors: true,\n',
    replace: '',
  },
  {
    name: 'wire: a call that was not answered is repeated',
    file: TENURE_BOT,
    search: '      rethrowHttpErrors: true,\n',
    replace: '',
  },
  {
    name: 'wire: the refusal of a proxy is Telegram’s',
    file: 'functions/telegram/bot-api-answer.ts',
    search: 'status === 429 || status === 413 || status >= 500 ? status : 502',
    replace: 'status',
  },
  {
    name: 'wire: nobody waits for a message either',
    file: GUARDED_FETCH,
    search: "new Set(['sendChatAction'])",
    replace: "new Set(['sendChatAction', 'sendMessage'])",
  },
  {
    name: 'wire: behind an error of a gateway nothing has arrived',
    file: GUARDED_FETCH,
    search: "errorCode >= 500 ? 'unknown' : 'not-sent'",
    replace: "errorCode >= 5_000 ? 'unknown' : 'not-sent'",
  },
  {
    name: 'wire: without a connection a message may have arrived',
    file: GUARDED_FETCH,
    search: "neverLeft(ended.reason) ? 'not-sent' : 'unknown'",
    replace: "'unknown'",
  },
  {
    name: 'wire: an answer that never came says that nothing has arrived',
    file: GUARDED_FETCH,
    search: "neverLeft(ended.reason) ? 'not-sent' : 'unknown'",
    replace: "'not-sent'",
  },
  {
    name: 'wire: what is forwarded is no message',
    file: GUARDED_FETCH,
    search: '/^(send|copy|forward)[A-Z]/',
    replace: '/^send[A-Z]/',
  },
  {
    name: 'wire: the sign that it is typing is a message',
    file: GUARDED_FETCH,
    search: 'if (isBackground || !SENDS.test(method)) {',
    replace: 'if (!SENDS.test(method)) {',
  },
  {
    name: 'wire: Telegram answers, though it says that it is ill',
    file: GUARDED_FETCH,
    search: 'if (errorCode !== undefined) throw new Error(',
    replace: 'if (errorCode === 0) throw new Error(',
  },
  {
    name: 'wire: a call does not end with a signal of its own',
    file: GUARDED_FETCH,
    search: 'init?.signal ? [signal, init.signal] : [signal]',
    replace: '[signal]',
  },
  {
    name: 'wire: the signal of a tenure stands for that of a call',
    file: END_BY_SIGNAL,
    search: '[signalOf(), ...(signal === undefined ? [] : [signal as unknown as AbortSignal])]',
    replace: 'signal === undefined ? [signalOf()] : [signalOf()]',
  },
  {
    name: 'wire: a call leaves its timer behind',
    file: GUARDED_FETCH,
    search: 'clearTimeout(timer);',
    replace: 'void timer;',
  },
  {
    name: 'wire: a flood wait may take more than half of what is left',
    file: TENURE_BOT,
    search: 'Math.floor((tenure.remainingMs() * FLOOD_WAIT_SHARE) / 1000)',
    replace: 'LONGEST_FLOOD_WAIT_SECONDS',
  },
  {
    name: 'wire: Telegram’s time is whatever nobody waits for, too',
    file: TENURE_BOT,
    search: 'return BACKGROUND.has(method) ? answer : tenure.waiting(answer);',
    replace: 'return tenure.waiting(answer);',
  },
];
