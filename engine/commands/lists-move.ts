import type { Args } from '../args.ts';
import { CommandError, SYNTAX_ERROR } from '../errors.ts';
import { LIST_EVENT } from '../keyspace/events.ts';
import { TYPE_LIST } from '../keyspace/values.ts';
import { NONE, type Ref } from '../memory/arena.ts';
import { changedOrEmpty, requireType, writeKey } from './checks.ts';
import type { CommandSpec, Context } from './contract.ts';
import { requireRoom } from './room.ts';
import { integer, key, multiple, oneOf, optional, word } from './grammar.ts';
import { POPPED, replyPopped, type Side, sideAt, toEnd } from './list-ends.ts';
import { atLeast } from './lists.ts';

/** Commands that take from the ends of one list or of several. */
export const LIST_MOVES: readonly CommandSpec[] = [
  {
    name: 'lmove',
    group: 'list',
    since: '6.2.0',
    summary: 'Takes an element from one end of a list and puts it at an end of another.',
    complexity: 'O(1)',
    flags: ['write', 'denyoom'],
    arguments: [
      key('source', 'RW', 'access', 'delete'),
      key('destination', 'RW', 'insert'),
      oneOf('wherefrom', word('LEFT'), word('RIGHT')),
      oneOf('whereto', word('LEFT'), word('RIGHT')),
    ],
    examples: ['RPUSH todo one two', 'LMOVE todo done LEFT RIGHT'],
    handler(context, args) {
      const [from, to] = [sideAt(args, 3), sideAt(args, 4)];
      if (!move(context, args, from, to)) context.reply.null();
    },
  },
  {
    name: 'rpoplpush',
    group: 'list',
    since: '1.2.0',
    summary: 'Takes the last element of a list and puts it in front of another.',
    complexity: 'O(1)',
    flags: ['write', 'denyoom'],
    docFlags: ['deprecated'],
    deprecatedSince: '6.2.0',
    replacedBy: '`LMOVE` with the `RIGHT` and `LEFT` arguments',
    arguments: [key('source', 'RW', 'access', 'delete'), key('destination', 'RW', 'insert')],
    examples: ['RPUSH todo one two', 'RPOPLPUSH todo done'],
    handler(context, args) {
      if (!move(context, args, 'right', 'left')) context.reply.null();
    },
  },
  {
    name: 'lmpop',
    group: 'list',
    since: '7.0.0',
    summary: 'Takes elements out of the first of several lists that has any.',
    complexity: 'O(N+M)',
    flags: ['write'],
    arguments: [
      integer('numkeys'),
      multiple(key('key', 'RW', 'access', 'delete')),
      oneOf('where', word('LEFT'), word('RIGHT')),
      optional(integer('count', 'COUNT')),
    ],
    examples: ['RPUSH second one two three', 'LMPOP 2 first second LEFT COUNT 2'],
    handler(context, args) {
      const wish = wishOf(args, 1);
      if (!popFirstOf(context, args, 2, 2 + wish.keys, wish.side, wish.count)) context.reply.nullArray();
    },
  },
];

/** What a command of counted keys asks for. */
export interface Wish {
  readonly keys: number;
  readonly side: Side;
  readonly count: number;
}

/** Reads `numkeys key … LEFT|RIGHT [COUNT count]`, the number of keys being at an index. */
export function wishOf(args: Args, index: number): Wish {
  const keys = atLeast(args, index, 1, 'ERR numkeys should be greater than 0');
  const where = index + keys + 1;
  if (where >= args.count) throw new CommandError(SYNTAX_ERROR);
  const side = sideAt(args, where);
  let count = -1;
  for (let i = where + 1; i < args.count; i += 2) {
    if (count !== -1 || !args.is(i, 'COUNT') || i + 1 === args.count) throw new CommandError(SYNTAX_ERROR);
    count = atLeast(args, i + 1, 1, 'ERR count should be greater than 0');
  }
  return { keys, side, count: count === -1 ? 1 : count };
}

/** Takes from the first list among the arguments `[first, end)` that has anything; false when none has. */
export function popFirstOf(
  context: Context,
  args: Args,
  first: number,
  end: number,
  side: Side,
  count: number,
): boolean {
  for (let i = first; i < end; i++) {
    const entry = writeKey(context, args, i, TYPE_LIST);
    if (entry === NONE) continue;
    popSeveral(context, args, i, entry, side, count);
    return true;
  }
  return false;
}

/** Replies with the key at an argument and what was taken from it. */
export function popSeveral(context: Context, args: Args, index: number, entry: Ref, side: Side, most: number): void {
  const { db, keyspace, reply, server } = context;
  const list = keyspace.lists.of(db, entry);
  const count = Math.min(most, list.length);
  reply.array(2);
  reply.bulk(args.bytes, args.starts[index], args.ends[index]);
  reply.array(count);
  replyPopped(context, list, side, count);
  changedOrEmpty(context, args, index, entry, POPPED[side], count);
  if (server.isLogging()) server.logInstead(side === 'left' ? 'LPOP' : 'RPOP', args.copy(index), String(count));
}

/** Moves an element from the list at argument 1 to that at argument 2; false when there is none. */
export function move(context: Context, args: Args, from: Side, to: Side): boolean {
  const { db, keyspace, reply } = context;
  const { bytes, starts, ends } = args;
  const { lists } = keyspace;
  const source = writeKey(context, args, 1, TYPE_LIST);
  if (source === NONE) return false;
  let target = db.findWrite(bytes, starts[2], ends[2]);
  requireType(db, target, TYPE_LIST);
  const list = lists.of(db, source);
  toEnd(list, from);
  const element = lists.copyHere(list);
  requireRoom(context, element.length);
  // Into the other list first: an element that goes round in a list of its own never leaves that empty.
  if (target === NONE) target = lists.add(db, bytes, starts[2], ends[2]);
  if (target === source) list.removeHere(from === 'left');
  if (to === 'left') lists.of(db, target).pushFront(element, 0, element.length);
  else lists.of(db, target).pushBack(element, 0, element.length);
  if (target !== source) db.changed(bytes, starts[2], ends[2], 0);
  db.notify(LIST_EVENT, to === 'left' ? 'lpush' : 'rpush', bytes, starts[2], ends[2]);
  reply.bulk(element, 0, element.length);
  if (target !== source) {
    toEnd(list, from);
    list.removeHere(from === 'left');
  }
  changedOrEmpty(context, args, 1, source, POPPED[from]);
  return true;
}
