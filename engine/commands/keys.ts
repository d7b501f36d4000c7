import type { Args } from '../args.ts';
import { CommandError, NO_SUCH_KEY, SAME_OBJECT, SYNTAX_ERROR } from '../errors.ts';
import { GENERIC_EVENT } from '../keyspace/events.ts';
import type { Database } from '../keyspace/database.ts';
import { TYPE_NAMES } from '../keyspace/values.ts';
import { NONE } from '../memory/arena.ts';
import { equalBytes } from '../memory/bytes.ts';
import { lookAhead } from './ahead.ts';
import { databaseIndex } from './checks.ts';
import type { CommandSpec, Context } from './contract.ts';
import { bytesOfCopy, requireRoom } from './room.ts';
import { integer, key, multiple, optional, word } from './grammar.ts';

/** The commands about single keys, whatever they stand for. */
export const KEYS: readonly CommandSpec[] = [
  {
    name: 'del',
    group: 'generic',
    since: '1.0.0',
    summary: 'Removes keys and tells how many there were.',
    complexity: 'O(N)',
    flags: ['write'],
    tips: ['request_policy:multi_shard', 'response_policy:agg_sum'],
    arguments: [multiple(key('key', 'RM', 'delete'))],
    examples: ['MSET one 1 two 2', 'DEL one two three'],
    handler: removeKeys,
  },
  {
    name: 'unlink',
    group: 'generic',
    since: '4.0.0',
    summary: 'Removes keys as DEL does, and promises not to wait for their memory.',
    complexity: 'O(1)',
    flags: ['write', 'fast'],
    tips: ['request_policy:multi_shard', 'response_policy:agg_sum'],
    arguments: [multiple(key('key', 'RM', 'delete'))],
    examples: ['SET greeting hello', 'UNLINK greeting'],
    handler: removeKeys,
  },
  {
    name: 'exists',
    group: 'generic',
    since: '1.0.0',
    summary: 'Tells how many of the keys are there; one that is named twice counts twice.',
    complexity: 'O(N)',
    flags: ['readonly', 'fast'],
    tips: ['request_policy:multi_shard', 'response_policy:agg_sum'],
    history: [['3.0.3', 'Takes several keys.']],
    arguments: [multiple(key('key', 'RO'))],
    examples: ['SET greeting hello', 'EXISTS greeting nothing'],
    handler(context, args) {
      const { db, reply } = context;
      let count = 0;
      let seen = 1;
      for (let i = 1; i < args.count; i++) {
        if (i >= seen) seen = lookAhead(context, args, i, 1);
        if (db.look(args.bytes, args.starts[i], args.ends[i]) !== NONE) count++;
      }
      reply.integer(count);
    },
  },
  {
    name: 'touch',
    group: 'generic',
    since: '3.2.1',
    summary: 'Counts as a use of the keys and tells how many there are.',
    complexity: 'O(N)',
    flags: ['readonly', 'fast'],
    tips: ['request_policy:multi_shard', 'response_policy:agg_sum'],
    arguments: [multiple(key('key', 'RO'))],
    examples: ['SET greeting hello', 'TOUCH greeting'],
    handler(context, args) {
      const { db, reply } = context;
      let count = 0;
      let seen = 1;
      for (let i = 1; i < args.count; i++) {
        if (i >= seen) seen = lookAhead(context, args, i, 1);
        if (db.findRead(args.bytes, args.starts[i], args.ends[i]) !== NONE) count++;
      }
      reply.integer(count);
    },
  },
  {
    name: 'type',
    group: 'generic',
    since: '1.0.0',
    summary: 'Tells what kind of value a key stands for.',
    complexity: 'O(1)',
    flags: ['readonly', 'fast'],
    arguments: [key('key', 'RO')],
    examples: ['SET greeting hello', 'TYPE greeting'],
    handler({ db, reply }, args) {
      const entry = db.look(args.bytes, args.starts[1], args.ends[1]);
      reply.simple(entry === NONE ? 'none' : TYPE_NAMES[db.type(entry)]);
    },
  },
  {
    name: 'rename',
    group: 'generic',
    since: '1.0.0',
    summary: 'Gives a key another name, over whatever had that name.',
    complexity: 'O(1)',
    flags: ['write'],
    takesMemory: true,
    arguments: [key('key', 'RW', 'access', 'delete'), key('newkey', 'OW', 'update')],
    examples: ['SET greeting hello', 'RENAME greeting hail'],
    handler(context, args) {
      rename(context, args, true);
      context.reply.ok();
    },
  },
  {
    name: 'renamenx',
    group: 'generic',
    since: '1.0.0',
    summary: 'Gives a key another name if that name is free.',
    complexity: 'O(1)',
    flags: ['write', 'fast'],
    history: [['3.2.0', 'Renaming to the same name is no error any more.']],
    takesMemory: true,
    arguments: [key('key', 'RW', 'access', 'delete'), key('newkey', 'OW', 'insert')],
    examples: ['SET greeting hello', 'RENAMENX greeting hail'],
    handler(context, args) {
      context.reply.integer(rename(context, args, false) ? 1 : 0);
    },
  },
  {
    name: 'copy',
    group: 'generic',
    since: '6.2.0',
    summary: 'Makes a second key that stands for the same value.',
    complexity: 'O(N)',
    flags: ['write', 'denyoom'],
    arguments: [
      key('source', 'RO', 'access'),
      key('destination', 'OW', 'update'),
      optional(integer('destination-db', 'DB')),
      optional(word('REPLACE')),
    ],
    examples: ['SET greeting hello', 'COPY greeting hail', 'COPY greeting hail REPLACE'],
    handler: copy,
  },
  {
    name: 'move',
    group: 'generic',
    since: '1.0.0',
    summary: 'Moves a key to another database, if its name is free there.',
    complexity: 'O(1)',
    flags: ['write', 'fast'],
    takesMemory: true,
    arguments: [key('key', 'RW', 'access', 'update'), integer('db')],
    examples: ['SET greeting hello', 'MOVE greeting 1'],
    handler: move,
  },
];

