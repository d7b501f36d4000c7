import type { Args } from '../args.ts';
import { CommandError, SYNTAX_ERROR } from '../errors.ts';
import { ZSET_EVENT } from '../keyspace/events.ts';
import { distinctBelow, below } from '../keyspace/sampling.ts';
import { SKIPLIST, TYPE_ZSET } from '../keyspace/values.ts';
import { NONE, type Ref } from '../memory/arena.ts';
import { formatAsInteger, formatDouble } from '../memory/doubles.ts';
import { changedOrEmpty, notify, readKey, writeKey } from './checks.ts';
import type { CommandSpec, Context } from './contract.ts';
import { block, integer, key, multiple, oneOf, optional, pattern, word } from './grammar.ts';
import { readPickCount, replyAgain, requireSomeReply } from './picking.ts';
import { readCursor, readScanOptions, scanSome } from './scanning.ts';
import { replyMember, replyMembersHeader, replyRange } from './sorted-sets-arguments.ts';

/** The commands that take the first or the last members out of sorted sets, and those that go by chance. */
export const SORTED_SET_POPS: readonly CommandSpec[] = [
  {
    name: 'zpopmin',
    group: 'sorted-set',
    since: '5.0.0',
    summary: 'Takes out the members with the lowest scores and gives them.',
    complexity: 'O(log(N)*M)',
    flags: ['write', 'fast'],
    arguments: [key('key', 'RW', 'access', 'delete'), optional(integer('count'))],
    examples: ['ZADD race 10 alice 20 bob', 'ZPOPMIN race'],
    handler(context, args) {
      popOne(context, args, false);
    },
  },
  {
    name: 'zpopmax',
    group: 'sorted-set',
    since: '5.0.0',
    summary: 'Takes out the members with the highest scores and gives them.',
    complexity: 'O(log(N)*M)',
    flags: ['write', 'fast'],
    arguments: [key('key', 'RW', 'access', 'delete'), optional(integer('count'))],
    examples: ['ZADD race 10 alice 20 bob', 'ZPOPMAX race 2'],
    handler(context, args) {
      popOne(context, args, true);
    },
  },
  {
    name: 'zmpop',
    group: 'sorted-set',
    since: '7.0.0',
    summary: 'Takes members out of the first of several sorted sets that has any.',
    complexity: 'O(K)',
    flags: ['write'],
    arguments: [
      integer('numkeys'),
      multiple(key('key', 'RW', 'access', 'delete')),
      oneOf('where', word('MIN'), word('MAX')),
      optional(integer('count', 'COUNT')),
    ],
    examples: ['ZADD race 10 alice 20 bob', 'ZMPOP 2 none race MAX COUNT 2'],
    handler: popFirst,
  },
  {
    name: 'zrandmember',
    group: 'sorted-set',
    since: '6.2.0',
    summary: 'Gives members picked by chance, all different, or, for a negative count, also the same one again.',
    complexity: 'O(N)',
    flags: ['readonly'],
    tips: ['nondeterministic_output'],
    arguments: [key('key', 'RO', 'access'), optional(block('options', integer('count'), optional(word('WITHSCORES'))))],
    examples: ['ZADD race 10 alice 20 bob', 'ZRANDMEMBER race', 'ZRANDMEMBER race -3 WITHSCORES'],
    handler: pickMembers,
  },
  {
    name: 'zscan',
    group: 'sorted-set',
    since: '2.8.0',
    summary: 'Lists some of the members, and a cursor to go on with; the cursor 0 is the beginning and the end.',
    complexity: 'O(1)',
    flags: ['readonly'],
    tips: ['nondeterministic_output'],
    arguments: [
      key('key', 'RO', 'access'),
      integer('cursor'),
      optional(pattern('pattern', 'MATCH')),
      optional(integer('count', 'COUNT')),
    ],
    examples: ['ZADD race 10 alice 20 bob', 'ZSCAN race 0 MATCH a*'],
    handler: scanMembers,
  },
];

