import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deleteAtoms } from '../../functions/knowledge/delete.ts';
import { importAtoms } from '../../functions/knowledge/import.ts';
import { systemClock } from '../../functions/lease/clock.ts';
import { answerOf, type Chat, startTestBot, type TestBot, transcript } from '../fixtures/conversation.ts';
import { validRecord, wrappedExport } from '../fixtures/foreign-atoms.ts';
import { fileOf } from '../knowledge/knowledge-setup.ts';

const ada = { id: 501, first_name: 'Ada', language_code: 'en' };
const root = { id: 900, first_name: 'Root', language_code: 'en' };
const other = { id: 901, first_name: 'Other', language_code: 'de' };

describe('administrators', () => {
  let bot: TestBot;
  let chat: Chat;
  beforeAll(async () => {
    bot = await startTestBot({ knowledge: [validRecord('a:b:c')], env: { ADMIN_USER_IDS: '900,901' } });
    bot.server.user(other);
    chat = bot.chat(root);
  });
  afterAll(() => bot.close());

  const total = async (): Promise<string> => answerOf(await chat.say('/kb_stats')).split('\n')[2] ?? '';
  const lastTo = (user: { id: number }): string => transcript(bot.server.messages(user.id).at(-1));

  it('upload a document: it is checked, confirmed, imported, and all of them hear of it', async () => {
    expect(answerOf(await chat.say('/kb_upload'))).toMatch(/^📥 Send me a document with articles/);
    const records = [validRecord('a:b:c'), validRecord('a:b:d'), { ...validRecord('a:b:e'), content: [{}] }];
    const question = await chat.sendDocument('atoms.json', wrappedExport(records), '/kb_upload');
    expect(answerOf(question)).toMatch(
      /^📥 atoms\.json is checked; nothing is imported yet\.\n\nNew: 1 · changed: 0 · unchanged: 1 · invalid: 1\n\nProblems: 1\. Invalid articles are left out\.\n• line \d+, a:b:e: content .+\n\[✅ Import\] \[✖️ Cancel\]$/,
    );
    expect(await total()).toBe('Total Atoms: 1');

    const begun = await chat.press('✅ Import');
    expect(transcript(begun.pressed)).toMatch(/^⏳ The import has begun/);
    await bot.uploads.idle();
    const told =
      '📥 atoms.json: 1 article added, 0 changed, 1 invalid. The knowledge base now holds 2 articles.';
    expect(lastTo(root)).toBe(told);
    expect(lastTo(other)).toBe(told);
    expect(await total()).toBe('Total Atoms: 2');
  });

  it('read which atom is wrong, though all of them stand on one line', async () => {
    const records = [{ ...validRecord('a:b:x'), content: [{}] }, { title: 'no id' }, validRecord('a:b:c')];
    const problems = answerOf(await chat.sendDocument('line.json', JSON.stringify(records)));
    expect(problems).toContain('• line 1, a:b:x: content must be');
    expect(problems).toMatch(/• line 1, atom 2: /);
    const lines = `${JSON.stringify(validRecord('a:b:c'))}\n{bad\n`;
    expect(answerOf(await chat.sendDocument('lines.jsonl', lines))).toContain(
      '• line 2, atom 2: is not valid JSON',
    );
  });

  it('read in their own language how their import has ended, and the others in English', async () => {
    const document = JSON.stringify([validRecord('a:b:c'), validRecord('a:b:d')]);
    expect(answerOf(await bot.chat(other).sendDocument('same.json', document))).toContain('ist geprüft');
    await bot.chat(other).say('/kb_reindex');
    await bot.uploads.idle();
    expect(lastTo(other)).toMatch(/^🔁 Der Suchindex ist neu aufgebaut/);
    expect(lastTo(root)).toMatch(/^🔁 The search index was built anew/);
    expect(answerOf(await bot.chat(other).say('/status'))).toMatch(/Lease 0: (arbeitet|ruht), token/);
  });

  it('need no caption, and may send JSON lines', async () => {
    const lines = [validRecord('a:b:f'), validRecord('a:b:g')]
      .map((record) => JSON.stringify(record))
      .join('\n');
    expect(answerOf(await chat.sendDocument('atoms.jsonl', lines))).toContain('New: 2 ·');
    const cancelled = await chat.press('✖️ Cancel');
    expect(transcript(cancelled.pressed)).toBe('✖️ Cancelled. Nothing was imported.');
    expect(await total()).toBe('Total Atoms: 2');
  });

  it('read that articles are kept whose ids stand again', async () => {
    const records = ['1', '2', '3'].map((content) => ({ ...validRecord('a:b:twice'), content }));
    const answer = answerOf(await chat.sendDocument('twice.json', JSON.stringify(records)));
    expect(answer).toContain('New: 3 ·');
    expect(answer).toContain('Ids that stand again with other content: 2.');
  });

  it('are not asked to confirm what would change nothing', async () => {
    const answer = answerOf(await chat.sendDocument('same.json', JSON.stringify([validRecord('a:b:c')])));
    expect(answer).toMatch(/New: 0 · changed: 0 · unchanged: 1 · invalid: 0$/);
  });

  it('read what is wrong with a document as a whole', async () => {
    expect(answerOf(await chat.sendDocument('bad.json', '[{"atom_id": '))).toMatch(
      /^❌ The document cannot be imported: bad\.json, line 1/,
    );
    expect(answerOf(await chat.sendDocument('empty.json', '[]'))).toContain('There is no atom in the source');
    expect(answerOf(await chat.sendDocument('none.json', '[{"title": "x"}]'))).toContain(
      'None of the 1 records in the source is an atom. Nothing was changed. content is required (1, first in none.json, line 1). Fields seen: title.',
    );
    for (const caption of ['/kb_upload', undefined]) {
      expect(answerOf(await chat.sendDocument('photo.pdf', '%PDF-1.7', caption))).toContain(
        'photo.pdf: is a PDF: copy its text',
      );
    }
    const { update } = await chat.say('/help');
    const document = {
      file_id: 'x',
      file_unique_id: 'x',
      file_name: 'big.json',
      file_size: 30 * 1024 * 1024,
    };
    const { text: _text, entities: _entities, ...message } = update.message!;
    expect(answerOf(await chat.inject({ message: { ...message, document } }))).toContain('at most 20 MB');
  });

  it('are asked again for a document that is gone', async () => {
    const { messages } = await chat.say('/help');
    const turn = await chat.pressData('v1:u:y', messages[0]!);
    expect(turn.toast?.text).toBe('I cannot find the document any more. Please send it again.');
  });

  it('have the index built anew', async () => {
    const before = (await bot.deps.knowledge.current())?.version;
    const { messages } = await chat.say('/kb_reindex');
    expect(messages.map(transcript)).toContain(
      '⏳ The search index is being built anew. I tell you as soon as it is done.',
    );
    await bot.uploads.idle();
    expect(lastTo(root)).toBe('🔁 The search index was built anew, over 2 articles.');
    expect((await bot.deps.knowledge.current())?.version).not.toBe(before);
  });

  it('see what people searched for in vain', async () => {
    expect(answerOf(await bot.chat(other).say('/kb_gaps'))).toBe(
      '🕳 In den letzten 30 Tagen hat jede Suche etwas gefunden.',
    );
    for (const text of ['zzqx', 'ZZQX', 'qwrtk < & >']) await bot.chat(ada).say(text);
    expect(answerOf(await chat.say('/kb_gaps'))).toBe(
      '🕳 Searched in vain in the last 30 days\n\n2 × zzqx\n1 × qwrtk < & >',
    );
    const group = -1_001_000_000_002;
    bot.server.chat({ id: group, type: 'supergroup', title: 'Maintenance' });
    expect(answerOf(await bot.chat(root, group).say('/kb_gaps'))).toBe(
      '🕳 I show what people searched for in our private chat only: send me /kb_gaps there.',
    );
  });

  it('hear once of atoms that arrive by another way than the chat', async () => {
    const before = bot.server.messages(root.id).length;
    const toRoot = () => bot.server.messages(root.id).slice(before).map(transcript);
    await bot.news.look();
    expect(toRoot()).toEqual([]);
    const records = [validRecord('a:b:h'), validRecord('a:b:i')];
    await importAtoms({ ...bot.publishing, source: fileOf(records), mode: 'merge' });
    await Promise.all([bot.news.look(), bot.news.look()]);
    await bot.news.look();
    expect(toRoot()).toEqual(['📚 A new version of the knowledge base is live: 4 articles (2 before).']);
    expect(lastTo(other)).toBe(toRoot()[0]);
    await deleteAtoms({ ...bot.publishing, ids: ['a:b:h', 'a:b:i'] });
    await bot.news.look();
    expect(toRoot()[1]).toBe('📚 A new version of the knowledge base is live: 2 articles (4 before).');
  });

  it('are alone with these commands, buttons and documents', async () => {
    const user = bot.chat(ada);
    for (const command of ['/kb_upload', '/kb_reindex', '/kb_gaps']) {
      expect(answerOf(await user.say(command))).toMatch(/^🤔 I do not know the command/);
    }
    const document = await user.sendDocument('atoms.json', JSON.stringify([validRecord('a:b:z')]));
    expect(answerOf(document)).toMatch(/^💬 I can only read text/);
    const { messages } = await user.say('/help');
    const press = await user.pressData('v1:u:y', messages[0]!);
    expect(press.toast?.text).toBe('These buttons are out of date. Please search again.');
    expect(await total()).toBe('Total Atoms: 2');
  });
});

