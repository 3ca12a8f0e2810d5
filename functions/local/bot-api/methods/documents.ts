import type { Document } from 'grammy/types';
import { ApiError, badRequest } from '../api-error.ts';
import { replyMarkup } from '../markup.ts';
import { CAPTION_LIMIT, formattedText } from '../text/formatted-text.ts';
import { entitiesOf, publish } from './messages.ts';
import type { Method, MethodContext } from './method.ts';
import { repliedMessage, writableChat } from './targets.ts';

const MAX_DOCUMENT_BYTES = 50 * 1024 * 1024;
const MAX_DOWNLOAD_BYTES = 20 * 1024 * 1024;

export const sendDocument: Method = (context) => {
  const { args } = context;
  const chat = writableChat(context);
  const caption = args.text('caption');
  const formatted =
    caption.trim() === ''
      ? undefined
      : formattedText(
          {
            text: caption,
            parseMode: args.text('parse_mode'),
            entities: entitiesOf(args, 'caption_entities'),
          },
          CAPTION_LIMIT,
        );
  const markup = replyMarkup(args);
  const reply = repliedMessage(context, chat);
  const document = documentOf(context);
  return {
    result: publish(context, {
      chat,
      ...(reply && { reply_to_message: reply }),
      document,
      ...(formatted && { caption: formatted.text }),
      ...(formatted && formatted.entities.length > 0 && { caption_entities: formatted.entities }),
      ...(markup && { reply_markup: markup }),
    }),
  };
};

/** An upload, or a file already here by its id. Documents by URL are not imitated. */
function documentOf({ args, telegram }: MethodContext): Document {
  const upload = args.file('document');
  if (upload) {
    if (upload.bytes.length === 0) throw badRequest('file must be non-empty');
    if (upload.bytes.length > MAX_DOCUMENT_BYTES) throw new ApiError(413, 'Request Entity Too Large');
    return telegram.files.add(upload.filename, upload.bytes);
  }
  const value = args.text('document');
  if (value === '' || value.startsWith('attach://')) throw badRequest('There is no document in the request');
  const known = telegram.files.document(value);
  if (!known) throw badRequest('wrong file identifier/HTTP URL specified');
  return known;
}

export const getFile: Method = ({ args, telegram }) => {
  const id = args.text('file_id');
  if (id === '') throw badRequest('file_id not specified');
  const file = telegram.files.describe(id);
  if (!file) throw badRequest('wrong file_id or the file is temporarily unavailable');
  if ((file.file_size ?? 0) > MAX_DOWNLOAD_BYTES) throw badRequest('file is too big');
  return { result: file };
};
