import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { DynamoLeaseStore } from '../../../functions/dynamodb/lease-store.ts';
import { PROBE_SCOPE } from '../../../functions/deployment/probe.ts';
import { DynamoLedgerStore } from '../../../functions/dynamodb/ledger-store.ts';
import { DynamoStatusStore } from '../../../functions/dynamodb/status-store.ts';
import { createTableIfMissing } from '../../../functions/dynamodb/table.ts';
import { HEALTH_PATH, WEBHOOK_PATH } from '../../../functions/http/paths.ts';
import { importAtoms } from '../../../functions/knowledge/import.ts';
import { activateLayout } from '../../../functions/lease/layout-change.ts';
import { startBotApiServer } from '../../../functions/local/bot-api/server.ts';
import type { BotApiServer } from '../../../functions/local/bot-api/types.ts';
import { telegramApi } from '../../../functions/telegram/bot-identity.ts';
import { turnOn } from '../../../functions/telegram/webhook-switch.ts';
import { deriveWebhookSecret } from '../../../functions/telegram/webhook-secret.ts';
import { publishingIn } from '../../../functions/wiring/publishing.ts';
import { fastEndpoint, localClient, type RunningEndpoint } from '../../fixtures/local-dynamodb.ts';
import { manyAtoms } from '../../fixtures/many-atoms.ts';
import { fileOf } from '../../knowledge/knowledge-setup.ts';
import { startLocalAws, type LocalAws } from '../local-aws.ts';
import { functionNamed, resourcesOf, statementsOf, type Template } from '../synthesised.ts';
import { metricKey, type Measured, type MetricKey } from './series.ts';
import { VirtualClock } from './virtual-clock.ts';

export const BOT_ID = 4_244;
const TOKEN = `${BOT_ID}:incident-test-token`;
const TABLE_NAME = 'incidents';
const PARTITIONS = 4;
const MINUTE_MS = 60_000;
/** A Monday, at night. */
const BEGINNING = Date.parse('2026-03-02T03:00:00Z');
/** As the table of costs in infra/README.md counts them. */
const READ_UNITS_OF_A_ROUND = 13;
/** The webhook function's own time limit. */
const FUNCTION_MS = 15_000;

type FunctionName = 'Webhook' | 'Health' | 'Watchdog' | 'Importer';
type Handler = (event: unknown, context: unknown) => Promise<unknown>;

/**
 * The handlers as the stack's functions run them, in this process, over a real DynamoDB API and our Bot API server, with
 * API Gateway between the two; on a clock that moves when nobody is busy. The metrics
 * that they print in the embedded metric format are measured, and so are those that AWS would count of their invocations.
 */
export class World {
  readonly telegram: BotApiServer;
  readonly clock: VirtualClock;
  readonly client: DynamoDBDocumentClient;
  readonly aws: LocalAws;
  readonly tableName = TABLE_NAME;
  /** Whether the rule starts the watchdog. */
  isWatched = true;
  /** Whether the Bot API knows the token. */
  isTokenKnown = true;
  /** Runs instead of a function's code. */
  readonly instead = new Map<FunctionName, () => never>();
  readonly #template: Template;
  readonly #store: RunningEndpoint;
  readonly #gateway: Server;
  readonly #handlers = new Map<FunctionName, Handler>();
  readonly #variables = new Map<string, string | undefined>();
  #measured: [MetricKey, number][] = [];
  #underWay = 0;

