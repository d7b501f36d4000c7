import type { Args } from '../args.ts';
import { CommandError, SYNTAX_ERROR } from '../errors.ts';
import type { BytesView } from '../keyspace/strings.ts';
import { TYPE_STRING } from '../keyspace/values.ts';
import { NONE, type Ref } from '../memory/arena.ts';
import { parseInt64 } from '../memory/numbers.ts';
import { addEmpty, byteAt, checkBitOffset, noteWrite } from './bitmaps.ts';
import { readKey, writeKey } from './checks.ts';
import type { CommandSpec, Context } from './contract.ts';
import { requireRoom } from './room.ts';
import { behind, block, integer, key, multiple, multipleBehind, oneOf, optional, string, word } from './grammar.ts';

const field = (): [ReturnType<typeof string>, ReturnType<typeof integer>] => [string('encoding'), integer('offset')];

/** Integers of any width at any bit of a string. */
export const BITFIELDS: readonly CommandSpec[] = [
  {
    name: 'bitfield',
    group: 'bitmap',
    since: '3.2.0',
    summary: 'Reads, sets and adds to integers of any width that lie anywhere in a string.',
    complexity: 'O(1)',
    flags: ['write', 'denyoom'],
    arguments: [
      key('key', 'RW', 'access', 'update', 'variable_flags'),
      optional(
        multiple(
          oneOf(
            'operation',
            behind('GET', block('encoding_offset', ...field())),
            block(
              'write',
              optional(behind('OVERFLOW', oneOf('wrap_sat_fail', word('WRAP'), word('SAT'), word('FAIL')))),
              oneOf(
                'write_operation',
                behind('SET', block('encoding_offset_value', ...field(), integer('value'))),
                behind('INCRBY', block('encoding_offset_increment', ...field(), integer('increment'))),
              ),
            ),
          ),
        ),
      ),
    ],
    examples: [
      'BITFIELD scores SET u8 #0 200 INCRBY u8 #1 7',
      'BITFIELD scores OVERFLOW SAT INCRBY u8 #0 100 GET u4 0',
    ],
    keyFlagsOf(args, first) {
      for (let i = first + 2; i < args.count; i++)
        if (args.is(i, 'SET') || args.is(i, 'INCRBY')) return ['RW', 'access', 'update'];
      return ['RO', 'access'];
    },
    handler(context, args) {
      const operations = readOperations(context, args);
      const end = Math.max(0, ...operations.map(({ kind, offset, bits }) => (kind === 'get' ? 0 : offset + bits)));
      if (end === 0) readFields(context, args, operations);
      else writeFields(context, args, operations, Math.floor((end - 1) / 8));
    },
  },
  {
    name: 'bitfield_ro',
    group: 'bitmap',
    since: '6.0.0',
    summary: 'Reads integers of any width that lie anywhere in a string.',
    complexity: 'O(1)',
    flags: ['readonly', 'fast'],
    arguments: [key('key', 'RO', 'access'), optional(multipleBehind('GET', block('encoding_offset', ...field())))],
    examples: ['SET word foobar', 'BITFIELD_RO word GET u8 0 GET i5 11'],
    handler(context, args) {
      const operations = readOperations(context, args);
      if (operations.some(({ kind }) => kind !== 'get'))
        throw new CommandError('ERR BITFIELD_RO only supports the GET subcommand');
      readFields(context, args, operations);
    },
  },
];

type Overflow = 'wrap' | 'sat' | 'fail';

interface Operation {
  readonly kind: 'get' | 'set' | 'incrby';
  readonly isSigned: boolean;
  readonly bits: number;
  readonly offset: number;
  readonly operand: bigint;
  readonly overflow: Overflow;
}

function readOperations(context: Context, args: Args): Operation[] {
  const operations: Operation[] = [];
  let overflow: Overflow = 'wrap';
  for (let i = 2; i < args.count;) {
    const left = args.count - 1 - i;
    if (args.is(i, 'OVERFLOW') && left >= 1) {
      overflow = readOverflow(args, i + 1);
      i += 2;
      continue;
    }
    const kind = args.is(i, 'GET') ? 'get' : args.is(i, 'SET') ? 'set' : args.is(i, 'INCRBY') ? 'incrby' : null;
    const words = kind === 'get' ? 2 : 3;
    if (kind === null || left < words) throw new CommandError(SYNTAX_ERROR);
    const { isSigned, bits } = readEncoding(args, i + 1);
    const offset = readFieldOffset(context, args, i + 2, bits);
    const operand = kind === 'get' ? 0n : args.int64(i + 3);
    operations.push({ kind, isSigned, bits, offset, operand, overflow });
    i += 1 + words;
  }
  return operations;
}

function readOverflow(args: Args, index: number): Overflow {
  for (const name of ['wrap', 'sat', 'fail'] as const) if (args.is(index, name.toUpperCase())) return name;
  throw new CommandError('ERR Invalid OVERFLOW type specified');
}

