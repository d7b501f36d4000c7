import type { Args } from '../args.ts';
import type { Config } from '../config.ts';
import { CommandError, SYNTAX_ERROR } from '../errors.ts';
import { GENERIC_EVENT } from '../keyspace/events.ts';
import { NONE, type Ref } from '../memory/arena.ts';
import { dumpPayload, isWholePayload, restorePayload, type SaveOptions } from '../persistence/rdb-payload.ts';
import type { CommandSpec, Context } from './contract.ts';
import { requireRoom } from './room.ts';
import { behind, integer, key, optional, since, string, word } from './grammar.ts';

const RESTORE_SPEC = {
  complexity: 'O(1)',
  history: [
    ['3.0.0', 'Takes REPLACE.'],
    ['5.0.0', 'Takes ABSTTL.'],
    ['5.0.0', 'Takes IDLETIME and FREQ.'],
  ],
  arguments: [
    key('key', 'OW', 'update'),
    integer('ttl'),
    string('serialized-value'),
    optional(since('3.0.0', word('REPLACE'))),
    optional(since('5.0.0', word('ABSTTL'))),
    optional(since('5.0.0', behind('IDLETIME', integer('seconds')))),
    optional(since('5.0.0', behind('FREQ', integer('frequency')))),
  ],
  handler: restore,
} as const;

/** The commands that take a value out as bytes, and put it in again. */
export const DUMPS: readonly CommandSpec[] = [
  {
    name: 'dump',
    group: 'generic',
    since: '2.6.0',
    summary: 'Gives the value of a key as bytes that RESTORE takes, here or on another server.',
    complexity: 'O(1)',
    flags: ['readonly'],
    tips: ['nondeterministic_output'],
    arguments: [key('key', 'RO', 'access')],
    examples: ['SET greeting hello', 'DUMP greeting'],
    handler({ db, keyspace, config, reply }, args) {
      const entry = db.findRead(args.bytes, args.starts[1], args.ends[1]);
      if (entry === NONE) {
        reply.null();
        return;
      }
      reply.bytes(dumpPayload(keyspace, db.type(entry), db.encoding(entry), db.value(entry), saveOptions(config)));
    },
  },
  {
    name: 'restore',
    group: 'generic',
    since: '2.6.0',
    summary: 'Makes a key of the bytes that DUMP gave.',
    flags: ['write', 'denyoom'],
    categories: ['dangerous'],
    examples: ['RESTORE number 0 "\\x00\\xc0\\n\\n\\x00n\\x9fWE\\x0e\\xaec\\xbb"', 'GET number'],
    ...RESTORE_SPEC,
  },
];

export function saveOptions(config: Config): SaveOptions {
  return { compresses: config.isOn('rdbcompression') };
}

interface RestoreOptions {
  readonly replaces: boolean;
  readonly isAbsolute: boolean;
  /** -1: not said. */
  readonly idleSeconds: number;
  /** -1: not said. */
  readonly frequency: number;
}

function readOptions(args: Args): RestoreOptions {
  let [replaces, isAbsolute, idleSeconds, frequency] = [false, false, -1, -1];
  for (let i = 4; i < args.count; i++) {
    const hasValue = i + 1 < args.count;
    if (args.is(i, 'REPLACE')) {
      replaces = true;
    } else if (args.is(i, 'ABSTTL')) {
      isAbsolute = true;
    } else if (args.is(i, 'IDLETIME') && hasValue && frequency === -1) {
      idleSeconds = args.integer(++i);
      if (idleSeconds < 0) throw new CommandError('ERR Invalid IDLETIME value, must be >= 0');
    } else if (args.is(i, 'FREQ') && hasValue && idleSeconds === -1) {
      frequency = args.integer(++i);
      if (frequency < 0 || frequency > 255) throw new CommandError('ERR Invalid FREQ value, must be >= 0 and <= 255');
    } else {
      throw new CommandError(SYNTAX_ERROR);
    }
  }
  return { replaces, isAbsolute, idleSeconds, frequency };
}

/** Compressed strings can become many times as long, but hardly all of a long payload does. */
function roomToRestore(bytes: number): number {
  return Math.min(100 * bytes, 16 * bytes + 64 * 1024 * 1024);
}

function restore(context: Context, args: Args): void {
  const { db, keyspace, reply, server } = context;
  const { replaces, isAbsolute, idleSeconds, frequency } = readOptions(args);
  const before = db.findWrite(args.bytes, args.starts[1], args.ends[1]);
  if (before !== NONE && !replaces) throw new CommandError('BUSYKEY Target key name already exists.');
  const ttl = args.int64(2);
  if (ttl < 0n) throw new CommandError('ERR Invalid TTL value, must be >= 0');
  const { bytes, starts, ends } = args;
  if (!isWholePayload(bytes, starts[3], ends[3], server.checksDumps()))
    throw new CommandError('ERR DUMP payload version or checksum are wrong');
  requireRoom(context, roomToRestore(args.length(3)));
  const value = restorePayload(keyspace, bytes, starts[3], ends[3]);
  if (value === null) throw new CommandError('ERR Bad data format');
  // Only now is anything changed that a key knows of.
  const deadline = ttl === 0n || isAbsolute ? ttl : BigInt.asIntN(64, ttl + BigInt(Math.floor(server.nowMs)));
  if (ttl !== 0n && keyspace.expires && Number(deadline) <= server.nowMs) {
    keyspace.types[value.type].release(value.encoding, value.value);
    removeExpired(context, args, before);
    return;
  }
  const entry = before === NONE ? db.add(bytes, starts[1], ends[1]) : before;
  if (before !== NONE) {
    db.persist(entry);
    db.releaseValue(entry);
  }
  db.setValue(entry, value.type, value.encoding, value.value);
  if (ttl !== 0n) db.setDeadline(entry, Number(deadline));
  if (idleSeconds >= 0) db.setIdle(entry, idleSeconds);
  if (frequency >= 0) db.setFrequency(entry, frequency);
  db.changed(bytes, starts[1], ends[1]);
  db.notify(GENERIC_EVENT, 'restore', bytes, starts[1], ends[1]);
  // Read again later, the key must expire at the same moment.
  if (ttl !== 0n && !isAbsolute && server.isLogging()) {
    const options = Array.from({ length: args.count - 4 }, (_, i) => args.copy(i + 4));
    server.logInstead('RESTORE', args.copy(1), String(deadline), args.copy(3), ...options, 'ABSTTL');
  }
  reply.ok();
}

/** What comes in was to expire before now: it only takes away what it was to replace. */
function removeExpired({ db, reply, server }: Context, args: Args, before: Ref): void {
  if (before !== NONE) {
    db.remove(before);
    db.changed(args.bytes, args.starts[1], args.ends[1]);
    db.notify(GENERIC_EVENT, 'del', args.bytes, args.starts[1], args.ends[1]);
    server.logInstead('DEL', args.copy(1));
  }
  reply.ok();
}
