import { Composer } from 'grammy/web';
import { shorten } from '../../telegram/limits.ts';
import { commandOf, textOf, withoutMention } from '../addressing.ts';
import { reply } from '../answer.ts';
import type { BotContext } from '../context.ts';
import type { BotDeps } from '../deps.ts';
import { sendAtom } from '../open-atom.ts';
import { cleanQuery } from '../query-refs.ts';
import { chosenOf, shownIn } from '../reply-context.ts';
import { answerSearch, showFreshSearch } from '../search.ts';
import { talkIn } from '../talk.ts';

const SHOWN_COMMAND = 40;

/** Whatever no other feature took: text is a search, and nothing that asks for an answer goes without one. */
export function plainText(deps: BotDeps): Composer<BotContext> {
  const composer = new Composer<BotContext>();

  composer.on('message', async (ctx) => {
    const { message, texts } = ctx;
    const command = commandOf(message);
    if (command !== undefined && message.text !== undefined) {
      return reply(ctx, { text: texts.unknownCommand(`/${shorten(command, SHOWN_COMMAND)}`) });
    }
    // Below a picture even a command is only a way of asking.
    const text = (textOf(message) ?? '').slice(command === undefined ? 0 : command.length + 1);
    const query = cleanQuery(withoutMention(text, ctx.me.username));
    if (query === '') {
      return reply(ctx, { text: message.text === undefined ? texts.notText : texts.usage.kb_search });
    }
    const version = await ctx.knowledge();
    const isId = version !== undefined && version.index.ordinalOf(query) >= 0;
    if (isId && (await sendAtom({ ctx, deps, version, id: query }))) return;
    const shown = version && shownIn(message, ctx.me.id, version.index);
    const chosen = shown && chosenOf(shown, query);
    if (version && chosen !== undefined && (await sendAtom({ ctx, deps, version, id: chosen }))) return;
    const talk = talkIn(query);
    if (talk !== undefined && (talk !== 'followUp' || shown === undefined))
      return reply(ctx, { text: texts.talk[talk] });
    await answerSearch(deps, ctx, query, shown);
  });

  composer.on('callback_query', (ctx) => showFreshSearch(deps, ctx));

  return composer;
}
