import { address } from '../memory/arena.steps.ts';
import type { HashName } from '../structures/hash-functions.steps.ts';
import {
  applyAvlTreeStep,
  describeAvlTreeStep,
  emptyAvlTreeModel,
  type AvlTreeModel,
  type AvlTreeStep,
} from '../structures/avl-tree.steps.ts';
import {
  applyHashTableStep,
  emptyHashTableModel,
  type HashTableModel,
  type HashTableStep,
} from '../structures/hash-table.steps.ts';
import type { LinkedListStep } from '../structures/linked-list.steps.ts';
import {
  applyQuickListStep,
  emptyQuickListModel,
  type QuickListModel,
  type QuickListStep,
} from '../structures/quicklist.steps.ts';
import {
  applySkipListStep,
  describeSkipListStep,
  emptySkipListModel,
  type SkipListModel,
  type SkipListStep,
} from '../structures/skip-list.steps.ts';
import { declareSteps, mutate, observe, type ProbeOf, type StepOf } from '../trace/steps.ts';
import { ENCODING_NAMES } from './values.ts';

/**
 * Structure ids from here on belong to the slots of the collections: slot n is structure `FIRST_COLLECTION_ID + n`. Below
 * are the arena, the strings, the listpacks and the databases, of which there can be 16384.
 */
export const FIRST_COLLECTION_ID = 1 << 16;

/** Whether a step is about a structure in a slot, and not about a database or what all share. */
export function isInCollection(step: { readonly id: number }): boolean {
  return step.id >= FIRST_COLLECTION_ID;
}

export const collectionSteps = declareSteps('collection', 6, {
  /** A slot was taken for a collection that is empty so far. The step's id is the new structure's. */
  open: mutate('holds'),
  /** The collection is gone, its slot is free. */
  close: mutate(),
  /** What a key stands for is about to be written over into another encoding. */
  convert: observe('entry', 'from', 'to'),
});

export type CollectionStep = StepOf<typeof collectionSteps>;
export type CollectionProbe = ProbeOf<typeof collectionSteps>;

/** What a slot can hold, by the numbers that `open` says. */
export const HOLDS_LIST = 1;
export const HOLDS_SET = 2;
export const HOLDS_ZSET = 3;
export const HOLDS_HASH = 4;
/** A sorted set whose index is the AVL tree; that of the other is the skip list. */
export const HOLDS_ZSET_TREE = 5;

/** A hash's entries have one payload word, the ref of the value's string; a set's entries have none. */
export const HASH_PAYLOAD_WORDS = 1;
export const SET_PAYLOAD_WORDS = 0;

/** In a sorted set the index keeps all the words. */
export const ZSET_PAYLOAD_WORDS = 0;

/** What lies in one slot. */
export type CollectionModel =
  | { readonly holds: 'list'; readonly list: QuickListModel }
  | { readonly holds: 'hash'; readonly table: HashTableModel }
  | { readonly holds: 'zset'; readonly table: HashTableModel; readonly index: SkipListModel | AvlTreeModel }
  | { readonly holds: 'set'; readonly table: HashTableModel };

/** By the structure's id. */
export type CollectionsModel = ReadonlyMap<number, CollectionModel>;

export const emptyCollectionsModel: CollectionsModel = new Map();

function emptyCollection(holds: number, hashName: HashName): CollectionModel {
  switch (holds) {
    case HOLDS_LIST:
      return { holds: 'list', list: emptyQuickListModel };
    case HOLDS_HASH:
      return { holds: 'hash', table: emptyHashTableModel(hashName, HASH_PAYLOAD_WORDS) };
    case HOLDS_SET:
      return { holds: 'set', table: emptyHashTableModel(hashName, SET_PAYLOAD_WORDS) };
    case HOLDS_ZSET:
      return {
        holds: 'zset',
        table: emptyHashTableModel(hashName, ZSET_PAYLOAD_WORDS),
        index: emptySkipListModel,
      };
    case HOLDS_ZSET_TREE:
      return {
        holds: 'zset',
        table: emptyHashTableModel(hashName, ZSET_PAYLOAD_WORDS),
        index: emptyAvlTreeModel,
      };
    default:
      throw new Error(`no collection is numbered ${holds}`);
  }
}

/** `hashName` is the hash function of all tables of the engine. */
export function applyCollectionStep(
  model: CollectionsModel,
  step: CollectionStep,
  hashName: HashName,
): CollectionsModel {
  switch (step.kind) {
    case 'open':
      return new Map(model).set(step.id, emptyCollection(step.holds, hashName));
    case 'close': {
      const others = new Map(model);
      others.delete(step.id);
      return others;
    }
    case 'convert':
      return model;
  }
}

/** A step of the table inside a collection. */
export function applyInnerTableStep(model: CollectionsModel, step: HashTableStep): CollectionsModel {
  const collection = model.get(step.id);
  if (!collection || !('table' in collection)) return model;
  return new Map(model).set(step.id, { ...collection, table: applyHashTableStep(collection.table, step) });
}

/** A step of the list inside a collection, or of its nodes. */
export function applyInnerListStep(model: CollectionsModel, step: QuickListStep | LinkedListStep): CollectionsModel {
  const collection = model.get(step.id);
  if (collection?.holds !== 'list') return model;
  return new Map(model).set(step.id, { ...collection, list: applyQuickListStep(collection.list, step) });
}

/** A step of the index inside a sorted set. */
export function applyInnerIndexStep(model: CollectionsModel, step: SkipListStep | AvlTreeStep): CollectionsModel {
  const collection = model.get(step.id);
  if (collection?.holds !== 'zset') return model;
  const { index } = collection;
  if (step.structure === 'skip-list' && index.kind === 'skip-list')
    return new Map(model).set(step.id, { ...collection, index: applySkipListStep(index, step) });
  if (step.structure === 'avl-tree' && index.kind === 'avl-tree')
    return new Map(model).set(step.id, { ...collection, index: applyAvlTreeStep(index, step) });
  return model;
}

export function describeInnerIndexStep(step: SkipListStep | AvlTreeStep, model: CollectionsModel): string {
  const collection = model.get(step.id);
  const index = collection?.holds === 'zset' ? collection.index : null;
  if (step.structure === 'skip-list') return index?.kind === 'skip-list' ? describeSkipListStep(step, index) : '';
  return index?.kind === 'avl-tree' ? describeAvlTreeStep(step, index) : '';
}

export function describeCollectionStep(step: CollectionStep): string {
  switch (step.kind) {
    case 'open':
      return `An empty ${NAMES[step.holds] ?? 'collection'} is set up.`;
    case 'close':
      return 'The collection is gone, and its place is free for the next.';
    case 'convert': {
      const [from, to] = [ENCODING_NAMES[step.from], ENCODING_NAMES[step.to]];
      if (step.entry === 0) return `The set that is being made is written over from a ${from} into a ${to}.`;
      return `The value of the entry at ${address(step.entry)} is written over from a ${from} into a ${to}.`;
    }
  }
}

const NAMES: Readonly<Record<number, string>> = {
  [HOLDS_LIST]: 'list of packed nodes',
  [HOLDS_SET]: 'table of members',
  [HOLDS_ZSET]: 'table of members and skip list',
  [HOLDS_ZSET_TREE]: 'table of members and AVL tree',
  [HOLDS_HASH]: 'table of fields',
};
