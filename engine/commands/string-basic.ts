import { NONE } from '../memory/arena.ts';
import type { CommandSpec } from './spec.ts';

export const get: CommandSpec = {
  name: 'get',
  group: 'string',
  since: '1.0.0',
  summary: 'Reads the string that a key stands for.',
  complexity: 'O(1)',
  flags: ['readonly', 'fast'],
  arguments: [{ name: 'key', type: 'key' }],
  examples: ['SET greeting hello', 'GET greeting'],
  handler({ db, keyspace, reply }, args) {
    const entry = db.findRead(args.bytes, args.starts[1], args.ends[1]);
    if (entry === NONE) reply.null();
    else keyspace.strings.reply(db, entry, reply);
  },
};

export const set: CommandSpec = {
  name: 'set',
  group: 'string',
  since: '1.0.0',
  summary: 'Makes a key stand for a string.',
  complexity: 'O(1)',
  flags: ['write', 'denyoom'],
  arguments: [
    { name: 'key', type: 'key' },
    { name: 'value', type: 'string' },
  ],
  examples: ['SET greeting hello'],
  handler({ db, keyspace, reply }, args) {
    const start = args.starts[1];
    const end = args.ends[1];
    const entry = db.findWrite(args.bytes, start, end);
    if (entry === NONE) {
      keyspace.strings.add(db, args.bytes, start, end, args.bytes, args.starts[2], args.ends[2]);
    } else {
      db.persist(entry);
      keyspace.strings.overwrite(db, entry, args.bytes, args.starts[2], args.ends[2]);
    }
    db.changed(args.bytes, start, end);
    reply.ok();
  },
};
