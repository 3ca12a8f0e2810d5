import { badRequest } from '../api-error.ts';
import type { Method } from './method.ts';
import { targetChat, writableChat } from './targets.ts';

const ACTIONS = [
  'typing',
  'upload_photo',
  'record_video',
  'upload_video',
  'record_voice',
  'upload_voice',
  'upload_document',
  'choose_sticker',
  'find_location',
  'record_video_note',
  'upload_video_note',
];

export const sendChatAction: Method = (context) => {
  const action = context.args.text('action').toLowerCase();
  if (!ACTIONS.includes(action)) throw badRequest('Wrong parameter action in request');
  const chat = writableChat(context);
  context.telegram.hub.emit({ type: 'chat-action', bot: context.bot.id, chat: chat.id, action });
  return { result: true };
};

export const getChat: Method = (context) => ({
  result: { ...targetChat(context), accent_color_id: 0, max_reaction_count: 11 },
});
