export const NOBODY = -1;

export type Status = 'none' | 'claimed' | 'done' | 'failed' | 'deferred' | 'dead';

/** The lease item. Attempt ids are numbers; 0 is none. */
export interface Lease {
  token: number;
  holder: number;
  update: number;
  attempt: number;
}

/** The ledger's item of one update. */
export interface LedgerItem {
  status: Status;
  token: number;
  attempt: number;
  attempts: number;
  parked: boolean;
}

/** How much is left of a token's time: its holder's guard gives up first, then anybody may follow it. */
export type Age = 'live' | 'lapsed' | 'expired';

export type Request = { by: number; attempt: number } & (
  | { kind: 'acquire'; update: number; own: number; over: number; expired: readonly number[] }
  | { kind: 'claim'; update: number; token: number }
  | { kind: 'settle'; update: number; token: number; status: Status; attempts: number }
  | { kind: 'release'; token: number }
  | { kind: 'read'; update: number }
  | { kind: 'force-release'; token: number }
  | { kind: 'replay'; update: number; seen: number }
);

/** The answer to one copy of a request; a refusal carries the item as it was. */
export interface Answer {
  applied: boolean;
  lease?: Lease;
  item?: LedgerItem;
}

export type Doing =
  | 'idle'
  | 'acquiring'
  | 'looking'
  | 'claiming'
  | 'looking for an unknown claim'
  | 'about to begin'
  | 'about to call'
  | 'called'
  | 'settling'
  | 'handing back'
  | 'looking why it was fenced'
  | 'giving back';

export interface Consumer {
  life: 'spare' | 'alive' | 'dead';
  doing: Doing;
  update: number;
  token: number;
  /** The token of its last tenure, which it may follow by itself. */
  own: number;
  /** The attempt by which its last tenure began. */
  begun: number;
  /** A token that it has read as over; 0: none. */
  over: number;
  looks: number;
  /** As its claim left the item. */
  attempts: number;
  vanished: boolean;
  asked: { request: Request; copies: number; answers: Answer[] } | undefined;
}

/** Somebody at a terminal, between looking and asking. */
export interface Operator {
  saw: number;
  update: number;
  isAsking: boolean;
}

export interface State {
  lease: Lease;
  /** By token. */
  ages: Age[];
  items: LedgerItem[];
  consumers: Consumer[];
  network: Request[];
  /** Tokens of which a call is still out. */
  out: number[];
  /** Tokens that were released by force: nothing is promised of them. */
  forced: number[];
  answered: boolean[];
  deliveries: number[];
  left: {
    faults: number;
    expiries: number;
    failures: number;
    stuck: number;
    releases: number;
    replays: number;
  };
  releasing: Operator | undefined;
  replaying: Operator | undefined;
  attempts: number;
}

/** How much may happen. */
export interface Bounds {
  consumers: number;
  /** Started when another one is killed. */
  spares: number;
  updates: number;
  /** For each update. */
  deliveries: number;
  /** Lost, doubled and late requests, lost answers, kills: together. */
  faults: number;
  expiries: number;
  failures: number;
  /** Calls that do not end. */
  stuck: number;
  releases: number;
  replays: number;
  /** After which what vanishes, or fails, is parked. */
  maxAttempts: number;
}

export function initial(bounds: Bounds): State {
  const { faults, expiries, failures, stuck, releases, replays } = bounds;
  const idle: Consumer = {
    life: 'alive',
    doing: 'idle',
    update: NOBODY,
    token: 0,
    own: 0,
    begun: 0,
    over: 0,
    looks: 0,
    attempts: 0,
    vanished: false,
    asked: undefined,
  };
  const all = <T>(of: number, make: (index: number) => T): T[] =>
    Array.from({ length: of }, (_, n) => make(n));
  return {
    lease: { token: 0, holder: NOBODY, update: NOBODY, attempt: 0 },
    ages: ['expired'],
    items: all(bounds.updates, () => ({ status: 'none', token: 0, attempt: 0, attempts: 0, parked: false })),
    consumers: all(bounds.consumers + bounds.spares, (n) => ({
      ...idle,
      life: n < bounds.consumers ? 'alive' : 'spare',
    })),
    network: [],
    out: [],
    forced: [],
    answered: all(bounds.updates, () => false),
    deliveries: all(bounds.updates, () => bounds.deliveries),
    left: { faults, expiries, failures, stuck, releases, replays },
    releasing: undefined,
    replaying: undefined,
    attempts: 0,
  };
}

export function copyOf(state: State): State {
  return {
    ...state,
    lease: { ...state.lease },
    ages: [...state.ages],
    items: state.items.map((item) => ({ ...item })),
    consumers: state.consumers.map((consumer) => ({
      ...consumer,
      asked: consumer.asked && { ...consumer.asked, answers: [...consumer.asked.answers] },
    })),
    network: [...state.network],
    out: [...state.out],
    forced: [...state.forced],
    answered: [...state.answered],
    deliveries: [...state.deliveries],
    left: { ...state.left },
    releasing: state.releasing && { ...state.releasing },
    replaying: state.replaying && { ...state.replaying },
  };
}

/**
 * The same text for states that differ in nothing that matters: attempts are named in the order of their mention, and
 * the network has no order.
 */
export function keyOf(state: State): string {
  const names = new Map<number, number>([[0, 0]]);
  const name = (attempt: number): number => {
    const known = names.get(attempt) ?? names.size;
    names.set(attempt, known);
    return known;
  };
  const rename = (key: string, value: unknown): unknown =>
    (key === 'attempt' || key === 'begun' || key === 'seen' || key === 'saw') && typeof value === 'number'
      ? name(value)
      : value;
  const { attempts: _, network, ...rest } = state;
  const fixed = JSON.stringify(rest, rename);
  const sorted = network.map((request) => JSON.stringify(request, rename)).sort();
  return `${fixed}${sorted.join('')}`;
}
