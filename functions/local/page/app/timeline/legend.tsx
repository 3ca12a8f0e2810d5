import type { JSX } from 'preact';
import type { Mark } from '../../timeline/picture.ts';
import { Sign } from './sign.tsx';

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
  lost: 'a request or its answer is lost',
  late: 'late',
  twice: 'sent or arrived twice',
  clock: 'a clock is set',
  note: 'something else that befalls it',
} as const satisfies Partial<Record<Mark['kind'], string>>;

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
          <svg width={22} height={14} viewBox="-11 -7 22 14" aria-hidden="true">
            <Sign kind={kind as keyof typeof MARKS} />
          </svg>{' '}
          {text}
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
