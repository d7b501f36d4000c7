import type { Args } from '../args.ts';
import { CommandError, wrongArity } from '../errors.ts';
import { HASH_EVENT } from '../keyspace/events.ts';
import { TYPE_HASH } from '../keyspace/values.ts';
import { NONE, type Ref } from '../memory/arena.ts';
import { changedOrEmpty, readKey, writeKey } from './checks.ts';
import type { CommandSpec, Context } from './contract.ts';
import { block, key, multiple, string } from './grammar.ts';

/** Hashes: fields with values under one key. */
export const HASHES: readonly CommandSpec[] = [
  {
    name: 'hset',
    group: 'hash',
    since: '2.0.0',
    summary: 'Sets fields of a hash and tells how many of them are new.',
    complexity: 'O(1)',
    flags: ['write', 'denyoom', 'fast'],
    history: [['4.0.0', 'Takes several fields.']],
    arguments: [key('key', 'RW', 'update'), multiple(block('field_value', string('field'), string('value')))],
    examples: ['HSET user name alice', 'HSET user name bob age 7'],
    handler(context, args) {
      setFields(context, args, (added) => {
        context.reply.integer(added);
      });
    },
  },
  {
    name: 'hmset',
    group: 'hash',
    since: '2.0.0',
    summary: 'Sets fields of a hash; HSET does the same and tells how many are new.',
    complexity: 'O(N)',
    flags: ['write', 'denyoom', 'fast'],
    docFlags: ['deprecated'],
    deprecatedSince: '4.0.0',
    replacedBy: '`HSET`',
    arguments: [key('key', 'RW', 'update'), multiple(block('field_value', string('field'), string('value')))],
    examples: ['HMSET user name alice age 7'],
    handler(context, args) {
      setFields(context, args, () => {
        context.reply.ok();
      });
    },
  },
  {
    name: 'hsetnx',
    group: 'hash',
    since: '2.0.0',
    summary: 'Sets a field of a hash, unless the hash has it already.',
    complexity: 'O(1)',
    flags: ['write', 'denyoom', 'fast'],
    arguments: [key('key', 'RW', 'insert'), string('field'), string('value')],
    examples: ['HSETNX user name alice', 'HSETNX user name bob'],
    handler: setMissing,
  },
  {
    name: 'hget',
    group: 'hash',
    since: '2.0.0',
    summary: 'Reads one field of a hash.',
    complexity: 'O(1)',
    flags: ['readonly', 'fast'],
    arguments: [key('key', 'RO', 'access'), string('field')],
    examples: ['HSET user name alice', 'HGET user name'],
    handler(context, args) {
      replyField(context, args, readKey(context, args, 1, TYPE_HASH), 2);
    },
  },
  {
    name: 'hmget',
    group: 'hash',
    since: '2.0.0',
    summary: 'Reads several fields of a hash.',
    complexity: 'O(N)',
    flags: ['readonly', 'fast'],
    arguments: [key('key', 'RO', 'access'), multiple(string('field'))],
    examples: ['HSET user name alice age 7', 'HMGET user name age email'],
    handler(context, args) {
      const entry = readKey(context, args, 1, TYPE_HASH);
      context.reply.array(args.count - 2);
      for (let i = 2; i < args.count; i++) replyField(context, args, entry, i);
    },
  },
  {
    name: 'hexists',
    group: 'hash',
    since: '2.0.0',
    summary: 'Tells whether a hash has a field.',
    complexity: 'O(1)',
    flags: ['readonly', 'fast'],
    arguments: [key('key', 'RO'), string('field')],
    examples: ['HSET user name alice', 'HEXISTS user name', 'HEXISTS user email'],
    handler(context, args) {
      const entry = readKey(context, args, 1, TYPE_HASH);
      context.reply.integer(hasField(context, args, entry, 2) ? 1 : 0);
    },
  },
  {
    name: 'hstrlen',
    group: 'hash',
    since: '3.2.0',
    summary: 'Tells how many bytes the value in a field of a hash has.',
    complexity: 'O(1)',
    flags: ['readonly', 'fast'],
    arguments: [key('key', 'RO'), string('field')],
    examples: ['HSET user name alice', 'HSTRLEN user name'],
    handler(context, args) {
      const { hashes } = context.keyspace;
      const entry = readKey(context, args, 1, TYPE_HASH);
      context.reply.integer(hasField(context, args, entry, 2) ? hashes.end - hashes.start : 0);
    },
  },
  {
    name: 'hdel',
    group: 'hash',
    since: '2.0.0',
    summary: 'Takes fields out of a hash and tells how many there were; without a field left the key goes too.',
    complexity: 'O(N)',
    flags: ['write', 'fast'],
    history: [['2.4.0', 'Takes several fields.']],
    arguments: [key('key', 'RW', 'delete'), multiple(string('field'))],
    examples: ['HSET user name alice age 7', 'HDEL user age', 'HDEL user name'],
    handler: deleteFields,
  },
  {
    name: 'hlen',
    group: 'hash',
    since: '2.0.0',
    summary: 'Counts the fields of a hash.',
    complexity: 'O(1)',
    flags: ['readonly', 'fast'],
    arguments: [key('key', 'RO')],
    examples: ['HSET user name alice', 'HLEN user'],
    handler(context, args) {
      const entry = readKey(context, args, 1, TYPE_HASH);
      context.reply.integer(entry === NONE ? 0 : context.keyspace.hashes.length(context.db, entry));
    },
  },
  {
    name: 'hgetall',
    group: 'hash',
    since: '2.0.0',
    summary: 'Reads all fields of a hash and their values.',
    complexity: 'O(N)',
    flags: ['readonly'],
    tips: ['nondeterministic_output_order'],
    arguments: [key('key', 'RO', 'access')],
    examples: ['HSET user name alice age 7', 'HGETALL user'],
    handler(context, args) {
      replyAll(context, args, 'both');
    },
  },
  {
    name: 'hkeys',
    group: 'hash',
    since: '2.0.0',
    summary: 'Reads the names of all fields of a hash.',
    complexity: 'O(N)',
    flags: ['readonly'],
    tips: ['nondeterministic_output_order'],
    arguments: [key('key', 'RO', 'access')],
    examples: ['HSET user name alice age 7', 'HKEYS user'],
    handler(context, args) {
      replyAll(context, args, 'fields');
    },
  },
  {
    name: 'hvals',
    group: 'hash',
    since: '2.0.0',
    summary: 'Reads the values of all fields of a hash.',
    complexity: 'O(N)',
    flags: ['readonly'],
    tips: ['nondeterministic_output_order'],
    arguments: [key('key', 'RO', 'access')],
    examples: ['HSET user name alice age 7', 'HVALS user'],
    handler(context, args) {
      replyAll(context, args, 'values');
    },
  },
];