function removeKeys(context: Context, args: Args): void {
  const { db, reply } = context;
  let count = 0;
  let seen = 1;
  for (let i = 1; i < args.count; i++) {
    if (i >= seen) seen = lookAhead(context, args, i, 1);
    const entry = db.peek(args.bytes, args.starts[i], args.ends[i]);
    if (entry === NONE) continue;
    db.remove(entry);
    db.changed(args.bytes, args.starts[i], args.ends[i]);
    db.notify(GENERIC_EVENT, 'del', args.bytes, args.starts[i], args.ends[i]);
    count++;
  }
  reply.integer(count);
}

/** True when the key has its new name. */
function rename({ db }: Context, args: Args, mayReplace: boolean): boolean {
  const { bytes } = args;
  const start = args.starts[2];
  const end = args.ends[2];
  const source = db.findWrite(bytes, args.starts[1], args.ends[1]);
  if (source === NONE) throw new CommandError(NO_SUCH_KEY);
  if (args.length(1) === args.length(2) && equalBytes(bytes, args.starts[1], bytes, start, args.length(1)))
    return false;
  let target = db.peek(bytes, start, end);
  if (target !== NONE) {
    if (!mayReplace) return false;
    db.remove(target);
    // Its entry could not be kept: what it had to say, a deadline for one, goes with it.
    target = db.peek(bytes, start, end);
  }
  db.handOver(source, db, db.add(bytes, start, end));
  db.changed(bytes, args.starts[1], args.ends[1]);
  db.changed(bytes, start, end);
  db.notify(GENERIC_EVENT, 'rename_from', bytes, args.starts[1], args.ends[1]);
  db.notify(GENERIC_EVENT, 'rename_to', bytes, start, end);
  return true;
}

function copy(context: Context, args: Args): void {
  const { db, keyspace, reply } = context;
  const { bytes } = args;
  let to = db;
  let mayReplace = false;
  for (let i = 3; i < args.count; i++) {
    if (args.is(i, 'REPLACE')) mayReplace = true;
    else if (args.is(i, 'DB') && i + 1 < args.count) to = databaseAt(keyspace.databases, args, ++i);
    else throw new CommandError(SYNTAX_ERROR);
  }
  const isSameName =
    args.length(1) === args.length(2) && equalBytes(bytes, args.starts[1], bytes, args.starts[2], args.length(1));
  if (to === db && isSameName) throw new CommandError(SAME_OBJECT);
  const source = db.findRead(bytes, args.starts[1], args.ends[1]);
  const target = source === NONE ? NONE : to.peek(bytes, args.starts[2], args.ends[2]);
  if (source === NONE || (target !== NONE && !mayReplace)) {
    reply.integer(0);
    return;
  }
  requireRoom(context, bytesOfCopy(db, source));
  if (target !== NONE) to.remove(target);
  // Looked for again, so that the table knows the hash of what is added to it.
  to.peek(bytes, args.starts[2], args.ends[2]);
  const copied = to.add(bytes, args.starts[2], args.ends[2]);
  to.copyValue(db, source, copied);
  const deadlineMs = db.deadline(source);
  if (deadlineMs >= 0) to.setDeadline(copied, deadlineMs);
  to.changed(bytes, args.starts[2], args.ends[2]);
  to.notify(GENERIC_EVENT, 'copy_to', bytes, args.starts[2], args.ends[2]);
  reply.integer(1);
}

function move({ db, keyspace, reply }: Context, args: Args): void {
  const { bytes } = args;
  const start = args.starts[1];
  const end = args.ends[1];
  const to = databaseAt(keyspace.databases, args, 2);
  if (to === db) throw new CommandError(SAME_OBJECT);
  const source = db.findWrite(bytes, start, end);
  if (source === NONE || to.peek(bytes, start, end) !== NONE) {
    reply.integer(0);
    return;
  }
  db.handOver(source, to, to.add(bytes, start, end));
  db.changed(bytes, start, end);
  to.changed(bytes, start, end);
  db.notify(GENERIC_EVENT, 'move_from', bytes, start, end);
  to.notify(GENERIC_EVENT, 'move_to', bytes, start, end);
  reply.integer(1);
}

function databaseAt(databases: readonly Database[], args: Args, index: number): Database {
  return databases[databaseIndex(args, index, databases.length)];
}
