import { plainInline } from './clean-text.ts';

/** The parts that an atom's content is made of. Only the place of code is kept: nobody can listen to it. */
export type Block =
  | { kind: 'heading'; text: string }
  | { kind: 'prose'; text: string }
  | { kind: 'steps'; items: string[] }
  | { kind: 'list'; items: string[] }
  | { kind: 'code' }
  | { kind: 'table'; header?: string[]; rows: string[][] };

const STEP = /^\s{0,8}(?:\*\*)?(?:step\s+)?(\d{1,2})\s?[.):](?:\*\*)?\s+(?=\S)/i;
const BULLET = /^\s{0,8}[-*+•‣▪–]\s+(?=\S)/;
const HEADING = /^\s{0,3}#{1,6}\s+|^\s{0,3}\*\*([^*]{1,100})\*\*:?\s*$/;
const RULER = /^\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?\s*$/;

/** Reads cleaned text, plain or Markdown. Anything it does not know is prose. */
export function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  let afterBlank = true;
  let inCode = false;
  for (const line of text.split('\n')) {
    if (/^\s{0,3}(?:```|~~~)/.test(line)) {
      inCode = !inCode;
      if (inCode) blocks.push({ kind: 'code' });
      afterBlank = true;
      continue;
    }
    if (inCode) continue;
    if (line.trim() === '') {
      afterBlank = true;
      continue;
    }
    addLine(blocks, line, afterBlank);
    afterBlank = false;
  }
  return blocks.flatMap(finish);
}

function addLine(blocks: Block[], line: string, afterBlank: boolean): void {
  const last = blocks.at(-1);
  if ((line.match(/\|/g)?.length ?? 0) >= 2) return addRow(blocks, line, afterBlank);
  if (RULER.test(line)) return;
  if (HEADING.test(line)) {
    blocks.push({ kind: 'heading', text: line.replace(/^[\s#]+|[\s#:]+$/g, '') });
    return;
  }
  const number = Number(STEP.exec(line)?.[1] ?? 0);
  const follows = last?.kind === 'steps' ? last.items.length + 1 : 1;
  if (number > 0 && (number === 1 || number === follows)) {
    const item = line.replace(STEP, '');
    if (last?.kind === 'steps' && number === follows) last.items.push(item);
    else blocks.push({ kind: 'steps', items: [item] });
    return;
  }
  if (BULLET.test(line)) {
    const item = line.replace(BULLET, '');
    if (last?.kind === 'list') last.items.push(item);
    else blocks.push({ kind: 'list', items: [item] });
    return;
  }
  if ((last?.kind === 'steps' || last?.kind === 'list') && (!afterBlank || /^\s{2,}/.test(line))) {
    last.items.push(`${last.items.pop() ?? ''} ${line.trim()}`);
    return;
  }
  if (last?.kind === 'prose' && !afterBlank) last.text += ` ${line.trim()}`;
  else blocks.push({ kind: 'prose', text: line.trim() });
}

function addRow(blocks: Block[], line: string, afterBlank: boolean): void {
  const last = blocks.at(-1);
  const table = last?.kind === 'table' && !afterBlank ? last : undefined;
  if (RULER.test(line)) {
    if (table !== undefined && table.header === undefined && table.rows.length === 1)
      table.header = table.rows.pop() ?? [];
    return;
  }
  const row = line
    .trim()
    .replace(/^\||\|$/g, '')
    .split('|')
    .map(plainInline);
  if (table === undefined) blocks.push({ kind: 'table', rows: [row] });
  else table.rows.push(row);
}

/** Inline marks removed, and steps found that were written in one line ("Step 1: ... Step 2: ..."). */
function finish(block: Block): Block[] {
  switch (block.kind) {
    case 'code':
    case 'table':
      return [block];
    case 'heading':
      return [{ kind: 'heading', text: plainInline(block.text) }];
    case 'list':
      return [{ kind: 'list', items: block.items.map(plainInline) }];
    case 'steps': {
      const items = block.items.flatMap((item, position) => {
        const inline =
          position === block.items.length - 1 ? stepsWithin(plainInline(item), position + 2) : undefined;
        return inline === undefined ? [plainInline(item)] : [inline.before, ...inline.items];
      });
      return [{ kind: 'steps', items }];
    }
    case 'prose': {
      const text = plainInline(block.text);
      const inline = stepsWithin(text, 1);
      if (inline === undefined) return [{ kind: 'prose', text }];
      return [
        ...(inline.before === '' ? [] : [{ kind: 'prose' as const, text: inline.before }]),
        { kind: 'steps', items: inline.items },
      ];
    }
  }
}

function stepsWithin(text: string, first: number): { before: string; items: string[] } | undefined {
  const marks: { start: number; end: number }[] = [];
  for (const match of text.matchAll(/(?:^|(?<=[.;:!?] ))(?:step )?(\d{1,2})[.):] (?=[A-Z])/gi))
    if (Number(match[1]) === first + marks.length)
      marks.push({ start: match.index, end: match.index + match[0].length });
  const opening = marks[0];
  if (opening === undefined || (first === 1 && marks.length < 2)) return undefined;
  const items = marks.map(({ end }, position) => text.slice(end, marks[position + 1]?.start).trim());
  return { before: text.slice(0, opening.start).trim(), items };
}