/** Answers with how many of the fields are new. */
function setFields(context: Context, args: Args, answer: (added: number) => void): void {
  const { db, keyspace, command } = context;
  const { bytes, starts, ends } = args;
  if (args.count % 2 !== 0) throw new CommandError(wrongArity(command.fullName));
  let entry = writeKey(context, args, 1, TYPE_HASH);
  if (entry === NONE) entry = keyspace.hashes.add(db, bytes, starts[1], ends[1]);
  let added = 0;
  for (let i = 2; i < args.count; i += 2) {
    if (keyspace.hashes.set(db, entry, bytes, starts[i], ends[i], bytes, starts[i + 1], ends[i + 1])) added++;
  }
  db.changed(bytes, starts[1], ends[1], args.count / 2 - 1);
  answer(added);
  db.notify(HASH_EVENT, 'hset', bytes, starts[1], ends[1]);
}

function setMissing(context: Context, args: Args): void {
  const { db, keyspace, reply } = context;
  const { bytes, starts, ends } = args;
  let entry = writeKey(context, args, 1, TYPE_HASH);
  if (hasField(context, args, entry, 2)) {
    reply.integer(0);
    return;
  }
  if (entry === NONE) entry = keyspace.hashes.add(db, bytes, starts[1], ends[1]);
  keyspace.hashes.set(db, entry, bytes, starts[2], ends[2], bytes, starts[3], ends[3]);
  db.changed(bytes, starts[1], ends[1]);
  reply.integer(1);
  db.notify(HASH_EVENT, 'hset', bytes, starts[1], ends[1]);
}

const DELETED = [HASH_EVENT, 'hdel'] as const;

function deleteFields(context: Context, args: Args): void {
  const { db, keyspace, reply } = context;
  const entry = writeKey(context, args, 1, TYPE_HASH);
  let count = 0;
  // Whether the last field is gone is looked at once, at the end; a hash without fields finds none.
  for (let i = 2; entry !== NONE && i < args.count; i++) {
    if (keyspace.hashes.delete(db, entry, args.bytes, args.starts[i], args.ends[i])) count++;
  }
  if (count > 0) changedOrEmpty(context, args, 1, entry, DELETED, count);
  reply.integer(count);
}

/** Whether there is the field of an argument; its value is then what `hashes` shows. */
function hasField({ db, keyspace }: Context, args: Args, entry: Ref, index: number): boolean {
  return entry !== NONE && keyspace.hashes.find(db, entry, args.bytes, args.starts[index], args.ends[index]);
}

function replyField(context: Context, args: Args, entry: Ref, index: number): void {
  const { hashes } = context.keyspace;
  if (hasField(context, args, entry, index)) context.reply.bulk(hashes.bytes, hashes.start, hashes.end);
  else context.reply.null();
}

function replyAll(context: Context, args: Args, what: 'fields' | 'values' | 'both'): void {
  const { db, keyspace, reply } = context;
  const entry = readKey(context, args, 1, TYPE_HASH);
  const length = entry === NONE ? 0 : keyspace.hashes.length(db, entry);
  if (what === 'both') reply.map(length);
  else reply.array(length);
  if (entry !== NONE) keyspace.hashes.reply(db, entry, reply, what);
}
