/** A hash table as a list: a row a bucket, in it the entries of its chain. */
import type { EntryModel, HashTableModel } from '../../engine/structures/hash-table.steps.ts';
import { counted } from './arranging.ts';
import type { Outline, OutlineRow } from './contract.ts';

/** A list longer than this helps nobody; empty buckets are left out first. */
const MOST = 600;

/** `name` says an entry; `of` whose table it is. */
export function tableOutline(
  table: HashTableModel,
  name: (entry: EntryModel) => string,
  of: string,
  noun = 'entry',
): Outline {
  const isResizing = table.tables[1].size > 0;
  const isLarge = table.tables[0].size + table.tables[1].size > MOST;
  const rows = ([0, 1] as const)
    .flatMap((which) =>
      table.tables[which].chains.map((chain, bucket): OutlineRow => {
        const where = isResizing ? (which === 0 ? ' of the old table' : ' of the new table') : '';
        const entries = chain.flatMap((ref) => {
          const entry = table.entries.get(ref);
          return entry ? [{ target: { kind: 'entry', ref } as const, name: name(entry) }] : [];
        });
        const count =
          entries.length === 0 ? 'empty' : counted(entries.length, noun, noun === 'entry' ? 'entries' : `${noun}s`);
        return {
          target: { kind: 'bucket', table: which, bucket },
          name: `Bucket ${bucket}${where}, ${count}`,
          entries,
        };
      }),
    )
    .filter((row) => !isLarge || row.entries.length > 0)
    .slice(0, MOST);
  return { label: `${of}. Up and down: buckets; right and left: along a chain; Enter: details`, rows };
}
