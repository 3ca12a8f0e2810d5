import { cleanLine } from './characters.ts';

const MAX_MADE_TITLE = 90;

/** The title of a text that has none: its first sentence, as long as it is short. */
export function titleOf(text: string): string {
  const lines = text.split('\n').filter((each) => /[\p{L}\p{N}]/u.test(each));
  // `Remedy:` is the heading of a part.
  const first = lines.find((each) => !each.trimEnd().endsWith(':')) ?? lines[0] ?? text;
  const line = cleanLine(first);
  const sentence = /^.{10,}?[.!?:](?=\s|$)/u.exec(line)?.[0] ?? line;
  return cutTo(sentence.replace(/[.:]$/, ''), MAX_MADE_TITLE);
}

export function cutTo(text: string, maxCharacters: number): string {
  const characters = [...text];
  return characters.length <= maxCharacters
    ? text
    : `${characters
        .slice(0, maxCharacters - 1)
        .join('')
        .trimEnd()}…`;
}
