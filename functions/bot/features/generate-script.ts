import { Composer } from 'grammy/web';
import type { Atom } from '../../knowledge/atom.ts';
import { toSearchDocument } from '../../knowledge/document.ts';
import type { KnowledgeVersion } from '../../knowledge/port.ts';
import { MAX_ATOMS, type Missing } from '../../scripts/script.ts';
import { scriptIdOf } from '../../scripts/store.ts';
import type { FacetName, SearchResult } from '../../search/port.ts';
import { parseQuery } from '../../search/query-language.ts';
import type { Html } from '../../telegram/limits-html.ts';
import { reply } from '../answer.ts';
import type { BotContext } from '../context.ts';
import type { BotDeps } from '../deps.ts';
import { cleanQuery } from '../query-refs.ts';
import { sendScript } from '../send-script.ts';
import type { Texts } from '../texts/catalogue.ts';

const BEST_HITS = 10;
const REFERRING_HITS = 3;
const DAY_MS = 24 * 3_600_000;

/** `/generate_script <topic>` */
export function generateScript(deps: BotDeps): Composer<BotContext> {
  const composer = new Composer<BotContext>();
  composer.command('generate_script', async (ctx) => {
    const asked = cleanQuery(ctx.match);
    if (asked === '') return reply(ctx, { text: ctx.texts.usage.generate_script });
    const version = await ctx.knowledge();
    if (version === undefined) return reply(ctx, { text: ctx.texts.noKnowledge });
    const topic = withoutFilters(asked, version);
    // Loaded for who asks for a script: its tables would be a tenth of every cold start.
    const { composeScript } = await import('../../scripts/compose-script.ts');
    const composed = composeScript({
      topic,
      atoms: await materialOn(asked, version),
      id: scriptIdOf(deps.botId, ctx.update.update_id),
      createdAtMs: deps.clock.wallMs(),
      ...(ctx.sender && { userId: ctx.sender.id }),
    });
    if (!composed.ok) return reply(ctx, { text: missingText(composed.missing, topic, ctx.texts) });
    const ttlMs = deps.settings.scriptTtlDays * DAY_MS;
    await ctx.tenure.run((signal) => deps.scripts.save(composed.script, { ttlMs, signal }));
    await sendScript(ctx, composed.script, asked);
  });
  return composer;
}

/** `motor type:fault` narrows the search down; what is spoken about is the motor. */
function withoutFilters(asked: string, { index }: KnowledgeVersion): string {
  const isValue = (name: FacetName, typed: string): boolean =>
    index.search(`${name}:"${typed}"`, { limit: 1 }).filters.length > 0;
  return cleanQuery(parseQuery(asked, isValue).words);
}

/** The best hits, and what the best of them refer to: a neighbour often has the example that they lack. */
async function materialOn(asked: string, version: KnowledgeVersion): Promise<Atom[]> {
  const { hits, filters } = version.index.search(asked, { limit: BEST_HITS });
  const found = await version.getMany(hits.map(({ id }) => id));
  const known = new Set(hits.map(({ id }) => id));
  const related = found.slice(0, REFERRING_HITS).flatMap((atom) => atom.related_atoms);
  const neighbours = [...new Set(related)].filter((id) => !known.has(id));
  const near = await version.getMany(neighbours.slice(0, MAX_ATOMS - found.length));
  return [...found, ...near.filter((atom) => passes(atom, filters))];
}

/** As in a search: values of one filter are alternatives, different filters must all hold. */
function passes(atom: Atom, filters: SearchResult['filters']): boolean {
  const { facets } = toSearchDocument(atom);
  return filters.every(({ name }) =>
    filters.some((filter) => filter.name === name && filter.value === facets[name]),
  );
}

function missingText(missing: Missing, topic: string, { script }: Texts): Html {
  switch (missing.reason) {
    case 'topic-empty':
      return script.topicEmpty;
    case 'topic-too-long':
      return script.topicTooLong(missing);
    case 'too-little-material':
      return script.tooLittle(missing, topic);
  }
}
