import { expect, test, Visitor } from './visitor.ts';

async function secondTab(visitor: Visitor): Promise<Visitor> {
  const second = new Visitor(await visitor.page.context().newPage());
  await second.page.goto('./');
  await second.prompt();
  return second;
}

test('two tabs show one database: what one does, the other shows', async ({ visitor }) => {
  await visitor.open();
  await visitor.run('SET bar 1');
  const second = await secondTab(visitor);
  await expect(second.list).toContainText('bar, 1');
  expect(await second.run('GET bar')).toBe('"1"');
  expect(await second.run('SET baz 2')).toBe('OK');
  expect(await visitor.run('GET baz')).toBe('"2"');
  await expect(visitor.list).toContainText('baz, 2');
  await visitor.run('DEL bar');
  await expect(second.list).not.toContainText('bar');
  await expect(second.saveLight).toContainText('Saved');
});

test('when the first tab is closed the second goes on, and nothing that was answered is lost', async ({ visitor }) => {
  await visitor.open();
  await visitor.run('CONFIG SET appendfsync always');
  const second = await secondTab(visitor);
  await visitor.runAll('SET bar 1', 'SET baz 2');
  await expect(second.list).toContainText('baz, 2');
  await visitor.page.close();
  await expect.poll(() => second.run('MGET bar baz hello')).toBe('1) "1"\n2) "2"\n3) "world"');
  expect(await second.run('SET after 3')).toBe('OK');
  await second.saved();
  await second.reload();
  expect(await second.run('MGET baz after')).toBe('1) "2"\n2) "3"');
});

test('going on from the past in one tab is doing so in both', async ({ visitor }) => {
  await visitor.open();
  await visitor.runAll('SET bar 1', 'SET foo 2');
  const second = await secondTab(visitor);
  await visitor.lookAtStage();
  await visitor.rests();
  await visitor.press('Shift+ArrowLeft');
  await visitor.run('SET other 3');
  await expect(second.list).toContainText('other, 3');
  await expect(second.list).not.toContainText('foo');
  expect(await second.run('MGET bar foo other')).toBe('1) "1"\n2) (nil)\n3) "3"');
});
