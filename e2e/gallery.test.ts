import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';

import { expect, test } from './visitor.ts';

/** The texts of the pictures on a page that stick out of their picture or lie over each other. */
async function misplacedTexts(page: Page): Promise<string[]> {
  return page.locator('svg[role=img]').evaluateAll((pictures) =>
    pictures.flatMap((picture) => {
      const frame = picture.getBoundingClientRect();
      const texts = [...picture.querySelectorAll('text')]
        .map((node) => ({ text: node.textContent ?? '', box: node.getBoundingClientRect() }))
        .filter(({ text, box }) => text.trim() !== '' && box.width > 0);
      return texts.flatMap(({ text, box }, at) => {
        const isOut = box.left < frame.left - 1 || box.right > frame.right + 1;
        const over = texts.slice(at + 1).filter((other) => {
          const wide = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left);
          const high = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top);
          // A line's box is higher than its letters.
          return wide > 2 && high > Math.min(box.height, other.box.height) * 0.4;
        });
        return [
          ...(isOut ? [`“${text}” sticks out`] : []),
          ...over.map((other) => `“${text}” lies over “${other.text}”`),
        ];
      });
    }),
  );
}

async function sideways(page: Page): Promise<number> {
  return page.locator('main').evaluate((main) => main.scrollWidth - main.clientWidth);
}

const slugs = async (page: Page): Promise<string[]> =>
  page
    .getByRole('main')
    .locator('a[href^="#/gallery/"]')
    .evaluateAll((links) => links.map((link) => link.getAttribute('href')?.split('/').at(-1) ?? ''));

test('every structure has a drawing, an essay and a source, and each of its states is reached', async ({ page }) => {
  test.setTimeout(180_000);
  await page.goto('./#/gallery');
  await expect(page.getByRole('heading', { name: 'Gallery' })).toBeVisible();
  const all = await slugs(page);
  expect(all.length).toBeGreaterThanOrEqual(12);
  // On the covers nothing lies over anything else, either.
  await page.evaluate(() => document.fonts.ready);
  expect.soft(await misplacedTexts(page), 'covers').toEqual([]);
  for (const slug of all) {
    await page.goto(`./#/gallery/${slug}`);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.getByRole('heading', { name: 'Invariants' })).toBeVisible();
    await expect(page.getByRole('heading', { name: 'Unlike Redis' })).toBeVisible();
    const states = page.getByRole('navigation', { name: 'States' }).getByRole('link');
    for (const state of await states.all()) {
      await state.click();
      await expect(state).toHaveAttribute('aria-current', 'true');
      await expect(page.locator('.stage svg[role=img] .glyph').first(), slug).toBeAttached();
    }
    await page.getByRole('button', { name: 'Source' }).last().click();
    await expect(page.getByText('engine/').first()).toBeVisible();
  }
});

for (const colorScheme of ['light', 'dark'] as const) {
  for (const [size, viewport] of Object.entries({
    desk: { width: 1280, height: 720 },
    phone: { width: 360, height: 740 },
  })) {
    test.describe(`${size}, ${colorScheme}`, () => {
      test.use({ colorScheme, viewport });
      test(`axe finds nothing in the gallery, and nothing scrolls sideways: ${size}, ${colorScheme}`, async ({
        page,
      }) => {
        test.setTimeout(240_000);
        const look = async (name: string): Promise<void> => {
          const axe = new AxeBuilder({ page });
          // In the dark only the colours are other ones.
          const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
          const rules = colorScheme === 'light' ? axe.withTags(tags) : axe.withRules('color-contrast');
          const { violations } = await rules.analyze();
          const told = violations.map(
            ({ id, nodes }) =>
              `${id}: ${nodes
                .map(({ target }) => target.join(' '))
                .slice(0, 4)
                .join(', ')}`,
          );
          expect.soft(told, name).toEqual([]);
          expect.soft(await sideways(page), `${name} scrolls sideways`).toBe(0);
        };
        await page.goto('./#/gallery');
        await expect(page.getByRole('heading', { name: 'Gallery' })).toBeVisible();
        await look('the gallery');
        for (const place of ['skip-list', 'listpack/conversion', 'hyperloglog/sparse']) {
          await page.goto(`./#/gallery/${place}`);
          await expect(page.locator('.stage svg[role=img] .glyph').first()).toBeAttached();
          await expect(page.getByRole('heading', { name: 'Invariants' })).toBeVisible();
          await look(place);
        }
      });
    });
  }
}

test('by the keyboard alone one goes from the gallery into a structure, its states and its film', async ({ page }) => {
  await page.goto('./#/gallery');
  const first = page.getByRole('link', { name: 'Intset' });
  await first.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Intset', level: 1 })).toBeVisible();
  const search = page.getByRole('link', { name: 'a search' });
  await search.focus();
  await page.keyboard.press('Enter');
  await expect(page.locator('.telling .line')).toContainText('SISMEMBER ids 40');
  const caption = page.locator('.caption').locator('visible=true');
  await page.keyboard.press('ArrowLeft');
  await expect(caption).toContainText('40, at place 3, is what is looked for.');
  await page.keyboard.press('ArrowRight');
  await expect(caption).toContainText('The reply is the number 1.');
  // The integers are a list, too.
  const list = page.getByRole('tree');
  await list.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowDown');
  await expect(page.locator('svg .is-focused')).toHaveCount(1);
  await expect(page.locator('svg .is-focused text').first()).toHaveText('3');
});

test('a structure is opened in the playground, under a key of its own', async ({ page, visitor }) => {
  await visitor.open();
  await page.getByRole('link', { name: 'Gallery' }).click();
  await page.getByRole('link', { name: 'Quicklist' }).click();
  await page.getByRole('button', { name: 'Open in the playground' }).click();
  await expect(visitor.terminal).toContainText('LPUSH gallery:jobs boot');
  await visitor.prompt();
  expect(await visitor.run('LRANGE gallery:jobs 0 -1')).toContain('"boot"');
  expect(await visitor.run('GET hello')).toBe('"world"');
});
