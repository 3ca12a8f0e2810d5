import { Composer } from 'grammy/web';
import type { Atom } from '../../knowledge/atom.ts';
import type { KnowledgeVersion } from '../../knowledge/port.ts';
import { composeScript } from '../../scripts/compose-script.ts';
import { MAX_ATOMS, type Missing } from '../../scripts/script.ts';
import { scriptIdOf } from '../../scripts/store.ts';
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
    const topic = cleanQuery(ctx.match);
    if (topic === '') return reply(ctx, { text: ctx.texts.usage.generate_script });
    const version = await ctx.knowledge();
    if (version === undefined) return reply(ctx, { text: ctx.texts.noKnowledge });
    const composed = composeScript({
      topic,
      atoms: await materialOn(topic, version),
      id: scriptIdOf(deps.botId, ctx.update.update_id),
      createdAtMs: deps.clock.wallMs(),
      ...(ctx.from && { userId: ctx.from.id }),
    });
    if (!composed.ok) return reply(ctx, { text: missingText(composed.missing, topic, ctx.texts) });
    const ttlMs = deps.settings.scriptTtlDays * DAY_MS;
    await ctx.tenure.run(() => deps.scripts.save(composed.script, { ttlMs }));
    await sendScript(ctx, composed.script, topic);
  });
  return composer;
}

/** The best hits, and what the best of them refer to: a neighbour often has the example that they lack. */
async function materialOn(topic: string, version: KnowledgeVersion): Promise<Atom[]> {
  const { hits } = version.index.search(topic, { limit: BEST_HITS });
  const found = await version.getMany(hits.map(({ id }) => id));
  const known = new Set(hits.map(({ id }) => id));
  const related = found.slice(0, REFERRING_HITS).flatMap((atom) => atom.related_atoms);
  const neighbours = [...new Set(related)].filter((id) => !known.has(id));
  return [...found, ...(await version.getMany(neighbours.slice(0, MAX_ATOMS - found.length)))];
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
