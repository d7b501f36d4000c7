import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';

import { expect, test, type Visitor } from './visitor.ts';

async function findings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  return violations.map(({ id, help, nodes }) => {
    const places = nodes.slice(0, 3).map(({ target, failureSummary }) => `${target.join(' ')}: ${failureSummary?.split('\n')[1]?.trim()}`);
    return `${id}: ${help} (${nodes.length})\n  ${places.join('\n  ')}`;
  });
}

/** Everything there is to see, one after the other, by its name. */
const sights: Readonly<Record<string, (visitor: Visitor) => Promise<void>>> = {
  'a resize, a key with a deadline': async (visitor) => {
    await visitor.runAll('MSET bar 1 foo 2 city 3', 'EXPIRE bar 1000', 'SET apple 4');
    await visitor.rests();
  },
  'the past': async (visitor) => {
    await visitor.lookAtStage();
    await visitor.press('Shift+ArrowLeft', 'ArrowLeft');
  },
  'the bytes of a key': async (visitor) => {
    await visitor.button('To the present').click();
    await visitor.rests();
    await visitor.list.focus();
    await visitor.press('Home');
    for (let press = 0; press < 16 && (await visitor.page.getByLabel('The bytes of').count()) === 0; press++) {
      await visitor.press('ArrowDown', 'ArrowRight', 'Enter');
    }
    await expect(visitor.page.getByLabel('The bytes of')).toContainText('0x');
  },
  memory: async (visitor) => {
    await visitor.page.getByLabel('The bytes of').getByRole('button', { name: 'Close' }).click();
    await visitor.button(/^Memory/).click();
    await visitor.rests();
  },
  deadlines: async (visitor) => {
    await visitor.button(/^Deadlines/).click();
    await visitor.rests();
  },
  'the log': async (visitor) => {
    await visitor.button(/^Log/).click();
    await visitor.rests();
  },
  help: async (visitor) => {
    await visitor.button(/^Table/).click();
    await visitor.button('Help').click();
  },
  'the contents': async (visitor) => {
    await visitor.press('Escape');
    await visitor.page.getByRole('link', { name: 'Lessons' }).click();
    await expect(visitor.page.getByRole('link', { name: /FNV-1a/ })).toBeVisible();
  },
  'a lesson': async (visitor) => {
    await visitor.page.getByRole('link', { name: /FNV-1a/ }).click();
    await visitor.prompt();
  },
  'a question': async (visitor) => {
    await visitor.page.getByRole('button', { name: 'Run SET a 1' }).click();
    await visitor.page.getByRole('button', { name: 'Next' }).click();
    await expect(visitor.stage.locator('.picking')).toBeAttached();
    await visitor.rests();
  },
  'a wrong answer': async (visitor) => {
    await visitor.page.getByRole('combobox').selectOption({ index: 2 });
    await visitor.page.getByRole('button', { name: 'That is my prediction' }).click();
    await expect(visitor.page.getByText('which is bucket 2')).toBeVisible({ timeout: 20_000 });
    await visitor.rests();
  },
  'starting over': async (visitor) => {
    await visitor.page.getByRole('button', { name: 'Start over' }).click();
    await expect(visitor.page.getByRole('dialog')).toBeVisible();
  },
};

for (const colorScheme of ['light', 'dark'] as const) {
  for (const [size, viewport] of Object.entries({ desk: { width: 1280, height: 720 }, phone: { width: 360, height: 740 } })) {
    test.describe(`${size}, ${colorScheme}`, () => {
      test.use({ colorScheme, viewport });
      test(`axe finds nothing wherever one goes: ${size}, ${colorScheme}`, async ({ page, visitor }) => {
        test.setTimeout(120_000);
        await visitor.open();
        // Said once, at the first place where it is seen.
        const seen = new Set<string>();
        for (const [name, go] of Object.entries({ 'the first visit': () => Promise.resolve(), ...sights })) {
          await go(visitor);
          const found = await findings(page);
          expect.soft(found.filter((finding) => !seen.has(finding)), name).toEqual([]);
          found.forEach((finding) => seen.add(finding));
        }
      });
    });
  }
}

test('each step is said in one sentence, and only once', async ({ page, visitor }) => {
  await visitor.open();
  await visitor.run('SET bar 1');
  await visitor.rests();
  await visitor.lookAtStage();
  const said = visitor.stage.locator('[aria-live=polite]');
  await visitor.move('Home');
  for (let step = 0; step < 6; step++) {
    await visitor.move('ArrowRight');
    const caption = (await visitor.caption.textContent())?.trim() ?? '';
    await expect(said).toHaveText(caption);
    expect(caption).toMatch(/^\S.*[.?!]$/);
  }
  expect(await page.locator('[aria-live]:not(:empty)').count()).toBeLessThanOrEqual(2);
});

test.describe('reduced motion', () => {
  test.use({ contextOptions: { reducedMotion: 'reduce' } });
  test('nothing moves, and where something was is marked', async ({ page, visitor }) => {
    await visitor.open();
    // Nothing plays by itself: what was typed is shown finished.
    await expect(visitor.button('Play')).toBeVisible();
    await visitor.runAll('MSET bar 1 foo 2 city 3', 'SET apple 4', 'GET bar');
    await visitor.lookAtStage();
    let ghosts = 0;
    for (let step = 0; step < 14 && !(await visitor.isAtStart()); step++) {
      await visitor.move('ArrowLeft');
      const moving = await page.evaluate(() => ({
        styled: document.getAnimations().filter((animation) => animation.playState === 'running').length,
        drawn: [...document.querySelectorAll('.stage svg *')].filter((node) => '__transition' in node).length,
      }));
      expect(moving).toEqual({ styled: 0, drawn: 0 });
      ghosts += await visitor.stage.locator('svg .ghost').count();
    }
    expect(ghosts).toBeGreaterThan(0);
  });
});
