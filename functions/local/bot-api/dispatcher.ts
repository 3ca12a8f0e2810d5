import { ApiError, badRequest, forbidden, tooManyRequests } from './api-error.ts';
import type { Arguments } from './arguments.ts';
import type { Bot } from './bot.ts';
import { methodNamed, type MethodResult } from './methods/index.ts';
import type { Telegram } from './telegram.ts';
import type { ApiCall, Fault } from './types.ts';

export interface CallRequest {
  readonly bot: Bot;
  readonly method: string;
  readonly args: Arguments;
  /** Fires when the caller hangs up. */
  readonly signal: AbortSignal;
  /** Set for a call in the answer of a webhook: the update that was answered. */
  readonly webhookReplyTo?: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The outcome for the caller: an answer, a reset connection, or nothing at all (it has hung up). */
export type Outcome = HttpAnswer | 'reset' | 'nothing';

/** Runs one call of a method, through the faults, into the log. */
export class Dispatcher {
  readonly #telegram: Telegram;

  constructor(telegram: Telegram) {
    this.#telegram = telegram;
  }

  async call(request: CallRequest): Promise<Outcome> {
    const call = this.#log(request);
    this.#telegram.hub.emit({ type: 'call-started', call });
    const fault = this.#telegram.faults.meet(call);
    if (fault) call.fault = fault.kind;
    const outcome = await this.#outcome(request, call, fault);
    if (typeof outcome === 'object' && !request.signal.aborted) call.status = outcome.status;
    this.#telegram.hub.emit({ type: 'call-ended', call });
    return request.signal.aborted ? 'nothing' : outcome;
  }

  #log({ bot, method, args, webhookReplyTo }: CallRequest): ApiCall {
    const updateId = webhookReplyTo ?? queriedUpdate(bot, args);
    return this.#telegram.calls.add((seq) => ({
      seq,
      bot: bot.id,
      method: methodNamed(method)?.name ?? method,
      payload: args.toPayload(),
      at: this.#telegram.clock.wallMs(),
      ...(updateId !== undefined && { updateId }),
      webhookReply: webhookReplyTo !== undefined,
      processed: false,
    }));
  }

  async #outcome(request: CallRequest, call: ApiCall, fault: Fault | undefined): Promise<Outcome> {
    switch (fault?.kind) {
      case 'too-many-requests':
        return this.#failure(call, tooManyRequests(fault.retryAfter));
      case 'blocked':
        return this.#failure(call, forbidden('bot was blocked by the user'));
      case 'refused':
        return this.#failure(call, badRequest(fault.reason));
      case 'internal-error':
        if (fault.processed) await this.#run(request, call);
        return this.#failure(call, new ApiError(500, 'Internal Server Error'));
      case 'bad-gateway':
        if (fault.processed) await this.#run(request, call);
        return badGateway;
      case 'reset':
        if (fault.processed) await this.#run(request, call);
        return 'reset';
      case 'hang':
        if (fault.processed) await this.#run(request, call);
        await hangUp(request.signal);
        return 'nothing';
      case 'slow': {
        const answer = await this.#run(request, call);
        await new Promise<void>((resolve) => {
          const cancel = this.#telegram.clock.after(fault.delayMs, resolve);
          request.signal.addEventListener('abort', () => (cancel(), resolve()), { once: true });
        });
        return answer;
      }
      case undefined:
        return this.#run(request, call);
    }
  }

  async #run(request: CallRequest, call: ApiCall): Promise<HttpAnswer> {
    try {
      const method = methodNamed(request.method);
      if (!method) throw new ApiError(404, 'Not Found: method not found');
      const { bot, args, signal } = request;
      const { result, description } = await method.run({ telegram: this.#telegram, bot, args, signal });
      call.processed = true;
      return success(result, description);
    } catch (error) {
      return this.#failure(
        call,
        error instanceof ApiError ? error : new ApiError(500, 'Internal Server Error'),
      );
    }
  }

  #failure(call: ApiCall, error: ApiError): HttpAnswer {
    call.description = error.description;
    return failure(error);
  }
}

const JSON_HEADERS = { 'Content-Type': 'application/json' };

function success(result: unknown, description?: MethodResult['description']): HttpAnswer {
  return { status: 200, headers: JSON_HEADERS, body: JSON.stringify({ ok: true, result, description }) };
}

export function failure({ code, description, parameters }: ApiError): HttpAnswer {
  const retryAfter = parameters?.['retry_after'];
  return {
    status: code,
    headers: {
      ...JSON_HEADERS,
      ...(typeof retryAfter === 'number' && { 'Retry-After': String(retryAfter) }),
    },
    body: JSON.stringify({ ok: false, error_code: code, description, parameters }),
  };
}

const badGateway: HttpAnswer = {
  status: 502,
  headers: { 'Content-Type': 'text/html' },
  body: '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n',
};

function queriedUpdate(bot: Bot, args: Arguments): number | undefined {
  return (
    bot.queries.updateOf(args.text('callback_query_id')) ?? bot.queries.updateOf(args.text('inline_query_id'))
  );
}

const hangUp = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
