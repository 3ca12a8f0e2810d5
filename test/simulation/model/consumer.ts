import type { Clause } from './clauses.ts';
import { isSettled } from './conditions.ts';
import { NOBODY, type Answer, type Consumer, type Request, type State, type Status } from './state.ts';

/** A promise that the model saw broken. */
export class Broken extends Error {}

export function must(holds: boolean, otherwise: string): void {
  if (!holds) throw new Broken(otherwise);
}

const LOOKS = 2;

type Asked<R = Request> = R extends Request ? Omit<R, 'by' | 'attempt'> : never;

/** One consumer as functions/lease/consumer.ts and partition-lease.ts have it, in one state. */
export class ConsumerAt {
  readonly #state: State;
  readonly #who: number;
  readonly #maxAttempts: number;
  readonly #without: Clause | undefined;

  constructor(state: State, who: number, maxAttempts: number, without: Clause | undefined) {
    this.#state = state;
    this.#who = who;
    this.#maxAttempts = maxAttempts;
    this.#without = without;
  }

  get #me(): Consumer {
    return this.#state.consumers[this.#who]!;
  }

  take(update: number): void {
    this.#me.update = update;
    this.#acquire();
  }

  /** Learns how its request ended. */
  learn(answer: Answer): void {
    const me = this.#me;
    const { request } = me.asked!;
    me.asked = undefined;
    switch (me.doing) {
      case 'acquiring':
        return this.#acquired(request as Extract<Request, { kind: 'acquire' }>, answer);
      case 'looking':
        if (!isSettled(answer.item!, me.over, this.#without)) return this.#end(503);
        return this.#acquire();
      case 'claiming':
        return this.#claimed(request.attempt, answer);
      case 'looking for an unknown claim': {
        const { status, token, attempts } = answer.item!;
        if (status !== 'claimed' || token !== me.token) return this.#end(503);
        me.attempts = attempts;
        return this.#settle('deferred', 'handing back');
      }
      case 'settling':
        return this.#settled(request as Extract<Request, { kind: 'settle' }>, answer);
      case 'looking why it was fenced':
        return this.#end(isFinal(answer.item!.status) ? 200 : 500);
      case 'giving back':
        return this.#end(200);
      default:
        return this.#end(503);
    }
  }

  /** Hears nothing, in as many tries as it has. */
  giveUp(): void {
    const me = this.#me;
    const { doing } = me;
    me.asked = undefined;
    if (doing === 'claiming') {
      if (this.#without === 'claim of unknown outcome: nothing begins') {
        me.attempts = 1;
        me.doing = 'about to begin';
        return;
      }
      this.#ask('looking for an unknown claim', { kind: 'read', update: me.update });
      return;
    }
    const isLie = doing === 'settling' && this.#without === 'answer: 2xx when the outcome is in the store';
    this.#end(isLie || doing === 'giving back' ? 200 : 503);
  }

  begin(): void {
    const me = this.#me;
    if (me.vanished && me.attempts > this.#maxAttempts) return this.#settle('dead');
    if (!this.#isHeld() && this.#without !== 'begin: not after the tenure has lapsed')
      return this.#settle('deferred');
    if (!this.#state.forced.includes(me.token)) this.#mustBeClaimed('begins');
    me.doing = 'about to call';
  }

  call(): void {
    const { lease, out, ages, forced } = this.#state;
    const me = this.#me;
    if (!this.#isHeld() && this.#without !== 'call: the guard') return this.#settle('deferred');
    me.doing = 'called';
    if (forced.includes(me.token)) return;
    must(
      lease.token === me.token && lease.holder === this.#who,
      `G1: consumer ${this.#who} calls under token ${me.token}, and the store names ${lease.holder} under ${lease.token}`,
    );
    this.#mustBeClaimed('calls');
    for (const token of out)
      must(
        token >= me.token || ages[token] === 'expired',
        `G1: a call under token ${me.token} leaves while one under ${token} is out`,
      );
  }

  done(): void {
    this.#settle('done');
  }

  fail(): void {
    this.#settle(this.#me.attempts >= this.#maxAttempts ? 'dead' : 'failed');
  }

  /** Its call ignores the end of its tenure. */
  leaveCallOut(): void {
    const me = this.#me;
    this.#state.out.push(me.token);
    if (this.#without === 'settle: after every call is in') return this.#settle('done');
    this.#end(503);
  }

  #isHeld(): boolean {
    return this.#state.ages[this.#me.token] === 'live';
  }

  #mustBeClaimed(does: string): void {
    const { token, update } = this.#me;
    const { status, token: under } = this.#state.items[update]!;
    must(
      status === 'claimed' && under === token,
      `G3: consumer ${this.#who} ${does} for update ${update} under token ${token}, and it is ${status} under ${under}`,
    );
  }

  #ask(doing: Consumer['doing'], asked: Asked): void {
    const request = { ...asked, by: this.#who, attempt: (this.#state.attempts += 1) };
    this.#me.doing = doing;
    this.#me.asked = { request, copies: 1, answers: [] };
    this.#state.network.push(request);
  }

  #acquire(): void {
    const { lease, ages } = this.#state;
    const { update, own, over } = this.#me;
    // Nobody asks whether a token has expired that is not the lease's any more.
    const expired = ages[lease.token] === 'expired' ? [lease.token] : [];
    this.#me.own = 0;
    this.#me.over = 0;
    this.#ask('acquiring', { kind: 'acquire', update, own, over, expired });
  }

  #acquired(request: Extract<Request, { kind: 'acquire' }>, { applied, lease }: Answer): void {
    const me = this.#me;
    const { token, attempt, holder, update } = lease!;
    const isMine = applied || attempt === request.attempt;
    if (isMine) {
      me.token = token;
      me.begun = request.attempt;
      return this.#ask('claiming', { kind: 'claim', update: me.update, token });
    }
    if (me.looks >= LOOKS) return this.#end(503);
    me.looks += 1;
    if (holder === NOBODY) return this.#acquire();
    me.over = token;
    // An attempt of its own that landed after it had been given up.
    if (holder === this.#who && attempt !== me.begun) return this.#acquire();
    if (update === NOBODY) return this.#end(503);
    this.#ask('looking', { kind: 'read', update });
  }

  #claimed(attempt: number, { applied, item }: Answer): void {
    const me = this.#me;
    const { status, attempts } = item!;
    if (applied || item!.attempt === attempt) {
      me.attempts = attempts;
      me.vanished = attempts > 1;
      me.doing = 'about to begin';
      return;
    }
    if (status === 'done') {
      me.own = me.token;
      return this.#end(200);
    }
    if (status !== 'dead') return this.#end(500);
    me.begun = 0;
    this.#ask('giving back', { kind: 'release', token: me.token });
  }

  #settle(status: Status, doing: 'settling' | 'handing back' = 'settling'): void {
    const { update, token, attempts } = this.#me;
    const counted = status === 'deferred' ? attempts - 1 : attempts;
    this.#ask(doing, { kind: 'settle', update, token, status, attempts: counted });
  }

  #settled({ attempt, status }: Extract<Request, { kind: 'settle' }>, { applied, item }: Answer): void {
    const me = this.#me;
    if (!applied && item!.attempt !== attempt)
      return this.#ask('looking why it was fenced', { kind: 'read', update: me.update });
    me.own = me.token;
    this.#end(isFinal(status) ? 200 : 503);
  }

  #end(code: number): void {
    const me = this.#me;
    const { items, answered } = this.#state;
    if (code === 200) {
      const { status, parked } = items[me.update]!;
      must(isFinal(status) || parked, `G2: update ${me.update} is answered 2xx, and it is ${status}`);
      answered[me.update] = true;
    }
    Object.assign(me, {
      doing: 'idle',
      update: NOBODY,
      token: 0,
      over: 0,
      looks: 0,
      attempts: 0,
      vanished: false,
    });
  }
}

function isFinal(status: Status): boolean {
  return status === 'done' || status === 'dead';
}
