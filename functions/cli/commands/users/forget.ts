import { type Command, InvalidArgumentError } from 'commander';
import { BACKUP_DAYS, type Forgotten, NAMED } from '../../../bot/personal-data.ts';
import { personalDataOf } from '../../../wiring/stores.ts';
import { announcedBot, botJson } from '../../chosen-bot.ts';
import { confirmed } from '../../confirm.ts';
import { defineCommand, type Invocation } from '../../define-command.ts';
import { assertOwnClock, withStore } from '../../session.ts';

interface ForgetOptions {
  yes?: boolean;
}

const NAMES: Record<(typeof NAMED)[number], string> = {
  scripts: 'scripts',
  votes: 'votes',
  parked: 'parked updates',
  counts: 'counts of refusals and notes',
  language: 'choices of language',
};

/** `bot users forget` */
export function define(command: Command): void {
  command
    .argument('<user-id>', 'as /privacy and the refusal show it; that of a chat is negative', parseUserId)
    .option('--yes', 'do not ask');
  defineCommand<ForgetOptions>(command, {
    run: forget,
  });
}

async function forget({ options, args, output, target }: Invocation<ForgetOptions>): Promise<number> {
  const userId = Number(args[0]);
  const resolved = await target();
  const what = NAMED.map((kind) => NAMES[kind]).join(', ');
  if (!(await confirmed(`Delete what is kept of ${userId} (${what})? It cannot be undone.`, options)))
    return 1;
  return withStore(resolved, async (session) => {
    const { client, tableName } = session.store;
    await assertOwnClock(session);
    const bot = await announcedBot(session, output);
    const personalData = personalDataOf({ client, tableName, botId: bot.id });
    const forgotten = await personalData.forget(userId, { nowMs: Date.now() });
    const { atWork } = forgotten;
    output.line(`✅ Deleted: ${countsOf(forgotten)}`);
    output.line(`Backups of the table, where it has any, keep it for ${BACKUP_DAYS} days more`);
    if (atWork > 0)
      output.line(`⚠️  Left: ${atWork} of their updates, handled again just now. Ask again in an hour.`);
    output.json({ ...botJson(bot), user_id: userId, ...countsJson(forgotten), at_work: atWork });
    return atWork === 0 ? 0 : 1;
  });
}

const countsOf = (forgotten: Forgotten): string =>
  NAMED.map((kind) => `${forgotten[kind]} ${NAMES[kind]}`).join(', ');

const countsJson = (forgotten: Forgotten): Record<string, number> =>
  Object.fromEntries(NAMED.map((kind) => [kind, forgotten[kind]]));

function parseUserId(text: string): string {
  if (/^-?[1-9]\d{0,15}$/.test(text)) return text;
  throw new InvalidArgumentError('A user id is a number other than 0.');
}
