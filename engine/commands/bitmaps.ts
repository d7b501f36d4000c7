import type { Args } from '../args.ts';
import { CommandError, SYNTAX_ERROR } from '../errors.ts';
import { GENERIC_EVENT, STRING_EVENT } from '../keyspace/events.ts';
import type { BytesView } from '../keyspace/strings.ts';
import { TYPE_STRING } from '../keyspace/values.ts';
import { NONE, type Ref } from '../memory/arena.ts';
import { combineBits, countBits, countBitsBetween, findBit, type BitOperation } from '../structures/bitmap.ts';
import { notify, readKey, requireString, writeKey } from './checks.ts';
import type { Argument, CommandSpec, Context } from './contract.ts';
import { requireRoom } from './room.ts';
import { block, integer, key, multiple, oneOf, optional, since, string, word } from './grammar.ts';

/** Lengths are kept in 32 bits, whatever `proto-max-bulk-len` says. */
const LONGEST_STRING = 2 ** 31 - 1;
const OFFSET_ERROR = 'ERR bit offset is not an integer or out of range';

const UNIT: Argument = since('7.0.0', optional(oneOf('index_unit', word('BYTE'), word('BIT'))));

/** Strings looked at bit by bit; several bits at once are in `bitfield.ts`. */
export const BITMAPS: readonly CommandSpec[] = [
  {
    name: 'setbit',
    group: 'bitmap',
    since: '2.2.0',
    summary: 'Sets or clears one bit of a string and answers with what it was.',
    complexity: 'O(1)',
    flags: ['write', 'denyoom'],
    arguments: [key('key', 'RW', 'access', 'update'), integer('offset'), integer('value')],
    examples: ['SETBIT visitors 7 1', 'SETBIT visitors 7 0'],
    handler: setBit,
  },
  {
    name: 'getbit',
    group: 'bitmap',
    since: '2.2.0',
    summary: 'Reads one bit of a string; beyond its end all are 0.',
    complexity: 'O(1)',
    flags: ['readonly', 'fast'],
    arguments: [key('key', 'RO', 'access'), integer('offset')],
    examples: ['SETBIT visitors 7 1', 'GETBIT visitors 7', 'GETBIT visitors 100'],
    handler(context, args) {
      const offset = bitOffset(context, args, 2);
      const entry = readKey(context, args, 1, TYPE_STRING);
      context.reply.integer(entry === NONE ? 0 : bitAt(context.keyspace.strings.view(context.db, entry), offset));
    },
  },
  {
    name: 'bitcount',
    group: 'bitmap',
    since: '2.6.0',
    summary: 'Counts the bits that are 1, in a whole string or in a part of it.',
    complexity: 'O(N)',
    flags: ['readonly'],
    history: [['7.0.0', 'Takes BYTE and BIT.']],
    arguments: [key('key', 'RO', 'access'), optional(block('index', integer('start'), integer('end'), UNIT))],
    examples: ['SET word foobar', 'BITCOUNT word', 'BITCOUNT word 1 1', 'BITCOUNT word 5 30 BIT'],
    handler: bitCount,
  },
  {
    name: 'bitpos',
    group: 'bitmap',
    since: '2.8.7',
    summary: 'Finds the first bit that is 0, or 1, in a string or in a part of it.',
    complexity: 'O(N)',
    flags: ['readonly'],
    history: [['7.0.0', 'Takes BYTE and BIT.']],
    arguments: [
      key('key', 'RO', 'access'),
      integer('bit'),
      optional(block('index', integer('start'), optional(block('end_index', integer('end'), UNIT)))),
    ],
    examples: ['SETBIT visitors 9 1', 'BITPOS visitors 1', 'BITPOS visitors 0 1', 'BITPOS visitors 1 3 12 BIT'],
    handler: bitPos,
  },
  {
    name: 'bitop',
    group: 'bitmap',
    since: '2.6.0',
    summary: 'Combines strings bit by bit and stores the result; AND, OR, XOR and NOT are known.',
    complexity: 'O(N)',
    flags: ['write', 'denyoom'],
    arguments: [string('operation'), key('destkey', 'OW', 'update'), multiple(key('key', 'RO', 'access'))],
    examples: ['SETBIT monday 1 1', 'SETBIT tuesday 2 1', 'BITOP OR both monday tuesday', 'BITCOUNT both'],
    handler: bitOp,
  },
];

