import type { Observed } from './record.ts';

/** Everything that was seen of one update, in the order of time, to find out what happened. */
export function historyOf(updateId: number, observed: Observed): string {
  const { writes, calls, answers, mishaps } = observed;
  const own = writes.filter((write) => write.updateId === updateId);
  const consumers = new Set(own.map(({ consumer }) => consumer));
  const events = [
    ...own.map((write) => {
      const { kind, consumer, token = '', status = '', error = '', result, delivered, answeredAtMs } = write;
      const until = answeredAtMs === undefined ? '' : ` until ${time(answeredAtMs)}`;
      const text = [kind, status, `token ${token}`, result, delivered ? '' : 'answer lost', error, until];
      return { atMs: write.sentAtMs, text: `${consumer} ${text.filter((each) => each !== '').join(' ')}` };
    }),
    ...calls
      .filter((call) => call.updateId === updateId)
      .map(({ consumer, token, arrivedAtMs: atMs, processed, confirmed }) => ({
        atMs,
        text: `${consumer} calls under token ${token}${processed ? '' : ', refused'}${confirmed ? '' : ', answer lost'}`,
      })),
    ...answers
      .filter((answer) => answer.updateId === updateId)
      .map(({ status, atMs }) => ({ atMs, text: `answered ${status}` })),
    ...mishaps
      .filter(({ consumer }) => consumers.has(consumer))
      .map(({ what, consumer, fromMs: atMs, toMs }) => ({
        atMs,
        text: `${consumer} ${what}${toMs === undefined ? '' : ` until ${time(toMs)}`}`,
      })),
  ];
  return events
    .sort((a, b) => a.atMs - b.atMs)
    .map(({ atMs, text }) => `    ${time(atMs)} ${text}`)
    .join('\n');
}

const time = (ms: number): string => (ms / 1000).toFixed(3);
