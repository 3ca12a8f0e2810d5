import type { Mutant } from '../mutant.ts';

const ANSWER = 'functions/http/answer.ts';

export const ANSWER_MUTANTS: Mutant[] = [
  {
    name: 'answer: what another has taken over ends here',
    file: ANSWER,
    search: "    case 'parked':\n",
    replace: "    case 'parked':\n    case 'fenced' as never:\n",
  },
  {
    name: 'answer: a wait is rounded down',
    file: ANSWER,
    search: 'Math.ceil(waitMs / 1000)',
    replace: 'Math.floor(waitMs / 1000)',
  },
  {
    name: 'answer: a press waits as long as anybody',
    file: ANSWER,
    search: 'callback_query: 5, inline_query: 1',
    replace: 'callback_query: 3_600, inline_query: 3_600',
  },
  {
    name: 'receive: a defect ends the update',
    file: 'functions/http/receive.ts',
    search: "return jsonReply(500, { outcome: 'failed' });",
    replace: "return jsonReply(200, { outcome: 'failed' });",
  },
  {
    name: 'receive: secrets that cannot be read make every one wrong',
    file: 'functions/http/receive.ts',
    search: '      return notReady();\n',
    replace: "      return refuse(401, 'wrong or missing secret token');\n",
  },
];
