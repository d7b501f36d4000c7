import type { Args } from '../args.ts';
import { CommandError, SYNTAX_ERROR } from '../errors.ts';
import type { Database } from '../keyspace/database.ts';
import type { Range } from '../keyspace/sorted-ranges.ts';
import type { SortedSetValues } from '../keyspace/sorted-sets.ts';
import { TYPE_ZSET } from '../keyspace/values.ts';
import { NONE, type Ref } from '../memory/arena.ts';
import { readKey } from './checks.ts';
import type { CommandSpec, Context } from './contract.ts';
import { behind, block, double, integer, key, multiple, oneOf, optional, since, string, word } from './grammar.ts';
import {
  NOTHING,
  lexRangeAt,
  rankRange,
  replyRange,
  replyScore,
  scoreRangeAt,
  storeMembers,
  type Scored,
} from './sorted-sets-arguments.ts';

/** The commands that read sorted sets: by member, by place, by score, by alphabet. */
export const SORTED_SET_RANGES: readonly CommandSpec[] = [
  {
    name: 'zcard',
    group: 'sorted-set',
    since: '1.2.0',
    summary: 'Counts the members of a sorted set.',
    complexity: 'O(1)',
    flags: ['readonly', 'fast'],
    arguments: [key('key', 'RO')],
    examples: ['ZADD race 10 alice', 'ZCARD race'],
    handler(context, args) {
      const entry = readKey(context, args, 1, TYPE_ZSET);
      context.reply.integer(entry === NONE ? 0 : context.keyspace.sortedSets.length(context.db, entry));
    },
  },
  {
    name: 'zscore',
    group: 'sorted-set',
    since: '1.2.0',
    summary: 'Reads the score of a member.',
    complexity: 'O(1)',
    flags: ['readonly', 'fast'],
    arguments: [key('key', 'RO', 'access'), string('member')],
    examples: ['ZADD race 10 alice', 'ZSCORE race alice'],
    handler(context, args) {
      replyScoreOf(context, args, readKey(context, args, 1, TYPE_ZSET), 2);
    },
  },
  {
    name: 'zmscore',
    group: 'sorted-set',
    since: '6.2.0',
    summary: 'Reads the scores of several members.',
    complexity: 'O(N)',
    flags: ['readonly', 'fast'],
    arguments: [key('key', 'RO', 'access'), multiple(string('member'))],
    examples: ['ZADD race 10 alice', 'ZMSCORE race alice bob'],
    handler(context, args) {
      const entry = readKey(context, args, 1, TYPE_ZSET);
      context.reply.array(args.count - 2);
      for (let i = 2; i < args.count; i++) replyScoreOf(context, args, entry, i);
    },
  },
  {
    name: 'zrank',
    group: 'sorted-set',
    since: '2.0.0',
    summary: 'Tells the place of a member in the order, the lowest score first.',
    complexity: 'O(log(N))',
    flags: ['readonly', 'fast'],
    arguments: [key('key', 'RO', 'access'), string('member')],
    examples: ['ZADD race 10 alice 20 bob', 'ZRANK race bob'],
    handler(context, args) {
      replyRank(context, args, false);
    },
  },
  {
    name: 'zrevrank',
    group: 'sorted-set',
    since: '2.0.0',
    summary: 'Tells the place of a member in the order, the highest score first.',
    complexity: 'O(log(N))',
    flags: ['readonly', 'fast'],
    arguments: [key('key', 'RO', 'access'), string('member')],
    examples: ['ZADD race 10 alice 20 bob', 'ZREVRANK race bob'],
    handler(context, args) {
      replyRank(context, args, true);
    },
  },
  {
    name: 'zcount',
    group: 'sorted-set',
    since: '2.0.0',
    summary: 'Counts the members whose scores are in a range.',
    complexity: 'O(log(N))',
    flags: ['readonly', 'fast'],
    arguments: [key('key', 'RO', 'access'), double('min'), double('max')],
    examples: ['ZADD race 10 alice 20 bob', 'ZCOUNT race (10 +inf'],
    handler(context, args) {
      const range = scoreRangeAt(args, 2, 3);
      replyCount(context, args, (sets, db, entry) => sets.inScores(db, entry, range));
    },
  },
  {
    name: 'zlexcount',
    group: 'sorted-set',
    since: '2.8.9',
    summary: 'Counts the members in a range of the alphabet, where all scores are equal.',
    complexity: 'O(log(N))',
    flags: ['readonly', 'fast'],
    arguments: [key('key', 'RO', 'access'), string('min'), string('max')],
    examples: ['ZADD names 0 alice 0 bob', 'ZLEXCOUNT names [a (b'],
    handler(context, args) {
      const range = lexRangeAt(args, 2, 3);
      replyCount(context, args, (sets, db, entry) => sets.inAlphabet(db, entry, range));
    },
  },
  {
    name: 'zrange',
    group: 'sorted-set',
    since: '1.2.0',
    summary: 'Reads the members in a range: of the order, of scores, or of the alphabet.',
    complexity: 'O(log(N)+M)',
    flags: ['readonly'],
    history: [['6.2.0', 'Takes REV, BYSCORE, BYLEX and LIMIT.']],
    arguments: [
      key('key', 'RO', 'access'),
      string('start'),
      string('stop'),
      since('6.2.0', optional(oneOf('sortby', word('BYSCORE'), word('BYLEX')))),
      since('6.2.0', optional(word('REV'))),
      since('6.2.0', optional(behind('LIMIT', block('offset_count', integer('offset'), integer('count'))))),
      optional(word('WITHSCORES')),
    ],
    examples: ['ZADD race 10 alice 20 bob', 'ZRANGE race 0 -1 WITHSCORES', 'ZRANGE race +inf 10 BYSCORE REV LIMIT 0 1'],
    handler(context, args) {
      replyStretch(context, args, {});
    },
  },
  {
    name: 'zrangebyscore',
    group: 'sorted-set',
    since: '1.0.5',
    summary: 'Reads the members whose scores are in a range.',
    complexity: 'O(log(N)+M)',
    flags: ['readonly'],
    history: [['2.0.0', 'Takes WITHSCORES.']],
    docFlags: ['deprecated'],
    deprecatedSince: '6.2.0',
    replacedBy: '`ZRANGE`, told so by `BYSCORE`',
    arguments: [
      key('key', 'RO', 'access'),
      double('min'),
      double('max'),
      since('2.0.0', optional(word('WITHSCORES'))),
      optional(behind('LIMIT', block('offset_count', integer('offset'), integer('count')))),
    ],
    examples: ['ZADD race 10 alice 20 bob', 'ZRANGEBYSCORE race 10 (20 WITHSCORES'],
    handler(context, args) {
      replyStretch(context, args, { by: 'score', isReverse: false });
    },
  },
  {
    name: 'zrevrange',
    group: 'sorted-set',
    since: '1.2.0',
    summary: 'Reads the members between two places in the order, the highest score first.',
    complexity: 'O(log(N)+M)',
    flags: ['readonly'],
    docFlags: ['deprecated'],
    deprecatedSince: '6.2.0',
    replacedBy: '`ZRANGE`, told so by `REV`',
    arguments: [key('key', 'RO', 'access'), integer('start'), integer('stop'), optional(word('WITHSCORES'))],
    examples: ['ZADD race 10 alice 20 bob', 'ZREVRANGE race 0 0'],
    handler(context, args) {
      replyStretch(context, args, { by: 'rank', isReverse: true });
    },
  },
  {
    name: 'zrevrangebyscore',
    group: 'sorted-set',
    since: '2.2.0',
    summary: 'Reads the members whose scores are in a range, the highest score first.',
    complexity: 'O(log(N)+M)',
    flags: ['readonly'],
    history: [['2.1.6', 'The ends of the range may be left out of it.']],
    docFlags: ['deprecated'],
    deprecatedSince: '6.2.0',
    replacedBy: '`ZRANGE`, told so by `REV` and `BYSCORE`',
    arguments: [
      key('key', 'RO', 'access'),
      double('max'),
      double('min'),
      optional(word('WITHSCORES')),
      optional(behind('LIMIT', block('offset_count', integer('offset'), integer('count')))),
    ],
    examples: ['ZADD race 10 alice 20 bob', 'ZREVRANGEBYSCORE race +inf -inf'],
    handler(context, args) {
      replyStretch(context, args, { by: 'score', isReverse: true });
    },
  },
  {
    name: 'zrangebylex',
    group: 'sorted-set',
    since: '2.8.9',
    summary: 'Reads the members in a range of the alphabet, where all scores are equal.',
    complexity: 'O(log(N)+M)',
    flags: ['readonly'],
    docFlags: ['deprecated'],
    deprecatedSince: '6.2.0',
    replacedBy: '`ZRANGE`, told so by `BYLEX`',
    arguments: [
      key('key', 'RO', 'access'),
      string('min'),
      string('max'),
      optional(behind('LIMIT', block('offset_count', integer('offset'), integer('count')))),
    ],
    examples: ['ZADD names 0 alice 0 bob', 'ZRANGEBYLEX names - + LIMIT 0 1'],
    handler(context, args) {
      replyStretch(context, args, { by: 'lex', isReverse: false });
    },
  },
  {
    name: 'zrevrangebylex',
    group: 'sorted-set',
    since: '2.8.9',
    summary: 'Reads the members in a range of the alphabet, backwards, where all scores are equal.',
    complexity: 'O(log(N)+M)',
    flags: ['readonly'],
    docFlags: ['deprecated'],
    deprecatedSince: '6.2.0',
    replacedBy: '`ZRANGE`, told so by `REV` and `BYLEX`',
    arguments: [
      key('key', 'RO', 'access'),
      string('max'),
      string('min'),
      optional(behind('LIMIT', block('offset_count', integer('offset'), integer('count')))),
    ],
    examples: ['ZADD names 0 alice 0 bob', 'ZREVRANGEBYLEX names + -'],
    handler(context, args) {
      replyStretch(context, args, { by: 'lex', isReverse: true });
    },
  },
  {
    name: 'zrangestore',
    group: 'sorted-set',
    since: '6.2.0',
    summary: 'Makes a key stand for the members of another one that are in a range, and tells how many they are.',
    complexity: 'O(log(N)+M)',
    flags: ['write', 'denyoom'],
    arguments: [
      key('dst', 'OW', 'update'),
      key('src', 'RO', 'access'),
      string('min'),
      string('max'),
      optional(oneOf('sortby', word('BYSCORE'), word('BYLEX'))),
      optional(word('REV')),
      optional(behind('LIMIT', block('offset_count', integer('offset'), integer('count')))),
    ],
    examples: ['ZADD race 10 alice 20 bob', 'ZRANGESTORE best race 0 0 REV'],
    handler: storeRange,
  },
];

