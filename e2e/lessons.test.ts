import type { Page } from '@playwright/test';

import { expect, test, Visitor } from './visitor.ts';

/** Somebody who reads, tries what is said, and predicts before looking. */
class Learner extends Visitor {
  constructor(page: Page) {
    super(page);
  }

  async openLesson(title: string, first: string): Promise<void> {
    await this.page.goto('./#/lessons');
    await this.page.getByRole('link', { name: new RegExp(title) }).click();
    await this.reads(first);
    await this.prompt();
  }

  /** The page with this title is shown. */
  async reads(title: string): Promise<void> {
    await expect(this.page.getByRole('heading', { level: 2, name: title, exact: true })).toBeVisible();
  }

  get lesson() {
    return this.page.getByRole('region', { name: 'Lesson', exact: true });
  }

  get isNextLoud() {
    return this.page.getByRole('button', { name: 'Next' });
  }

  async next(title: string): Promise<void> {
    await expect(this.isNextLoud).toHaveAttribute('aria-disabled', 'false');
    await this.isNextLoud.click();
    await this.reads(title);
  }

  /** The page cannot be left before it is done. */
  async mustStay(): Promise<void> {
    await expect(this.isNextLoud).toHaveAttribute('aria-disabled', 'true');
  }

  /** Clicks a bucket in the picture and says that this is the prediction. */
  async predictBucket(bucket: number, which: 'old' | 'new' = 'old'): Promise<void> {
    await this.mustStay();
    await expect(this.stage.locator('.picking')).toBeVisible();
    await this.rests();
    const found = this.bucketInPicture(bucket);
    await (which === 'old' ? found.first() : found.last()).click();
    await expect(this.lesson.getByRole('combobox')).not.toHaveValue('');
    await this.lesson.getByRole('button', { name: 'That is my prediction' }).click();
  }

  async predict(choice: string): Promise<void> {
    await this.mustStay();
    await this.lesson.getByRole('radio', { name: choice }).check();
    const submit = this.lesson.getByRole('button', { name: 'That is my prediction' });
    await expect(submit).toHaveAttribute('aria-disabled', 'false');
    await submit.click();
  }

  async wasRight(): Promise<void> {
    await expect(this.lesson.getByText('You were right.')).toBeVisible({ timeout: 20_000 });
  }

  /** A wrong answer gets its own words, and then the right one. */
  async wasWrong(feedback: string, truth: string): Promise<void> {
    await expect(this.lesson).toContainText(feedback);
    await expect(this.lesson).toContainText(truth, { timeout: 20_000 });
    await expect(this.lesson.getByText('You were right.')).toHaveCount(0);
  }

  async isDone(title: string): Promise<void> {
    await this.page.goto('./#/lessons');
    await expect(this.page.getByRole('link', { name: new RegExp(title) })).toContainText('done');
  }
}

test('FNV-1a, with a wrong prediction that is answered in its own words', async ({ page }) => {
  const learner = new Learner(page);
  await learner.openLesson('FNV-1a', 'Two instructions a byte');
  await learner.mustStay();
  expect(await learner.run('SET a 1')).toBe('OK');

  await learner.next('From number to bucket');
  await expect(learner.list).not.toContainText('bar');
  await learner.predictBucket(1);
  await learner.wasWrong('You read the number from the left.', 'which is bucket 2');
  await expect(learner.stage.locator('svg .mark-wrong')).toHaveCount(1);
  await expect(learner.stage.locator('svg .mark-right')).not.toHaveCount(0);
  await expect(learner.list).toContainText('bar, 1');

  await learner.next('One letter changed');
  await learner.predict('2 to 11');
  await learner.wasRight();
  await learner.next('Murmur beside it');
  await learner.next('Your turn');
  await learner.mustStay();
  expect(await learner.run('SET nowhere 1')).toBe('OK');
  await learner.run('SET hello 1');
  await expect(learner.lesson.getByText('Reached.').first()).toBeAttached();
  await learner.next('What you’ve learned');
  await learner.next('See also');
  await expect(page.getByRole('link', { name: 'Next lesson: The key that was not stored' })).toBeVisible();
  await learner.isDone('FNV-1a');
});

test('The key that was not stored: an exhibit of the museum, and it says that it is one', async ({ page }) => {
  const learner = new Learner(page);
  await learner.openLesson('The key that was not stored', 'It works');
  await expect(learner.stage.locator('.badge:not(svg *)')).toBeVisible();
  expect(await learner.run('SET bar 1')).toBe('OK');
  await learner.mustStay();
  expect(await learner.run('GET bar')).toBe('"1"');
  await learner.next('A key that nobody set');
  await learner.predictBucket(2);
  await learner.wasRight();
  await learner.next('What does it answer?');
  await learner.predict('(nil)');
  await learner.wasWrong('the key was used to find the bucket', 'It answers 1, for a key that does not exist');
  await learner.next('Take it further');
  await learner.run('DEL baz');
  await learner.next('How it happens');
  await learner.next('What you’ve learned');
  await learner.next('See also');
  await page.getByRole('link', { name: 'Next lesson: Overwritten' }).click();
  await learner.reads('The repair');
  await learner.isDone('The key that was not stored');
});

