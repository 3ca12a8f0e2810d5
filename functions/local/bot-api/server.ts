import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { refusedAsStranger } from '../machine/loopback.ts';
import { ApiError, forbidden } from './api-error.ts';
import { Bot } from './bot.ts';
import { callArguments } from './call-body.ts';
import { StoppableClock, realTime } from './clock.ts';
import { ControlHttp } from './control-http.ts';
import { createControl } from './control.ts';
import { Dispatcher, failure, type HttpAnswer } from './dispatcher.ts';
import { EventStream } from './event-stream.ts';
import { StateFile } from './state-file.ts';
import { Telegram } from './telegram.ts';
import type { BotApiServer, BotApiServerOptions, BotProfile } from './types.ts';

const HOST = '127.0.0.1';

/**
 * Starts a Bot API server of our own on the loopback interface: real HTTP for a real bot on one side, its users (and
 * Telegram's whims) as methods on the other.
 * @throws Error when the port is taken, a token and its bot do not fit, or the state file cannot be read
 */
export async function startBotApiServer(options: BotApiServerOptions): Promise<BotApiServer> {
  const clock = new StoppableClock(options.clock ?? realTime);
  const restored = options.stateFile === undefined ? undefined : StateFile.load(options.stateFile);
  const telegram = new Telegram({
    clock,
    random: options.random ?? Math.random,
    people: restored?.people,
    saved: { soon: () => file?.soon(), now: () => file?.now() },
  });
  const dispatcher = new Dispatcher(telegram);
  const bots = new Map(
    Object.entries(options.bots).map(([token, profile]) => {
      checkToken(token, profile);
      return [
        token,
        new Bot({
          telegram,
          profile,
          restored: restored?.bots.find(({ id }) => id === profile.id),
          ...(options.polledOnly && { polledOnly: options.polledOnly }),
          onReply: (bot, { method, args, updateId }) => {
            const { signal } = new AbortController();
            void dispatcher.call({ bot, method, args, signal, webhookReplyTo: updateId });
          },
        }),
      ];
    }),
  );
  // Bots that are not served this time keep their place in the file.
  const absent = (restored?.bots ?? []).filter(({ id }) => ![...bots.values()].some((bot) => bot.id === id));
  const file =
    options.stateFile === undefined
      ? undefined
      : new StateFile(
          options.stateFile,
          () => ({
            people: telegram.people.state,
            bots: [...[...bots.values()].map((bot) => bot.state), ...absent],
          }),
          (reason) => telegram.hub.emit({ type: 'state-not-kept', reason }),
        );

  const control = createControl(telegram, [...bots.values()]);
  const controlHttp =
    options.control &&
    new ControlHttp(control, { ...options.control, events: new EventStream(telegram.hub) });
  const server = createServer((request, response) => {
    void route({ request, response, telegram, dispatcher, bots, controlHttp });
  });
  // Longer than a client's pool keeps an idle connection, so that the server never closes one under a call.
  server.keepAliveTimeout = 75_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, HOST, resolve);
  });
  const { port } = server.address() as AddressInfo;
  for (const bot of bots.values()) bot.start();

  return {
    ...control,
    port,
    apiRoot: `http://${HOST}:${port}`,
    close: async () => {
      for (const bot of bots.values()) bot.stop();
      clock.stop();
      controlHttp?.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
      file?.now();
    },
  };
}

function checkToken(token: string, profile: BotProfile): void {
  if (!/^[1-9]\d*:[A-Za-z0-9_-]{1,60}$/.test(token))
    throw new Error('A bot token is a number, a colon and letters');
  if (!token.startsWith(`${profile.id}:`))
    throw new Error(`The token of bot ${profile.id} must begin with "${profile.id}:"`);
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly telegram: Telegram;
  readonly dispatcher: Dispatcher;
  readonly bots: ReadonlyMap<string, Bot>;
  readonly controlHttp: ControlHttp | undefined;
}

async function route(exchange: Exchange): Promise<void> {
  const { request, response } = exchange;
  try {
    const outcome = await answer(exchange);
    if (outcome === 'reset') request.socket.resetAndDestroy();
    else if (typeof outcome === 'object') {
      response.writeHead(outcome.status, outcome.headers);
      response.end(outcome.body);
    }
  } catch (error) {
    const known = error instanceof ApiError ? error : new ApiError(500, 'Internal Server Error');
    const { status, headers, body } = failure(known);
    if (!response.destroyed) response.writeHead(status, headers).end(body);
  }
}

async function answer({
  request,
  response,
  telegram,
  dispatcher,
  bots,
  controlHttp,
}: Exchange): Promise<Answer> {
  const stranger = refusedAsStranger(request.headers);
  if (stranger !== undefined) throw forbidden(stranger);
  const target = request.url ?? '/';
  if (!URL.canParse(target, `http://${HOST}`)) throw new ApiError(404, 'Not Found');
  const url = new URL(target, `http://${HOST}`);
  const localMethod = /^\/local\/(\w+)$/.exec(url.pathname)?.[1];
  if (localMethod !== undefined && controlHttp) return controlHttp.answer(request, response, localMethod);
  const [, token, path] = /^\/file\/bot([^/]+)\/(.+)$/.exec(url.pathname) ?? [];
  if (token !== undefined && path !== undefined) {
    botOf(bots, token);
    const bytes = telegram.files.byPath(path);
    if (!bytes) throw new ApiError(404, 'Not Found');
    return { status: 200, headers: { 'Content-Type': 'application/octet-stream' }, body: bytes };
  }
  const call = /^\/bot([^/]*)\/([^/]+)$/.exec(url.pathname);
  if (!call?.[2]) throw new ApiError(404, 'Not Found');
  const bot = botOf(bots, call[1] ?? '');
  const args = await callArguments(request, url.searchParams);
  const hangUp = new AbortController();
  response.on('close', () => hangUp.abort());
  return dispatcher.call({ bot, method: call[2], args, signal: hangUp.signal });
}

type Answer =
  (Omit<HttpAnswer, 'body'> & { readonly body: string | Uint8Array }) | 'reset' | 'nothing' | 'streaming';

function botOf(bots: ReadonlyMap<string, Bot>, encodedToken: string): Bot {
  const token = decoded(encodedToken);
  const bot = bots.get(token);
  if (bot) return bot;
  const wellFormed = /^[1-9]\d{0,15}:.+$/.test(token) && token.length <= 80;
  throw new ApiError(401, wellFormed ? 'Unauthorized' : 'Unauthorized: invalid token specified');
}

/** The text unchanged if it is no valid escape. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
