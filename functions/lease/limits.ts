/*
 * The numbers of the protocol: each with what it is measured against, and what changing it costs. An operator's own
 * (MAX_CLOCK_SKEW_MS, HANDLER_DEADLINE_MS, MAX_ATTEMPTS) are in ../settings.
 */

// The lease

/** Between two looks at a lease that is held: the first pause, doubled up to the longest. Shorter ones cost reads, longer ones time. */
export const FIRST_PAUSE_MS = 40;
export const LONGEST_PAUSE_MS = 400;

/** A pause lasts from this share of its length to all of it: contenders that begin together do not look together again. */
export const SHORTEST_PAUSE_SHARE = 0.5;

/** Longer contention is better waited out by Telegram, whose connection is not billed. */
export const WAIT_BUDGET_MS = 1_500;

/** Telegram is asked to come again no sooner: at once, it would spend the requests that it is to save. */
export const SOONEST_RETRY_MS = 1_000;

/** A standing lease outlasts the handling of one update by this much; a crash on another host costs so much more. */
export const TERM_RESERVE_MS = 3_000;

/**
 * A standing lease is renewed so often in its term, so that a renewal has the rest of the term, less the clock-skew
 * margin, to be answered in. More renewals cost a write each, of every partition; fewer leave a slow store no time.
 */
export const RENEWALS_A_TERM = 3;

/** A standing lease lasts longer than so many clock-skew margins: a renewal that begins in time could not end in time. */
export const MARGINS_A_TERM = 3;

/** A standing lease takes a new token after so many updates, so that what it remembers under one stays bounded. */
export const MAX_ATTEMPTED = 10_000;

// The layout

/** Telegram's own limit for `max_connections`, which follows the partition count. */
export const MAX_PARTITIONS = 100;

/** A change of the layout looks so often whether a lease that it retires has become free. */
export const RETIRE_PAUSE_MS = 250;

/** A change takes its items one by one; meanwhile this is as good a guess as any. */
export const LAYOUT_CHANGE_RETRY_MS = 2_000;

/** An update follows its chat through so many changes of the layout; one change after another is waited out. */
export const MAX_MOVES = 3;

/** An update whose chat moved oftener is asked for again after so long. */
export const TRY_LATER_MS = 1_000;

/** A store answers so many requests at once as fast as one, and a burst of so many throttles no partition of a table. */
export const REQUESTS_AT_ONCE = 16;

// One update

/** Waiting in the process's own queue may use up at most this part of the deadline: the rest is the handler's. */
export const QUEUE_SHARE = 0.5;

/**
 * A handler used up the deadline, less the clock-skew margin, by itself if it worked for this share of it. A smaller
 * share parks updates that others have slowed down; a larger one repeats a handler that hangs.
 */
export const OWN_TIME_SHARE = 0.9;

/** An aborted call ends within this, or counts as still out. It is taken from the time to settle. */
export const ABORT_GRACE_MS = 250;

/** Attempts that vanish park an update no sooner than this: an outage makes attempts vanish too, and passes. */
export const VANISHED_GRACE_MS = 600_000;

/** Settled attempts show a person the same message at most so often. */
export const MAX_UNCONFIRMED = 3;

/** A message whose arrival is unknown waits so long before it is sent again: a disturbance may pass. */
export const WAIT_BEFORE_REPEAT_MS: readonly number[] = [10_000, 60_000];

// The ledger

/** Telegram redelivers for 24 hours; twice that is certain to outlast it. Longer costs storage alone. */
export const DEDUPE_HOURS = 48;
export const DEDUPE_MS = DEDUPE_HOURS * 3_600_000;

/** No two clocks are this far apart: a record that has less of its time left tells nobody that a tenure is over. */
export const DEDUPE_EDGE_MS = 3_600_000;

/** No attempt lasts as long, since a deadline is below half a minute: a claim that is older was abandoned. */
export const ABANDONED_AFTER_MS = 3_600_000;

/** A parked update waits so long for an operator, its payload with it. */
export const DEAD_KEPT_MS = 30 * 24 * 3_600_000;

/** Notes of attempts that an item keeps: an ordinary update stays within one write unit. */
export const MAX_HISTORY = 8;

/** The ledger keeps the errors of several attempts, and an item has a size past which no outcome could be written. */
export const MAX_ERROR_LENGTH = 500;

/** An operator's reason for a forced release, which the lease item keeps. */
export const MAX_REASON_LENGTH = 500;
