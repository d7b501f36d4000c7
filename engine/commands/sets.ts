import type { Args } from '../args.ts';
import { SET_EVENT } from '../keyspace/events.ts';
import { TYPE_SET } from '../keyspace/values.ts';
import { NONE } from '../memory/arena.ts';
import { changedOrEmpty, readKey, requireType, writeKey } from './checks.ts';
import type { CommandSpec, Context } from './contract.ts';
import { key, multiple, string } from './grammar.ts';
import { SCAN_ARGUMENTS, scanValue } from './scanning.ts';

/** Sets: members under one key, each once. */
export const SETS: readonly CommandSpec[] = [
  {
    name: 'sadd',
    group: 'set',
    since: '1.0.0',
    summary: 'Puts members into a set and tells how many of them are new.',
    complexity: 'O(1)',
    flags: ['write', 'denyoom', 'fast'],
    history: [['2.4.0', 'Takes several members.']],
    arguments: [key('key', 'RW', 'insert'), multiple(string('member'))],
    examples: ['SADD colours red green', 'SADD colours red blue'],
    handler: add,
  },
  {
    name: 'srem',
    group: 'set',
    since: '1.0.0',
    summary: 'Takes members out of a set and tells how many there were; without a member left the key goes too.',
    complexity: 'O(N)',
    flags: ['write', 'fast'],
    history: [['2.4.0', 'Takes several members.']],
    arguments: [key('key', 'RW', 'delete'), multiple(string('member'))],
    examples: ['SADD colours red green', 'SREM colours red'],
    handler: remove,
  },
  {
    name: 'smove',
    group: 'set',
    since: '1.0.0',
    summary: 'Takes a member out of one set and puts it into another.',
    complexity: 'O(1)',
    flags: ['write', 'fast'],
    takesMemory: true,
    arguments: [key('source', 'RW', 'access', 'delete'), key('destination', 'RW', 'insert'), string('member')],
    examples: ['SADD todo wash', 'SMOVE todo done wash'],
    handler: move,
  },
  {
    name: 'smembers',
    group: 'set',
    since: '1.0.0',
    summary: 'Reads all members of a set.',
    complexity: 'O(N)',
    flags: ['readonly'],
    tips: ['nondeterministic_output_order'],
    arguments: [key('key', 'RO', 'access')],
    examples: ['SADD colours red green', 'SMEMBERS colours'],
    handler(context, args) {
      const { db, keyspace, reply } = context;
      const entry = readKey(context, args, 1, TYPE_SET);
      reply.set(entry === NONE ? 0 : keyspace.sets.length(db, entry));
      if (entry !== NONE) keyspace.sets.reply(keyspace.sets.inHand(db, entry), reply);
    },
  },
  {
    name: 'scard',
    group: 'set',
    since: '1.0.0',
    summary: 'Counts the members of a set.',
    complexity: 'O(1)',
    flags: ['readonly', 'fast'],
    arguments: [key('key', 'RO')],
    examples: ['SADD colours red green', 'SCARD colours'],
    handler(context, args) {
      const entry = readKey(context, args, 1, TYPE_SET);
      context.reply.integer(entry === NONE ? 0 : context.keyspace.sets.length(context.db, entry));
    },
  },
  {
    name: 'sismember',
    group: 'set',
    since: '1.0.0',
    summary: 'Tells whether a set has a member.',
    complexity: 'O(1)',
    flags: ['readonly', 'fast'],
    arguments: [key('key', 'RO'), string('member')],
    examples: ['SADD colours red green', 'SISMEMBER colours red', 'SISMEMBER colours blue'],
    handler(context, args) {
      const { db, keyspace, reply } = context;
      const { bytes, starts, ends } = args;
      const entry = readKey(context, args, 1, TYPE_SET);
      reply.integer(entry !== NONE && keyspace.sets.has(db, entry, bytes, starts[2], ends[2]) ? 1 : 0);
    },
  },
  {
    name: 'smismember',
    group: 'set',
    since: '6.2.0',
    summary: 'Tells of each of several members whether a set has it.',
    complexity: 'O(N)',
    flags: ['readonly', 'fast'],
    arguments: [key('key', 'RO', 'access'), multiple(string('member'))],
    examples: ['SADD colours red green', 'SMISMEMBER colours red blue'],
    handler(context, args) {
      const { db, keyspace, reply } = context;
      const { bytes, starts, ends } = args;
      const entry = readKey(context, args, 1, TYPE_SET);
      reply.array(args.count - 2);
      for (let i = 2; i < args.count; i++)
        reply.integer(entry !== NONE && keyspace.sets.has(db, entry, bytes, starts[i], ends[i]) ? 1 : 0);
    },
  },
  {
    name: 'sscan',
    group: 'set',
    since: '2.8.0',
    summary: 'Lists some of the members of a set, and a cursor to go on with.',
    complexity: 'O(1)',
    flags: ['readonly'],
    tips: ['nondeterministic_output'],
    arguments: [key('key', 'RO', 'access'), ...SCAN_ARGUMENTS],
    examples: ['SADD colours red green', 'SSCAN colours 0', 'SSCAN colours 0 MATCH r* COUNT 100'],
    handler: scan,
  },
];

