import { expect, test, type Visitor } from './visitor.ts';

test.use({ viewport: { width: 360, height: 740 }, hasTouch: true });

/** What cannot be hit with a finger, or lies outside the page, or makes it scroll to the side. */
async function troubles(visitor: Visitor): Promise<string[]> {
  return visitor.page.evaluate(() => {
    const found: string[] = [];
    const { scrollWidth } = document.scrollingElement ?? document.documentElement;
    if (scrollWidth > innerWidth) found.push(`the page is ${scrollWidth} wide`);
    for (const element of document.querySelectorAll<HTMLElement>(
      'button, a[href], select, input, summary, [role=slider], [role=tab]',
    )) {
      const box = element.getBoundingClientRect();
      const name = element.getAttribute('aria-label') ?? element.textContent?.trim() ?? '';
      const style = getComputedStyle(element);
      const isShown = box.width > 0 && style.visibility !== 'hidden' && element.closest('.visually-hidden') === null;
      // A link within a sentence is as high as the sentence.
      const isWord = element.tagName === 'A' && style.display === 'inline';
      // A choice is hit by its whole label.
      const target = element.closest('label')?.getBoundingClientRect() ?? box;
      if (!isShown || isWord) continue;
      if (target.width < 24 || target.height < 24)
        found.push(`“${name}” is ${Math.round(target.width)} by ${Math.round(target.height)}`);
      if (box.left < -1 || box.right > innerWidth + 1) found.push(`“${name}” lies outside`);
    }
    return found;
  });
}

test('at 360 pixels the playground has everything, in reach of a finger, and nothing lies over its edge', async ({
  page,
  visitor,
}) => {
  await visitor.open();
  expect.soft(await troubles(visitor)).toEqual([]);
  expect.soft(await visitor.misplacedTexts(), 'the first key').toEqual([]);
  await expect(visitor.keyInPicture('hello')).toBeInViewport();
  await visitor.runAll('SET bar 1', 'SET foo 2', 'SET city 3');
  expect.soft(await visitor.misplacedTexts(), 'four keys').toEqual([]);
  await visitor.run('SET apple 4');
  await visitor.rests();
  expect.soft(await visitor.misplacedTexts(), 'a resize').toEqual([]);
  await visitor.lookAtStage();
  await visitor.button('Start of the command').tap();
  await visitor.button('One step back').tap();
  await expect(page.getByRole('note')).toBeVisible();
  expect.soft(await troubles(visitor), 'in the past').toEqual([]);
  expect.soft(await visitor.misplacedTexts(), 'in the past').toEqual([]);
  await page.getByRole('note').getByRole('button', { name: 'To the present' }).tap();
  for (const panel of [/^Memory/, /^Deadlines/, /^Log/]) {
    await visitor.button(panel).tap();
    expect.soft(await visitor.misplacedTexts(), String(panel)).toEqual([]);
  }
  await visitor.button(/^Table/).tap();
  await visitor.runAll('MSET a 1 b 2 c 3', 'MSET d 4 e 5 f 6', 'MSET g 7 h 8 i 9', 'MSET j 1 k 2 l 3');
  expect.soft(await visitor.misplacedTexts(), 'many keys').toEqual([]);
});

test('before there is a table, the picture says so within its edges', async ({ visitor }) => {
  await visitor.open();
  await visitor.run('FLUSHALL');
  expect.soft(await visitor.misplacedTexts()).toEqual([]);
  await visitor.lookAtStage();
  await visitor.press('Shift+Home');
  expect.soft(await visitor.misplacedTexts()).toEqual([]);
});

test('the terminal is a drawer that opens and closes', async ({ page, visitor }) => {
  await visitor.open();
  const handle = page.getByRole('button', { name: 'Terminal', exact: true });
  await expect(handle).toHaveAttribute('aria-expanded', 'true');
  const low = (await visitor.stage.boundingBox())?.height ?? 0;
  await handle.tap();
  await expect(handle).toHaveAttribute('aria-expanded', 'false');
  await expect(visitor.terminal).toBeHidden();
  await expect.poll(async () => (await visitor.stage.boundingBox())?.height).toBeGreaterThan(low + 100);
  await handle.tap();
  await expect(visitor.terminal).toBeVisible();
  expect(await visitor.run('GET hello')).toBe('"world"');
});

test('a key is touched and its bytes can be read to the end', async ({ page, visitor }) => {
  await visitor.open();
  await visitor.rests();
  await visitor.keyInPicture('hello').tap();
  const bytes = page.getByLabel('The bytes of hello');
  await expect(bytes).toBeVisible();
  expect.soft(await troubles(visitor)).toEqual([]);
  // There is still a picture beside them.
  const picture = await visitor.stage.locator('.picture').boundingBox();
  expect.soft(picture?.height).toBeGreaterThan(80);
  const last = bytes.getByText('value bytes').first();
  await last.scrollIntoViewIfNeeded();
  await expect(last).toBeInViewport();
  await bytes.getByRole('button', { name: 'Close' }).tap();
  await expect(bytes).toBeHidden();
});

test('help, contents and a lesson are read and done on a phone', async ({ page, visitor }) => {
  await visitor.open();
  await visitor.button('Help').tap();
  expect.soft(await troubles(visitor), 'help').toEqual([]);
  // Each explanation has room for more than a word a line.
  const narrowest = await page
    .getByRole('dialog')
    .locator('dd')
    .evaluateAll((all) => Math.min(...all.map((one) => one.clientWidth)));
  expect.soft(narrowest).toBeGreaterThan(120);
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).tap();
  await page.getByRole('link', { name: 'Lessons' }).tap();
  await expect(page.getByRole('link', { name: /FNV-1a/ })).toBeVisible();
  expect.soft(await troubles(visitor), 'contents').toEqual([]);
  await page.getByRole('link', { name: /FNV-1a/ }).tap();
  await visitor.prompt();
  expect.soft(await troubles(visitor), 'lesson').toEqual([]);
  await page.getByRole('button', { name: 'Run SET a 1' }).tap();
  await page.getByRole('button', { name: 'Next' }).tap();
  await expect(visitor.stage.locator('.picking')).toBeAttached();
  await visitor.rests();
  await visitor.bucketInPicture(2).first().tap();
  await page.getByRole('button', { name: 'That is my prediction' }).tap();
  await expect(page.getByText('You were right.')).toBeVisible({ timeout: 20_000 });
  expect.soft(await troubles(visitor), 'answered').toEqual([]);
  expect.soft(await visitor.misplacedTexts(), 'answered').toEqual([]);
});

test('large type is large on a phone, too, and still has everything', async ({ visitor }) => {
  await visitor.open();
  await visitor.button('Large type').tap();
  expect.soft(await troubles(visitor)).toEqual([]);
  expect.soft((await visitor.terminal.boundingBox())?.height).toBeGreaterThan(40);
  expect(await visitor.run('GET hello')).toBe('"world"');
});
