import type { Mutant } from '../mutant.ts';

const TENURE_BOT = 'functions/telegram/tenure-bot.ts';

export const WIRE_MUTANTS: Mutant[] = [
  {
    name: 'wire: a call does not pass the guard',
    file: TENURE_BOT,
    search: 'return tenure.run(call, { background: BACKGROUND.has(methodOf(input)) });',
    replace: 'return call(tenure.signal);',
  },
  {
    name: 'wire: a call is in when its head is',
    file: TENURE_BOT,
    search: `      const body = await response.text();
      return new Response(isOfBotApi(body) ? body : inItsPlace(response.status));`,
    replace: '      return response;',
  },
  {
    name: 'wire: a call has no limit of its own',
    file: TENURE_BOT,
    search: 'const signals = init?.signal ? [init.signal, signal] : [signal];',
    replace: 'const signals = [signal];',
  },
  {
    name: 'wire: a call has a limit beyond its tenure',
    file: TENURE_BOT,
    search: 'Math.min(TELEGRAM_CALL_TIMEOUT_MS, tenure.remainingMs())',
    replace: 'TELEGRAM_CALL_TIMEOUT_MS',
    harmless: 'the tenure’s own signal ends it by then',
  },
  {
    name: 'wire: a flood wait outlives its tenure',
    file: TENURE_BOT,
    search: '    endsWith(tenure),\n',
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
    file: TENURE_BOT,
    search: 'status === 429 || status === 413 || status >= 500 ? status : 502',
    replace: 'status',
  },
  {
    name: 'wire: nobody waits for a message either',
    file: TENURE_BOT,
    search: "new Set(['sendChatAction'])",
    replace: "new Set(['sendChatAction', 'sendMessage'])",
  },
];
