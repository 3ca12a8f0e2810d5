import { StoreDamagedError, type StoreUnavailableError } from '../lease/store-unavailable.ts';

/** Errors and silences younger, respectively older, than this degrade the health. */
export const FRESH_MS = 300_000;
const LATELY = `within the last ${FRESH_MS / 60_000} minutes`;

/**
 * Everything for which a bot's health is degraded; `../http/README.md` lists them word for word. After a colon a reason may
 * say more: numbers, times, what to do. Anybody may read it, so no more than that.
 */
export const REASONS = {
  storeSilent: 'the store cannot be reached',
  storeRefuses: 'the store refuses this bot',
  storeDamaged: 'the store is damaged',
  noKnowledge: 'there is no knowledge base',
  webhookForeign: 'the webhook is missing or somebody else’s',
  webhookErrors: `Telegram had an error from the webhook ${LATELY}`,
  endpointFails: 'a synthetic update is not answered at the webhook’s address',
  watchdogSilent: `the watchdog has not looked at the webhook ${LATELY}`,
  telegramSilent: 'Telegram does not answer this bot',
  telegramRefuses: 'Telegram refuses this bot',
  tokenShared: 'another program polls with this bot’s token',
  clockOff: 'this machine’s clock is off',
  partitionStopped: 'a partition takes no updates',
  layoutLost: 'the layout of the partitions is lost',
  parked: 'updates are parked',
} as const;

export function reason(key: keyof typeof REASONS, more?: string): string {
  return more === undefined ? REASONS[key] : `${REASONS[key]}: ${more}`;
}

/** Whether no update is handled, wherever Telegram delivers to. */
export function stopsEverything(reasons: readonly string[]): boolean {
  const { storeSilent, storeRefuses, storeDamaged } = REASONS;
  return reasons.some((told) =>
    [storeSilent, storeRefuses, storeDamaged].some((each) => told.startsWith(each)),
  );
}

const KEEPS_USERS_OUT = [
  'storeSilent',
  'storeRefuses',
  'storeDamaged',
  'partitionStopped',
  'layoutLost',
] as const satisfies readonly (keyof typeof REASONS)[];

/**
 * The reasons for which some users, or all, wait in vain, and that only the health names: webhook and endpoint stand
 * here as they were a look ago. The others leave time until somebody is at work.
 */
export function keepingUsersOut(reasons: readonly string[]): string[] {
  return reasons.filter((told) => KEEPS_USERS_OUT.some((key) => told.startsWith(REASONS[key])));
}

const REFUSALS: Record<NonNullable<StoreUnavailableError['refusal']>, string> = {
  'no-table': 'its table does not exist',
  expired: 'its credentials have expired',
  'not-accepted': 'its credentials are not accepted',
  denied: 'its credentials do not allow it',
};

export function storeReason(error: StoreUnavailableError): string {
  if (error instanceof StoreDamagedError)
    return reason('storeDamaged', 'restore the data folder from a backup, or start with another one');
  const { refusal } = error;
  return refusal === undefined ? reason('storeSilent') : reason('storeRefuses', REFUSALS[refusal]);
}