const REMOVED = [SET_EVENT, 'srem'] as const;

function add(context: Context, args: Args): void {
  const { db, keyspace, reply } = context;
  const { sets } = keyspace;
  const { bytes, starts, ends } = args;
  let entry = writeKey(context, args, 1, TYPE_SET);
  if (entry === NONE) entry = sets.add(db, bytes, starts[1], ends[1], bytes, starts[2], ends[2]);
  let added = 0;
  for (let i = 2; i < args.count; i++) if (sets.insert(db, entry, bytes, starts[i], ends[i])) added++;
  if (added > 0) {
    db.changed(bytes, starts[1], ends[1], added);
    db.notify(SET_EVENT, 'sadd', bytes, starts[1], ends[1]);
  }
  reply.integer(added);
}

function remove(context: Context, args: Args): void {
  const { db, keyspace, reply } = context;
  const entry = writeKey(context, args, 1, TYPE_SET);
  let count = 0;
  // Whether the last member is gone is looked at once, at the end; a set without members finds none.
  for (let i = 2; entry !== NONE && i < args.count; i++) {
    if (keyspace.sets.delete(db, entry, args.bytes, args.starts[i], args.ends[i])) count++;
  }
  if (count > 0) changedOrEmpty(context, args, 1, entry, REMOVED, count);
  reply.integer(count);
}

function move(context: Context, args: Args): void {
  const { db, keyspace, reply } = context;
  const { sets } = keyspace;
  const { bytes, starts, ends } = args;
  const source = db.findWrite(bytes, starts[1], ends[1]);
  const target = db.findWrite(bytes, starts[2], ends[2]);
  // Without a source it does not matter what the target is.
  if (source === NONE) {
    reply.integer(0);
    return;
  }
  requireType(db, source, TYPE_SET);
  requireType(db, target, TYPE_SET);
  if (source === target) {
    reply.integer(sets.has(db, source, bytes, starts[3], ends[3]) ? 1 : 0);
    return;
  }
  if (!sets.delete(db, source, bytes, starts[3], ends[3])) {
    reply.integer(0);
    return;
  }
  changedOrEmpty(context, args, 1, source, REMOVED);
  let entry = db.findWrite(bytes, starts[2], ends[2]);
  if (entry === NONE) entry = sets.add(db, bytes, starts[2], ends[2], bytes, starts[3], ends[3]);
  if (sets.insert(db, entry, bytes, starts[3], ends[3])) {
    db.changed(bytes, starts[2], ends[2]);
    db.notify(SET_EVENT, 'sadd', bytes, starts[2], ends[2]);
  }
  reply.integer(1);
}

function scan(context: Context, args: Args): void {
  const { db, keyspace, reply } = context;
  const { sets } = keyspace;
  scanValue(context, args, TYPE_SET, (entry) => {
    const set = sets.inHand(db, entry);
    return {
      table: sets.tableOf(db, entry),
      places: () => sets.intsetPlaces(db, entry),
      matches(place, glob) {
        sets.show(set, place);
        return glob.matches(sets.bytes, sets.start, sets.end);
      },
      items: 1,
      replyAt(place) {
        sets.replyAt(set, place, reply);
      },
    };
  });
}
