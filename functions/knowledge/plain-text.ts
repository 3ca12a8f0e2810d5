import { compile, type FormatCallback } from 'html-to-text';

const TAGS =
  'p|br|hr|h[1-6]|ul|ol|li|div|span|table|thead|tbody|tr|td|th|strong|em|b|i|u|a|img|pre|code|blockquote|sup|sub';
const OPENING = new RegExp(`<(?:${TAGS})(?:\\s[^<>]*)?/?>`, 'i');
const CLOSING = new RegExp(`</(?:${TAGS})>|<(?:br|hr)\\s*/?>`, 'i');
const ENTITY =
  /&(?:amp|lt|gt|quot|apos|nbsp|[aouAOU]uml|szlig|deg|micro|[mn]dash|hellip|#\d{1,6}|#x[\da-f]{1,6});/i;
const FENCE = /^\s*(?:```|~~~)/;
const TABLE_ROW = /^\s*\|/;

export interface PlainText {
  text: string;
  /** The format that the text had, where it was not plain. */
  was?: 'HTML' | 'Markdown';
}

/** Longer than any atom may be. */
const MAX_CHARACTERS = 2_000_000;
/** Text that was marked up twice; more often is somebody's joke. */
const MAX_ROUNDS = 4;

/**
 * Text that a chat can show of what may be HTML or Markdown; fenced code and tables stay, for they are shown as such.
 * The result is text for good: it comes back as it is.
 */
export function plainText(source: string): PlainText {
  let [text, was]: [string, PlainText['was']] = [source, undefined];
  for (let round = 0; round < MAX_ROUNDS && source.length <= MAX_CHARACTERS; round++) {
    const before = text;
    if (OPENING.test(text) && CLOSING.test(text)) text = ofHtml(text);
    else if (ENTITY.test(text)) text = decoded(text);
    if (text !== before) was ??= 'HTML';
    const plain = ofMarkdown(text);
    if (plain !== text) was ??= 'Markdown';
    text = plain;
    if (text === before) break;
  }
  return { text, ...(was !== undefined && { was }) };
}

/** {@link plainText} of a title. */
export function plainLine(source: string): PlainText {
  const { text, was } = plainText(source);
  return { text: text.replace(/\s+/g, ' ').trim(), ...(was !== undefined && { was }) };
}

/** The article of an HTML page, and what it calls itself. */
export function ofHtmlPage(page: string): { title?: string; content: string } {
  const title =
    /<title[^>]*>([\s\S]*?)<\/title>/i.exec(page)?.[1] ?? /<h1[^>]*>([\s\S]*?)<\/h1>/i.exec(page)?.[1];
  const content = ofHtml(page.replace(/<head[\s>][\s\S]*?<\/head>/i, ''));
  return { content, ...(title !== undefined && { title: plainLine(`<p>${title}</p>`).text }) };
}

function ofHtml(html: string): string {
  return convertHtml(html)
    .replaceAll('\u00a0', ' ')
    .replace(/^ (?=• )/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

function decoded(text: string): string {
  return convertHtml(`<pre>${text.replaceAll('<', '&lt;')}</pre>`).replaceAll('\u00a0', ' ');
}

/** A table as rows between bars, which are shown in a fixed-width font. */
const formatTable: FormatCallback = (element, walk, builder) => {
  const rows = rowsOf(element);
  builder.openBlock({ leadingLineBreaks: 2 });
  for (const [at, row] of rows.entries()) {
    if (at > 0) builder.addLineBreak();
    builder.addLiteral('| ');
    for (const [column, cell] of row.entries()) {
      if (column > 0) builder.addLiteral(' | ');
      walk(cell.children, builder);
    }
    builder.addLiteral(' |');
  }
  builder.closeBlock({ trailingLineBreaks: 2 });
};

interface HtmlNode {
  name?: string;
  children?: HtmlNode[];
}

function rowsOf(element: HtmlNode): { children: never }[][] {
  const cells = (row: HtmlNode): HtmlNode[] =>
    (row.children ?? []).filter(({ name }) => name === 'td' || name === 'th');
  const rows = (node: HtmlNode): HtmlNode[][] =>
    (node.children ?? []).flatMap((child) =>
      child.name === 'tr' ? [cells(child)] : child.name === 'td' ? [] : rows(child),
    );
  return rows(element) as { children: never }[][];
}

const convertHtml = compile({
  wordwrap: false,
  limits: { maxDepth: 200, maxInputLength: 4_000_000 },
  formatters: { tableOfBars: formatTable },
  selectors: [
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
    { selector: 'table', format: 'tableOfBars' },
    { selector: 'ul', options: { itemPrefix: '• ' } },
    {
      selector: 'a',
      options: {
        linkBrackets: ['(', ')'] as [string, string],
        hideLinkHrefIfSameAsText: true,
        ignoreHref: false,
      },
    },
    { selector: 'img', format: 'skip' },
    { selector: 'nav', format: 'skip' },
    { selector: 'script', format: 'skip' },
    { selector: 'style', format: 'skip' },
  ],
});

function ofMarkdown(source: string): string {
  let isFenced = false;
  return source
    .split('\n')
    .map((line) => {
      if (FENCE.test(line)) isFenced = !isFenced;
      return isFenced || FENCE.test(line) || TABLE_ROW.test(line) ? line : ofMarkdownLine(line);
    })
    .join('\n');
}

/** Only what nobody writes who does not mean it: `2 * 3 * 4`, `NORM_X` and `T#5s` are text. */
function ofMarkdownLine(line: string): string {
  return (
    line
      .replace(/^ {0,3}#{1,6} +(?=\S)/, '')
      .replace(/^(\s*)[-*+] +\[[ xX]\] +/, '$1• ')
      .replace(/^(\s*)[-*+] +(?=\S)/, '$1• ')
      .replace(/^ {0,3}> ?(?=\S)/, '')
      // Obsidian's: a picture, a link to another note, and the head of a box.
      .replace(/!\[\[[^[\]|\n]{1,300}(?:\|[^[\]\n]{0,300})?\]\]/g, '')
      .replace(/\[\[(?=\p{L})(?:[^[\]|\n]{1,300}\|)?([^[\]|\n]{1,300})\]\]/gu, '$1')
      .replace(/^\[!\p{L}{3,20}\][+-]? *(?=\S)/u, '')
      .replace(/!\[([^\]\n]{0,500})\]\([^()\s]{0,2000}(?:\s"[^"\n]{0,500}")?\)/g, (_, alt: string) =>
        alt.trim() === '' ? '' : `(picture: ${alt.trim()})`,
      )
      .replace(/\[([^\]\n]{1,500})\]\((https?:\/\/[^()\s]{1,2000})(?:\s"[^"\n]{0,500}")?\)/g, '$1 ($2)')
      .replace(/\*\*(?=\S)([^*\n]*?\S)\*\*/g, '$1')
      .replace(/(?<![\p{L}\p{N}_])__(?=\S)([^_\n]*?\S)__(?![\p{L}\p{N}_])/gu, '$1')
      .replace(/(?<![\p{L}\p{N}*\\])\*(?=[\p{L}\p{N}])([^*\n]*?[\p{L}\p{N}.!?])\*(?![\p{L}\p{N}*])/gu, '$1')
      .replace(/(?<![\p{L}\p{N}_])_(?=[\p{L}\p{N}])([^_\n]*?[\p{L}\p{N}.!?])_(?![\p{L}\p{N}_])/gu, '$1')
      .replace(/(?<!`)`([^`\n]+)`(?!`)/g, '$1')
  );
}
