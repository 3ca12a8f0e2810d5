import { cleanText, plainInline } from './clean-text.ts';
import type { Citation } from './script.ts';
import type { Material } from './spoken.ts';

const MAX_KEYWORDS = 12;
const MAX_PAGES = 20;

export function citationOf({ atom, title }: Material): Citation {
  const document = oneLine(atom.source_document ?? '', 200);
  const url = webAddress(atom.source_url);
  return {
    atomId: atom.atom_id,
    title,
    ...(document !== '' && { document }),
    pages: atom.source_pages
      .slice(0, MAX_PAGES)
      .map((page) => oneLine(String(page), 20))
      .filter((page) => page !== ''),
    ...(url !== undefined && { url }),
  };
}

/** The topic, then the atoms' keywords in turn, so that each atom is found by its first ones. */
export function keywordsOf(topic: string, used: readonly Material[]): string[] {
  const lists = used.map(({ atom }) =>
    atom.keywords.slice(0, MAX_KEYWORDS).map((keyword) => oneLine(keyword, 40)),
  );
  const inTurn = Array.from({ length: MAX_KEYWORDS }, (_, turn) =>
    lists.flatMap((list) => list.slice(turn, turn + 1)),
  ).flat();
  const byFold = new Map<string, string>();
  for (const keyword of [topic, ...inTurn])
    if (keyword !== '' && !byFold.has(keyword.toLowerCase())) byFold.set(keyword.toLowerCase(), keyword);
  return [...byFold.values()].slice(0, MAX_KEYWORDS);
}

function oneLine(text: string, maxCharacters: number): string {
  return plainInline(cleanText(text, maxCharacters).replace(/\n/g, ' '));
}

function webAddress(address: string | undefined): string | undefined {
  if (address === undefined || address.length > 2000 || !URL.canParse(address)) return undefined;
  const { protocol, href } = new URL(address);
  return protocol === 'https:' || protocol === 'http:' ? href : undefined;
}
