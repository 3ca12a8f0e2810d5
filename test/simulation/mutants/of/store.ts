import type { Mutant } from '../mutant.ts';

const WITHIN_BUDGET = 'functions/aws/within-budget.ts';

export const STORE_MUTANTS: Mutant[] = [
  {
    name: 'store: an answer whose head never comes is waited for',
    file: WITHIN_BUDGET,
    search: 'throwOnRequestTimeout: true,',
    replace: 'throwOnRequestTimeout: false,',
  },
  {
    name: 'store: an answer whose body stops is waited for',
    file: WITHIN_BUDGET,
    search: '      socketTimeout: answerMs,\n',
    replace: '',
  },
];
