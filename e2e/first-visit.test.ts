import { expect, test } from './visitor.ts';

test('on the first visit a key falls into its bucket at once, and the cursor waits in a live terminal', async ({
  page,
  visitor,
}) => {
  await page.goto('./');
  // Well under a second on a desk; these machines are shared, so that only a wrong order of magnitude fails here.
  await expect(visitor.keyInPicture('hello')).toBeVisible({ timeout: 4000 });
  await expect(visitor.terminal).toContainText('OK');
  expect(await visitor.screen()).toEqual(['vitrine> SET hello world', 'OK', 'vitrine>']);
  await expect(visitor.field).toBeFocused();

  await page.keyboard.type('GET hello');
  await page.keyboard.press('Enter');
  await expect
    .poll(() => visitor.screen())
    .toEqual(['vitrine> SET hello world', 'OK', 'vitrine> GET hello', '"world"', 'vitrine>']);
});

test('before the engine has come the page says what it is', async ({ page, visitor }) => {
  let letIn = (): void => undefined;
  const waiting = new Promise<void>((resolve) => (letIn = resolve));
  await page.route(/\/worker[^/]*\.js$/, async (route) => {
    await waiting;
    await route.continue();
  });
  await page.goto('./');
  await expect(page.getByText('This is a Redis you can see through.')).toBeVisible();
  letIn();
  await expect(visitor.keyInPicture('hello')).toBeVisible();
});

test('what is typed while the page still types its own line is not lost', async ({ page, visitor }) => {
  await page.goto('./');
  await expect(visitor.terminal).toContainText('vitrine> S');
  await visitor.focusTerminal();
  await page.keyboard.type('ECHO me');
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await visitor.screen()).slice(-3)).toEqual(['vitrine> ECHO me', '"me"', 'vitrine>']);
});

test('the second visit types nothing by itself and still has the key', async ({ visitor }) => {
  await visitor.open();
  await visitor.saved();
  await visitor.reload();
  expect(await visitor.screen()).toEqual(['vitrine>']);
  await expect(visitor.keyInPicture('hello')).toBeVisible();
  await expect(visitor.list).toContainText('hello, world');
});

test('the picture follows every command: a key is stored, read, given a deadline, deleted', async ({ visitor }) => {
  await visitor.open();
  expect(await visitor.run('SET bar 1')).toBe('OK');
  await expect(visitor.list).toContainText('bar, 1');
  expect(await visitor.run('GET bar')).toBe('"1"');
  await expect(visitor.line).toContainText('GET bar');
  await expect(visitor.caption).toContainText('The reply is “1”');
  expect(await visitor.run('EXPIRE bar 100')).toBe('(integer) 1');
  await expect(visitor.stage.locator('svg .badge', { hasText: /\d+ s/ })).toBeVisible();
  expect(await visitor.run('DEL bar')).toBe('(integer) 1');
  await expect(visitor.keyInPicture('bar')).toHaveCount(0);
  await expect(visitor.list).not.toContainText('bar');
});

test('a suggestion runs in the terminal as if it had been typed', async ({ page, visitor }) => {
  await visitor.open();
  const group = page.getByRole('group', { name: 'What to try next' });
  await group.getByRole('button', { name: 'GET hello' }).click();
  await expect
    .poll(async () => (await visitor.screen()).slice(-3))
    .toEqual(['vitrine> GET hello', '"world"', 'vitrine>']);
  await expect(visitor.field).toBeFocused();
});

test('an address that leads nowhere says so and leads back', async ({ page, visitor }) => {
  await page.goto('./#/no/such/place');
  await expect(page.getByRole('heading', { name: 'Nothing here' })).toBeVisible();
  await page
    .getByRole('main')
    .getByRole('link', { name: /playground/ })
    .click();
  await expect(visitor.stage).toBeVisible();
});
