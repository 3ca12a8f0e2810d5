import { cleanText, plainInline } from './clean-text.ts';
import { MAX_TOPIC_CHARACTERS, type Missing } from './script.ts';

const LONGEST_WORD = 40;
/** How somebody asks, in the languages of the bot, and not about what. */
const REQUEST = new RegExp(
  [
    '^(?:please |bitte )?(?:',
    'explain|describe|(?:teach|tell|show|give) me|i want to (?:know|learn)|let me know|learn',
    '|erkläre?|beschreibe?|zeige?|wie (?:funktioniert|geht|arbeitet)',
    '|(?:(?:can|could|you|make|create|write|generate|give|i|need|want|me|us|an?|the|short|training|\\d+|minutes?',
    '|mach\\w*|schreib\\w*|erstell\\w*|ich|brauche|möchte|mir|uns|eine?|kurzes)[ -])*(?:video|s[ck]ript)',
    ')(?: me| mir)?(?: about| on| for| über| zu[mr]?)? +(?=\\S)',
  ].join(''),
  'i',
);

/** How much of it somebody wants, and not about what. */
const EXTENT =
  /(?<=\S)[ :,-]+(?:the )?(?:basics|essentials|fundamentals|introduction|intro|overview|tutorial|explained|for beginners|differences?|grundlagen|einführung|überblick|unterschiede?|vergleich)$/i;

/** The topic that a user asks for, cleaned, and the part of it that is searched for. */
export interface Topic {
  text: string;
  subject: string;
}

export function topicOf(asked: string): { ok: true; topic: Topic } | { ok: false; missing: Missing } {
  const characters = asked.length;
  if (characters > MAX_TOPIC_CHARACTERS)
    return {
      ok: false,
      missing: { reason: 'topic-too-long', characters, maxCharacters: MAX_TOPIC_CHARACTERS },
    };
  const text = plainInline(cleanText(asked, MAX_TOPIC_CHARACTERS).replace(/\n/g, ' '))
    // Figures, addresses and part numbers stay.
    .replace(/[^\p{L}\p{M}\p{N} .,'/+%°±µΩ&#:-]/gu, ' ')
    .replace(/[.,:]+(?=\s|$)|(?<=^|\s)['.,:#&/+-]+(?=\s|$)/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const isReadable =
    /[\p{L}\p{N}]{2}/u.test(text) && text.split(' ').every((word) => word.length <= LONGEST_WORD);
  if (!isReadable) return { ok: false, missing: { reason: 'topic-empty' } };
  return { ok: true, topic: { text, subject: text.replace(REQUEST, '').replace(EXTENT, '') } };
}
