/** The engine's own source, and which of its lines a step came from: every kind of step is told by one line. */
import type { EngineStep } from '../../engine/models.ts';

const FILES: Readonly<Record<Exclude<EngineStep['structure'], 'cause'>, string>> = {
  'hash-table': '/engine/structures/hash-table.ts',
  'skip-list': '/engine/structures/skip-list.ts',
  'avl-tree': '/engine/structures/avl-tree.ts',
  'dynamic-string': '/engine/structures/dynamic-string.ts',
  'deadline-heap': '/engine/structures/deadline-heap.ts',
  'linked-list': '/engine/structures/linked-list.ts',
  compressed: '/engine/structures/compressed.ts',
  intset: '/engine/structures/intset.ts',
  listpack: '/engine/structures/listpack.ts',
  hyperloglog: '/engine/structures/hyperloglog.ts',
  collection: '/engine/keyspace/collections.ts',
  eviction: '/engine/keyspace/eviction.ts',
  keyspace: '/engine/keyspace/keyspace.ts',
  quicklist: '/engine/structures/quicklist.ts',
  arena: '/engine/memory/arena.ts',
  log: '/engine/persistence/log-buffer.ts',
};

const PACKING = '/engine/structures/quicklist-packing.ts';
/** What a part of a structure tells that has a file of its own: by structure and kind. */
const FILES_OF_PARTS: Readonly<Record<string, string>> = {
  'quicklist full': PACKING,
  'quicklist split': PACKING,
  'quicklist merge': PACKING,
  'quicklist open': PACKING,
  'quicklist close': PACKING,
};

const texts = import.meta.glob<string>(
  [
    '/engine/structures/{hash-table,skip-list,avl-tree,dynamic-string,deadline-heap,linked-list}.ts',
    '/engine/structures/{quicklist,quicklist-packing,compressed,intset,listpack,hyperloglog,bitmap,hash-functions}.ts',
    '/engine/keyspace/{collections,eviction,keyspace}.ts',
    '/engine/memory/arena.ts',
    '/engine/persistence/log-buffer.ts',
  ],
  { query: '?raw', import: 'default' },
);

export interface Source {
  readonly path: string;
  readonly lines: readonly string[];
}

/** Where a step is told, counted from 0: its line, and the first line of the method around it. */
export interface Place {
  readonly line: number;
  readonly from: number;
}

export function pathOf(step: EngineStep): string | null {
  if (step.structure === 'cause') return null;
  return FILES_OF_PARTS[`${step.structure} ${step.kind}`] ?? FILES[step.structure];
}

/** The text comes when it is first asked for; it is no part of what a visit waits for. */
export async function sourceAt(path: string): Promise<Source | null> {
  const load = texts[path];
  return load ? { path: path.slice(1), lines: (await load()).trimEnd().split('\n') } : null;
}

/** A method begins two blanks from the edge. */
const METHOD = /^ {2}[a-zA-Z*].*[({]$/;

export function placeOf(lines: readonly string[], kind: string): Place | null {
  const line = lines.findLastIndex((text) => text.includes(`this.trace?.${kind}(`));
  if (line < 0) return null;
  const from = lines.slice(0, line).findLastIndex((text) => METHOD.test(text));
  return { line, from: from < 0 ? line : from };
}
