import type { Args } from '../args.ts';
import { CommandError, SYNTAX_ERROR, WRONG_TYPE } from '../errors.ts';
import { TYPE_SET, TYPE_ZSET } from '../keyspace/values.ts';
import { NONE, type Ref } from '../memory/arena.ts';
import { ascii, latin1 } from '../memory/bytes.ts';
import type { Argument, CommandSpec, Context } from './contract.ts';
import { behind, integer, key, multiple, oneOf, optional, word } from './grammar.ts';
import { replyMembersHeader, replyScore, scoreAt, storeMembers, type Scored } from './sorted-sets-arguments.ts';

const WEIGHED_SETS: readonly Argument[] = [
  integer('numkeys'),
  multiple(key('key', 'RO', 'access')),
  optional(multiple(integer('weight', 'WEIGHTS'))),
  optional(behind('AGGREGATE', oneOf('aggregate', word('SUM'), word('MIN'), word('MAX')))),
];

/** The commands that put several sorted sets together. Sets may be among them: the score of their members is 1. */
export const SORTED_SET_ALGEBRA: readonly CommandSpec[] = [
  {
    name: 'zunion',
    group: 'sorted-set',
    since: '6.2.0',
    summary: 'Gives the members of all sorted sets together, their scores added up.',
    complexity: 'O(N)',
    flags: ['readonly'],
    arguments: [...WEIGHED_SETS, optional(word('WITHSCORES'))],
    examples: ['ZADD race 10 alice', 'ZADD jump 5 alice 8 bob', 'ZUNION 2 race jump WITHSCORES'],
    handler(context, args) {
      replyCombined(context, args, 'union');
    },
  },
  {
    name: 'zinter',
    group: 'sorted-set',
    since: '6.2.0',
    summary: 'Gives the members that all sorted sets have, their scores added up.',
    complexity: 'O(N*K)',
    flags: ['readonly'],
    arguments: [...WEIGHED_SETS, optional(word('WITHSCORES'))],
    examples: ['ZADD race 10 alice', 'ZADD jump 5 alice 8 bob', 'ZINTER 2 race jump WEIGHTS 1 2 WITHSCORES'],
    handler(context, args) {
      replyCombined(context, args, 'inter');
    },
  },
  {
    name: 'zdiff',
    group: 'sorted-set',
    since: '6.2.0',
    summary: 'Gives the members of the first sorted set that no other one has.',
    complexity: 'O(L + (N-K)log(N))',
    flags: ['readonly'],
    arguments: [integer('numkeys'), multiple(key('key', 'RO', 'access')), optional(word('WITHSCORES'))],
    examples: ['ZADD race 10 alice 20 bob', 'ZADD jump 5 alice', 'ZDIFF 2 race jump WITHSCORES'],
    handler(context, args) {
      replyCombined(context, args, 'diff');
    },
  },
  {
    name: 'zunionstore',
    group: 'sorted-set',
    since: '2.0.0',
    summary: 'Makes a key stand for the members of all sorted sets together.',
    complexity: 'O(N)',
    flags: ['write', 'denyoom'],
    arguments: [key('destination', 'OW', 'update'), ...WEIGHED_SETS],
    examples: ['ZADD race 10 alice', 'ZADD jump 5 bob', 'ZUNIONSTORE all 2 race jump AGGREGATE MAX'],
    handler(context, args) {
      storeCombined(context, args, 'union');
    },
  },
  {
    name: 'zinterstore',
    group: 'sorted-set',
    since: '2.0.0',
    summary: 'Makes a key stand for the members that all sorted sets have.',
    complexity: 'O(N*K)',
    flags: ['write', 'denyoom'],
    arguments: [key('destination', 'OW', 'update'), ...WEIGHED_SETS],
    examples: ['ZADD race 10 alice', 'ZADD jump 5 alice', 'ZINTERSTORE both 2 race jump'],
    handler(context, args) {
      storeCombined(context, args, 'inter');
    },
  },
  {
    name: 'zdiffstore',
    group: 'sorted-set',
    since: '6.2.0',
    summary: 'Makes a key stand for the members of the first sorted set that no other one has.',
    complexity: 'O(L + (N-K)log(N))',
    flags: ['write', 'denyoom'],
    arguments: [key('destination', 'OW', 'update'), integer('numkeys'), multiple(key('key', 'RO', 'access'))],
    examples: ['ZADD race 10 alice 20 bob', 'ZADD jump 5 alice', 'ZDIFFSTORE runners 2 race jump'],
    handler(context, args) {
      storeCombined(context, args, 'diff');
    },
  },
  {
    name: 'zintercard',
    group: 'sorted-set',
    since: '7.0.0',
    summary: 'Counts the members that all sorted sets have, up to a limit.',
    complexity: 'O(N*K)',
    flags: ['readonly'],
    arguments: [integer('numkeys'), multiple(key('key', 'RO', 'access')), optional(integer('limit', 'LIMIT'))],
    examples: ['ZADD race 10 alice', 'ZADD jump 5 alice', 'ZINTERCARD 2 race jump LIMIT 1'],
    handler: countCommon,
  },
];

