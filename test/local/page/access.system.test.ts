import { truncateSync, writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pageAssets } from '../../../functions/local/page/assets.ts';
import { ada } from '../bot-api/parties.ts';
import { WITHOUT_BROWSER, Visitor, hasBrowser, openBrowser, seriousProblems } from './browser.ts';
import { openChat, type OpenChat } from './open-chat.ts';

const title = hasBrowser ? 'the page for everyone' : `the page for everyone (skipped: ${WITHOUT_BROWSER})`;

test('the page’s files are less than 100 kB, compressed, and built with nothing from elsewhere', async () => {
  const startedMs = performance.now();
  const { script, style } = await pageAssets();
  const kilobytes = gzipSync(script + style).length / 1000;
  console.log(
    `built in ${(performance.now() - startedMs).toFixed(0)} ms, ${kilobytes.toFixed(1)} kB gzipped`,
  );
  expect(kilobytes).toBeLessThan(100);
  expect(`${script}${style}`).not.toMatch(/(?:src|import|url)\s*\(?["']?https?:/);
});

describe.skipIf(!hasBrowser)(title, () => {
  let browser: Browser;
  let chat: OpenChat;

  beforeAll(async () => {
    [browser, chat] = await Promise.all([openBrowser(), openChat()]);
    chat.server.sendMessage({ from: ada.id, text: 'hello /help' });
    await chat.call('sendMessage', {
      chat_id: ada.id,
      parse_mode: 'HTML',
      text: '<b>a</b> <tg-spoiler>b</tg-spoiler><pre>c</pre><blockquote expandable>d</blockquote>',
      reply_markup: { inline_keyboard: [[{ text: 'one', callback_data: '1' }]] },
    });
    // More than there is room for at once.
    const commands = Array.from({ length: 30 }, (_, index) => `more_${index}`);
    await chat.call('setMyCommands', {
      commands: ['help', ...commands].map((command) => ({ command, description: 'Helps' })),
    });
    chat.activity.record({ type: 'process', atMs: Date.now(), process: 'a', what: 'started' });
  });

  afterAll(async () => {
    await browser.close();
    await chat.close();
  });

  const visit = (): Promise<Visitor> => Visitor.open(browser, `${chat.address}#user=${ada.id}`);

  test('has nothing serious for axe and fits a phone, light and dark, in both views', async () => {
    const visitor = await visit();
    const { page } = visitor;
    await page.setViewportSize({ width: 360, height: 740 });
    for (const view of ['Chat', 'Guarantee']) {
      await page.getByRole('button', { name: view }).click();
      await page.getByRole('button', { name: view === 'Chat' ? 'one' : 'Stop to look' }).waitFor();
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        expect(await seriousProblems(visitor), `${view}, ${colorScheme}`).toEqual([]);
        if (view === 'Guarantee') continue;
        for (const [state, open] of Object.entries(STATES)) {
          await open(page);
          expect(await seriousProblems(visitor), `${state}, ${colorScheme}`).toEqual([]);
          await page.keyboard.press('Escape');
        }
      }
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), view).toBe(true);
    }
    expect(visitor.complaints).toEqual([]);
    await page.context().close();
  });

  test('moves nothing for a person who wants less motion', async () => {
    const visitor = await visit();
    const animations =
      '[...document.querySelectorAll(".bubble")].map((each) => getComputedStyle(each).animationName)';
    await visitor.page.locator('.bubble').first().waitFor();
    expect(await visitor.page.evaluate(animations)).toContain('come');
    await visitor.page.emulateMedia({ reducedMotion: 'reduce' });
    expect(new Set(await visitor.page.evaluate<string[]>(animations))).toEqual(new Set(['none']));
    await visitor.page.context().close();
  });

  test('is used by keyboard alone: a command, a button of a message, the other view, a step', async () => {
    const visitor = await visit();
    const { page } = visitor;
    const { keyboard } = page;
    await page.getByRole('button', { name: 'one' }).waitFor();
    const reach = async (name: string): Promise<void> => {
      for (let tabs = 0; tabs < 60; tabs += 1) {
        await keyboard.press('Tab');
        const focused = page.locator(':focus');
        const label = (await focused.count()) === 0 ? '' : await focused.evaluate(labelOf);
        if (label === name) return;
      }
      throw new Error(`Tab does not reach ${name}`);
    };
    await reach('one');
    await keyboard.press('Enter');
    await chat.server.until('press', () =>
      chat.server.pendingUpdates().some((each) => 'callback_query' in each),
    );
    await reach('Message to the bot');
    await keyboard.type('/');
    // Round about to the last one, which is out of sight at first.
    await keyboard.press('ArrowUp');
    const last = page.getByRole('option', { name: '/more_29' });
    await last.and(page.locator('[aria-selected=true]')).waitFor();
    await expect.poll(() => isInSight(last)).toBe(true);
    await keyboard.type('h');
    await page.getByRole('option', { name: '/help' }).waitFor();
    await keyboard.press('Tab');
    await keyboard.press('Enter');
    await page.locator('.bubble.mine').nth(1).waitFor();
    await reach('Guarantee');
    await keyboard.press('Enter');
    await reach('Stop to look');
    await keyboard.press('Enter');
    await reach('Moments');
    await keyboard.press('ArrowLeft');
    expect(await page.locator('.moments [aria-current=step]').count()).toBe(1);
    await page.context().close();
  });

  test('tells a browser without event streams to use a newer one', async () => {
    const page = await browser.newPage();
    await page.addInitScript('delete window.EventSource');
    await page.goto(chat.address);
    await page.getByText('This browser has no event streams').waitFor();
    await page.close();
  });

  test('refuses a file of 50 MB before it is read, with what can be sent', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'large-'));
    const file = join(folder, 'large.json');
    writeFileSync(file, '');
    truncateSync(file, 50_000_000);
    const visitor = await visit();
    await visitor.page.locator('input[type=file]').setInputFiles(file);
    await visitor.page.getByRole('dialog').getByText('large.json has 50 MB').waitFor();
    await visitor.page.keyboard.press('Enter');
    await visitor.page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(chat.server.messages(ada.id).some(({ document }) => document !== undefined)).toBe(false);
    rmSync(folder, { recursive: true });
    await visitor.page.context().close();
  });

  test('cannot be driven by a page of another origin, whatever that sends', async () => {
    const evil = createServer((_, response) =>
      response.setHeader('Content-Type', 'text/html').end('<p>evil</p>'),
    );
    evil.listen(0, '127.0.0.1');
    await once(evil, 'listening');
    const visitor = await visit();
    await visitor.page.locator('.bubble').first().waitFor();
    const before = chat.server.messages(ada.id).length;
    // The same browser, with the cookie, which goes to every port of a host.
    await visitor.page.goto(`http://localhost:${(evil.address() as AddressInfo).port}/`);
    const outcome = await visitor.page.evaluate(attack(new URL(chat.address).origin));
    expect(outcome).toEqual(['refused', 'refused']);
    expect(chat.server.messages(ada.id)).toHaveLength(before);
    evil.close();
    evil.closeAllConnections();
    await visitor.page.context().close();
  });
});

