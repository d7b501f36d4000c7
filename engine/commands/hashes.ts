import type { Args } from '../args.ts';
import { CommandError, wrongArity } from '../errors.ts';
import { TYPE_HASH } from '../keyspace/values.ts';
import { NONE } from '../memory/arena.ts';
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
    handler: setFields,
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
      const { db, keyspace, reply } = context;
      const { hashes } = keyspace;
      const entry = readKey(context, args, 1, TYPE_HASH);
      if (entry !== NONE && hashes.find(db, entry, args.bytes, args.starts[2], args.ends[2]))
        reply.bulk(hashes.bytes, hashes.start, hashes.end);
      else reply.null();
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
      const { db, keyspace, reply } = context;
      const entry = readKey(context, args, 1, TYPE_HASH);
      reply.map(entry === NONE ? 0 : keyspace.hashes.length(db, entry));
      if (entry !== NONE) keyspace.hashes.reply(db, entry, reply, 'both');
    },
  },
];

function setFields(context: Context, args: Args): void {
  const { db, keyspace, reply, command } = context;
  const { bytes, starts, ends } = args;
  if (args.count % 2 !== 0) throw new CommandError(wrongArity(command.fullName));
  let entry = writeKey(context, args, 1, TYPE_HASH);
  if (entry === NONE) entry = keyspace.hashes.add(db, bytes, starts[1], ends[1]);
  let added = 0;
  for (let i = 2; i < args.count; i += 2) {
    if (keyspace.hashes.set(db, entry, bytes, starts[i], ends[i], bytes, starts[i + 1], ends[i + 1])) added++;
  }
  db.changed(bytes, starts[1], ends[1], args.count / 2 - 1);
  reply.integer(added);
}

function deleteFields(context: Context, args: Args): void {
  const { db, keyspace, reply } = context;
  const entry = writeKey(context, args, 1, TYPE_HASH);
  let count = 0;
  // Whether the last field is gone is looked at once, at the end; a hash without fields finds none.
  for (let i = 2; entry !== NONE && i < args.count; i++) {
    if (keyspace.hashes.delete(db, entry, args.bytes, args.starts[i], args.ends[i])) count++;
  }
  if (count > 0) changedOrEmpty(context, args, 1, entry, count);
  reply.integer(count);
}
