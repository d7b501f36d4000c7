import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildLesson } from '../../scripts/lesson-build.ts';
import { emptyModels, type Models } from '../../engine/models.ts';
import type { Answer } from './judge.ts';
import type { Lesson, Prediction } from './lesson.ts';
import { canGo, isPageDone, nextPause, predictionOf, reduce, resumePage, solutionOf, START, verdictOf, type RunnerEvent, type RunnerState } from './runner.ts';

const PATH = 'lessons/02-hashing/12-the-key-that-was-not-stored.md';
let lesson: Lesson;
let clicked: Prediction;
let chosen: Prediction;
const IN_TWO: Answer = { kind: 'bucket', table: 0, bucket: 2 };
const ONE: Answer = { kind: 'text', text: '"1"' };

function questionOn(page: number): Prediction {
  const question = predictionOf(lesson.pages[page]);
  if (!question) throw new Error(`page ${page} asks nothing`);
  return question;
}

beforeAll(async () => {
  lesson = await buildLesson(PATH, readFileSync(new URL(`../../${PATH}`, import.meta.url), 'utf8'));
  clicked = questionOn(1);
  chosen = questionOn(2);
});

function after(...events: RunnerEvent[]): RunnerState {
  return events.reduce((state, event) => reduce(lesson, state, event), START);
}

const TRIED: RunnerEvent[] = [
  { type: 'ran', line: 'SET bar 1' },
  { type: 'ran', line: 'GET bar' },
];

describe('a page is done', () => {
  it('when each command to try was run, by hand or by its button, in whatever spelling', () => {
    expect(isPageDone(lesson, START)).toBe(false);
    expect(isPageDone(lesson, after({ type: 'ran', line: 'get  bar' }))).toBe(false);
    expect(isPageDone(lesson, after({ type: 'ran', line: 'set bar 1' }, { type: 'ran', line: 'get bar' }))).toBe(true);
    expect(isPageDone(lesson, after({ type: 'ran', line: 'SET bar 2' }, { type: 'ran', line: 'GET bar' }))).toBe(false);
  });

  it('when the prediction was made and the film has shown what is so, right or wrong', () => {
    const asked = after(...TRIED, { type: 'go', page: 1 });
    const guessed = reduce(lesson, asked, { type: 'guess', at: clicked.at, guess: { kind: 'bucket', table: 0, bucket: 6 } });
    expect(isPageDone(lesson, guessed)).toBe(false);
    const answered = reduce(lesson, guessed, { type: 'answer', at: clicked.at, answer: IN_TWO });
    expect(isPageDone(lesson, answered)).toBe(false);
    expect(isPageDone(lesson, reduce(lesson, answered, { type: 'revealed', at: clicked.at }))).toBe(true);
  });

  it('when its check was reached once, whatever comes after', () => {
    const at = after({ type: 'resume', page: 3, answers: [] });
    const full: Models = { ...emptyModels(1, 'fnv1a'), tables: [] };
    expect(isPageDone(lesson, reduce(lesson, at, { type: 'state', models: full }))).toBe(false);
    const reached = reduce(lesson, at, { type: 'state', models: emptyModels(1, 'fnv1a') });
    expect(isPageDone(lesson, reached)).toBe(true);
    expect(isPageDone(lesson, reduce(lesson, reached, { type: 'state', models: full }))).toBe(true);
  });
});

describe('one goes', () => {
  it('forward only past what is done, and back always', () => {
    expect(canGo(lesson, START, 1)).toBe(false);
    expect(after({ type: 'go', page: 1 }).page).toBe(0);
    const second = after(...TRIED, { type: 'go', page: 1 });
    expect(second.page).toBe(1);
    expect(canGo(lesson, second, 2)).toBe(false);
    expect(reduce(lesson, second, { type: 'go', page: 0 }).page).toBe(0);
    expect(reduce(lesson, second, { type: 'go', page: -1 }).page).toBe(1);
    expect(canGo(lesson, second, 99)).toBe(false);
  });

  it('on from where one was, with the earlier answers known and not asked again', () => {
    const back = after({ type: 'resume', page: 3, answers: [[clicked.at, IN_TWO], [chosen.at, ONE]] });
    expect(back.page).toBe(3);
    expect([0, 1, 2].map((page) => isPageDone(lesson, back, page))).toEqual([true, true, true]);
    expect(isPageDone(lesson, back)).toBe(false);
    expect(verdictOf(clicked, back.predicted.get(clicked.at))).toBe(null);
  });

  it('back to the page that began the film which a question goes on with', () => {
    expect(resumePage(lesson, 2)).toBe(1);
    expect(resumePage(lesson, 1)).toBe(1);
    expect(resumePage(lesson, 3)).toBe(3);
    expect(resumePage(lesson, 0)).toBe(0);
  });
});

describe('a guess', () => {
  const guessed = (bucket: number): RunnerState =>
    after({ type: 'guess', at: clicked.at, guess: { kind: 'bucket', table: 0, bucket } }, { type: 'answer', at: clicked.at, answer: IN_TWO });

  it('is right where it is the engine’s answer', () => {
    expect(verdictOf(clicked, guessed(2).predicted.get(clicked.at))).toEqual({ isRight: true, choice: null });
  });

  it('that is a named misconception gets the feedback to it, and any other wrong one the common one', () => {
    expect(verdictOf(clicked, guessed(6).predicted.get(clicked.at))).toMatchObject({ isRight: false, choice: { value: 'bucket 6' } });
    expect(verdictOf(clicked, guessed(5).predicted.get(clicked.at))).toEqual({ isRight: false, choice: null });
  });

  it('is made once', () => {
    const again = reduce(lesson, guessed(6), { type: 'guess', at: clicked.at, guess: { kind: 'bucket', table: 0, bucket: 2 } });
    expect(verdictOf(clicked, again.predicted.get(clicked.at))).toMatchObject({ isRight: false });
  });

  it('has no verdict before the engine has answered', () => {
    const waiting = after({ type: 'guess', at: chosen.at, guess: { kind: 'choice', value: '(nil)' } });
    expect(verdictOf(chosen, waiting.predicted.get(chosen.at))).toBe(null);
    const judged = reduce(lesson, waiting, { type: 'answer', at: chosen.at, answer: ONE });
    expect(verdictOf(chosen, judged.predicted.get(chosen.at))).toMatchObject({ isRight: false, choice: { value: '(nil)' } });
  });
});

describe('what would finish a page', () => {
  it('is what was not tried yet, and the solution of a check', () => {
    expect(solutionOf(lesson, START).map(({ line }) => line)).toEqual(['SET bar 1', 'GET bar']);
    expect(solutionOf(lesson, after(TRIED[0])).map(({ line }) => line)).toEqual(['GET bar']);
    expect(solutionOf(lesson, { ...START, page: 3 }).map(({ line }) => line)).toEqual(['DEL baz']);
  });
});

describe('the film after an answer', () => {
  it('halts again before what a later page asks about the same command', () => {
    expect(nextPause(lesson, 1)).toBe('reply');
    expect(nextPause(lesson, 2)).toBe(null);
  });
});
