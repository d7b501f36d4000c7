import type { Args } from '../args.ts';
import { CommandError, SYNTAX_ERROR } from '../errors.ts';
import { GENERIC_EVENT, SET_EVENT } from '../keyspace/events.ts';
import type { SetInHand, SetValues } from '../keyspace/sets.ts';
import { TYPE_SET } from '../keyspace/values.ts';
import { NONE } from '../memory/arena.ts';
import { entryToFill, readKey } from './checks.ts';
import type { CommandSpec, Context, KeyFlag } from './contract.ts';
import { bytesOfCopy, requireRoom } from './room.ts';
import { integer, key, multiple, optional } from './grammar.ts';

/** Whether the shared, all or remaining members are wanted. */
type Operation = 'inter' | 'union' | 'diff';

function reading(operation: Operation, complexity: string, summary: string): CommandSpec {
  const name = `s${operation}`;
  return {
    ...{ name, group: 'set', since: '1.0.0', summary, complexity, flags: ['readonly'] },
    tips: ['nondeterministic_output_order'],
    arguments: [multiple(key('key', 'RO', 'access'))],
    examples: ['SADD a 1 2 3', 'SADD b 2 3 4', `${name.toUpperCase()} a b`],
    handler(context, args) {
      answer(context, operation, setsOf(context, args, 1, args.count));
    },
  };
}

function storing(operation: Operation, complexity: string, summary: string, target: KeyFlag): CommandSpec {
  const name = `s${operation}store`;
  return {
    ...{ name, group: 'set', since: '1.0.0', summary, complexity, flags: ['write', 'denyoom'] },
    arguments: [key('destination', target, 'update'), multiple(key('key', 'RO', 'access'))],
    examples: ['SADD a 1 2 3', 'SADD b 2 3 4', `${name.toUpperCase()} c a b`],
    handler(context, args) {
      store(context, args, operation, setsOf(context, args, 2, args.count));
    },
  };
}

/** What several sets have in common, together, or apart. */
export const SET_ALGEBRA: readonly CommandSpec[] = [
  reading('inter', 'O(N*M)', 'Reads the members that all of several sets have.'),
  storing('inter', 'O(N*M)', 'Makes a key stand for the members that all of several sets have.', 'RW'),
  {
    name: 'sintercard',
    group: 'set',
    since: '7.0.0',
    summary: 'Counts the members that all of several sets have, up to a limit.',
    complexity: 'O(N*M)',
    flags: ['readonly'],
    arguments: [integer('numkeys'), multiple(key('key', 'RO', 'access')), optional(integer('limit', 'LIMIT'))],
    examples: ['SADD a 1 2 3', 'SADD b 2 3 4', 'SINTERCARD 2 a b', 'SINTERCARD 2 a b LIMIT 1'],
    handler: countShared,
  },
  reading('union', 'O(N)', 'Reads the members that any of several sets has.'),
  storing('union', 'O(N)', 'Makes a key stand for the members that any of several sets has.', 'OW'),
  reading('diff', 'O(N)', 'Reads the members of the first set that no other one has.'),
  storing('diff', 'O(N)', 'Makes a key stand for the members of the first set that no other one has.', 'OW'),
];

/** The sets of keys; `null` where there is no key. */
type Sources = readonly (SetInHand | null)[];

function setsOf(context: Context, args: Args, from: number, to: number): Sources {
  const { db, keyspace } = context;
  return Array.from({ length: to - from }, (_, i) => {
    const entry = readKey(context, args, from + i, TYPE_SET);
    return entry === NONE ? null : keyspace.sets.inHand(db, entry);
  });
}

function answer(context: Context, operation: Operation, sources: Sources): void {
  const { keyspace, reply } = context;
  const { sets } = keyspace;
  if (operation === 'inter') {
    const [smallest] = bySize(sets, sources);
    const places: number[] = [];
    intersect(sets, sources, (place) => places.push(place) > 0);
    reply.set(places.length);
    for (const place of places) if (smallest) sets.replyAt(smallest, place, reply);
    return;
  }
  requireRoom(context, roomFor(context, sources));
  const result = RESULTS[operation](sets, sources);
  reply.set(sets.count(result.encoding, result.value));
  sets.reply(result, reply);
  sets.release(result.encoding, result.value);
}

function store(context: Context, args: Args, operation: Operation, sources: Sources): void {
  const { db, keyspace, reply } = context;
  const { sets } = keyspace;
  const { bytes, starts, ends } = args;
  requireRoom(context, roomFor(context, sources));
  const result = RESULTS[operation](sets, sources);
  const size = sets.count(result.encoding, result.value);
  let entry = db.findWrite(bytes, starts[1], ends[1]);
  if (size === 0) {
    sets.release(result.encoding, result.value);
    // An intersection with nothing is seen at once, before there is an answer.
    const isSeenAtOnce = operation === 'inter' && sources.includes(null);
    if (!isSeenAtOnce) reply.integer(0);
    if (entry !== NONE) {
      db.remove(entry);
      db.changed(bytes, starts[1], ends[1]);
      db.notify(GENERIC_EVENT, 'del', bytes, starts[1], ends[1]);
    }
    if (isSeenAtOnce) reply.integer(0);
  } else {
    entry = entryToFill(db, bytes, starts[1], ends[1], entry);
    db.setValue(entry, TYPE_SET, result.encoding, result.value);
    db.changed(bytes, starts[1], ends[1]);
    reply.integer(size);
    db.notify(SET_EVENT, `s${operation}store`, bytes, starts[1], ends[1]);
  }
}

