import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { botCommand, type RunningBot } from '../../cli/bot-command.ts';
import { WITHOUT_BROWSER, Visitor, hasBrowser, openBrowser, seriousProblems } from './browser.ts';

const bot = botCommand();
const title = hasBrowser ? 'the page in a browser' : `the page in a browser (skipped: ${WITHOUT_BROWSER})`;

const HOSTILE = '<img src=x onerror="document.title=1"><script>alert(1)</script>';

describe.skipIf(!hasBrowser)(title, { timeout: 90_000 }, () => {
  let browser: Browser;
  let running: RunningBot;
  let address: string;
  let data: string;

  beforeAll(async () => {
    data = join(bot.folder(), 'page');
    running = bot.begin(['start', '--port', '0', '--data', data]);
    browser = await openBrowser();
    await running.until('Bot is running');
    address = /http:\/\/localhost:\d+\/\?key=\S+/.exec(running.stdout)?.[0] ?? '';
  }, 90_000);

  afterAll(async () => {
    await browser.close();
    expect((await running.stop()).code).toBe(0);
  });

  const visit = (path = ''): Promise<Visitor> => Visitor.open(browser, address + path);

  test('holds a conversation: a list, its next page, an article in its place, a vote’s toast', async () => {
    const visitor = await visit();
    await visitor.say('motor does not start');
    const list = await visitor.answer(/Search Results for/);
    await visitor.press('›');
    await list.getByText(/^6\. /).waitFor();
    await visitor.press(/^6\b|^6\./);
    await visitor.page.getByText('edited').last().waitFor();
    await visitor.press(/👍/);
    await visitor.page.locator('.toast').waitFor();
    expect(await visitor.page.locator('.bubble.theirs').count()).toBe(1);
    expect(visitor.page.url()).not.toContain('key=');
    expect(visitor.complaints).toEqual([]);
    await visitor.page.context().close();
  });

  test('completes commands as they are typed, and sends the chosen one', async () => {
    const visitor = await visit('#user=3');
    const box = visitor.page.getByRole('textbox', { name: 'Message to the bot' });
    await box.fill('/kb_s');
    const options = visitor.page.getByRole('listbox', { name: /commands/ }).getByRole('option');
    await options.first().waitFor();
    expect(await options.allTextContents()).toEqual([
      expect.stringMatching(/^\/kb_search/),
      expect.stringMatching(/^\/kb_stats/),
    ]);
    await visitor.page.keyboard.press('ArrowDown');
    await visitor.page.keyboard.press('Tab');
    expect(await box.inputValue()).toBe('/kb_stats ');
    await visitor.page.keyboard.press('Enter');
    // Jürgen's language is German.
    await visitor.answer(/Wissensbasis/);
    await visitor.page.context().close();
  });

  test('asks the inline mode, and posts the chosen result', async () => {
    const visitor = await visit('#user=3');
    await visitor.page
      .getByRole('textbox', { name: 'Message to the bot' })
      .fill('@local_agent_factory_bot profinet');
    const result = visitor.page.getByRole('list', { name: 'Results of the bot' }).getByRole('button').first();
    await result.click();
    await visitor.page.locator('.bubble', { hasText: 'via @local_agent_factory_bot' }).waitFor();
    await visitor.page.context().close();
  });

  test('takes a document of an administrator, and gives documents out', async () => {
    const visitor = await visit('#user=2');
    const file = join(bot.folder(), `${HOSTILE.replaceAll('/', '')}.json`);
    const atom = {
      atom_id: 'acme:press:hostile-atom',
      atom_type: 'fault',
      title: `Zebraword ${HOSTILE}`,
      summary: HOSTILE,
      content: `Zebraword fault. ${HOSTILE}`,
      manufacturer: 'acme',
      difficulty: 'beginner',
    };
    writeFileSync(file, JSON.stringify([atom]));
    await visitor.page.locator('input[type=file]').setInputFiles(file);
    await visitor.press(/Import/i);
    await visitor.answer(/1 atom/);
    await visitor.say('zebraword');
    await visitor.answer(/Search Results for/);
    await visitor.page.locator('.bubble.theirs', { hasText: 'Zebraword <img' }).first().waitFor();
    await visitor.say('/generate_script motor control');
    const download = visitor.page.waitForEvent('download');
    await visitor.page.locator('.document', { hasText: '.json' }).last().click();
    const saved = await (await download).path();
    expect(JSON.parse(readFileSync(saved, 'utf8'))).toBeTypeOf('object');
    // Nothing of the atom and the file's name has run.
    expect(await visitor.page.title()).toBe('Agent Factory Bot');
    expect(visitor.complaints).toEqual([]);
    await visitor.page.context().close();
  });

  test('shows two windows their own users, and a name with markup as it is', async () => {
    const [ada, other] = [await visit('#user=2'), await visit('#user=1')];
    await other.page.getByText('More…').click();
    await other.page.getByLabel('Name').fill(HOSTILE);
    await other.page.getByRole('button', { name: 'New person' }).click();
    await other.say('/help');
    await other.answer(/kb_search/);
    await other.page.locator('.bubble.mine', { hasText: HOSTILE }).waitFor();
    await ada.say('only Ada says this');
    await ada.page.locator('.bubble.mine', { hasText: 'only Ada says this' }).waitFor();
    expect(await other.page.getByText('only Ada says this').count()).toBe(0);
    expect(await other.page.title()).toBe('Agent Factory Bot');
    await Promise.all([ada, other].map(({ page }) => page.context().close()));
  });

  test('refuses what nobody can send in words that say why', async () => {
    const visitor = await visit('#user=1');
    await visitor.say('x'.repeat(4_097));
    await visitor.page.getByText('4096 characters at most').waitFor();
    await visitor.page.getByRole('button', { name: 'OK' }).click();
    await visitor.say('y'.repeat(4_096));
    await visitor.page.locator('.bubble.mine', { hasText: 'yyyy' }).waitFor();
    const overflow = await visitor.page.evaluate('document.documentElement.scrollWidth > innerWidth');
    expect(overflow).toBe(false);
    await visitor.page.context().close();
  });

  test('shows an update’s way through the lease, and a second delivery as a duplicate', async () => {
    const visitor = await visit('#user=3');
    await visitor.say('/status');
    await visitor.answer(/Version/i);
    const answers = await visitor.page.locator('.bubble.theirs').count();
    await visitor.page.getByRole('button', { name: 'Guarantee' }).click();
    await visitor.page.locator('.moments').getByText('settle for update').first().waitFor();
    await visitor.page.getByRole('button', { name: 'Deliver the last update once more' }).click();
    await visitor.page
      .locator('.moments')
      .getByText(/: duplicate, update/)
      .first()
      .waitFor();
    await visitor.page.getByRole('button', { name: 'Chat' }).click();
    expect(await visitor.page.locator('.bubble.theirs').count()).toBe(answers);
    await visitor.page.context().close();
  });

  test('kills the holder of an experiment, and another consumer takes over', async () => {
    const visitor = await visit();
    const { page } = visitor;
    await page.getByRole('button', { name: 'Guarantee' }).click();
    await page.getByRole('button', { name: 'Start an experiment' }).click();
    await page.getByRole('button', { name: 'kill -9 the holder' }).waitFor({ timeout: 60_000 });
    await page.getByRole('button', { name: '5', exact: true }).click();
    const experiment = page.getByRole('region', { name: 'Experiment' });
    await experiment
      .getByText(/done, /)
      .first()
      .waitFor({ timeout: 30_000 });
    await page.getByRole('button', { name: 'kill -9 the holder' }).click();
    await experiment.locator('tr.dead').waitFor();
    const killed = await experiment.locator('tr.dead td').first().textContent();
    const survivor = killed === 'consumer 1' ? 'consumer 2' : 'consumer 1';
    // The survivor goes on answering after that.
    await experiment
      .getByText(new RegExp(`${survivor}: done`))
      .first()
      .waitFor({ timeout: 60_000 });
    await page.getByRole('button', { name: 'End the experiment' }).click();
    await page.getByRole('button', { name: 'Start an experiment' }).waitFor();
    expect(visitor.complaints).toEqual([]);
    await page.context().close();
  });

  test('has nothing serious for axe, in both views and on a phone', async () => {
    const visitor = await visit('#user=3');
    await visitor.page.setViewportSize({ width: 360, height: 740 });
    await visitor.say('motor');
    await visitor.answer(/Suchergebnisse|Search Results/);
    expect(await seriousProblems(visitor)).toEqual([]);
    await visitor.page.getByRole('button', { name: 'Guarantee' }).click();
    await visitor.page.getByText('Step →').first().waitFor();
    expect(await seriousProblems(visitor)).toEqual([]);
    await visitor.page.context().close();
  });

  test('says when the bot is gone, and goes on when it is back, with each message once', async () => {
    const visitor = await visit('#user=3');
    await visitor.say('/help');
    await visitor.answer(/kb_search/);
    const before = await visitor.page.locator('.bubble').count();
    const { port } = new URL(address);
    await running.stop();
    await visitor.page.getByText('The bot does not answer').waitFor();
    running = bot.begin(['start', '--port', port, '--data', data]);
    await running.until('Bot is running');
    await visitor.page.getByText('The bot does not answer').waitFor({ state: 'detached' });
    await visitor.say('/status');
    await visitor.page.locator('.bubble.mine', { hasText: '/status' }).waitFor();
    await visitor.page
      .locator('.bubble')
      .nth(before + 1)
      .waitFor();
    expect(await visitor.page.locator('.bubble').count()).toBe(before + 2);
    await visitor.page.context().close();
  });
});
