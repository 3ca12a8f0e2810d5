import type { IncomingMessage, ServerResponse } from 'node:http';
import * as v from 'valibot';
import { readBody } from './call-body.ts';
import type { HttpAnswer } from './dispatcher.ts';
import type { EventStream } from './event-stream.ts';
import type { ActiveFault, Control, Fault } from './types.ts';
import { isSameSecret } from '../machine/loopback.ts';

const MAX_BODY_BYTES = 64 * 1024 * 1024;

const id = v.pipe(v.number(), v.integer());
const bot = v.exactOptional(id);
const profile = {
  first_name: v.string(),
  last_name: v.exactOptional(v.string()),
  username: v.exactOptional(v.string()),
  language_code: v.exactOptional(v.string()),
};
const actor = v.union([id, v.object({ id, ...profile })]);
const waiting = { bot, timeoutMs: v.exactOptional(v.number()) };
const processed = v.exactOptional(v.boolean());

/** JSON knows no Infinity: null is for all calls. */
const times = v.exactOptional(
  v.pipe(
    v.nullable(id),
    v.transform((count) => count ?? Infinity),
  ),
);

const faultSchema = v.variant('kind', [
  v.object({ kind: v.literal('too-many-requests'), retryAfter: id }),
  v.object({ kind: v.picklist(['internal-error', 'bad-gateway', 'hang', 'reset']), processed }),
  v.object({ kind: v.literal('slow'), delayMs: v.number() }),
  v.object({ kind: v.literal('blocked') }),
  v.object({ kind: v.literal('refused'), reason: v.pipe(v.string(), v.nonEmpty()) }),
]);

/**
 * The control methods for another process: `POST /local/<method>` with a JSON object, answered `{ok: true, result}` or
 * `{ok: false, error}`. Arguments that the interface takes one by one go by name, options beside them: `{chat, after,
 * timeoutMs}`. `bytes` are base64, and `fault` returns a number for `removeFault` and `faultHits`. Predicates and
 * listeners stay at home.
 */
export class ControlHttp {
  readonly #methods: Readonly<Record<string, (body: unknown) => unknown>>;
  readonly #secret: string;
  readonly #events: EventStream;

  /** @param options.secret goes with each request as `Authorization: Bearer SECRET` */
  constructor(control: Control, options: { secret: string; events: EventStream }) {
    this.#methods = methodsOf(control);
    this.#secret = options.secret;
    this.#events = options.events;
  }

  close(): void {
    this.#events.close();
  }

