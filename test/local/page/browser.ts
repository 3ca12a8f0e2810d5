import { existsSync } from 'node:fs';
import axe from 'axe-core';
import { chromium, type Browser, type Locator, type Page } from 'playwright-core';

/** Debian's; `CHROMIUM` names another one. */
const EXECUTABLE = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

export const hasBrowser = existsSync(EXECUTABLE);

/** Generous, for a machine that is busy with other tests: each step waits for what it wants to see. */
const PATIENCE_MS = 80_000;

/** For the title of tests that are left out without one. */
export const WITHOUT_BROWSER = `no browser at ${EXECUTABLE}: install Debian's chromium, or name one in CHROMIUM`;

/** A browser that talks to nobody but the pages it is sent to. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: EXECUTABLE,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** The page, as a person uses it. It keeps the complaints of its console. */
export class Visitor {
  readonly page: Page;
  readonly complaints: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text());
    });
  }

  static async open(browser: Browser, address: string): Promise<Visitor> {
    const context = await browser.newContext({
      viewport: { width: 1000, height: 900 },
      acceptDownloads: true,
    });
    context.setDefaultTimeout(PATIENCE_MS);
    const visitor = new Visitor(await context.newPage());
    await visitor.page.goto(address);
    return visitor;
  }

  async say(text: string): Promise<void> {
    await this.page.getByRole('textbox', { name: /^Message to/ }).fill(text);
    await this.page.keyboard.press('Enter');
  }

  /** @throws Error with what the console complained of */
  async leave(): Promise<void> {
    await this.page.context().close();
    if (this.complaints.length > 0) throw new Error(`The console says ${this.complaints.join(', ')}`);
  }

  /** The newest bubble of the bot that holds the text. */
  async answer(text: string | RegExp): Promise<ReturnType<Page['locator']>> {
    const bubble = this.page.locator('.bubble.theirs', { hasText: text }).last();
    await bubble.waitFor();
    return bubble;
  }

  async press(label: string | RegExp): Promise<void> {
    await this.page.locator('.keyboard').getByRole('button', { name: label }).last().click();
  }
}

/** A property of an element as the browser has computed it. */
export const styleOf = (element: Locator, property: string): Promise<string> =>
  element.evaluate(
    (node, name) => (globalThis as unknown as Styles).getComputedStyle(node).getPropertyValue(name),
    property,
  );

interface Styles {
  getComputedStyle: (node: unknown) => { getPropertyValue: (name: string) => string };
}

/** The findings of axe that shut somebody out. */
export async function seriousProblems({ page }: Visitor): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<axe.AxeResults>('axe.run()');
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}
