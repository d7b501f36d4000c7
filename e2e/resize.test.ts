import { expect, test, type Moment, type Visitor } from './visitor.ts';

/** The page itself has set `hello`: the fifth key is one too many for four buckets. */
const FILL = ['SET bar 1', 'SET foo 2', 'SET city 3', 'SET apple 4'];
/** Each moves one bucket of four. */
const MOVES = ['GET hello', 'GET hello', 'GET hello', 'GET hello'];

async function fill(visitor: Visitor): Promise<void> {
  await visitor.open();
  await visitor.runAll(...FILL, ...MOVES);
  await visitor.lookAtStage();
  await visitor.rests();
}

/** Every moment from here to the start of the film or to its end. */
async function walk(
  visitor: Visitor,
  key: 'ArrowLeft' | 'ArrowRight',
  isOver: () => Promise<boolean>,
): Promise<Moment[]> {
  const moments = [await visitor.moment()];
  while (!(await isOver())) {
    await visitor.move(key);
    moments.push(await visitor.moment());
  }
  return moments;
}

test('SETs past the load factor make a second table, and the commands that follow move bucket by bucket', async ({
  visitor,
}) => {
  await visitor.open();
  await visitor.runAll(...FILL.slice(0, -1));
  expect((await visitor.rows()).filter((row) => row.startsWith('Bucket'))).toHaveLength(4);
  await visitor.run('SET apple 4');
  await expect(visitor.list).toContainText('of the new table');
  await visitor.rests();
  const rows = await visitor.rows();
  expect(rows.filter((row) => row.includes('of the old table'))).toHaveLength(4);
  expect(rows.filter((row) => row.includes('of the new table'))).toHaveLength(8);
  await visitor.runAll(...MOVES);
  await expect(visitor.list).not.toContainText('table');
  await visitor.rests();
  const after = await visitor.rows();
  expect(after.filter((row) => row.startsWith('Bucket'))).toHaveLength(8);
  expect(after.filter((row) => row.startsWith(' '))).toHaveLength(5);
});

test.describe('step by step', () => {
  // Where nothing moves each picture can be compared at once, and the whole way is walked.
  test.use({ contextOptions: { reducedMotion: 'reduce' } });

  test('back through the whole resize and forward again, every beat is the same as before', async ({ visitor }) => {
    await fill(visitor);
    const end = await visitor.moment();
    const back = await walk(visitor, 'ArrowLeft', () => visitor.isAtStart());
    expect(back.length).toBeGreaterThan(60);
    expect(back.at(-1)?.list).toEqual([]);
    const forward = await walk(visitor, 'ArrowRight', () => visitor.isAtEnd());
    expect(forward.length).toBe(back.length);
    back.reverse().forEach((moment, at) => expect(forward[at], `beat ${at}`).toEqual(moment));
    expect(await visitor.moment()).toEqual(end);
    // Nearly every beat is to be seen: a sentence or a picture that nothing else has.
    const told = new Set(forward.map(({ caption, line }) => `${line} ${caption}`));
    expect(told.size).toBeGreaterThan(forward.length * 0.8);
    expect(forward.filter(({ caption }) => caption === '').length).toBeLessThanOrEqual(1);
  });
});

test('with motion, too, going back and forth over the move of a bucket ends exactly where it began', async ({
  visitor,
}) => {
  await fill(visitor);
  const end = await visitor.moment();
  for (let press = 0; press < 8; press++) await visitor.press('ArrowLeft');
  const before = await visitor.moment();
  expect(before).not.toEqual(end);
  // Faster than anything can move: each step interrupts the one before it.
  for (let press = 0; press < 8; press++) await visitor.press('ArrowRight');
  expect(await visitor.moment()).toEqual(end);
  for (let press = 0; press < 8; press++) await visitor.press('ArrowLeft');
  expect(await visitor.moment()).toEqual(before);
  await visitor.press('Shift+End');
  expect(await visitor.moment()).toEqual(end);
});

test('the resize has its marks on the film, and they lead to it', async ({ visitor }) => {
  await fill(visitor);
  await visitor.button(/^Go to command \d+: .*resize begins/).click();
  await expect(visitor.line).toContainText('SET apple 4');
  await expect(visitor.list).toContainText('of the new table');
  await visitor.button('To the present').click();
  await expect(visitor.line).toContainText('9 of 9');
  await expect(visitor.list).not.toContainText('of the new table');
});

test('a big table is filled and resized under the film without a word of complaint', async ({ visitor }) => {
  await visitor.open();
  for (let batch = 0; batch < 6; batch++) {
    const pairs = Array.from({ length: 400 }, (_, at) => `k${batch * 400 + at} v`).join('\n');
    await visitor.paste(`MSET ${pairs.replaceAll('\n', ' ')}`);
    await visitor.press('Enter');
    await visitor.prompt();
  }
  expect(await visitor.run('DBSIZE')).toBe('(integer) 2401');
  await visitor.lookAtStage();
  await visitor.press('Shift+Home');
  await expect.poll(() => visitor.rows()).toEqual([]);
  await visitor.press('Shift+End');
  await expect(visitor.line).toContainText('DBSIZE');
  expect(await visitor.run('GET k2399')).toBe('"v"');
});
