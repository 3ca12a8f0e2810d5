import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ADMIN_COMMANDS, PUBLIC_COMMANDS } from '../../functions/bot/commands.ts';
import { profileOf } from '../../functions/bot/menus.ts';
import type { Texts } from '../../functions/bot/texts/catalogue.ts';
import { english } from '../../functions/bot/texts/english.ts';
import { LANGUAGES, textsFor } from '../../functions/bot/texts/texts.ts';
import { parseHtml } from '../../functions/local/bot-api/text/html.ts';
import type { Script } from '../../functions/scripts/script.ts';
import { Html } from '../../functions/telegram/limits-html.ts';
import { BUTTON_CHARACTERS, LIMITS } from '../../functions/telegram/limits.ts';
import { literalsOf, paths, treeOf } from '../sources.ts';

/** The longest that the bot puts into its texts, and the worst. */
const NASTY = '<b>&"\u0000😀';
const word = (length: number): string => NASTY.repeat(Math.ceil(length / NASTY.length)).slice(0, length);
const script: Script = {
  id: '1-1',
  topic: word(120),
  title: word(200),
  hook: word(2000),
  intro: word(2000),
  sections: [],
  example: '',
  exampleSources: [],
  recap: '',
  outro: '',
  keywords: [],
  citations: [],
  wordCount: 450,
  durationSeconds: 180,
  createdAtMs: 0,
};
const missing = {
  reason: 'too-little-material',
  words: 1,
  wordsNeeded: 225,
  titles: Array.from({ length: 10 }, () => word(200)),
} as const;
const check = {
  fileName: word(100),
  added: 1e6,
  changed: 1e6,
  unchanged: 1e6,
  rejected: 1e6,
  problems: [],
  repeatedIds: 0,
  problemCount: 0,
};
const result = { fileName: word(100), added: 1, changed: 1, rejected: 1, total: 1e6 };

function messages(texts: Texts): Html[] {
  const { search, atom, admin } = texts;
  return [
    texts.start({ isAdmin: true, username: 'x'.repeat(32), isGroup: true }),
    texts.start({ isAdmin: false, username: 'x', isGroup: false }),
    texts.help({ isAdmin: true, username: 'x'.repeat(32), isGroup: true }),
    texts.help({ isAdmin: false, username: 'x', isGroup: false }),
    texts.unknownCommand(word(41)),
    texts.refusedAnonymous,
    texts.admin.uploadPrivately,
    texts.script.noDocuments,
    texts.notText,
    texts.noKnowledge,
    texts.refused(1e15),
    texts.tooMany({ limit: 10_000, seconds: 60 }),
    texts.apology('9007199254740991'),
    ...Object.values(texts.usage),
    texts.stats.hint,
    search.hint,
    search.unknownFilter({ name: 'manufacturer', typed: word(40), known: word(150) }),
    search.missing(word(210)),
    search.unknown(word(210)),
    search.unknown(''),
    search.cut(1024),
    search.nothingFound(word(150)),
    atom.unknown(word(200), true),
    atom.unknown(word(200), false),
    texts.script.topicEmpty,
    texts.script.topicTooLong({ reason: 'topic-too-long', characters: 1024, maxCharacters: 120 }),
    texts.script.unknown(word(120), [word(300), word(300)]),
    texts.script.isMaker(word(120)),
    texts.script.tooLittle({ ...missing, titles: [...missing.titles] }, word(1000)),
    texts.script.none,
    texts.script.listTitle,
    admin.upload,
    admin.notSetUp,
    admin.tooLarge,
    admin.tooSlow,
    admin.week({
      atoms: 1000,
      added: -3,
      gaps: Array.from({ length: 5 }, () => ({ query: word(200), count: 9, lastDay: '2026-11-23' })),
      badlyVoted: Array.from({ length: 5 }, () => ({ atomId: word(512), up: 1, down: 9 })),
    }),
    admin.unreadable(word(500)),
    admin.checked(check),
    admin.problems(
      Array.from({ length: 5 }, () => word(250)),
      1000,
    ),
    admin.cancelled,
    admin.started,
    admin.reindexStarted,
    admin.gapsTitle(30),
    admin.noGaps(30),
    admin.gapsOff,
    admin.parked({ reference: '9007199254740991', error: word(300) }),
    admin.imported(result),
    admin.published({ total: 1e6, before: 1e6 }),
    admin.reindexed(1e6),
    admin.importFailed({ name: word(100), reason: word(500) }),
    admin.importUnderWay({ name: word(100), minutes: 11 }),
  ];
}

function toasts(texts: Texts): string[] {
  const { search, atom } = texts;
  return [
    texts.noKnowledgeToast,
    texts.refusedToast,
    texts.tooManyToast(60),
    search.staleKeyboard,
    search.freshSearch,
    atom.gone,
    atom.thanksUp,
    atom.thanksDown,
    texts.script.gone,
    texts.admin.documentGone,
  ];
}

