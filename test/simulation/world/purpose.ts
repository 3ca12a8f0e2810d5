import type { Input } from '../dynamodb/table.ts';

/** The purpose of a request, as its content shows it. */
export type Purpose =
  | 'acquire'
  | 'renew'
  | 'release'
  | 'force-release'
  | 'retire'
  | 'create'
  | 'flip'
  /** Nobody's request: the layout as somebody has left it by hand. */
  | 'lose'
  | 'claim'
  | 'settle'
  | 'replay'
  | 'drop'
  | 'list'
  | 'unlist'
  | 'read'
  | 'other';

const UPDATES: [Purpose, RegExp][] = [
  ['acquire', /^SET holder = /],
  ['retire', /retired = /],
  ['force-release', /forced_holder = /],
  ['release', /lease_expires_at_ms = :zero REMOVE holder/],
  ['renew', /^SET attempt_id = :attempt, lease_expires_at_ms = :expires$/],
  ['flip', /epoch = /],
  ['settle', /settled_at_ms = :now/],
  ['claim', /^SET #status = :claimed/],
  ['replay', /^SET #status = :failed/],
  ['drop', /dropped_at_ms = /],
];

export function purposeOf(operation: string, input: Input): Purpose {
  if (operation === 'Get' || operation === 'Query') return 'read';
  if (operation === 'Delete') return 'unlist';
  if (operation === 'Put') {
    const pk = String(input.Item?.['pk']);
    if (pk.startsWith('DEAD#')) return 'list';
    return pk.startsWith('LEASE#') ? 'create' : 'other';
  }
  const text = input.UpdateExpression ?? '';
  return UPDATES.find(([, pattern]) => pattern.test(text))?.[0] ?? 'other';
}
