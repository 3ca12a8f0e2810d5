import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pictureOf } from '../../../functions/local/page/timeline/picture.ts';
import { generate } from '../../simulation/generate.ts';
import { historyPage, traceOf } from '../../simulation/html.ts';
import type { Plan } from '../../simulation/plan.ts';
import { simulate } from '../../simulation/simulate.ts';
import { WITHOUT_BROWSER, Visitor, hasBrowser, openBrowser, seriousProblems, styleOf } from './browser.ts';

const title = hasBrowser ? 'a history as a file' : `a history as a file (skipped: ${WITHOUT_BROWSER})`;

/** From that request on the answer of one is lost, one comes late, and one comes twice. */
const mishapsFrom = (first: number): Plan['requestFates'] => [
  [first, { kind: 'lost-after', every: false }],
  [first + 2, { kind: 'delayed', byMs: 700, every: false }],
  [first + 4, { kind: 'duplicated', afterMs: 300 }],
];

describe.skipIf(!hasBrowser)(title, () => {
  let browser: Browser;
  let visitor: Visitor;
  const folder = mkdtempSync(join(tmpdir(), 'history-'));
  const asked: string[] = [];

  beforeAll(async () => {
    // Several processes, of which one is frozen and one is killed.
    const generated = generate(12);
    const plan = { ...generated, requestFates: [...generated.requestFates, ...mishapsFrom(30)] };
    const [opened, { world, violations }] = await Promise.all([openBrowser(), simulate(plan)]);
    browser = opened;
    // The simulated code keeps its promises: a check's finding is put where one of its events is.
    const { atMs } = world.history.entries.filter(({ type }) => type === 'event')[5]!;
    const broken = { check: 'one-consumer', atMs, text: 'two handled update 3 at once' };
    const file = join(folder, 'history.html');
    writeFileSync(file, await historyPage(plan, world, [...violations, broken]));
    visitor = await Visitor.open(browser, 'about:blank');
    visitor.page.on('request', (request) => asked.push(request.url()));
    await visitor.page.goto(pathToFileURL(file).href);
  });

  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  test('says which check failed, where and why, and begins there', async () => {
    const { page } = visitor;
    await page.locator('ul.problem', { hasText: 'one-consumer: two handled update 3 at once' }).waitFor();
    expect(await page.locator('svg.timeline .violation title').textContent()).toContain(
      'two handled update 3',
    );
    await page.locator('.moments', { hasText: 'check: one-consumer' }).waitFor();
    expect(await page.locator('.moments [aria-current=step]').count()).toBe(1);
    expect(await page.locator('svg.timeline .cursor').count()).toBe(1);
  });

  test('is stepped through by buttons, by keys and on the picture', async () => {
    const { page } = visitor;
    const moment = async (): Promise<number> =>
      Number(/moment (\d+) of/.exec((await page.locator('.stepper').textContent()) ?? '')?.[1]);
    const start = await moment();
    await page.getByRole('button', { name: 'Step →' }).click();
    expect(await moment()).toBe(start + 1);
    await page.getByRole('list', { name: 'Moments' }).press('ArrowLeft');
    await page.getByRole('list', { name: 'Moments' }).press('ArrowLeft');
    expect(await moment()).toBe(start - 1);
    await page.getByRole('button', { name: 'First' }).click();
    expect(await moment()).toBe(1);
    const { width } = (await page.locator('svg.timeline').boundingBox())!;
    await page.locator('svg.timeline').click({ position: { x: width - 4, y: 12 } });
    expect(await moment()).toBeGreaterThan(start);
  });

  test('has a row a process, the lease as a bar that changes hands, and needs nothing but itself', async () => {
    const { page } = visitor;
    expect(await page.locator('svg.timeline .swatch').count()).toBeGreaterThan(1);
    const holders = new Set<string | null>();
    for (const lease of await page.locator('svg.timeline .lease').all())
      holders.add(await lease.getAttribute('class'));
    expect(holders.size).toBeGreaterThan(1);
    expect(asked.filter((url) => !url.startsWith('file:') && !url.startsWith('data:'))).toEqual([]);
    expect(await seriousProblems(visitor)).toEqual([]);
    expect(visitor.complaints).toEqual([]);
  });

  test('gives what is lost, late and sent twice a form and a colour each, and says which is which', async () => {
    const { page } = visitor;
    const looks = new Set<string>();
    for (const [kind, words] of [
      ['lost', 'lost'],
      ['late', 'late'],
      ['twice', 'twice'],
      ['clock', 'a clock is set'],
    ] as const) {
      const sign = page.locator('.legend li', { hasText: words }).locator(`.mark.${kind}`);
      looks.add(`${await sign.getAttribute('d')}`).add(await styleOf(sign, 'stroke'));
      if (kind !== 'clock') await page.locator(`.scroller .mark.${kind}`).first().waitFor();
    }
    expect(looks.size).toBe(8);
  });

  test('fits a phone, light and dark', async () => {
    const { page } = visitor;
    await page.setViewportSize({ width: 360, height: 740 });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await seriousProblems(visitor), colorScheme).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    }
  });
});

test('a history’s picture shows each fault that its plan has, in words', async () => {
  const always = { every: true } as const;
  const plan = {
    ...generate(12),
    requestFates: [[0, { kind: 'lost-before', ...always }], ...mishapsFrom(4)],
    purposeFates: [],
    callFates: [[0, { kind: 'silent' }]],
    deliveryFates: [[0, { kind: 'impatient', afterMs: 200 }]],
    steps: [
      { atMs: 3_000, step: { do: 'freeze', which: 0, forMs: 400 } },
      { atMs: 3_010, step: { do: 'set-clock', which: 0, errorMs: 500 } },
      { atMs: 4_000, step: { do: 'kill', which: 0 } },
    ],
  } satisfies Plan;
  const { world } = await simulate(plan);
  const { moments, rows } = pictureOf(traceOf(world, []));
  const told = moments.map(({ text }) => text).join('\n');
  for (const words of [
    'lost before it arrives, and so is each further try',
    'applied, its answer is lost',
    'arrives late, by 700 ms',
    'arrives twice, after 300 ms',
    'sent again or arrived late',
    'Telegram call 0: no answer',
    'Telegram does not wait, and delivers again, after 200 ms',
    'frozen, for 400 ms',
    'its wall clock is set, 500 ms from real time',
    'is frozen',
    'is thawed',
    'is killed',
  ])
    expect(told).toContain(words);
  const kindOf = (text: string): string | undefined =>
    rows.flatMap(({ marks }) => marks).find((mark) => mark.text.includes(text))?.kind;
  for (const [kind, text] of [
    ['lost', 'lost before it arrives'],
    ['lost', 'its answer is lost'],
    ['late', 'arrives late'],
    ['twice', 'arrives twice'],
    ['twice', 'sent again or arrived late'],
    ['twice', 'delivers again'],
    ['clock', 'its wall clock is set'],
  ] as const)
    expect(kindOf(text), text).toBe(kind);
  expect(told).not.toContain('{');
});