describe('a document that Telegram does not give', () => {
  it.each<[string, () => Promise<Response>, string]>([
    ['for now', () => Promise.resolve(new Response('<html>', { status: 502 })), 'deferred'],
    ['since it is down', () => Promise.reject(new TypeError('fetch failed')), 'deferred'],
    ['at all', () => Promise.resolve(new Response('{"ok":false}', { status: 404 })), 'done'],
  ])('%s is the fault of no update', async (_when, answer, kind) => {
    const telegramFetch: typeof fetch = (input, init) =>
      urlOf(input).includes('/file/') ? answer() : fetch(input, init);
    const bot = await startTestBot({
      knowledge: 'none',
      env: { ADMIN_USER_IDS: '900' },
      fileFetch: telegramFetch,
    });
    try {
      const turn = await bot.chat(root).sendDocument('atoms.json', '[]');
      expect(turn.outcome.kind).toBe(kind);
      if (kind === 'done') expect(answerOf(turn)).toContain('Telegram does not give the file (404)');
    } finally {
      await bot.close();
    }
  });
});

describe('a document of a Bot API server with --local', () => {
  const folder = mkdtempSync(join(tmpdir(), 'local-files-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const sentAs = async (file: object): Promise<string | undefined> => {
    const toldPath: typeof fetch = async (input, init) =>
      urlOf(input).includes('/getFile')
        ? Response.json({ ok: true, result: { file_id: 'x', file_unique_id: 'x', ...file } })
        : fetch(input, init);
    const env = { ADMIN_USER_IDS: '900' };
    const bot = await startTestBot({ knowledge: 'none', env, fileFetch: toldPath });
    try {
      return answerOf(await bot.chat(root).sendDocument('atoms.json', '[]'));
    } finally {
      await bot.close();
    }
  };

  it('is read from the disk, where the server has it', async () => {
    const path = join(folder, 'a #1.json');
    writeFileSync(path, JSON.stringify([validRecord('a:b:z')]));
    expect(await sentAs({ file_path: path })).toContain('1');
    expect(await sentAs({ file_path: join(folder, 'none.json') })).toContain('runs with --local');
  });

  it('is refused where the server names no path', async () => {
    expect(await sentAs({})).toContain('Telegram does not give the file now');
  });
});

describe('a document that takes too long to check', () => {
  it('is answered before the deadline, and not delivered for ever', async () => {
    const forEver = (_upload: unknown, signal: AbortSignal): Promise<never> =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
    const bot = await startTestBot({
      knowledge: 'none',
      env: { ADMIN_USER_IDS: '900' },
      clock: systemClock,
      change: (deps) => ({ ...deps, uploads: { ...deps.uploads!, check: forEver } }),
    });
    try {
      const { update } = await bot.chat(root).say('/help');
      const { text: _text, entities: _entities, ...message } = update.message!;
      const document = { file_id: 'x', file_unique_id: 'x', file_name: 'slow.json' };
      const slow = { update_id: update.update_id + 1_000, message: { ...message, document } };
      expect(await bot.consume(slow as typeof update, 3_000)).toEqual({ kind: 'done' });
      expect(transcript(bot.server.messages(root.id).at(-1))).toContain('takes too long here');
    } finally {
      await bot.close();
    }
  });
});

describe('an installation without uploads', () => {
  it('says so', async () => {
    const bot = await startTestBot({
      knowledge: 'none',
      env: { ADMIN_USER_IDS: '900', RECORD_GAPS: 'off' },
      change: ({ uploads: _uploads, ...deps }) => deps,
    });
    try {
      const chat = bot.chat(root);
      for (const command of ['/kb_upload', '/kb_reindex']) {
        expect(answerOf(await chat.say(command))).toContain('Imports from the chat are not set up');
      }
      expect(answerOf(await chat.sendDocument('a.json', '[]'))).toContain(
        'Imports from the chat are not set up',
      );
      expect(answerOf(await chat.say('/kb_gaps'))).toContain('RECORD_GAPS is off');
    } finally {
      await bot.close();
    }
  });
});

function urlOf(input: Parameters<typeof fetch>[0]): string {
  return input instanceof Request ? input.url : input.toString();
}
