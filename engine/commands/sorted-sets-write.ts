import type { Args } from '../args.ts';
import { CommandError, SYNTAX_ERROR } from '../errors.ts';
import { ZSET_EVENT } from '../keyspace/events.ts';
import type { Database } from '../keyspace/database.ts';
import type { Range } from '../keyspace/sorted-ranges.ts';
import {
  ADDED,
  GT,
  INCR,
  LT,
  NOT_A_NUMBER,
  NX,
  REFUSED,
  UPDATED,
  XX,
  type SortedSetValues,
} from '../keyspace/sorted-sets.ts';
import { TYPE_ZSET } from '../keyspace/values.ts';
import { NONE, type Ref } from '../memory/arena.ts';
import { changedOrEmpty, notify, writeKey } from './checks.ts';
import type { CommandSpec, Context } from './contract.ts';
import { block, double, integer, key, multiple, oneOf, optional, since, string, word } from './grammar.ts';
import { lexRangeAt, rankRange, replyScore, scoreAt, scoreRangeAt } from './sorted-sets-arguments.ts';

/** The commands that put members into sorted sets and take them out by name or range. */
export const SORTED_SET_WRITES: readonly CommandSpec[] = [
  {
    name: 'zadd',
    group: 'sorted-set',
    since: '1.2.0',
    summary: 'Adds members with their scores, or gives them other ones, and tells how many are new.',
    complexity: 'O(log(N))',
    flags: ['write', 'denyoom', 'fast'],
    history: [
      ['2.4.0', 'Takes several members.'],
      ['3.0.2', 'Takes XX, NX, CH and INCR.'],
      ['6.2.0', 'Takes GT and LT.'],
    ],
    arguments: [
      key('key', 'RW', 'update'),
      since('3.0.2', optional(oneOf('condition', word('NX'), word('XX')))),
      since('6.2.0', optional(oneOf('comparison', word('GT'), word('LT')))),
      since('3.0.2', optional(word('CH', 'change'))),
      since('3.0.2', optional(word('INCR', 'increment'))),
      multiple(block('score_member', double('score'), string('member'))),
    ],
    examples: ['ZADD race 10 alice 20 bob', 'ZADD race GT CH 15 alice', 'ZADD race INCR 5 bob'],
    handler: addMembers,
  },
  {
    name: 'zincrby',
    group: 'sorted-set',
    since: '1.2.0',
    summary: 'Adds to the score of a member, which is 0 where there is none.',
    complexity: 'O(log(N))',
    flags: ['write', 'denyoom', 'fast'],
    arguments: [key('key', 'RW', 'access', 'update'), integer('increment'), string('member')],
    examples: ['ZADD race 10 alice', 'ZINCRBY race 2.5 alice'],
    handler(context, args) {
      // The options of ZADD are read here, too, and leave too few words for a score and a member.
      if (optionAt(args, 2) !== 0) throw new CommandError(SYNTAX_ERROR);
      put(context, args, 2, INCR);
    },
  },
  {
    name: 'zrem',
    group: 'sorted-set',
    since: '1.2.0',
    summary: 'Takes members out of a sorted set and tells how many there were; without a member left the key goes too.',
    complexity: 'O(M*log(N))',
    flags: ['write', 'fast'],
    history: [['2.4.0', 'Takes several members.']],
    arguments: [key('key', 'RW', 'delete'), multiple(string('member'))],
    examples: ['ZADD race 10 alice 20 bob', 'ZREM race alice'],
    handler: removeMembers,
  },
  {
    name: 'zremrangebyrank',
    group: 'sorted-set',
    since: '2.0.0',
    summary: 'Takes out the members between two places in the order.',
    complexity: 'O(log(N)+M)',
    flags: ['write'],
    arguments: [key('key', 'RW', 'delete'), integer('start'), integer('stop')],
    examples: ['ZADD race 10 alice 20 bob', 'ZREMRANGEBYRANK race 0 0'],
    handler(context, args) {
      const [start, stop] = [args.integer(2), args.integer(3)];
      removeRange(context, args, (sets, db, entry) => rankRange(start, stop, sets.length(db, entry)));
    },
  },
  {
    name: 'zremrangebyscore',
    group: 'sorted-set',
    since: '1.2.0',
    summary: 'Takes out the members whose scores are in a range.',
    complexity: 'O(log(N)+M)',
    flags: ['write'],
    arguments: [key('key', 'RW', 'delete'), double('min'), double('max')],
    examples: ['ZADD race 10 alice 20 bob', 'ZREMRANGEBYSCORE race -inf (20'],
    handler(context, args) {
      const range = scoreRangeAt(args, 2, 3);
      removeRange(context, args, (sets, db, entry) => sets.inScores(db, entry, range));
    },
  },
  {
    name: 'zremrangebylex',
    group: 'sorted-set',
    since: '2.8.9',
    summary: 'Takes out the members in a range of the alphabet, where all scores are equal.',
    complexity: 'O(log(N)+M)',
    flags: ['write'],
    arguments: [key('key', 'RW', 'delete'), string('min'), string('max')],
    examples: ['ZADD names 0 alice 0 bob', 'ZREMRANGEBYLEX names - (b'],
    handler(context, args) {
      const range = lexRangeAt(args, 2, 3);
      removeRange(context, args, (sets, db, entry) => sets.inAlphabet(db, entry, range));
    },
  },
];