function replyScoreOf({ db, keyspace, reply }: Context, args: Args, entry: Ref, index: number): void {
  const { sortedSets } = keyspace;
  if (entry !== NONE && sortedSets.find(db, entry, args.bytes, args.starts[index], args.ends[index]))
    replyScore(reply, sortedSets.score);
  else reply.null();
}

function replyRank(context: Context, args: Args, isReverse: boolean): void {
  const { db, keyspace, reply } = context;
  const { sortedSets } = keyspace;
  const entry = readKey(context, args, 1, TYPE_ZSET);
  const rank = entry === NONE ? -1 : sortedSets.rank(db, entry, args.bytes, args.starts[2], args.ends[2]);
  if (rank < 0) reply.null();
  else reply.integer(isReverse ? sortedSets.length(db, entry) - 1 - rank : rank);
}

function replyCount(
  context: Context,
  args: Args,
  rangeOf: (sets: SortedSetValues, db: Database, entry: Ref) => Range,
): void {
  const { db, keyspace, reply } = context;
  const entry = readKey(context, args, 1, TYPE_ZSET);
  reply.integer(entry === NONE ? 0 : rangeOf(keyspace.sortedSets, db, entry).count);
}

type By = 'rank' | 'score' | 'lex';

/** What a command's name says already; what it does not, the words after the range may. */
interface Named {
  readonly by?: By;
  readonly isReverse?: boolean;
}

