import type { Atom, SafetyLevel } from '../knowledge/atom.ts';
import { FURTHER_FIELDS, textsOf } from '../knowledge/further-fields.ts';
import type { SearchIndex } from '../search/port.ts';
import { type Html, rich, joinHtml } from '../telegram/limits-html.ts';
import { flow, type Segment } from '../telegram/limits-split.ts';
import { shorten } from '../telegram/limits.ts';
import { button, type Keyboard } from './answer.ts';
import { atomKeyOf } from './atom-keys.ts';
import { encodePress, type ResultsPlace } from './callbacks.ts';
import { contentBlocks } from './content-blocks.ts';
import type { Tally } from './feedback-store.ts';
import { displayName, labelledTitle } from './names.ts';
import { pagerRow } from './pager.ts';
import type { Texts } from './texts/catalogue.ts';

/** Content beyond this many characters is shown folded. */
const LONG_CONTENT = 1000;
const MAX_TITLE = 500;
/** Facts below the content in one block, where they are no longer than this. */
const COMPACT_FACTS = 1500;
const MAX_PREREQUISITES = 3;
const MAX_RELATED = 5;

const SIGNS: Record<SafetyLevel, string> = { info: 'ℹ️', caution: '⚠️', warning: '⚠️', danger: '⛔' };

/** An atom as messages, whole; what can hurt somebody comes first. */
export function articleParts(atom: Atom, texts: Texts, tally?: Tally): Html[] {
  const isHazardous = atom.safety_level === 'warning' || atom.safety_level === 'danger';
  const safety = safetySegments(atom, texts);
  return flow([
    ...(isHazardous ? safety : []),
    heading(atom, texts),
    ...contentSegments(atom),
    ...(isHazardous ? [] : safety),
    ...factSegments(atom, texts, tally),
  ]);
}

export function articleKeyboard(options: {
  atom: Atom;
  index: SearchIndex;
  texts: Texts;
  parts: number;
  /** The one part shown, when there are several; without it all of them are. */
  part?: number;
  from?: ResultsPlace;
}): Keyboard {
  const { atom, index, texts, parts, part, from } = options;
  const atomKey = atomKeyOf(atom.atom_id);
  const toAtom = (id: string, toPart = 0): string =>
    encodePress({ op: 'atom', atomKey: atomKeyOf(id), part: toPart, ...(from && { from }) });
  const links = (ids: readonly string[], sign: string, limit: number): Keyboard =>
    [...new Set(ids)]
      .filter((id) => id !== atom.atom_id)
      .flatMap((id) => {
        const ordinal = index.ordinalOf(id);
        return ordinal < 0 ? [] : [[button(`${sign} ${index.document(ordinal).title}`, toAtom(id))]];
      })
      .slice(0, limit);
  const vote = (up: boolean): string => encodePress({ op: 'feedback', atomKey, vote: up ? 'up' : 'down' });
  return [
    ...(part === undefined
      ? []
      : pagerRow({ page: part, pages: parts, toPage: (to) => toAtom(atom.atom_id, to) })),
    ...links(atom.prerequisites, '📘', MAX_PREREQUISITES),
    ...links(atom.related_atoms, '→', MAX_RELATED),
    [button(texts.atom.useful, vote(true)), button(texts.atom.notUseful, vote(false))],
    ...(from === undefined ? [] : [[button(texts.atom.back, encodePress({ op: 'results', ...from }))]]),
  ];
}

/** The level of an atom, for a list; nothing for the harmless ones. */
export function levelSign(level: string, texts: Texts): string {
  if (level === 'info' || !Object.hasOwn(SIGNS, level)) return '';
  return `${SIGNS[level as SafetyLevel]} ${texts.atom.safetyLevels[level as SafetyLevel]}`;
}

/** The warning of an atom on one line; nothing for the harmless ones. */
export function safetyLine(level: string, notes: string, texts: Texts): Html | undefined {
  return level === 'warning' || level === 'danger' ? safetyNote(level, texts, notes) : undefined;
}

