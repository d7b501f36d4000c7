import AxeBuilder from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';

import { expect, test } from './visitor.ts';

/** What stands on a lesson's page whatever the lesson: its text, its picture, and the way on. */
class Reading {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async open(lesson: string): Promise<void> {
    await this.page.goto(`./#/lessons/hashing/${lesson}`);
    await expect(this.page.getByText(/^1 of \d+$/)).toBeVisible();
    await expect(this.stage.getByRole('tree')).toBeAttached();
  }

  get stage(): Locator {
    return this.page.getByRole('region', { name: 'Stage' }).locator('visible=true');
  }

  get text(): Locator {
    return this.page.getByRole('region', { name: 'Lesson', exact: true });
  }

  get next(): Locator {
    return this.page.getByRole('navigation', { name: 'Pages of the lesson' }).getByRole('button', { name: 'Next' });
  }

  get caption(): Locator {
    return this.stage.locator('.caption');
  }

  async goOn(): Promise<void> {
    const heading = (await this.text.getByRole('heading').textContent()) ?? '';
    await expect(this.next).toHaveAttribute('aria-disabled', 'false', { timeout: 30_000 });
    await this.next.click();
    await expect(this.text.getByRole('heading')).not.toHaveText(heading);
  }

  /** Text, terminal and picture stand together, and nothing of the text has to be scrolled. */
  async fits(): Promise<void> {
    const over = await this.text.evaluate((element) => element.scrollHeight - element.clientHeight);
    expect(over, `the text of “${await this.text.getByRole('heading').textContent()}” is too long`).toBeLessThanOrEqual(
      0,
    );
  }
}

for (const lesson of ['fnv-1a', 'the-key-that-was-not-stored', 'overwritten', 'progressive-resizing']) {
  test(`${lesson}: each page fits the screen, while it asks and when it has answered`, async ({ page }) => {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    const reading = new Reading(page);
    await reading.open(lesson);
    const quiet = page.getByRole('button', { name: /^(Just show me|Solve it for me)$/ });
    while (await reading.next.isVisible()) {
      await reading.fits();
      const isAsked = await reading.text.getByRole('button', { name: 'That is my prediction' }).isVisible();
      if (isAsked && (await reading.text.getByRole('radio').count()) > 0) {
        // The last choices are the longest to answer, and a wrong one is answered twice.
        await reading.text.getByRole('radio').first().check();
        await reading.text.getByRole('button', { name: 'That is my prediction' }).click();
      } else if (await quiet.isVisible()) {
        await quiet.click();
      }
      await expect(reading.next).toHaveAttribute('aria-disabled', 'false', { timeout: 30_000 });
      await reading.fits();
      await reading.next.click();
      await page.waitForTimeout(300);
    }
    await reading.fits();
  });
}

test('a prediction is made without a pointer', async ({ page }) => {
  const reading = new Reading(page);
  await reading.open('fnv-1a');
  await page.getByRole('button', { name: 'Run SET a 1' }).click();
  await reading.goOn();
  await expect(reading.caption).toContainText('Byte 3 of 3');
  await reading.stage.getByRole('tree').focus();
  for (const key of ['Home', 'ArrowDown', 'ArrowDown', 'Enter']) await page.keyboard.press(key);
  await expect(page.getByLabel('Picked:')).toHaveValue('0 2');
  await page.getByLabel('Picked:').selectOption({ label: 'bucket 3' });
  await page.getByRole('button', { name: 'That is my prediction' }).focus();
  await page.keyboard.press('Enter');
  await expect(reading.text.getByRole('status')).toContainText('The length does not come into it');
});

test('where storage is denied, lessons are read all the same', async ({ page, complaints }) => {
  await page.addInitScript(() => {
    Object.defineProperty(window, 'localStorage', {
      get: () => {
        throw new DOMException('denied', 'SecurityError');
      },
    });
  });
  const reading = new Reading(page);
  await page.goto('./#/lessons');
  await page.getByRole('link', { name: /Overwritten/ }).click();
  await page.getByRole('button', { name: 'Solve it for me' }).click();
  await reading.goOn();
  expect(complaints).toEqual([]);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`contents and lessons are sound for assistive software, ${colorScheme}, and on a narrow screen`, async ({
    page,
  }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const reading = new Reading(page);
    const check = async (): Promise<void> => {
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
    };
    await page.goto('./#/lessons');
    await expect(page.getByRole('heading', { name: 'Lessons' })).toBeVisible();
    await check();
    await reading.open('overwritten');
    await page.getByRole('button', { name: 'Solve it for me' }).click();
    await reading.goOn();
    await check();
    await page.getByLabel(/Click it in the picture/).selectOption({ label: 'bucket 3' });
    await page.getByRole('button', { name: 'That is my prediction' }).click();
    await reading.goOn();
    await check();
    await page.setViewportSize({ width: 360, height: 740 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    await check();
  });
}
