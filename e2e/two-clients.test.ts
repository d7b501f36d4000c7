import { expect, test, type Visitor } from './visitor.ts';

async function openSecond(visitor: Visitor): Promise<void> {
  await visitor.button('Open another client').click();
  await expect(visitor.page.getByRole('tab', { name: 'client 2' })).toHaveAttribute('aria-selected', 'true');
  await visitor.prompt();
}

const show = (visitor: Visitor, client: 1 | 2) => visitor.page.getByRole('tab', { name: `client ${client}` }).click();

test('two terminals are two clients: their ids, names, databases and transactions are their own', async ({
  visitor,
}) => {
  await visitor.open();
  const first = await visitor.run('CLIENT ID');
  await visitor.run('CLIENT SETNAME one');
  expect(await visitor.run('MULTI')).toBe('OK');
  expect(await visitor.lastLine()).toBe('vitrine(TX)>');
  expect(await visitor.run('SET queued 1')).toBe('QUEUED');

  await openSecond(visitor);
  expect(await visitor.run('CLIENT ID')).not.toBe(first);
  expect(await visitor.run('CLIENT GETNAME')).toBe('(nil)');
  expect(await visitor.run('EXISTS queued')).toBe('(integer) 0');
  await visitor.run('SELECT 3');
  expect(await visitor.lastLine()).toBe('vitrine[3]>');

  await show(visitor, 1);
  expect(await visitor.lastLine()).toBe('vitrine(TX)>');
  expect(await visitor.run('EXEC')).toBe('1) OK');
  expect(await visitor.run('CLIENT GETNAME')).toBe('"one"');
  expect(await visitor.run('EXISTS queued')).toBe('(integer) 1');
});

test('WATCH sees what the other client touched, and EXEC does nothing', async ({ visitor }) => {
  await visitor.open();
  await visitor.runAll('SET seat free', 'WATCH seat', 'MULTI', 'SET seat mine');
  await openSecond(visitor);
  expect(await visitor.run('SET seat taken')).toBe('OK');
  await show(visitor, 1);
  expect(await visitor.run('EXEC')).toBe('(nil)');
  expect(await visitor.run('GET seat')).toBe('"taken"');
  await expect(visitor.list).toContainText('seat, taken');
});

test('a client that is closed is gone from the server, and the other goes on', async ({ page, visitor }) => {
  await visitor.open();
  await openSecond(visitor);
  expect((await visitor.run('CLIENT LIST')).match(/\bid=/g)).toHaveLength(2);
  await visitor.button('Close client 2').click();
  await expect(page.getByRole('tab', { name: 'client 1' })).toBeFocused();
  expect((await visitor.run('CLIENT LIST')).match(/\bid=/g)).toHaveLength(1);
});

test('a client that the other kills says so and connects again with its next command', async ({ visitor }) => {
  await visitor.open();
  const id = (await visitor.run('CLIENT ID')).replace('(integer) ', '');
  await openSecond(visitor);
  expect(await visitor.run(`CLIENT KILL ID ${id}`)).toBe('(integer) 1');
  await show(visitor, 1);
  await expect(visitor.terminal).toContainText('Connection lost');
  expect(await visitor.lastLine()).toBe('not connected>');
  expect(await visitor.run('PING')).toBe('PONG');
  expect(await visitor.run('CLIENT ID')).not.toBe(`(integer) ${id}`);
});
