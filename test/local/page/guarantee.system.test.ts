import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CLEAN_ENV, botCommand, type RunningBot } from '../../cli/bot-command.ts';
import { WITHOUT_BROWSER, Visitor, hasBrowser, openBrowser, seriousProblems } from './browser.ts';
import { PageCaller, addressIn } from './page-caller.ts';

const bot = botCommand();
const title = hasBrowser ? 'the guarantee view' : `the guarantee view (skipped: ${WITHOUT_BROWSER})`;

describe.skipIf(!hasBrowser)(title, { concurrent: true, timeout: 300_000 }, () => {
  let browser: Browser;
  let running: RunningBot;
  let address: string;
  let caller: PageCaller;

  beforeAll(async () => {
    running = bot.begin(['start', '--port', '0', '--data', bot.dataFolder()], { env: { MAX_ATTEMPTS: '1' } });
    [browser] = await Promise.all([openBrowser(), running.until('Bot is running')]);
    address = addressIn(running.stdout);
    caller = await PageCaller.of(address);
  });

  afterAll(async () => {
    await browser.close();
    expect((await running.stop()).code).toBe(0);
  });

  const visit = (user: number): Promise<Visitor> => Visitor.open(browser, `${address}#user=${user}`);

  test('lists a parked update with its error, replays it, and knows its second delivery as a duplicate', async () => {
    const visitor = await visit(await caller.person());
    const { page } = visitor;
    const fault = { kind: 'refused', reason: 'NOT_THIS_ONE' };
    await caller.ask('telegram/fault', { fault, method: 'sendMessage', times: null });
    await visitor.say('/help');
    await page.getByRole('button', { name: 'Guarantee' }).click();
    const row = page.getByRole('row', { name: /NOT_THIS_ONE/ });
    await row.waitFor();
    await caller.ask('telegram/clearFaults');
    await row.getByRole('button', { name: 'Replay' }).click();
    await page.getByText('No update is parked.').waitFor();
    const moments = page.locator('.moments');
    await moments.getByText('settle for update').first().waitFor();
    await page.getByRole('button', { name: 'Deliver the last update once more' }).click();
    await moments
      .getByText(/: duplicate, update/)
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Chat' }).click();
    await visitor.answer(/kb_search/);
    expect(await page.locator('.bubble.theirs').count()).toBe(1);
    await visitor.leave();
  });

  test('breaks an experiment in each way there is, and shows what the lease does about it', async () => {
    const visitor = await visit(await caller.person());
    const { page } = visitor;
    await page.getByRole('button', { name: 'Guarantee' }).click();
    await page.getByRole('button', { name: 'Start an experiment' }).click();
    const experiment = page.getByRole('region', { name: 'Experiment' });
    const press = (name: string | RegExp): Promise<void> =>
      experiment.getByRole('button', { name, exact: true }).click();
    /** Something in the picture says so, in words. */
    const seen = (text: string | RegExp): Promise<void> =>
      experiment.locator('svg title', { hasText: text }).first().waitFor({ state: 'attached' });
    /** The counters cover all that has happened, however long ago. */
    const counted = (text: RegExp): Promise<void> =>
      experiment.locator('.counters', { hasText: text }).waitFor();
    await experiment.getByRole('button', { name: 'kill -9 the holder' }).waitFor();
    await press('1 min');
    await press('1');
    await seen(/^settle for update \d+: applied/);

    await press('Deliver an update twice');
    await counted(/duplicate [1-9]/);
    await press('One more consumer');
    await stateOf(experiment, 'consumer 3', 'running');
    await press('Telegram answers 429');
    await seen(/^Telegram answers 429$/);
    await seen(/^Telegram \w+: refused$/);
    await press(/^Freeze consumer 1$/);
    await stateOf(experiment, 'consumer 1', 'frozen');
    await seen(/^frozen$/);
    await press(/^Thaw consumer 1$/);
    await stateOf(experiment, 'consumer 1', 'running');
    expect(await seriousProblems(visitor)).toEqual([]);

    await press('No store for ten seconds');
    await seen(/^the store is gone$/);
    await seen(/^store unavailable/);
    await press('One more consumer');
    await page.getByRole('alert').getByText('The store is gone').waitFor();

    // Ten seconds later all of it is over, and the fencing token goes on.
    await press('kill -9 the holder');
    await experiment.locator('tr.dead').waitFor();
    const killed = await experiment.locator('tr.dead td').first().textContent();
    await counted(/takeover [1-9]/);
    await seen(/^dead$/);
    await experiment
      .locator('.moments')
      .getByText(new RegExp(`consumer (?!${killed!.slice(-1)})\\d: done`))
      .first()
      .waitFor();

    await press('A message that cannot be answered');
    await press('Deliver an update twice');
    await press('Telegram is silent');
    await seen(/^Telegram does not answer$/);
    await seen(/^Telegram \w+: no answer$/);
    await experiment.locator('.scroller .mark.lost').first().waitFor();
    await press('End the experiment');
    await page.getByRole('button', { name: 'Start an experiment' }).waitFor();
    // The console has complained of what the page refused.
    await page.context().close();
  });
});

test('a consumer of an experiment that cannot start ends, and does not wait for its page', async () => {
  const [program, ...args] = bot.command(['start', '--webhook', '--no-page', '--data', bot.folder()]);
  const child = spawn(program!, args, { env: CLEAN_ENV, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  expect(await once(child, 'exit')).toEqual([2, null]);
});

async function stateOf(experiment: Locator, consumer: string, state: string): Promise<void> {
  await experiment.getByRole('row', { name: new RegExp(`^${consumer} \\d+ ${state} `) }).waitFor();
}
