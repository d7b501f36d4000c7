import type { Args } from '../args.ts';
import { CommandError, NO_SUCH_KEY, SYNTAX_ERROR, wrongArity } from '../errors.ts';
import { LIST_EVENT } from '../keyspace/events.ts';
import { TYPE_LIST } from '../keyspace/values.ts';
import { NONE } from '../memory/arena.ts';
import { changedOrEmpty, notify, readKey, writeKey } from './checks.ts';
import type { CommandSpec, Context } from './contract.ts';
import { integer, key, multiple, oneOf, optional, since, string, word } from './grammar.ts';
import { POPPED, replyPopped, type Side } from './list-ends.ts';

/** Lists: elements in the order in which they were put, at either end. */
export const LISTS: readonly CommandSpec[] = [
  push('lpush', 'left', {
    since: '1.0.0',
    summary: 'Puts elements in front of a list, the last of them frontmost, and tells how long it is.',
    history: [['2.4.0', 'Takes several elements.']],
    examples: ['LPUSH queue one two'],
  }),
  push('rpush', 'right', {
    since: '1.0.0',
    summary: 'Puts elements at the end of a list and tells how long it is.',
    history: [['2.4.0', 'Takes several elements.']],
    examples: ['RPUSH queue one two'],
  }),
  push('lpushx', 'left', {
    since: '2.2.0',
    summary: 'Puts elements in front of a list, if there is one.',
    history: [['4.0.0', 'Takes several elements.']],
    examples: ['RPUSH queue one', 'LPUSHX queue zero', 'LPUSHX missing zero'],
  }),
  push('rpushx', 'right', {
    since: '2.2.0',
    summary: 'Puts elements at the end of a list, if there is one.',
    history: [['4.0.0', 'Takes several elements.']],
    examples: ['RPUSH queue one', 'RPUSHX queue two', 'RPUSHX missing two'],
  }),
  pop('lpop', 'left', 'Takes the first element, or so many, out of a list.'),
  pop('rpop', 'right', 'Takes the last element, or so many, out of a list.'),
  {
    name: 'llen',
    group: 'list',
    since: '1.0.0',
    summary: 'Counts the elements of a list.',
    complexity: 'O(1)',
    flags: ['readonly', 'fast'],
    arguments: [key('key', 'RO')],
    examples: ['RPUSH queue one two', 'LLEN queue'],
    handler(context, args) {
      const entry = readKey(context, args, 1, TYPE_LIST);
      context.reply.integer(entry === NONE ? 0 : context.keyspace.lists.of(context.db, entry).length);
    },
  },
  {
    name: 'lrange',
    group: 'list',
    since: '1.0.0',
    summary: 'Reads the elements between two places of a list; places below 0 count from its end.',
    complexity: 'O(S+N)',
    flags: ['readonly'],
    arguments: [key('key', 'RO', 'access'), integer('start'), integer('stop')],
    examples: ['RPUSH queue one two three', 'LRANGE queue 0 -1', 'LRANGE queue -2 -1'],
    handler: range,
  },
  {
    name: 'lindex',
    group: 'list',
    since: '1.0.0',
    summary: 'Reads the element at a place of a list.',
    complexity: 'O(N)',
    flags: ['readonly'],
    arguments: [key('key', 'RO', 'access'), integer('index')],
    examples: ['RPUSH queue one two', 'LINDEX queue 0', 'LINDEX queue -1'],
    handler(context, args) {
      const { db, keyspace, reply } = context;
      const entry = readKey(context, args, 1, TYPE_LIST);
      const list = entry === NONE ? null : keyspace.lists.of(db, entry);
      if (list?.seek(args.integer(2)) === true) keyspace.lists.replyHere(list, reply);
      else reply.null();
    },
  },
  {
    name: 'lset',
    group: 'list',
    since: '1.0.0',
    summary: 'Makes the element at a place of a list another one.',
    complexity: 'O(N)',
    flags: ['write', 'denyoom'],
    arguments: [key('key', 'RW', 'update'), integer('index'), string('element')],
    examples: ['RPUSH queue one two', 'LSET queue -1 last'],
    handler(context, args) {
      const { db, keyspace, reply } = context;
      const entry = writeKey(context, args, 1, TYPE_LIST);
      if (entry === NONE) throw new CommandError(NO_SUCH_KEY);
      const list = keyspace.lists.of(db, entry);
      if (!list.seek(args.integer(2))) throw new CommandError('ERR index out of range');
      list.replaceHere(args.bytes, args.starts[3], args.ends[3]);
      db.changed(args.bytes, args.starts[1], args.ends[1]);
      reply.ok();
      notify(context, args, 1, LIST_EVENT, 'lset');
    },
  },
  {
    name: 'lrem',
    group: 'list',
    since: '1.0.0',
    summary: 'Takes equal elements out of a list: so many from its front, from its end when negative, or all of them.',
    complexity: 'O(N+M)',
    flags: ['write'],
    arguments: [key('key', 'RW', 'delete'), integer('count'), string('element')],
    examples: ['RPUSH queue a b a c a', 'LREM queue -1 a', 'LREM queue 0 a'],
    handler: remove,
  },
  {
    name: 'ltrim',
    group: 'list',
    since: '1.0.0',
    summary: 'Takes out of a list all that is not between two places.',
    complexity: 'O(N)',
    flags: ['write'],
    arguments: [key('key', 'RW', 'delete'), integer('start'), integer('stop')],
    examples: ['RPUSH queue one two three', 'LTRIM queue 0 1'],
    handler: trim,
  },
  {
    name: 'linsert',
    group: 'list',
    since: '2.2.0',
    summary: 'Puts an element before or behind the first that equals another.',
    complexity: 'O(N)',
    flags: ['write', 'denyoom'],
    arguments: [
      key('key', 'RW', 'insert'),
      oneOf('where', word('BEFORE'), word('AFTER')),
      string('pivot'),
      string('element'),
    ],
    examples: ['RPUSH queue one three', 'LINSERT queue BEFORE three two', 'LINSERT queue AFTER three four'],
    handler: insert,
  },
  {
    name: 'lpos',
    group: 'list',
    since: '6.0.6',
    summary: 'Tells at which places of a list an element is.',
    complexity: 'O(N)',
    flags: ['readonly'],
    arguments: [
      key('key', 'RO', 'access'),
      string('element'),
      optional(integer('rank', 'RANK')),
      optional(integer('num-matches', 'COUNT')),
      optional(integer('len', 'MAXLEN')),
    ],
    examples: ['RPUSH queue a b c a b', 'LPOS queue b', 'LPOS queue a RANK -1', 'LPOS queue a COUNT 0 MAXLEN 3'],
    handler: positions,
  },
];

