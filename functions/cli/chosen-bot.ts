import { LOCAL_BOT, LOCAL_NAME } from '../local/local-bot.ts';
import { hasToken } from '../settings/secrets.ts';
import type { BotIdentity } from '../status/status-store.ts';
import type { Output } from './output.ts';
import { secretsOf, type Session } from './session.ts';
import { CommandError, UsageError } from './usage-error.ts';

/** The bot that a command is about. */
export interface ChosenBot {
  id: string;
  /** `@prod_bot`; `undefined` where it has not run over this store yet. */
  name: string | undefined;
  /** Others that have run over the same store. */
  others: string[];
}

/**
 * The bot that the options name, the deployment's, or the token's; without any of them the only one that has run over this store.
 * @throws UsageError where that is not certain
 * @throws CommandError for a bot that has never run here; SettingsError, StoreUnavailableError
 */
export async function chosenBot(session: Session): Promise<ChosenBot> {
  const known = await session.status.bots();
  const id = await chosenId(session, known);
  const own = known.find((bot) => String(bot.id) === id);
  return {
    id,
    name: own === undefined ? localName(id) : nameOf(own),
    others: known.filter((bot) => bot !== own).map(toldAs),
  };
}

/** The same, said before anything else is. */
export async function announcedBot(session: Session, output: Output): Promise<ChosenBot> {
  const bot = await chosenBot(session);
  output.line(botLine(bot));
  return bot;
}

/** For people. */
export function botLine({ id, name, others }: ChosenBot): string {
  if (name !== undefined) return `Bot: ${name} (${id})`;
  const instead = others.length === 0 ? '' : `; those that have are ${others.join(', ')}`;
  return `Bot: ${id}, which has not run over this store${instead}`;
}

/** For `--json`. */
export function botJson({ id, name }: ChosenBot): object {
  return { bot: { id: Number(id), name: name ?? null } };
}

/** How people tell a bot from others. */
export function toldAs(bot: BotIdentity): string {
  return `${nameOf(bot)} (${bot.id})`;
}

function nameOf({ id, username }: BotIdentity): string {
  return localName(String(id)) ?? `@${username}`;
}

function localName(id: string): string | undefined {
  return id === String(LOCAL_BOT.id) ? LOCAL_NAME : undefined;
}

async function chosenId(session: Session, known: readonly BotIdentity[]): Promise<string> {
  const { target, status } = session;
  const { settings, deployment, botId } = target;
  const list = known.map(toldAs).join(', ') || 'none';
  if (botId !== undefined) {
    if (!known.some(({ id }) => String(id) === botId))
      throw new CommandError(`Bot ${botId} has never run over this store; those that have are: ${list}`);
    return botId;
  }
  // Its registration has written whose table it is; an operator may look at it without being allowed to read the token.
  const owner = deployment?.stack === undefined ? undefined : await status.bot();
  if (owner !== undefined) return String(owner.id);
  if (hasToken(settings)) return (await secretsOf(target)).botId;
  const [first, second] = known;
  if (first !== undefined && second === undefined) return String(first.id);
  if (first === undefined && deployment === undefined) return (await secretsOf(target)).botId;
  throw new UsageError(
    `It is not certain which bot is meant; these have run over this store: ${list}. ` +
      'Choose one with --bot ID, or set TELEGRAM_BOT_TOKEN to its token',
  );
}

/**
 * The bot of a command that acts at Telegram: the token's, said before anything else.
 * @throws UsageError where the options name another; SettingsError, StoreUnavailableError
 */
export async function announcedTokenBot(session: Session, output: Output): Promise<ChosenBot> {
  const { botId: id } = await secretsOf(session.target);
  const named = session.target.botId ?? id;
  await assertItsToken(session, { id: named });
  const found = await session.status.bot(id);
  const bot = { id, name: found && nameOf(found), others: [] };
  output.line(botLine(bot));
  return bot;
}

/**
 * A command that acts at Telegram, or hands an update to a bot, needs the chosen bot's token.
 * @throws UsageError
 */
export async function assertItsToken({ target }: Session, { id }: Pick<ChosenBot, 'id'>): Promise<void> {
  const { botId } = await secretsOf(target);
  if (botId === id) return;
  throw new UsageError(
    `The command is about bot ${id}, but the token belongs to bot ${botId}: set TELEGRAM_BOT_TOKEN to the token of bot ${id}`,
  );
}
