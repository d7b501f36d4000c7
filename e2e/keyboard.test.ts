import { expect, test, type Visitor } from './visitor.ts';

/** What has the focus, and whether one can see that. */
async function focus(visitor: Visitor): Promise<{ name: string; isSeen: boolean }> {
  return visitor.page.evaluate(() => {
    const element = document.activeElement;
    if (!element || element === document.body) return { name: '', isSeen: true };
    const name = element.getAttribute('aria-label') ?? element.textContent?.trim().replace(/\s+/g, ' ') ?? '';
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    const isOutlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1;
    // The terminal has its cursor, the list its ring around the glyph that is meant.
    const isTerminal = element.closest('.xterm.focus') !== null;
    const isTree = element.getAttribute('role') === 'tree' && document.querySelector('svg .is-focused') !== null;
    const isOnPage = box.width > 0 && box.left >= -1 && box.right <= innerWidth + 1;
    return {
      name: `${element.tagName.toLowerCase()} ${name.slice(0, 60)}`,
      isSeen: isTerminal || isTree || (isOutlined && isOnPage),
    };
  });
}

/** Tab all the way round: every stop there is. */
async function stops(visitor: Visitor): Promise<string[]> {
  const names: string[] = [];
  for (let press = 0; press < 80; press++) {
    if (await visitor.field.evaluate((field) => field === document.activeElement).catch(() => false))
      await visitor.press('Escape');
    await visitor.press('Tab');
    const { name, isSeen } = await focus(visitor);
    if (name === names[0]) return names;
    // Between the last stop and the first the focus is the browser's own.
    if (name === '') continue;
    expect.soft(isSeen, `one sees that “${name}” has the focus`).toBe(true);
    names.push(name);
  }
  throw new Error(`the way round does not end: ${names.join(' → ')}`);
}

async function tabTo(visitor: Visitor, name: RegExp): Promise<void> {
  for (let press = 0; press < 80; press++) {
    if (name.test((await focus(visitor)).name)) return;
    await visitor.press('Escape', 'Tab');
  }
  throw new Error(`Tab never came to ${name}`);
}

test('Tab comes to everything, the focus is always to be seen, and nothing is a trap', async ({ visitor }) => {
  await visitor.open();
  await visitor.run('SET bar 1');
  await visitor.rests();
  const names = (await stops(visitor)).join('\n');
  for (const part of [
    'Playground',
    'Lessons',
    'Theme',
    'Help',
    'Memory',
    'Buckets',
    'One step back',
    'Play',
    'Position',
    'Speed',
    'Width of the stage',
    'client 1',
    'Terminal',
    'GET hello',
  ]) {
    expect(names).toContain(part);
  }
});

test('from the terminal to the film and back with the keyboard alone', async ({ page, visitor }) => {
  await visitor.open();
  await visitor.run('SET bar 1');
  await visitor.press('Escape', 'Tab');
  await visitor.rests();
  const end = await visitor.place();
  await visitor.move('ArrowLeft');
  await visitor.move('ArrowLeft');
  await visitor.move('ArrowRight');
  await visitor.move('Home');
  await visitor.move('Shift+Home');
  await expect.poll(() => visitor.rows()).toEqual([]);
  await visitor.move('End');
  await expect(visitor.list).toContainText('hello');
  await visitor.press('Shift+End');
  await expect.poll(() => visitor.place()).toBe(end);
  await visitor.press('Shift+Tab');
  await expect(visitor.field).toBeFocused();
  await page.keyboard.type('DBSIZE');
  await visitor.press('Enter');
  await expect(visitor.terminal).toContainText('(integer) 2');
});

test('a key is found and its bytes are read without a mouse', async ({ page, visitor }) => {
  await visitor.open();
  await visitor.rests();
  await tabTo(visitor, /Buckets of the table/);
  await visitor.press('Home', 'ArrowDown', 'ArrowDown', 'ArrowDown');
  await expect(visitor.list.locator('[aria-selected=true]')).toContainText('Bucket 3');
  await expect(visitor.stage.locator('svg .is-focused')).toHaveCount(1);
  await visitor.press('ArrowRight');
  await expect(visitor.list.locator('[aria-selected=true]')).toHaveText('hello, world');
  await visitor.press('Enter');
  const bytes = page.getByLabel('The bytes of hello');
  await expect(bytes).toContainText('string, encoded as embstr');
  await expect(bytes).toContainText('0x');
  await visitor.press('Escape');
  await expect(bytes).toBeHidden();
});

