/** The handling of an update, and the ways in which it goes wrong by its own fault. */
export interface Behaviour {
  /** Telegram calls, one after another. */
  calls: number;
  /** Between two calls, and before the first. */
  thinkMs: number;
  /** In the first so many attempts it waits for a store so long before each call. */
  slowReads: { times: number; forMs: number };
  /** Each second it shows that it is typing, by a call of this length for which nobody waits; 0: it does not. */
  typesForMs: number;
  /** The first so many attempts throw, after so many calls. */
  throws: { times: number; afterCalls: number };
  /** The first so many attempts kill their process, after so many calls. */
  crashes: { times: number; afterCalls: number };
  /** The first so many attempts never end, after so many calls. */
  hangs: { times: number; afterCalls: number };
  /** The last call is not waited for. */
  forgetsLastCall: boolean;
  /** The first so many attempts begin their calls only so long before their tenure ends. */
  lingers: { times: number; untilLastMs: number };
  /** It goes on after it has returned, and calls once more so much later. */
  callsAgainAfterMs?: number;
  /** Its calls do not end when they are aborted. */
  stubborn: boolean;
}

export const WELL_BEHAVED: Behaviour = {
  calls: 1,
  thinkMs: 10,
  slowReads: { times: 0, forMs: 0 },
  typesForMs: 0,
  throws: { times: 0, afterCalls: 0 },
  crashes: { times: 0, afterCalls: 0 },
  hangs: { times: 0, afterCalls: 0 },
  lingers: { times: 0, untilLastMs: 0 },
  forgetsLastCall: false,
  stubborn: false,
};

export type UpdateKind = 'message' | 'callback_query' | 'inline_query';

export interface PlannedUpdate {
  update_id: number;
  /** Ids restart after a quiet week: another update of the same id has another generation. */
  generation: number;
  atMs: number;
  chat: number;
  kind: UpdateKind;
  behaviour: Behaviour;
}

/** How long Telegram keeps an update. */
export const LIFETIME_MS: Record<UpdateKind, number> = {
  message: 86_400_000,
  callback_query: 150_000,
  inline_query: 30_000,
};

/** Telegram's queues: messages by chat, button presses and inline queries by user. */
export function queueOf({ kind, chat }: PlannedUpdate): string {
  return kind === 'message' ? `chat ${chat}` : `${kind} ${chat}`;
}

export const nameOfUpdate = (update: { update_id: number; generation: number }): string =>
  `${update.update_id}.${update.generation}`;

/** An update as it comes over the wire, with its plan in it. */
export interface WiredUpdate {
  update_id: number;
  planned: PlannedUpdate;
}

export function wired(planned: PlannedUpdate): WiredUpdate {
  const person = { id: planned.chat };
  // The first key after the id is what tells an update's kind.
  const content = planned.kind === 'message' ? { chat: person, from: person } : { from: person };
  return { update_id: planned.update_id, [planned.kind]: content, planned };
}
