import { Composer } from 'grammy/web';
import { rich } from '../../telegram/limits-html.ts';
import { shorten } from '../../telegram/limits.ts';
import { acknowledge, button, replace, reply, type Keyboard } from '../answer.ts';
import { encodePress } from '../callbacks.ts';
import type { BotContext } from '../context.ts';
import type { BotDeps } from '../deps.ts';
import { onPress } from '../presses.ts';
import { personIn } from '../sender.ts';
import { hasTexts, LANGUAGES, languageNamed, textsFor } from '../texts/texts.ts';

const SHOWN = 40;

/** `/language`, with a language or with buttons. The choice is that of the person who asks or presses, in every chat. */
export function language(deps: BotDeps): Composer<BotContext> {
  const composer = new Composer<BotContext>();

  composer.command('language', async (ctx) => {
    const { language: texts } = ctx.texts;
    const userId = personIn(ctx.update);
    if (userId === undefined) return reply(ctx, { text: texts.ofAPerson });
    const typed = ctx.match.trim();
    const isChosen = ctx.chosenLanguage !== undefined;
    if (typed === '') return reply(ctx, { text: texts.question({ isChosen }), keyboard: keyboardOf(ctx) });
    const code = languageNamed(typed);
    if (code === undefined && !isAutomatic(typed))
      return reply(ctx, { text: texts.unknown(shorten(typed, SHOWN)), keyboard: keyboardOf(ctx) });
    await choose(deps, ctx, { userId, code });
    await reply(ctx, { text: rich`${confirmationOf(ctx, code)}` });
  });

  onPress(composer, 'language', async (ctx, { code }) => {
    const userId = personIn(ctx.update);
    if (userId === undefined || (code !== undefined && !hasTexts(code))) return acknowledge(ctx);
    await choose(deps, ctx, { userId, code });
    const confirmation = confirmationOf(ctx, code);
    // In a group the question is somebody else's perhaps, and there for the next one.
    if (ctx.chat?.type === 'private') await replace(ctx, { text: rich`${confirmation}` });
    else await acknowledge(ctx, confirmation);
  });

  return composer;
}

/** The one that holds now is marked. */
function keyboardOf({ texts, chosenLanguage }: BotContext): Keyboard {
  const choice = (label: string, code: string | undefined): Keyboard[number][number] => {
    const marked = code === chosenLanguage ? `✓ ${label}` : label;
    return button(marked, encodePress({ op: 'language', ...(code !== undefined && { code }) }));
  };
  const named = Object.entries(LANGUAGES).map(([code, { language: own }]) => choice(own.ownName, code));
  return [named, [choice(texts.language.automatic, undefined)]];
}

function isAutomatic(typed: string): boolean {
  return Object.values(LANGUAGES).some(({ language: { automaticWords } }) =>
    automaticWords.includes(typed.toLowerCase()),
  );
}

function choose(
  { languages }: BotDeps,
  ctx: BotContext,
  { userId, code }: { userId: number; code: string | undefined },
): Promise<void> {
  const choice = { userId, ...(code !== undefined && { code }) };
  return ctx.tenure.run((signal) => languages.choose({ ...choice, signal }));
}

/** In the language that holds from now on. */
function confirmationOf({ from }: BotContext, code: string | undefined): string {
  const { language: texts } = textsFor(code ?? from?.language_code);
  return code === undefined ? texts.asTelegramSays : texts.chosen;
}