type Operation = 'union' | 'inter' | 'diff';
type Aggregate = 'sum' | 'min' | 'max';

/** One of the sorted sets, or sets, that are put together; `NONE` where there is no such key. */
interface Source {
  readonly entry: Ref;
  readonly length: number;
  weight: number;
}

interface Request {
  readonly sources: Source[];
  aggregate: Aggregate;
  withScores: boolean;
  limit: number;
}

/** Which of the words behind the keys a command knows. */
interface Known {
  readonly weights?: boolean;
  readonly withScores?: boolean;
  readonly limit?: boolean;
}

/** Reads `numkeys key …` and the words behind. The keys are looked at before the words are. */
function readRequest(context: Context, args: Args, index: number, known: Known): Request {
  const count = args.integer(index);
  if (count < 1) throw new CommandError(`ERR at least 1 input key is needed for '${context.command.fullName}' command`);
  if (count > args.count - index - 1) throw new CommandError(SYNTAX_ERROR);
  const sources = Array.from({ length: count }, (_, i) => sourceAt(context, args, index + 1 + i));
  const request: Request = { sources, aggregate: 'sum', withScores: false, limit: 0 };
  for (let i = index + 1 + count; i < args.count;) i = readOption(args, i, request, known);
  return request;
}

function sourceAt({ db }: Context, args: Args, index: number): Source {
  const entry = db.findRead(args.bytes, args.starts[index], args.ends[index]);
  if (entry === NONE) return { entry, length: 0, weight: 1 };
  if (db.type(entry) !== TYPE_ZSET && db.type(entry) !== TYPE_SET) throw new CommandError(WRONG_TYPE);
  return { entry, length: db.typeOf(entry).count(db.encoding(entry), db.value(entry)), weight: 1 };
}

/** Reads the option at an argument, and returns where the next one is. */
function readOption(args: Args, at: number, request: Request, known: Known): number {
  const left = args.count - at - 1;
  const { sources } = request;
  if (known.weights === true && left >= sources.length && args.is(at, 'WEIGHTS')) {
    sources.forEach((source, i) => {
      source.weight = scoreAt(args, at + 1 + i, 'ERR weight value is not a float');
    });
    return at + 1 + sources.length;
  }
  if (known.weights === true && left >= 1 && args.is(at, 'AGGREGATE')) {
    request.aggregate = aggregateAt(args, at + 1);
    return at + 2;
  }
  if (known.withScores === true && args.is(at, 'WITHSCORES')) {
    request.withScores = true;
    return at + 1;
  }
  if (known.limit === true && left >= 1 && args.is(at, 'LIMIT')) {
    const negative = "ERR LIMIT can't be negative";
    request.limit = args.integer(at + 1, negative);
    if (request.limit < 0) throw new CommandError(negative);
    return at + 2;
  }
  throw new CommandError(SYNTAX_ERROR);
}

function aggregateAt(args: Args, index: number): Aggregate {
  if (args.is(index, 'SUM')) return 'sum';
  if (args.is(index, 'MIN')) return 'min';
  if (args.is(index, 'MAX')) return 'max';
  throw new CommandError(SYNTAX_ERROR);
}

/** Members as text, a character a byte, so that they can be looked for. */
type Scores = Map<string, number>;

/** Calls `visit` with each member and its score. */
function forEach({ db, keyspace }: Context, { entry }: Source, visit: (member: string, score: number) => void): void {
  if (entry === NONE) return;
  const { sets, sortedSets } = keyspace;
  if (db.type(entry) === TYPE_SET) {
    const set = sets.inHand(db, entry);
    sets.forEachPlace(set, (place) => {
      sets.show(set, place);
      visit(latin1(sets.bytes, sets.start, sets.end), 1);
      return true;
    });
    return;
  }
  sortedSets.forEach(db.encoding(entry), db.value(entry), () => {
    visit(latin1(sortedSets.bytes, sortedSets.start, sortedSets.end), sortedSets.score);
  });
}

