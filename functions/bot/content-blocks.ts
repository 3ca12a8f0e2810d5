/** A stretch of an atom's content: prose, or lines whose columns matter. */
export interface ContentBlock {
  kind: 'prose' | 'preformatted';
  text: string;
}

const FENCE = /^\s*```/;
const TABLE_ROW = /^\s*\|/;

/** Tells fenced code and tables from prose, so that they are shown in a fixed-width font. */
export function contentBlocks(content: string): ContentBlock[] {
  const blocks: ContentBlock[] = [];
  let isFenced = false;
  for (const line of content.split('\n')) {
    if (FENCE.test(line)) {
      isFenced = !isFenced;
      // The rest is a block of its own, even after another of its kind.
      blocks.push({ kind: isFenced ? 'preformatted' : 'prose', text: '' });
      continue;
    }
    const kind = isFenced || TABLE_ROW.test(line) ? 'preformatted' : 'prose';
    const last = blocks.at(-1);
    if (last?.kind === kind) last.text += `\n${line}`;
    else blocks.push({ kind, text: line });
  }
  return blocks
    .map(({ kind, text }) => ({ kind, text: text.replace(/^\s*\n/, '').trimEnd() }))
    .filter(({ text }) => text.trim() !== '');
}