function safetyNote(level: SafetyLevel, texts: Texts, notes: string): Html {
  return rich`${SIGNS[level]} <b>${texts.atom.safety[level]}</b>${notes !== '' && `: ${notes}`}`;
}

function safetySegments(atom: Atom, texts: Texts): Segment[] {
  const notes = atom.safety_notes?.trim() ?? '';
  if (notes !== '') return [{ text: notes, wrap: (piece) => safetyNote(atom.safety_level, texts, piece) }];
  return atom.safety_level === 'info' ? [] : [safetyNote(atom.safety_level, texts, '')];
}

function heading(atom: Atom, texts: Texts): Html {
  const { manufacturer, product_family: family, product_version: version, difficulty } = atom;
  const facts = [
    displayName(manufacturer),
    family,
    version && `${texts.atom.version} ${version}`,
    difficulty && texts.atom.difficulty[difficulty],
  ].filter((fact) => fact !== undefined && fact !== '');
  return rich`<b>${labelledTitle(atom.atom_type, shorten(atom.title, MAX_TITLE))}</b>
${shorten(facts.join(' · '), MAX_TITLE)}`;
}

function contentSegments({ summary, content }: Atom): Segment[] {
  const isLong = content.length > LONG_CONTENT;
  const prose = (piece: string): Html =>
    isLong ? rich`<blockquote expandable>${piece}</blockquote>` : rich`${piece}`;
  const blocks = contentBlocks(content).map(({ kind, text }) => ({
    text,
    wrap: kind === 'prose' ? prose : (piece: string) => rich`<pre>${piece}</pre>`,
  }));
  const isRepeated = content.trim().startsWith(summary.trim());
  return [
    ...(isRepeated ? [] : [{ text: summary, wrap: (piece: string) => rich`<i>${piece}</i>` }]),
    ...blocks,
  ];
}

function factSegments(atom: Atom, texts: Texts, tally: Tally | undefined): Segment[] {
  const { source_document: document, source_pages: pages, quality_score: quality } = atom;
  const label = (name: string, value: string): Html => rich`<b>${name}:</b> ${value}`;
  const source = [document, pages.length > 0 && `${texts.atom.pages(pages.length)} ${pages.join(', ')}`];
  const told = source.filter((part) => part !== undefined && part !== '' && part !== false).join(', ');
  const lines: { name: string; value: string }[] = [
    { name: texts.atom.keywords, value: atom.keywords.join(', ') },
    ...textsOf(atom, FURTHER_FIELDS).map(({ field, text }) => ({ name: displayName(field), value: text })),
    { name: texts.atom.source, value: told },
    { name: texts.atom.safetyLevel, value: texts.atom.safetyLevels[atom.safety_level] },
    { name: texts.atom.quality, value: quality === undefined ? '' : `${Math.round(quality * 100)} %` },
    { name: texts.atom.checked, value: (atom.last_validated_at ?? '').slice(0, 10) },
  ].filter(({ value }) => value !== '');
  const fixed = [
    webLink(atom.source_url, texts),
    tally && rich`${texts.atom.tally(tally)}`,
    rich`<b>${texts.atom.id}:</b> <code>${atom.atom_id}</code>`,
  ];
  const all = joinHtml([...lines.map(({ name, value }) => label(name, value)), ...fixed], '\n');
  if (all.length <= COMPACT_FACTS) return [all];
  return [
    ...lines.map(({ name, value }): Segment => ({ text: value, wrap: (piece) => label(name, piece) })),
    joinHtml(fixed, '\n'),
  ];
}

/** Only what a browser opens: anything else could do what its reader does not expect. */
function webLink(address: string | undefined, texts: Texts): Html | undefined {
  if (address === undefined || !/^https?:\/\//i.test(address) || !URL.canParse(address)) return undefined;
  return rich`<a href="${new URL(address).href}">${texts.atom.link}</a>`;
}
