/** A Telegram that takes 6 s for each message: `npm run slow-telegram`. Counts how often a person is shown the same one. */
import { MAX_UNCONFIRMED } from '../../functions/lease/limits.ts';
import { buildWorld } from './world.ts';

const TAKES_MS = 6_000;
const PEOPLE = 12;
/** Longer than Telegram takes, which is the default, and shorter: no answer is ever confirmed then. */
const DEADLINES_MS = [12_000, 5_000];
const SETTLED_WITHIN_MS = 600_000;

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
for (const deadlineMs of DEADLINES_MS) {
  const { mostOften, done, parked } = await ask(deadlineMs);
  console.log(
    `HANDLER_DEADLINE_MS=${deadlineMs}: ${PEOPLE} questions, ${done} done, ${parked} parked; ` +
      `the same message was shown ${mostOften} times at most (bound ${MAX_UNCONFIRMED})`,
  );
  if (mostOften > MAX_UNCONFIRMED || mostOften === 0 || done + parked !== PEOPLE) process.exitCode = 1;
}

async function ask(deadlineMs: number): Promise<{ mostOften: number; done: number; parked: number }> {
  const world = await buildWorld({
    store: 'dynalite',
    consumers: 1,
    partitions: PEOPLE,
    deadlineMs,
    skewMs: 500,
    telegramSpeed: 1,
  });
  const { server, ledger } = world;
  try {
    server.fault({ fault: { kind: 'slow', delayMs: TAKES_MS }, method: 'sendMessage', times: Infinity });
    const people = Array.from({ length: PEOPLE }, (_, at) => ({ id: 5_000 + at, first_name: `U${at}` }));
    const ids = people.map((from) => server.sendMessage({ from, text: '/help' }).updateId!);
    await server.drained({ timeoutMs: SETTLED_WITHIN_MS });
    const records = await Promise.all(ids.map((id) => ledger.read(id)));
    const copies = people.flatMap(({ id }) => {
      const texts = server.messages(id).flatMap(({ from, text }) => (from?.is_bot ? [text] : []));
      return texts.map((text) => texts.filter((other) => other === text).length);
    });
    return {
      mostOften: Math.max(0, ...copies),
      done: records.filter((record) => record?.status === 'done').length,
      parked: records.filter((record) => record?.status === 'dead').length,
    };
  } finally {
    await world.close();
  }
}
