import { Composer } from 'grammy/web';
import type { KnowledgeVersion } from '../../knowledge/port.ts';
import type { Missing } from '../../scripts/script.ts';
import { scriptIdOf } from '../../scripts/store.ts';
import { topicOf } from '../../scripts/topic.ts';
import type { FacetName } from '../../search/port.ts';
import { type ParsedQuery, parseQuery } from '../../search/query-language.ts';
import type { Html } from '../../telegram/limits-html.ts';
import { reply } from '../answer.ts';
import type { BotContext } from '../context.ts';
import type { BotDeps } from '../deps.ts';
import { cleanQuery } from '../query-refs.ts';
import { sendScript } from '../send-script.ts';
import type { Texts } from '../texts/catalogue.ts';

const DAY_MS = 24 * 3_600_000;
/** Titles that a refusal names. */
const MAX_NEAREST = 3;

/** `/generate_script <topic>` */
export function generateScript(deps: BotDeps): Composer<BotContext> {
  const composer = new Composer<BotContext>();
  composer.command('generate_script', async (ctx) => {
    const asked = cleanQuery(ctx.match);
    if (asked === '') return reply(ctx, { text: ctx.texts.usage.generate_script });
    const version = await ctx.knowledge();
    if (version === undefined) return reply(ctx, { text: ctx.texts.noKnowledge });
    const { words, filters } = parsed(asked, version);
    const read = topicOf(cleanQuery(words));
    if (!read.ok) return reply(ctx, { text: missingText(read.missing, asked, ctx.texts) });
    const { text, subject } = read.topic;
    const { aboutTopic, composeScript, isMaker, MAX_ATOMS } = await import('../../scripts/make-script.ts');
    if (isMaker(subject, version.index)) return reply(ctx, { text: ctx.texts.script.isMaker(text) });
    const narrowed = [subject, ...filters.map(({ name, typed }) => `${name}:"${typed}"`)].join(' ');
    const { hits, isAnswer } = version.index.search(narrowed, { limit: MAX_ATOMS });
    const scores = new Map(hits.map(({ id, score }) => [id, score]));
    const found = isAnswer ? await version.getMany([...scores.keys()]) : [];
    const atoms = aboutTopic(
      subject,
      found.map((atom) => ({ atom, score: scores.get(atom.atom_id) ?? 0 })),
    );
    const nearest = found.slice(0, MAX_NEAREST).map(({ title }) => title);
    if (atoms.length === 0) return reply(ctx, { text: ctx.texts.script.unknown(text, nearest) });
    const composed = composeScript({
      topic: text,
      atoms,
      id: scriptIdOf(deps.botId, ctx.update.update_id),
      createdAtMs: deps.clock.wallMs(),
      ...(ctx.sender && { userId: ctx.sender.id }),
    });
    if (!composed.ok) return reply(ctx, { text: missingText(composed.missing, text, ctx.texts) });
    const ttlMs = deps.settings.scriptTtlDays * DAY_MS;
    await ctx.tenure.run((signal) => deps.scripts.save(composed.script, { ttlMs, signal }));
    await sendScript(ctx, composed.script, asked);
  });
  return composer;
}

/** `motor type:fault` narrows the search down; what is spoken about is the motor. */
function parsed(asked: string, { index }: KnowledgeVersion): ParsedQuery {
  const isValue = (name: FacetName, typed: string): boolean =>
    index.search(`${name}:"${typed}"`, { limit: 1 }).filters.length > 0;
  return parseQuery(asked, isValue);
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
