import type { MessageEntity } from 'grammy/types';

type FoundType = 'bot_command' | 'mention' | 'hashtag' | 'cashtag' | 'url' | 'email';

const WORD = String.raw`[\p{L}\p{N}_]`;

/**
 * The entities that Telegram recognises in plain text, in order of precedence. Addresses without a scheme are not
 * imitated.
 */
const PATTERNS: readonly (readonly [FoundType, RegExp])[] = [
  ['url', /(?<![\p{L}\p{N}_])https?:\/\/[^\s<>"']*[^\s<>"'.,:;!?)\]}]/giu],
  [
    'email',
    /(?<![\p{L}\p{N}_.@-])[a-z0-9._%+-]{1,64}@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,24}(?![\p{L}\p{N}_])/giu,
  ],
  ['mention', new RegExp(String.raw`(?<!${WORD})@[a-zA-Z0-9_]{2,32}(?!${WORD})`, 'gu')],
  [
    'bot_command',
    new RegExp(
      String.raw`(?<!${WORD}|[/<>])/[a-zA-Z0-9_]{1,64}(?:@[a-zA-Z0-9_]{3,32})?(?!${WORD}|[/<>@])`,
      'gu',
    ),
  ],
  [
    'hashtag',
    new RegExp(String.raw`(?<!${WORD})#(?=[\p{N}_]*\p{L})[\p{L}\p{N}_]{1,256}(?![\p{L}\p{N}_#])`, 'gu'),
  ],
  ['cashtag', new RegExp(String.raw`(?<!${WORD}|\$)\$[A-Z]{1,8}(?!${WORD}|\$)`, 'gu')],
];

/** Commands, mentions, tags and addresses in a text, sorted, none inside another. */
export function findEntities(text: string): MessageEntity[] {
  const found: MessageEntity[] = [];
  for (const [type, pattern] of PATTERNS) {
    for (const match of text.matchAll(pattern)) {
      const entity = { type, offset: match.index, length: match[0].length };
      const free = found.every(
        (other) =>
          entity.offset + entity.length <= other.offset || other.offset + other.length <= entity.offset,
      );
      if (free) found.push(entity);
    }
  }
  return found.sort((a, b) => a.offset - b.offset);
}