test('Overwritten: the second exhibit, done to its end', async ({ page }) => {
  const learner = new Learner(page);
  await learner.openLesson('Overwritten', 'The repair');
  await expect(learner.stage.locator('.badge:not(svg *)')).toBeVisible();
  expect(await learner.run('KEYS *')).toBe('1) "bar"');
  expect(await learner.run('GET bar')).toBe('"1"');
  await learner.next('A second key');
  await learner.predictBucket(2);
  await learner.wasRight();
  await learner.next('And the first one?');
  await learner.predict('"1"');
  await learner.wasWrong('OK said that it was written.', 'It answers 2, the value of');
  await learner.next('Look at the evidence');
  expect(await learner.run('KEYS *')).toBe('1) "baz"');
  expect(await learner.run('EXISTS bar')).toBe('(integer) 1');
  await learner.run('SET foo 7');
  await learner.next('How it happens');
  await learner.next('What you’ve learned');
  await learner.next('See also');
  await learner.isDone('Overwritten');
});

test('Progressive resizing, done to its end by hand', async ({ page }) => {
  const learner = new Learner(page);
  await learner.openLesson('Progressive resizing', 'Full');
  await learner.predict('8');
  await learner.wasWrong('That is the stop-the-world resize', 'The new table is made');
  await learner.next('Two tables');
  await learner.predictBucket(2, 'old');
  await learner.wasRight();
  await learner.next('Who paid');
  expect(await learner.run('GET banana')).toBe('"1"');
  await learner.next('Finish it');
  await learner.mustStay();
  for (let move = 0; move < 6; move++) await learner.run('GET foo');
  await learner.next('What you’ve learned');
  await learner.next('See also');
  await learner.isDone('Progressive resizing');
});

test('a lesson is taken up where it was left, can be begun anew, and never touches the learner’s own keys', async ({
  page,
  visitor,
}) => {
  await visitor.open();
  await visitor.run('SET mine 1');
  await visitor.saved();
  const learner = new Learner(page);
  await learner.openLesson('FNV-1a', 'Two instructions a byte');
  expect(await learner.run('EXISTS mine')).toBe('(integer) 0');
  await learner.run('SET a 1');
  await learner.run('SET mine lesson');
  await learner.next('From number to bucket');
  await learner.predictBucket(2);
  await learner.wasRight();
  await learner.next('One letter changed');
  await page.reload();
  await learner.reads('One letter changed');
  await learner.prompt();
  await expect(learner.list).toContainText('bar, 1');
  await page.goto('./#/lessons');
  await expect(page.getByRole('link', { name: /FNV-1a/ })).toContainText('begun');
  await page.getByRole('link', { name: /FNV-1a/ }).click();
  await learner.reads('One letter changed');
  await page.getByRole('button', { name: 'Start over' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Keep going' }).click();
  await learner.reads('One letter changed');
  await page.getByRole('button', { name: 'Start over' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Start over' }).click();
  await learner.reads('Two instructions a byte');
  await page.getByRole('link', { name: 'Playground' }).click();
  expect(await visitor.run('GET mine')).toBe('"1"');
  expect(await visitor.run('DBSIZE')).toBe('(integer) 2');
});

test('the answer is not to be had before the prediction, neither by stepping nor by listening', async ({ page }) => {
  const learner = new Learner(page);
  await learner.openLesson('FNV-1a', 'Two instructions a byte');
  await learner.run('SET a 1');
  await learner.next('From number to bucket');
  await expect(learner.stage.locator('.picking')).toBeVisible();
  await learner.rests();
  await page.getByRole('heading', { name: 'From number to bucket' }).click();
  await learner.press('End', 'Shift+End', 'ArrowRight', 'Shift+ArrowRight', 'ArrowRight');
  await expect(learner.button('One step forward')).toHaveAttribute('aria-disabled', 'true');
  expect((await learner.rows()).join()).not.toContain('bar');
  await expect(learner.stage).not.toContainText('bucket 2 of');
  await expect(learner.stage.locator('svg .cell.is-lit.has-target')).toHaveCount(0);
  await expect(learner.caption).not.toContainText(/bucket/i);
});

test('whoever does not want to try sees it done', async ({ page }) => {
  const learner = new Learner(page);
  await learner.openLesson('Progressive resizing', 'Full');
  await page.getByRole('button', { name: 'Just show me' }).click();
  await expect(learner.lesson).toContainText('The new table is made', { timeout: 20_000 });
  await learner.next('Two tables');
  await page.getByRole('button', { name: 'Just show me' }).click();
  await expect(learner.lesson).toContainText('The old table first', { timeout: 20_000 });
  await learner.next('Who paid');
  await page.getByRole('button', { name: 'Solve it for me' }).click();
  await learner.next('Finish it');
  await page.getByRole('button', { name: 'Solve it for me' }).click();
  await expect(learner.isNextLoud).toHaveAttribute('aria-disabled', 'false', { timeout: 20_000 });
});

test('a lesson that does not exist says so', async ({ page }) => {
  await page.goto('./#/lessons/hashing/no-such-lesson');
  await expect(page.getByRole('heading', { name: 'No such lesson' })).toBeVisible();
  await page.getByRole('main').getByRole('link', { name: 'All lessons' }).click();
  await expect(page.getByRole('heading', { name: 'Lessons', exact: true })).toBeVisible();
});
