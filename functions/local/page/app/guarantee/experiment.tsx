import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { ExperimentState } from '../../experiment/state.ts';
import { ask } from './seen-state.ts';
import { LiveTimeline } from './live-timeline.tsx';
import { Table } from './table.tsx';
import { TraceFeed } from './trace-feed.ts';

const feed = new TraceFeed();
const isStarting = signal(false);

/** Real consumers in processes that the page started: a visitor may freeze and kill these. */
export function Experiment({ state }: { state: ExperimentState | null }): JSX.Element {
  const isRunning = state !== null;
  useEffect(() => {
    if (!isRunning) return;
    feed.join('/page/guarantee/experiment/events');
    return () => feed.leave();
  }, [isRunning]);
  const start = async (): Promise<void> => {
    isStarting.value = true;
    await ask('experiment/start');
    isStarting.value = false;
  };
  return (
    <section aria-label="Experiment">
      <h2>Break it</h2>
      {state === null ? (
        <>
          <p>
            An experiment has a store, a Telegram and two consumers of its own, which Telegram's deliveries
            reach as they reach Lambda. Your bot goes on beside it, undisturbed.
          </p>
          <button type="button" class="primary" disabled={isStarting.value} onClick={() => void start()}>
            {isStarting.value ? 'Starting two consumers…' : 'Start an experiment'}
          </button>
        </>
      ) : (
        <>
          <Acts state={state} />
          <Consumers state={state} />
          <LiveTimeline
            name="Timeline of what you break"
            feed={feed}
            emptyText="Let people write, and see who answers."
          />
        </>
      )}
    </section>
  );
}

const RATES = [0, 1, 5, 20] as const;

function Acts({ state }: { state: ExperimentState }): JSX.Element {
  const act = (path: string, body?: object) => () => void ask(`experiment/${path}`, body);
  return (
    <div class="acts">
      <div role="group" aria-label="How many write">
        <span>Messages a second:</span>
        {RATES.map((perSecond) => (
          <button
            key={perSecond}
            type="button"
            aria-pressed={state.perSecond === perSecond}
            onClick={act('traffic', { perSecond })}
          >
            {perSecond}
          </button>
        ))}
        <span class="hint">{state.pending} wait at Telegram</span>
      </div>
      <div role="group" aria-label="What goes wrong">
        <button type="button" class="danger" onClick={act('kill-holder')}>
          kill -9 the holder
        </button>
        <button type="button" onClick={act('twice')}>
          Deliver an update twice
        </button>
        <button type="button" onClick={act('poison')}>
          A message that cannot be answered
        </button>
        <button
          type="button"
          disabled={state.telegramFault !== null}
          onClick={act('telegram', { kind: 'too-many-requests' })}
        >
          Telegram answers 429
        </button>
        <button
          type="button"
          disabled={state.telegramFault !== null}
          onClick={act('telegram', { kind: 'hang' })}
        >
          Telegram is silent
        </button>
        <button type="button" class="danger" disabled={state.isStoreDown} onClick={act('store')}>
          No store for ten seconds
        </button>
        <button type="button" onClick={act('add')}>
          One more consumer
        </button>
        <button type="button" onClick={act('stop')}>
          End the experiment
        </button>
      </div>
    </div>
  );
}

function Consumers({ state }: { state: ExperimentState }): JSX.Element {
  return (
    <Table name="Consumers">
      <caption>Consumers</caption>
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">PID</th>
          <th scope="col">State</th>
          <th scope="col">In hand</th>
          <th scope="col">
            <span class="sr">Acts</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {state.consumers.map(({ name, pid, state: how, inHand }) => (
          <tr key={name} class={how}>
            <td>{name}</td>
            <td>{pid ?? '–'}</td>
            <td>{how}</td>
            <td>{inHand}</td>
            <td>
              {how === 'running' && (
                <button type="button" onClick={() => void ask('experiment/freeze', { name })}>
                  Freeze<span class="sr"> {name}</span>
                </button>
              )}
              {how === 'frozen' && (
                <button type="button" onClick={() => void ask('experiment/thaw', { name })}>
                  Thaw<span class="sr"> {name}</span>
                </button>
              )}
              {how !== 'dead' && (
                <button type="button" class="danger" onClick={() => void ask('experiment/kill', { name })}>
                  kill -9<span class="sr"> {name}</span>
                </button>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