const NAN = 'ERR resulting score is not a number (NaN)';

/** CH: not only new members count, but those with another score too. */
const CH = 32;

const OPTIONS: readonly { readonly word: string; readonly bit: number }[] = [
  { word: 'NX', bit: NX },
  { word: 'XX', bit: XX },
  { word: 'CH', bit: CH },
  { word: 'INCR', bit: INCR },
  { word: 'GT', bit: GT },
  { word: 'LT', bit: LT },
];

/** Most scores are longer, and so are not held against each. */
const LONGEST_OPTION = Math.max(...OPTIONS.map(({ word }) => word.length));

/** The bit of the option at an argument, 0 where it is none. */
function optionAt(args: Args, index: number): number {
  if (args.length(index) > LONGEST_OPTION) return 0;
  for (const { word, bit } of OPTIONS) if (args.is(index, word)) return bit;
  return 0;
}

function addMembers(context: Context, args: Args): void {
  let how = 0;
  let first = 2;
  for (let bit = 0; first < args.count && (bit = optionAt(args, first)) !== 0; first++) how |= bit;
  const words = args.count - first;
  if (words === 0 || words % 2 !== 0) throw new CommandError(SYNTAX_ERROR);
  if (how !== 0) checkOptions(how, words / 2);
  put(context, args, first, how);
}

function checkOptions(how: number, members: number): void {
  const has = (...bits: number[]): boolean => bits.every((bit) => (how & bit) !== 0);
  if (has(NX, XX)) throw new CommandError('ERR XX and NX options at the same time are not compatible');
  if (has(NX, GT) || has(NX, LT) || has(GT, LT))
    throw new CommandError('ERR GT, LT, and/or NX options at the same time are not compatible');
  if (has(INCR) && members > 1) throw new CommandError('ERR INCR option supports a single increment-element pair');
}

/** The scores of a command's pairs, all read before the first change. One array for all commands, as large as any needed. */
let scores = new Float64Array(16);

function readScores(args: Args, first: number, pairs: number): void {
  if (pairs > scores.length) scores = new Float64Array(pairs * 2);
  for (let i = 0; i < pairs; i++) scores[i] = scoreAt(args, first + 2 * i);
}

/** Puts in the pairs of score and member from an argument on. */
function put(context: Context, args: Args, first: number, how: number): void {
  const { db, keyspace, reply } = context;
  const { sortedSets } = keyspace;
  const { bytes, starts, ends } = args;
  const pairs = (args.count - first) / 2;
  readScores(args, first, pairs);
  let entry = writeKey(context, args, 1, TYPE_ZSET);
  if (entry === NONE && (how & XX) === 0) entry = sortedSets.add(db, bytes, starts[1], ends[1]);
  let outcome = REFUSED;
  let added = 0;
  let updated = 0;
  for (let i = 0; entry !== NONE && i < pairs; i++) {
    const at = first + 2 * i + 1;
    outcome = sortedSets.put(db, entry, bytes, starts[at], ends[at], scores[i], how);
    if (outcome === NOT_A_NUMBER) throw new CommandError(NAN);
    if (outcome === ADDED) added++;
    else if (outcome === UPDATED) updated++;
  }
  if (added + updated > 0) db.changed(bytes, starts[1], ends[1], added + updated);
  if ((how & INCR) === 0) reply.integer((how & CH) === 0 ? added : added + updated);
  else if (outcome === REFUSED) reply.null();
  else replyScore(reply, sortedSets.score);
  if (added + updated > 0) notify(context, args, 1, ZSET_EVENT, (how & INCR) === 0 ? 'zadd' : 'zincr');
}

function removeMembers(context: Context, args: Args): void {
  const { db, keyspace, reply } = context;
  const entry = writeKey(context, args, 1, TYPE_ZSET);
  let count = 0;
  // Whether the last member is gone is looked at once, at the end; a sorted set without members finds none.
  for (let i = 2; entry !== NONE && i < args.count; i++) {
    if (keyspace.sortedSets.delete(db, entry, args.bytes, args.starts[i], args.ends[i])) count++;
  }
  if (count > 0) changedOrEmpty(context, args, 1, entry, [ZSET_EVENT, 'zrem'], count);
  reply.integer(count);
}

function removeRange(
  context: Context,
  args: Args,
  rangeOf: (sets: SortedSetValues, db: Database, entry: Ref) => Range,
): void {
  const { db, keyspace, reply } = context;
  const entry = writeKey(context, args, 1, TYPE_ZSET);
  const range = entry === NONE ? null : rangeOf(keyspace.sortedSets, db, entry);
  if (range !== null && range.count > 0) {
    keyspace.sortedSets.deleteRange(db, entry, range);
    changedOrEmpty(context, args, 1, entry, [ZSET_EVENT, context.command.fullName], range.count);
  }
  reply.integer(range?.count ?? 0);
}
