import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { GuaranteeState } from '../../guarantee-state.ts';
import { Experiment } from './experiment.tsx';
import { LiveTimeline } from './live-timeline.tsx';
import { labelOf } from './process-label.ts';
import { ask, look, problem, state } from './seen-state.ts';
import { Table } from './table.tsx';
import { TraceFeed } from './trace-feed.ts';

const LOOK_EVERY_MS = 1_000;

const feed = new TraceFeed();
let isFollowing = false;

/** The lease, the ledger and the updates of the running system, and a system that one may break. */
export function Guarantee(): JSX.Element {
  useEffect(() => {
    if (!isFollowing) feed.follow('guarantee/events');
    isFollowing = true;
    void look();
    const looking = setInterval(() => void look(), LOOK_EVERY_MS);
    return () => clearInterval(looking);
  }, []);
  const now = state.value;
  return (
    <section class="guarantee" aria-label="The guarantee at work">
      <p class="lead">
        One consumer at a time, nothing lost, nothing answered twice. An update is handled under the lease,
        which is <b>acquired</b> for each one behind a webhook, and held and renewed by a bot that polls. It
        costs a <b>claim</b> in the ledger, the handling, and a <b>settle</b>; only after that Telegram hears
        that it is done.
      </p>
      {problem.value !== '' && (
        <p class="problem" role="alert">
          {problem.value}
        </p>
      )}
      {now && (
        <>
          <Health state={now} />
          <Leases state={now} />
          <h2>The last updates of this bot</h2>
          <LiveTimeline
            name="Timeline of this bot"
            feed={feed}
            emptyText="Write to the bot, and see here what the lease does about it."
          />
          {now.bot.isLocal && (
            <p>
              <button type="button" onClick={() => void ask('again')}>
                Deliver the last update once more
              </button>
            </p>
          )}
          <Parked state={now} />
          <Experiment state={now.experiment} />
        </>
      )}
    </section>
  );
}

function Health({ state: { health, bot } }: { state: GuaranteeState }): JSX.Element {
  return (
    <div class={`card health ${health.status}`}>
      <b role="status">{health.status === 'running' ? '● running' : '▲ degraded'}</b>
      <span>
        {bot.isLocal ? `@${bot.username}, local, not on Telegram` : `@${bot.username}`} · version{' '}
        {health.version} · up {health.uptime_seconds} s · {health.knowledge_base?.atoms ?? 0} atoms
      </span>
      {health.reasons.length > 0 && (
        <ul>
          {health.reasons.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Leases({ state: { health } }: { state: GuaranteeState }): JSX.Element {
  return (
    <Table name="Leases">
      <caption>Leases</caption>
      <thead>
        <tr>
          <th scope="col">Partition</th>
          <th scope="col">State</th>
          <th scope="col">Holder</th>
          <th scope="col">Fencing token</th>
          <th scope="col">Time left</th>
        </tr>
      </thead>
      <tbody>
        {health.lease.map((lease) => (
          <tr key={lease.partition}>
            <td>{lease.partition}</td>
            <td>{lease.state}</td>
            <td>{lease.holder === null ? '–' : labelOf(lease.holder)}</td>
            <td>{lease.fencing_token}</td>
            <td>{timeLeft(lease.expires_at)}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function timeLeft(expiresAt: string | null): string {
  if (expiresAt === null) return '–';
  const seconds = (Date.parse(expiresAt) - Date.now()) / 1000;
  return seconds <= 0 ? 'expired' : `${seconds.toFixed(0)} s`;
}

function Parked({ state: { parked } }: { state: GuaranteeState }): JSX.Element {
  if (parked.length === 0) return <p class="hint">No update is parked.</p>;
  return (
    <Table name="Parked updates">
      <caption>Parked updates: kept whole, and answered 200 so that they mute no chat</caption>
      <thead>
        <tr>
          <th scope="col">Update</th>
          <th scope="col">State</th>
          <th scope="col">Attempts</th>
          <th scope="col">Error</th>
          <th scope="col">
            <span class="sr">Replay</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {parked.map(({ updateId, status, attempts, error }) => (
          <tr key={updateId}>
            <td>{updateId}</td>
            <td>{status}</td>
            <td>{attempts}</td>
            <td>{error ?? '–'}</td>
            <td>
              <button type="button" onClick={() => void ask('replay', { updateId })}>
                Replay
              </button>
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
