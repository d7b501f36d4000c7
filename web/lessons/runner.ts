/**
 * Where a learner is in a lesson: pages, what was tried, what was predicted, what is reached. Pure: it is told what
 * happened and says what is open next; who runs commands and films is not its business.
 */
import type { Models } from '../../engine/models.ts';
import { holds } from './checks.ts';
import { isAnswer, type Answer, type BucketName } from './judge.ts';
import type { Choice, Command, Lesson, Page, Part, Prediction } from './lesson.ts';

/** What a learner answered: one of the choices by its value, or a bucket. */
export type Guess = { readonly kind: 'choice'; readonly value: string } | ({ readonly kind: 'bucket' } & BucketName);

export interface Predicted {
  /** `null` where the page was passed on an earlier visit and only the outcome is known. */
  readonly guess: Guess | null;
  /** `null` while the engine has not answered yet. */
  readonly answer: Answer | null;
  /** Whether the film has shown it. */
  readonly isRevealed: boolean;
}

export interface RunnerState {
  readonly page: number;
  /** Commands of `try` blocks that were run, by where they stand in the file. */
  readonly tried: ReadonlySet<number>;
  /** By where the prediction stands in the file. */
  readonly predicted: ReadonlyMap<number, Predicted>;
  /** Checks that were reached once: what is undone later stays reached. */
  readonly reached: ReadonlySet<number>;
}

/** Where a prediction stands in the file, and what the engine answered. */
export type Answered = readonly [at: number, answer: Answer];

export type RunnerEvent =
  | { readonly type: 'go'; readonly page: number }
  /** A command ran, whoever typed it. */
  | { readonly type: 'ran'; readonly line: string }
  | { readonly type: 'guess'; readonly at: number; readonly guess: Guess }
  | { readonly type: 'answer'; readonly at: number; readonly answer: Answer }
  | { readonly type: 'revealed'; readonly at: number }
  | { readonly type: 'state'; readonly models: Models }
  /** Pages before this one were gone through on an earlier visit; these are the answers there were. */
  | { readonly type: 'resume'; readonly page: number; readonly answers: readonly Answered[] };

export const START: RunnerState = { page: 0, tried: new Set(), predicted: new Map(), reached: new Set() };

export function reduce(lesson: Lesson, state: RunnerState, event: RunnerEvent): RunnerState {
  switch (event.type) {
    case 'go':
      return canGo(lesson, state, event.page) ? { ...state, page: event.page } : state;
    case 'ran':
      return ran(lesson, state, event.line);
    case 'guess':
      return isOpen(state, event.at) ? withPredicted(state, event.at, { guess: event.guess }) : state;
    case 'answer':
      return withPredicted(state, event.at, { answer: event.answer });
    case 'revealed':
      return state.predicted.get(event.at)?.guess === undefined ? state : withPredicted(state, event.at, { isRevealed: true });
    case 'state':
      return checked(lesson, state, event.models);
    case 'resume':
      return resumed(lesson, event.page, event.answers);
  }
}

function ran(lesson: Lesson, state: RunnerState, line: string): RunnerState {
  const wanted = normal(line);
  const found = commandsOf(pageOf(lesson, state)).find((command) => !state.tried.has(command.at) && normal(command.line) === wanted);
  return found ? { ...state, tried: new Set(state.tried).add(found.at) } : state;
}

/** Commands are the same whatever the case of their name and the blanks between their words. */
function normal(line: string): string {
  const [name = '', ...words] = line.trim().split(/\s+/);
  return [name.toLowerCase(), ...words].join(' ');
}

function commandsOf(page: Page): Command[] {
  return page.parts.flatMap((part) => (part.kind === 'try' ? part.commands : []));
}

function checked(lesson: Lesson, state: RunnerState, models: Models): RunnerState {
  const fresh = pageOf(lesson, state).parts.filter(
    (part) => part.kind === 'check' && !state.reached.has(part.at) && part.assertions.every((one) => holds(one, models)),
  );
  // What is asked for counts once everything before it on the page is done: a resize that is over at the start is no feat.
  if (fresh.length === 0 || !pageOf(lesson, state).parts.every((part) => part.kind === 'check' || isPartDone(state, part))) return state;
  return { ...state, reached: new Set([...state.reached, ...fresh.map(({ at }) => at)]) };
}

