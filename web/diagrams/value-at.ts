/** What a key stands for, found in the models: which structure its value is, and the model of that. */
import type { Models } from '../../engine/models.ts';
import { FIRST_COLLECTION_ID, type CollectionModel } from '../../engine/keyspace/collections.steps.ts';
import type { CompressedBlockModel } from '../../engine/structures/compressed.steps.ts';
import type { AvlTreeModel } from '../../engine/structures/avl-tree.steps.ts';
import type { StringModel } from '../../engine/structures/dynamic-string.steps.ts';
import type { EntryModel, HashTableModel } from '../../engine/structures/hash-table.steps.ts';
import type { IntsModel } from '../../engine/structures/intset.steps.ts';
import type { PackModel } from '../../engine/structures/listpack.steps.ts';
import type { QuickListModel } from '../../engine/structures/quicklist.steps.ts';
import type { SkipListModel } from '../../engine/structures/skip-list.steps.ts';
import { utf8Decode } from '../../engine/memory/bytes.ts';
import { META, VALUE } from './entries.ts';
import { typeOf } from './value-type.ts';

const [INT, INT64, EMBSTR, RAW, LISTPACK, INTSET, HASHTABLE, QUICKLIST, SKIPLIST, LZF, EMBEDDED] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
];
const ZSET = 3;
const HASH = 4;

/** What two elements that follow each other in a pack are to each other. */
export type Holding = 'elements' | 'fields' | 'members';

export type ValueView =
  | { readonly kind: 'number'; readonly value: number | null }
  | { readonly kind: 'string'; readonly string: StringModel }
  /** A string whose bytes cannot be read as they lie there. */
  | { readonly kind: 'compressed'; readonly block: CompressedBlockModel }
  | { readonly kind: 'listpack'; readonly pack: PackModel; readonly holds: Holding }
  | { readonly kind: 'intset'; readonly set: IntsModel }
  | { readonly kind: 'quicklist'; readonly id: number; readonly list: QuickListModel }
  | {
      readonly kind: 'table';
      readonly id: number;
      readonly table: HashTableModel;
      readonly holds: 'fields' | 'members';
    }
  | {
      readonly kind: 'sorted';
      readonly id: number;
      readonly table: HashTableModel;
      readonly index: SkipListModel | AvlTreeModel;
    };

function encodingOf(entry: EntryModel): number {
  return ((entry.payload[META] ?? 0) >>> 4) & 15;
}

/** `moved`: blocks that are elsewhere than the entry says. `null` where there is nothing yet that could be drawn. */
export function valueAt(
  models: Models,
  entry: EntryModel,
  moved: ReadonlyMap<number, number> = new Map(),
): ValueView | null {
  const said = entry.payload[VALUE] ?? 0;
  const ref = moved.get(said) ?? said;
  switch (encodingOf(entry)) {
    case INT:
      return said === 0 && (entry.payload[META] ?? 0) === 0 ? null : { kind: 'number', value: said };
    case INT64:
      return { kind: 'number', value: null };
    case EMBSTR:
    case EMBEDDED:
    case RAW: {
      const string = models.strings.get(ref);
      return string ? { kind: 'string', string } : null;
    }
    case LZF: {
      const block = models.compressed.get(ref);
      return block ? { kind: 'compressed', block } : null;
    }
    case LISTPACK: {
      const pack = models.listpacks.get(ref);
      const type = typeOf(entry);
      const holds = type === HASH ? 'fields' : type === ZSET ? 'members' : 'elements';
      return pack ? { kind: 'listpack', pack, holds } : null;
    }
    case INTSET: {
      const set = models.intsets.get(ref);
      return set ? { kind: 'intset', set } : null;
    }
    case HASHTABLE:
    case QUICKLIST:
    case SKIPLIST:
      return collectionAt(models, FIRST_COLLECTION_ID + said);
    default:
      return null;
  }
}

/** What lies in a slot, by the structure's id. */
export function collectionAt(models: Models, id: number): ValueView | null {
  const collection: CollectionModel | undefined = models.collections.get(id);
  switch (collection?.holds) {
    case 'list':
      return { kind: 'quicklist', id, list: collection.list };
    case 'hash':
      return { kind: 'table', id, table: collection.table, holds: 'fields' };
    case 'set':
      return { kind: 'table', id, table: collection.table, holds: 'members' };
    case 'zset':
      return { kind: 'sorted', id, table: collection.table, index: collection.index };
    case undefined:
      return null;
  }
}

/** Bytes and their count as text that fits into a cell, what is cut off shown as such. */
export function textOf(head: Uint8Array, length: number): string {
  const text = utf8Decode(head).replace(/[\p{C}\p{Zl}\p{Zp}\ufffd]/gu, '·');
  if (length > head.length) return `${text}…`;
  return text === '' ? '(empty)' : text;
}

export function scoreText(score: number): string {
  if (score === Infinity) return 'inf';
  if (score === -Infinity) return '-inf';
  return String(score);
}
