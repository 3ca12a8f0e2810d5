import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createTableIfMissing } from '../../functions/dynamodb/table.ts';
import { startBotApiServer } from '../../functions/local/bot-api/server.ts';
import type { BotApiServer } from '../../functions/local/bot-api/types.ts';
import { buildId } from '../../functions/settings/build-id.ts';
import { fastEndpoint, localClient, type RunningEndpoint } from '../fixtures/local-dynamodb.ts';
import { startEnvironment, type LambdaEnvironment } from './lambda-runtime.ts';
import { startLocalAws, type Fate, type LambdaInvoke, type LocalAws } from './local-aws.ts';
import { functionNamed, statementsOf, SYNTHESISED_COMMIT, type Synthesised } from './synthesised.ts';

export const BOT_ID = 4242;
export const TOKEN = `${BOT_ID}:local-token`;
export const ADMIN_ID = 77;
const TABLE = 'bundles';

export type FunctionName = 'Webhook' | 'Health' | 'Watchdog' | 'Registration' | 'Rollout' | 'Importer';

/** The synthesised bundles, unmodified, with local services around them and each behind its own role. */
export class LocalDeployment {
  readonly telegram: BotApiServer;
  readonly client: DynamoDBDocumentClient;
  readonly tableName = TABLE;
  readonly parameters: Map<string, string>;
  readonly #aws = new Map<LambdaEnvironment, { name: FunctionName; aws: LocalAws }>();
  readonly environments: LambdaEnvironment[] = [];
  /** Chooses the environment that answers the webhook's next request; the API's own stand-in asks it for each. */
  route: () => LambdaEnvironment = () => {
    throw new Error('nobody answers yet');
  };
  health: LambdaEnvironment | undefined;
  readonly #synth: Synthesised;
  readonly #store: RunningEndpoint;
  readonly #front: ReturnType<typeof createServer>;
  readonly #cloudFormation = new EventEmitter();
  #endings: (() => Promise<void>)[] = [];

