import type { Args } from '../args.ts';
import { CommandError, NOT_AN_INTEGER, NOT_A_FLOAT, OVERFLOW } from '../errors.ts';
import { STRING_EVENT } from '../keyspace/events.ts';
import { INT, TYPE_STRING } from '../keyspace/values.ts';
import { NONE } from '../memory/arena.ts';
import { ascii, latin1 } from '../memory/bytes.ts';
import { requireString } from './checks.ts';
import type { CommandSpec, Context } from './contract.ts';
import { double, integer, key } from './grammar.ts';
import { addLongDoubles, parseLongDouble, printLongDouble, type LongDouble } from './long-double.ts';

const INT64_MIN = -(2n ** 63n);

/** The commands that count in strings that hold numbers. */
export const COUNTERS: readonly CommandSpec[] = [
  {
    name: 'incr',
    group: 'string',
    since: '1.0.0',
    summary: 'Adds one to the integer that a key stands for; no key counts as 0.',
    complexity: 'O(1)',
    flags: ['write', 'denyoom', 'fast'],
    arguments: [key('key', 'RW', 'access', 'update')],
    examples: ['INCR visits'],
    handler(context, args) {
      count(context, args, 1);
    },
  },
  {
    name: 'decr',
    group: 'string',
    since: '1.0.0',
    summary: 'Takes one from the integer that a key stands for; no key counts as 0.',
    complexity: 'O(1)',
    flags: ['write', 'denyoom', 'fast'],
    arguments: [key('key', 'RW', 'access', 'update')],
    examples: ['SET stock 10', 'DECR stock'],
    handler(context, args) {
      count(context, args, -1);
    },
  },
  {
    name: 'incrby',
    group: 'string',
    since: '1.0.0',
    summary: 'Adds a number to the integer that a key stands for.',
    complexity: 'O(1)',
    flags: ['write', 'denyoom', 'fast'],
    arguments: [key('key', 'RW', 'access', 'update'), integer('increment')],
    examples: ['INCRBY visits 10'],
    handler(context, args) {
      const by = args.integer(2);
      if (Number.isSafeInteger(by)) count(context, args, by);
      else countWide(context, args, args.int64(2));
    },
  },
  {
    name: 'decrby',
    group: 'string',
    since: '1.0.0',
    summary: 'Takes a number from the integer that a key stands for.',
    complexity: 'O(1)',
    flags: ['write', 'denyoom', 'fast'],
    arguments: [key('key', 'RW', 'access', 'update'), integer('decrement')],
    examples: ['SET stock 10', 'DECRBY stock 3'],
    handler(context, args) {
      const by = args.integer(2);
      if (Number.isSafeInteger(by)) {
        count(context, args, -by);
        return;
      }
      const wide = args.int64(2);
      // It has no counterpart above zero.
      if (wide === INT64_MIN) throw new CommandError('ERR decrement would overflow');
      countWide(context, args, -wide);
    },
  },
  {
    name: 'incrbyfloat',
    group: 'string',
    since: '2.6.0',
    summary: 'Adds a number with a fraction to the number that a key stands for.',
    complexity: 'O(1)',
    flags: ['write', 'denyoom', 'fast'],
    arguments: [key('key', 'RW', 'access', 'update'), double('increment')],
    examples: ['SET price 10.50', 'INCRBYFLOAT price 0.1'],
    handler: countFloat,
  },
];

/** The usual way: what is there and what comes of it fit 32 bits, and nothing is made but the reply. */
function count(context: Context, args: Args, by: number): void {
  const { db, reply } = context;
  const start = args.starts[1];
  const end = args.ends[1];
  let entry = db.findWrite(args.bytes, start, end);
  const isSmall = entry === NONE || (db.encoding(entry) === INT && db.type(entry) === TYPE_STRING);
  const sum = isSmall && entry !== NONE ? db.value(entry) + by : by;
  if (!isSmall || sum !== (sum | 0)) {
    countWide(context, args, BigInt(by));
    return;
  }
  if (entry === NONE) entry = db.add(args.bytes, start, end);
  db.setValue(entry, TYPE_STRING, INT, sum);
  db.changed(args.bytes, start, end);
  db.notify(STRING_EVENT, 'incrby', args.bytes, start, end);
  reply.integer(sum);
}

function countWide({ db, keyspace, reply }: Context, args: Args, by: bigint): void {
  const start = args.starts[1];
  const end = args.ends[1];
  let entry = db.findWrite(args.bytes, start, end);
  if (entry !== NONE) requireString(db, entry);
  const value = entry === NONE ? 0n : keyspace.strings.int64(db, entry);
  if (value === null) throw new CommandError(NOT_AN_INTEGER);
  const sum = value + by;
  if (sum !== BigInt.asIntN(64, sum)) throw new CommandError(OVERFLOW);
  if (entry === NONE) {
    entry = db.add(args.bytes, start, end);
    db.setValue(entry, TYPE_STRING, INT, 0);
  }
  keyspace.strings.setInt64(db, entry, sum);
  db.changed(args.bytes, start, end);
  db.notify(STRING_EVENT, 'incrby', args.bytes, start, end);
  reply.integer(sum);
}

const ZERO: LongDouble = { significand: 0n, exponent: 0 };

function countFloat({ db, keyspace, reply, server }: Context, args: Args): void {
  const start = args.starts[1];
  const end = args.ends[1];
  let entry = db.findWrite(args.bytes, start, end);
  if (entry !== NONE) requireString(db, entry);
  let value: LongDouble | null = ZERO;
  if (entry !== NONE) {
    const view = keyspace.strings.view(db, entry);
    value = parseLongDouble(latin1(view.bytes, view.start, view.end));
  }
  const increment = parseLongDouble(args.latin1(2));
  if (value === null || increment === null) throw new CommandError(NOT_A_FLOAT);
  const sum = addLongDoubles(value, increment);
  if (typeof sum === 'string') throw new CommandError('ERR increment would produce NaN or Infinity');
  const text = ascii(printLongDouble(sum));
  const isNew = entry === NONE;
  if (isNew) entry = db.add(args.bytes, start, end);
  keyspace.strings.setText(db, entry, text, isNew);
  db.changed(args.bytes, start, end);
  db.notify(STRING_EVENT, 'incrbyfloat', args.bytes, start, end);
  // The log holds the sum: another machine might add differently.
  server.logInstead('SET', args.copy(1), text, 'KEEPTTL');
  reply.bytes(text);
}
