import { expect, test, type Visitor } from './visitor.ts';

const BIDI = /[\u202a-\u202e\u2066-\u2069\u200e\u200f]/;

/** Whether anything that came from data did something. */
async function ran(visitor: Visitor): Promise<boolean> {
  return visitor.page.evaluate(() => 'hacked' in window || document.title.includes('hacked'));
}

/** What a visitor reads anywhere on the page, names of controls included. */
async function everything(visitor: Visitor): Promise<string> {
  return visitor.page.evaluate(() => {
    const texts = [document.body.innerText, document.title];
    for (const element of document.querySelectorAll('*')) {
      for (const name of ['title', 'aria-label', 'aria-valuetext']) texts.push(element.getAttribute(name) ?? '');
      if (element instanceof SVGElement) texts.push(element.textContent ?? '');
    }
    return texts.join('\n');
  });
}

const strings = {
  markup: '<svg onload="window.hacked=1"><img src=x onerror=window.hacked=1>',
  script: '</script><script>window.hacked=1</script>',
  link: 'javascript:window.hacked=1',
  template: '{@html "<b>"}${window.hacked=1}{{constructor}}',
};

for (const [kind, text] of Object.entries(strings)) {
  test(`${kind} as key and value is text everywhere`, async ({ page, visitor }) => {
    await visitor.open();
    await visitor.paste(`SET '${text}' '${text}'`);
    await visitor.press('Enter');
    await expect(visitor.list).toContainText(text.slice(0, 8));
    await visitor.rests();
    await visitor.run('KEYS *');
    await visitor.list.focus();
    await visitor.press('Home', 'ArrowRight');
    for (let press = 0; press < 6; press++) await visitor.press('ArrowDown', 'ArrowRight', 'Enter');
    for (const panel of [/^Memory/, /^Deadlines/, /^Log/, /^Table/]) await visitor.button(panel).click();
    expect(await ran(visitor)).toBe(false);
    expect(await page.locator('a[href^="javascript:"], [onload], [onerror], .stage img, .stage b').count()).toBe(0);
    await visitor.reload();
    await expect(visitor.list).toContainText(text.slice(0, 8));
    expect(await ran(visitor)).toBe(false);
  });
}

test('escape sequences in data reach the terminal as words, never as sequences', async ({ page, context, visitor }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await visitor.open();
  await page.evaluate(() => navigator.clipboard.writeText('mine'));
  const value = '\\x1b]52;c;aGFja2Vk\\x07\\x1b]0;hacked\\x07\\x1b]8;;https://vitrine.invalid\\x07x\\x1bc\\x1b[2J\\x1b[6n';
  expect(await visitor.run(`SET trap "${value}"`)).toBe('OK');
  const reply = await visitor.run('GET trap');
  expect(reply.replaceAll('\n', '')).toBe(`"${value.replaceAll('\\x07', '\\a')}"`);
  await visitor.paste('ECHO "\u001b]0;hacked\u0007\u001b[2J"');
  await visitor.press('Enter');
  await visitor.prompt();
  await visitor.run('GETT "\\x1b]0;hacked\\x07"');
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('mine');
  expect(await ran(visitor)).toBe(false);
  expect(await page.locator('.xterm a, .xterm-rows [href]').count()).toBe(0);
  // The device query was not answered into the line.
  expect(await visitor.lastLine()).toBe('vitrine>');
  expect(await everything(visitor)).not.toContain('\u001b');
});

test('a key that would turn the text around does not', async ({ visitor }) => {
  await visitor.open();
  await visitor.paste('SET "abc\u202e\u2066gpj.exe" "\u200fvalue\u202e"');
  await visitor.press('Enter');
  await visitor.prompt();
  await expect(visitor.list).toContainText('gpj.exe');
  await visitor.rests();
  expect(await everything(visitor)).not.toMatch(BIDI);
  await visitor.list.focus();
  await visitor.press('Home');
  for (let press = 0; press < 6; press++) await visitor.press('ArrowDown', 'ArrowRight', 'Enter');
  await visitor.run('KEYS *');
  for (const panel of [/^Memory/, /^Log/]) {
    await visitor.button(panel).click();
    expect(await everything(visitor)).not.toMatch(BIDI);
  }
});

