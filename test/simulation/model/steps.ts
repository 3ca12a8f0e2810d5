import type { Clause } from './clauses.ts';
import { mayAcquire, mayClaim, mayForce, mayRelease, mayReplay, maySettle } from './conditions.ts';
import { Broken, ConsumerAt, must } from './consumer.ts';
import { copyOf, NOBODY, type Answer, type Bounds, type Request, type State } from './state.ts';

export interface Step {
  name: string;
  state: State;
  /** The promise that it breaks. */
  broken?: string;
}

/** Everything that may happen next. */
export function* steps(from: State, bounds: Bounds, without?: Clause): Generator<Step, void, undefined> {
  const step = (name: string, change: (state: State) => void): Step => {
    const state = copyOf(from);
    try {
      change(state);
      return { name, state };
    } catch (error) {
      if (error instanceof Broken) return { name, state, broken: error.message };
      throw error;
    }
  };
  const at = (state: State, who: number): ConsumerAt =>
    new ConsumerAt(state, who, bounds.maxAttempts, without);
  for (const who of from.consumers.keys()) yield* ofConsumer(from, who, step, at);
  for (const index of from.network.keys()) yield* ofRequest(from, index, step, without);
  yield* ofTime(from, step);
  yield* ofOperators(from, step);
}

type Make = (name: string, change: (state: State) => void) => Step;

function* ofConsumer(
  from: State,
  who: number,
  step: Make,
  at: (state: State, who: number) => ConsumerAt,
): Generator<Step, void, undefined> {
  const { life, doing, asked, update } = from.consumers[who]!;
  const { faults, failures, stuck } = from.left;
  if (life !== 'alive') return;
  if (doing === 'idle') {
    for (const [next, left] of from.deliveries.entries()) {
      // Telegram delivers again after a 2xx only where that was lost.
      if (left === 0 || (from.answered[next] && faults === 0)) continue;
      yield step(`${who} is given update ${next}`, (state) => {
        if (state.answered[next]) state.left.faults -= 1;
        state.deliveries[next]! -= 1;
        at(state, who).take(next);
      });
    }
  }
  if (asked !== undefined) {
    for (const answer of asked.answers)
      yield step(
        `${who} learns that its ${asked.request.kind} was ${answer.applied ? 'applied' : 'refused'}`,
        (state) => at(state, who).learn(answer),
      );
    if (faults > 0) {
      yield step(`${who} hears nothing of its ${asked.request.kind}`, (state) => {
        state.left.faults -= 1;
        at(state, who).giveUp();
      });
      if (asked.copies < 2 && asked.request.kind !== 'read')
        yield step(`${who} sends its ${asked.request.kind} again`, (state) => {
          state.left.faults -= 1;
          state.consumers[who]!.asked!.copies += 1;
          state.network.push(asked.request);
        });
    }
  }
  if (doing === 'about to begin')
    yield step(`${who} begins update ${update}`, (state) => at(state, who).begin());
  if (doing === 'about to call')
    yield step(`${who} calls Telegram for update ${update}`, (state) => at(state, who).call());
  if (doing === 'called') {
    yield step(`${who} is done with update ${update}`, (state) => at(state, who).done());
    if (failures > 0)
      yield step(`${who} fails with update ${update}`, (state) => {
        state.left.failures -= 1;
        at(state, who).fail();
      });
    if (stuck > 0)
      yield step(`${who} leaves a call of update ${update} out`, (state) => {
        state.left.stuck -= 1;
        at(state, who).leaveCallOut();
      });
  }
  if (faults > 0) yield step(`${who} is killed`, (state) => kill(state, who));
}

function kill(state: State, who: number): void {
  state.left.faults -= 1;
  const dead = state.consumers[who]!;
  Object.assign(dead, { life: 'dead', doing: 'idle', update: NOBODY, token: 0, own: 0, begun: 0, over: 0 });
  Object.assign(dead, { looks: 0, attempts: 0, vanished: false, asked: undefined });
  const spare = state.consumers.find(({ life }) => life === 'spare');
  if (spare !== undefined) spare.life = 'alive';
}

function* ofRequest(
  from: State,
  index: number,
  step: Make,
  without: Clause | undefined,
): Generator<Step, void, undefined> {
  const request = from.network[index]!;
  const land = (state: State): void => {
    const answer = apply(state, request, without);
    const sender = state.consumers[request.by];
    if (sender?.asked?.request.attempt === request.attempt) sender.asked.answers.push(answer);
    if (request.kind === 'force-release') state.releasing = undefined;
    if (request.kind === 'replay') state.replaying = undefined;
  };
  yield step(`the ${request.kind} of ${request.by} lands`, (state) => {
    state.network.splice(index, 1);
    land(state);
  });
  if (from.left.faults === 0 || request.kind === 'read') return;
  yield step(`the ${request.kind} of ${request.by} lands, and a copy of it is under way`, (state) => {
    state.left.faults -= 1;
    land(state);
  });
}