  private constructor(parts: {
    template: Template;
    telegram: BotApiServer;
    clock: VirtualClock;
    store: RunningEndpoint;
    aws: LocalAws;
  }) {
    this.#template = parts.template;
    this.telegram = parts.telegram;
    this.clock = parts.clock;
    this.#store = parts.store;
    this.aws = parts.aws;
    this.client = localClient(parts.store.endpoint);
    this.#gateway = createServer((request, response) => {
      void this.#route(request).then(({ status, headers, body }) =>
        response.writeHead(status, headers).end(body),
      );
    });
    this.telegram.subscribe(({ type }) => {
      if (type === 'delivery-started') this.#underWay += 1;
      if (type === 'delivery-ended') this.#underWay -= 1;
    });
  }

  /** @param template a stage's, in which the handlers' names and permissions stand */
  static async start(template: Template): Promise<World> {
    const clock = new VirtualClock(BEGINNING);
    const store = await fastEndpoint().start();
    const telegram = await startBotApiServer({
      bots: { [TOKEN]: { id: BOT_ID, username: 'incident_bot', first_name: 'Incident' } },
      clock,
      random: () => 0.5,
    });
    const statements = (['Webhook', 'Health', 'Watchdog', 'Importer'] as const).flatMap((name) =>
      statementsOf(template, name),
    );
    const parameters = new Map([['/agent-factory-bot/prod/telegram-bot-token', TOKEN]]);
    const aws = await startLocalAws({ dynamoDb: store.endpoint, statements, parameters });
    const world = new World({ template, telegram, clock, store, aws });
    await world.#begin();
    return world;
  }

  async close(): Promise<void> {
    for (const [name, value] of this.#variables) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    this.client.destroy();
    this.#gateway.closeAllConnections();
    this.#gateway.close();
    await this.telegram.close();
    await this.aws.close();
    await this.#store.close();
    this.clock.stop();
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#gateway.address() as AddressInfo).port}`;
  }

  get secret(): string {
    return deriveWebhookSecret(TOKEN);
  }

  get ledger(): DynamoLedgerStore {
    return new DynamoLedgerStore({ client: this.client, tableName: TABLE_NAME, scope: String(BOT_ID) });
  }

  /** Somebody else who has the token sets the webhook. */
  async steal(): Promise<void> {
    const api = telegramApi({ token: TOKEN, apiRoot: this.telegram.apiRoot });
    // Telegram takes one a second.
    while (this.clock.step(this.clock.wallMs() + 2_000));
    await api.setWebhook('http://127.0.0.1:1/theirs');
  }

  /** Somebody sets the webhook at our own address, and gives Telegram another secret. */
  async setSecret(secret: string): Promise<void> {
    await telegramApi({ token: TOKEN, apiRoot: this.telegram.apiRoot }).setWebhook(
      `${this.url}${WEBHOOK_PATH}`,
      { secret_token: secret },
    );
  }

  /** An operator sets it again (`bot webhook set`). */
  async giveBack(): Promise<void> {
    const api = telegramApi({ token: TOKEN, apiRoot: this.telegram.apiRoot });
    const status = new DynamoStatusStore({ client: this.client, tableName: TABLE_NAME });
    const wanted = {
      url: `${this.url}${WEBHOOK_PATH}`,
      secretToken: this.secret,
      maxConnections: PARTITIONS,
    };
    await turnOn({ api, status, botId: String(BOT_ID) }, wanted);
  }

  /** Another version of the knowledge base, with so many atoms. */
  async importAtoms(count: number): Promise<void> {
    const table = { client: this.client, tableName: TABLE_NAME };
    await importAtoms({ ...publishingIn(table), source: fileOf([...manyAtoms(count)]), mode: 'replace' });
  }

  say(userId: number, text: string): void {
    this.telegram.sendMessage({ from: { id: userId, first_name: 'Ada' }, text });
  }

  /** Beyond what happens by itself. */
  measure(key: MetricKey, value: number): void {
    this.#measured.push([key, value]);
  }

  /** Drives the next minute: what users do comes first, the watchdog last. */
  async minute(act: (world: World) => void | Promise<void> = () => {}): Promise<Measured> {
    this.#measured = [];
    const endMs = this.clock.wallMs() + MINUTE_MS;
    const release = this.#takeOutput();
    try {
      await act(this);
      await this.#calm();
      while (this.clock.step(endMs)) await this.#calm();
      if (this.isWatched) await this.#runRound();
      await this.#calm();
    } finally {
      release();
    }
    return this.#measured;
  }

  async #runRound(): Promise<void> {
    const [table] = resourcesOf(this.#template, 'AWS::DynamoDB::GlobalTable').map(([id]) => id);
    this.measure(
      metricKey('AWS/DynamoDB', 'ConsumedReadCapacityUnits', { TableName: table }),
      READ_UNITS_OF_A_ROUND,
    );
    await this.invoke('Watchdog', {}).catch(() => {});
  }

  /** Minutes in which only Telegram is at work, with what it delivers again. */
  async pass(minutes: number): Promise<void> {
    const release = this.#takeOutput();
    try {
      const untilMs = this.clock.wallMs() + minutes * MINUTE_MS;
      while (this.clock.step(untilMs)) await this.#calm();
    } finally {
      release();
    }
  }

  async invoke(name: FunctionName, event: unknown): Promise<unknown> {
    const begunMs = performance.now();
    const count = (metric: string, value: number): void => {
      for (const dimensions of this.#dimensionsOf(name))
        this.measure(metricKey('AWS/Lambda', metric, dimensions), value);
    };
    const context = { getRemainingTimeInMillis: () => FUNCTION_MS, awsRequestId: `request-${begunMs}` };
    const handler = this.instead.get(name) ?? this.#handlers.get(name)!;
    count('Invocations', 1);
    count('Throttles', 0);
    try {
      const result = await (async () => handler(event, context))();
      count('Errors', 0);
      return result;
    } catch (error) {
      count('Errors', 1);
      throw error;
    } finally {
      count('Duration', performance.now() - begunMs);
    }
  }

  /** AWS has the metrics of an alias under its own dimensions, and under the function's as well. */
  #dimensionsOf(name: FunctionName): Record<string, string>[] {
    const [id] = functionNamed(this.#template, name);
    const own = { FunctionName: id };
    const isAliased = name === 'Webhook' || name === 'Health';
    return isAliased ? [own, { ...own, Resource: `${id}:live` }] : [own];
  }

  async #begin(): Promise<void> {
    this.#gateway.listen(0, '127.0.0.1');
    await once(this.#gateway, 'listening');
    const table = { client: this.client, tableName: TABLE_NAME };
    await createTableIfMissing(this.client, TABLE_NAME);
    const status = new DynamoStatusStore(table);
    await status.saveBot({ id: BOT_ID, username: 'incident_bot', firstName: 'Incident' });
    await activateLayout(new DynamoLeaseStore({ ...table, scope: String(BOT_ID) }), PARTITIONS);
    await activateLayout(new DynamoLeaseStore({ ...table, scope: `${BOT_ID}${PROBE_SCOPE}` }), 1);
    await this.importAtoms(5);
    const [, webhook] = functionNamed(this.#template, 'Webhook');
    const { Variables } = webhook.Properties['Environment'] as { Variables: Record<string, unknown> };
    this.#set({
      ...Object.fromEntries(Object.entries(Variables).filter(([, value]) => typeof value === 'string')),
      ...this.aws.env,
      TABLE_NAME,
      TELEGRAM_API_ROOT: this.url,
      HEALTH_URL: `${this.url}${HEALTH_PATH}`,
      IMPORTER_FUNCTION_NAME: 'Importer',
      LOG_LEVEL: 'ERROR',
      AWS_LAMBDA_FUNCTION_VERSION: '1',
    });
    const release = this.#takeOutput();
    try {
      const modules = [
        ['Webhook', await import('../../../functions/webhook/handler.ts')],
        ['Health', await import('../../../functions/health/handler.ts')],
        ['Watchdog', await import('../../../functions/watchdog/handler.ts')],
        ['Importer', await import('../../../functions/importer/handler.ts')],
      ] as const;
      for (const [name, { handler }] of modules) this.#handlers.set(name, handler as Handler);
    } finally {
      release();
    }
    await this.giveBack();
  }

  #set(variables: Record<string, unknown>): void {
    for (const [name, value] of Object.entries(variables)) {
      this.#variables.set(name, process.env[name]);
      process.env[name] = String(value);
    }
  }

  /** Until no delivery is under way: time stands still meanwhile. */
  async #calm(): Promise<void> {
    do await sleep(1);
    while (this.#underWay > 0);
  }

  /** Reads the metrics out of what is written, and shows nothing of it. */
  #takeOutput(): () => void {
    const streams = [process.stdout, process.stderr];
    const writes = streams.map((stream) => stream.write.bind(stream));
    const take = (chunk: string | Uint8Array): boolean => {
      for (const line of String(chunk).split('\n')) if (line.startsWith('{"_aws"')) this.#readMetrics(line);
      return true;
    };
    for (const stream of streams) stream.write = take;
    return () => streams.forEach((stream, at) => (stream.write = writes[at]!));
  }

  #readMetrics(line: string): void {
    interface Emf {
      _aws: {
        CloudWatchMetrics: { Namespace: string; Dimensions: string[][]; Metrics: { Name: string }[] }[];
      };
    }
    const emf = JSON.parse(line) as Emf & Record<string, number | number[] | string>;
    for (const { Namespace, Dimensions, Metrics } of emf._aws.CloudWatchMetrics)
      for (const names of Dimensions)
        for (const { Name } of Metrics) {
          const key = metricKey(Namespace, Name, Object.fromEntries(names.map((name) => [name, emf[name]])));
          for (const value of [emf[Name]].flat()) this.measure(key, Number(value));
        }
  }

  /** The Bot API behind its token, and what API Gateway makes of a request, payload format 2.0. */
  async #route(
    request: IncomingMessage,
  ): Promise<{ status: number; headers: Record<string, string>; body: string }> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    const { url = '/', method = 'GET' } = request;
    if (url.startsWith('/bot')) return this.#callTelegram(url, request, body);
    const answered = await this.#answer(url === HEALTH_PATH ? 'Health' : 'Webhook', {
      headers: request.headers,
      requestContext: { http: { method, path: url } },
      body,
      isBase64Encoded: false,
    });
    const [api] = resourcesOf(this.#template, 'AWS::ApiGatewayV2::Api').map(([id]) => id);
    for (const dimensions of [{ ApiId: api }, { ApiId: api, Stage: '$default' }])
      for (const [name, value] of [
        ['Count', 1],
        ['4xx', answered.status >= 400 && answered.status < 500 ? 1 : 0],
        ['5xx', answered.status >= 500 ? 1 : 0],
      ] as const)
        this.measure(metricKey('AWS/ApiGateway', name, dimensions), value);
    return answered;
  }

  async #answer(
    name: FunctionName,
    event: object,
  ): Promise<{ status: number; headers: Record<string, string>; body: string }> {
    try {
      const result = await this.invoke(name, event);
      const { statusCode, headers, body } = result as {
        statusCode: number;
        headers: Record<string, string>;
        body: string;
      };
      return { status: statusCode, headers, body };
    } catch {
      return { status: 500, headers: {}, body: '{"message":"Internal Server Error"}' };
    }
  }

  async #callTelegram(
    path: string,
    request: IncomingMessage,
    body: string,
  ): Promise<{ status: number; headers: Record<string, string>; body: string }> {
    const headers = { 'content-type': 'application/json' };
    if (!this.isTokenKnown)
      return { status: 401, headers, body: '{"ok":false,"error_code":401,"description":"Unauthorized"}' };
    const response = await fetch(`${this.telegram.apiRoot}${path}`, {
      method: request.method,
      headers: { 'content-type': request.headers['content-type'] ?? 'application/json' },
      ...(request.method === 'POST' && { body }),
    });
    return { status: response.status, headers, body: await response.text() };
  }
}
