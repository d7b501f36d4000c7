/** How far a learner came in each lesson, kept between visits where the browser allows it. */
import { keep, recall } from '../kept.ts';

export interface Progress {
  /** The page one was on. */
  readonly page: number;
  readonly isDone: boolean;
}

type Kept = Readonly<Record<string, Progress>>;

const NAME = 'lessons';

function isProgress(value: unknown): value is Progress {
  if (typeof value !== 'object' || value === null) return false;
  const { page, isDone } = value as Record<string, unknown>;
  return typeof page === 'number' && Number.isInteger(page) && page >= 0 && page < 1000 && typeof isDone === 'boolean';
}

function isKept(value: unknown): value is Kept {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(isProgress);
}

export function allProgress(): ReadonlyMap<string, Progress> {
  return new Map(Object.entries(recall(NAME, {}, isKept)));
}

export function progressOf(slug: string): Progress | null {
  return allProgress().get(slug) ?? null;
}

export function keepProgress(slug: string, progress: Progress): void {
  const all = new Map(allProgress());
  // A lesson once done stays done, also while one goes through it again.
  const isDone = progress.isDone || all.get(slug)?.isDone === true;
  keep(NAME, Object.fromEntries(all.set(slug, { ...progress, isDone })));
}