function popOne(context: Context, args: Args, isMax: boolean): void {
  const { db, keyspace, reply } = context;
  if (args.count > 3) throw new CommandError(SYNTAX_ERROR);
  const isCounted = args.count === 3;
  const wanted = isCounted ? atLeast(args, 2, 0, 'ERR value is out of range, must be positive') : 1;
  const entry = writeKey(context, args, 1, TYPE_ZSET);
  const count = entry === NONE ? 0 : Math.min(wanted, keyspace.sortedSets.length(db, entry));
  // RESP3 puts each pair into an array of its own, but not the only one of a call without a count.
  const isNested = isCounted && reply.protocol === 3;
  reply.array(isNested ? count : count * 2);
  popMembers(context, args, 1, entry, count, isMax, isNested);
}

/** Writes so many members from one end, without a header, and takes them out. */
export function popMembers(
  context: Context,
  args: Args,
  keyAt: number,
  entry: Ref,
  count: number,
  isMax: boolean,
  isNested: boolean,
): void {
  if (count === 0) return;
  const { db, keyspace, reply } = context;
  const { sortedSets } = keyspace;
  const length = sortedSets.length(db, entry);
  notify(context, args, keyAt, ZSET_EVENT, isMax ? 'zpopmax' : 'zpopmin');
  sortedSets.walk(db.encoding(entry), db.value(entry), isMax ? length - 1 : 0, count, isMax, () => {
    if (isNested) reply.array(2);
    reply.bulk(sortedSets.bytes, sortedSets.start, sortedSets.end);
    reply.double(formatDouble(sortedSets.score));
  });
  sortedSets.deleteRange(db, entry, { from: isMax ? length - count : 0, count });
  changedOrEmpty(context, args, keyAt, entry, null, count);
}

/** An integer that is not below a limit; the same error for what is less and for what is none. */
function atLeast(args: Args, index: number, least: number, error: string): number {
  const value = args.integer(index, error);
  if (value < least) throw new CommandError(error);
  return value;
}

export interface MultiPop {
  readonly firstKey: number;
  readonly lastKey: number;
  readonly isMax: boolean;
  readonly count: number;
}

/** Reads `numkeys key … MIN|MAX [COUNT count]`, the number of keys being at an index. */
export function readMultiPop(args: Args, index: number): MultiPop {
  const tooFew = 'ERR numkeys should be greater than 0';
  const keys = atLeast(args, index, 1, tooFew);
  const where = index + keys + 1;
  if (where >= args.count) throw new CommandError(SYNTAX_ERROR);
  const isMax = args.is(where, 'MAX');
  if (!isMax && !args.is(where, 'MIN')) throw new CommandError(SYNTAX_ERROR);
  const rest = args.count - where - 1;
  if (rest !== 0 && !(rest === 2 && args.is(where + 1, 'COUNT'))) {
    checkDoubleCount(args, where + 1);
    throw new CommandError(SYNTAX_ERROR);
  }
  return { firstKey: index + 1, lastKey: where - 1, isMax, count: rest === 0 ? 1 : readCount(args, where + 2) };
}

function readCount(args: Args, index: number): number {
  const tooFew = 'ERR count should be greater than 0';
  return atLeast(args, index, 1, tooFew);
}

/** A first COUNT is read before what follows it is found to be too much. */
function checkDoubleCount(args: Args, at: number): void {
  if (args.count - at > 2 && args.is(at, 'COUNT')) readCount(args, at + 1);
}

function popFirst(context: Context, args: Args): void {
  if (!popFirstOf(context, args, readMultiPop(args, 1))) context.reply.nullArray();
}

/** Pops from the first key that there is; false, and no reply, without any. */
export function popFirstOf(context: Context, args: Args, { firstKey, lastKey, isMax, count }: MultiPop): boolean {
  for (let at = firstKey; at <= lastKey; at++) {
    const entry = writeKey(context, args, at, TYPE_ZSET);
    if (entry === NONE) continue;
    popInto(context, args, at, entry, isMax, count);
    return true;
  }
  return false;
}

/** Replies with a key and members from one end of its sorted set, as ZMPOP does, and logs it as what it came to. */
export function popInto(context: Context, args: Args, keyAt: number, entry: Ref, isMax: boolean, wanted: number): void {
  const { db, keyspace, reply, server } = context;
  const count = Math.min(wanted, keyspace.sortedSets.length(db, entry));
  reply.array(2);
  reply.bulk(args.bytes, args.starts[keyAt], args.ends[keyAt]);
  reply.array(count);
  popMembers(context, args, keyAt, entry, count, isMax, true);
  if (server.isLogging()) server.logInstead(isMax ? 'ZPOPMAX' : 'ZPOPMIN', args.copy(keyAt), String(count));
}

