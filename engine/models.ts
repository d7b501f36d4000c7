/** All that can be seen of an engine, as plain data: one model a structure, and the fold that keeps them true. */
import {
  applyArenaStep,
  describeArenaStep,
  emptyArenaModel,
  type ArenaModel,
  type ArenaStep,
} from './memory/arena.steps.ts';
import {
  applyCollectionStep,
  applyInnerListStep,
  applyInnerIndexStep,
  applyInnerTableStep,
  describeCollectionStep,
  describeInnerIndexStep,
  emptyCollectionsModel,
  isInCollection,
  type CollectionStep,
  type CollectionsModel,
} from './keyspace/collections.steps.ts';
import {
  applyEvictionStep,
  describeEvictionStep,
  emptyEvictionModel,
  type EvictionModel,
  type EvictionStep,
} from './keyspace/eviction.steps.ts';
import { applyKeyspaceStep, describeKeyspaceStep, type KeyspaceStep } from './keyspace/keyspace.steps.ts';
import { applyLogStep, describeLogStep, emptyLogModel, type LogModel, type LogStep } from './persistence/log.steps.ts';
import {
  applyDeadlineHeapStep,
  describeDeadlineHeapStep,
  emptyDeadlineHeapModel,
  type DeadlineHeapModel,
  type DeadlineHeapStep,
} from './structures/deadline-heap.steps.ts';
import {
  applyDynamicStringStep,
  describeDynamicStringStep,
  emptyDynamicStringModel,
  type DynamicStringModel,
  type DynamicStringStep,
} from './structures/dynamic-string.steps.ts';
import {
  applyIntsetStep,
  describeIntsetStep,
  emptyIntsetModel,
  type IntsetModel,
  type IntsetStep,
} from './structures/intset.steps.ts';
import {
  applyCompressedStep,
  describeCompressedStep,
  emptyCompressedModel,
  type CompressedModel,
  type CompressedStep,
} from './structures/compressed.steps.ts';
import { describeHyperLogLogStep, type HyperLogLogStep } from './structures/hyperloglog.steps.ts';
import type { HashName } from './structures/hash-functions.steps.ts';
import {
  applyHashTableStep,
  describeHashTableStep,
  emptyHashTableModel,
  type HashTableModel,
  type HashTableStep,
} from './structures/hash-table.steps.ts';
import {
  applyListpackStep,
  describeListpackStep,
  emptyListpackModel,
  type ListpackModel,
  type ListpackStep,
} from './structures/listpack.steps.ts';
import { describeLinkedListStep, type LinkedListStep } from './structures/linked-list.steps.ts';
import { describeQuickListStep, type QuickListStep } from './structures/quicklist.steps.ts';
import type { AvlTreeStep } from './structures/avl-tree.steps.ts';
import type { SkipListStep } from './structures/skip-list.steps.ts';
// For its declaration too: a trace is unpacked by what is declared, and every trace holds causes.
import './trace/cause.steps.ts';
import type { CauseStep } from './trace/cause.steps.ts';

export type EngineStep =
  | ArenaStep
  | DynamicStringStep
  | ListpackStep
  | HyperLogLogStep
  | IntsetStep
  | HashTableStep
  | SkipListStep
  | AvlTreeStep
  | CollectionStep
  | KeyspaceStep
  | LinkedListStep
  | QuickListStep
  | DeadlineHeapStep
  | EvictionStep
  | CompressedStep
  | LogStep
  | CauseStep;

export interface Models {
  readonly arena: ArenaModel;
  readonly eviction: EvictionModel;
  readonly strings: DynamicStringModel;
  readonly listpacks: ListpackModel;
  readonly intsets: IntsetModel;
  readonly compressed: CompressedModel;
  /** What large values are made of, by structure id: `FIRST_COLLECTION_ID` and the slot in the key's value word. */
  readonly collections: CollectionsModel;
  /** By the number of the database. */
  readonly tables: readonly HashTableModel[];
  readonly heaps: readonly DeadlineHeapModel[];
  readonly log: LogModel;
}

/** The payload words of an entry of the keyspace, the arena's structure ids: see `keyspace/`. */
const KEYSPACE_PAYLOAD_WORDS = 3;
const FIRST_DATABASE_ID = 2;

