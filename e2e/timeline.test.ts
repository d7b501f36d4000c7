import { expect, test } from './visitor.ts';

test('the scrubber goes to the first command and forward again, by key and by pointer', async ({ page, visitor }) => {
  await visitor.open();
  await visitor.runAll('SET bar 1', 'SET foo 2', 'DEL bar', 'APPEND foo 2');
  await visitor.rests();
  const end = await visitor.moment();

  await visitor.scrubber.focus();
  await page.keyboard.press('Home');
  await expect.poll(() => visitor.rows()).toEqual([]);
  for (const line of ['SET hello world', 'SET bar 1', 'SET foo 2', 'DEL bar', 'APPEND foo 2'].slice(1)) {
    await page.keyboard.press('ArrowRight');
    await expect(visitor.line).toContainText(line);
  }
  expect(await visitor.moment()).toEqual(end);

  const box = await visitor.scrubber.boundingBox();
  if (!box) throw new Error('the scrubber is not to be seen');
  await page.mouse.move(box.x + box.width - 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + 1, box.y + box.height / 2, { steps: 8 });
  await expect.poll(() => visitor.rows()).toEqual([]);
  await expect(visitor.line).toContainText(/SET hello world|before the first/);
  await page.mouse.move(box.x + box.width + 40, box.y + box.height / 2, { steps: 8 });
  await page.mouse.up();
  await expect(visitor.line).toContainText('APPEND foo 2');
  expect((await visitor.moment()).list).toEqual(end.list);
});

test('a key whose time is over goes by itself, leaves a mark, and is there again in the past', async ({ visitor }) => {
  await visitor.open();
  await visitor.run('SET soon 1');
  await visitor.run('EXPIRE hello 1');
  await expect(visitor.list).not.toContainText('hello', { timeout: 15_000 });
  await expect(visitor.keyInPicture('hello')).toHaveCount(0);
  await expect(visitor.keyInPicture('soon')).toBeVisible();
  await expect(visitor.line).toContainText('Time passes');
  expect(await visitor.run('TTL hello')).toBe('(integer) -2');

  await visitor.button(/^Go to command \d+: keys expire/).click();
  await expect(visitor.line).toContainText('Time passes');
  await visitor.lookAtStage();
  await visitor.press('Home');
  await expect(visitor.list).toContainText('hello, world');
  await visitor.press('End');
  await expect(visitor.list).not.toContainText('hello');
});

test('FLUSHALL empties the picture, and one step back nothing is lost', async ({ visitor }) => {
  await visitor.open();
  await visitor.runAll('SET bar 1', 'SET foo 2');
  await visitor.rests();
  const full = await visitor.rows();
  expect(await visitor.run('FLUSHALL')).toBe('OK');
  await expect(visitor.keyInPicture('bar')).toHaveCount(0);
  await expect(visitor.list).not.toContainText('bar');
  await expect(visitor.button(/^Go to command \d+: all keys are removed/)).toBeVisible();
  await visitor.lookAtStage();
  await visitor.press('Home');
  expect(await visitor.rows()).toEqual(full);
  await visitor.press('Shift+End');
  await expect(visitor.list).not.toContainText('bar');
});

test('play, pause and speed do what they say', async ({ visitor }) => {
  await visitor.open();
  await visitor.runAll('SET bar 1', 'GET bar');
  await visitor.lookAtStage();
  await visitor.press('Shift+Home');
  await visitor.button('Play').click();
  await expect(visitor.button('Pause')).toBeVisible();
  await visitor.button('Pause').click();
  await expect(visitor.button('Play')).toBeVisible();
  const stopped = await visitor.place();
  await visitor.button('Speed: 1 times').click();
  await visitor.button('Speed: 2 times').click();
  await expect(visitor.button('Speed: 4 times')).toBeVisible();
  expect(await visitor.place()).toBe(stopped);
  await visitor.lookAtStage();
  await visitor.press('Space');
  await expect(visitor.button('Play')).toBeVisible({ timeout: 30_000 });
  await expect(visitor.line).toContainText('GET bar');
  expect(await visitor.isAtEnd()).toBe(true);
});

test('what is typed in the past goes on from there, and what came after it is kept to return to', async ({
  page,
  visitor,
}) => {
  await visitor.open();
  await visitor.runAll('SET bar 1', 'SET foo 2', 'DEL bar');
  await visitor.lookAtStage();
  await visitor.rests();
  await visitor.press('Shift+ArrowLeft', 'Shift+ArrowLeft');
  await expect(visitor.line).toContainText('SET bar 1');
  await expect(page.getByRole('note')).toContainText('What you type now continues from here');
  expect(await visitor.run('SET other 3')).toBe('OK');
  await expect(page.getByRole('note')).toHaveCount(0);
  await expect(visitor.line).toContainText('SET other 3');
  await expect(visitor.line).toContainText('3 of 3');
  expect(await visitor.run('MGET bar foo other')).toBe('1) "1"\n2) (nil)\n3) "3"');
  await expect(visitor.list).not.toContainText('foo');

  await page.getByRole('button', { name: 'Return to commands 3 to 4' }).click();
  await expect(visitor.list).toContainText('foo, 2');
  await expect(visitor.list).not.toContainText('other');
  expect(await visitor.run('MGET bar foo other')).toBe('1) (nil)\n2) "2"\n3) (nil)');
  await visitor.saved();
  await visitor.reload();
  expect(await visitor.run('MGET bar foo other hello')).toBe('1) (nil)\n2) "2"\n3) (nil)\n4) "world"');
});

test('after going on from the past a reload finds what there is now, and not what was left', async ({ visitor }) => {
  await visitor.open();
  await visitor.runAll('SET bar 1', 'SET foo 2');
  await visitor.saved();
  await visitor.lookAtStage();
  await visitor.rests();
  await visitor.press('Shift+Home');
  expect(await visitor.run('SET first 0')).toBe('OK');
  expect(await visitor.run('KEYS *')).toBe('1) "first"');
  await visitor.saved();
  await visitor.reload();
  expect(await visitor.run('KEYS *')).toBe('1) "first"');
});

test('commands that come while one looks at the past are only added at the end', async ({ page, visitor }) => {
  await visitor.open();
  await visitor.run('SET soon 1 EX 2');
  await visitor.lookAtStage();
  await visitor.press('Shift+Home');
  await expect.poll(() => visitor.rows()).toEqual([]);
  await expect(visitor.scrubber).toHaveAttribute('aria-valuemax', '3', { timeout: 15_000 });
  expect(await visitor.rows()).toEqual([]);
  await expect(page.getByRole('note')).toBeVisible();
  await visitor.press('Shift+End');
  await expect(visitor.list).not.toContainText('soon');
  await expect(visitor.list).toContainText('hello, world');
});
