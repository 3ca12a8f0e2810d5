import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { botCommand, type RunningBot } from '../../cli/bot-command.ts';
import { WITHOUT_BROWSER, Visitor, hasBrowser, openBrowser } from './browser.ts';
import { PageCaller, addressIn } from './page-caller.ts';

const bot = botCommand();
const title = hasBrowser ? 'the page in a browser' : `the page in a browser (skipped: ${WITHOUT_BROWSER})`;

const HOSTILE = '<img src=x onerror="document.title=1"><script>alert(1)</script>';

describe.skipIf(!hasBrowser)(title, () => {
  let browser: Browser;
  let running: RunningBot;
  let address: string;
  let caller: PageCaller;
  let data: string;

  beforeAll(async () => {
    data = join(bot.folder(), 'page');
    const startedMs = performance.now();
    running = bot.begin(['start', '--port', '0', '--data', data]);
    [browser] = await Promise.all([openBrowser(), running.until('Bot is running')]);
    address = addressIn(running.stdout);
    caller = await PageCaller.of(address);
    const visitor = await visit(await caller.person());
    await visitor.say('/help');
    await visitor.answer(/kb_search/);
    console.log(`first start to first answer: ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
    await visitor.leave();
  });

  afterAll(async () => {
    await browser.close();
    expect((await running.stop()).code).toBe(0);
  });

  const visit = (user: number): Promise<Visitor> => Visitor.open(browser, `${address}#user=${user}`);

  describe.concurrent('each person in a chat of their own', () => {
    test('holds a conversation: a list, its next page, an article in its place, a vote’s toast', async () => {
      const visitor = await visit(await caller.person());
      await visitor.say('motor does not start');
      const list = await visitor.answer(/Search Results for/);
      await visitor.press('›');
      await list.getByText(/^6\. /).waitFor();
      await visitor.press(/^6\. /);
      await visitor.page.getByText('edited').last().waitFor();
      await visitor.press(/👍/);
      await visitor.page.locator('.toast').waitFor();
      expect(await visitor.page.locator('.bubble.theirs').count()).toBe(1);
      expect(visitor.page.url()).not.toContain('key=');
      await visitor.leave();
    });

    test('completes commands as they are typed, and sends the chosen one', async () => {
      const visitor = await visit(await caller.person('de'));
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
      await visitor.answer(/Wissensbasis/);
      await visitor.leave();
    });

    test('asks the inline mode, and posts the chosen result', async () => {
      const visitor = await visit(await caller.person());
      await visitor.page
        .getByRole('textbox', { name: 'Message to the bot' })
        .fill('@local_agent_factory_bot profinet');
      await visitor.page
        .getByRole('list', { name: 'Results of the bot' })
        .getByRole('button')
        .first()
        .click();
      await visitor.page.locator('.bubble', { hasText: 'via @local_agent_factory_bot' }).waitFor();
      await visitor.leave();
    });

    test('makes an administrator of somebody new, takes their document, and gives documents out', async () => {
      const visitor = await visit(await caller.person());
      await visitor.page.getByText('More…').click();
      await visitor.page.getByLabel('Name').fill(HOSTILE);
      await visitor.page.locator('.more').getByLabel('administrator').check();
      await visitor.page.getByRole('button', { name: 'New person' }).click();
      await visitor.page
        .locator('.people > label')
        .getByLabel('administrator')
        .and(visitor.page.locator(':checked'))
        .waitFor();
      await visitor.page.getByRole('textbox', { name: 'Message to the bot' }).fill('/kb_u');
      await visitor.page.getByRole('option', { name: /^\/kb_upload/ }).waitFor();
      await visitor.page.keyboard.press('Escape');

      const file = join(bot.folder(), `${HOSTILE.replaceAll('/', '')}.json`);
      writeFileSync(file, JSON.stringify([HOSTILE_ATOM]));
      await visitor.page.locator('input[type=file]').setInputFiles(file);
      await visitor.press(/Import/i);
      await visitor.answer(/1 article/);
      await visitor.say('zebraword');
      await visitor.answer(/Search Results for/);
      await visitor.page.locator('.bubble.theirs', { hasText: 'Zebraword <img' }).first().waitFor();
      await visitor.say('/generate_script motor control');
      const download = visitor.page.waitForEvent('download');
      await visitor.page.locator('.theirs .document', { hasText: '.json' }).last().click();
      const saved = await (await download).path();
      expect(JSON.parse(readFileSync(saved, 'utf8'))).toBeTypeOf('object');
      // Nothing of the atom, the name and the file's name has run.
      expect(await visitor.page.title()).toBe('Agent Factory Bot');

      await visitor.page.locator('.people > label').getByLabel('administrator').uncheck();
      await visitor.page.getByRole('textbox', { name: 'Message to the bot' }).fill('/kb_');
      await visitor.page.getByRole('option', { name: /^\/kb_upload/ }).waitFor({ state: 'detached' });
      await visitor.leave();
    });

    test('shows two windows their own users', async () => {
      const [ada, other] = await Promise.all([visit(await caller.person()), visit(await caller.person())]);
      await other.say('/help');
      await other.answer(/kb_search/);
      await ada.say('only Ada says this');
      await ada.page.locator('.bubble.mine', { hasText: 'only Ada says this' }).waitFor();
      await ada.answer('only Ada says this');
      expect(await other.page.getByText('only Ada says this').count()).toBe(0);
      expect(await other.page.locator('.bubble').count()).toBe(2);
      await Promise.all([ada.leave(), other.leave()]);
    });

    test('shows in each window the people and groups that became known in another', async () => {
      const [one, other] = await Promise.all([visit(await caller.person()), visit(await caller.person())]);
      const people = (visitor: Visitor): Locator => visitor.page.getByLabel('Who you are').locator('option');
      await people(other).first().waitFor({ state: 'attached' });
      await one.page.getByText('More…').click();
      await one.page.getByLabel('Name').fill('Newcomer');
      await one.page.getByRole('button', { name: 'New person' }).click();
      await people(other).filter({ hasText: 'Newcomer' }).waitFor({ state: 'attached' });
      await one.page.getByText('More…').click();
      await one.page.getByLabel('Title').fill('Late shift');
      await one.page.getByRole('button', { name: 'New group with the bot' }).click();
      await other.page.getByLabel('The chat').selectOption({ label: 'Late shift' });
      await one.say('/help');
      await other.page
        .locator('.bubble.theirs', { hasText: '/help' })
        .getByText('Newcomer')
        .first()
        .waitFor();
      await Promise.all([one.leave(), other.leave()]);
    });

    test('changes a person’s language and rights, live in each window of theirs', async ({ expect }) => {
      const person = await caller.person();
      const [one, other] = await Promise.all([visit(person), visit(person)]);
      const language = ({ page }: Visitor): Locator => page.getByLabel('Your language');
      const shows = (visitor: Visitor, tag: string): Promise<void> =>
        expect.poll(() => language(visitor).inputValue()).toBe(tag);
      const rights = ({ page }: Visitor): Locator =>
        page.locator('.people > label').getByLabel('administrator');
      const upload = ({ page }: Visitor): Locator => page.getByRole('option', { name: /^\/kb_upload/ });
      await shows(other, 'en');
      await language(one).fill('German');
      await language(one).press('Enter');
      expect(await language(other).inputValue()).toBe('en');
      await language(one).fill('de');
      const people = one.page.getByLabel('Who you are').getByRole('option');
      const known = await people.count();
      await caller.person();
      await expect.poll(() => people.count()).toBeGreaterThan(known);
      await language(one).press('Enter');
      await shows(other, 'de');
      await other.page.getByRole('textbox', { name: /^Message to/ }).fill('/kb_s');
      await other.page.getByRole('option', { name: /^\/kb_stats Was die/ }).waitFor();
      await other.say('/kb_stats');
      await other.answer(/Wissensbasis/);

      await rights(one).check();
      await rights(other).and(other.page.locator(':checked')).waitFor();
      await other.page.getByRole('textbox', { name: /^Message to/ }).fill('/kb_u');
      await upload(other).waitFor();
      await rights(other).uncheck();
      await rights(one).and(one.page.locator(':not(:checked)')).waitFor();
      await upload(other).waitFor({ state: 'detached' });
      // Nobody says a language: the bot speaks English then.
      await language(other).fill('');
      await language(other).press('Tab');
      await shows(one, '');
      await one.say('/kb_stats');
      await one.answer(/Knowledge/i);
      await Promise.all([one.leave(), other.leave()]);
    });

    test('refuses what nobody can send in words that say why', async () => {
      const visitor = await visit(await caller.person());
      await visitor.say('x'.repeat(4_097));
      await visitor.page.getByText('4096 characters at most').waitFor();
      await visitor.page.getByRole('button', { name: 'OK' }).click();
      await visitor.say('y'.repeat(4_096));
      await visitor.page.locator('.bubble.mine', { hasText: 'yyyy' }).waitFor();
      const overflow = await visitor.page.evaluate('document.documentElement.scrollWidth > innerWidth');
      expect(overflow).toBe(false);
      await visitor.leave();
    });
  });

  test('says when the bot is gone, and goes on when it is back, with each message once', async () => {
    const visitor = await visit(await caller.person());
    const { page } = visitor;
    await visitor.say('/help');
    await visitor.answer(/kb_search/);
    const { port } = new URL(address);
    await running.stop();
    await page.getByText('The bot does not answer').waitFor();
    running = bot.begin(['start', '--port', port, '--data', data]);
    await page.getByText('The bot does not answer').waitFor({ state: 'detached' });
    await visitor.say('/status');
    await visitor.answer(/Version/);
    expect(await page.locator('.bubble.mine .text').allTextContents()).toEqual(['/help', '/status']);
    expect(await page.locator('.bubble').count()).toBe(4);
    // The console has complained of a server that was gone.
    await page.context().close();
  });
});

test('a start with --no-page has no page, says none, and answers on its other paths', async () => {
  const running = bot.begin(['start', '--no-page', '--port', '0', '--data', bot.dataFolder()]);
  await running.until('Bot is running');
  expect(running.stdout).not.toContain('key=');
  const health = /http:\/\/localhost:\d+\/health/.exec(running.stdout)![0];
  expect((await fetch(health)).status).toBe(200);
  for (const path of ['/', '/page/main.js', '/page/guarantee/state'])
    expect((await fetch(new URL(path, health))).status, path).toBe(404);
  expect((await running.stop()).code).toBe(0);
});

const HOSTILE_ATOM = {
  atom_id: 'acme:press:hostile-atom',
  atom_type: 'fault',
  title: `Zebraword ${HOSTILE}`,
  summary: HOSTILE,
  content: `Zebraword fault. ${HOSTILE}`,
  manufacturer: 'acme',
  difficulty: 'beginner',
};