const TRIMMED = [LIST_EVENT, 'ltrim'] as const;
const REMOVED = [LIST_EVENT, 'lrem'] as const;

type PushFacts = Required<Pick<CommandSpec, 'since' | 'summary' | 'history' | 'examples'>>;

function push(name: string, side: Side, facts: PushFacts): CommandSpec {
  const isOnlyOld = name.endsWith('x');
  const event = side === 'left' ? 'lpush' : 'rpush';
  return {
    ...{ name, group: 'list', complexity: 'O(1)', flags: ['write', 'denyoom', 'fast'], ...facts },
    arguments: [key('key', 'RW', 'insert'), multiple(string('element'))],
    handler(context, args) {
      const { db, keyspace, reply } = context;
      const { bytes, starts, ends, count } = args;
      let entry = writeKey(context, args, 1, TYPE_LIST);
      if (entry === NONE) {
        if (isOnlyOld) {
          reply.integer(0);
          return;
        }
        entry = keyspace.lists.add(db, bytes, starts[1], ends[1]);
      }
      const list = keyspace.lists.of(db, entry);
      if (side === 'left') for (let i = 2; i < count; i++) list.pushFront(bytes, starts[i], ends[i]);
      else for (let i = 2; i < count; i++) list.pushBack(bytes, starts[i], ends[i]);
      db.changed(bytes, starts[1], ends[1], count - 2);
      reply.integer(list.length);
      db.notify(LIST_EVENT, event, bytes, starts[1], ends[1]);
    },
  };
}

