import { type Example, roleOf } from './draft.ts';
import { isSubject } from './relevance.ts';
import { EXAMPLE, type Material, type Passage } from './material.ts';
import { countWords } from './script.ts';

/** An example that is longer is a section. */
const MAX_EXAMPLE_WORDS = 75;
const MIN_POINT_WORDS = 12;

/**
 * What can be the example, best first: words that say "for example"; a pattern or fault that no section is about; one
 * point of an atom.
 */
export function examplesOf(leaders: readonly Material[], others: readonly Material[]): Example[] {
  const subjects = others.filter(isSubject);
  const own = [...leaders, ...subjects.slice(0, 2)].flatMap((material) => {
    const passage = material.passages.find(
      ({ isExample, leans, words, sentences }, position) =>
        isExample &&
        position > 0 &&
        words <= MAX_EXAMPLE_WORDS &&
        // "For example" points back at what the sections have told.
        (!leans || EXAMPLE.test(sentences[0] ?? '')),
    );
    return passage === undefined ? [] : [{ material, passages: [passage], kind: 'example' as const }];
  });
  const cases = [...subjects.slice(0, 3), ...others.filter((other) => !isSubject(other)).slice(0, 3)].flatMap(
    (material) => {
      const passages = opening(material);
      const isCase = roleOf(material) === 'pattern' || roleOf(material) === 'fault';
      return isCase && passages.length > 0 ? [{ material, passages, kind: 'case' as const }] : [];
    },
  );
  const points = [...leaders]
    .sort((a, b) => b.passages.length - a.passages.length)
    .flatMap((material) => {
      const { passages } = material;
      const fit = passages.filter(
        ({ isSteps, words }, place) =>
          place > 0 &&
          !isSteps &&
          words >= MIN_POINT_WORDS &&
          words <= MAX_EXAMPLE_WORDS &&
          // Taken out, it must not leave a gap that the next one points at.
          passages[place + 1]?.leans !== true,
      );
      const passage = fit.findLast(({ leans }) => !leans) ?? fit.at(-1);
      return passage === undefined ? [] : [{ material, passages: [passage], kind: 'point' as const }];
    });
  const [subjectCase] = cases.filter(({ material }) => isSubject(material));
  const [example] = own;
  if (example !== undefined) return [example];
  if (subjectCase !== undefined) return [subjectCase];
  return [...cases.slice(0, 1), ...points.slice(0, 1)];
}

function opening({ passages, safety }: Material): Passage[] {
  const taken: Passage[] = [];
  let words = countWords(safety.join(' '));
  for (const passage of passages) {
    if ((taken.length === 0 && passage.leans) || words + passage.words > MAX_EXAMPLE_WORDS) break;
    taken.push(passage);
    words += passage.words;
  }
  return taken;
}
