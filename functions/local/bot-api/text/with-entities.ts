import type { MessageEntity } from 'grammy/types';

/** Text as users see it, and what is special about its parts. */
export interface FormattedText {
  readonly text: string;
  readonly entities: readonly MessageEntity[];
}
