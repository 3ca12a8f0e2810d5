import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BACKUP_DAYS, keptOf } from '../../functions/bot/personal-data.ts';
import { answerOf, type Chat, startTestBot, type TestBot, transcript } from '../fixtures/conversation.ts';

const ada = { id: 501, first_name: 'Ada', language_code: 'en' };
const eve = { id: 666, first_name: 'Eve', language_code: 'de' };
const GROUP = -1_001_000_000_001;

describe('a user', () => {
  let bot: TestBot;
  let chat: Chat;
  beforeAll(async () => {
    bot = await startTestBot({ env: { SCRIPT_TTL_DAYS: '12' } });
    bot.server.chat({ id: GROUP, type: 'supergroup', title: 'Maintenance' });
    chat = bot.chat(ada);
  });
  afterAll(() => bot.close());

  it('reads what is kept, each kind with its time', async () => {
    const told = answerOf(await chat.say('/privacy'));
    const { named, nameless } = keptOf(bot.deps.settings);
    const times = [...told.matchAll(/^• .*: (?:(\d+) days?|until you choose anew)$/gm)].map(([, count]) =>
      count === undefined ? undefined : Number(count),
    );
    expect(times).toEqual([...named, ...nameless].map(({ days }) => days));
    expect(times[0]).toBe(12);
    expect(told).toContain('Under your id, 501,');
    expect(told).toContain(`${BACKUP_DAYS} days later`);
    expect(answerOf(await bot.chat(eve).say('/privacy'))).toContain('Unter deiner ID, 666,');
  });

  it('is forgotten after a press, and not without', async () => {
    await chat.say('/generate_script motor control');
    expect(answerOf(await chat.say('/scripts'))).toContain('[');
    await chat.say('/forgetme');
    const kept = await chat.press('✖️ Keep it');
    expect(transcript(kept.pressed)).toBe('✖️ Nothing was deleted.');
    expect(await bot.deps.scripts.listByUser(501, { limit: 5 })).toHaveLength(1);

    const question = answerOf(await chat.say('/forgetme'));
    expect(question).toMatch(/^🗑 Shall I delete what I keep of you\?/);
    const done = await chat.press('🗑 Delete it');
    expect(transcript(done.pressed)).toMatch(/^🗑 Nothing is kept under your id any more/);
    expect(await bot.deps.scripts.listByUser(501, { limit: 5 })).toEqual([]);
    expect(answerOf(await chat.say('/scripts'))).not.toContain('[');
  });

  it('is asked in private, and in a group nobody’s press forgets anybody', async () => {
    await bot.chat(eve).say('/generate_script motor control');
    const inGroup = bot.chat(ada, GROUP);
    const turn = await inGroup.say('/forgetme');
    expect(answerOf(turn)).toBe(
      '🔏 Write /forgetme to me in our private chat: there it is certain who asks.',
    );
    const pressed = await bot.chat(eve, GROUP).pressData('v1:d:y', turn.messages[0]!);
    expect(pressed.toast?.text).toBe('');
    expect(await bot.deps.scripts.listByUser(666, { limit: 5 })).toHaveLength(1);
  });
});

it('the README tells of every kind that is kept, with its time', () => {
  const readme = readFileSync(
    fileURLToPath(new URL('../../functions/bot/README.md', import.meta.url)),
    'utf8',
  );
  const { named, nameless } = keptOf({ scriptTtlDays: 90, recordGaps: true });
  const rows = [...readme.matchAll(/^\| `(\w+)` +\|[^|]*\| (yes|no) +\| (\d+|until it is undone) +\|$/gm)];
  expect(
    rows.map(([, kind, isNamed, days]) => ({
      kind,
      isNamed: isNamed === 'yes',
      days: /^\d/.test(days!) ? Number(days) : undefined,
    })),
  ).toEqual([
    ...named.map(({ kind, days }) => ({ kind, isNamed: true, days })),
    ...nameless.map(({ kind, days }) => ({ kind, isNamed: false, days })),
  ]);
});
