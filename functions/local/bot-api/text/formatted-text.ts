import { badRequest } from '../api-error.ts';
import { cleaned } from './clean.ts';
import { findEntities } from './find-entities.ts';
import { givenEntities } from './given-entities.ts';
import { parseHtml } from './html.ts';
import { nested, withFound } from './nesting.ts';
import type { FormattedText } from './with-entities.ts';

/** How long a text may be after parsing, and Telegram's words where it is longer. */
export interface LengthLimit {
  readonly length: number;
  readonly error: string;
}

export const MESSAGE_LIMIT: LengthLimit = { length: 4096, error: 'message is too long' };
export const CAPTION_LIMIT: LengthLimit = { length: 1024, error: 'message caption is too long' };

interface RawText {
  readonly text: string;
  readonly parseMode: string;
  /** A JSON value; looked at only without a parse mode. */
  readonly entities: unknown;
}

/** Bytes of the raw text that Telegram looks at all. */
const MAX_RAW_BYTES = 32_768;

/**
 * Formats a text as Telegram does: parses `parseMode` or takes `entities` (a JSON value), removes control characters
 * and outer white space, and finds commands, mentions, hashtags and addresses. Lengths are UTF-16 code units. Markdown
 * is not imitated; its parse modes are refused like unknown ones.
 * @throws ApiError 400
 */
export function formattedText(input: RawText, limit: LengthLimit): FormattedText {
  if (Buffer.byteLength(input.text) > MAX_RAW_BYTES) throw badRequest('Text is too long');
  const marked = marks(input);
  const clean = cleaned({ text: marked.text, entities: nested(marked.entities) });
  if (clean.text.length > limit.length) throw badRequest(limit.error);
  return { text: clean.text, entities: withFound(nested(clean.entities), findEntities(clean.text)) };
}

function marks(input: RawText): FormattedText {
  const mode = input.parseMode.toLowerCase();
  if (input.text === '' || mode === '' || mode === 'none') {
    return { text: input.text, entities: givenEntities(input.entities, input.text) };
  }
  if (mode !== 'html') throw badRequest('Unsupported parse_mode');
  return parseHtml(input.text);
}