export function emptyModels(databases: number, hashName: HashName): Models {
  return {
    arena: emptyArenaModel,
    eviction: emptyEvictionModel,
    strings: emptyDynamicStringModel,
    listpacks: emptyListpackModel,
    intsets: emptyIntsetModel,
    compressed: emptyCompressedModel,
    collections: emptyCollectionsModel,
    tables: Array.from({ length: databases }, () => emptyHashTableModel(hashName, KEYSPACE_PAYLOAD_WORDS)),
    heaps: Array.from({ length: databases }, () => emptyDeadlineHeapModel),
    log: emptyLogModel,
  };
}

/** The database a step of a table or a heap belongs to; past all of them when the table is inside a value. */
export function databaseOf(step: { readonly id: number }): number {
  return (step.id - FIRST_DATABASE_ID) >> 1;
}

function replaceAt<Item>(items: readonly Item[], index: number, change: (item: Item) => Item): readonly Item[] {
  return items.map((item, at) => (at === index ? change(item) : item));
}

export function applyStep(models: Models, step: EngineStep): Models {
  switch (step.structure) {
    case 'cause':
    case 'hyperloglog':
      // A sketch lies in a string, whose own steps tell what becomes of it.
      return models;
    case 'arena':
      return { ...models, arena: applyArenaStep(models.arena, step) };
    case 'dynamic-string':
      return { ...models, strings: applyDynamicStringStep(models.strings, step) };
    case 'listpack':
      return { ...models, listpacks: applyListpackStep(models.listpacks, step) };
    case 'intset':
      return { ...models, intsets: applyIntsetStep(models.intsets, step) };
    case 'collection':
      return {
        ...models,
        collections: applyCollectionStep(models.collections, step, models.tables[0].hashName),
      };
    case 'keyspace':
      return {
        ...models,
        tables: applyKeyspaceStep(models.tables, step),
        heaps: applyKeyspaceStep(models.heaps, step),
      };
    case 'linked-list':
    case 'quicklist':
      return { ...models, collections: applyInnerListStep(models.collections, step) };
    case 'hash-table':
      if (isInCollection(step)) return { ...models, collections: applyInnerTableStep(models.collections, step) };
      return {
        ...models,
        tables: replaceAt(models.tables, databaseOf(step), (model) => applyHashTableStep(model, step)),
      };
    case 'skip-list':
    case 'avl-tree':
      return { ...models, collections: applyInnerIndexStep(models.collections, step) };
    case 'deadline-heap':
      return {
        ...models,
        heaps: replaceAt(models.heaps, databaseOf(step), (model) => applyDeadlineHeapStep(model, step)),
      };
    case 'compressed':
      return { ...models, compressed: applyCompressedStep(models.compressed, step) };
    case 'eviction':
      return { ...models, eviction: applyEvictionStep(models.eviction, step) };
    case 'log':
      return { ...models, log: applyLogStep(models.log, step) };
  }
}

/** One plain sentence for a step, told before it is applied. */
export function describeStep(step: EngineStep, models: Models): string {
  switch (step.structure) {
    case 'cause':
      return '';
    case 'arena':
      return describeArenaStep(step);
    case 'dynamic-string':
      return describeDynamicStringStep(step, models.strings);
    case 'hyperloglog':
      return describeHyperLogLogStep(step);
    case 'listpack':
      return describeListpackStep(step, models.listpacks);
    case 'intset':
      return describeIntsetStep(step, models.intsets);
    case 'collection':
      return describeCollectionStep(step);
    case 'keyspace':
      return describeKeyspaceStep(step);
    case 'linked-list':
      return describeLinkedListStep(step);
    case 'quicklist':
      return describeQuickListStep(step);
    case 'hash-table': {
      const collection = isInCollection(step) ? models.collections.get(step.id) : undefined;
      const inner = collection && 'table' in collection ? collection.table : undefined;
      const table = isInCollection(step) ? inner : models.tables[databaseOf(step)];
      return table ? describeHashTableStep(step, table) : '';
    }
    case 'skip-list':
    case 'avl-tree':
      return describeInnerIndexStep(step, models.collections);
    case 'deadline-heap':
      return describeDeadlineHeapStep(step);
    case 'compressed':
      return describeCompressedStep(step);
    case 'eviction':
      return describeEvictionStep(step, models.eviction);
    case 'log':
      return describeLogStep(step);
  }
}
