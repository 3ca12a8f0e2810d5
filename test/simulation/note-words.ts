import type { Mishap } from '../../functions/local/page/timeline/trace.ts';
import type { Step } from './plan.ts';
import type { CallFate, DeliveryFate, RequestFate } from './world/fates.ts';
import type { NoteEntry } from './world/history.ts';

type Fate = RequestFate | CallFate | DeliveryFate;

const FATES: Readonly<Record<Fate['kind'], string>> = {
  'lost-before': 'lost before it arrives',
  'lost-after': 'applied, its answer is lost',
  delayed: 'arrives late',
  duplicated: 'arrives twice',
  throttled: 'throttled',
  refused: 'refused',
  silent: 'lost before it arrives',
  'lost-response': 'has its effect, its answer is lost',
  slow: 'has its effect late',
  'held-up': 'leaves late, its process stands still before',
  kill: 'its process is killed',
  freeze: 'its process stands still',
  impatient: 'Telegram does not wait, and delivers again',
  'lost-answer': 'its answer is lost',
};

const MISHAPS: Readonly<Partial<Record<Fate['kind'] | Step['do'], Mishap>>> = {
  'lost-before': 'lost',
  'lost-after': 'lost',
  silent: 'lost',
  'lost-response': 'lost',
  'lost-answer': 'lost',
  delayed: 'late',
  slow: 'late',
  'held-up': 'late',
  duplicated: 'twice',
  impatient: 'twice',
  'set-clock': 'clock',
};

const STEPS: Readonly<Record<Step['do'], string>> = {
  shift: 'deliveries go to another version',
  'poller-start': 'a poller is started',
  webhook: 'the webhook changes',
  'poller-stop': 'a poller is stopped',
  freeze: 'frozen',
  kill: 'killed',
  'set-clock': 'its wall clock is set',
  expire: 'what has expired is deleted',
  'lose-layout': 'the layout is lost',
  activate: 'a layout is made where there is none',
  partitions: 'partitions set',
  'force-release': 'release --force',
  replay: 'dead replay',
  drop: 'dead drop',
};

/** Facts of a fate or a step that a person wants to know, in this order. */
const FACTS: Readonly<Record<string, (value: never) => string>> = {
  when: (when: 'before' | 'after') => (when === 'before' ? 'before it leaves' : 'before the answer comes'),
  byMs: (ms: number) => `by ${ms.toFixed(0)} ms`,
  afterMs: (ms: number) => `after ${ms.toFixed(0)} ms`,
  forMs: (ms: number) => `for ${ms.toFixed(0)} ms`,
  errorMs: (ms: number) => `${ms.toFixed(0)} ms from real time`,
  status: (status: number) => `status ${status}`,
  retryAfterS: (seconds: number) => `to be tried again after ${seconds} s`,
  every: (isEvery: boolean) => (isEvery ? 'and so is each further try' : ''),
  count: (count: number) => String(count),
  partition: (partition: number) => `partition ${partition}`,
  isRestored: (isRestored: boolean) => (isRestored ? 'and the one of before is restored' : ''),
  evenIfLive: (isLive: boolean) => (isLive ? 'even of a live holder' : ''),
  updateId: (updateId: number) => `update ${updateId}`,
};

/**
 * A history's note for people: the object at its end, which the checks read, in words, and the mishap that it is.
 * @returns undefined for what was to befall a process when none lived
 */
export function noteInWords({
  text,
  machine,
}: Pick<NoteEntry, 'text' | 'machine'>): { text: string; mishap?: Mishap } | undefined {
  const [, lead = '', object] = /^([^{]*)(\{.*\})$/s.exec(text) ?? [];
  if (object === undefined) return { text };
  const told = JSON.parse(object) as Fate | Step;
  if (machine === 'world' && 'which' in told) return undefined;
  const what = 'do' in told ? STEPS[told.do] : FATES[told.kind];
  const mishap = MISHAPS['do' in told ? told.do : told.kind];
  const facts = Object.entries(FACTS).flatMap(([name, inWords]) =>
    name in told ? inWords((told as unknown as Record<string, never>)[name]!) : [],
  );
  return {
    text: lead + [what, ...facts.filter((fact) => fact !== '')].join(', '),
    ...(mishap && { mishap }),
  };
}
