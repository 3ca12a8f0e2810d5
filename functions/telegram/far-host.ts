import { getDefaultAutoSelectFamilyAttemptTimeout, setDefaultAutoSelectFamilyAttemptTimeout } from 'node:net';

/**
 * Where a name has IPv6 and IPv4 addresses, Node gives each attempt to connect 250 ms, and gives all of them up after
 * that. The Bot API has one data centre, which may be farther away than that: https://github.com/nodejs/node/issues/54359
 */
const ATTEMPT_MS = 2_000;

// On import: whatever calls Telegram has this module, so that no entry point can forget it. A longer time that
// --network-family-autoselection-attempt-timeout asks for stays.
setDefaultAutoSelectFamilyAttemptTimeout(Math.max(ATTEMPT_MS, getDefaultAutoSelectFamilyAttemptTimeout()));