function pop(name: string, side: Side, summary: string): CommandSpec {
  return {
    ...{ name, group: 'list', since: '1.0.0', summary, complexity: 'O(N)', flags: ['write', 'fast'] },
    history: [['6.2.0', 'Takes a count.']],
    arguments: [key('key', 'RW', 'access', 'delete'), since('6.2.0', optional(integer('count')))],
    examples: ['RPUSH queue one two three four', `${name.toUpperCase()} queue`, `${name.toUpperCase()} queue 2`],
    handler(context, args) {
      const { db, keyspace, reply } = context;
      if (args.count > 3) throw new CommandError(wrongArity(name));
      const isCounted = args.count === 3;
      const wanted = isCounted ? atLeast(args, 2, 0, 'ERR value is out of range, must be positive') : 1;
      const entry = writeKey(context, args, 1, TYPE_LIST);
      if (entry === NONE) {
        if (isCounted) reply.nullArray();
        else reply.null();
        return;
      }
      const list = keyspace.lists.of(db, entry);
      const count = Math.min(wanted, list.length);
      if (isCounted) reply.array(count);
      if (count === 0) return;
      replyPopped(context, list, side, count);
      changedOrEmpty(context, args, 1, entry, POPPED[side], count, list.length === 0);
    },
  };
}

/** An integer that is not below a bound; the error for what is none is the same. */
export function atLeast(args: Args, index: number, least: number, error: string): number {
  const value = args.integer(index, error);
  if (value < least) throw new CommandError(error);
  return value;
}

/** From where to where a range of places goes in a list of so many elements; empty when the first is behind the last. */
function between(start: number, stop: number, length: number): readonly [first: number, last: number] {
  const first = start < 0 ? Math.max(0, length + start) : start;
  return [first, Math.min(stop < 0 ? length + stop : stop, length - 1)];
}

function range(context: Context, args: Args): void {
  const { db, keyspace, reply } = context;
  const [start, stop] = [args.integer(2), args.integer(3)];
  const entry = readKey(context, args, 1, TYPE_LIST);
  if (entry === NONE) {
    reply.array(0);
    return;
  }
  const list = keyspace.lists.of(db, entry);
  const [first, last] = between(start, stop, list.length);
  const count = Math.max(0, last - first + 1);
  reply.array(count);
  if (count > 0) keyspace.lists.replyRange(list, first, count, reply);
}

function trim(context: Context, args: Args): void {
  const { db, keyspace, reply } = context;
  const [start, stop] = [args.integer(2), args.integer(3)];
  const entry = writeKey(context, args, 1, TYPE_LIST);
  if (entry !== NONE) {
    const list = keyspace.lists.of(db, entry);
    const { length } = list;
    const [first, last] = between(start, stop, length);
    if (first > last) {
      list.removeRange(0, length);
    } else {
      list.removeRange(last + 1, length);
      list.removeRange(0, first);
    }
    // Whoever watches the key is told even if nothing had to go, as in Redis; the log is not.
    changedOrEmpty(context, args, 1, entry, TRIMMED, length - list.length);
  }
  reply.ok();
}

function remove(context: Context, args: Args): void {
  const { db, keyspace, reply } = context;
  const { bytes, starts, ends } = args;
  const wanted = args.integer(2);
  const entry = writeKey(context, args, 1, TYPE_LIST);
  if (entry === NONE) {
    reply.integer(0);
    return;
  }
  const list = keyspace.lists.of(db, entry);
  const isForward = wanted >= 0;
  const most = wanted === 0 ? list.length : Math.abs(wanted);
  let removed = 0;
  if (isForward) list.toFirst();
  else list.toLast();
  while (list.node !== NONE && removed < most) {
    if (keyspace.lists.isHere(list, bytes, starts[3], ends[3])) {
      list.removeHere(isForward);
      removed++;
    } else if (isForward) {
      list.forward();
    } else {
      list.backward();
    }
  }
  if (removed > 0) changedOrEmpty(context, args, 1, entry, REMOVED, removed);
  reply.integer(removed);
}

