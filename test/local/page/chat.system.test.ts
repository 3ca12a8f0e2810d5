import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Message } from 'grammy/types';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ada, profile } from '../bot-api/parties.ts';
import { WITHOUT_BROWSER, Visitor, hasBrowser, openBrowser, styleOf } from './browser.ts';
import { BOB, GROUP, openChat, type OpenChat } from './open-chat.ts';

const title = hasBrowser ? 'the chat in a browser' : `the chat in a browser (skipped: ${WITHOUT_BROWSER})`;

/** The side at which each line of an element's text stands. */
const SIDES = `(element) => {
  const range = document.createRange();
  const node = element.firstChild;
  const box = element.getBoundingClientRect();
  let at = 0;
  return node.data.split('\\n').map((line) => {
    range.setStart(node, at);
    range.setEnd(node, at + line.length);
    at += line.length + 1;
    const { left, right } = range.getBoundingClientRect();
    return left - box.left < box.right - right ? 'left' : 'right';
  });
}`;

describe.skipIf(!hasBrowser)(title, () => {
  let browser: Browser;
  let chat: OpenChat;
  let visitor: Visitor;

  beforeAll(async () => {
    [browser, chat] = await Promise.all([openBrowser(), openChat()]);
  });

  afterAll(async () => {
    await browser.close();
    await chat.close();
  });

  afterEach(async () => {
    expect(visitor.complaints).toEqual([]);
    await visitor.page.context().close();
  });

  const visit = async (where = `#user=${ada.id}`, search = ''): Promise<void> => {
    visitor = await Visitor.open(browser, `${chat.address}${search}${where}`);
  };

  /** The bubble of a new message of the bot. */
  const told = async (payload: object): Promise<Locator> => {
    const sent = await chat.call<Message>('sendMessage', { chat_id: ada.id, text: 'Choose', ...payload });
    const bubble = visitor.page.locator(`#message-${sent.message_id}`);
    await bubble.waitFor();
    return bubble;
  };
  const html = (text: string): Promise<Locator> => told({ text, parse_mode: 'HTML' });

  test('draws each kind of formatting as an element of its own', async () => {
    await visit();
    const bubble = await html(
      '<b>bold <i>and italic</i></b> <u>under</u> <s>struck</s> <code>code</code> ' +
        '<pre><code class="language-python">print()</code></pre> <a href="https://example.com/a">link</a> ' +
        '<blockquote>quoted</blockquote>\nhttps://example.org/ /help',
    );
    const text = async (selector: string): Promise<string | null> => bubble.locator(selector).textContent();
    expect(await text('b')).toBe('bold and italic');
    expect(await text('b i')).toBe('and italic');
    expect(await text('u')).toBe('under');
    expect(await text('s')).toBe('struck');
    expect(await text(':not(pre) > code')).toBe('code');
    expect(await text('pre[data-language=python] code')).toBe('print()');
    expect(await text('blockquote')).toBe('quoted');
    expect(await bubble.getByRole('link', { name: 'link' }).getAttribute('href')).toBe(
      'https://example.com/a',
    );
    expect(await bubble.getByRole('link', { name: 'example.org' }).getAttribute('rel')).toContain('noopener');
    await bubble.getByRole('button', { name: '/help' }).click();
    await visitor.page.locator('.bubble.mine', { hasText: '/help' }).waitFor();
  });

  test('covers a spoiler with what is in it, and uncovers it by keyboard', async () => {
    await visit();
    const bubble = await html('<tg-spoiler>the <a href="https://example.com/">secret</a></tg-spoiler>');
    expect(await bubble.getByRole('link').count()).toBe(0);
    const cover = bubble.getByRole('button', { name: 'Hidden text' });
    expect(await styleOf(cover.locator('span'), 'opacity')).toBe('0');
    await cover.press('Enter');
    await bubble.getByRole('link', { name: 'secret' }).waitFor();
  });

  test('expands a long quote, and leaves a short one as it is', async () => {
    await visit();
    const lines = Array.from({ length: 9 }, (_, index) => `line ${index}`).join('\n');
    const short = await html('<blockquote expandable>short</blockquote>');
    expect(await short.getByRole('button', { name: 'Show more' }).count()).toBe(0);
    const long = await html(`<blockquote expandable>${lines}</blockquote>`);
    const heightOf = async (): Promise<number> => (await long.locator('blockquote').boundingBox())!.height;
    const closed = await heightOf();
    await long.getByRole('button', { name: 'Show more' }).click();
    expect(await heightOf()).toBeGreaterThan(closed * 1.5);
    await long.getByRole('button', { name: 'Show less' }).click();
    expect(await heightOf()).toBeCloseTo(closed, 1);
  });

  test('lays buttons out in their rows, and answers a press with a toast or an alert', async () => {
    await visit();
    const button = (text: string): object => ({ text, callback_data: text });
    const rows = [[button('left'), button('right')], [{ text: 'site', url: 'https://example.com/site' }]];
    const bubble = await told({ reply_markup: { inline_keyboard: rows } });
    expect(await bubble.locator('.row').count()).toBe(2);
    expect(await bubble.locator('.row').first().getByRole('button').count()).toBe(2);
    expect(await bubble.getByRole('link', { name: 'site' }).getAttribute('href')).toBe(
      'https://example.com/site',
    );

    await bubble.getByRole('button', { name: 'left' }).click();
    await chat.call('answerCallbackQuery', { callback_query_id: await pressed(), text: 'a toast' });
    await visitor.page.locator('.toast', { hasText: 'a toast' }).waitFor();

    await bubble.getByRole('button', { name: 'right' }).press('Enter');
    await chat.call('answerCallbackQuery', {
      callback_query_id: await pressed(),
      text: 'an alert',
      show_alert: true,
    });
    const alert = visitor.page.getByRole('dialog');
    await alert.getByText('an alert').waitFor();
    await visitor.page.keyboard.press('Escape');
    await alert.waitFor({ state: 'detached' });
    // The focus is back where a user of the keyboard had it.
    expect(await visitor.page.locator(':focus').textContent()).toBe('right');
  });

  /** The id of the newest press, once it has reached the bot. */
  const pressed = (): Promise<string> =>
    chat.server.until('press', () => {
      const last = chat.server.pendingUpdates().at(-1);
      return last !== undefined && 'callback_query' in last && last.callback_query?.id;
    });

  test('shows that the bot types, its message, and an edit in its place', async () => {
    await visit();
    // A page that shows a message hears of everything that happens from then on.
    await told({ text: 'before' });
    await chat.call('sendChatAction', { chat_id: ada.id, action: 'typing' });
    await visitor.page.getByText('is typing…').waitFor();
    const bubble = await told({ text: 'first words' });
    expect(await visitor.page.getByText('is typing…').count()).toBe(0);
    const message = Number((await bubble.getAttribute('id'))!.replace('message-', ''));
    await chat.call('editMessageText', { chat_id: ada.id, message_id: message, text: 'other words' });
    await bubble.getByText('other words').waitFor();
    expect(await bubble.getByText('edited').count()).toBe(1);
  });

  test('replies to a message, and goes to the quoted one', async () => {
    await visit();
    const asked = await told({ text: 'Which drive?' });
    await asked.getByRole('button', { name: 'Reply to this message' }).click();
    await visitor.page.getByText('Reply to: Which drive?').waitFor();
    await visitor.page.keyboard.type('The red one');
    await visitor.page.keyboard.press('Enter');
    const reply = visitor.page.locator('.bubble.mine', { hasText: 'The red one' });
    await reply.getByRole('link', { name: 'Which drive?' }).click();
    await visitor.page.waitForFunction(`document.activeElement.id === '${await asked.getAttribute('id')}'`);
    await expect
      .poll(() => chat.server.messages(ada.id).at(-1))
      .toMatchObject({ text: 'The red one', reply_to_message: { text: 'Which drive?' } });
  });

  test('gives a text back that was not sent, unless it turns out that the answer alone was lost', async () => {
    await visit();
    const { page } = visitor;
    const box = page.getByRole('textbox', { name: 'Message to the bot' });
    await box.waitFor();
    const sending = '**/page/telegram/sendMessage';
    // The first message loses its request, the second one its answer.
    await page.route(sending, (route) => route.abort());
    await visitor.say('never arrives');
    await page.getByRole('dialog').getByText('does not answer').waitFor();
    await page.keyboard.press('Enter');
    expect(await box.inputValue()).toBe('never arrives');
    await page.unroute(sending);
    await page.route(sending, async (route) => {
      await route.fetch();
      await route.abort();
    });
    await visitor.say('arrives unanswered');
    await page.locator('.bubble.mine', { hasText: 'arrives unanswered' }).waitFor();
    await page.getByRole('dialog').getByText('does not answer').waitFor();
    await expect.poll(() => box.inputValue()).toBe('');
    await page.unroute(sending);
    // The browser has complained of each request that was lost.
    visitor.complaints.length = 0;
    expect(chat.server.messages(ada.id).filter(({ text }) => text?.includes('arrives'))).toHaveLength(1);
  });

  test('shows a group to two windows, each as somebody else', async () => {
    await visit(`#user=${ada.id}&group=${GROUP.id}`);
    const other = await Visitor.open(browser, `${chat.address}#user=${BOB.id}&group=${GROUP.id}`);
    await visitor.say('anybody there?');
    await other.page.locator('.bubble.theirs', { hasText: 'anybody there?' }).getByText('Ada').waitFor();
    await other.say('yes');
    await visitor.page.locator('.bubble.theirs', { hasText: 'yes' }).getByText('Bob').waitFor();
    await chat.call('sendMessage', { chat_id: GROUP.id, text: 'so am I' });
    for (const { page } of [visitor, other]) await page.locator('.bubble', { hasText: 'so am I' }).waitFor();
    // Bob administrates here, Ada does not.
    expect(await other.page.getByText('administrator', { exact: true }).count()).toBe(1);
    expect(await visitor.page.getByText('administrator', { exact: true }).count()).toBe(0);
    expect(other.complaints).toEqual([]);
    await other.page.context().close();
  });

  test('follows deep links: in its own address, and in a message', async () => {
    await visit(undefined, '&start=atom-7');
    await visitor.page.locator('.bubble.mine', { hasText: '/start atom-7' }).waitFor();
    expect(visitor.page.url()).not.toContain('start=');
    await visitor.page.goto(`${chat.address}#user=${ada.id}&group=${GROUP.id}`);
    await chat.call('sendMessage', {
      chat_id: GROUP.id,
      text: 'In private',
      reply_markup: {
        inline_keyboard: [[{ text: 'Open', url: `https://t.me/${profile.username}?start=atom-8` }]],
      },
    });
    await visitor.page.getByRole('button', { name: 'Open' }).click();
    await visitor.page.locator('.bubble.mine', { hasText: '/start atom-8' }).waitFor();
    expect(await visitor.page.getByLabel('The chat').inputValue()).toBe('0');
  });

  test('sends a document as large as a bot can read, and refuses what is too large for anybody', async () => {
    await visit();
    const folder = mkdtempSync(join(tmpdir(), 'documents-'));
    const send = async (name: string, bytes: number): Promise<void> => {
      const file = join(folder, name);
      writeFileSync(file, '');
      truncateSync(file, bytes);
      await visitor.page.locator('input[type=file]').setInputFiles(file);
    };
    await send('large.bin', 20_000_000);
    await visitor.page.locator('.mine .document', { hasText: 'large.bin' }).waitFor();
    await send('larger.bin', 50_000_000);
    await visitor.page.getByRole('dialog').getByText('larger.bin has 50 MB').waitFor();
    rmSync(folder, { recursive: true });
  });

  test('goes back and forward with the browser, and opens its panel within a phone', async () => {
    await visit();
    const { page } = visitor;
    const where = page.getByLabel('The chat');
    await where.selectOption({ label: GROUP.title });
    await page.getByRole('textbox', { name: 'Message to the group' }).waitFor();
    await page.goBack();
    await page.getByRole('textbox', { name: 'Message to the bot' }).waitFor();
    expect(await where.inputValue()).toBe('0');
    await page.goForward();
    await page.getByRole('textbox', { name: 'Message to the group' }).waitFor();
    await page.setViewportSize({ width: 320, height: 640 });
    await page.getByText('More…').click();
    const { x, width } = (await page.locator('.more .panel').boundingBox())!;
    expect([x >= 0, x + width <= 320]).toEqual([true, true]);
  });

  test('gives each paragraph, name and button the direction of its own words', async () => {
    const yusuf = { id: 600, first_name: 'يوسف', language_code: 'ar' };
    chat.server.user(yusuf);
    await visit(`#user=${yusuf.id}`);
    await visitor.page.getByRole('textbox', { name: 'Message to the bot' }).waitFor();
    chat.server.sendMessage({ from: yusuf.id, text: `المحرك\nerror\n${'long '.repeat(12)}` });
    const mine = visitor.page.locator('.bubble.mine .text');
    await mine.waitFor();
    const [arabic, english] = await visitor.page.evaluate<string[]>(
      `(${SIDES})(document.querySelector('.bubble.mine .text'))`,
    );
    expect({ arabic, english }).toEqual({ arabic: 'right', english: 'left' });
    const sent = await chat.call<Message>('sendMessage', {
      chat_id: yusuf.id,
      text: 'שלום',
      reply_markup: { inline_keyboard: [[{ text: 'כן', callback_data: 'yes' }]] },
    });
    const theirs = visitor.page.locator(`#message-${sent.message_id} .text`);
    expect(await styleOf(theirs, 'direction')).toBe('rtl');
    const box = visitor.page.getByRole('textbox', { name: 'Message to the bot' });
    await box.fill('שלום');
    expect(await styleOf(box, 'direction')).toBe('rtl');
    expect(await visitor.page.getByRole('button', { name: 'כן' }).locator('bdi').count()).toBe(1);
  });
});
