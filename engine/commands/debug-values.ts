import type { Args } from '../args.ts';
import { CommandError } from '../errors.ts';
import { digestOfNothing, digestOfValue } from '../keyspace/digest.ts';
import {
  EMBEDDED,
  EMBSTR,
  LZF,
  ENCODING_NAMES,
  INT,
  LISTPACK,
  QUICKLIST,
  TYPE_LIST,
  TYPE_STRING,
  clockAt,
  isSlot,
} from '../keyspace/values.ts';
import { NONE, type Ref } from '../memory/arena.ts';
import { latin1 } from '../memory/bytes.ts';
import { savedBytes } from '../persistence/rdb-payload.ts';
import { savedNodeBytes } from '../persistence/rdb-save.ts';
import { DynamicStrings } from '../structures/dynamic-string.ts';
import { FIRST } from '../structures/listpack.ts';
import type { HashTable } from '../structures/hash-table.ts';
import type { Context } from './contract.ts';
import { debuggedKey, debuggedRecord, type DebugCommand } from './debug-contract.ts';
import { saveOptions } from './dump.ts';
import { key, multiple, oneOf, optional, word } from './grammar.ts';

/** What DEBUG tells of the value of a key. */
export const DEBUG_VALUES: readonly DebugCommand[] = [
  {
    name: 'digest-value',
    arguments: [optional(multiple(key('key')))],
    summary: 'Boils the value of each key down to twenty bytes, whatever its encoding and the order of what has none.',
    run({ keyspace, db, reply }, args) {
      reply.array(args.count - 2);
      for (let i = 2; i < args.count; i++) {
        const entry = db.keys.find(args.bytes, args.starts[i], args.ends[i]);
        reply.simple(entry === NONE ? digestOfNothing() : digestOfValue(keyspace, db, entry));
      }
    },
  },
  {
    name: 'htstats-key',
    arguments: [key('key')],
    summary: 'Tells how the elements of a hash, set or sorted set are spread over the buckets of its table.',
    run(context, args) {
      const entry = debuggedKey(context, args);
      const table = context.keyspace.tableInside(context.db, entry);
      if (table === null)
        throw new CommandError('ERR The value stored at the specified key is not represented using an hash table');
      context.reply.verbatim('txt', `${tableStatistics(table).join('\n')}\n`);
    },
  },
  {
    name: 'listpack',
    arguments: [key('key')],
    summary: 'Lists the elements of a listpack, and where in it each begins.',
    run(context, args) {
      const { db, reply } = context;
      const entry = debuggedKey(context, args);
      if (db.encoding(entry) !== LISTPACK) throw new CommandError('ERR Not a listpack encoded object.');
      reply.verbatim('txt', `${packLines(context, db.value(entry)).join('\n')}\n`);
    },
  },
  { name: 'object', arguments: [key('key')], summary: 'Tells where a value lies and how it is kept.', run: object },
  {
    name: 'quicklist',
    arguments: [key('key'), optional(oneOf('detail', word('0'), word('1')))],
    usage: '<key> [<0|1>]',
    summary: 'Lists the nodes of a list; with 1 their elements too.',
    run: describeQuicklist,
  },
  {
    name: 'sdslen',
    arguments: [key('key')],
    summary: 'Tells how long a key and its string are, and how much room each has.',
    run: describeString,
  },
];

/** Fields of our own: what a compressed string was before, and is now. */
function compressedFigures({ keyspace: { compressed } }: Context, encoding: number, value: number): string {
  if (encoding !== LZF) return '';
  return ` plain_bytes:${compressed.lengthBefore(value)} compressed_bytes:${compressed.lengthAfter(value)}`;
}

function object(context: Context, args: Args): void {
  const { db, keyspace, config, reply, server } = context;
  const entry = debuggedRecord(context, args);
  const [type, encoding, value] = [db.type(entry), db.encoding(entry), db.value(entry)];
  // A small integer lies in the entry itself, and what is in a slot has no one place: the entry is its nearest.
  const ref = encoding === INT || isSlot(encoding) ? entry : value;
  const idleSeconds = db.idleSeconds(entry);
  const clock = (clockAt(server.nowMs) - idleSeconds) & 0xffffff;
  reply.simple(
    `Value at:0x${(ref * 8).toString(16)} refcount:1 encoding:${ENCODING_NAMES[encoding]} ` +
      `serializedlength:${savedBytes(keyspace, type, encoding, value, saveOptions(config))} ` +
      `lru:${clock} lru_seconds_idle:${idleSeconds}` +
      compressedFigures(context, encoding, value) +
      (type === TYPE_LIST ? listFigures(context, value) : ''),
  );
}

