import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dayOf, lastDays } from '../../functions/bot/gap-store.ts';
import {
  answerOf,
  buttonsOf,
  type Chat,
  startTestBot,
  type TestBot,
  transcript,
} from '../fixtures/conversation.ts';

const ada = { id: 501, first_name: 'Ada', language_code: 'en' };
const LONG_QUERY = 'why does the motor of the conveyor not stop when I release the start button';

describe('searching', () => {
  let bot: TestBot;
  let chat: Chat;
  beforeAll(async () => {
    bot = await startTestBot();
    chat = bot.chat(ada);
  });
  afterAll(() => bot.close());

  const methods = ({ calls }: { calls: { method: string }[] }): string[] => calls.map(({ method }) => method);

  it('answers in one message, in the format that users know', async () => {
    const turn = await chat.say('/kb_search lockout tagout type:procedure');
    expect(methods(turn)).toEqual(['sendMessage']);
    const [header, found, filters, first, ...rest] = answerOf(turn).split('\n\n');
    expect(header).toBe('🔍 Search Results for: lockout tagout type:procedure');
    expect(found).toMatch(/^Found \d+ atom\(s\)$/);
    expect(filters).toBe('Filters: type:procedure');
    expect(first).toMatch(
      /^1\. \[PROCEDURE\] .+\n {3}.+\n {3}generic:safety:lockout-tagout\n {3}Manufacturer: generic · ⛔ danger$/,
    );
    expect(rest.at(-1)).toMatch(/^💡 Use \/kb_get <atom_id> for full details\n\[1\. /);
    const [message] = turn.messages;
    expect(message?.link_preview_options).toEqual({ is_disabled: true });
    expect(message?.entities).toContainEqual(expect.objectContaining({ type: 'code' }));
  });

  it('takes plain text for a question', async () => {
    const asked = answerOf(await chat.say('/kb_search scan cycle'));
    expect(answerOf(await chat.say('scan cycle'))).toBe(asked);
    expect(answerOf(await chat.say('  scan \n cycle '))).toBe(asked);
  });

  it('opens an atom whose id is sent as plain text', async () => {
    expect(answerOf(await chat.say('generic:plc:scan-cycle'))).toContain('ID: generic:plc:scan-cycle');
  });

  it('leafs through the results in place', async () => {
    const first = await chat.say('motor');
    const [message] = first.messages;
    const pages = Number(/\[1\/(\d+)\]/.exec(transcript(message))?.[1]);
    expect(pages).toBeGreaterThan(2);
    expect(buttonsOf(message).some(({ text }) => text === '‹')).toBe(false);

    const second = await chat.press('›');
    expect(methods(second)).toEqual(['answerCallbackQuery', 'editMessageText']);
    expect(second.messages).toEqual([]);
    expect(second.pressed?.message_id).toBe(message?.message_id);
    expect(transcript(second.pressed)).toMatch(/\n\n6\. \[[^]*\[‹\] \[2\/\d+\] \[›\]$/);

    const back = await chat.press('‹');
    expect(transcript(back.pressed)).toBe(transcript(message));
    for (let page = 2; page <= pages; page += 1) await chat.press('›');
    expect(buttonsOf(bot.server.messages(ada.id).at(-1)).some(({ text }) => text === '›')).toBe(false);
  });

  it('only stops the spinner when the page number is pressed', async () => {
    await chat.say('motor');
    const turn = await chat.press(/^1\/\d+$/);
    expect(methods(turn)).toEqual(['answerCallbackQuery']);
  });

  it('opens an atom in place, leads to its neighbours, and back to the same page', async () => {
    await chat.say('plc scan');
    const list = await chat.press('›');
    const opened = await chat.press(/^6\. /);
    expect(methods(opened)).toEqual(['answerCallbackQuery', 'editMessageText']);
    expect(transcript(opened.pressed)).toContain('\nID: ');
    const neighbour = await chat.press(/^(?:→|📘) /);
    expect(transcript(neighbour.pressed)).not.toBe(transcript(opened.pressed));
    const back = await chat.press('« Back to results');
    expect(transcript(back.pressed)).toBe(transcript(list.pressed));
  });

  it('keeps a long query for its buttons', async () => {
    const turn = await chat.say(LONG_QUERY);
    expect(buttonsOf(turn.messages[0]).every(({ data }) => Buffer.byteLength(data ?? '') <= 64)).toBe(true);
    const second = await chat.press('›');
    expect(transcript(second.pressed)).toContain(`🔍 Search Results for: ${LONG_QUERY}`);
    await chat.press(/^6\. /);
    const back = await chat.press('« Back to results');
    expect(transcript(back.pressed)).toBe(transcript(second.pressed));
  });

  it('offers what was probably meant', async () => {
    await chat.say('scan cycel');
    const turn = await chat.press('💡 Did you mean: scan cycle?');
    expect(transcript(turn.pressed)).toMatch(/^🔍 Search Results for: scan cycle\n/);
  });

  it('explains a filter that nothing has, and ignores it', async () => {
    const answer = answerOf(await chat.say('motor manufacturer:simens'));
    expect(answer).toContain('No article has manufacturer “simens”, so I left that filter out. Known: ');
    expect(answer).toContain('siemens');
    expect(answer).toContain('1. [');
  });

  it('says what of the question nothing here mentions, where the rest is answered', async () => {
    const answer = answerOf(await chat.say('insulation resistance test of a motor in the brewery'));
    expect(answer).toMatch(/\n\n⚠️ Nothing here mentions: brewery\n\n1\. \[/);
    expect(answerOf(await chat.say('motor'))).not.toContain('mentions');
    const german = { ...ada, id: 502, language_code: 'de' };
    expect(
      answerOf(await bot.chat(german).say('Wie messe ich den Isolationswiderstand vom Motor der Brauerei')),
    ).toContain('⚠️ Kommt hier nirgends vor: Brauerei');
  });

  const gapsOf = async () => {
    const nowMs = bot.deps.clock.wallMs();
    return bot.deps.gaps.list({ days: lastDays(2, nowMs), limit: 50, nowMs });
  };

  it('says first that it does not know a device, shows the three nearest things as such, and records the gap', async () => {
    const turn = await chat.say('PF525 shows F004 on the motor');
    const [unknown, header, near, ...entries] = answerOf(turn).split('\n\n');
    expect(unknown).toBe('🤷 I do not know: PF525, F004');
    expect(header).toBe('🔍 Search Results for: PF525 shows F004 on the motor');
    expect(near).toBe('The nearest that I have:');
    expect(entries.filter((entry) => /^\d\. \[/.test(entry))).toHaveLength(3);
    expect(buttonsOf(turn.messages[0]).map(({ text }) => text.slice(0, 2))).toEqual(['1.', '2.', '3.']);
    expect((await gapsOf()).map(({ query }) => query)).toContain('pf525 shows f004 on the motor');
    const german = { ...ada, id: 502, language_code: 'de' };
    expect(answerOf(await bot.chat(german).say('PF525 zeigt F004 am Motor'))).toMatch(
      /^🤷 Das kenne ich nicht: PF525, F004\n\n🔍 .+\n\nAm nächsten kommt:\n\n1\. /,
    );
  });

  it('records a known question about an unknown device', async () => {
    await chat.say('Zorbtek drive overcurrent trip');
    expect((await gapsOf()).map(({ query }) => query)).toContain('zorbtek drive overcurrent trip');
  });

  it('records neither what it answers nor what asks for nothing', async () => {
    for (const text of ['motor overload trips', 'thank you', 'what can you do']) await chat.say(text);
    const queries = (await gapsOf()).map(({ query }) => query);
    for (const text of ['motor overload trips', 'thank you', 'what can you do'])
      expect(queries).not.toContain(text);
  });

  it('helps on when nothing is found, and remembers what was asked, but not who asked', async () => {
    const answer = answerOf(await chat.say('zzqx  Qwrtk'));
    expect(answer).toMatch(
      /^🤷 I do not know: zzqx, Qwrtk\n\n🔍 No article found for: zzqx Qwrtk\n\nTry fewer/,
    );
    const nowMs = bot.deps.clock.wallMs();
    const gaps = await gapsOf();
    expect(gaps).toContainEqual({ query: 'zzqx qwrtk', count: 1, lastDay: dayOf(nowMs) });
    expect(JSON.stringify(gaps)).not.toContain(String(ada.id));
  });

  it('answers questions of which nothing is left to search for', async () => {
    for (const text of ['the of and', '😀😀', '???', '"', ':', 'type:', '\u200b']) {
      expect(answerOf(await chat.say(text))).toMatch(/^🔍 /);
    }
  });

  it.each(['overload relay ', '电机过载 ', 'двигатель ', '🙂x ', 'محرك '])(
    'says how much of the longest message it looked at: %s',
    async (words) => {
      const turn = await chat.say(words.repeat(4096).slice(0, 4096));
      expect(turn.outcome).toEqual({ kind: 'done' });
      expect(answerOf(turn)).toContain('✂️ That was long: I searched for its first 1,024 characters.');
      const end = ' smoke from the panel';
      const hazardous = answerOf(await chat.say(words.repeat(4096).slice(0, 4096 - end.length) + end));
      expect(hazardous).toMatch(/^⛔ /);
    },
  );

  it('opens an atom whose id is written in other letter case', async () => {
    for (const id of ['Generic:PLC:scan-cycle', 'GENERIC:PLC:SCAN-CYCLE'])
      expect(answerOf(await chat.say(`/kb_get ${id}`))).toContain('ID: generic:plc:scan-cycle');
  });

  it('takes the longest message there is', async () => {
    const turn = await chat.say('motor 😀 '.repeat(455).slice(0, 4096));
    expect(turn.outcome).toEqual({ kind: 'done' });
    expect(answerOf(turn)).toMatch(/^🔍 Search Results for: motor/);
    expect(transcript((await chat.press('›')).pressed)).toContain('[2/');
  });

  describe('with buttons that are out of date', () => {
    it('searches anew where the message tells for what', async () => {
      const { messages } = await chat.say('scan cycle');
      const [list] = messages;
      for (const data of ['v0:page:2', 'v1:r:2:~gone', 'garbage', 'v1:zz:0:1:=x']) {
        const turn = await chat.pressData(data, list!);
        expect(turn.toast?.text).toBe('These buttons were out of date, so here is a fresh search.');
        expect(transcript(turn.pressed)).toBe(transcript(list));
        expect(turn.outcome).toEqual({ kind: 'done' });
      }
    });

    it('says so where it does not', async () => {
      const { messages } = await chat.say('/help');
      const turn = await chat.pressData('v0:something', messages[0]!);
      expect(methods(turn)).toEqual(['answerCallbackQuery']);
      expect(turn.toast?.text).toBe('These buttons are out of date. Please search again.');
    });

    it('does not go beyond the last page, whatever page is asked for', async () => {
      const { messages } = await chat.say('scan cycle');
      const turn = await chat.pressData('v1:r:999:=scan cycle', messages[0]!);
      expect(transcript(turn.pressed)).toMatch(/\[(\d+)\/\1\]$/);
    });

    it('says when an atom is gone', async () => {
      const { messages } = await chat.say('scan cycle');
      for (const data of ['v1:a:nobody:0::', 'v1:f:up:nobody']) {
        const turn = await chat.pressData(data, messages[0]!);
        expect(turn.toast?.text).toBe('That article is no longer in the knowledge base.');
      }
    });

    it('sends a new message where the old one cannot be changed any more', async () => {
      const { messages } = await chat.say('scan cycle');
      const turn = await chat.pressData('v1:r:1:=scan cycle', { ...messages[0]!, message_id: 99_999 });
      expect(answerOf(turn)).toMatch(/^🔍 Search Results for: scan cycle/);
    });
  });
});

describe('unanswered searches', () => {
  it('are not recorded where the operator does not want it', async () => {
    const bot = await startTestBot({ env: { RECORD_GAPS: 'off' } });
    try {
      await bot.chat(ada).say('zzqx qwrtk');
      const nowMs = bot.deps.clock.wallMs();
      expect(await bot.deps.gaps.list({ days: lastDays(2, nowMs), limit: 50, nowMs })).toEqual([]);
    } finally {
      await bot.close();
    }
  });
});
