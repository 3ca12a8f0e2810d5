import type { Transformer } from 'grammy/web';

/**
 * A call to a group that has become a supergroup meanwhile is made once more, to the supergroup: Telegram tells its id.
 * Messages have other ids there, so it is no reply any more.
 */
export const toMigratedGroup: Transformer = async (prev, method, payload, signal) => {
  const answer = await prev(method, payload, signal);
  const movedTo = answer.ok ? undefined : answer.parameters?.migrate_to_chat_id;
  if (movedTo === undefined || !('chat_id' in payload) || 'message_id' in payload) return answer;
  const { reply_parameters: _reply, ...rest } = payload as typeof payload & { reply_parameters?: unknown };
  return prev(method, { ...rest, chat_id: movedTo } as typeof payload, signal);
};
