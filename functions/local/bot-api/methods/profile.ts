import { badRequest } from '../api-error.ts';
import type { ProfileText } from '../profile-texts.ts';
import { languageOf } from './commands.ts';
import type { Method } from './method.ts';

/** The pairs setMyX and getMyX, which differ only in name and length. */
export const profileText = {
  set:
    (kind: ProfileText, maxLength: number): Method =>
    (context) => {
      const { args, bot, telegram } = context;
      const text = args.text(kind).trim();
      if (text.length > maxLength) throw badRequest(`BOT_${kind.toUpperCase()}_TOO_LONG`);
      bot.texts.setText(kind, languageOf(context), text);
      telegram.changed();
      return { result: true };
    },
  get:
    (kind: ProfileText): Method =>
    (context) => {
      const fallback = kind === 'name' ? context.bot.user.first_name : '';
      return { result: { [kind]: context.bot.texts.text(kind, languageOf(context)) ?? fallback } };
    },
};
