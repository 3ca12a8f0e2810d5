import { answerCallbackQuery, answerInlineQuery } from './answers.ts';
import { getChat, sendChatAction } from './chats.ts';
import { deleteMyCommands, getMyCommands, setMyCommands } from './commands.ts';
import { getFile, sendDocument } from './documents.ts';
import { close, getMe, logOut } from './identity.ts';
import { deleteMessage, editMessageReplyMarkup, editMessageText, sendMessage } from './messages.ts';
import type { Method } from './method.ts';
import { profileText } from './profile.ts';
import { getUpdates } from './updates.ts';
import { deleteWebhook, getWebhookInfo, setWebhook } from './webhook.ts';

export type { MethodResult } from './method.ts';

const METHODS: Readonly<Record<string, Method>> = {
  getMe,
  logOut,
  close,
  getUpdates,
  setWebhook,
  deleteWebhook,
  getWebhookInfo,
  sendMessage,
  editMessageText,
  editMessageReplyMarkup,
  deleteMessage,
  sendDocument,
  getFile,
  sendChatAction,
  getChat,
  answerCallbackQuery,
  answerInlineQuery,
  setMyCommands,
  getMyCommands,
  deleteMyCommands,
  setMyName: profileText.set('name', 64),
  getMyName: profileText.get('name'),
  setMyDescription: profileText.set('description', 512),
  getMyDescription: profileText.get('description'),
  setMyShortDescription: profileText.set('short_description', 120),
  getMyShortDescription: profileText.get('short_description'),
};

const byLowerCaseName = new Map(
  Object.entries(METHODS).map(([name, run]) => [name.toLowerCase(), { name, run }] as const),
);

/** Telegram does not mind the case of a method's name. */
export function methodNamed(name: string): { readonly name: string; readonly run: Method } | undefined {
  return byLowerCaseName.get(name.toLowerCase());
}
