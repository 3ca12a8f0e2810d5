import { hasToken } from '../../settings/secrets.ts';
import { connectionsFor, hostOf, readWebhook, webhookDifferences } from '../../telegram/webhook-state.ts';
import { explain } from '../explain.ts';
import { commandForThisBot } from '../invocation.ts';
import { readLeases, standingHolder } from '../lease-view.ts';
import { grouped, time } from '../output.ts';
import { protocolOf, telegramOf, type Session } from '../session.ts';
import type { Target } from '../target.ts';
import { failed, ok, warning, type Verdict } from './verdict.ts';

const MANY_PENDING = 100;
const FRESH_ERROR_MS = 3_600_000;

const INLINE_IS_OFF = warning(
  'Inline mode',
  'off, so that `@bot question` finds nothing in other chats',
  'Switch it on: send /setinline to @BotFather',
);

export async function checkTelegram(target: Target, session: Session | undefined): Promise<Verdict[]> {
  if (!hasToken(target.settings) && target.deployment === undefined) return [];
  try {
    const { api, secrets } = await telegramOf(target);
    const me = await api.getMe();
    return [
      ok('Telegram', `@${me.username}`),
      ...(me.supports_inline_queries ? [] : [INLINE_IS_OFF]),
      groups(me.can_read_all_group_messages),
      ...(await checkWebhook({ target, session, api, botId: secrets.botId })),
    ];
  } catch (error) {
    const text = explain(error, { args: process.argv.slice(2), debug: false }).replace(/^❌ /, '');
    return [failed('Telegram', 'it does not work', text)];
  }
}

/** Either setting is good: the bot answers commands, mentions and replies to it, and nothing else. */
function groups(seesAll: boolean): Verdict {
  const seen = seesAll ? 'every message' : 'commands, mentions and replies to it';
  return ok(
    'Groups',
    `privacy mode is ${seesAll ? 'off' : 'on'}: the bot sees ${seen} (/setprivacy at @BotFather)`,
  );
}

async function checkWebhook(options: {
  target: Target;
  session: Session | undefined;
  api: Awaited<ReturnType<typeof telegramOf>>['api'];
  botId: string;
}): Promise<Verdict[]> {
  const { target, session, api, botId } = options;
  const actual = await readWebhook(api);
  const verdicts: Verdict[] = [];
  const wish = await session?.status.webhook(botId);
  const leases = session && (await readLeases(protocolOf(session, botId), session.identity.isDead));
  const isOff = wish?.desired === 'off';
  const expected = isOff ? undefined : (wish?.expectedUrl ?? target.deployment?.webhookUrl);
  if (isOff && target.deployment !== undefined) {
    const where = actual.url === '' ? 'none is set' : `set at ${hostOf(actual.url)}`;
    verdicts.push(
      failed(
        'Webhook',
        `switched off by an operator, ${where}: the deployment receives nothing`,
        `To switch it on: ${commandForThisBot('start')}`,
      ),
    );
  } else if (expected !== undefined) {
    const maxConnections = connectionsFor(leases?.layout?.partitions ?? 1);
    const differences = webhookDifferences(actual, { url: expected, maxConnections });
    const set = commandForThisBot('webhook set', target.deployment === undefined ? [expected] : []);
    verdicts.push(
      differences.length === 0
        ? ok('Webhook', `set at ${hostOf(expected)}`)
        : failed('Webhook', differences.join('; '), `Set it: ${set}`),
    );
  } else if (actual.url === '') verdicts.push(ok('Webhook', 'none, as it should be for a bot that polls'));
  else {
    const isPolling = leases !== undefined && standingHolder(leases.leases) !== undefined;
    verdicts.push(
      (isPolling ? failed : warning)(
        'Webhook',
        `set at ${hostOf(actual.url)}, so a bot that polls is refused`,
        `If that deployment is not wanted: ${commandForThisBot('webhook delete')}`,
      ),
    );
  }
  if (actual.pendingUpdateCount > MANY_PENDING)
    verdicts.push(
      warning(
        'Pending updates',
        grouped(actual.pendingUpdateCount),
        `Is the bot running? See ${commandForThisBot('status')}`,
      ),
    );
  const { lastError, lastErrorAtMs = 0 } = actual;
  if (lastError !== undefined && Date.now() - lastErrorAtMs < FRESH_ERROR_MS)
    verdicts.push(
      warning('Deliveries', `${lastError} (${time(lastErrorAtMs)})`, 'Look at the log of that minute'),
    );
  return verdicts;
}