/** The score of a member, or `null` when it is not there. */
function scoreIn({ db, keyspace }: Context, { entry }: Source, member: Uint8Array): number | null {
  if (entry === NONE) return null;
  const { sets, sortedSets } = keyspace;
  if (db.type(entry) === TYPE_SET) return sets.has(db, entry, member, 0, member.length) ? 1 : null;
  return sortedSets.find(db, entry, member, 0, member.length) ? sortedSets.score : null;
}

function combined(context: Context, request: Request, operation: Operation): Scores {
  if (operation === 'diff') return difference(context, request.sources);
  // The smallest first: the others are only asked for what it has.
  request.sources.sort((a, b) => a.length - b.length);
  return operation === 'union' ? union(context, request) : intersection(context, request);
}

function union(context: Context, { sources, aggregate }: Request): Scores {
  const scores: Scores = new Map();
  for (const source of sources) {
    forEach(context, source, (member, score) => {
      const weighted = weigh(source, score);
      const before = scores.get(member);
      scores.set(member, before === undefined ? weighted : aggregated(aggregate, before, weighted));
    });
  }
  return scores;
}

function intersection(context: Context, { sources, aggregate }: Request): Scores {
  const [smallest, ...others] = sources;
  const scores: Scores = new Map();
  forEach(context, smallest, (member, score) => {
    scores.set(member, weigh(smallest, score));
  });
  for (const other of others) {
    for (const [member, before] of scores) {
      const score = scoreIn(context, other, ascii(member));
      if (score === null) scores.delete(member);
      else scores.set(member, aggregated(aggregate, before, score * other.weight));
    }
  }
  return scores;
}

function difference(context: Context, [first, ...others]: readonly Source[]): Scores {
  const scores: Scores = new Map();
  forEach(context, first, (member, score) => scores.set(member, score));
  for (const member of scores.keys()) {
    const bytes = ascii(member);
    if (others.some((other) => scoreIn(context, other, bytes) !== null)) scores.delete(member);
  }
  return scores;
}

/** Infinity times zero counts as zero. */
function weigh({ weight }: Source, score: number): number {
  const weighted = weight * score;
  return Number.isNaN(weighted) ? 0 : weighted;
}

function aggregated(aggregate: Aggregate, before: number, score: number): number {
  if (aggregate === 'min') return score < before ? score : before;
  if (aggregate === 'max') return score > before ? score : before;
  const sum = before + score;
  // Infinity and its opposite.
  return Number.isNaN(sum) ? 0 : sum;
}

/** In the order of a sorted set: by score, then by bytes. */
function inOrder(scores: Scores): Scored[] {
  return [...scores]
    .sort(([a, x], [b, y]) => (x === y ? (a < b ? -1 : 1) : x < y ? -1 : 1))
    .map(([member, score]) => ({ member: ascii(member), score }));
}

function replyCombined(context: Context, args: Args, operation: Operation): void {
  const { reply } = context;
  const request = readRequest(context, args, 1, { weights: operation !== 'diff', withScores: true });
  const { withScores } = request;
  const all = inOrder(combined(context, request, operation));
  replyMembersHeader(reply, all.length, withScores);
  for (const { member, score } of all) {
    if (withScores && reply.protocol === 3) reply.array(2);
    reply.bytes(member);
    if (withScores) replyScore(reply, score);
  }
}

function storeCombined(context: Context, args: Args, operation: Operation): void {
  const request = readRequest(context, args, 2, { weights: operation !== 'diff' });
  const { zsetPackEntries, zsetPackValueBytes } = context.keyspace.limits;
  const all = inOrder(combined(context, request, operation));
  const isLarge = all.length > zsetPackEntries || all.some(({ member }) => member.length > zsetPackValueBytes);
  storeMembers(context, args, 1, all, isLarge);
}

function countCommon(context: Context, args: Args): void {
  const request = readRequest(context, args, 1, { limit: true });
  const { size } = combined(context, request, 'inter');
  context.reply.integer(request.limit === 0 ? size : Math.min(size, request.limit));
}
