import { type Html, joinHtml, rich } from '../../telegram/limits-html.ts';
import type { Kept, NamedData, NamelessData } from '../personal-data.ts';
import type { Texts } from './catalogue.ts';

const NAMES: Record<NamedData | NamelessData, string> = {
  language: 'the language that you chose (/language)',
  scripts: 'the scripts you generated, and what they are about (/scripts)',
  votes: 'your 👍 and 👎 on articles',
  parked: 'a message of yours that could not be answered, whole, until somebody has looked into it',
  counts: 'how often you were turned away, or as an administrator told of a failure',
  gaps: 'what was searched for in vain',
  queries: 'long searches, so that the buttons below them work',
  voted: 'which articles were voted on, day by day',
};

const days = (count: number): string => `${count} ${count === 1 ? 'day' : 'days'}`;
const listed = (kept: readonly Kept<NamedData | NamelessData>[]): Html =>
  joinHtml(
    kept.map(
      (each) =>
        rich`• ${NAMES[each.kind]}: ${each.days === undefined ? 'until you choose anew' : days(each.days)}`,
    ),
    '\n',
  );

export const englishPrivacy: Texts['privacy'] = {
  kept: ({ named, nameless }, { userId, backupDays }) => rich`🔏 <b>What I keep of you</b>

Under your id, <code>${userId}</code>, and for how long:
${listed(named)}

Without who it is from:
${listed(nameless)}

I do not keep your name, and my logs hold neither your words nor your id. Our chat itself is in Telegram’s hands.

/forgetme deletes what is kept under your id. Backups of my table, where its operator has any, forget it ${days(backupDays)} later.`,
  question: (named) => rich`🗑 <b>Shall I delete what I keep of you?</b>

${joinHtml(
  named.map(({ kind }) => rich`• ${NAMES[kind]}`),
  '\n',
)}

It cannot be undone. You can go on using me afterwards.`,
  privately: rich`🔏 Write /forgetme to me in our private chat: there it is certain who asks.`,
  confirm: '🗑 Delete it',
  keep: '✖️ Keep it',
  nothingDone: rich`✖️ Nothing was deleted.`,
  forgotten: ({ atWork, backupDays }) =>
    rich`🗑 Nothing is kept under your id any more; backups of my table forget it within ${days(backupDays)}.${
      atWork > 0 &&
      ' A message of yours is being answered anew just now and was left: should no answer come, write /forgetme again in an hour.'
    }`,
};
