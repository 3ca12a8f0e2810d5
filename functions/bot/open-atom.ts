import type { KnowledgeVersion } from '../knowledge/port.ts';
import { acknowledge, replace, reply } from './answer.ts';
import { articleKeyboard, articleParts } from './atom-article.ts';
import type { ResultsPlace } from './callbacks.ts';
import type { BotContext } from './context.ts';
import type { BotDeps } from './deps.ts';

/** An article of more messages than this is shown in one of them, to be leafed through. */
const MAX_MESSAGES = 4;

interface Opening {
  ctx: BotContext;
  deps: BotDeps;
  version: KnowledgeVersion;
  id: string;
}

/** Sends an atom whole. @returns false when there is no such atom */
export async function sendAtom({ ctx, deps, version, id }: Opening): Promise<boolean> {
  const atom = await version.get(id);
  if (atom === undefined) return false;
  const parts = articleParts(atom, ctx.texts, await tallyFor(ctx, deps, id));
  const shown = parts.length <= MAX_MESSAGES ? parts : parts.slice(0, 1);
  const keyboard = articleKeyboard({
    atom,
    index: version.index,
    texts: ctx.texts,
    parts: parts.length,
    ...(shown.length < parts.length && { part: 0 }),
  });
  for (const [i, text] of shown.entries()) {
    await reply(ctx, { text, ...(i === shown.length - 1 && { keyboard }) });
  }
  return true;
}

/** Shows one part of an atom in the message whose button was pressed. */
export async function showAtom(
  { ctx, deps, version, id }: Opening,
  place: { part: number; from?: ResultsPlace },
): Promise<void> {
  const atom = await version.get(id);
  if (atom === undefined) return acknowledge(ctx, ctx.texts.atom.gone);
  const parts = articleParts(atom, ctx.texts, await tallyFor(ctx, deps, id));
  const part = Math.min(place.part, parts.length - 1);
  const text = parts[part];
  if (text === undefined) return acknowledge(ctx, ctx.texts.atom.gone);
  const { from } = place;
  const { texts } = ctx;
  const keyboard = articleKeyboard({
    atom,
    index: version.index,
    texts,
    parts: parts.length,
    part,
    ...(from && { from }),
  });
  await replace(ctx, { text, keyboard });
}

async function tallyFor(ctx: BotContext, deps: BotDeps, id: string) {
  if (!ctx.isAdmin) return undefined;
  const tally = await ctx.tenure.waiting(deps.feedback.tally(id, deps.clock.wallMs()));
  return tally.up + tally.down === 0 ? undefined : tally;
}
