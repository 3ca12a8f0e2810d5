import { Composer } from 'grammy/web';
import type { SearchIndex } from '../../search/port.ts';
import { joinHtml, rich } from '../../telegram/limits-html.ts';
import { shorten } from '../../telegram/limits.ts';
import { acknowledge, button, reply, type View } from '../answer.ts';
import { atomIdOf, atomKeyOf } from '../atom-keys.ts';
import { encodePress } from '../callbacks.ts';
import type { BotContext } from '../context.ts';
import type { BotDeps } from '../deps.ts';
import { sendAtom, showAtom } from '../open-atom.ts';
import { onPress } from '../presses.ts';
import { cleanQuery } from '../query-refs.ts';
import type { Texts } from '../texts/catalogue.ts';

const MAX_NEAREST = 5;
const SHOWN_ID = 200;

/** `/kb_get <atom id>`, and every button that opens an atom. */
export function kbGet(deps: BotDeps): Composer<BotContext> {
  const composer = new Composer<BotContext>();

  composer.command('kb_get', async (ctx) => {
    const typed = unwrapped(cleanQuery(ctx.match));
    if (typed === '') return reply(ctx, { text: ctx.texts.usage.kb_get });
    const version = await ctx.knowledge();
    if (version === undefined) return reply(ctx, { text: ctx.texts.noKnowledge });
    // An id may hold any white space, which a chat may have changed.
    const ids = [ctx.match.trim(), typed];
    const exact = ids.find((candidate) => version.index.ordinalOf(candidate) >= 0);
    const id = exact ?? inOtherCase(version.index, typed);
    if (id !== undefined && (await sendAtom({ ctx, deps, version, id }))) return;
    await reply(ctx, unknownAtom(version.index, typed, ctx.texts));
  });

  onPress(composer, 'atom', async (ctx, { atomKey, part, from }) => {
    const version = await ctx.knowledge();
    const id = version && atomIdOf(version.index, atomKey);
    if (version === undefined || id === undefined) return acknowledge(ctx, ctx.texts.atom.gone);
    await showAtom({ ctx, deps, version, id }, { part, ...(from && { from }) });
  });

  return composer;
}

/** Phones write the first letter large. Two ids that differ in case alone are both offered instead. */
function inOtherCase(index: SearchIndex, typed: string): string | undefined {
  const wanted = typed.toLowerCase();
  const alike = index.nearestIds(typed, MAX_NEAREST).filter((id) => id.toLowerCase() === wanted);
  return alike.length === 1 ? alike[0] : undefined;
}

/** Usage lines show `<atom_id>`, and some people type the brackets too; others copy quotes. */
function unwrapped(typed: string): string {
  return (
    /^(?:<(.+)>|"(.+)"|`(.+)`)$/
      .exec(typed)
      ?.slice(1)
      .find((inner) => inner !== undefined) ?? typed
  );
}

function unknownAtom(index: SearchIndex, typed: string, texts: Texts): View {
  const nearest = index.nearestIds(typed, MAX_NEAREST);
  const ids = nearest.map((id) => rich`• <code>${shorten(id, SHOWN_ID)}</code>`);
  return {
    text: joinHtml(
      [
        texts.atom.unknown(shorten(typed, SHOWN_ID), nearest.length > 0),
        ...(ids.length > 0 ? [joinHtml(ids, '\n')] : []),
      ],
      '\n\n',
    ),
    keyboard: nearest.map((id) => {
      const { title } = index.document(index.ordinalOf(id));
      return [button(`→ ${title}`, encodePress({ op: 'atom', atomKey: atomKeyOf(id), part: 0 }))];
    }),
  };
}
