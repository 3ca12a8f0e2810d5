import type { MessageEntity } from 'grammy/types';
import { badRequest } from '../api-error.ts';
import { checkedLink, mentionedUserId } from './links.ts';

const TAGS = {
  b: 'bold',
  strong: 'bold',
  i: 'italic',
  em: 'italic',
  u: 'underline',
  ins: 'underline',
  s: 'strikethrough',
  strike: 'strikethrough',
  del: 'strikethrough',
  'tg-spoiler': 'spoiler',
  span: 'spoiler',
  a: 'text_link',
  pre: 'pre',
  code: 'code',
  blockquote: 'blockquote',
  'tg-emoji': 'custom_emoji',
  'tg-time': 'date_time',
} as const;

type TagName = keyof typeof TAGS;

/** A tag that is open, and where in the plain text it began. */
export interface HtmlTag {
  readonly name: TagName;
  readonly attributes: ReadonlyMap<string, string>;
  readonly offset: number;
}

export interface TextRange {
  readonly offset: number;
  readonly length: number;
}

export const isHtmlTag = (name: string): name is TagName => Object.hasOwn(TAGS, name);

/** The language of `<code class="language-x">`. */
export const codeLanguage = (tag: HtmlTag): string | undefined =>
  /^language-(.+)$/.exec(tag.attributes.get('class') ?? '')?.[1];

/** The entity that the tag makes of the text it held; undefined for a link to nowhere. @throws ApiError 400 */
export function entityOf(tag: HtmlTag, range: TextRange, content: string): MessageEntity | undefined {
  const type = TAGS[tag.name];
  switch (type) {
    case 'text_link':
      return linkOf(tag.attributes.get('href') || content, range);
    case 'blockquote':
      return { type: tag.attributes.has('expandable') ? 'expandable_blockquote' : type, ...range };
    case 'custom_emoji': {
      const id = tag.attributes.get('emoji-id') ?? '';
      if (!/^[1-9]\d*$/.test(id)) throw badRequest('Invalid custom emoji identifier specified');
      return { type, ...range, custom_emoji_id: id };
    }
    case 'date_time': {
      const time = tag.attributes.get('unix') ?? '';
      if (!/^-?\d+$/.test(time)) throw badRequest('Invalid date-time specified');
      const format = tag.attributes.get('format') ?? '';
      if (!/^(?:r|w?[dD]?[tT]?)$/.test(format)) throw badRequest('Invalid date-time format specified');
      return { type, ...range, unix_time: Number(time), date_time_format: format as 'r' };
    }
    default:
      return { type, ...range };
  }
}

function linkOf(target: string, range: TextRange): MessageEntity | undefined {
  const userId = mentionedUserId(target);
  if (userId !== undefined) {
    return { type: 'text_mention', ...range, user: { id: userId, is_bot: false, first_name: '' } };
  }
  const url = checkedLink(target);
  return url === '' ? undefined : { type: 'text_link', ...range, url };
}
