import type { Page } from '@playwright/test';

import { expect, test, Visitor } from './visitor.ts';

/** The renderer dies at once: no unload, no message to the worker, nothing is put away. */
async function kill(page: Page): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  const crashed = page.waitForEvent('crash');
  // Never answered, for there is nobody left to do so.
  devtools.send('Page.crash').catch(() => undefined);
  await crashed;
}

async function again(page: Page): Promise<Visitor> {
  const visitor = new Visitor(await page.context().newPage());
  await visitor.page.goto('./');
  await visitor.prompt();
  return visitor;
}

for (const policy of ['always', 'everysec', 'no'] as const) {
  test(`after a reload the keys are there under appendfsync ${policy}`, async ({ visitor }) => {
    await visitor.open();
    expect(await visitor.run(`CONFIG SET appendfsync ${policy}`)).toBe('OK');
    await visitor.runAll('SET kept 1', 'APPEND kept 23', 'SET mortal 1 EX 1000', 'DEL hello');
    // What is promised: at once, within a second, when the light says so. An answer under `always` is the promise itself.
    if (policy !== 'always')
      await expect(visitor.saveLight).toContainText('Saved', { timeout: policy === 'no' ? 20_000 : 5000 });
    await visitor.reload();
    expect(await visitor.run('MGET kept hello')).toBe('1) "123"\n2) (nil)');
    expect(Number((await visitor.run('TTL mortal')).replace('(integer) ', ''))).toBeGreaterThan(900);
    await expect(visitor.list).toContainText('kept, 123');
    await expect(visitor.list).not.toContainText('hello');
  });
}

test('under appendfsync always what was answered outlives the page, however it dies', async ({ page, visitor }) => {
  await visitor.open();
  await visitor.run('CONFIG SET appendfsync always');
  await visitor.run('SET answered 1');
  await kill(page);
  const second = await again(page);
  expect(await second.run('GET answered')).toBe('"1"');
  await second.run('CONFIG SET appendfsync always');
  await second.runAll('MULTI', 'SET one 1', 'SET two 2');
  expect(await second.run('EXEC')).toBe('1) OK\n2) OK');
  await second.page.close({ runBeforeUnload: false });
  const third = await again(second.page);
  expect(await third.run('MGET answered one two')).toBe('1) "1"\n2) "1"\n3) "2"');
});

test('a page that dies in the middle of a stream of SETs keeps every one that was answered', async ({
  page,
  visitor,
}) => {
  await visitor.open();
  await visitor.run('CONFIG SET appendfsync always');
  const count = 40;
  await visitor.paste(Array.from({ length: count }, (_, at) => `SET k${at} ${at}`).join('\n'));
  await visitor.press('Enter');
  await expect(visitor.terminal).toContainText('SET k12');
  const answered = (await visitor.screen()).join('\n').match(/SET k(\d+) \d+\nOK/g) ?? [];
  await kill(page);
  const second = await again(page);
  const kept = Number((await second.run('DBSIZE')).replace('(integer) ', ''));
  const last = Number(/k(\d+)/.exec(answered.at(-1) ?? '')?.[1] ?? -1);
  expect(last).toBeGreaterThan(5);
  // `hello` is there as well, and then a prefix without a gap.
  expect(kept).toBeGreaterThanOrEqual(last + 2);
  expect(await second.run(`EXISTS k0 k${last} k${kept - 2}`)).toBe('(integer) 3');
});

test.describe('storage that fails', () => {
  /**
   * Room for the page's own tables and little more. Chromium asks for the quota only when what it was granted before is
   * used up, so this must be said before the first byte is written.
   */
  async function littleRoom(page: Page, origin: string): Promise<{ giveMore(): Promise<unknown> }> {
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 100_000 });
    return { giveMore: () => devtools.send('Storage.overrideQuotaForOrigin', { origin }) };
  }
  const big = `SET big ${'x'.repeat(60_000)}`;

  async function setBig(visitor: Visitor): Promise<void> {
    await visitor.press('Control+l');
    await visitor.paste(big);
    await visitor.press('Enter');
    await visitor.prompt();
  }

  test('when storage is full that is said, reading goes on, and it is made up for when there is room again', async ({
    page,
    visitor,
    baseURL,
  }) => {
    const storage = await littleRoom(page, new URL(baseURL ?? '').origin);
    await visitor.open();
    await visitor.saved();
    await setBig(visitor);
    await expect(visitor.saveLight).toContainText('Not saved', { timeout: 4000 });
    await expect(visitor.saveLight).toContainText('Reading still works');
    expect(await visitor.run('GET hello')).toBe('"world"');
    expect(await visitor.run('STRLEN big')).toBe('(integer) 60000');
    await storage.giveMore();
    await visitor.saved();
    await visitor.reload();
    expect(await visitor.run('STRLEN big')).toBe('(integer) 60000');
  });

  test('under appendfsync always a write that cannot be kept is not answered as if it were', async ({
    page,
    visitor,
    baseURL,
  }) => {
    const storage = await littleRoom(page, new URL(baseURL ?? '').origin);
    await visitor.open();
    await visitor.run('CONFIG SET appendfsync always');
    await setBig(visitor);
    expect((await visitor.screen()).join('\n')).not.toMatch(/^OK$/m);
    await expect(visitor.saveLight).toContainText('Not saved');
    expect(await visitor.run('SET more 1')).toContain('(error) MISCONF');
    expect(await visitor.run('GET hello')).toBe('"world"');
    await storage.giveMore();
    await visitor.saved();
    await expect.poll(() => visitor.run('SET more 1')).toBe('OK');
  });

  const denials = {
    'is refused when it is opened': `IDBFactory.prototype.open = () => { throw new DOMException('denied', 'SecurityError'); };`,
    'may not even be looked at': `Object.defineProperty(self, 'indexedDB', { get() { throw new DOMException('denied', 'SecurityError'); } });`,
    'does not exist': `Object.defineProperty(self, 'indexedDB', { value: undefined });`,
  };
  for (const [how, script] of Object.entries(denials)) {
    test(`where IndexedDB ${how}, the page works from memory and says so`, async ({ page, visitor }) => {
      await page.route('**/worker-*.js', async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response, body: `${script}\n${await response.text()}` });
      });
      await visitor.open();
      await expect(visitor.saveLight).toContainText('Not kept');
      await expect(visitor.saveLight).toContainText('Nothing will be here after a reload');
      expect(await visitor.run('SET bar 1')).toBe('OK');
      await expect(visitor.keyInPicture('bar')).toBeVisible();
      await visitor.reload();
      expect(await visitor.run('EXISTS bar')).toBe('(integer) 0');
    });
  }

  test('a browser that keeps nothing at all, not even a setting, still has a first visit', async ({
    page,
    visitor,
  }) => {
    await page.addInitScript(() => {
      Object.defineProperty(window, 'localStorage', {
        get() {
          throw new DOMException('denied', 'SecurityError');
        },
      });
    });
    await visitor.open();
    await expect(visitor.keyInPicture('hello')).toBeVisible();
    await page.getByRole('button', { name: /^Theme/ }).click();
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');
  });
});
