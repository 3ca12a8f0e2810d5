import { Bot, InlineKeyboard, InputFile } from 'grammy/web';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startBotApiServer } from '../../../functions/local/bot-api/server.ts';
import type { BotApiServer } from '../../../functions/local/bot-api/types.ts';
import { TOKEN, ada, profile } from './parties.ts';

let server: BotApiServer;
let bot: Bot;

beforeEach(async () => {
  server = await startBotApiServer({ bots: { [TOKEN]: profile } });
  bot = new Bot(TOKEN, { client: { apiRoot: server.apiRoot } });
  bot.command('start', async (ctx) => {
    await ctx.reply('<b>Hello</b>, which one?', {
      parse_mode: 'HTML',
      reply_markup: new InlineKeyboard().text('First', 'pick:1').text('Second', 'pick:2'),
    });
  });
  bot.callbackQuery(/^pick:(\d)$/, async (ctx) => {
    await ctx.editMessageText(`You picked ${ctx.match[1]}`);
    await ctx.answerCallbackQuery({ text: 'Done' });
  });
  bot.command('script', async (ctx) => {
    await ctx.replyWithDocument(new InputFile(new TextEncoder().encode('# A script\n'), 'script.md'), {
      caption: 'Here it is',
    });
  });
  bot.on('message:document', async (ctx) => {
    const file = await ctx.getFile();
    const response = await fetch(`${server.apiRoot}/file/bot${TOKEN}/${file.file_path}`);
    await ctx.reply(`${ctx.msg.document.file_name}: ${await response.text()}`);
  });
});

afterEach(async () => {
  await bot.stop();
  await server.close();
});

test('a grammY bot that polls talks with its user, edits, answers, sends and receives documents', async () => {
  const running = bot.start();
  server.user(ada);

  server.sendMessage({ from: ada.id, text: '/start' });
  const greeting = await server.nextMessage(ada.id);
  expect(greeting.text).toBe('Hello, which one?');
  expect(greeting.entities).toEqual([{ type: 'bold', offset: 0, length: 5 }]);

  const { queryId } = server.pressButton({ from: ada.id, message: greeting.message_id, label: 'Second' });
  const edited = await server.nextEdit(ada.id, greeting);
  expect(edited).toMatchObject({ message_id: greeting.message_id, text: 'You picked 2' });
  expect(edited.reply_markup).toBeUndefined();
  expect(await server.nextCallbackAnswer(queryId)).toMatchObject({ text: 'Done' });

  server.sendMessage({ from: ada.id, text: '/script' });
  const sent = await server.nextMessage(ada.id);
  expect(sent).toMatchObject({ caption: 'Here it is', document: { file_name: 'script.md', file_size: 11 } });
  expect(Buffer.from(server.file(sent.document?.file_id ?? '') ?? []).toString()).toBe('# A script\n');

  server.sendDocument({ from: ada.id, filename: 'atoms.json', bytes: Buffer.from('[1]') });
  expect((await server.nextMessage(ada.id)).text).toBe('atoms.json: [1]');

  await bot.stop();
  await running;
  expect(server.pendingUpdates()).toEqual([]);
});
