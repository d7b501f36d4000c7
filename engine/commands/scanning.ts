/** What the commands share that go through a table piece by piece: SCAN and its kin of the single types. */
import type { Args } from '../args.ts';
import { CommandError, SYNTAX_ERROR } from '../errors.ts';
import { Glob } from '../keyspace/glob.ts';
import { NONE, type Ref } from '../memory/arena.ts';
import { readKey } from './checks.ts';
import type { Argument, Context } from './contract.ts';
import { integer, optional, pattern } from './grammar.ts';

export interface ScanOptions {
  /** About so many are wanted. */
  readonly count: number;
  /** `null` where everything matches. */
  readonly glob: Glob | null;
  /** Only keys of this type, in lower case. */
  readonly type: string | null;
}

/** What stands behind the cursor in each of them. */
export const SCAN_ARGUMENTS: readonly Argument[] = [
  integer('cursor'),
  optional(pattern('pattern', 'MATCH')),
  optional(integer('count', 'COUNT')),
];

const CURSOR = /^[+-]?\d+$/;
const CURSOR_MAX = 2n ** 64n - 1n;

/** Read as C reads an unsigned number: a sign is allowed, nothing at all is 0, and a zero byte is the end. */
export function readCursor(args: Args, index: number): number {
  const digits = args.latin1(index).split('\0', 1)[0];
  if (digits === '') return 0;
  if (!CURSOR.test(digits)) throw new CommandError('ERR invalid cursor');
  const value = BigInt(digits.replace('+', ''));
  if (value > CURSOR_MAX || value < -CURSOR_MAX) throw new CommandError('ERR invalid cursor');
  // The tables have fewer buckets than 2^32, so no higher bit is ever looked at.
  return Number(BigInt.asUintN(32, value));
}

/** The options from a word on. Only SCAN itself takes TYPE. */
export function readScanOptions(args: Args, from: number, takesType = false): ScanOptions {
  let count = 10;
  let glob: Glob | null = null;
  let type: string | null = null;
  for (let i = from; i < args.count; i += 2) {
    if (i + 1 === args.count) throw new CommandError(SYNTAX_ERROR);
    if (args.is(i, 'COUNT')) {
      count = args.integer(i + 1);
      if (count < 1) throw new CommandError(SYNTAX_ERROR);
    } else if (args.is(i, 'MATCH')) glob = new Glob(args.copy(i + 1));
    else if (takesType && args.is(i, 'TYPE')) type = args.latin1(i + 1).toLowerCase();
    else throw new CommandError(SYNTAX_ERROR);
  }
  return { count, glob: glob?.isEverything === true ? null : glob, type };
}

/** A table, or whatever else can be gone through bucket by bucket. */
interface Scannable {
  scan(cursor: number, visit: (entry: Ref) => void): number;
}

/** Goes on from a cursor until about so many entries were met; gives them, and the cursor to go on with. */
export function scanSome(
  table: Scannable,
  from: number,
  count: number,
): { readonly cursor: number; readonly entries: readonly Ref[] } {
  const entries: Ref[] = [];
  const visit = (entry: Ref): void => void entries.push(entry);
  let cursor = from;
  // A table that is nearly empty must not keep a call busy for ever.
  let visitsLeft = count * 10;
  do {
    cursor = table.scan(cursor, visit);
  } while (cursor !== 0 && --visitsLeft > 0 && entries.length < count);
  return { cursor, entries };
}

/** A value that is gone through piece by piece, each of which lies at a place. */
interface ScannedValue {
  /** `null` for a small one: it has no buckets to stop at, and comes at once. */
  readonly table: Scannable | null;
  /** Where the pieces of a small one are. */
  places(): readonly number[];
  matches(place: number, glob: Glob): boolean;
  /** How many items each of them is in the reply. */
  readonly items: number;
  replyAt(place: number): void;
}

/** SCAN inside the value of a key: replies with some of it, and with a cursor to go on with. */
export function scanValue(context: Context, args: Args, type: number, open: (entry: Ref) => ScannedValue): void {
  const { reply } = context;
  const from = readCursor(args, 2);
  const entry = readKey(context, args, 1, type);
  reply.array(2);
  if (entry === NONE) {
    reply.text('0');
    reply.array(0);
    return;
  }
  const { count, glob } = readScanOptions(args, 3);
  const value = open(entry);
  const some = value.table ? scanSome(value.table, from, count) : { cursor: 0, entries: value.places() };
  const found = some.entries.filter((place) => glob === null || value.matches(place, glob));
  reply.text(String(some.cursor));
  reply.array(found.length * value.items);
  for (const place of found) value.replyAt(place);
}
