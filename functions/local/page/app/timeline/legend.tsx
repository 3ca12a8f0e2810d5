import type { JSX } from 'preact';
import { SIGNS } from './timeline.tsx';

const SPANS = {
  acquire: 'acquire',
  claim: 'claim',
  handle: 'handle',
  settle: 'settle',
  call: 'Telegram call',
};
const MARKS = {
  takeover: 'takeover',
  contended: 'another consumer is busy',
  duplicate: 'duplicate',
  fenced: 'fenced',
  failed: 'failed or deferred',
  parked: 'parked',
  outage: 'no store',
  note: 'lost, late, sent twice, or a clock',
} as const;

/** Colours and signs in words. */
export function Legend(): JSX.Element {
  return (
    <ul class="legend">
      {Object.entries(SPANS).map(([kind, text]) => (
        <li key={kind}>
          <svg width={14} height={10} aria-hidden="true">
            <rect class={`span ${kind}`} width={14} height={10} />
          </svg>{' '}
          {text}
        </li>
      ))}
      {Object.entries(MARKS).map(([kind, text]) => (
        <li key={kind}>
          <span aria-hidden="true">{SIGNS[kind as keyof typeof MARKS]}</span> {text}
        </li>
      ))}
      <li>
        <svg width={14} height={10} aria-hidden="true">
          <rect class="absent frozen" width={14} height={10} />
        </svg>{' '}
        frozen
      </li>
      <li>
        <svg width={14} height={10} aria-hidden="true">
          <rect class="absent dead" width={14} height={10} />
        </svg>{' '}
        dead
      </li>
    </ul>
  );
}
