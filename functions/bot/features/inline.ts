import { Composer } from 'grammy/web';
import type { InlineQueryResultArticle, InlineQueryResultsButton } from 'grammy/types';
import type { Brief } from '../../knowledge/excerpts.ts';
import type { SearchHit, SearchIndex, SearchResult } from '../../search/port.ts';
import { type Html, rich, joinHtml, printable } from '../../telegram/limits-html.ts';
import { shorten } from '../../telegram/limits.ts';
import { safetyLine } from '../atom-article.ts';
import { atomKeyOf, startPayloadOf } from '../atom-keys.ts';
import type { BotContext } from '../context.ts';
import type { BotDeps } from '../deps.ts';
import type { Hazard } from '../hazard-signs.ts';
import { labelledTitle } from '../names.ts';
import { cleanQuery } from '../query-refs.ts';
import { searchSafely } from '../safe-search.ts';
import { MAX_NEAR } from '../search-results.ts';
import { textsFor } from '../texts/texts.ts';

const PAGE_SIZE = 10;
const MAX_RESULTS = 100;
/** Results that found something change with imports alone. */
const CACHE_SECONDS = 300;
/** A query that found nothing may be a word half typed. */
const EMPTY_CACHE_SECONDS = 30;
const SHOWN = { title: 120, description: 150, summary: 600, safety: 500, id: 200 };

/**
 * `@bot motor control` in any chat. Telegram keeps an answer for everybody who asks the same, so it is in English for
 * everybody. It is personal only if not everybody is served, or if a warning or the lack of an answer comes first.
 */
export function inline(deps: BotDeps): Composer<BotContext> {
  const composer = new Composer<BotContext>();
  const isPersonal = deps.settings.allowedUserIds.length > 0;

  composer.on('inline_query', async (ctx) => {
    const query = cleanQuery(ctx.inlineQuery.query);
    const offset = Math.min(Number(/^\d{1,3}$/.exec(ctx.inlineQuery.offset)?.[0] ?? 0), MAX_RESULTS);
    const version = await ctx.knowledge();
    if (query === '' || version === undefined) return answerNothing(ctx, ctx.texts.inline.howTo);
    const limit = Math.min(PAGE_SIZE, MAX_RESULTS - offset);
    const result = searchSafely(version.index, query, { limit, offset });
    const { hazard, isAnswer } = result;
    if (result.total === 0 && hazard === undefined) return answerNothing(ctx, ctx.texts.inline.nothingFound);
    const hits = isAnswer ? result.hits : result.hits.slice(0, Math.max(0, MAX_NEAR - offset));
    const briefs = await version.briefsOf(hits.map(({ id }) => id));
    const articles = hits.flatMap((hit, i) => {
      const brief = briefs[i];
      const of = { result, index: version.index, username: ctx.me.username };
      return brief === undefined ? [] : [article(hit, brief, of)];
    });
    const end = offset + hits.length;
    const hasMore = isAnswer && hits.length > 0 && end < Math.min(result.total, MAX_RESULTS);
    const warning = hazard !== undefined && offset === 0 ? [warningOf(ctx, hazard)] : [];
    // Words in the asker's language are for the asker alone.
    const isOwn = hazard !== undefined || !isAnswer;
    await ctx.answerInlineQuery([...warning, ...articles], {
      cache_time: isOwn ? EMPTY_CACHE_SECONDS : CACHE_SECONDS,
      is_personal: isPersonal || isOwn,
      next_offset: hasMore ? String(end) : '',
      ...(!isAnswer && { button: leadingIn(ctx.texts.inline.unknown) }),
    });
  });

  return composer;
}

/** In the asker's language, so it is for the asker alone. */
async function answerNothing(ctx: BotContext, label: string): Promise<void> {
  const button = leadingIn(label);
  await ctx.answerInlineQuery([], { cache_time: EMPTY_CACHE_SECONDS, is_personal: true, button });
}

function leadingIn(text: string): InlineQueryResultsButton {
  return { text, start_parameter: 'inline' };
}

/** Stands before all others, and is shared as it stands. */
function warningOf({ texts }: BotContext, hazard: Hazard): InlineQueryResultArticle {
  const { markup } = texts.hazards[hazard];
  const said = markup.replace(/<[^>]+>/g, '').replace('⛔ ', '');
  return {
    type: 'article',
    id: `hazard-${hazard}`,
    title: `⛔ ${texts.inline.danger}`,
    description: said,
    input_message_content: { message_text: markup, parse_mode: 'HTML' },
  };
}

function article(
  hit: SearchHit,
  brief: Brief,
  { result, index, username }: { result: SearchResult; index: SearchIndex; username: string },
): InlineQueryResultArticle {
  const { id, title } = hit;
  const snippet = index.snippet(brief.excerpt, result.terms, SHOWN.description);
  const url = `https://t.me/${username}?start=${startPayloadOf(id)}`;
  return {
    type: 'article',
    id: atomKeyOf(id),
    title: printable(labelledTitle(hit.facets.type, shorten(title, SHOWN.title))),
    description: printable(snippet),
    input_message_content: {
      message_text: shortForm(hit, brief).markup,
      parse_mode: 'HTML',
      link_preview_options: { is_disabled: true },
    },
    reply_markup: { inline_keyboard: [[{ text: `📖 @${username}`, url }]] },
  };
}

function shortForm({ id, title, facets }: SearchHit, { summary, safetyNotes }: Brief): Html {
  return joinHtml(
    [
      safetyLine(facets.safety, shorten(safetyNotes, SHOWN.safety), textsFor('en')),
      rich`<b>${labelledTitle(facets.type, shorten(title, SHOWN.title))}</b>`,
      rich`${shorten(summary, SHOWN.summary)}`,
      rich`<code>${shorten(id, SHOWN.id)}</code>`,
    ],
    '\n\n',
  );
}