test('help opens with a question mark, keeps the focus while it is open, and gives it back', async ({
  page,
  visitor,
}) => {
  await visitor.open();
  await tabTo(visitor, /Theme/);
  await visitor.press('?');
  const help = page.getByRole('dialog', { name: 'A Redis you can see through' });
  await expect(help).toBeVisible();
  await visitor.press('Tab', 'Tab', 'Tab');
  expect(
    await page.evaluate(
      () => document.activeElement === document.body || document.activeElement?.closest('dialog') !== null,
    ),
  ).toBe(true);
  await visitor.press('Escape');
  await expect(help).toBeHidden();
  expect((await focus(visitor)).name).toContain('Theme');
});

test('the theme is changed, kept, and follows the system again', async ({ page, visitor }) => {
  await visitor.open();
  const root = page.locator('html');
  await expect(root).toHaveAttribute('data-theme', 'light');
  await tabTo(visitor, /Theme: as the system/);
  await visitor.press('Enter');
  await expect(root).toHaveAttribute('data-theme', 'light');
  await visitor.press('Enter');
  await expect(root).toHaveAttribute('data-theme', 'dark');
  await visitor.reload();
  await expect(root).toHaveAttribute('data-theme', 'dark');
  await tabTo(visitor, /Theme: dark/);
  await visitor.press('Space');
  await expect(root).toHaveAttribute('data-theme', 'light');
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect(root).toHaveAttribute('data-theme', 'dark');
});

test('no key of the page acts while one types', async ({ page, visitor }) => {
  await visitor.open();
  await visitor.rests();
  const before = await visitor.place();
  await visitor.focusTerminal();
  await visitor.type('ECHO "is it ? ');
  await visitor.press('ArrowLeft', 'ArrowLeft', 'Home', 'End', 'ArrowRight', 'Shift+Home', 'Shift+End', 'Space');
  await visitor.type('"');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  expect(await visitor.place()).toBe(before);
  expect(await visitor.button('Play').count()).toBe(1);
  await visitor.press('Enter');
  await expect(visitor.terminal).toContainText('"is it ?  "');
});

test('from the first page to a lesson, a prediction and on, with the keyboard alone', async ({ page, visitor }) => {
  await visitor.open();
  await tabTo(visitor, /^a Lessons/);
  await visitor.press('Enter');
  await expect(page.getByRole('heading', { name: 'Lessons', exact: true })).toBeVisible();
  await tabTo(visitor, /FNV-1a/);
  await visitor.press('Enter');
  await expect(page.getByRole('heading', { name: 'Two instructions a byte' })).toBeVisible();
  await visitor.prompt();
  // Until the lesson's own engine stands, there is nothing to run.
  await expect(page.getByRole('button', { name: /^Run SET a 1/ })).toHaveAttribute('aria-disabled', 'false');
  await tabTo(visitor, /^button Run SET a 1/);
  await visitor.press('Enter');
  await expect(page.getByRole('button', { name: 'Next' })).toHaveAttribute('aria-disabled', 'false');
  await tabTo(visitor, /^button Next/);
  await visitor.press('Enter');
  await expect(page.getByRole('heading', { name: 'From number to bucket' })).toBeFocused();
  await expect(page.getByRole('combobox')).toBeVisible();
  await tabTo(visitor, /Buckets of the table/);
  await visitor.press('Home', 'ArrowDown', 'ArrowDown', 'Enter');
  await expect(page.getByRole('combobox')).toHaveValue(/2$/);
  await tabTo(visitor, /That is my prediction/);
  await visitor.press('Enter');
  await expect(page.getByText('You were right.')).toBeVisible();
  const names = (await stops(visitor)).join('\n');
  for (const part of ['All lessons', 'Start over', 'Back', 'Next', 'Terminal of the lesson', 'One step back'])
    expect(names).toContain(part);
});
