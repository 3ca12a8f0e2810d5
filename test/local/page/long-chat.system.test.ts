import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TraceEntry } from '../../../functions/local/page/timeline/trace.ts';
import { ada } from '../bot-api/parties.ts';
import { WITHOUT_BROWSER, Visitor, hasBrowser, openBrowser } from './browser.ts';
import { openChat, type OpenChat } from './open-chat.ts';

const title = hasBrowser ? 'a busy page' : `a busy page (skipped: ${WITHOUT_BROWSER})`;

/** No more bubbles than these are in the document, however long the chat is. */
const MAX_BUBBLES = 200;

describe.skipIf(!hasBrowser)(title, () => {
  let browser: Browser;
  let chat: OpenChat;

  beforeAll(async () => {
    [browser, chat] = await Promise.all([openBrowser(), openChat()]);
    for (let number = 1; number <= 1_000; number += 1)
      chat.server.sendMessage({ from: ada.id, text: `message ${number}` });
  });

  afterAll(async () => {
    await browser.close();
    await chat.close();
  });

  const visit = (): Promise<Visitor> => Visitor.open(browser, `${chat.address}#user=${ada.id}`);

  test('shows a chat of a thousand messages with few of them in the document, and each when one scrolls', async () => {
    const visitor = await visit();
    const { page } = visitor;
    const startedMs = performance.now();
    await page.getByText('message 1000', { exact: true }).waitFor();
    console.log(`a thousand messages: shown after ${(performance.now() - startedMs).toFixed(0)} ms`);
    const seen = new Set<string>();
    const log = page.getByRole('log');
    for (let turn = 0; turn < 60 && !seen.has('message 1'); turn += 1) {
      const texts = await page.locator('.bubble .text').allTextContents();
      expect(texts.length).toBeLessThanOrEqual(MAX_BUBBLES);
      for (const text of texts) seen.add(text);
      await log.evaluate((box: { scrollTop: number }) => (box.scrollTop = 0));
      await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
    }
    expect(seen.size).toBe(1_000);
    await page.getByRole('button', { name: 'To the newest message' }).click();
    await page.getByText('message 1000', { exact: true }).waitFor();
    expect(visitor.complaints).toEqual([]);
    await page.context().close();
  });

  test('keeps what one reads in its place while messages come, and follows them at the end', async () => {
    const visitor = await visit();
    const { page } = visitor;
    const read = page.getByText('message 980', { exact: true });
    await read.scrollIntoViewIfNeeded();
    await page.getByRole('log').evaluate((box: { scrollTop: number }) => (box.scrollTop -= 400));
    await page.getByRole('button', { name: 'To the newest message' }).waitFor();
    const before = await read.boundingBox();
    chat.server.sendMessage({ from: ada.id, text: 'one more' });
    await page.getByRole('button', { name: 'To the newest message, 1 new' }).waitFor();
    expect(await read.boundingBox()).toEqual(before);
    await page.getByRole('button', { name: 'To the newest message' }).click();
    chat.server.sendMessage({ from: ada.id, text: 'and another' });
    await page.getByText('and another', { exact: true }).waitFor();
    const end = await page.getByText('and another', { exact: true }).boundingBox();
    const log = await page.getByRole('log').boundingBox();
    expect(end!.y + end!.height).toBeLessThan(log!.y + log!.height);
    await page.context().close();
  });

  test('shows each of a thousand messages a second once, and stays usable meanwhile', async () => {
    const visitor = await visit();
    const { page } = visitor;
    await page.getByText('and another', { exact: true }).waitFor();
    const pouring = pour(1_000, (number) => {
      chat.server.sendMessage({ from: ada.id, text: `drop ${number}` });
    });
    // A message that is written meanwhile goes through.
    const startedMs = performance.now();
    await visitor.say('I can still write');
    await chat.server.until('message of the page', () =>
      chat.server.messages(ada.id).some(({ text }) => text === 'I can still write'),
    );
    console.log(
      `a thousand messages a second: written after ${(performance.now() - startedMs).toFixed(0)} ms`,
    );
    await pouring;
    await page.getByText('drop 1000', { exact: true }).waitFor();
    expect(await page.locator('.bubble').count()).toBe(MAX_BUBBLES);
    const drops: number[] = [];
    for (let turn = 0; turn < 60 && drops.length < 1_000; turn += 1) {
      const texts = await page.locator('.bubble .text').allTextContents();
      const news = texts.map((text) => Number(/^drop (\d+)$/.exec(text)?.[1] ?? 0)).filter((n) => n > 0);
      expect(new Set(news).size).toBe(news.length);
      drops.unshift(...news.filter((number) => number < (drops[0] ?? Infinity)));
      await page.getByRole('log').evaluate((box: { scrollTop: number }) => (box.scrollTop = 0));
      await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
    }
    expect(drops).toEqual(Array.from({ length: 1_000 }, (_, index) => index + 1));
    expect(visitor.complaints).toEqual([]);
    await page.context().close();
  });

  test('counts each of a thousand events a second once in the picture, and lets one stop to look', async () => {
    const visitor = await visit();
    const { page } = visitor;
    await page.getByRole('button', { name: 'Guarantee' }).click();
    await page.getByText('Write to the bot, and see').waitFor();
    const pouring = pour(2_000, (number) => chat.activity.record(settled(number)));
    await page.locator('.moments').getByText('settle for update').first().waitFor();
    const startedMs = performance.now();
    await page.getByRole('button', { name: 'Stop to look' }).click();
    await page.getByRole('button', { name: '← Back' }).click();
    await page.getByRole('button', { name: 'Go on live' }).click();
    console.log(`a thousand events a second: stepped after ${(performance.now() - startedMs).toFixed(0)} ms`);
    await pouring;
    await page.getByText('settled 2000 ').waitFor();
    await page.getByText('moment 2000 of 2000').waitFor();
    // Two thousand in two seconds, on a tenth of the picture's width.
    expect(await page.locator('svg.timeline rect.span').count()).toBeLessThan(500);
    expect(visitor.complaints).toEqual([]);
    await page.context().close();
  });
});

const settled = (updateId: number): TraceEntry => ({
  type: 'request',
  process: 'local:here:4711:1',
  atMs: Date.now(),
  endedAtMs: Date.now() + 1,
  purpose: 'settle',
  result: 'applied',
  updateId,
});

/** A thousand a second, as far as the machine can. */
async function pour(count: number, each: (number: number) => void): Promise<void> {
  const startedMs = performance.now();
  for (let number = 1; number <= count;) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    const due = Math.min(count, performance.now() - startedMs);
    for (; number <= due; number += 1) each(number);
  }
}
