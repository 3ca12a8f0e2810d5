import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerOf, type Chat, startTestBot, type TestBot } from '../fixtures/conversation.ts';
import { validRecord } from '../fixtures/foreign-atoms.ts';
import { sheetOf, zipFile } from '../fixtures/zip-file.ts';

const root = { id: 900, first_name: 'Root', language_code: 'en' };
const spaces = Buffer.alloc(21_000_000, ' ');
const windows = Buffer.from('\xef\xbb\xbfTitel;Text\r\nF\xf6rderband;Rolle pr\xfcfen\r\n', 'latin1');
const columns = Array.from({ length: 10_000 }, (_, at) => `c${at}`).join(',');
const far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>';

describe('a document that is bad, or large', () => {
  let bot: TestBot;
  let chat: Chat;
  beforeAll(async () => {
    bot = await startTestBot({ knowledge: [validRecord('a:b:c')], env: { ADMIN_USER_IDS: '900' } });
    chat = bot.chat(root);
  });
  afterAll(() => bot.close());

  it.each([
    ['gz bomb', 'bomb.json.gz', gzipSync(spaces), 'bomb.json.gz: unpacks to more than 200 times its size'],
    ['zip bomb', 'bomb.zip', zipFile({ 'a.json': spaces }), 'bomb.zip: unpacks to more than 200 times'],
    [
      'nested zip bomb',
      'nested.zip',
      zipFile({ 'a.json': zipFile({ 'b.json': spaces.subarray(0, 1_000_000) }) }),
      'is an archive within an archive: unpack it once',
    ],
    ['workbook of the largest sheet', 'far.xlsx', sheetOf(far), 'save it as CSV (UTF-8)'],
    [
      'atom of 400 kB',
      'large.json',
      JSON.stringify([{ ...validRecord('a:b:large'), content: 'x'.repeat(400_000) }]),
      'content makes the atom larger than 350000 bytes: this field alone has 400002. Split it',
    ],
  ])(
    'is refused by its name or field, with the way to go, and changes nothing: %s',
    async (_, name, file, told) => {
      const answer = answerOf(await chat.sendDocument(name, file));
      expect(answer).toContain(told);
      expect(answer).not.toContain('[✅ Import]');
      expect(answerOf(await chat.say('/kb_stats'))).toContain('Total Atoms: 1\n');
    },
  );

  it('is refused before it is fetched where bots can fetch no document of its size', async () => {
    const answer = answerOf(await chat.sendDocument('huge.json', Buffer.alloc(21_000_000, ' ')));
    expect(answer).toContain('bots can download at most 20 MB. Split it, or import it from the command line');
  });

  it('is imported as it is where it only lies about its encoding, or has ten thousand columns', async () => {
    const table = `title,content,${columns}\nBelt,Tension it.,${columns}\n`;
    for (const [name, file] of [
      ['bom.csv', windows],
      ['wide.csv', Buffer.from(table)],
    ] as const) {
      expect(answerOf(await chat.sendDocument(name, file))).toContain('New: 1 · changed: 0');
      await chat.press('✅ Import');
      await bot.uploads.idle();
    }
    expect(answerOf(await chat.say('Förderband'))).toContain('Rolle prüfen');
    expect(answerOf(await chat.say('c9999'))).toContain('Belt');
  });

  it('may be a question of 4,096 characters in any script: its answer says that it was cut', async () => {
    for (const word of [
      'motor overload ',
      '变频器过电压',
      'มอเตอร์',
      'محرك ',
      'двигатель ',
      '🔥',
      'é̂̃',
      'a-',
      '6ES7 ',
      '모터 ',
    ]) {
      const turn = await chat.say(word.repeat(4096).slice(0, 4094) + ' ?');
      expect(turn.calls.filter(({ status }) => status !== 200)).toEqual([]);
      expect(answerOf(turn)).toContain('✂️ That was long: I searched for its first 1,024 characters.');
    }
  });
});
