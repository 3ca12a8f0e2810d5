import { type Casing, upperFirst } from './casing.ts';
import { cleanText, plainInline } from './clean-text.ts';
import { TRADE_TERMS } from '../search/trade-terms.ts';
import { MAX_TOPIC_CHARACTERS, type Missing } from './script.ts';
import { speakable } from './speech.ts';
import { COUNTING_WORDS, FUNCTION_WORDS, IMPERATIVES, UNAMBIGUOUS_VERBS } from './vocabulary.ts';

/**
 * What kind of words a topic is, since a sentence must be built around it differently:
 * a thing ("motor control"), a question ("why is e-stop NC"), a task ("wire a motor", "how to wire a motor") or a
 * complaint ("motor won't stop").
 */
export type TopicKind = 'thing' | 'question' | 'task' | 'complaint';

export interface Topic {
  kind: TopicKind;
  /** As asked for, cleaned. */
  text: string;
  /** For use inside a sentence; a question has no question mark, a task no "how to". */
  phrase: string;
  /** The words that carry meaning, in lower case. */
  words: string[];
}

const LONGEST_WORD = 40;
const REQUEST =
  /^(?:please )?(?:explain|describe|teach me|tell me|show me|give me|i want to know|i want to learn|let me know|learn|what about|a video on|video on|script on|script about)(?: me)?(?: about)? +(?=\S)/i;
const QUESTION =
  /^(?:(?:what|why|when|where|which|who|whose)\b|how (?:do|does|did|can|could|is|are|should|would|will|must|may|many|much|long|often|fast|far|big|large|high|come)\b|(?:is|are|do|does|did|can|could|should|would|will|must|may|has|have) (?:i|we|you|it|they|a|an|the|my|this|that|there|one) )/i;
const COMPLAINT =
  /\b(?:won'?t|will not|doesn'?t|does not|don'?t|do not|can'?t|cannot|isn'?t|is not|aren'?t|are not|not (?:working|starting|stopping|running|responding|communicating|resetting|switching)|keeps? \w+ing|stops? when|fails? to|trips? (?:when|after|on|at))\b/i;
/** Words that say how somebody asks, not about what. */
const ASKING =
  /^(?:i|how|vs|versus|compared|differences?|basics?|essentials|fundamentals|introduction|intro|overview|guide|tutorial|explained|beginners?|won't|doesn't|don't|can't|isn't|aren't|please|explain|learn|work|works|working|mean|means)$/;
const DETERMINER = /^(?:a|an|the|my|your|this|that|these|those|its|one|two|each|every)$/i;

/** Cleans a topic and finds its grammar. */
export function topicOf(asked: string): { ok: true; topic: Topic } | { ok: false; missing: Missing } {
  const characters = asked.length;
  if (characters > MAX_TOPIC_CHARACTERS)
    return {
      ok: false,
      missing: { reason: 'topic-too-long', characters, maxCharacters: MAX_TOPIC_CHARACTERS },
    };
  const isAsked = /\?\s*$/.test(asked);
  const text = plainInline(cleanText(asked, MAX_TOPIC_CHARACTERS).replace(/\n/g, ' '))
    // Marks that would end or break the sentences built around it; figures, addresses and part numbers stay.
    .replace(/[^\p{L}\p{N} .,'/+%°±µΩ&#:-]/gu, ' ')
    .replace(/[.,:]+(?=\s|$)|(?<=^|\s)['.,:#&/+-]+(?=\s|$)/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const isReadable =
    /[\p{L}\p{N}]{2}/u.test(text) && text.split(' ').every((word) => word.length <= LONGEST_WORD);
  if (!isReadable) return { ok: false, missing: { reason: 'topic-empty' } };
  const subject = text.replace(REQUEST, '').trim();
  const { kind, phrase } = grammarOf(subject, isAsked);
  return { ok: true, topic: { kind, text, phrase, words: wordsOf(subject) } };
}

function grammarOf(subject: string, isAsked: boolean): Pick<Topic, 'kind' | 'phrase'> {
  const howTo = /^how (?:to|2) +(?=\S)/i;
  if (howTo.test(subject)) return { kind: 'task', phrase: subject.replace(howTo, '') };
  if (QUESTION.test(subject) || isAsked) return { kind: 'question', phrase: subject };
  if (COMPLAINT.test(subject)) return { kind: 'complaint', phrase: subject };
  const [first = '', second = ''] = subject.toLowerCase().split(' ');
  const isTask =
    second !== '' && (UNAMBIGUOUS_VERBS.has(first) || (IMPERATIVES.has(first) && DETERMINER.test(second)));
  return { kind: isTask ? 'task' : 'thing', phrase: subject };
}

function wordsOf(subject: string): string[] {
  const written = subject.match(/[\p{L}\p{N}](?:[\p{L}\p{N}.'/-]*[\p{L}\p{N}])?/gu) ?? [];
  const words = written.map((word) => word.toLowerCase());
  const asked = ` ${words.join(' ')} `;
  const ofTerms = new Set(
    TRADE_TERMS.flatMap(({ forms }) => forms.filter((form) => asked.includes(` ${form} `))).flatMap((form) =>
      form.split(' '),
    ),
  );
  const carrying = words.filter(
    (word, place) =>
      COUNTING_WORDS.has(word) ||
      ofTerms.has(word) ||
      !(FUNCTION_WORDS.has(word) || ASKING.test(word)) ||
      isAbbreviation(written[place] ?? '', words),
  );
  return [...new Set(carrying.length > 0 ? carrying : words)];
}

/** "NO contact" is about a contact that is normally open; in lower case only another abbreviation tells it: "no vs nc". */
function isAbbreviation(written: string, words: readonly string[]): boolean {
  const term = TRADE_TERMS.find(({ ambiguous }) => ambiguous?.form === written.toLowerCase())?.ambiguous;
  const beside = words.filter((word) => term?.beside.includes(word) === true);
  return beside.some((word) => written === written.toUpperCase() || word.length === 2);
}

/** The phrase with names written as the material writes them ("profinet" -> "PROFINET"). */
function writtenPhrase({ phrase }: Topic, casing: Casing): string {
  return phrase
    .split(' ')
    .map((word) => {
      if (word === 'i') return 'I';
      const usual = casing.usual(word);
      return usual !== undefined && word === word.toLowerCase() ? usual : word;
    })
    .join(' ');
}

/** The phrase as it is spoken. */
export function spokenPhrase(topic: Topic, casing: Casing): string {
  return speakable(writtenPhrase(topic, casing)).replace(/[,.]+$/, '');
}

export function titleOf(topic: Topic, casing: Casing): string {
  const phrase = writtenPhrase(topic, casing);
  switch (topic.kind) {
    case 'question':
      return `${upperFirst(phrase)}?`;
    case 'task':
      return `How to ${phrase}`;
    case 'complaint':
      return `${upperFirst(phrase)}: what to check`;
    case 'thing':
      return /\b(?:basics|essentials|fundamentals|introduction|overview)$/i.test(phrase)
        ? `${upperFirst(phrase)} in three minutes`
        : `${upperFirst(phrase)}: the essentials in three minutes`;
  }
}
