import { fork, type ChildProcess } from 'node:child_process';
import { on, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { DynamoLeaseStore } from '../../functions/dynamodb/lease-store.ts';
import { DynamoLedgerStore } from '../../functions/dynamodb/ledger-store.ts';
import { activateLayout } from '../../functions/lease/layout-change.ts';
import type { Outcome } from '../../functions/lease/outcome.ts';
import { compiledProgram } from '../fixtures/compiled-program.ts';
import type { ConsumerReport, ConsumerRequest } from '../fixtures/consumer-process.ts';
import { describeOnEveryStore } from '../fixtures/dynamodb-endpoints.ts';

const PROGRAM = new URL('../fixtures/consumer-process.ts', import.meta.url);
const DEADLINE_MS = 2_500;
const SKEW_MS = 200;

class ConsumerProcess {
  readonly handled: number[] = [];
  readonly #child: ChildProcess;

  constructor(endpoint: string, tableName: string, holder: string) {
    this.#child = fork(compiledProgram(PROGRAM), [endpoint, tableName, holder, String(SKEW_MS)]);
    onTestFinished(() => void this.#child.kill('SIGKILL'));
    this.#child.on('message', (message: ConsumerReport) => {
      if ('handling' in message) this.handled.push(message.handling);
    });
  }

  async heard<T>(pick: (message: ConsumerReport) => T | undefined): Promise<T> {
    // A listener that stays: two reports read at once are emitted before a promise of the first goes on.
    for await (const [message] of on(this.#child, 'message', { close: ['exit'] })) {
      const picked = pick(message as ConsumerReport);
      if (picked !== undefined) return picked;
    }
    throw new Error('the process ended before its report');
  }

  ready(): Promise<true> {
    return this.heard((message) => ('ready' in message ? true : undefined));
  }

  send(request: ConsumerRequest): void {
    this.#child.send(request);
  }

  async deliver(updateId: number): Promise<Outcome> {
    const outcome = this.heard((message) =>
      'outcome' in message && message.updateId === updateId ? message.outcome : undefined,
    );
    this.send({ updateId, deadlineMs: DEADLINE_MS });
    return outcome;
  }

  async kill(): Promise<void> {
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }
}

describeOnEveryStore('two processes', (store) => {
  it('handle an update once between them, and the survivor takes over what the killed one left', async () => {
    const { client, tableName } = await store.freshTable();
    const table = { client, tableName, scope: '42' };
    const ledger = new DynamoLedgerStore(table);
    await activateLayout(new DynamoLeaseStore(table), 1);
    const [a, b] = ['A', 'B'].map((name) => new ConsumerProcess(store.endpoint(), tableName, name));
    if (a === undefined || b === undefined) throw new Error('no process');
    await Promise.all([a.ready(), b.ready()]);

    // One update to both at once, again and again until both know its outcome.
    const kinds = new Set<string>();
    for (let round = 0; round < 3; round += 1) {
      const outcomes = await Promise.all([a.deliver(1), b.deliver(1)]);
      for (const { kind } of outcomes) kinds.add(kind);
    }
    expect([...a.handled, ...b.handled]).toStrictEqual([1]);
    expect(kinds).toContain('done');
    expect(kinds).toContain('duplicate');
    expect(await ledger.read(1)).toMatchObject({ status: 'done', attempts: 1 });

    // A is killed while it handles the second.
    const begun = a.heard((message) => ('handling' in message && message.handling === 2 ? true : undefined));
    const sentAtMs = Date.now();
    a.send({ updateId: 2, deadlineMs: DEADLINE_MS, hang: true });
    await begun;
    await a.kill();
    const killedAtMs = Date.now();
    let refusals = 0;
    let outcome = await b.deliver(2);
    while (outcome.kind === 'busy') {
      refusals += 1;
      await sleep(20);
      outcome = await b.deliver(2);
    }
    const takenOverAtMs = Date.now();
    process.stdout.write(
      `takeover after kill -9 on ${store.name}: ${takenOverAtMs - killedAtMs} ms` +
        ` (lease ${DEADLINE_MS} ms, margin ${SKEW_MS} ms, ${refusals} refusals)\n`,
    );
    expect(outcome).toStrictEqual({ kind: 'done' });
    expect(refusals).toBeGreaterThan(0);
    expect(takenOverAtMs - sentAtMs).toBeGreaterThan(DEADLINE_MS + SKEW_MS);
    expect(await ledger.read(2)).toMatchObject({
      status: 'done',
      attempts: 2,
      holder: 'B',
      history: [
        { ended: 'vanished', holder: 'A' },
        { ended: 'done', holder: 'B' },
      ],
    });
    expect(b.handled.filter((updateId) => updateId === 2)).toHaveLength(1);
  });
});
