import type { Args } from '../args.ts';
import { CommandError, NOT_A_FLOAT, OVERFLOW } from '../errors.ts';
import { HASH_EVENT } from '../keyspace/events.ts';
import { TYPE_HASH } from '../keyspace/values.ts';
import { NONE, type Ref } from '../memory/arena.ts';
import { ascii, latin1 } from '../memory/bytes.ts';
import { parseInt64 } from '../memory/numbers.ts';
import { notify, writeKey } from './checks.ts';
import type { CommandSpec, Context } from './contract.ts';
import { double, integer, key, string } from './grammar.ts';
import { addLongDoubles, parseLongDouble, printLongDouble, type LongDouble } from './long-double.ts';

/** Fields that hold numbers, and are counted in. */
export const HASH_NUMBERS: readonly CommandSpec[] = [
  {
    name: 'hincrby',
    group: 'hash',
    since: '2.0.0',
    summary: 'Adds a number to the integer in a field of a hash; no field counts as 0.',
    complexity: 'O(1)',
    flags: ['write', 'denyoom', 'fast'],
    arguments: [key('key', 'RW', 'access', 'update'), string('field'), integer('increment')],
    examples: ['HINCRBY user visits 1', 'HINCRBY user visits -5'],
    handler: count,
  },
  {
    name: 'hincrbyfloat',
    group: 'hash',
    since: '2.6.0',
    summary: 'Adds a number with a fraction to the number in a field of a hash; no field counts as 0.',
    complexity: 'O(1)',
    flags: ['write', 'denyoom', 'fast'],
    arguments: [key('key', 'RW', 'access', 'update'), string('field'), double('increment')],
    examples: ['HSET item price 10.50', 'HINCRBYFLOAT item price 0.1'],
    handler: countFloat,
  },
];

function count(context: Context, args: Args): void {
  const { keyspace, reply } = context;
  const { hashes } = keyspace;
  const by = args.int64(3);
  const entry = writeKey(context, args, 1, TYPE_HASH);
  let sum = by;
  if (hasField(context, args, entry)) {
    const value = parseInt64(hashes.bytes, hashes.start, hashes.end);
    if (value === null) throw new CommandError('ERR hash value is not an integer');
    sum += value;
    if (sum !== BigInt.asIntN(64, sum)) throw new CommandError(OVERFLOW);
  }
  store(context, args, entry, ascii(String(sum)));
  reply.integer(sum);
  notify(context, args, 1, HASH_EVENT, 'hincrby');
}

const ZERO: LongDouble = { significand: 0n, exponent: 0 };

function countFloat(context: Context, args: Args): void {
  const { keyspace, reply, server } = context;
  const { hashes } = keyspace;
  const increment = parseLongDouble(args.latin1(3));
  if (increment === null) throw new CommandError(NOT_A_FLOAT);
  if (typeof increment === 'string') throw new CommandError('ERR value is NaN or Infinity');
  const entry = writeKey(context, args, 1, TYPE_HASH);
  let value: LongDouble | null = ZERO;
  if (hasField(context, args, entry)) value = parseLongDouble(latin1(hashes.bytes, hashes.start, hashes.end));
  if (value === null) throw new CommandError('ERR hash value is not a float');
  const sum = addLongDoubles(value, increment);
  if (typeof sum === 'string') throw new CommandError('ERR increment would produce NaN or Infinity');
  const text = ascii(printLongDouble(sum));
  store(context, args, entry, text);
  // The log holds the sum: another machine might add differently.
  server.logInstead('HSET', args.copy(1), args.copy(2), text);
  reply.bytes(text);
  notify(context, args, 1, HASH_EVENT, 'hincrbyfloat');
}

/** Whether there is the field of argument 2; its value is then what `hashes` shows. */
function hasField({ db, keyspace }: Context, args: Args, entry: Ref): boolean {
  return entry !== NONE && keyspace.hashes.find(db, entry, args.bytes, args.starts[2], args.ends[2]);
}

function store({ db, keyspace }: Context, args: Args, entry: Ref, text: Uint8Array): void {
  const { bytes, starts, ends } = args;
  const target = entry === NONE ? keyspace.hashes.add(db, bytes, starts[1], ends[1]) : entry;
  keyspace.hashes.set(db, target, bytes, starts[2], ends[2], text, 0, text.length);
  db.changed(bytes, starts[1], ends[1]);
}
