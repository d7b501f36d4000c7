import type { Args } from '../args.ts';
import { TYPE_ZSET } from '../keyspace/values.ts';
import type { Ref } from '../memory/arena.ts';
import { writeKey } from './checks.ts';
import type { CommandSpec, Context } from './contract.ts';
import { double, integer, key, multiple, oneOf, optional, word } from './grammar.ts';
import { popFirstOf, popInto, popMembers, readMultiPop } from './sorted-sets-pop.ts';
import { deadlineAt, takeOrWait, waitForKeys } from './waiting.ts';

/** Commands that take members out of sorted sets and wait where there is nothing to take. */
export const SORTED_SET_WAITS: readonly CommandSpec[] = [
  blockingPop('bzpopmin', false, 'lowest'),
  blockingPop('bzpopmax', true, 'highest'),
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

function blockingPop(name: string, isMax: boolean, which: string): CommandSpec {
  return {
    ...{ name, group: 'sorted-set', since: '5.0.0', complexity: 'O(log(N))' },
    summary: `Takes out the member with the ${which} score of the first sorted set that has any, or waits for one.`,
    flags: ['write', 'noscript', 'blocking', 'fast'],
    history: [['6.0.0', 'Takes fractions of a second.']],
    arguments: [multiple(key('key', 'RW', 'access', 'delete')), double('timeout')],
    examples: ['ZADD race 1 alice 2 bob', `${name.toUpperCase()} none race 10`],
    ...takeOrWait(TYPE_ZSET, (context, args, index, entry) => {
      popOne(context, args, index, entry, isMax);
    }),
  };
}

/** Replies with the key, one member and its score, which goes into the log as a pop that does not wait. */
function popOne(context: Context, args: Args, index: number, entry: Ref, isMax: boolean): void {
  const { reply, server } = context;
  reply.array(3);
  reply.bulk(args.bytes, args.starts[index], args.ends[index]);
  popMembers(context, args, index, entry, 1, isMax, false);
  if (server.isLogging()) server.logInstead(isMax ? 'ZPOPMAX' : 'ZPOPMIN', args.copy(index));
}