test('a value of a megabyte, and a key of one, are taken in stride', async ({ visitor }) => {
  await visitor.open();
  await visitor.paste(`SET huge ${'v'.repeat(1_000_000)}`);
  await visitor.press('Enter');
  await expect(visitor.list).toContainText('huge', { timeout: 20_000 });
  await visitor.press('Control+l');
  expect(await visitor.run('STRLEN huge')).toBe('(integer) 1000000');
  await visitor.press('Control+l');
  await visitor.type('GET huge');
  await visitor.press('Enter');
  await expect.poll(() => visitor.lastLine(), { timeout: 20_000 }).toBe('vitrine>');
  await visitor.paste(`SET ${'k'.repeat(1_000_000)} 1`);
  await visitor.press('Enter');
  await expect.poll(() => visitor.run('DBSIZE'), { timeout: 20_000 }).toBe('(integer) 3');
  await visitor.rests();
  await visitor.lookAtStage();
  await visitor.press('Home');
  await visitor.press('End');
  expect(await visitor.misplacedTexts()).toEqual([]);
  const widest = await visitor.stage.locator('svg .cell > .body').evaluateAll((bodies) => Math.max(...bodies.map((body) => body.getBoundingClientRect().right)));
  expect(widest).toBeLessThan(1280 * 0.63);
  await visitor.saved();
  await visitor.reload();
  expect(await visitor.run('STRLEN huge')).toBe('(integer) 1000000');
});

test('bytes that are no text are shown as bytes', async ({ visitor }) => {
  await visitor.open();
  expect(await visitor.run('SET "\\xff\\x00\\x01" "\\xc3\\x28\\n"')).toBe('OK');
  expect(await visitor.run('GET "\\xff\\x00\\x01"')).toBe('"\\xc3(\\n"');
  expect(await everything(visitor)).not.toMatch(/[\u0000-\u0008\u000e-\u001f]/);
});

test('names that JavaScript knows are keys like any other', async ({ visitor }) => {
  await visitor.open();
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    expect(await visitor.run(`SET ${name} ${name}`)).toBe('OK');
    expect(await visitor.run(`GET ${name}`)).toBe(`"${name}"`);
  }
  expect(await visitor.run('__proto__ x')).toContain("unknown command '__proto__'");
  expect(await visitor.run('help constructor')).toContain('Nothing is known');
  expect(await visitor.run('DBSIZE')).toBe('(integer) 5');
});

test('what another program left in the page’s own settings is not believed', async ({ page, visitor }) => {
  await page.addInitScript(() => {
    localStorage.setItem('vitrine:history', '{"__proto__":[1]}');
    localStorage.setItem('vitrine:theme', '"<svg onload=alert(1)>"');
    localStorage.setItem('vitrine:split', '1e999');
    localStorage.setItem('vitrine:lessons', '{"hashing/fnv-1a":{"page":1e9,"isDone":"yes"}}');
    localStorage.setItem('vitrine:visited', 'nonsense');
    localStorage.setItem('vitrine:presenter', '[');
  });
  await page.goto('./');
  await expect(visitor.terminal).toContainText('OK');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');
  await page.goto('./#/lessons/hashing/fnv-1a');
  await expect(page.getByRole('heading', { name: 'Two instructions a byte' })).toBeVisible();
});

for (const path of ['#/lessons/__proto__/constructor', '#/lessons/..%2f..%2fetc/passwd', '#/%E0%A4%A', '#/<svg onload=window.hacked=1>', '#javascript:alert(1)']) {
  test(`an address such as ${path} leads to a page that says so`, async ({ page, visitor }) => {
    await page.goto(`./${path}`);
    await expect(page.getByRole('heading', { level: 1 }).locator('visible=true')).toHaveText(/No such lesson|Nothing here/);
    expect(await ran(visitor)).toBe(false);
  });
}

test('a stored log that is damaged is left as it is, and that is said', async ({ page, visitor }) => {
  await visitor.open();
  await visitor.runAll('SET bar 1', 'SET foo 2');
  await visitor.saved();
  const damage = (): Promise<number[]> =>
    page.evaluate(async () => {
      const database = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open('vitrine:vitrine');
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error ?? new Error('no database'));
      });
      const [name = ''] = [...database.objectStoreNames].filter((store) => store.startsWith('record'));
      return new Promise<number[]>((resolve, reject) => {
        const store = database.transaction(name, 'readwrite').objectStore(name);
        const sizes: number[] = [];
        store.openCursor().onsuccess = ({ target }) => {
          const cursor = (target as IDBRequest<IDBCursorWithValue | null>).result;
          if (!cursor) {
            database.close();
            resolve(sizes);
            return;
          }
          const bytes = cursor.value as Uint8Array;
          // The first record's first command says that it has a million arguments of a kind that there is none of.
          if (sizes.length === 0) bytes.set(new TextEncoder().encode('*9\r\n!'), 0);
          sizes.push(bytes.length);
          cursor.update(bytes).onerror = () => reject(new Error('not written'));
        };
      });
    });
  const sizes = await damage();
  expect(sizes.length).toBeGreaterThan(0);
  await page.reload();
  await expect(visitor.saveLight).toContainText('damaged');
  await visitor.prompt();
  expect(await visitor.run('SET new 1')).toBe('OK');
  await page.reload();
  await expect(visitor.saveLight).toContainText('damaged');
  await visitor.prompt();
  expect(await visitor.run('EXISTS new')).toBe('(integer) 0');
});