/** The store: one conditional write. */
function apply(state: State, request: Request, without: Clause | undefined): Answer {
  const { lease, ages } = state;
  switch (request.kind) {
    case 'acquire': {
      const isExpired =
        request.expired.includes(lease.token) || without === 'acquire: expired beyond the margin';
      if (!mayAcquire(lease, request, isExpired, without)) return { applied: false, lease: { ...lease } };
      const token = without === 'acquire: the token rises' ? Math.max(1, lease.token) : lease.token + 1;
      state.lease = { token, holder: request.by, update: request.update, attempt: request.attempt };
      ages[token] = 'live';
      return { applied: true, lease: { ...state.lease } };
    }
    case 'release': {
      if (!mayRelease(lease, request)) return { applied: false };
      state.lease = { ...lease, holder: NOBODY, update: NOBODY, attempt: request.attempt };
      ages[lease.token] = 'expired';
      return { applied: true };
    }
    case 'force-release': {
      if (!mayForce(lease, request)) return { applied: false };
      state.forced.push(lease.token);
      state.lease = { token: lease.token + 1, holder: NOBODY, update: NOBODY, attempt: request.attempt };
      ages[lease.token + 1] = 'expired';
      return { applied: true };
    }
    default:
      return applyToItem(state, request, without);
  }
}

function applyToItem(
  state: State,
  request: Extract<Request, { update: number }>,
  without: Clause | undefined,
): Answer {
  const item = state.items[request.update]!;
  const refused = { applied: false, item: { ...item } };
  switch (request.kind) {
    case 'claim': {
      if (!mayClaim(item, request, without)) return refused;
      must(item.status !== 'done', `G3: update ${request.update} is done, and is claimed again`);
      must(
        item.token < request.token,
        `G1: a claim under ${request.token} lands over one under ${item.token}`,
      );
      const { attempt, token } = request;
      Object.assign(item, { status: 'claimed', token, attempt, attempts: item.attempts + 1 });
      return { applied: true, item: { ...item } };
    }
    case 'settle': {
      if (!maySettle(item, request, without)) return refused;
      must(
        item.token === request.token,
        `G1: a settling under ${request.token} lands on a claim under ${item.token}`,
      );
      const { status, attempt, attempts } = request;
      Object.assign(item, { status, attempt, attempts });
      item.parked = status !== 'done' && (item.parked || status === 'dead');
      return { applied: true, item: { ...item } };
    }
    case 'replay': {
      if (!mayReplay(item, request, without)) return refused;
      must(item.attempt === request.seen, `G2: a replay of what its operator saw undoes what came later`);
      Object.assign(item, { status: 'failed', attempt: request.attempt, attempts: 0 });
      return { applied: true };
    }
    default:
      return { applied: true, item: { ...item } };
  }
}

/** Time in three steps: what the margins are for is that they come in this order. */
function* ofTime(from: State, step: Make): Generator<Step, void, undefined> {
  const { lease, ages, left, consumers, out } = from;
  const age = ages[lease.token];
  if (lease.holder !== NOBODY && age === 'live' && left.expiries > 0)
    yield step(`token ${lease.token} may not be acted under any more`, (state) => {
      state.ages[lease.token] = 'lapsed';
    });
  if (lease.holder !== NOBODY && age === 'lapsed' && left.expiries > 0)
    yield step(`token ${lease.token} expires`, (state) => {
      state.ages[lease.token] = 'expired';
      state.left.expiries -= 1;
    });
  // Those that are not the lease’s any more run out as well.
  const former = new Set(
    [...consumers.map(({ token }) => token), ...out].filter((token) => token !== lease.token),
  );
  for (const token of former) {
    const next = ages[token] === 'live' ? 'lapsed' : 'expired';
    if (token === 0 || ages[token] === 'expired') continue;
    yield step(`token ${token} is ${next}`, (state) => {
      state.ages[token] = next;
    });
  }
}

function* ofOperators(from: State, step: Make): Generator<Step, void, undefined> {
  const { lease, items, left, releasing, replaying } = from;
  const ask = (state: State, request: object, by: number): void => {
    state.network.push({ ...request, by, attempt: (state.attempts += 1) } as Request);
  };
  if (releasing === undefined && left.releases > 0 && lease.holder !== NOBODY)
    yield step('an operator looks at the lease', (state) => {
      state.left.releases -= 1;
      state.releasing = { saw: lease.token, update: NOBODY, isAsking: false };
    });
  if (releasing?.isAsking === false)
    yield step(`an operator releases token ${releasing.saw} by force`, (state) => {
      state.releasing!.isAsking = true;
      ask(state, { kind: 'force-release', token: releasing.saw }, -2);
    });
  if (replaying === undefined && left.replays > 0)
    for (const [update, { parked, status, attempt }] of items.entries()) {
      if (!parked || status === 'claimed') continue;
      yield step(`an operator looks at update ${update}`, (state) => {
        state.left.replays -= 1;
        state.replaying = { saw: attempt, update, isAsking: false };
      });
    }
  if (replaying?.isAsking === false)
    yield step(`an operator replays update ${replaying.update}, to be delivered once`, (state) => {
      state.replaying!.isAsking = true;
      state.deliveries[replaying.update]! += 1;
      state.answered[replaying.update] = false;
      ask(state, { kind: 'replay', update: replaying.update, seen: replaying.saw }, -3);
    });
}
