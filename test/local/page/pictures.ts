import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { bundleCommand } from '../../../functions/cli/bundle.ts';
import { generate } from '../../simulation/generate.ts';
import { historyPage } from '../../simulation/html.ts';
import { simulate } from '../../simulation/simulate.ts';
import { Visitor, WITHOUT_BROWSER, hasBrowser, openBrowser } from './browser.ts';

/** `npm run pictures`: the README's pictures of the page, taken of a bot that runs. */
const FOLDER = fileURLToPath(new URL('../../../functions/local/page/pictures/', import.meta.url));
/** A history in which the lease changes hands between three processes, of which two are frozen and die. */
const SEED = 12;

if (!hasBrowser) throw new Error(`There is ${WITHOUT_BROWSER}`);

const folder = mkdtempSync(
  join(fileURLToPath(new URL('../../../node_modules/.cache/', import.meta.url)), 'pictures-'),
);
const data = mkdtempSync(join(tmpdir(), 'pictures-'));
const program = await bundleCommand(folder);
const bot = spawn(process.execPath, [program, 'start', '--port', '0', '--data', data], {
  env: { PATH: process.env['PATH'] },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const browser = await openBrowser();
try {
  const visitor = await Visitor.open(browser, await addressOf());
  await chat(visitor);
  await guarantee(visitor.page);
  await history(visitor.page);
} finally {
  await browser.close();
  bot.kill();
  await new Promise((resolve) => bot.once('close', resolve));
  for (const each of [folder, data]) rmSync(each, { recursive: true });
}

function addressOf(): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    bot.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const address = /http:\/\/localhost:\d+\/\?key=\S+/.exec(said)?.[0];
      if (said.includes('Bot is running') && address !== undefined) resolve(address);
    });
    bot.once('close', () => reject(new Error(`The bot ended: ${said}`)));
  });
}

async function chat(visitor: Visitor): Promise<void> {
  await visitor.page.setViewportSize({ width: 720, height: 760 });
  await visitor.say('motor does not start');
  await visitor.answer(/Search Results for/);
  await visitor.page.getByRole('log').evaluate((box: { scrollTop: number }) => (box.scrollTop = 0));
  await shot(visitor.page, 'chat');
}

async function guarantee(page: Page): Promise<void> {
  await page.setViewportSize({ width: 1080, height: 760 });
  await page.getByRole('button', { name: 'Guarantee' }).click();
  await page.getByRole('button', { name: 'Start an experiment' }).click();
  await page.getByRole('button', { name: 'kill -9 the holder' }).waitFor({ timeout: 60_000 });
  await page.getByRole('button', { name: '5', exact: true }).click();
  const experiment = page.getByRole('region', { name: 'Experiment' });
  await experiment
    .locator('.moments')
    .getByText(/done, /)
    .first()
    .waitFor();
  await page.waitForTimeout(5_000);
  await page.getByRole('button', { name: 'kill -9 the holder' }).click();
  await page.waitForTimeout(5_000);
  await experiment.getByRole('button', { name: 'Stop to look' }).click();
  await experiment.evaluate((element: { scrollIntoView: () => void }) => element.scrollIntoView());
  await shot(page, 'guarantee');
}

async function history(page: Page): Promise<void> {
  const plan = generate(SEED);
  const { world, violations } = await simulate(plan);
  const file = join(data, 'history.html');
  writeFileSync(file, await historyPage(plan, world, violations));
  await page.setViewportSize({ width: 1080, height: 680 });
  await page.goto(pathToFileURL(file).href);
  await page.getByRole('button', { name: '1×', exact: true }).click();
  await page.getByRole('button', { name: 'Last', exact: true }).click();
  await page.getByRole('heading', { level: 1 }).scrollIntoViewIfNeeded();
  await shot(page, 'history');
}

async function shot(page: Page, name: string): Promise<void> {
  const path = join(FOLDER, `${name}.png`);
  await page.screenshot({ path, animations: 'disabled' });
  console.log(path);
}
