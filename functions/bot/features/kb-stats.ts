import { Composer } from 'grammy/web';
import type { KnowledgeStats } from '../../knowledge/port.ts';
import { type Html, rich, joinHtml } from '../../telegram/limits-html.ts';
import { shorten } from '../../telegram/limits.ts';
import { reply } from '../answer.ts';
import type { BotContext } from '../context.ts';
import { displayName } from '../names.ts';
import type { Texts } from '../texts/catalogue.ts';

const MAX_LINES = 20;
const MAX_NAME = 60;

/** `/kb_stats`, in the words and the order that the old system's users know. */
export function kbStats(): Composer<BotContext> {
  const composer = new Composer<BotContext>();
  composer.command('kb_stats', async (ctx) => {
    const version = await ctx.knowledge();
    await reply(ctx, {
      text: version === undefined ? ctx.texts.noKnowledge : statsText(version.stats, ctx.texts),
    });
  });
  return composer;
}

function statsText(
  { total, byManufacturer, byType }: KnowledgeStats,
  { stats, number, typeName }: Texts,
): Html {
  const list = (counts: KnowledgeStats['byType'], nameOf: (value: string) => string): Html => {
    const shown = counts
      .slice(0, MAX_LINES)
      .map(({ value, count }) => rich`  • ${shorten(nameOf(value), MAX_NAME)}: ${number(count)}`);
    const rest = counts.length - shown.length;
    return joinHtml([...shown, rest > 0 ? rich`  • ${stats.more(rest)}` : undefined], '\n');
  };
  return rich`📊 <b>${stats.title}</b>

${stats.total}: ${number(total)}

<b>${stats.byManufacturer}:</b>
${list(byManufacturer, displayName)}

<b>${stats.byType}:</b>
${list(byType, typeName)}

${stats.hint}`;
}
