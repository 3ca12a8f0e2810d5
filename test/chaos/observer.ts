import { unmarshall } from '@aws-sdk/util-dynamodb';
import { mayHaveLanded, type BotCall, type StoreWrite, type WebhookAnswer } from './record.ts';
import type { Exchange } from './wire.ts';

type Item = Record<string, unknown>;
type Marshalled = Parameters<typeof unmarshall>[0];

interface UpdateItem {
  Key: Marshalled;
  UpdateExpression: string;
  ExpressionAttributeValues?: Marshalled;
}

/** Added to the path of a call, so that it can be found in the log of the Bot API server. */
export const CALL_ID = 'seen_as';

/** The words that a question and its answer share; the update's number follows. */
export const NAME = 'chaos:update:';

/** Methods that show something; a repetition of any other is invisible. */
const VISIBLE = /\/(sendMessage|sendDocument)\b/;

/** Turns what goes over the wires into the terms of the protocol. */
export class Observer {
  readonly answers: WebhookAnswer[] = [];
  readonly #writes: { write: StoreWrite; exchange: Exchange }[] = [];
  readonly #calls: { call: BotCall; exchange: Exchange }[] = [];
  readonly #names = new Map<number, number>();
  readonly #chats = new Map<number, number>();
  /** The last claim of a consumer in a chat, and its last one of each update. */
  readonly #claims = new Map<string, StoreWrite>();

  /** @param sent.name which the answer will have in it, if the question asks for that */
  sent(sent: { updateId: number; chatId: number; name?: number }): void {
    this.#chats.set(sent.updateId, sent.chatId);
    if (sent.name !== undefined) this.#names.set(sent.name, sent.updateId);
  }

  /** The protocol's write in a request whose answer has just come, or never will; `undefined` for any other request. */
  storeExchange(consumer: string, exchange: Exchange): StoreWrite | undefined {
    const write = protocolWrite(consumer, exchange);
    if (write === undefined) return undefined;
    this.#writes.push({ write, exchange });
    if (write.kind === 'claim' && mayHaveLanded(write)) {
      this.#claims.set(inChat(consumer, this.#chats.get(write.updateId ?? 0)), write);
      this.#claims.set(`${consumer}#${write.updateId}`, write);
    }
    return write;
  }

  /** A consumer has sent a call. @returns whether the user would see it */
  callArrived(consumer: string, exchange: Exchange): boolean {
    if (!VISIBLE.test(exchange.path)) return false;
    const body = exchange.body.toString();
    const name = /chaos:update:(\d+)/.exec(body)?.[1];
    const named = name === undefined ? undefined : this.#names.get(Number(name));
    const chatId = Number(/"chat_id":(\d+)/.exec(body)?.[1]);
    const claim = this.#claims.get(named === undefined ? inChat(consumer, chatId) : `${consumer}#${named}`);
    this.#calls.push({
      call: {
        consumer,
        updateId: claim?.updateId ?? Number(named),
        token: claim?.token ?? 0,
        arrivedAtMs: exchange.arrivedAtMs,
        processed: false,
        confirmed: false,
      },
      exchange,
    });
    return true;
  }

  webhookExchange(exchange: Exchange): void {
    if (exchange.status === undefined || exchange.answeredAtMs === undefined) return;
    const { update_id: updateId } = JSON.parse(exchange.body.toString()) as { update_id: number };
    this.answers.push({ updateId, status: exchange.status, atMs: exchange.answeredAtMs });
  }

  writes(): StoreWrite[] {
    return this.#writes.map(({ write, exchange }) => ({ ...write, delivered: exchange.delivered }));
  }

  /** @param processed ids of the exchanges that took effect at the Bot API */
  calls(processed: ReadonlySet<number>): BotCall[] {
    return this.#calls.map(({ call, exchange }) => ({
      ...call,
      processed: processed.has(exchange.id),
      confirmed: exchange.delivered && exchange.status === 200,
    }));
  }
}

const inChat = (consumer: string, chatId: number | undefined): string => `${consumer} in ${chatId}`;

function protocolWrite(consumer: string, exchange: Exchange): StoreWrite | undefined {
  if (exchange.headers['x-amz-target'] !== 'DynamoDB_20120810.UpdateItem') return undefined;
  const request = JSON.parse(exchange.body.toString()) as UpdateItem;
  const { pk, sk } = unmarshall(request.Key) as { pk: string; sk: string };
  const values = unmarshall(request.ExpressionAttributeValues ?? {});
  const seen = {
    consumer,
    sentAtMs: exchange.sentAtMs ?? exchange.arrivedAtMs,
    ...(exchange.answeredAtMs !== undefined && { answeredAtMs: exchange.answeredAtMs }),
    result: resultOf(exchange),
    delivered: false,
  } as const;
  const { UpdateExpression: expression } = request;
  if (pk.startsWith('LEASE#') && sk.startsWith('EPOCH#') && expression.startsWith('SET holder = :holder')) {
    const before = seen.result === 'applied' ? attributesOf(exchange) : undefined;
    const { holder, update_id: previousUpdate } = before ?? {};
    return {
      kind: 'acquire',
      partition: sk,
      ...seen,
      updateId: Number(values[':update_id']),
      ...(before && { token: Number(before['fencing_token']) + 1 }),
      ...(typeof holder === 'string' && {
        previous: {
          holder,
          ...(previousUpdate !== undefined && { updateId: Number(previousUpdate) }),
        },
      }),
    };
  }
  if (!pk.startsWith('UPDATE#') || sk !== 'OUTCOME') return undefined;
  const about = { ...seen, updateId: Number(pk.split('#').at(-1)), token: Number(values[':token']) };
  if (expression.startsWith('SET #status = :claimed')) return { kind: 'claim', ...about };
  if (!expression.startsWith('SET #status = :status')) return undefined;
  const error: unknown = values[':error'];
  return {
    kind: 'settle',
    ...about,
    status: String(values[':status']),
    ...(typeof error === 'string' && { error }),
  };
}

function resultOf({ sentAtMs, status, answer }: Exchange): StoreWrite['result'] {
  if (sentAtMs === undefined) return 'unsent';
  if (status === 200) return 'applied';
  return answer?.includes('ConditionalCheckFailed') === true ? 'refused' : 'unknown';
}

function attributesOf({ answer }: Exchange): Item {
  const { Attributes } = JSON.parse(answer?.toString() ?? '{}') as { Attributes?: Marshalled };
  return unmarshall(Attributes ?? {});
}
