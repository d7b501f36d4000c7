import type { Args } from '../args.ts';
import { NONE } from '../memory/arena.ts';
import { lookAhead } from './ahead.ts';
import { requireString } from './checks.ts';
import type { CommandSpec, Context } from './contract.ts';
import { integer, key, multiple } from './grammar.ts';

/** The commands that only read strings. */
export const STRING_READS: readonly CommandSpec[] = [
  {
    name: 'get',
    group: 'string',
    since: '1.0.0',
    summary: 'Reads the string that a key stands for.',
    complexity: 'O(1)',
    flags: ['readonly', 'fast'],
    arguments: [key('key', 'RO', 'access')],
    examples: ['SET greeting hello', 'GET greeting', 'GET nothing'],
    handler({ db, keyspace, reply }, args) {
      const entry = db.findRead(args.bytes, args.starts[1], args.ends[1]);
      if (entry === NONE) {
        reply.null();
        return;
      }
      requireString(db, entry);
      keyspace.strings.reply(db, entry, reply);
    },
  },
  {
    name: 'mget',
    group: 'string',
    since: '1.0.0',
    summary: 'Reads the strings of several keys at once.',
    complexity: 'O(N)',
    flags: ['readonly', 'fast'],
    tips: ['request_policy:multi_shard'],
    arguments: [multiple(key('key', 'RO', 'access'))],
    examples: ['MSET one 1 two 2', 'MGET one two three'],
    handler(context, args) {
      const { db, keyspace, reply } = context;
      reply.array(args.count - 1);
      let seen = 1;
      for (let i = 1; i < args.count; i++) {
        if (i >= seen) seen = lookAhead(context, args, i, 1);
        const entry = db.findRead(args.bytes, args.starts[i], args.ends[i]);
        // Another kind of value is a null here, not an error.
        if (entry === NONE || !keyspace.strings.is(db, entry)) reply.null();
        else keyspace.strings.reply(db, entry, reply);
      }
    },
  },
  {
    name: 'strlen',
    group: 'string',
    since: '2.2.0',
    summary: 'Tells how many bytes a string has.',
    complexity: 'O(1)',
    flags: ['readonly', 'fast'],
    arguments: [key('key', 'RO')],
    examples: ['SET greeting hello', 'STRLEN greeting'],
    handler({ db, keyspace, reply }, args) {
      const entry = db.findRead(args.bytes, args.starts[1], args.ends[1]);
      if (entry !== NONE) requireString(db, entry);
      reply.integer(entry === NONE ? 0 : keyspace.strings.length(db, entry));
    },
  },
  {
    name: 'getrange',
    group: 'string',
    since: '2.4.0',
    summary:
      'Reads the bytes of a string from one place to another, both included; negative places count from the end.',
    complexity: 'O(N)',
    flags: ['readonly'],
    arguments: [key('key', 'RO', 'access'), integer('start'), integer('end')],
    examples: ['SET greeting hello', 'GETRANGE greeting 1 3', 'GETRANGE greeting -2 -1'],
    handler: getRange,
  },
  {
    name: 'substr',
    group: 'string',
    since: '1.0.0',
    summary: 'Does what GETRANGE does, by its first name.',
    complexity: 'O(N)',
    flags: ['readonly'],
    docFlags: ['deprecated'],
    deprecatedSince: '2.0.0',
    replacedBy: '`GETRANGE`',
    arguments: [key('key', 'RO', 'access'), integer('start'), integer('end')],
    examples: ['SET greeting hello', 'SUBSTR greeting 0 1'],
    handler: getRange,
  },
];

function getRange({ db, keyspace, reply }: Context, args: Args): void {
  let first = args.integer(2);
  let last = args.integer(3);
  const entry = db.findRead(args.bytes, args.starts[1], args.ends[1]);
  if (entry !== NONE) requireString(db, entry);
  if (entry === NONE || (first < 0 && last < 0 && first > last)) {
    reply.bulk(args.bytes, 0, 0);
    return;
  }
  const { bytes, start, end } = keyspace.strings.view(db, entry);
  const length = end - start;
  // What lies before the beginning is the beginning, even when both ends do.
  if (first < 0) first = Math.max(0, first + length);
  if (last < 0) last = Math.max(0, last + length);
  last = Math.min(last, length - 1);
  if (first > last) reply.bulk(bytes, start, start);
  else reply.bulk(bytes, start + first, start + last + 1);
}
