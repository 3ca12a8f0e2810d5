import type { Mutant } from '../mutant.ts';

const CLIENT = 'functions/dynamodb/client.ts';

export const STORE_MUTANTS: Mutant[] = [
  {
    name: 'store: an answer whose head never comes is waited for',
    file: CLIENT,
    search: 'throwOnRequestTimeout: true,',
    replace: 'throwOnRequestTimeout: false,',
  },
  {
    name: 'store: an answer whose body stops is waited for',
    file: CLIENT,
    search: '      socketTimeout: requestTimeoutMs,\n',
    replace: '',
  },
];
