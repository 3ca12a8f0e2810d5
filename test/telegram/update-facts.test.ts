import type { Update } from 'grammy/types';
import { describe, expect, it } from 'vitest';
import { MAPPING_VERSION } from '../../functions/lease/layout.ts';
import { ALLOWED_UPDATES } from '../../functions/telegram/allowed-updates.ts';
import { updateFacts } from '../../functions/telegram/update-facts.ts';

const from = { id: 7, is_bot: false, first_name: 'Anna' };
const chat = { id: -100, type: 'group', title: 'Hall 3' };

/** Under each mapping version the key of every kind of update, and of what comes without a chat or without anybody. */
const KEYS: Record<number, Record<string, [content: object, orderingKey: number]>> = {
  1: {
    message: [{ from, chat, text: 'a fault' }, -100],
    edited_message: [{ from, chat, edit_date: 1 }, -100],
    callback_query: [{ id: '1', from, message: { chat } }, -100],
    inline_query: [{ id: '1', from, query: 'a fault' }, 7],
    my_chat_member: [{ from, chat }, -100],
    poll_answer: [{ poll_id: '1', user: from }, 7],
    poll: [{ id: '1' }, 0],
    message_reaction: [{ chat: { id: '-100' }, user: from }, 7],
  },
};

describe('the ordering key of an update', () => {
  it('never changes under one mapping version: two versions of the bot would each be granted a lease for one chat', () => {
    const keys = KEYS[MAPPING_VERSION] ?? {};
    expect(Object.keys(keys)).toEqual(expect.arrayContaining([...ALLOWED_UPDATES]));
    for (const [kind, [content, orderingKey]] of Object.entries(keys)) {
      const update = { update_id: 1, [kind]: content } as unknown as Update;
      expect(updateFacts(update)).toMatchObject({ kind, orderingKey });
    }
  });

  it('is that of a press’s chat, and of its user where it was on an inline result', () => {
    const press = (more: object): number =>
      updateFacts({ update_id: 1, callback_query: { id: '1', from, ...more } } as unknown as Update)
        .orderingKey;
    expect([press({ message: { chat } }), press({ inline_message_id: 'x' })]).toEqual([-100, 7]);
  });
});
