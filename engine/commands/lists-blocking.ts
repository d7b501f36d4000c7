import type { Args } from '../args.ts';
import { TYPE_LIST } from '../keyspace/values.ts';
import type { Ref } from '../memory/arena.ts';
import { changedOrEmpty, writeKey } from './checks.ts';
import type { CommandSpec, Context } from './contract.ts';
import { double, integer, key, multiple, oneOf, optional, word } from './grammar.ts';
import { POPPED, replyPopped, type Side, sideAt } from './list-ends.ts';
import { move, popFirstOf, popSeveral, wishOf } from './lists-move.ts';
import { deadlineAt, takeOrWait, waitForKeys } from './waiting.ts';

/** Commands that take from lists and wait where there is nothing to take. */
export const LIST_WAITS: readonly CommandSpec[] = [
  blockingPop('blpop', 'left', 'Takes the first element out of the first list that has any, or waits for one.'),
  blockingPop('brpop', 'right', 'Takes the last element out of the first list that has any, or waits for one.'),
  {
    name: 'blmove',
    group: 'list',
    since: '6.2.0',
    summary: 'Moves an element from an end of a list to an end of another, or waits for one.',
    complexity: 'O(1)',
    flags: ['write', 'denyoom', 'noscript', 'blocking'],
    nothing: 'null',
    arguments: [
      key('source', 'RW', 'access', 'delete'),
      key('destination', 'RW', 'insert'),
      oneOf('wherefrom', word('LEFT'), word('RIGHT')),
      oneOf('whereto', word('LEFT'), word('RIGHT')),
      double('timeout'),
    ],
    examples: ['RPUSH todo one', 'BLMOVE todo done LEFT RIGHT 10'],
    handler(context, args) {
      const [from, to] = [sideAt(args, 3), sideAt(args, 4)];
      moveOrWait(context, args, from, to, 5);
    },
    serve(context, args) {
      moveAndSay(context, args, sideAt(args, 3), sideAt(args, 4));
    },
  },
  {
    name: 'brpoplpush',
    group: 'list',
    since: '2.2.0',
    summary: 'Moves the last element of a list to the front of another, or waits for one.',
    complexity: 'O(1)',
    flags: ['write', 'denyoom', 'noscript', 'blocking'],
    docFlags: ['deprecated'],
    deprecatedSince: '6.2.0',
    replacedBy: '`BLMOVE` with the `RIGHT` and `LEFT` arguments',
    history: [['6.0.0', 'Takes fractions of a second.']],
    nothing: 'null',
    arguments: [key('source', 'RW', 'access', 'delete'), key('destination', 'RW', 'insert'), double('timeout')],
    examples: ['RPUSH todo one', 'BRPOPLPUSH todo done 10'],
    handler(context, args) {
      moveOrWait(context, args, 'right', 'left', 3);
    },
    serve(context, args) {
      moveAndSay(context, args, 'right', 'left');
    },
  },
  {
    name: 'blmpop',
    group: 'list',
    since: '7.0.0',
    summary: 'Takes elements out of the first of several lists that has any, or waits for one.',
    complexity: 'O(N+M)',
    flags: ['write', 'blocking'],
    arguments: [
      double('timeout'),
      integer('numkeys'),
      multiple(key('key', 'RW', 'access', 'delete')),
      oneOf('where', word('LEFT'), word('RIGHT')),
      optional(integer('count', 'COUNT')),
    ],
    examples: ['RPUSH second one two three', 'BLMPOP 10 2 first second LEFT COUNT 2'],
    handler(context, args) {
      const wish = wishOf(args, 2);
      const deadlineMs = deadlineAt(context, args, 1);
      const keys = { firstKey: 3, endKey: 3 + wish.keys };
      if (!popFirstOf(context, args, keys.firstKey, keys.endKey, wish.side, wish.count))
        waitForKeys(context, args, { type: TYPE_LIST, ...keys, deadlineMs });
    },
    serve(context, args, index) {
      const wish = wishOf(args, 2);
      popSeveral(context, args, index, writeKey(context, args, index, TYPE_LIST), wish.side, wish.count);
    },
  },
];

function blockingPop(name: string, side: Side, summary: string): CommandSpec {
  return {
    ...{ name, group: 'list', since: '2.0.0', summary, complexity: 'O(N)' },
    flags: ['write', 'noscript', 'blocking'],
    history: [['6.0.0', 'Takes fractions of a second.']],
    arguments: [multiple(key('key', 'RW', 'access', 'delete')), double('timeout')],
    examples: ['RPUSH queue one', `${name.toUpperCase()} other queue 10`],
    ...takeOrWait(TYPE_LIST, (context, args, index, entry) => {
      popPair(context, args, index, entry, side);
    }),
  };
}

/** Replies with the key and one element, which goes into the log as a pop that does not wait. */
function popPair(context: Context, args: Args, index: number, entry: Ref, side: Side): void {
  const { db, keyspace, reply, server } = context;
  reply.array(2);
  reply.bulk(args.bytes, args.starts[index], args.ends[index]);
  replyPopped(context, keyspace.lists.of(db, entry), side, 1);
  changedOrEmpty(context, args, index, entry, POPPED[side]);
  if (server.isLogging()) server.logInstead(side === 'left' ? 'LPOP' : 'RPOP', args.copy(index));
}

function moveOrWait(context: Context, args: Args, from: Side, to: Side, timeout: number): void {
  const deadlineMs = deadlineAt(context, args, timeout);
  if (!moveAndSay(context, args, from, to))
    waitForKeys(context, args, { type: TYPE_LIST, firstKey: 1, endKey: 2, deadlineMs });
}

function moveAndSay(context: Context, args: Args, from: Side, to: Side): boolean {
  const { server } = context;
  if (!move(context, args, from, to)) return false;
  if (server.isLogging()) server.logInstead('LMOVE', args.copy(1), args.copy(2), from.toUpperCase(), to.toUpperCase());
  return true;
}