interface Options {
  by: By;
  isReverse: boolean;
  withScores: boolean;
  offset: number;
  limit: number;
}

/** A stretch of the sorted set at an entry. */
interface Stretch extends Options {
  readonly entry: Ref;
  readonly range: Range;
}

/** Reads the command from the key on, and finds what it asks for. */
function stretchOf(context: Context, args: Args, keyAt: number, named: Named, isStored = false): Stretch {
  const { db, keyspace } = context;
  const options = readOptions(args, keyAt + 3, named, isStored);
  const rangeIn = rangeReader(args, keyAt, options);
  const entry = readKey(context, args, keyAt, TYPE_ZSET);
  const whole = entry === NONE ? NOTHING : rangeIn(keyspace.sortedSets, db, entry);
  return { ...options, entry, range: options.by === 'rank' ? whole : limited(whole, options) };
}

function readOptions(args: Args, from: number, named: Named, isStored: boolean): Options {
  const options: Options = { by: 'rank', isReverse: false, withScores: false, offset: 0, limit: -1, ...named };
  for (let i = from; i < args.count; i++) {
    if (!isStored && args.is(i, 'WITHSCORES')) options.withScores = true;
    else if (args.is(i, 'LIMIT') && i + 2 < args.count) {
      options.offset = args.integer(i + 1);
      options.limit = args.integer(i + 2);
      i += 2;
    } else if (named.isReverse === undefined && !options.isReverse && args.is(i, 'REV')) options.isReverse = true;
    // BYLEX or BYSCORE, but not both.
    else if (named.by === undefined && options.by === 'rank' && args.is(i, 'BYLEX')) options.by = 'lex';
    else if (named.by === undefined && options.by === 'rank' && args.is(i, 'BYSCORE')) options.by = 'score';
    else throw new CommandError(SYNTAX_ERROR);
  }
  if (options.by === 'rank' && options.limit !== -1)
    throw new CommandError('ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX');
  if (options.by === 'lex' && options.withScores)
    throw new CommandError('ERR syntax error, WITHSCORES not supported in combination with BYLEX');
  return options;
}

