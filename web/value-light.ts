/**
 * What is looked at inside a value: whose value it is, which of its elements were held against what is looked for, which
 * way a search went, and whether the value is being written over into another encoding.
 */
import { databaseOf, type EngineStep } from '../engine/models.ts';
import { isInCollection } from '../engine/keyspace/collections.steps.ts';
import { VALUE } from './diagrams/entries.ts';

/** What is looked at in one hash table. */
export interface TableLight {
  /** The key whose hash is being worked with. */
  readonly subject: { readonly key: Uint8Array; readonly hash: number } | null;
  /** How many bytes have gone into the hash; all of them once it is finished. */
  readonly rounds: number;
  /** Whether the hash is finished and picks a bucket. */
  readonly isHashed: boolean;
  readonly table: 0 | 1;
  /** The bucket that is looked into, or -1. */
  readonly bucket: number;
  /** The entries held against the key so far, and whether they were it. */
  readonly compared: ReadonlyMap<number, boolean>;
}

/** One move of a search through an ordered index. */
export interface Move {
  readonly element: number;
  readonly level: number;
  /** Where the search goes from here: along the level, down one; in a tree to a side. */
  readonly way: 'along' | 'down' | 'left' | 'right';
}

export interface Conversion {
  readonly entry: number;
  readonly from: number;
  readonly to: number;
  /** The structure that it is written into, 0 before there is one. */
  readonly id: number;
}

export interface ValueLight {
  /** The entry of the keyspace that the command has found or made last; 0 while there is none. */
  readonly entry: number;
  /** The table inside the value. */
  readonly inner: TableLight;
  /** The elements of packs and intsets that were looked at in the present search, by `heldKey`: 0 is the one looked for. */
  readonly held: ReadonlyMap<string, number>;
  readonly path: readonly Move[];
  readonly conversion: Conversion | null;
  /** Blocks that have moved while their owner does not know it yet: what it says, and where they are. */
  readonly moved: ReadonlyMap<number, number>;
  /** The registers of a sketch that the command has raised. */
  readonly registers: ReadonlyMap<number, number>;
}

export const DARK_VALUE: Omit<ValueLight, 'inner'> = {
  entry: 0,
  held: new Map(),
  path: [],
  conversion: null,
  moved: new Map(),
  registers: new Map(),
};

export type MutableValue = {
  -readonly [Name in Exclude<keyof ValueLight, 'inner'>]: ValueLight[Name];
} & {
  held: Map<string, number>;
  path: Move[];
  moved: Map<number, number>;
  registers: Map<number, number>;
  /** The search is over: the next one begins with nothing lit. */
  isOver?: boolean;
};

export function heldKey(ref: number, at: number): string {
  return `${ref}/${at}`;
}

/** What else there is in a value besides the table: a step of one of these happens inside the value of a key. */
const INSIDE: ReadonlySet<EngineStep['structure']> = new Set([
  'listpack',
  'intset',
  'collection',
  'linked-list',
  'quicklist',
  'skip-list',
  'avl-tree',
  'hyperloglog',
]);

/** Whether a step happens inside the value of a key, and not among the keys. */
export function isInside(step: EngineStep): boolean {
  return INSIDE.has(step.structure) || (step.structure === 'hash-table' && isInCollection(step));
}

export function followValue(light: MutableValue, step: EngineStep, db: number): void {
  switch (step.structure) {
    case 'hash-table':
      if (isInCollection(step)) return followInnerTable(light, step);
      if (databaseOf(step) === db) followKeys(light, step);
      return;
    case 'listpack':
    case 'intset':
    case 'dynamic-string':
      return followBlock(light, step);
    case 'collection':
      if (step.kind === 'convert')
        light.conversion = step.entry === 0 ? null : { entry: step.entry, from: step.from, to: step.to, id: 0 };
      else if (step.kind === 'open' && light.conversion?.id === 0)
        light.conversion = { ...light.conversion, id: step.id };
      return;
    case 'skip-list':
    case 'avl-tree':
      return followIndex(light, step);
    case 'hyperloglog':
      if (step.kind === 'raise') light.registers.set(step.register, step.to);
      return;
    default:
      return;
  }
}

function followKeys(light: MutableValue, step: Extract<EngineStep, { structure: 'hash-table' }>): void {
  switch (step.kind) {
    case 'compare':
      if (step.hit === 1) light.entry = step.entry;
      return;
    case 'link':
      light.entry = step.entry;
      return;
    case 'payload':
      if (step.word !== VALUE) return;
      for (const [said, is] of light.moved) if (is === step.value) light.moved.delete(said);
      if (light.conversion?.entry === step.entry) light.conversion = null;
      return;
    default:
      return;
  }
}

function followInnerTable(light: MutableValue, step: Extract<EngineStep, { structure: 'hash-table' }>): void {
  // In a sorted set a member is looked up first, and then its place in the order.
  if (step.kind === 'hash') Object.assign(light, { path: [], isOver: false });
}

function followBlock(
  light: MutableValue,
  step: Extract<EngineStep, { structure: 'listpack' | 'intset' | 'dynamic-string' }>,
): void {
  switch (step.kind) {
    case 'compare': {
      const at = step.at;
      const others = [...light.held.keys()].filter((key) => key.startsWith(`${step.ref}/`));
      // A pack is gone through from the front; an earlier place is another search.
      const isAgain = step.structure === 'listpack' && others.some((key) => Number(key.split('/')[1]) >= at);
      if (light.isOver || isAgain || others.length < light.held.size) light.held.clear();
      light.isOver = false;
      const found = step.structure === 'intset' ? step.order : step.hit === 1 ? 0 : 1;
      light.held.set(heldKey(step.ref, at), found);
      return;
    }
    case 'resize':
    case 'grow': {
      const said = [...light.moved].find(([, is]) => is === step.from)?.[0] ?? step.from;
      light.moved.set(said, step.to);
      for (const [key, found] of light.held) {
        const [ref = '', at = ''] = key.split('/');
        if (Number(ref) !== step.from) continue;
        light.held.delete(key);
        light.held.set(`${step.to}/${at}`, found);
      }
      return;
    }
    case 'insert':
    case 'remove':
    case 'replace':
      light.isOver = true;
      return;
    default:
      return;
  }
}

function followIndex(light: MutableValue, step: Extract<EngineStep, { structure: 'skip-list' | 'avl-tree' }>): void {
  const go = (move: Move): void => {
    if (light.isOver) light.path = [];
    light.isOver = false;
    light.path = [...light.path, move];
  };
  switch (step.kind) {
    case 'forward':
      return go({ element: step.element, level: step.level, way: 'along' });
    case 'down':
      return go({ element: step.element, level: step.level, way: 'down' });
    case 'visit':
      return go({ element: step.element, level: 0, way: step.side === 0 ? 'left' : 'right' });
    case 'leave':
    case 'clear':
      light.path = [];
      light.isOver = true;
      return;
    case 'link':
    case 'hang':
    case 'rescore':
      light.isOver = true;
      return;
    default:
      return;
  }
}