/** The place of a bit in a string that may become that long; `extraBits` more have to fit behind it. */
export function checkBitOffset({ config }: Context, offset: bigint): number {
  const limit = BigInt(Math.min(config.number('proto-max-bulk-len'), LONGEST_STRING));
  if (offset < 0n || offset >> 3n >= limit) throw new CommandError(OFFSET_ERROR);
  return Number(offset);
}

function bitOffset(context: Context, args: Args, index: number): number {
  return checkBitOffset(context, args.int64(index, OFFSET_ERROR));
}

function bitAt({ bytes, start, end }: BytesView, offset: number): number {
  const at = start + Math.floor(offset / 8);
  return at < end ? (bytes[at] >> (7 - (offset % 8))) & 1 : 0;
}

const oneByte = new Uint8Array(1);

function setBit(context: Context, args: Args): void {
  const { db, keyspace, reply } = context;
  const { strings } = keyspace;
  const offset = bitOffset(context, args, 2);
  const valueError = 'ERR bit is not an integer or out of range';
  const value = args.integer(3, valueError);
  if (value !== 0 && value !== 1) throw new CommandError(valueError);
  const entry = writeKey(context, args, 1, TYPE_STRING);
  const at = Math.floor(offset / 8);
  const view = entry === NONE ? NO_BYTES : strings.view(db, entry);
  const byte = byteAt(view, at);
  const mask = 0x80 >> (offset % 8);
  const before = (byte & mask) === 0 ? 0 : 1;
  const grows = at >= view.end - view.start;
  requireRoom(context, strings.growth(db, entry, at + 1));
  oneByte[0] = value === 1 ? byte | mask : byte & ~mask;
  strings.setRange(db, entry === NONE ? addEmpty(context, args, 1) : entry, at, oneByte, 0, 1);
  noteWrite(context, args, grows || before !== value ? 1 : 0);
  reply.integer(before);
}

const NO_BYTES: BytesView = { bytes: new Uint8Array(0), start: 0, end: 0 };

export function byteAt({ bytes, start, end }: BytesView, at: number): number {
  return start + at < end ? bytes[start + at] : 0;
}

/** A new key at an argument that was just looked for: an empty string, to be written in place. */
export function addEmpty({ db, keyspace }: Context, args: Args, index: number): Ref {
  const entry = db.add(args.bytes, args.starts[index], args.ends[index]);
  keyspace.strings.addEmpty(db, entry);
  return entry;
}

/**
 * Bits of the key at argument 1 were written. When they are as before, it is no change to who watches the key; but the
 * string may lie elsewhere now, or be there at all, which the log must know to come back to it.
 */
export function noteWrite(context: Context, args: Args, changes: number): void {
  if (changes > 0) {
    context.db.changed(args.bytes, args.starts[1], args.ends[1], changes);
    notify(context, args, 1, STRING_EVENT, 'setbit');
  } else {
    context.keyspace.stats.dirty++;
  }
}

/** Whether the word at an argument says that places are counted in bits. */
function readUnit(args: Args, index: number): boolean {
  if (args.is(index, 'BIT')) return true;
  if (!args.is(index, 'BYTE')) throw new CommandError(SYNTAX_ERROR);
  return false;
}

/** A place counted from the front, or from the end when negative, as one that is there; -1 when there is none. */
function clampPlace(place: bigint, total: number): number {
  const fromFront = place < 0n ? Math.max(0, Number(place) + total) : Number(place);
  return fromFront;
}