type RangeIn = (sets: SortedSetValues, db: Database, entry: Ref) => Range;

/** Reads the two ends, which stand the other way round where scores or the alphabet are gone through backwards. */
function rangeReader(args: Args, keyAt: number, { by, isReverse }: Options): RangeIn {
  const [first, second] = [keyAt + 1, keyAt + 2];
  if (by === 'rank') {
    const [start, stop] = [args.integer(first), args.integer(second)];
    return (sets, db, entry) => {
      const length = sets.length(db, entry);
      const { from, count } = rankRange(start, stop, length);
      return { from: isReverse ? length - from - count : from, count };
    };
  }
  const [min, max] = isReverse ? [second, first] : [first, second];
  if (by === 'score') {
    const range = scoreRangeAt(args, min, max);
    return (sets, db, entry) => sets.inScores(db, entry, range);
  }
  const range = lexRangeAt(args, min, max);
  return (sets, db, entry) => sets.inAlphabet(db, entry, range, isReverse);
}

/** What LIMIT leaves of a range. A negative offset leaves nothing, a negative count everything. */
function limited({ from, count }: Range, { offset, limit, isReverse }: Options): Range {
  if (offset < 0 || offset >= count) return NOTHING;
  const left = limit < 0 ? count - offset : Math.min(limit, count - offset);
  return { from: isReverse ? from + count - offset - left : from + offset, count: left };
}

function replyStretch(context: Context, args: Args, named: Named): void {
  const { entry, range, isReverse, withScores } = stretchOf(context, args, 1, named);
  if (entry === NONE) context.reply.array(0);
  else replyRange(context, entry, range, isReverse, withScores);
}

function storeRange(context: Context, args: Args): void {
  const { db, keyspace } = context;
  const { sortedSets } = keyspace;
  const { entry, range, isReverse } = stretchOf(context, args, 2, {}, true);
  const all: Scored[] = [];
  if (entry !== NONE) {
    sortedSets.walk(db.encoding(entry), db.value(entry), range.from, range.count, false, () => {
      all.push({ member: sortedSets.bytes.slice(sortedSets.start, sortedSets.end), score: sortedSets.score });
    });
  }
  // They come in the order in which they are met: which zeros lose their sign in a pack that grows too large hangs on it.
  if (isReverse) all.reverse();
  // How many there will be is known beforehand only where ranks say it.
  const isByRank = !Array.from({ length: args.count - 5 }, (_, i) => i + 5).some(
    (i) => args.is(i, 'BYSCORE') || args.is(i, 'BYLEX'),
  );
  storeMembers(context, args, 1, all, isByRank && all.length > keyspace.limits.zsetPackEntries);
}
