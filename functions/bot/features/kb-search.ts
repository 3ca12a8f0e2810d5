import { Composer } from 'grammy/web';
import { acknowledge, reply } from '../answer.ts';
import type { BotContext } from '../context.ts';
import type { BotDeps } from '../deps.ts';
import { onPress } from '../presses.ts';
import { cleanQuery } from '../query-refs.ts';
import { answerSearch, showPage } from '../search.ts';

/** `/kb_search <topic>`, and leafing through what was found. */
export function kbSearch(deps: BotDeps): Composer<BotContext> {
  const composer = new Composer<BotContext>();
  composer.command('kb_search', (ctx) => {
    const query = cleanQuery(ctx.match);
    return query === '' ? reply(ctx, { text: ctx.texts.usage.kb_search }) : answerSearch(deps, ctx, query);
  });
  onPress(composer, 'results', (ctx, place) => showPage(deps, ctx, place));
  onPress(composer, 'nothing', (ctx) => acknowledge(ctx));
  return composer;
}