  private constructor(parts: {
    synth: Synthesised;
    store: RunningEndpoint;
    telegram: BotApiServer;
    client: DynamoDBDocumentClient;
  }) {
    this.#synth = parts.synth;
    this.#store = parts.store;
    this.telegram = parts.telegram;
    this.client = parts.client;
    this.parameters = new Map([['/agent-factory-bot/prod/telegram-bot-token', TOKEN]]);
    this.#front = createServer((request, response) => {
      void this.#throughApi(request).then(({ status, headers, body }) =>
        response.writeHead(status, headers).end(body),
      );
    });
  }

  static async start(synth: Synthesised): Promise<LocalDeployment> {
    const store = await fastEndpoint().start();
    const client = localClient(store.endpoint);
    await createTableIfMissing(client, TABLE);
    const telegram = await startBotApiServer({
      bots: { [TOKEN]: { id: BOT_ID, username: 'local_bot', first_name: 'Local' } },
    });
    const deployment = new LocalDeployment({ synth, store, telegram, client });
    deployment.#front.listen(0, '127.0.0.1');
    await once(deployment.#front, 'listening');
    return deployment;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#front.address() as AddressInfo).port}`;
  }

  get webhookUrl(): string {
    return `${this.url}/telegram/webhook`;
  }

  /** One more execution environment of a function. */
  async environment(
    name: FunctionName,
    options: {
      version?: string;
      env?: Record<string, string>;
      timeoutMs?: number;
      invoke?: LambdaInvoke;
    } = {},
  ): Promise<LambdaEnvironment> {
    const { version = '1', env = {}, timeoutMs, invoke } = options;
    const { template } = this.#synth;
    const aws = await startLocalAws({
      dynamoDb: this.#store.endpoint,
      statements: statementsOf(template, name),
      parameters: this.parameters,
      invoke,
    });
    const [functionName, resource] = functionNamed(template, name);
    const { Variables } = resource.Properties['Environment'] as { Variables: Record<string, unknown> };
    // The test fills in what CloudFormation would; all else is as it was synthesised.
    const given = Object.entries(Variables).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    );
    const started = await startEnvironment({
      bundle: this.#synth.bundleOf(name),
      timeoutMs,
      env: {
        ...Object.fromEntries(given),
        ...aws.env,
        TABLE_NAME: TABLE,
        TELEGRAM_API_ROOT: this.telegram.apiRoot,
        HEALTH_URL: `${this.url}/health`,
        PROBED_FUNCTION: 'Webhook:2',
        IMPORTER_FUNCTION_NAME: 'Importer',
        ADMIN_USER_IDS: String(ADMIN_ID),
        AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
        AWS_LAMBDA_FUNCTION_NAME: functionName,
        AWS_LAMBDA_FUNCTION_VERSION: version,
        AWS_LAMBDA_LOG_STREAM_NAME: `stream-${this.environments.length}`,
        ...env,
      },
    });
    this.environments.push(started);
    this.#aws.set(started, { name, aws });
    this.#endings.push(
      () => started.kill(),
      () => aws.close(),
    );
    return started;
  }

  /** As CloudFormation asks for it; resolves with what it is answered. */
  async registration(
    environment: LambdaEnvironment,
    type: 'Create' | 'Update' | 'Delete',
    properties: Record<string, string> = {},
  ): Promise<{ Status: string; Reason: string; PhysicalResourceId: string }> {
    const answered = once(this.#cloudFormation, 'answer') as Promise<
      [{ Status: string; Reason: string; PhysicalResourceId: string }]
    >;
    void environment.invoke({
      RequestType: type,
      StackId: 'stack',
      RequestId: randomUUID(),
      LogicalResourceId: 'Webhook',
      ResponseURL: `${this.url}/cloudformation`,
      ResourceProperties: {
        ServiceToken: 'arn',
        WebhookUrl: this.webhookUrl,
        Partitions: '1',
        Version: buildId({ BUILD_COMMIT: SYNTHESISED_COMMIT }),
        DesiredStateHash: 'a',
        TakeOverWebhook: 'false',
        ...properties,
      },
    });
    return (await answered)[0];
  }

  /** Gives the requests of one environment to DynamoDB that fate, until it is lifted. */
  disturb(environment: LambdaEnvironment, pattern: RegExp, fate: Fate): () => void {
    return this.#aws.get(environment)!.aws.disturb(pattern, fate);
  }

  /** The reports of this environment to CodeDeploy. */
  reports(environment: LambdaEnvironment): unknown[] {
    return this.#aws.get(environment)!.aws.reports;
  }

  /** The requests of any of them that its role does not allow. */
  denied(): string[] {
    return [...this.#aws.values()].flatMap(({ name, aws }) => aws.denied.map((what) => `${name}: ${what}`));
  }

  async close(): Promise<void> {
    await Promise.all(this.#endings.map((end) => end()));
    this.client.destroy();
    this.#front.closeAllConnections();
    this.#front.close();
    await this.telegram.close();
    await this.#store.close();
  }

  /** Passes a request on as API Gateway does, in payload format 2.0. */
  async #throughApi(
    request: IncomingMessage,
  ): Promise<{ status: number; headers: Record<string, string>; body: string }> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    if (request.url === '/cloudformation') {
      this.#cloudFormation.emit('answer', JSON.parse(body));
      return { status: 200, headers: {}, body: '' };
    }
    const event = {
      version: '2.0',
      routeKey: `${request.method} ${request.url}`,
      headers: request.headers,
      requestContext: { http: { method: request.method, path: request.url } },
      body,
      isBase64Encoded: false,
    };
    const environment = request.url === '/health' ? this.health : this.route();
    const { result, error } = (await environment?.invoke(event)) ?? { error: 'no environment' };
    if (error !== undefined) return { status: 500, headers: {}, body: '{"message":"Internal Server Error"}' };
    const reply = result as { statusCode: number; headers: Record<string, string>; body: string };
    return { status: reply.statusCode, headers: reply.headers, body: reply.body };
  }
}