/** No result is larger than all the sets together. */
function roomFor({ db }: Context, sources: Sources): number {
  return sources.reduce((total, set) => total + (set === null ? 0 : bytesOfCopy(db, set.entry)), 0);
}

const RESULTS: Readonly<Record<Operation, (sets: SetValues, sources: Sources) => SetInHand>> = {
  inter: (sets, sources) => {
    const result = sets.draft();
    const [smallest] = bySize(sets, sources);
    intersect(sets, sources, (place) => {
      if (smallest) sets.show(smallest, place);
      sets.put(result, sets.bytes, sets.start, sets.end);
      return true;
    });
    return result;
  },
  union,
  diff: subtract,
};

function countShared(context: Context, args: Args): void {
  const { keyspace, reply } = context;
  const numkeys = args.integer(1, NO_KEYS);
  if (numkeys < 1) throw new CommandError(NO_KEYS);
  if (numkeys > args.count - 2) throw new CommandError("ERR Number of keys can't be greater than number of args");
  let limit = 0;
  for (let i = 2 + numkeys; i < args.count; i += 2) {
    if (!args.is(i, 'LIMIT') || i + 1 === args.count) throw new CommandError(SYNTAX_ERROR);
    limit = args.integer(i + 1, NEGATIVE_LIMIT);
    if (limit < 0) throw new CommandError(NEGATIVE_LIMIT);
  }
  let count = 0;
  intersect(keyspace.sets, setsOf(context, args, 2, 2 + numkeys), () => ++count !== limit);
  reply.integer(count);
}

const NO_KEYS = 'ERR numkeys should be greater than 0';
const NEGATIVE_LIMIT = "ERR LIMIT can't be negative";

// The algebra.

/** The sets there are, the smallest first. */
function bySize(sets: SetValues, sources: Sources): SetInHand[] {
  const size = (set: SetInHand): number => sets.count(set.encoding, set.value);
  return sources.filter((set) => set !== null).sort((a, b) => size(a) - size(b));
}

/**
 * Calls `visit` with the place, in the smallest set, of every member that all have, until it returns false. Each member of
 * the smallest is looked for in the others, which are sooner without it the smaller they are.
 */
function intersect(sets: SetValues, sources: Sources, visit: (place: number) => boolean): void {
  if (sources.includes(null)) return;
  const [smallest, ...others] = bySize(sets, sources);
  const foreign = others.filter(({ entry }) => entry !== smallest.entry);
  sets.forEachPlace(smallest, (place) => {
    sets.show(smallest, place);
    const { bytes, start, end } = sets;
    return foreign.every(({ encoding, value }) => sets.holds(encoding, value, bytes, start, end)) ? visit(place) : true;
  });
}

/** A new set with the members of all. */
export function union(sets: SetValues, sources: Sources): SetInHand {
  const result = sets.draft();
  for (const source of sources) {
    if (source === null) continue;
    sets.forEachPlace(source, (place) => {
      sets.show(source, place);
      sets.put(result, sets.bytes, sets.start, sets.end);
      return true;
    });
  }
  return result;
}

/** A new set with the members that only the first has. */
function subtract(sets: SetValues, sources: Sources): SetInHand {
  const [first, ...rest] = sources;
  const result = sets.draft();
  if (!first) return result;
  const others = rest.filter((set) => set !== null);
  if (others.some(({ entry }) => entry === first.entry)) return result;
  const size = (set: SetInHand): number => sets.count(set.encoding, set.value);
  // Which way is less work: to look for each member of the first in all the others, or to take out of a copy of the first
  // each member of the others. Redis weighs the two alike, and the way decides the encoding of what is left.
  const looking = (size(first) * (others.length + 1)) / 2;
  const taking = others.reduce((total, set) => total + size(set), size(first));
  if (Math.floor(looking) <= taking) {
    keepOnly(
      sets,
      first,
      others.sort((a, b) => size(b) - size(a)),
      result,
    );
    return result;
  }
  keepOnly(sets, first, [], result);
  for (const other of others) {
    sets.forEachPlace(other, (place) => {
      sets.show(other, place);
      sets.take(result, sets.bytes, sets.start, sets.end);
      return size(result) > 0;
    });
  }
  return result;
}

/** Puts into a result what the first set has, and none of the others. */
function keepOnly(sets: SetValues, first: SetInHand, others: readonly SetInHand[], result: SetInHand): void {
  sets.forEachPlace(first, (place) => {
    sets.show(first, place);
    const { bytes, start, end } = sets;
    if (!others.some(({ encoding, value }) => sets.holds(encoding, value, bytes, start, end)))
      sets.put(result, bytes, start, end);
    return true;
  });
}