function bitCount(context: Context, args: Args): void {
  const { db, keyspace, reply } = context;
  const entry = readKey(context, args, 1, TYPE_STRING);
  if (entry === NONE) {
    reply.integer(0);
    return;
  }
  const { bytes, start, end } = keyspace.strings.view(db, entry);
  if (args.count === 2) {
    reply.integer(countBits(bytes, start, end));
    return;
  }
  if (args.count !== 4 && args.count !== 5) throw new CommandError(SYNTAX_ERROR);
  const [from, to] = [args.int64(2), args.int64(3)];
  // Seen before the unit is.
  if (from < 0n && to < 0n && from > to) {
    reply.integer(0);
    return;
  }
  const isBits = args.count === 5 && readUnit(args, 4);
  const total = (end - start) * (isBits ? 8 : 1);
  const first = clampPlace(from, total);
  const last = Math.min(clampPlace(to, total), total - 1);
  if (first > last) reply.integer(0);
  else if (isBits) reply.integer(countBitsBetween(bytes, start, first, last));
  else reply.integer(countBits(bytes, start + first, start + last + 1));
}

function bitPos(context: Context, args: Args): void {
  const { db, keyspace, reply } = context;
  const bit = args.integer(2);
  if (bit !== 0 && bit !== 1) throw new CommandError('ERR The bit argument must be 1 or 0.');
  const entry = db.findRead(args.bytes, args.starts[1], args.ends[1]);
  if (entry === NONE) {
    reply.integer(bit === 1 ? -1 : 0);
    return;
  }
  requireString(db, entry);
  const { bytes, start, end } = keyspace.strings.view(db, entry);
  if (args.count > 6) throw new CommandError(SYNTAX_ERROR);
  const from = args.count > 3 ? args.int64(3) : 0n;
  const isBits = args.count === 6 && readUnit(args, 5);
  const total = (end - start) * (isBits ? 8 : 1);
  const to = args.count > 4 ? args.int64(4) : BigInt(total - 1);
  const first = clampPlace(from, total);
  const last = Math.min(clampPlace(to, total), total - 1);
  if (first > last) {
    reply.integer(-1);
    return;
  }
  const scale = isBits ? 1 : 8;
  const found = findBit(bytes, start, first * scale, last * scale + scale - 1, bit);
  // Nobody said where the string ends, so zeros follow it.
  const isOpen = bit === 0 && args.count < 5;
  reply.integer(found < 0 && isOpen ? (end - start) * 8 : found);
}

function bitOp(context: Context, args: Args): void {
  const { db, keyspace, reply } = context;
  const { strings } = keyspace;
  const operation = (['AND', 'OR', 'XOR', 'NOT'] as const).find((name) => args.is(1, name));
  if (operation === undefined) throw new CommandError(SYNTAX_ERROR);
  if (operation === 'NOT' && args.count !== 4)
    throw new CommandError('ERR BITOP NOT must be called with a single source key.');
  const result = combined(context, args, operation);
  const [start, end] = [args.starts[2], args.ends[2]];
  const target = db.findWrite(args.bytes, start, end);
  requireRoom(context, result.length);
  if (result.length > 0) {
    const entry = target === NONE ? db.add(args.bytes, start, end) : target;
    db.persist(entry);
    strings.setRaw(db, entry, result, target === NONE);
    db.changed(args.bytes, start, end);
    db.notify(STRING_EVENT, 'set', args.bytes, start, end);
  } else if (target !== NONE) {
    db.remove(target);
    db.changed(args.bytes, start, end);
    db.notify(GENERIC_EVENT, 'del', args.bytes, start, end);
  }
  reply.integer(result.length);
}

function combined(context: Context, args: Args, operation: BitOperation): Uint8Array {
  const { db, keyspace } = context;
  const views: BytesView[] = [];
  for (let i = 3; i < args.count; i++) {
    const entry = readKey(context, args, i, TYPE_STRING);
    views.push(entry === NONE ? NO_BYTES : keyspace.strings.view(db, entry));
  }
  return combineBits(operation, views);
}
