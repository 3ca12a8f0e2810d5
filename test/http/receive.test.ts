import { expect, it } from 'vitest';
import { createReceiver, SECRET_HEADER, type RequestProblem } from '../../functions/http/receive.ts';

const DEFECT = new TypeError('nobody thought of this');
const request = {
  headers: { [SECRET_HEADER]: 'secret' },
  body: Buffer.from(JSON.stringify({ update_id: 1 })),
};

/** A receiver of which one part throws what is no outcome of an update. */
function broken(part: 'acceptedSecrets' | 'consumer' | 'consume') {
  const problems: RequestProblem[] = [];
  const answered: number[] = [];
  const through = (it: typeof part) => {
    if (it === part) throw DEFECT;
  };
  const receive = createReceiver({
    acceptedSecrets: async () => {
      through('acceptedSecrets');
      return ['secret'];
    },
    consumer: async () => {
      through('consumer');
      return {
        consume: async () => {
          through('consume');
          return { kind: 'done' };
        },
      };
    },
    onAnswered: ({ updateId }) => answered.push(updateId),
    onProblem: (problem) => problems.push(problem),
  });
  return { reply: receive(request, 3_000), problems, answered };
}

it.each(['consumer', 'consume'] as const)(
  'an update that meets a defect is delivered again, and the defect is reported: %s',
  async (part) => {
    const { reply, problems, answered } = broken(part);
    expect((await reply).status).toBe(500);
    expect(problems).toMatchObject([{ status: 500, error: DEFECT }]);
    expect(answered).toEqual([]);
  },
);

it('an update that comes while the secrets cannot be read is asked for again soon, and nobody is called a stranger', async () => {
  const { reply, problems, answered } = broken('acceptedSecrets');
  expect(await reply).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
  expect(problems).toMatchObject([{ status: 503, error: DEFECT }]);
  expect(answered).toEqual([]);
});
