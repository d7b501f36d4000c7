import type { Args } from '../args.ts';
import { CommandError, SYNTAX_ERROR } from '../errors.ts';
import { GENERIC_EVENT, SET_EVENT } from '../keyspace/events.ts';
import { TYPE_SET } from '../keyspace/values.ts';
import { NONE, type Ref } from '../memory/arena.ts';
import { changedOrEmpty, notify, readKey, writeKey } from './checks.ts';
import type { CommandSpec, Context } from './contract.ts';
import { bytesOfCopy, requireRoom } from './room.ts';
import { integer, key, optional, since } from './grammar.ts';
import { readPickCount, replyAgain, requireSomeReply } from './picking.ts';
import { union } from './set-algebra.ts';

/** Members of a set by chance. */
export const SETS_RANDOM: readonly CommandSpec[] = [
  {
    name: 'spop',
    group: 'set',
    since: '1.0.0',
    summary: 'Takes one or several members out of a set by chance.',
    complexity: 'Without a count O(1), otherwise O(N)',
    flags: ['write', 'fast'],
    tips: ['nondeterministic_output'],
    history: [['3.2.0', 'Takes a count.']],
    arguments: [key('key', 'RW', 'access', 'delete'), since('3.2.0', optional(integer('count')))],
    examples: ['SADD colours red green blue', 'SPOP colours', 'SPOP colours 2'],
    handler(context, args) {
      if (args.count === 2) popOne(context, args);
      else popSome(context, args);
    },
  },
  {
    name: 'srandmember',
    group: 'set',
    since: '1.0.0',
    summary: 'Picks one or several members of a set by chance; a negative count allows the same one again.',
    complexity: 'Without a count O(1), otherwise O(N)',
    flags: ['readonly'],
    tips: ['nondeterministic_output'],
    history: [['2.6.0', 'Takes a count.']],
    arguments: [key('key', 'RO', 'access'), since('2.6.0', optional(integer('count')))],
    examples: ['SADD colours red green blue', 'SRANDMEMBER colours', 'SRANDMEMBER colours -5'],
    handler(context, args) {
      if (args.count === 2) pickOne(context, args);
      else pickSome(context, args);
    },
  },
];

function popOne(context: Context, args: Args): void {
  const { db, keyspace, reply, server } = context;
  const { sets } = keyspace;
  const entry = writeKey(context, args, 1, TYPE_SET);
  if (entry === NONE) {
    reply.null();
    return;
  }
  notify(context, args, 1, SET_EVENT, 'spop');
  const set = sets.inHand(db, entry);
  const place = sets.randomPlace(set, () => server.chance());
  sets.replyAt(set, place, reply);
  // The log says who went, not that chance decided.
  if (server.isLogging()) server.logInstead('SREM', args.copy(1), sets.bytes.slice(sets.start, sets.end));
  sets.deletePlaces(db, entry, [place]);
  changedOrEmpty(context, args, 1, entry, null);
}

function popSome(context: Context, args: Args): void {
  const { db, keyspace, reply, server } = context;
  const { sets } = keyspace;
  const count = args.count > 3 ? syntaxError() : readPositive(args, 2);
  const entry = writeKey(context, args, 1, TYPE_SET);
  if (entry === NONE || count === 0) {
    reply.set(0);
    return;
  }
  notify(context, args, 1, SET_EVENT, 'spop');
  const size = sets.length(db, entry);
  if (count >= size) {
    popAll(context, args, entry);
    return;
  }
  const set = sets.inHand(db, entry);
  const places = sets.randomPlaces(set, count, () => server.chance());
  reply.set(count);
  for (const place of places) sets.replyAt(set, place, reply);
  if (server.isLogging()) {
    const members = places.map((place) => {
      sets.show(set, place);
      return sets.bytes.slice(sets.start, sets.end);
    });
    server.logInstead('SREM', args.copy(1), ...members);
  }
  sets.deletePlaces(db, entry, places);
  changedOrEmpty(context, args, 1, entry, null, count);
}

/** Redis answers with a union of the one set, and so with a few integers in their order even out of a table. */
function popAll(context: Context, args: Args, entry: Ref): void {
  const { db, keyspace, reply, server } = context;
  const { sets } = keyspace;
  const set = sets.inHand(db, entry);
  const size = sets.length(db, entry);
  reply.set(size);
  if (size > keyspace.limits.setIntsetEntries) {
    sets.reply(set, reply);
  } else {
    requireRoom(context, bytesOfCopy(db, entry));
    const all = union(sets, [set]);
    sets.reply(all, reply);
    sets.release(all.encoding, all.value);
  }
  db.remove(entry);
  db.changed(args.bytes, args.starts[1], args.ends[1], size);
  notify(context, args, 1, GENERIC_EVENT, 'del');
  server.logInstead('DEL', args.copy(1));
}

function pickOne(context: Context, args: Args): void {
  const { db, keyspace, reply, server } = context;
  const { sets } = keyspace;
  const entry = readKey(context, args, 1, TYPE_SET);
  if (entry === NONE) {
    reply.null();
    return;
  }
  const set = sets.inHand(db, entry);
  sets.replyAt(
    set,
    sets.randomPlace(set, () => server.chance()),
    reply,
  );
}

function pickSome(context: Context, args: Args): void {
  const { db, keyspace, reply, server } = context;
  const { sets } = keyspace;
  const bits = (): number => server.chance();
  const count = args.count > 3 ? syntaxError() : readPickCount(args, 2);
  const entry = readKey(context, args, 1, TYPE_SET);
  if (entry === NONE || count === 0n) {
    reply.array(0);
    return;
  }
  const set = sets.inHand(db, entry);
  if (count < 0n) {
    requireSomeReply(-count);
    reply.array(Number(-count));
    replyAgain(reply, Number(-count), () => {
      sets.replyAt(set, sets.randomPlace(set, bits), reply);
    });
    return;
  }
  const size = sets.length(db, entry);
  if (count >= BigInt(size)) {
    reply.array(size);
    sets.reply(set, reply);
    return;
  }
  const places = sets.randomPlaces(set, Number(count), bits);
  reply.array(places.length);
  for (const place of places) sets.replyAt(set, place, reply);
}

function syntaxError(): never {
  throw new CommandError(SYNTAX_ERROR);
}

/** A count that must not be below zero; what is no number has the same error. */
function readPositive(args: Args, index: number): number {
  const error = 'ERR value is out of range, must be positive';
  const count = args.integer(index, error);
  if (count < 0) throw new CommandError(error);
  return count;
}
