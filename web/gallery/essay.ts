/** An essay as plain data: the top comment of a structure's source, read when the site is built. */
import type { Inline, Prose } from '../lessons/lesson.ts';

export type EssayBlock =
  | Prose
  | { readonly kind: 'sketch'; readonly text: string }
  | {
      readonly kind: 'table';
      readonly head: readonly (readonly Inline[])[];
      readonly rows: readonly (readonly (readonly Inline[])[])[];
    };

export interface Section {
  /** Problem, Idea, Complexity, Invariants, Unlike Redis, Read next. */
  readonly name: string;
  readonly blocks: readonly EssayBlock[];
}

export interface Essay {
  readonly title: string;
  readonly sections: readonly Section[];
}

const essays = import.meta.glob<Essay>(
  [
    '/engine/structures/{hash-table,hash-functions,dynamic-string,linked-list,quicklist,listpack,intset}.ts',
    '/engine/structures/{skip-list,avl-tree,bitmap,hyperloglog,deadline-heap}.ts',
    '/engine/memory/arena.ts',
  ],
  { query: '?essay', import: 'default' },
);

/** The essay of a source file; it comes when it is asked for. */
export async function essayOf(source: string): Promise<Essay> {
  const load = essays[`/${source}`];
  if (!load) throw new Error(`${source} has no essay`);
  return load();
}