function resumed(lesson: Lesson, page: number, answers: readonly Answered[]): RunnerState {
  const before = lesson.pages.slice(0, page);
  return {
    page: Math.max(0, Math.min(page, lesson.pages.length - 1)),
    tried: new Set(before.flatMap(commandsOf).map(({ at }) => at)),
    predicted: new Map(answers.map(([at, answer]) => [at, { guess: null, answer, isRevealed: true }])),
    reached: new Set(before.flatMap(({ parts }) => parts.flatMap((part) => (part.kind === 'check' ? [part.at] : [])))),
  };
}

function withPredicted(state: RunnerState, at: number, change: Partial<Predicted>): RunnerState {
  const before = state.predicted.get(at) ?? { guess: null, answer: null, isRevealed: false };
  return { ...state, predicted: new Map(state.predicted).set(at, { ...before, ...change }) };
}

// What follows from a state.

export function pageOf(lesson: Lesson, state: Pick<RunnerState, 'page'>): Page {
  return lesson.pages[state.page] ?? { title: '', parts: [] };
}

/** The question of the page, whether it is answered or not. */
export function predictionOf(page: Page): Prediction | null {
  return page.parts.find((part): part is Prediction => part.kind === 'predict') ?? null;
}

/** Whether a guess can still be made. */
function isOpen(state: RunnerState, at: number): boolean {
  const predicted = state.predicted.get(at);
  return !predicted || (predicted.guess === null && !predicted.isRevealed);
}

function isPartDone(state: RunnerState, part: Part): boolean {
  switch (part.kind) {
    case 'try':
      return part.commands.every(({ at }) => state.tried.has(at));
    case 'predict':
      return state.predicted.get(part.at)?.isRevealed === true;
    case 'check':
      return state.reached.has(part.at);
    case 'prose':
    case 'code':
    case 'bits':
      return true;
  }
}

export function isPageDone(lesson: Lesson, state: RunnerState, page = state.page): boolean {
  return (lesson.pages[page]?.parts ?? []).every((part) => isPartDone(state, part));
}

/** Back always; forward past what is done. */
export function canGo(lesson: Lesson, state: RunnerState, page: number): boolean {
  if (page < 0 || page >= lesson.pages.length) return false;
  for (let before = 0; before < page; before++) if (!isPageDone(lesson, state, before)) return false;
  return true;
}

/** Whether there is anything on the page for a learner to do. */
export function isTask(page: Page): boolean {
  return page.parts.some(({ kind }) => kind === 'try' || kind === 'predict' || kind === 'check');
}

/** The lines that would finish the page, for whoever asks to see it done. */
export function solutionOf(lesson: Lesson, state: RunnerState): readonly Command[] {
  return pageOf(lesson, state).parts.flatMap((part) => {
    if (part.kind === 'try') return part.commands.filter(({ at }) => !state.tried.has(at));
    return part.kind === 'check' && !state.reached.has(part.at) ? part.solution : [];
  });
}

export interface Verdict {
  readonly isRight: boolean;
  /** The choice that was made, where it was one of those named. */
  readonly choice: Choice | null;
}

/** How a guess compares with the engine's answer, `null` while there is not both. */
export function verdictOf(prediction: Prediction, predicted: Predicted | undefined): Verdict | null {
  const { guess, answer } = predicted ?? {};
  if (!guess || !answer) return null;
  if (guess.kind === 'choice') {
    const choice = prediction.choices.find(({ value }) => value === guess.value) ?? null;
    return { isRight: isAnswer(guess.value, answer), choice };
  }
  const isRight = answer.kind === 'bucket' && answer.bucket === guess.bucket && answer.table === guess.table;
  const named = { kind: 'bucket' as const, table: guess.table, bucket: guess.bucket };
  return { isRight, choice: isRight ? null : (prediction.choices.find(({ value }) => isAnswer(value, named)) ?? null) };
}

/**
 * The kind of step before which the film halts after a prediction is revealed, because a later page goes on asking about
 * the same command; `null` where it may run to its end.
 */
export function nextPause(lesson: Lesson, page: number): string | null {
  for (const later of lesson.pages.slice(page + 1)) {
    const next = predictionOf(later);
    if (next) return next.run.length > 0 ? null : (next.pause ?? 'reply');
  }
  return null;
}

/** From which page on a lesson can be taken up again: a question about a film that has begun needs the page that began it. */
export function resumePage(lesson: Lesson, page: number): number {
  let from = page;
  while (from > 0) {
    const prediction = predictionOf(lesson.pages[from] ?? { title: '', parts: [] });
    if (!prediction || prediction.run.length > 0) break;
    from--;
  }
  return from;
}
