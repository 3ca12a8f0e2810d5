import { textOf } from './addressing.ts';
import { acknowledge, replace, reply } from './answer.ts';
import type { BotContext } from './context.ts';
import type { BotDeps } from './deps.ts';
import { joinHtml, type Html } from '../telegram/limits-html.ts';
import { dayOf, GAP_KEPT_MS, gapQuery } from './gap-store.ts';
import { hazardIn } from './hazards.ts';
import { cleanQuery, isCut, keepQuery, type QueryRef, queryOf } from './query-refs.ts';
import type { Shown } from './reply-context.ts';
import { type ResultsRequest, resultsView } from './search-results.ts';

/** The query in the first line of a list of results, in any language. */
const RESULTS_HEADER = /^🔍 [^:\n]{1,40}: (.+)$/mu;

/**
 * Answers a question with the first page of what was found; what the knowledge base lacks is recorded.
 * @param shown the atoms that the question replies to
 */
export async function answerSearch(
  deps: BotDeps,
  ctx: BotContext,
  query: string,
  shown?: Shown,
): Promise<void> {
  const version = await ctx.knowledge();
  if (version === undefined) return reply(ctx, { text: withoutKnowledge(ctx, query) });
  const about = shown?.ids;
  const whole = (ctx.message && textOf(ctx.message)) ?? '';
  const view = await resultsView({
    ...requestOf(deps, ctx),
    version,
    query,
    page: 0,
    ...(about && { about }),
    ...(isCut(whole) && { said: whole }),
  });
  if (view.isGap) await recordGap(deps, ctx, query);
  await reply(ctx, view);
}

/** A user in danger is warned all the same. */
function withoutKnowledge({ texts }: BotContext, query: string): Html {
  const hazard = hazardIn(query);
  return joinHtml([hazard && texts.hazards[hazard], texts.noKnowledge], '\n\n');
}

/** Shows another page in the message whose button was pressed. */
export async function showPage(
  deps: BotDeps,
  ctx: BotContext,
  place: { query: QueryRef; page: number },
): Promise<void> {
  const [version, query] = await Promise.all([
    ctx.knowledge(),
    ctx.tenure.waiting(queryOf(deps, place.query)),
  ]);
  if (version === undefined) return acknowledge(ctx, ctx.texts.noKnowledgeToast);
  if (query === undefined || query === '') return showFreshSearch(deps, ctx);
  await replace(ctx, await resultsView({ ...requestOf(deps, ctx), version, query, page: place.page }));
}

/**
 * For buttons that mean nothing any more: the search is done anew in their place where their message tells what it
 * was; else a toast says so.
 */
export async function showFreshSearch(deps: BotDeps, ctx: BotContext): Promise<void> {
  const { search } = ctx.texts;
  const query = cleanQuery(RESULTS_HEADER.exec(ctx.callbackQuery?.message?.text ?? '')?.[1] ?? '');
  const version = query === '' ? undefined : await ctx.knowledge();
  if (version === undefined) return acknowledge(ctx, search.staleKeyboard);
  const view = await resultsView({ ...requestOf(deps, ctx), version, query, page: 0 });
  await replace(ctx, view, search.freshSearch);
}

function requestOf(deps: BotDeps, ctx: BotContext): Pick<ResultsRequest, 'texts' | 'keepQuery'> {
  return { texts: ctx.texts, keepQuery: (query) => keepQuery(deps, ctx, query) };
}

async function recordGap(deps: BotDeps, ctx: BotContext, asked: string): Promise<void> {
  const query = deps.settings.recordGaps ? gapQuery(asked) : undefined;
  if (query === undefined) return;
  const nowMs = deps.clock.wallMs();
  const gap = { day: dayOf(nowMs), query, updateId: ctx.update.update_id, keepUntilMs: nowMs + GAP_KEPT_MS };
  await ctx.tenure.run((signal) => deps.gaps.record({ ...gap, signal }));
}
