import { type Citation, countWords, type Script, secondsOf } from './script.ts';

/** The script as data: every field of {@link Script}, indented, with a final line break. */
export function scriptToJson(script: Script): string {
  return `${JSON.stringify(script, null, 2)}\n`;
}

/** The script as a Markdown document with timestamps (mm:ss), numbered sources and production notes. */
export function scriptToMarkdown(script: Script): string {
  const { title, topic, wordCount, durationSeconds, sections, keywords, citations } = script;
  const outroStart = secondsOf(wordCount - countWords(script.outro));
  const recapStart = secondsOf(wordCount - countWords(`${script.recap} ${script.outro}`));
  const exampleStart = secondsOf(wordCount - countWords(`${script.example} ${script.recap} ${script.outro}`));
  const exampleHeading = script.isExample === false ? 'In practice' : 'Example';
  const numberOf = new Map(citations.map(({ atomId }, position) => [atomId, position + 1]));
  const sources = (ids: readonly string[]) => {
    const numbers = ids.flatMap((id) => numberOf.get(id) ?? []);
    return numbers.length === 0
      ? ''
      : `\n\n*Sources: ${numbers.map((number) => `\\[${number}\\]`).join(' ')}*`;
  };
  const part = (startSeconds: number, heading: string, text: string, ids: readonly string[] = []) =>
    `## ${timestamp(startSeconds)} ${escapeMarkdown(heading)}\n\n${escapeMarkdown(text)}${sources(ids)}`;
  return `${[
    `# ${escapeMarkdown(title)}`,
    `**Topic:** ${escapeMarkdown(topic)}  \n**Duration:** ${timestamp(durationSeconds)} (${wordCount} words)`,
    part(0, 'Hook', script.hook),
    part(secondsOf(countWords(script.hook)), 'Intro', script.intro),
    ...sections.map(({ startSeconds, heading, narration, sources: ids }) =>
      part(startSeconds, heading, narration, ids),
    ),
    ...(script.example === ''
      ? []
      : [part(exampleStart, exampleHeading, script.example, script.exampleSources)]),
    part(recapStart, 'Recap', script.recap),
    part(outroStart, 'Outro', script.outro),
    `## Keywords\n\n${keywords.map(escapeMarkdown).join(', ')}`,
    `## Sources\n\n${citations.map((citation, position) => `${position + 1}. ${citationLine(citation)}`).join('\n')}`,
  ].join('\n\n')}\n`;
}

function citationLine({ atomId, title, document, pages, url }: Citation): string {
  const details = [
    document === undefined ? undefined : escapeMarkdown(document),
    pages.length === 0
      ? undefined
      : `${pages.length === 1 ? 'page' : 'pages'} ${escapeMarkdown(pages.join(', '))}`,
    url === undefined ? undefined : `<${url.replace(/[<>\s]/g, encodeURIComponent)}>`,
  ].filter((detail) => detail !== undefined);
  return [`${escapeMarkdown(title)} (${codeSpan(atomId)})`, ...details].join(', ');
}

/** Seconds as mm:ss. */
export function timestamp(seconds: number): string {
  return `${pad(Math.floor(seconds / 60))}:${pad(seconds % 60)}`;
}

/**
 * Text that a Markdown reader shows as it is, on one line. Marks that mean nothing where they stand, as in `NORM_X` and `T#5s`, are left
 * alone, since many phones show the document as plain text.
 */
function escapeMarkdown(text: string): string {
  return (
    text
      .replace(/\s+/g, ' ')
      .replace(
        /[\\`*[\]<>|]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])|&(?=#?\w+;)|~(?=~)|(?<=~)~|(?<=^| )#/gu,
        '\\$&',
      )
      // "1." or "-" would begin a list.
      .replace(/^(\d{1,9})([.)])/, '$1\\$2')
      .replace(/^[-+=~]/, '\\$&')
  );
}

/** Code keeps every character of an id; its fence is longer than any run of backticks inside. */
function codeSpan(text: string): string {
  const line = text.replace(/[\s\p{C}]+/gu, ' ');
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const space = /^[` ]|[` ]$/.test(line) ? ' ' : '';
  return `${fence}${space}${line}${space}${fence}`;
}

function pad(number: number): string {
  return String(number).padStart(2, '0');
}