/** The boxes that lie over the chat for a while. All but the first is closed by the escape key in the field below it. */
const STATES: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  'people and groups': async (page) => {
    await page.getByText('More…').click();
    await page.getByRole('button', { name: 'New person' }).waitFor();
  },
  'the menu of commands': async (page) => {
    await page.getByRole('textbox', { name: 'Message to the bot' }).fill('/');
    await page.getByRole('option', { name: '/help' }).waitFor();
  },
  'a reply': async (page) => {
    await page.getByRole('button', { name: 'Reply to this message' }).first().click();
    await page.getByText('Reply to:').waitFor();
  },
};

/** Whether the middle of an element lies within its list's box. */
const isInSight = async (option: Locator): Promise<boolean> => {
  const [own, list] = await Promise.all([option.boundingBox(), option.locator('..').boundingBox()]);
  if (own === null || list === null) return false;
  const middle = own.y + own.height / 2;
  return middle > list.y && middle < list.y + list.height;
};

interface Labelled {
  getAttribute: (name: string) => string | null;
  textContent: string | null;
}

const labelOf = (element: Labelled): string =>
  element.getAttribute('aria-label') ?? element.textContent ?? '';

/** A request that asks first, and one that does not ask. */
const attack = (target: string): string => `(async () => {
  const send = (mode, type, headers) => fetch('${target}/page/telegram/sendMessage', {
    method: 'POST',
    mode,
    credentials: 'include',
    headers: { 'Content-Type': type, ...headers },
    body: JSON.stringify({ from: ${ada.id}, text: 'evil' }),
  }).then(({ type }) => type, () => 'refused');
  return [
    await send('cors', 'application/json', { 'X-Page-Token': 'guessed' }),
    await send('no-cors', 'text/plain', {}),
  ];
})()`;
