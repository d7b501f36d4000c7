import { expect, test } from './visitor.ts';

test('hints stand in grey while one types and Tab completes and cycles', async ({ visitor }) => {
  await visitor.open();
  await visitor.press('Control+l');
  await visitor.type('set k');
  await expect.poll(() => visitor.lastLine()).toMatch(/^vitrine> set k value \[NX\s?\|\s?XX\]/);
  await visitor.press('Control+u');
  await visitor.type('getd');
  await visitor.press('Tab');
  await expect.poll(() => visitor.lastLine()).toMatch(/^vitrine> GETDEL key/);
  await visitor.press('Control+u');
  await visitor.type('ge');
  const seen = new Set<string>();
  for (let press = 0; press < 4; press++) {
    const before = await visitor.lastLine();
    await visitor.press('Tab');
    await expect.poll(() => visitor.lastLine()).not.toBe(before);
    await expect.poll(() => visitor.lastLine()).toMatch(/^vitrine> GE\w+/);
    seen.add(/GE\w*/.exec(await visitor.lastLine())?.[0] ?? '');
  }
  expect(seen.size).toBeGreaterThan(2);
  await visitor.press('Control+c');
});

test('history: arrows, Ctrl-R, and it is there on the next visit', async ({ visitor }) => {
  await visitor.open();
  await visitor.runAll('SET city Bern', 'GET city', 'DBSIZE');
  await visitor.press('ArrowUp', 'ArrowUp');
  await expect.poll(() => visitor.lastLine()).toMatch(/^vitrine> GET city/);
  await visitor.press('Control+c', 'Control+r');
  await visitor.type('Ber');
  await expect.poll(() => visitor.lastLine()).toContain("search 'Ber': SET city Bern");
  await visitor.press('Enter');
  await expect
    .poll(async () => (await visitor.screen()).slice(-3))
    .toEqual(['vitrine> SET city Bern', 'OK', 'vitrine>']);
  await visitor.reload();
  await visitor.focusTerminal();
  await visitor.press('ArrowUp');
  await expect.poll(() => visitor.lastLine()).toMatch(/^vitrine> SET city Bern/);
});

test('a number in front repeats the command', async ({ visitor }) => {
  await visitor.open();
  expect(await visitor.run('3 incr q')).toBe('(integer) 1\n(integer) 2\n(integer) 3');
  await expect(visitor.list).toContainText('q, 3');
});

test('a paste with newlines runs nothing before Enter', async ({ visitor }) => {
  await visitor.open();
  await visitor.paste('SET a 1\nSET b 2\nFLUSHALL\n');
  await expect(visitor.terminal).toContainText('Enter runs them');
  await expect(visitor.list).not.toContainText('a, 1');
  await visitor.press('Control+c');
  await visitor.prompt();
  expect(await visitor.run('EXISTS a b hello')).toBe('(integer) 1');
  await visitor.paste('SET a 1\nSET b 2');
  await visitor.press('Enter');
  await expect.poll(async () => (await visitor.screen()).slice(-3)).toEqual(['vitrine> SET b 2', 'OK', 'vitrine>']);
  await expect(visitor.list).toContainText('b, 2');
});

test('Ctrl-C drops the line, Ctrl-L clears the screen, and neither loses anything else', async ({ visitor }) => {
  await visitor.open();
  await visitor.type('SET half');
  await visitor.press('Control+c');
  await expect.poll(async () => (await visitor.screen()).slice(-2)).toEqual(['vitrine> SET half^C', 'vitrine>']);
  await visitor.type('GET hel');
  await visitor.press('Control+l');
  await expect.poll(async () => (await visitor.screen())[0]).toMatch(/^vitrine> GET hel/);
  await visitor.type('lo');
  await visitor.press('Enter');
  await expect.poll(async () => (await visitor.screen()).slice(1)).toEqual(['"world"', 'vitrine>']);
});

test('help explains a command and a group', async ({ visitor }) => {
  await visitor.open();
  const get = await visitor.run('help get');
  expect(get).toContain('GET key');
  expect(get).toMatch(/summary: \S+/);
  await visitor.press('Control+l');
  await visitor.type('help');
  await visitor.press('Enter');
  await expect(visitor.terminal).toContainText('Groups: @');
  await visitor.prompt();
  // No word is broken at the edge of a terminal as narrow as this one.
  expect((await visitor.screen()).filter((row) => row.startsWith('  ')).length).toBeGreaterThan(8);
  expect((await visitor.screen()).filter((row) => /^\S/.test(row))).toEqual(['vitrine>']);
  await visitor.type('help @string');
  await visitor.press('Enter');
  await expect(visitor.terminal).toContainText('SETRANGE');
});

test('errors are said as Redis says them', async ({ page, visitor }) => {
  // Wide enough for a sentence on one row.
  await page.setViewportSize({ width: 1800, height: 720 });
  await visitor.open();
  expect(await visitor.run('foo bar')).toBe("(error) ERR unknown command 'foo', with args beginning with: 'bar'");
  expect(await visitor.run('GET')).toBe("(error) ERR wrong number of arguments for 'get' command");
  expect(await visitor.run('INCR hello')).toBe('(error) ERR value is not an integer or out of range');
  expect(await visitor.run('SET "unbalanced')).toBe('Invalid argument(s)');
  expect(await visitor.run('SET "sp ace" "tab\\x09"')).toBe('OK');
  expect(await visitor.run("GET 'sp ace'")).toBe('"tab\\t"');
});

test('Escape and then Tab leaves the terminal, Tab alone completes', async ({ page, visitor }) => {
  await visitor.open();
  const { field } = visitor;
  await visitor.press('Tab');
  await expect(field).toBeFocused();
  await visitor.press('Escape', 'Tab');
  await expect(field).not.toBeFocused();
  await expect(page.locator(':focus')).toBeVisible();
  await visitor.press('Shift+Tab');
  await expect(field).toBeFocused();
  await visitor.press('Escape', 'Shift+Tab');
  await expect(field).not.toBeFocused();
});
