/** The lessons there are: their list at once, each lesson when it is opened. */
import type { Lesson, LessonFacts } from './lesson.ts';

const facts = import.meta.glob<LessonFacts>('/lessons/*/*.md', { eager: true, import: 'default', query: '?facts' });
const files = import.meta.glob<Lesson>('/lessons/*/*.md', { import: 'default' });

/** In the order of their paths. */
const LESSONS: readonly LessonFacts[] = Object.values(facts).sort((a, b) => (a.path < b.path ? -1 : 1));

export interface Chapter {
  readonly title: string;
  readonly lessons: readonly LessonFacts[];
}

/** Only what there is: a chapter without a lesson is no chapter yet. */
export const CHAPTERS: readonly Chapter[] = [...new Set(LESSONS.map(({ chapter }) => chapter))].map((title) => ({
  title,
  lessons: LESSONS.filter(({ chapter }) => chapter === title),
}));

export function lessonAfter(slug: string): LessonFacts | null {
  const at = LESSONS.findIndex((lesson) => lesson.slug === slug);
  return at < 0 ? null : (LESSONS[at + 1] ?? null);
}

/** `null` for an address that no lesson has. */
export async function openLesson(slug: string): Promise<Lesson | null> {
  const entry = LESSONS.find((lesson) => lesson.slug === slug);
  const load = entry ? files[`/${entry.path}`] : undefined;
  return load ? load() : null;
}
