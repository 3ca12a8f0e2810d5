import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { createServer as createSocketServer, type AddressInfo } from 'node:net';
import { GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterEach, describe, expect, it } from 'vitest';
import { isConditionFailed, toStoreError } from '../../functions/dynamodb/client.ts';
import { createTableIfMissing } from '../../functions/dynamodb/table.ts';
import { StoreUnavailableError } from '../../functions/lease/store-unavailable.ts';
import { describeOnEveryStore, localClient } from '../fixtures/dynamodb-endpoints.ts';

describeOnEveryStore('the document client', (store) => {
  it('leaves undefined out and keeps empty strings and lists', async () => {
    const { client, tableName } = await store.freshTable();
    const item = { pk: 'a', sk: 'b', empty: '', list: [], map: {}, gone: undefined };
    await client.send(new PutCommand({ TableName: tableName, Item: item }));
    const { Item } = await client.send(new GetCommand({ TableName: tableName, Key: { pk: 'a', sk: 'b' } }));
    expect(Item).toStrictEqual({ pk: 'a', sk: 'b', empty: '', list: [], map: {} });
  });

  it('hands a false condition to the caller and calls a missing table unavailable', async () => {
    const { client, tableName } = await store.freshTable();
    const put = (table: string) =>
      client
        .send(
          new PutCommand({
            TableName: table,
            Item: { pk: 'a', sk: 'b' },
            ConditionExpression: 'attribute_exists(pk)',
          }),
        )
        .catch(toStoreError);
    expect(isConditionFailed(await put(tableName))).toBe(true);
    expect(await put('no-such-table')).toMatchObject({ name: 'StoreUnavailableError', refusal: 'no-table' });
  });

  it('does not hide a malformed request as unavailability', async () => {
    const { client, tableName } = await store.freshTable();
    const error = await client
      .send(new QueryCommand({ TableName: tableName, KeyConditionExpression: 'pk = :missing' }))
      .catch(toStoreError);
    expect(error).toMatchObject({ name: 'ValidationException' });
  });

  it('creates a table once when several processes create it at the same time', async () => {
    const client = localClient(store.endpoint());
    const created = await Promise.all([1, 2, 3, 4].map(() => createTableIfMissing(client, 'raced')));
    expect(created.filter(Boolean)).toHaveLength(1);
    await client.send(new PutCommand({ TableName: 'raced', Item: { pk: 'a', sk: 'b' } }));
    client.destroy();
  });
});

describe('the document client', () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
    server = undefined;
  });

  async function clientOf(listener: Parameters<typeof createServer>[1]) {
    server = createServer(listener as never).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    return localClient(`http://127.0.0.1:${port}`, { answerMs: 60, attempts: 2 });
  }
  const read = new GetCommand({ TableName: 't', Key: { pk: 'a', sk: 'b' } });

  it('gives up on a store that accepts and never answers, after the attempts it was given', async () => {
    const client = await clientOf(() => {});
    let attempts = 0;
    // Counted where they leave: on a busy machine the client may have given up before the server looks.
    client.middlewareStack.add(
      (next) => (args) => {
        attempts += 1;
        return next(args);
      },
      { step: 'finalizeRequest', priority: 'low', name: 'count-attempts' },
    );
    const error = await client.send(read).catch(toStoreError);
    expect(error).toBeInstanceOf(StoreUnavailableError);
    expect(attempts).toBe(2);
  });

  it.each([
    ['ExpiredTokenException', 'expired'],
    ['AccessDeniedException', 'denied'],
    ['UnrecognizedClientException', 'not-accepted'],
    ['ThrottlingException', undefined],
  ])('tells what refuses everybody from what may pass: %s', async (name, refusal) => {
    const client = await clientOf((_request, response) => {
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify({ __type: `com.amazon.coral.service#${name}`, message: 'no' }));
    });
    const error = (await client.send(read).catch(toStoreError)) as StoreUnavailableError;
    expect(error).toBeInstanceOf(StoreUnavailableError);
    expect(error.refusal).toBe(refusal);
    expect(error.message).toMatch(refusal === undefined ? /^DynamoDB did not answer/ : /^DynamoDB refuses/);
  });

  it('gives up on an answer that stops in the middle', async () => {
    const client = await clientOf((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0', 'content-length': '50' });
      response.write('{"Item":');
    });
    expect(await client.send(read).catch(toStoreError)).toBeInstanceOf(StoreUnavailableError);
  });

  it('gives up on an answer whose head comes a character at a time', { timeout: 5_000 }, async () => {
    const listening = createSocketServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nx-slow: ');
      const dripping = setInterval(() => socket.write('.'), 15);
      socket.on('error', () => {}).on('close', () => clearInterval(dripping));
    }).listen(0, '127.0.0.1');
    await once(listening, 'listening');
    const { port } = listening.address() as AddressInfo;
    const client = localClient(`http://127.0.0.1:${port}`, { answerMs: 60, attempts: 2 });
    expect(await client.send(read).catch(toStoreError)).toBeInstanceOf(StoreUnavailableError);
    client.destroy();
    listening.close();
  });

  it('calls a refused connection, an outage and an answer that is not JSON unavailable', async () => {
    const refused = localClient('http://127.0.0.1:1', { attempts: 1 });
    expect(await refused.send(read).catch(toStoreError)).toBeInstanceOf(StoreUnavailableError);
    for (const status of [500, 200]) {
      const client = await clientOf((_request, response) => response.writeHead(status).end('<html>'));
      expect(await client.send(read).catch(toStoreError)).toBeInstanceOf(StoreUnavailableError);
      server?.close();
    }
  });

  it('leaves an error of our own as it is', () => {
    const bug = new TypeError('x is not a function');
    expect(toStoreError(bug)).toBe(bug);
  });
});
