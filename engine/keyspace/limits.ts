/** Up to where a collection is small: the settings `*-max-*`, which may change while the engine runs. */
export interface Limits {
  hashPackEntries: number;
  hashPackValueBytes: number;
  setIntsetEntries: number;
  zsetPackEntries: number;
  zsetPackValueBytes: number;
  /** Positive: elements of a list's node; -1 to -5: its bytes, from 4 to 64 KiB. */
  listPackSize: number;
  listCompressDepth: number;
  /** From so many bytes on an element of a list has a node to itself. No setting: only DEBUG changes it. */
  listPlainBytes: number;
  /** A HyperLogLog longer than this has a place for every register. */
  sketchSparseBytes: number;
}

/** What `listPlainBytes` is unless DEBUG says otherwise. */
export const LIST_PLAIN_BYTES = 2 ** 30;

/** Which setting says each. */
export const LIMIT_SETTINGS: { readonly [Limit in Exclude<keyof Limits, 'listPlainBytes'>]: string } = {
  hashPackEntries: 'hash-max-listpack-entries',
  hashPackValueBytes: 'hash-max-listpack-value',
  setIntsetEntries: 'set-max-intset-entries',
  zsetPackEntries: 'zset-max-listpack-entries',
  zsetPackValueBytes: 'zset-max-listpack-value',
  listPackSize: 'list-max-listpack-size',
  listCompressDepth: 'list-compress-depth',
  sketchSparseBytes: 'hll-sparse-max-bytes',
};

/** Until somebody says otherwise: nothing is small. */
export function noLimits(): Limits {
  return {
    hashPackEntries: 0,
    hashPackValueBytes: 0,
    setIntsetEntries: 0,
    zsetPackEntries: 0,
    zsetPackValueBytes: 0,
    listPackSize: 0,
    listCompressDepth: 0,
    listPlainBytes: LIST_PLAIN_BYTES,
    sketchSparseBytes: 0,
  };
}
