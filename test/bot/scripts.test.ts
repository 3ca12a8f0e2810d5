import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Script } from '../../functions/scripts/script.ts';
import { answerOf, type Chat, startTestBot, type TestBot, transcript } from '../fixtures/conversation.ts';

const ada = { id: 501, first_name: 'Ada', language_code: 'en' };
const bob = { id: 502, first_name: 'Bob' };

describe('scripts', () => {
  let bot: TestBot;
  let chat: Chat;
  beforeAll(async () => {
    bot = await startTestBot();
    chat = bot.chat(ada);
  });
  afterAll(() => bot.close());

  it('come as JSON and as Markdown, the summary with the last of two calls', async () => {
    const turn = await chat.say('/generate_script ladder logic basics');
    expect(turn.calls.map(({ method }) => method)).toEqual(['sendDocument', 'sendDocument']);
    const [json, markdown] = turn.messages;
    expect(transcript(json)).toBe('📎 script-how-to-read-ladder-logic.json');
    expect(transcript(markdown)).toMatch(
      /^📎 script-how-to-read-ladder-logic\.md\n🎬 Generating script for: ladder logic basics\n✅ Script Generated!\n\nTitle: .+\nDuration: 1\d\ds\nAtoms Used: \d+\n\nHook: .+\nIntro: .+\nMain Content: [2345] sections$/,
    );
    const file = (fileId: string | undefined): string =>
      Buffer.from(bot.server.file(fileId ?? '') ?? []).toString();
    const script = JSON.parse(file(json?.document?.file_id)) as Script;
    expect(script.userId).toBe(ada.id);
    expect(file(markdown?.document?.file_id)).toContain(`# ${script.title}`);
    expect(await bot.deps.scripts.get(script.id)).toMatchObject({ title: script.title });
  });

  it('are searched for with filters, which are not read out and which neighbours keep to as well', async () => {
    const filtered = bot.chat({ id: 503, first_name: 'Eve' });
    const { messages } = await filtered.say(
      '/generate_script PROFINET manufacturer:siemens type:concept,fault',
    );
    const [document] = messages;
    expect(transcript(document)).toBe('📎 script-profinet-device-names.json');
    const script = JSON.parse(
      Buffer.from(bot.server.file(document?.document?.file_id ?? '') ?? []).toString(),
    ) as Script;
    expect(script).toMatchObject({ topic: 'PROFINET', title: 'PROFINET device names' });
    const version = await bot.deps.knowledge.current();
    const atoms = (await version?.getMany(script.citations.map(({ atomId }) => atomId))) ?? [];
    expect(atoms.length).toBeGreaterThan(0);
    for (const atom of atoms) {
      expect(atom.manufacturer).toBe('siemens');
      expect(['concept', 'fault']).toContain(atom.atom_type);
    }
  });

  it('say that filters alone are no topic', async () => {
    expect(answerOf(await chat.say('/generate_script type:fault'))).toContain('I cannot make out a topic');
  });

  it('are listed for their own user, and sent again', async () => {
    await chat.say('/generate_script scan cycle');
    const list = await chat.say('/scripts');
    expect(answerOf(list)).toMatch(
      /^🎬 Your scripts, newest first\.[^]*\[\d\d-\d\d The PLC scan cycle[^]*\[\d\d-\d\d How to read ladder/,
    );
    const again = await chat.press(/How to read ladder/);
    expect(again.calls.map(({ method }) => method)).toEqual([
      'answerCallbackQuery',
      'sendDocument',
      'sendDocument',
    ]);
    expect(transcript(again.messages[1])).toContain('Title: How to read ladder logic');
    expect(answerOf(await bot.chat(bob).say('/scripts'))).toContain('You have no scripts yet');
  });

  it('are nobody else’s to fetch', async () => {
    const other = bot.chat(bob);
    const { messages } = await other.say('/help');
    const [mine] = await bot.deps.scripts.listByUser(ada.id, { limit: 1 });
    const turn = await other.pressData(`v1:s:${mine?.id}`, messages[0]!);
    expect(turn.toast?.text).toBe('That script is no longer there.');
    expect(turn.messages).toEqual([]);
  });

  it('are overwritten, not doubled, when their update is handled again', async () => {
    const { update } = await bot.chat(bob).say('/generate_script emergency stop');
    bot.server.fault({ fault: { kind: 'internal-error' }, method: 'sendDocument' });
    const again = { ...update, update_id: update.update_id + 5_000 };
    expect((await bot.consume(again)).kind).toBe('deferred');
    expect((await bot.consume(again)).kind).toBe('done');
    expect(await bot.deps.scripts.listByUser(bob.id, { limit: 10 })).toHaveLength(2);
  });

  it('are refused with a reason where a topic gives too little, or is none', async () => {
    expect(answerOf(await chat.say('/generate_script how to bake bread'))).toMatch(
      /^🎬 No article is about: how to bake bread\n\nTry other words/,
    );
    expect(answerOf(await chat.say('/generate_script conveyor'))).toMatch(
      /^🎬 No article is about: conveyor\n\nIt may be touched in: Interlocks and permissives/,
    );
    expect(answerOf(await chat.say('/generate_script Siemens'))).toMatch(
      /^🎬 Siemens is a maker and no subject yet/,
    );
    expect(answerOf(await chat.say('/generate_script 😀😀'))).toContain('I cannot make out a topic');
    expect(answerOf(await chat.say(`/generate_script ${'motor '.repeat(50)}`))).toContain(
      'That topic has 299 characters',
    );
  });
});
