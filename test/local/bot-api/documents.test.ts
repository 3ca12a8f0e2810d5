import { InputFile, Api } from 'grammy/web';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startBotApiServer } from '../../../functions/local/bot-api/server.ts';
import type { BotApiServer } from '../../../functions/local/bot-api/types.ts';
import { TOKEN, ada, profile } from './parties.ts';
import { rawCall, rawRequest, type RawAnswer } from './raw-call.ts';

let server: BotApiServer;

beforeEach(async () => {
  server = await startBotApiServer({ bots: { [TOKEN]: profile } });
  server.user(ada);
});

afterEach(() => server.close());

function upload(
  fields: Record<string, string>,
  bytes = Buffer.from('content'),
  filename = 'a.md',
): Promise<RawAnswer> {
  const body = new FormData();
  body.set('chat_id', String(ada.id));
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  body.set('document', new Blob([new Uint8Array(bytes)]), filename);
  return rawRequest(`${server.apiRoot}/bot${TOKEN}/sendDocument`, { method: 'POST', body });
}

const refusal = (reason: string) => ({ status: 400, description: `Bad Request: ${reason}` });
const fileId = (answer: RawAnswer): string =>
  (answer.result as { document: { file_id: string } }).document.file_id;

describe('sendDocument', () => {
  test('keeps every byte, for the user and for getFile', async () => {
    const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, index) => index % 256));
    const answer = await upload({}, bytes, 'Überblick.json');
    expect(answer.result).toMatchObject({
      document: { file_name: 'Überblick.json', mime_type: 'application/json', file_size: 70_000 },
    });
    expect(Buffer.from(server.file(fileId(answer)) ?? []).equals(bytes)).toBe(true);

    const file = await rawCall(server, 'getFile', { file_id: fileId(answer) });
    expect(file.result).toMatchObject({ file_size: 70_000 });
    const path = (file.result as { file_path: string }).file_path;
    const download = await fetch(`${server.apiRoot}/file/bot${TOKEN}/${path}`);
    expect(Buffer.from(await download.arrayBuffer()).equals(bytes)).toBe(true);
  });

  test('takes what grammY uploads, name and bytes', async () => {
    const api = new Api(TOKEN, { apiRoot: server.apiRoot });
    const bytes = new Uint8Array([0, 13, 10, 45, 45, 255]);
    const message = await api.sendDocument(ada.id, new InputFile(bytes, 'Skript-für-Ada.md'), {
      caption: '<b>Script</b>',
      parse_mode: 'HTML',
    });
    expect(message).toMatchObject({
      caption: 'Script',
      caption_entities: [{ type: 'bold', offset: 0, length: 6 }],
    });
    expect(message.document).toMatchObject({ file_name: 'Skript-für-Ada.md', mime_type: 'text/markdown' });
    expect(server.file(message.document.file_id)).toEqual(Buffer.from(bytes));
  });

  test('sends a file again by its id', async () => {
    const id = fileId(await upload({}));
    expect(await rawCall(server, 'sendDocument', { chat_id: ada.id, document: id })).toMatchObject({
      result: { document: { file_id: id, file_name: 'a.md' } },
    });
  });

  test('takes a caption of 1024 characters after parsing, and no more', async () => {
    expect(await upload({ caption: `<b>${'x'.repeat(1024)}</b>`, parse_mode: 'HTML' })).toMatchObject({
      ok: true,
    });
    expect(await upload({ caption: 'x'.repeat(1025) })).toMatchObject(refusal('message caption is too long'));
    expect(await upload({ caption: '<p>', parse_mode: 'HTML' })).toMatchObject(
      refusal(`can't parse entities: Unsupported start tag "p" at byte offset 0`),
    );
  });

  test('refuses what is no file', async () => {
    expect(await upload({}, Buffer.alloc(0))).toMatchObject(refusal('file must be non-empty'));
    expect(await rawCall(server, 'sendDocument', { chat_id: ada.id })).toMatchObject(
      refusal('there is no document in the request'),
    );
    expect(await rawCall(server, 'sendDocument', { chat_id: ada.id, document: 'unknown' })).toMatchObject(
      refusal('wrong file identifier/HTTP URL specified'),
    );
  });
});

describe('getFile', () => {
  test('refuses unknown ids, and files over 20 MB', async () => {
    expect(await rawCall(server, 'getFile')).toMatchObject(refusal('file_id not specified'));
    expect(await rawCall(server, 'getFile', { file_id: 'x' })).toMatchObject(
      refusal('wrong file_id or the file is temporarily unavailable'),
    );
    const { message } = server.sendDocument({
      from: ada.id,
      filename: 'big.json',
      bytes: new Uint8Array(20 * 1024 * 1024 + 1),
    });
    expect(await rawCall(server, 'getFile', { file_id: message.document?.file_id })).toMatchObject(
      refusal('file is too big'),
    );
  });

  test('gives no file away without the token', async () => {
    const { message } = server.sendDocument({ from: ada.id, filename: 'a.md', bytes: Buffer.from('a') });
    const file = await rawCall(server, 'getFile', { file_id: message.document?.file_id });
    const path = (file.result as { file_path: string }).file_path;
    expect((await fetch(`${server.apiRoot}/file/bot1:x/${path}`)).status).toBe(401);
    expect((await fetch(`${server.apiRoot}/file/bot${TOKEN}/documents/file_9`)).status).toBe(404);
  });
});