function insert(context: Context, args: Args): void {
  const { db, keyspace, reply } = context;
  const { bytes, starts, ends } = args;
  const isBefore = args.is(2, 'BEFORE');
  if (!isBefore && !args.is(2, 'AFTER')) throw new CommandError(SYNTAX_ERROR);
  const entry = writeKey(context, args, 1, TYPE_LIST);
  if (entry === NONE) {
    reply.integer(0);
    return;
  }
  const list = keyspace.lists.of(db, entry);
  list.toFirst();
  while (list.node !== NONE && !keyspace.lists.isHere(list, bytes, starts[3], ends[3])) list.forward();
  if (list.node === NONE) {
    reply.integer(-1);
    return;
  }
  if (isBefore) list.insertBefore(bytes, starts[4], ends[4]);
  else list.insertAfter(bytes, starts[4], ends[4]);
  db.changed(bytes, starts[1], ends[1]);
  db.notify(LIST_EVENT, 'linsert', bytes, starts[1], ends[1]);
  reply.integer(list.length);
}

const INT64_MIN = -(2n ** 63n);

interface Search {
  /** Of so many matches none is told, from this end of the list. */
  rank: number;
  /** How many are told, 0 being all of them; -1 when it was not said. */
  count: number;
  /** So many elements are looked at, 0 being all. */
  most: number;
}

function searchOf(args: Args): Search {
  const search: Search = { rank: 1, count: -1, most: 0 };
  for (let i = 3; i < args.count; i += 2) {
    if (i + 1 === args.count) throw new CommandError(SYNTAX_ERROR);
    if (args.is(i, 'RANK')) {
      const rank = args.int64(i + 1);
      // The least integer has no positive counterpart; in Redis it leaves out nothing.
      search.rank = rank === INT64_MIN ? -1 : Number(rank);
      if (search.rank === 0)
        throw new CommandError(
          "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative to start " +
            'from the end of the list',
        );
    } else if (args.is(i, 'COUNT')) {
      search.count = atLeast(args, i + 1, 0, "ERR COUNT can't be negative");
    } else if (args.is(i, 'MAXLEN')) {
      search.most = atLeast(args, i + 1, 0, "ERR MAXLEN can't be negative");
    } else {
      throw new CommandError(SYNTAX_ERROR);
    }
  }
  return search;
}

function positions(context: Context, args: Args): void {
  const { reply } = context;
  const search = searchOf(args);
  const entry = readKey(context, args, 1, TYPE_LIST);
  const found = entry === NONE ? [] : placesOf(context, args, entry, search);
  if (search.count >= 0) {
    reply.array(found.length);
    for (const place of found) reply.integer(place);
  } else if (found.length > 0) {
    reply.integer(found[0]);
  } else {
    reply.null();
  }
}

function placesOf({ db, keyspace }: Context, args: Args, entry: number, { rank, count, most }: Search): number[] {
  const { bytes, starts, ends } = args;
  const list = keyspace.lists.of(db, entry);
  const isForward = rank > 0;
  const wanted = count === 0 ? Infinity : Math.max(1, count);
  const looked = most === 0 ? list.length : Math.min(most, list.length);
  const found: number[] = [];
  let left = Math.abs(rank) - 1;
  if (isForward) list.toFirst();
  else list.toLast();
  for (let i = 0; i < looked && found.length < wanted; i++) {
    if (keyspace.lists.isHere(list, bytes, starts[2], ends[2]) && left-- <= 0)
      found.push(isForward ? i : list.length - 1 - i);
    if (isForward) list.forward();
    else list.backward();
  }
  return found;
}