function listFigures({ keyspace }: Context, value: number): string {
  const list = keyspace.lists.at(value);
  const { listPackSize, listCompressDepth } = keyspace.limits;
  let bytes = 0;
  for (const pack of list.packing.all()) bytes += savedNodeBytes(keyspace, list, pack);
  const average = list.length / list.nodes.length;
  return (
    ` ql_nodes:${list.nodes.length} ql_avg_node:${average.toFixed(2)} ql_listpack_max:${listPackSize} ` +
    `ql_compressed:${listCompressDepth === 0 ? 0 : 1} ql_uncompressed_size:${bytes}`
  );
}

function describeString(context: Context, args: Args): void {
  const { db, keyspace, reply } = context;
  const entry = debuggedRecord(context, args);
  const encoding = db.encoding(entry);
  if (db.type(entry) !== TYPE_STRING || encoding < EMBSTR) throw new CommandError('ERR Not an sds encoded string.');
  // It is told as it was, since nobody sees that it is not.
  if (encoding === LZF) keyspace.strings.makePlain(db, entry);
  const { arena, dynamicStrings: strings } = keyspace;
  const value = db.value(entry);
  const length = strings.length(value);
  const bytes = db.encoding(entry) === EMBEDDED ? db.keys.roomBytes(entry) : arena.capacityOf(value);
  // A key lies in its entry, which is made as long as it needs.
  reply.simple(
    `key_sds_len:${db.keys.keyLength(entry)}, key_sds_avail:0, key_zmalloc: ${arena.capacityOf(entry)}, ` +
      `val_sds_len:${length}, val_sds_avail:${bytes - DynamicStrings.bytesFor(length)}, val_zmalloc: ${bytes}`,
  );
}

function describeQuicklist(context: Context, args: Args): void {
  const { db, keyspace, reply } = context;
  const entry = debuggedKey(context, args);
  if (db.encoding(entry) !== QUICKLIST) throw new CommandError('ERR Not a quicklist encoded object.');
  const list = keyspace.lists.of(db, entry);
  const isDetailed = args.count > 3 && args.integer(3) > 0;
  const lines = [`${list.length} elements in ${list.nodes.length} nodes`];
  let index = 0;
  for (const pack of list.packing.all()) {
    const form = list.packing.isPlain(pack) ? 'plain' : 'packed';
    lines.push(`node ${index++}: ${form}, ${keyspace.listpacks.count(pack)} elements`);
    if (isDetailed) lines.push(...packLines(context, pack).slice(1));
  }
  reply.verbatim('txt', `${lines.join('\n')}\n`);
}

function packLines({ keyspace }: Context, pack: Ref): string[] {
  const { listpacks: packs } = keyspace;
  const lines = [`${packs.count(pack)} elements in ${packs.used(pack)} bytes`];
  for (let at = FIRST; at < packs.used(pack);) {
    const next = packs.read(pack, at);
    lines.push(`  at ${at}: ${JSON.stringify(latin1(packs.bytes(pack), packs.start, packs.end))}`);
    at = next;
  }
  return lines;
}

/** How the entries of a table are spread over its buckets. */
export function tableStatistics(table: HashTable): string[] {
  return table.chainLengths().flatMap((counts, which) => {
    const buckets = counts.reduce((total, count) => total + count, 0);
    if (buckets === 0) return [];
    const entries = counts.reduce((total, count, length) => total + count * length, 0);
    const used = buckets - counts[0];
    return [
      `Hash table ${which}`,
      ` table size: ${buckets}`,
      ` number of elements: ${entries}`,
      ` different slots: ${used}`,
      ` max chain length: ${counts.length - 1}`,
      ` avg chain length: ${(used === 0 ? 0 : entries / used).toFixed(2)}`,
      ' chains by length:',
      ...counts.map((count, length) => `   ${length}: ${count} (${((count / buckets) * 100).toFixed(2)}%)`),
    ];
  });
}
