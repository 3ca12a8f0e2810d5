import type { Replayed } from './replay.ts';

const HEAD = ['incident', 'kind', 'promised', 'what rings', 'notices', 'mended', 'all over'];

/** The alarms of each incident in their order, and who hears of them, a row each; times in minutes since it began. */
export function incidentTable(replayed: readonly Replayed[]): string[][] {
  return [HEAD, ...replayed.map(rowOf)];
}

function rowOf({ name, kind, within, happenings, mendedAt }: Replayed): string[] {
  const told = happenings.filter(({ topic }) => topic !== undefined);
  const rings = happenings.filter(({ topic, state }) => topic === undefined && state === 'ALARM');
  const begun = told.filter(({ state }) => state === 'ALARM');
  return [
    name,
    kind,
    String(within),
    [...new Set(rings.map(({ alarm }) => alarm))].join(', '),
    begun.map(({ alarm, minute, topic }) => `${topic} ${alarm} ${minute + 1}`).join(', '),
    String(mendedAt),
    String(Math.max(...told.map(({ minute }) => minute + 1))),
  ];
}

/** The rows of the first table of Markdown behind that heading, the line below its head left out. */
export function tableIn(markdown: string, heading: string): string[][] {
  const [, section = ''] = markdown.split(`\n${heading}\n`);
  const [table = ''] = /(?:^\|.*\n)+/m.exec(section) ?? [];
  const lines = table.trimEnd().split('\n');
  return lines
    .filter((_, at) => at !== 1)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

/** The same Markdown with these rows in place of that table. */
export function withTable(markdown: string, heading: string, [head = [], ...rows]: string[][]): string {
  const at = markdown.indexOf(`\n${heading}\n`);
  if (at < 0) throw new Error(`${heading} is not in the file`);
  const begin = markdown.indexOf('\n|', at) + 1;
  const end = markdown.indexOf('\n\n', begin);
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return markdown.slice(0, begin) + lines.join('\n') + markdown.slice(end);
}
