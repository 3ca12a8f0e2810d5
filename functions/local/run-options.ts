import { hasToken } from '../settings/secrets.ts';
import type { Settings } from '../settings/settings.ts';
import type { BotLock } from './machine/bot-lock.ts';
import type { ClockWatch } from './clock-watch.ts';
import { eventLine } from './event-lines.ts';
import type { createFoundation } from './foundation.ts';
import type { OpenedStore } from './store/opened-store.ts';
import type { RunOnPage, ShownOn } from './page/run-on-page.ts';
import type { ProcessIdentity } from './machine/process-identity.ts';
import type { RunNote } from './machine/run-record.ts';
import type { Terminal } from './terminal-chat.ts';

export interface RunOptions {
  env: Record<string, string | undefined>;
  settings: Settings;
  mode: 'polling' | 'webhook';
  /** Wait for the lease instead of being refused; only for polling. */
  standby: boolean;
  /** Without Telegram, whatever token is set, and whichever bot the data folder served. */
  local?: boolean;
  /** Ends the run cleanly. */
  signal: AbortSignal;
  say: (line: string) => void;
  /** Where the chat of a bot without a token takes place; absent for a run that nobody looks at. */
  terminal: Terminal | undefined;
  /** The absolute folder of its log; absent where it writes to its terminal. */
  log?: string;
  shownOn?: ShownOn;
}

/** A run whose store is open, however its updates will reach it. */
export interface Run extends RunOptions {
  store: OpenedStore;
  identity: ProcessIdentity;
  lock: BotLock;
  shown: RunOnPage;
  /** Absent over a store that has no clock but this machine's. */
  clockWatch: ClockWatch | undefined;
  /** Tells what has become of this process. */
  record: (change: Partial<RunNote>) => void;
}

type FoundationOptions = Parameters<typeof createFoundation>[0];

/** The options that the foundation of a run is created with, whatever its mode. */
export function groundOf(
  run: Run,
): Pick<FoundationOptions, 'store' | 'identity' | 'settings' | 'emit' | 'say' | 'troubles'> {
  const { store, identity, settings, say, shown, local, terminal } = run;
  // A chat that is looked at is its own trace.
  const hasChat = terminal !== undefined && (local === true || !hasToken(settings));
  const emit: FoundationOptions['emit'] = (event) => {
    shown.happened(event);
    const line = eventLine(event, { eachUpdate: !hasChat });
    if (line !== undefined) say(line);
  };
  return { store, identity, settings, emit, say, troubles: () => run.clockWatch?.reasons() ?? [] };
}
