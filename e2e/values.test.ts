import { expect, test, type Visitor } from './visitor.ts';

const tab = (visitor: Visitor, name: string) => visitor.stage.getByRole('button', { name: new RegExp(`^${name}`) });

const picture = (visitor: Visitor) => visitor.stage.locator('svg[role=img]');

test('whoever types RPUSH sees the list, and whoever then types GET sees the keys again', async ({ visitor }) => {
  await visitor.open();
  await visitor.run('RPUSH l alpha beta');
  await visitor.rests();
  await expect(tab(visitor, 'Value')).toHaveAttribute('aria-pressed', 'true');
  await expect(picture(visitor)).toContainText('alpha');
  expect(await visitor.rows()).toEqual(['Node 0, 2 elements', ' alpha', ' beta']);
  expect(await visitor.misplacedTexts()).toEqual([]);
  await visitor.run('GET hello');
  await visitor.rests();
  await expect(tab(visitor, 'Table')).toHaveAttribute('aria-pressed', 'true');
  await expect(visitor.keyInPicture('hello')).toBeVisible();
});

test('each structure comes with its command, and every step of it is read in its picture', async ({ visitor }) => {
  test.setTimeout(120_000);
  await visitor.open();
  const seen: readonly (readonly [string, RegExp])[] = [
    ['HSET h name Ada born 1815', /listpack: 2 fields/],
    ['SADD s 3 1 500 -7', /intset: 4 integers/],
    ['ZADD z 1 ada 2.5 bob', /listpack: 2 members/],
    ['SADD w one two three', /hash table of its own: 3 members/],
    ['SETBIT b 100 1', /104 bits in 13 bytes; 1 of them is 1/],
    ['PFADD p a b c', /16,384 registers/],
  ];
  for (const [line, words] of seen) {
    await visitor.run(line);
    await visitor.rests();
    await expect(picture(visitor), line).toContainText(words);
    expect.soft(await visitor.misplacedTexts(), line).toEqual([]);
  }
  await visitor.run('CONFIG SET zset-max-listpack-entries 2');
  await visitor.run('ZADD z 7 eve');
  await visitor.rests();
  await expect(picture(visitor)).toContainText('skip list');
  // Back through the conversion and forward again: the same pictures.
  await visitor.lookAtStage();
  const length = 12;
  const forward: unknown[] = [];
  for (let step = 0; step < length; step++) {
    forward.push((await visitor.moment()).picture);
    await visitor.move('ArrowLeft');
  }
  for (let step = length - 1; step >= 0; step--) {
    await visitor.move('ArrowRight');
    expect((await visitor.moment()).picture, `step ${step} of the way forward`).toEqual(forward[step]);
  }
});

test('a value among too many elements is shown as a whole, and so are the other large ones', async ({
  visitor,
  page,
}) => {
  test.setTimeout(120_000);
  await visitor.open();
  await page.keyboard.insertText(`RPUSH list ${Array.from({ length: 2600 }, (_, at) => `element:${at}`).join(' ')}`);
  await page.keyboard.press('Enter');
  await visitor.prompt();
  await visitor.run('SADD set one two three');
  for (let copy = 0; copy < 8; copy++) await visitor.run(`COPY list copy:${copy}`);
  await visitor.run('RPUSH list last');
  await visitor.rests();
  await expect(tab(visitor, 'Value')).toHaveAttribute('aria-pressed', 'true');
  await expect(picture(visitor)).toContainText('A list of 2,601 elements');
  await expect(picture(visitor)).toContainText('A bar is a node');
  await expect(picture(visitor)).toHaveAccessibleName(/^The value of list: A list of 2,601 elements/);
  expect(await visitor.misplacedTexts()).toEqual([]);
  // In the past it is as it was then.
  await visitor.lookAtStage();
  await visitor.move('ArrowLeft');
  await expect(picture(visitor)).toContainText('2,600');
  await visitor.move('ArrowRight');
  await picture(visitor)
    .getByText(/^copy:\d$/)
    .first()
    .click();
  await expect(picture(visitor)).toContainText('A list of 2,600 elements');
});

test('a click on a key opens its structure, and there are three ways back', async ({ visitor, page }) => {
  await visitor.open();
  await visitor.run('RPUSH l alpha beta');
  await visitor.run('GET hello');
  await visitor.rests();
  await visitor.keyInPicture('l').click();
  await expect(tab(visitor, 'Value')).toHaveAttribute('aria-pressed', 'true');
  await expect(picture(visitor)).toContainText('beta');
  await visitor.lookAtStage();
  await visitor.press('Escape');
  await expect(tab(visitor, 'Table')).toHaveAttribute('aria-pressed', 'true');
  await visitor.keyInPicture('l').click();
  await page
    .locator('svg .cell.has-target')
    .filter({ has: page.locator('title', { hasText: 'back to the table' }) })
    .click();
  await expect(tab(visitor, 'Table')).toHaveAttribute('aria-pressed', 'true');
  await visitor.keyInPicture('l').click();
  await tab(visitor, 'Table').click();
  await expect(visitor.keyInPicture('hello')).toBeVisible();
});

test('a list of tens of thousands answers, and its picture shows its nodes', async ({ visitor }) => {
  test.setTimeout(120_000);
  await visitor.open();
  const words = Array.from({ length: 400 }, (_, at) => `e${at}`).join(' ');
  for (let part = 0; part < 5; part++) {
    await visitor.focusTerminal();
    await visitor.paste(`RPUSH long ${words}`);
    await visitor.press('Enter');
  }
  expect(await visitor.run('LLEN long')).toBe('(integer) 2000');
  await visitor.rests();
  await expect(picture(visitor)).toContainText('2,000 elements');
  expect(await picture(visitor).locator('.glyph').count()).toBeLessThan(2000);
  expect(await visitor.misplacedTexts()).toEqual([]);
});