  /** `GET /local/events` goes on for as long as its reader listens; everything else is answered at once. */
  async answer(
    request: IncomingMessage,
    response: ServerResponse,
    method: string,
  ): Promise<HttpAnswer | 'streaming'> {
    try {
      const { authorization = '', 'content-type': type = '' } = request.headers;
      if (!isSameSecret(authorization, `Bearer ${this.#secret}`))
        return json(401, { ok: false, error: 'Authorization must be Bearer and the secret of this server' });
      if (method === 'events' && request.method === 'GET') {
        this.#events.open(request, response);
        return 'streaming';
      }
      if (request.method !== 'POST' || !type.startsWith('application/json'))
        throw new Error('Use POST with Content-Type: application/json');
      const run = Object.hasOwn(this.#methods, method) ? this.#methods[method] : undefined;
      if (!run) return json(404, { ok: false, error: `There is no control method ${method}` });
      const text = (await readBody(request, MAX_BODY_BYTES)).toString('utf8');
      return json(200, { ok: true, result: (await run(text === '' ? {} : JSON.parse(text))) ?? null });
    } catch (error) {
      const field = v.isValiError(error) ? v.getDotPath(error.issues[0]) : null;
      return json(400, {
        ok: false,
        error: `${field === null ? '' : `${field}: `}${(error as Error).message}`,
      });
    }
  }
}

function methodsOf(control: Control): Record<string, (body: unknown) => unknown> {
  const faults = new Map<number, ActiveFault>();
  const addFault = (rule: { fault: Fault; method?: string; times?: number }): number => {
    faults.set(faults.size + 1, control.fault(rule));
    return faults.size;
  };
  const base64 = v.pipe(
    v.string(),
    // The library's own expression has groups, and runs out of stack in a document of some megabytes.
    v.check((text) => text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text), 'Invalid Base64'),
    v.transform((text): Uint8Array => Buffer.from(text, 'base64')),
  );
  const chat = v.exactOptional(id);
  const text = v.exactOptional(v.string());
  const query = v.object({ queryId: v.string(), ...waiting });
  return {
    user: taking(v.object({ id, ...profile }), (body) => control.user(body)),
    chat: taking(
      v.object({
        id,
        type: v.picklist(['group', 'supergroup', 'channel']),
        title: v.string(),
        username: text,
      }),
      (body) => control.chat(body),
    ),
    people: () => control.people(),
    menu: taking(v.object({ user: id, chat, bot }), (body) => control.menu(body)),
    block: taking(v.object({ user: actor, bot }), ({ user, ...options }) => control.block(user, options)),
    unblock: taking(v.object({ user: actor, bot }), ({ user, ...options }) => control.unblock(user, options)),
    sendMessage: taking(
      v.object({ from: actor, chat, text: v.string(), replyTo: v.exactOptional(id), bot }),
      (body) => control.sendMessage(body),
    ),
    sendDocument: taking(
      v.object({ from: actor, chat, filename: v.string(), bytes: base64, caption: text, bot }),
      (body) => control.sendDocument(body),
    ),
    pressButton: taking(
      v.object({
        from: actor,
        chat,
        message: id,
        data: text,
        label: text,
        stale: v.exactOptional(v.boolean()),
        bot,
      }),
      (body) => control.pressButton(body),
    ),
    inlineQuery: taking(v.object({ from: actor, query: v.string(), offset: text, bot }), (body) =>
      control.inlineQuery(body),
    ),
    chooseInlineResult: taking(
      v.object({ from: actor, chat, query: v.string(), resultId: v.string(), queryId: text, bot }),
      (body) => control.chooseInlineResult(body),
    ),
    inject: taking(
      v.object({
        update: v.looseObject({}),
        queueId: v.exactOptional(id),
        lifetimeMs: v.exactOptional(id),
        bot,
      }),
      ({ update, ...options }) => control.inject(update, options),
    ),
    redeliver: taking(
      v.object({ updateId: id, copies: v.exactOptional(id), bot }),
      ({ updateId, ...options }) => control.redeliver(updateId, options),
    ),
    messages: taking(v.object({ chat: id, bot }), (body) => control.messages(body.chat, body)),
    file: taking(v.object({ fileId: v.string() }), ({ fileId }) => {
      const bytes = control.file(fileId);
      return bytes && Buffer.from(bytes).toString('base64');
    }),
    callbackAnswer: taking(query, ({ queryId }) => control.callbackAnswer(queryId)),
    inlineAnswer: taking(query, ({ queryId }) => control.inlineAnswer(queryId)),
    nextMessage: taking(v.object({ chat: id, after: v.exactOptional(id), ...waiting }), (body) =>
      control.nextMessage(body.chat, body),
    ),
    nextEdit: taking(v.object({ chat: id, message: id, ...waiting }), (body) =>
      control.nextEdit(body.chat, body.message, body),
    ),
    nextCallbackAnswer: taking(query, (body) => control.nextCallbackAnswer(body.queryId, body)),
    nextInlineAnswer: taking(query, (body) => control.nextInlineAnswer(body.queryId, body)),
    drained: taking(v.object(waiting), (body) => control.drained(body)),
    fault: taking(v.object({ fault: faultSchema, method: text, times }), (body) => addFault(body as never)),
    removeFault: taking(v.object({ id }), (body) => faults.get(body.id)?.remove()),
    faultHits: taking(v.object({ id }), (body) => faults.get(body.id)?.hits),
    clearFaults: () => control.clearFaults(),
    calls: taking(v.object({ method: text }), ({ method }) => control.calls(method)),
    deliveries: taking(v.object({ updateId: v.exactOptional(id) }), ({ updateId }) =>
      control.deliveries(updateId),
    ),
    pendingUpdates: taking(v.object({ bot }), (body) => control.pendingUpdates(body)),
    droppedUpdates: () => control.droppedUpdates(),
  };
}

/** A method that takes a body of that shape. */
function taking<S extends v.GenericSchema>(schema: S, run: (body: v.InferOutput<S>) => unknown) {
  return (body: unknown): unknown => run(v.parse(schema, body));
}

const json = (status: number, body: object): HttpAnswer => ({
  status,
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(body),
});
