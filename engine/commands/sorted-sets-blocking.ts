import type { Args } from '../args.ts';
import { TYPE_ZSET } from '../keyspace/values.ts';
import { NONE, type Ref } from '../memory/arena.ts';
import { writeKey } from './checks.ts';
import type { CommandSpec, Context } from './contract.ts';
import { double, integer, key, multiple, oneOf, optional, word } from './grammar.ts';
import { popFirstOf, popInto, popMembers, readMultiPop } from './sorted-sets-pop.ts';
import { deadlineAt, waitForKeys } from './waiting.ts';

/** Commands that take members out of sorted sets and wait where there is nothing to take. */
export const SORTED_SET_WAITS: readonly CommandSpec[] = [
  {
    name: 'bzpopmin',
    group: 'sorted-set',
    since: '5.0.0',
    summary: 'Takes out the member with the lowest score of the first sorted set that has any, or waits for one.',
    complexity: 'O(log(N))',
    flags: ['write', 'noscript', 'blocking', 'fast'],
    history: [['6.0.0', 'Takes fractions of a second.']],
    arguments: [multiple(key('key', 'RW', 'access', 'delete')), double('timeout')],
    examples: ['ZADD race 1 alice 2 bob', 'BZPOPMIN none race 10'],
    handler(context, args) {
      popOrWait(context, args, false);
    },
    serve(context, args, index) {
      popOne(context, args, index, writeKey(context, args, index, TYPE_ZSET), false);
    },
  },
  {
    name: 'bzpopmax',
    group: 'sorted-set',
    since: '5.0.0',
    summary: 'Takes out the member with the highest score of the first sorted set that has any, or waits for one.',
    complexity: 'O(log(N))',
    flags: ['write', 'noscript', 'blocking', 'fast'],
    history: [['6.0.0', 'Takes fractions of a second.']],
    arguments: [multiple(key('key', 'RW', 'access', 'delete')), double('timeout')],
    examples: ['ZADD race 1 alice 2 bob', 'BZPOPMAX none race 10'],
    handler(context, args) {
      popOrWait(context, args, true);
    },
    serve(context, args, index) {
      popOne(context, args, index, writeKey(context, args, index, TYPE_ZSET), true);
    },
  },
  {
    name: 'bzmpop',
    group: 'sorted-set',
    since: '7.0.0',
    summary: 'Takes members out of the first of several sorted sets that has any, or waits for one.',
    complexity: 'O(K)',
    flags: ['write', 'blocking'],
    arguments: [
      double('timeout'),
      integer('numkeys'),
      multiple(key('key', 'RW', 'access', 'delete')),
      oneOf('where', word('MIN'), word('MAX')),
      optional(integer('count', 'COUNT')),
    ],
    examples: ['ZADD race 1 alice 2 bob', 'BZMPOP 10 2 none race MIN COUNT 2'],
    handler(context, args) {
      const { firstKey, lastKey, isMax, count } = readMultiPop(args, 2);
      const deadlineMs = deadlineAt(context, args, 1);
      if (!popFirstOf(context, args, { firstKey, lastKey, isMax, count }))
        waitForKeys(context, args, { type: TYPE_ZSET, firstKey, endKey: lastKey + 1, deadlineMs });
    },
    serve(context, args, index) {
      const { isMax, count } = readMultiPop(args, 2);
      popInto(context, args, index, writeKey(context, args, index, TYPE_ZSET), isMax, count);
    },
  },
];

function popOrWait(context: Context, args: Args, isMax: boolean): void {
  const last = args.count - 1;
  const deadlineMs = deadlineAt(context, args, last);
  for (let i = 1; i < last; i++) {
    const entry = writeKey(context, args, i, TYPE_ZSET);
    if (entry === NONE) continue;
    popOne(context, args, i, entry, isMax);
    return;
  }
  waitForKeys(context, args, { type: TYPE_ZSET, firstKey: 1, endKey: last, deadlineMs });
}

/** Replies with the key, one member and its score, which goes into the log as a pop that does not wait. */
function popOne(context: Context, args: Args, index: number, entry: Ref, isMax: boolean): void {
  const { reply, server } = context;
  reply.array(3);
  reply.bulk(args.bytes, args.starts[index], args.ends[index]);
  popMembers(context, args, index, entry, 1, isMax, false);
  if (server.isLogging()) server.logInstead(isMax ? 'ZPOPMAX' : 'ZPOPMIN', args.copy(index));
}
