import { expect } from 'vitest';
import { narrationOf, type Script } from '../../functions/scripts/script.ts';

/** Words as a person counts them, for comparison with the composer's own count. */
function words(text: string): number {
  return text.split(' ').filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
}

/** Sentences by a rule of the test's own: an end mark, perhaps a closing quote, a space and a capital or digit. */
export function sentencesOf(narration: string): string[] {
  return narration.split(/(?<=[.!?]["')]{0,2}) (?=["'(]?[\p{Lu}\p{N}])/u);
}

/** Expects the rules that hold for every script, whatever it was made from. */
export function expectSoundScript(script: Script): void {
  const narrations = narrationOf(script);
  const all = narrations.join(' ');
  expect(script.wordCount).toBe(words(all));
  expect(script.wordCount).toBeGreaterThanOrEqual(225);
  expect(script.wordCount).toBeLessThanOrEqual(495);
  expect(script.durationSeconds).toBe(Math.round(script.wordCount / 2.5));
  expect(script.sections.length).toBeGreaterThanOrEqual(2);
  expect(script.sections.length).toBeLessThanOrEqual(5);

  const starts = [0, ...script.sections.map(({ startSeconds }) => startSeconds), script.durationSeconds];
  for (const [position, start] of starts.slice(1).entries())
    expect(start).toBeGreaterThan(starts[position] ?? 0);

  const cited = script.citations.map(({ atomId }) => atomId);
  const used = [...script.sections.flatMap(({ sources }) => sources), ...script.exampleSources];
  for (const { sources, heading } of script.sections) {
    expect(sources.length).toBeGreaterThan(0);
    expect(heading).toMatch(/\p{L}/u);
  }
  expect(new Set(script.sections.map(({ heading }) => heading)).size).toBe(script.sections.length);
  expect([...cited].sort()).toStrictEqual([...new Set(used)].sort());

  for (const narration of narrations) {
    expect(narration).toMatch(/^["'(]?[\p{Lu}\p{N}]/u);
    expect(narration).toMatch(/[.!?]["')]{0,2}$/);
    expect(narration).not.toMatch(
      /[|<>{}\\`*\u0000-\u001f\u200b-\u200f\u202a-\u202e]|https?:|\.{3}|…|None None|  |\be\.g\.|\bi\.e\./,
    );
    expect(Math.max(...narration.split(' ').map((word) => word.length))).toBeLessThanOrEqual(60);
  }
  // Two steps may have the same answer.
  const sentences = narrations
    .filter((narration) => !/(?:Step|Point) one: /.test(narration))
    .flatMap(sentencesOf)
    .map((sentence) => sentence.toLowerCase());
  expect(sentences.filter((sentence, position) => sentences.indexOf(sentence) !== position)).toStrictEqual(
    [],
  );
}