/** `u8`, `i16`: how wide a field is, and whether it has a sign. */
function readEncoding(args: Args, index: number): { isSigned: boolean; bits: number } {
  const { bytes } = args;
  const [start, end] = [args.starts[index], args.ends[index]];
  const zero = bytes.subarray(start, end).indexOf(0);
  const bits = Number(parseInt64(bytes, start + 1, zero < 0 ? end : Math.max(start + 1, start + zero)) ?? 0n);
  const isSigned = bytes[start] === 105;
  const isKnown = start < end && (isSigned || bytes[start] === 117);
  if (!isKnown || bits < 1 || bits > (isSigned ? 64 : 63)) {
    throw new CommandError(
      'ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.',
    );
  }
  return { isSigned, bits };
}

/** A place in bits, or behind a `#` in fields of that width. */
function readFieldOffset(context: Context, args: Args, index: number, bits: number): number {
  const { bytes } = args;
  const isHash = args.length(index) > 0 && bytes[args.starts[index]] === 35;
  const number = parseInt64(bytes, args.starts[index] + (isHash ? 1 : 0), args.ends[index]);
  const offset = number === null ? -1n : BigInt.asIntN(64, isHash ? number * BigInt(bits) : number);
  return checkBitOffset(context, offset);
}

function readFields(context: Context, args: Args, operations: readonly Operation[]): void {
  const { db, keyspace, reply } = context;
  const entry = readKey(context, args, 1, TYPE_STRING);
  const view = entry === NONE ? null : keyspace.strings.view(db, entry);
  reply.array(operations.length);
  for (const operation of operations) reply.integer(view === null ? 0n : fieldAt(view, operation));
}

function writeFields(context: Context, args: Args, operations: readonly Operation[], lastByte: number): void {
  const { db, keyspace, reply } = context;
  const found = writeKey(context, args, 1, TYPE_STRING);
  requireRoom(context, keyspace.strings.growth(db, found, lastByte + 1));
  const entry = found === NONE ? addEmpty(context, args, 1) : found;
  const grows = keyspace.strings.length(db, entry) <= lastByte;
  // Room for all fields at once, as zeros; a string that is long enough is only made one that can be written in place.
  const at = grows ? lastByte : 0;
  const byte = byteAt(keyspace.strings.view(db, entry), at);
  keyspace.strings.setRange(db, entry, at, Uint8Array.of(byte), 0, 1);
  reply.array(operations.length);
  let changes = 0;
  for (const operation of operations) {
    const before = fieldAt(keyspace.strings.view(db, entry), operation);
    if (operation.kind === 'get') {
      reply.integer(before);
      continue;
    }
    const after = resultOf(operation, before);
    if (after === null) {
      reply.null();
      continue;
    }
    reply.integer(operation.kind === 'set' ? before : after);
    if (after !== before) putField(context, entry, operation, after);
    if (grows || after !== before) changes++;
  }
  noteWrite(context, args, changes);
}

/** What the field becomes; `null` when it would overflow and must not. */
function resultOf({ kind, isSigned, bits, operand, overflow }: Operation, before: bigint): bigint | null {
  const least = isSigned ? -(1n << BigInt(bits - 1)) : 0n;
  const most = isSigned ? -least - 1n : (1n << BigInt(bits)) - 1n;
  // A negative number set into a field without a sign is a large one.
  const setting = isSigned ? operand : BigInt.asUintN(64, operand);
  const exact = kind === 'set' ? setting : before + operand;
  if (exact >= least && exact <= most) return exact;
  if (overflow === 'fail') return null;
  // Redis takes the distance to the largest in 64 bits; for the very smallest numbers it comes out below zero.
  const isAbove = kind === 'set' && isSigned ? BigInt.asIntN(64, most - exact) < 0n : exact > most;
  if (overflow === 'sat') return isAbove ? most : least;
  return isSigned ? BigInt.asIntN(bits, exact) : BigInt.asUintN(bits, exact);
}

function fieldAt(view: BytesView, { offset, bits, isSigned }: Operation): bigint {
  const first = Math.floor(offset / 8);
  const last = Math.floor((offset + bits - 1) / 8);
  let value = 0n;
  for (let at = first; at <= last; at++) value = (value << 8n) | BigInt(byteAt(view, at));
  const shifted = value >> BigInt(last * 8 + 7 - (offset + bits - 1));
  return isSigned ? BigInt.asIntN(bits, shifted) : BigInt.asUintN(bits, shifted);
}

function putField({ db, keyspace }: Context, entry: Ref, { offset, bits }: Operation, value: bigint): void {
  const first = Math.floor(offset / 8);
  const last = Math.floor((offset + bits - 1) / 8);
  const shift = BigInt(last * 8 + 7 - (offset + bits - 1));
  const view = keyspace.strings.view(db, entry);
  const mask = ((1n << BigInt(bits)) - 1n) << shift;
  let field = (BigInt.asUintN(bits, value) << shift) & mask;
  let kept = ~mask;
  const bytes = new Uint8Array(last - first + 1);
  for (let at = last; at >= first; at--) {
    bytes[at - first] = (byteAt(view, at) & Number(kept & 255n)) | Number(field & 255n);
    field >>= 8n;
    kept >>= 8n;
  }
  keyspace.strings.setRange(db, entry, first, bytes, 0, bytes.length);
}
