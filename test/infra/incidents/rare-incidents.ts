import { DeleteCommand, GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { keys } from '../../../functions/dynamodb/keys.ts';
import type { Incident } from './incidents.ts';
import type { World } from './world.ts';

type Item = Record<string, unknown>;

let kept: Item[] = [];
let heal = (): void => {};

const askAll = (world: World): void => {
  for (const user of [1, 2, 3]) world.say(user, 'motor');
};

const pointerLost: Incident = {
  name: 'the knowledge base is gone',
  kind: 'ticket',
  within: 16,
  phases: [
    {
      minutes: 30,
      first: async ({ client, tableName: TableName }) => {
        const where = { TableName, Key: keys.currentVersion() };
        kept = [(await client.send(new GetCommand({ ...where, ConsistentRead: true }))).Item!];
        await client.send(new DeleteCommand(where));
      },
      each: askAll,
      last: putBack,
    },
  ],
};

const indexDamaged: Incident = {
  name: 'the search index is damaged',
  kind: 'ticket',
  within: 6,
  phases: [
    {
      minutes: 1,
      first: async (world) => {
        await world.importAtoms(6);
        await damageIndex(world);
      },
      each: askAll,
      last: putBack,
    },
  ],
};

const ownDefect: Incident = {
  name: 'the code makes a request that the table refuses',
  kind: 'page',
  within: 6,
  phases: [
    {
      minutes: 30,
      driven: 2,
      first: (world) => void (heal = world.aws.disturb(/"UPDATE#/, 'refuse')),
      each: askAll,
      last: () => heal(),
    },
  ],
};

async function damageIndex({ client, tableName: TableName }: World): Promise<void> {
  const pointer = (await client.send(new GetCommand({ TableName, Key: keys.currentVersion() }))).Item!;
  const { pk } = keys.snapshotChunk(String(pointer['live_version']), 0);
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': pk },
    }),
  );
  kept = Items;
  for (const { pk, sk } of kept) await client.send(new DeleteCommand({ TableName, Key: { pk, sk } }));
}

async function putBack({ client, tableName: TableName }: World): Promise<void> {
  for (const Item of kept) await client.send(new PutCommand({ TableName, Item }));
}

/** Incidents that hardly ever happen, and have an alarm all the same. */
export const RARE_INCIDENTS: readonly Incident[] = [pointerLost, indexDamaged, ownDefect];