const LONG_MAX = 2n ** 63n - 1n;

function pickMembers(context: Context, args: Args): void {
  const { db, keyspace, reply } = context;
  if (args.count === 2) {
    const entry = readKey(context, args, 1, TYPE_ZSET);
    if (entry === NONE) reply.null();
    else replyAt(context, entry, below(keyspace.sortedSets.length(db, entry), bitsOf(context)), false);
    return;
  }
  const count = readPickCount(args, 2);
  const withScores = args.count === 4 && args.is(3, 'WITHSCORES');
  if (args.count > 4 || (args.count === 4 && !withScores)) throw new CommandError(SYNTAX_ERROR);
  const half = LONG_MAX / 2n;
  if (withScores && (count < -half || count > half)) throw new CommandError('ERR value is out of range');
  const entry = readKey(context, args, 1, TYPE_ZSET);
  if (entry === NONE || count === 0n) reply.array(0);
  else if (count < 0n) pickAgain(context, entry, -count, withScores);
  else pickDistinct(context, entry, count, withScores);
}

function bitsOf({ server }: Context): () => number {
  return () => server.chance();
}

function replyAt({ db, keyspace, reply }: Context, entry: Ref, rank: number, withScores: boolean): void {
  const { sortedSets } = keyspace;
  sortedSets.walk(db.encoding(entry), db.value(entry), rank, 1, false, () => {
    replyMember(reply, sortedSets, withScores);
  });
}

function pickAgain(context: Context, entry: Ref, count: bigint, withScores: boolean): void {
  const { db, keyspace, reply } = context;
  requireSomeReply(withScores ? count * 2n : count);
  const length = keyspace.sortedSets.length(db, entry);
  const bits = bitsOf(context);
  replyMembersHeader(reply, Number(count), withScores);
  replyAgain(reply, Number(count), () => {
    replyAt(context, entry, below(length, bits), withScores);
  });
}

function pickDistinct(context: Context, entry: Ref, wanted: bigint, withScores: boolean): void {
  const { db, keyspace, reply } = context;
  const length = keyspace.sortedSets.length(db, entry);
  if (wanted >= BigInt(length)) {
    replyRange(context, entry, { from: 0, count: length }, true, withScores);
    return;
  }
  const ranks = distinctBelow(length, Number(wanted), bitsOf(context));
  replyMembersHeader(reply, ranks.size, withScores);
  for (const rank of ranks) replyAt(context, entry, rank, withScores);
}

function scanMembers(context: Context, args: Args): void {
  const { db, keyspace, reply } = context;
  const { sortedSets } = keyspace;
  const from = readCursor(args, 2);
  const entry = readKey(context, args, 1, TYPE_ZSET);
  if (entry === NONE) {
    reply.array(2);
    reply.text('0');
    reply.array(0);
    return;
  }
  const { count, glob } = readScanOptions(args, 3);
  const found: { readonly member: Uint8Array; readonly score: string }[] = [];
  let next = 0;
  if (db.encoding(entry) === SKIPLIST) {
    const { table, index } = sortedSets.large(db.value(entry));
    const { cursor, entries } = scanSome(table, from, count);
    next = cursor;
    for (const element of entries)
      found.push({ member: table.keyCopy(element), score: formatDouble(index.score(element)) });
  } else {
    // A small one is given whole, whatever the count.
    sortedSets.forEach(db.encoding(entry), db.value(entry), () => {
      const member = sortedSets.bytes.slice(sortedSets.start, sortedSets.end);
      found.push({ member, score: formatAsInteger(sortedSets.score) });
    });
  }
  const shown = glob === null ? found : found.filter(({ member }) => glob.matches(member, 0, member.length));
  reply.array(2);
  reply.text(String(next));
  reply.array(shown.length * 2);
  for (const { member, score } of shown) {
    reply.bytes(member);
    reply.text(score);
  }
}