describe.each(Object.entries(LANGUAGES))('the texts in %s', (_language, texts) => {
  it('are markup that Telegram takes, within a message, whatever is put into them', () => {
    for (const message of messages(texts)) {
      const parsed = parseHtml(message.markup);
      expect(parsed.text.trim()).not.toBe('');
      expect(parsed.text.length).toBe(message.length);
      expect(message.length).toBeLessThanOrEqual(LIMITS.message);
    }
  });

  it('fit into a caption where they are one', () => {
    expect(texts.script.summary(script, word(1000)).length).toBeLessThanOrEqual(LIMITS.caption);
  });

  it('fit into a toast where they are one', () => {
    for (const toast of toasts(texts)) {
      expect(toast).not.toBe('');
      expect(toast.length).toBeLessThanOrEqual(LIMITS.toast);
    }
  });

  it('fit on their buttons', () => {
    const { atom, admin, inline } = texts;
    for (const label of [atom.back, inline.howTo, inline.nothingFound]) {
      expect(label.length).toBeLessThanOrEqual(BUTTON_CHARACTERS);
    }
    for (const halfARow of [atom.useful, atom.notUseful, admin.confirm, admin.cancel]) {
      expect(halfARow.length).toBeLessThanOrEqual(BUTTON_CHARACTERS / 2);
    }
  });

  it('name every command in their help, those of administrators to them alone', () => {
    const named = (isAdmin: boolean, isGroup: boolean) =>
      new Set(
        [...texts.help({ isAdmin, username: 'x', isGroup }).markup.matchAll(/(?<![<\w])\/(\w+)/g)].map(
          ([, name]) => name,
        ),
      );
    const all = PUBLIC_COMMANDS.filter((name) => name !== 'start');
    for (const isGroup of [false, true]) {
      expect([...named(false, isGroup)].sort()).toEqual([...all].sort());
      expect([...named(true, isGroup)].sort()).toEqual([...all, ...ADMIN_COMMANDS].sort());
    }
  });

  it('have everything that the English ones have, in words of their own', () => {
    const shape = (value: unknown): unknown =>
      value instanceof Html || typeof value !== 'object' || value === null
        ? typeof value
        : Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, shape(entry)]));
    expect(shape(texts)).toEqual(shape(english));
    const lines = messages(texts).map(({ markup }) => markup);
    expect(new Set(lines).size).toBe(lines.length);
    if (texts !== english)
      expect(lines.filter((line) => messages(english).some(({ markup }) => markup === line))).toEqual([]);
  });
});

it('The table of commands in functions/bot/README.md names each, and no other', () => {
  const readme = readFileSync(new URL('../../functions/bot/README.md', import.meta.url), 'utf8');
  const named = [...readme.matchAll(/^\| `\/(\w+)[^|]*\| (administrators: )?/gm)].map(
    ([, name, ofAdmins]) => ({ name, isOfAdmins: ofAdmins !== undefined }),
  );
  expect(named).toEqual([
    ...PUBLIC_COMMANDS.map((name) => ({ name, isOfAdmins: false })),
    ...ADMIN_COMMANDS.map((name) => ({ name, isOfAdmins: true })),
  ]);
});

describe('the language', () => {
  it('is that of the user, else English', () => {
    expect(textsFor('de-AT')).toBe(LANGUAGES['de']);
    expect(textsFor('DE')).toBe(LANGUAGES['de']);
    for (const code of ['en', 'fr', '', undefined, 'constructor', '__proto__'])
      expect(textsFor(code)).toBe(english);
  });
});

describe('menus and descriptions', () => {
  const { menus, descriptions } = profileOf({ adminUserIds: [1, 2] });

  it('are within the limits', () => {
    for (const { command, description } of menus.flatMap(({ commands }) => commands)) {
      expect(command).toMatch(/^[a-z0-9_]{1,32}$/);
      expect(description.length).toBeGreaterThan(0);
      expect(description.length).toBeLessThanOrEqual(LIMITS.commandDescription);
    }
    for (const { description, shortDescription } of descriptions) {
      expect(description.length).toBeLessThanOrEqual(LIMITS.botDescription);
      expect(shortDescription.length).toBeLessThanOrEqual(LIMITS.botShortDescription);
    }
  });

  it('show the commands of administrators to nobody else', () => {
    for (const { scope, commands } of menus) {
      const names = commands.map(({ command }) => command);
      expect(names.slice(0, PUBLIC_COMMANDS.length)).toEqual(PUBLIC_COMMANDS);
      expect(names.slice(PUBLIC_COMMANDS.length)).toEqual(scope.type === 'chat' ? ADMIN_COMMANDS : []);
    }
    expect(menus.filter(({ scope }) => scope.type === 'chat')).toHaveLength(4);
  });

  it('exist for every language, and for those that have none', () => {
    expect(descriptions.map(({ languageCode }) => languageCode)).toEqual([undefined, 'de']);
    expect(profileOf({ adminUserIds: [] }).menus.map(({ languageCode }) => languageCode)).toEqual([
      undefined,
      'de',
    ]);
  });
});

describe('an article', () => {
  /** The replies of the replaced system, and the sentence that explains what an id is one of. */
  const AS_BEFORE = [
    ' atom(s)',
    'Total Atoms',
    ' to search atoms',
    '<b>Atoms Used:</b> ',
    '/kb_get &lt;atom id&gt;',
    'a knowledge base of cited articles ("atoms")',
    'einer Wissensbasis mit belegten Artikeln („Atomen“)',
  ];

  it('has one name in every text that people read', () => {
    const texts = paths
      .filter((path) => /^functions\/bot\/(texts\/.*|menus|commands)\.ts$/.test(path))
      .flatMap((path) => literalsOf(treeOf(path)));
    expect(texts.length).toBeGreaterThan(300);
    const without = (text: string): string => AS_BEFORE.reduce((rest, each) => rest.replace(each, ''), text);
    expect(texts.map(without).filter((text) => /\batom(e|en|s)?\b/i.test(text))).toEqual([]);
    expect(AS_BEFORE.filter((each) => !texts.some((text) => text.includes(each)))).toEqual([]);
  });
});
