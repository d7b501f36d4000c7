import type { Args } from '../args.ts';
import { CommandError, STRING_TOO_LONG, SYNTAX_ERROR, wrongArity } from '../errors.ts';
import { GENERIC_EVENT, STRING_EVENT } from '../keyspace/events.ts';
import { NONE, type Ref } from '../memory/arena.ts';
import { notify, requireString } from './checks.ts';
import { lookAhead } from './ahead.ts';
import type { CommandSpec, Context } from './contract.ts';
import { requireRoom } from './room.ts';
import { expiryKindAt, deadlineInteger, EX, EXAT, PX, PXAT, readDeadline, type ExpiryKind } from './deadlines.ts';
import { block, integer, key, multiple, oneOf, optional, since, string, unixTime, word } from './grammar.ts';

/** Lengths are kept in 32 bits, whatever `proto-max-bulk-len` says. */
const LONGEST_STRING = 2 ** 31 - 1;

/** The commands that make strings or change them. */
export const STRING_WRITES: readonly CommandSpec[] = [
  {
    name: 'set',
    group: 'string',
    since: '1.0.0',
    summary: 'Makes a key stand for a string, whatever it stood for before.',
    complexity: 'O(1)',
    flags: ['write', 'denyoom'],
    history: [
      ['2.6.12', 'Takes EX, PX, NX and XX.'],
      ['6.0.0', 'Takes KEEPTTL.'],
      ['6.2.0', 'Takes GET, EXAT and PXAT.'],
      ['7.0.0', 'NX and GET may stand together.'],
    ],
    arguments: [
      key('key', 'RW', 'access', 'update', 'variable_flags'),
      string('value'),
      since('2.6.12', optional(oneOf('condition', word('NX'), word('XX')))),
      since('6.2.0', optional(word('GET'))),
      optional(
        oneOf(
          'expiration',
          since('2.6.12', integer('seconds', 'EX')),
          since('2.6.12', integer('milliseconds', 'PX')),
          since('6.2.0', unixTime('unix-time-seconds', 'EXAT')),
          since('6.2.0', unixTime('unix-time-milliseconds', 'PXAT')),
          since('6.0.0', word('KEEPTTL')),
        ),
      ),
    ],
    examples: ['SET greeting hello', 'SET greeting hi XX GET', 'SET lock me NX EX 10'],
    keyFlagsOf(args, first) {
      for (let i = first + 3; i < args.count; i++) if (args.is(i, 'GET')) return ['RW', 'access', 'update'];
      return ['OW', 'update'];
    },
    handler(context, args) {
      if (args.count > 3) {
        setWithOptions(context, args);
        return;
      }
      const { db, reply } = context;
      const entry = db.findWrite(args.bytes, args.starts[1], args.ends[1]);
      store(context, args, entry, 1, 2, false);
      reply.ok();
    },
  },
  {
    name: 'setnx',
    group: 'string',
    since: '1.0.0',
    summary: 'Stores a string under a key that is not there yet.',
    complexity: 'O(1)',
    flags: ['write', 'denyoom', 'fast'],
    arguments: [key('key', 'OW', 'insert'), string('value')],
    examples: ['SETNX lock me', 'SETNX lock you'],
    handler(context, args) {
      const { db, reply } = context;
      const entry = db.findWrite(args.bytes, args.starts[1], args.ends[1]);
      if (entry === NONE) store(context, args, entry, 1, 2, false);
      reply.integer(entry === NONE ? 1 : 0);
    },
  },
  {
    name: 'setex',
    group: 'string',
    since: '2.0.0',
    summary: 'Stores a string that lives for so many seconds.',
    complexity: 'O(1)',
    flags: ['write', 'denyoom'],
    arguments: [key('key', 'OW', 'update'), integer('seconds'), string('value')],
    examples: ['SETEX session 60 alice', 'TTL session'],
    handler(context, args) {
      setWithDeadline(context, args, EX);
    },
  },
  {
    name: 'psetex',
    group: 'string',
    since: '2.6.0',
    summary: 'Stores a string that lives for so many milliseconds.',
    complexity: 'O(1)',
    flags: ['write', 'denyoom'],
    arguments: [key('key', 'OW', 'update'), integer('milliseconds'), string('value')],
    examples: ['PSETEX session 60000 alice', 'PTTL session'],
    handler(context, args) {
      setWithDeadline(context, args, PX);
    },
  },
  {
    name: 'getset',
    group: 'string',
    since: '1.0.0',
    summary: 'Stores a string and answers with what was there before.',
    complexity: 'O(1)',
    flags: ['write', 'denyoom', 'fast'],
    docFlags: ['deprecated'],
    deprecatedSince: '6.2.0',
    replacedBy: '`SET` with the `!GET` argument',
    arguments: [key('key', 'RW', 'access', 'update'), string('value')],
    examples: ['SET greeting hello', 'GETSET greeting hi'],
    handler(context, args) {
      const entry = context.db.findRead(args.bytes, args.starts[1], args.ends[1]);
      replyValue(context, entry);
      store(context, args, entry, 1, 2, false);
    },
  },
  {
    name: 'getdel',
    group: 'string',
    since: '6.2.0',
    summary: 'Reads a string and removes its key.',
    complexity: 'O(1)',
    flags: ['write', 'fast'],
    arguments: [key('key', 'RW', 'access', 'delete')],
    examples: ['SET greeting hello', 'GETDEL greeting'],
    handler(context, args) {
      const { db, server } = context;
      const entry = db.findRead(args.bytes, args.starts[1], args.ends[1]);
      replyValue(context, entry);
      if (entry === NONE) return;
      db.remove(entry);
      db.changed(args.bytes, args.starts[1], args.ends[1]);
      notify(context, args, 1, GENERIC_EVENT, 'del');
      server.logInstead('DEL', args.copy(1));
    },
  },
  {
    name: 'getex',
    group: 'string',
    since: '6.2.0',
    summary: 'Reads a string and gives its key another deadline, or none.',
    complexity: 'O(1)',
    flags: ['write', 'fast'],
    arguments: [
      key('key', 'RW', 'access', 'update'),
      optional(
        oneOf(
          'expiration',
          integer('seconds', 'EX'),
          integer('milliseconds', 'PX'),
          unixTime('unix-time-seconds', 'EXAT'),
          unixTime('unix-time-milliseconds', 'PXAT'),
          word('PERSIST'),
        ),
      ),
    ],
    examples: ['SET greeting hello', 'GETEX greeting EX 60', 'GETEX greeting PERSIST'],
    handler: getEx,
  },
  {
    name: 'mset',
    group: 'string',
    since: '1.0.1',
    summary: 'Stores several strings at once.',
    complexity: 'O(N)',
    flags: ['write', 'denyoom'],
    tips: ['request_policy:multi_shard', 'response_policy:all_succeeded'],
    arguments: [multiple(block('key_value', key('key', 'OW', 'update'), string('value')))],
    examples: ['MSET one 1 two 2'],
    handler(context, args) {
      const { db, reply } = context;
      if (args.count % 2 === 0) throw new CommandError(wrongArity('mset'));
      let seen = 1;
      for (let i = 1; i < args.count; i += 2) {
        if (i >= seen) seen = lookAhead(context, args, i, 2);
        const entry = db.findWrite(args.bytes, args.starts[i], args.ends[i]);
        store(context, args, entry, i, i + 1, false);
      }
      reply.ok();
    },
  },
  {
    name: 'msetnx',
    group: 'string',
    since: '1.0.1',
    summary: 'Stores several strings, or none when one of the keys is there already.',
    complexity: 'O(N)',
    flags: ['write', 'denyoom'],
    tips: ['request_policy:multi_shard', 'response_policy:agg_min'],
    arguments: [multiple(block('key_value', key('key', 'OW', 'insert'), string('value')))],
    examples: ['MSETNX one 1 two 2', 'MSETNX two 3 three 3'],
    handler(context, args) {
      const { db, reply } = context;
      if (args.count % 2 === 0) throw new CommandError(wrongArity('msetnx'));
      for (let i = 1; i < args.count; i += 2) {
        if (db.peek(args.bytes, args.starts[i], args.ends[i]) !== NONE) {
          reply.integer(0);
          return;
        }
      }
      let seen = 1;
      for (let i = 1; i < args.count; i += 2) {
        if (i >= seen) seen = lookAhead(context, args, i, 2);
        // One of the names may stand twice, so each is looked for again.
        const entry = db.peek(args.bytes, args.starts[i], args.ends[i]);
        store(context, args, entry, i, i + 1, false);
      }
      reply.integer(1);
    },
  },
  {
    name: 'append',
    group: 'string',
    since: '2.0.0',
    summary: 'Puts bytes at the end of a string, and makes the string where there is none.',
    complexity: 'O(1)',
    flags: ['write', 'denyoom', 'fast'],
    arguments: [key('key', 'RW', 'insert'), string('value')],
    examples: ['APPEND log one', 'APPEND log two'],
    handler(context, args) {
      const { db, keyspace, reply } = context;
      const start = args.starts[1];
      const end = args.ends[1];
      const entry = db.findWrite(args.bytes, start, end);
      let length = args.length(2);
      if (entry === NONE) {
        keyspace.strings.add(db, args.bytes, start, end, args.bytes, args.starts[2], args.ends[2]);
      } else {
        requireString(db, entry);
        checkLength(context, keyspace.strings.length(db, entry) + length);
        requireRoom(context, keyspace.strings.growth(db, entry, keyspace.strings.length(db, entry) + length));
        length = keyspace.strings.append(db, entry, args.bytes, args.starts[2], args.ends[2]);
      }
      db.changed(args.bytes, start, end);
      db.notify(STRING_EVENT, 'append', args.bytes, start, end);
      reply.integer(length);
    },
  },
  {
    name: 'setrange',
    group: 'string',
    since: '2.2.0',
    summary: 'Overwrites a string from one place on; a gap before it is filled with zero bytes.',
    complexity: 'O(1)',
    flags: ['write', 'denyoom'],
    arguments: [key('key', 'RW', 'update'), integer('offset'), string('value')],
    examples: ['SET greeting hello', 'SETRANGE greeting 1 a'],
    handler: setRange,
  },
];

/** Makes a key stand for an argument. `entry` must be what was found for the key right before. */
function store(
  { db, keyspace }: Context,
  args: Args,
  entry: Ref,
  keyAt: number,
  valueAt: number,
  keepsDeadline: boolean,
): Ref {
  const start = args.starts[keyAt];
  const end = args.ends[keyAt];
  let stored = entry;
  if (entry === NONE) {
    stored = keyspace.strings.add(db, args.bytes, start, end, args.bytes, args.starts[valueAt], args.ends[valueAt]);
  } else {
    if (!keepsDeadline) db.persist(entry);
    keyspace.strings.overwrite(db, entry, args.bytes, args.starts[valueAt], args.ends[valueAt]);
  }
  db.changed(args.bytes, start, end);
  db.notify(STRING_EVENT, 'set', args.bytes, start, end);
  return stored;
}

function replyValue({ db, keyspace, reply }: Context, entry: Ref): void {
  if (entry === NONE) {
    reply.null();
    return;
  }
  requireString(db, entry);
  keyspace.strings.reply(db, entry, reply);
}

function setWithDeadline(context: Context, args: Args, kind: ExpiryKind): void {
  const { db, reply, server, command } = context;
  const deadlineMs = readDeadline(args, 2, kind, server.nowMs, command.fullName);
  const entry = db.findWrite(args.bytes, args.starts[1], args.ends[1]);
  db.setDeadline(store(context, args, entry, 1, 3, false), deadlineMs);
  notify(context, args, 1, GENERIC_EVENT, 'expire');
  logWithDeadline(context, args, 3, deadlineMs);
  reply.ok();
}

/** In the log a time to live would begin anew with each reading; so it becomes the moment it means. */
function logWithDeadline({ server }: Context, args: Args, valueAt: number, deadlineMs: number): void {
  if (!server.isLogging()) return;
  server.logInstead('SET', args.copy(1), args.copy(valueAt), 'PXAT', String(deadlineInteger(deadlineMs)));
}

function setWithOptions(context: Context, args: Args): void {
  const { db, reply, server } = context;
  let [isNx, isXx, isGet, keepsDeadline] = [false, false, false, false];
  let kind: ExpiryKind | 0 = 0;
  let timeAt = 0;
  for (let i = 3; i < args.count; i++) {
    const expiry = expiryKindAt(args, i);
    if (expiry !== 0 && !keepsDeadline && (kind === 0 || kind === expiry) && i + 1 < args.count) {
      kind = expiry;
      timeAt = ++i;
    } else if (args.is(i, 'NX') && !isXx) isNx = true;
    else if (args.is(i, 'XX') && !isNx) isXx = true;
    else if (args.is(i, 'GET')) isGet = true;
    else if (args.is(i, 'KEEPTTL') && kind === 0) keepsDeadline = true;
    else throw new CommandError(SYNTAX_ERROR);
  }
  const deadlineMs = kind === 0 ? 0 : readDeadline(args, timeAt, kind, server.nowMs, 'set');
  const entry = isGet
    ? db.findRead(args.bytes, args.starts[1], args.ends[1])
    : db.findWrite(args.bytes, args.starts[1], args.ends[1]);
  if (isGet) replyValue(context, entry);
  if ((isNx && entry !== NONE) || (isXx && entry === NONE)) {
    if (!isGet) reply.null();
    return;
  }
  const stored = store(context, args, entry, 1, 2, keepsDeadline);
  if (kind !== 0) {
    db.setDeadline(stored, deadlineMs);
    notify(context, args, 1, GENERIC_EVENT, 'expire');
    logWithDeadline(context, args, 2, deadlineMs);
  }
  if (!isGet) reply.ok();
}

function getEx(context: Context, args: Args): void {
  const { db, keyspace, server } = context;
  let isPersist = false;
  let kind: ExpiryKind | 0 = 0;
  let timeAt = 0;
  for (let i = 2; i < args.count; i++) {
    const expiry = expiryKindAt(args, i);
    if (expiry !== 0 && !isPersist && (kind === 0 || kind === expiry) && i + 1 < args.count) {
      kind = expiry;
      timeAt = ++i;
    } else if (args.is(i, 'PERSIST') && kind === 0) isPersist = true;
    else throw new CommandError(SYNTAX_ERROR);
  }
  const start = args.starts[1];
  const end = args.ends[1];
  const entry = db.findRead(args.bytes, start, end);
  replyValue(context, entry);
  if (entry === NONE) return;
  if (kind !== 0) {
    const deadlineMs = readDeadline(args, timeAt, kind, server.nowMs, 'getex');
    const isPast = (kind === EXAT || kind === PXAT) && keyspace.expires && deadlineMs <= server.nowMs;
    if (isPast) {
      db.remove(entry);
      server.logInstead('DEL', args.copy(1));
    } else {
      db.setDeadline(entry, deadlineMs);
      server.logInstead('PEXPIREAT', args.copy(1), String(deadlineInteger(deadlineMs)));
    }
    db.changed(args.bytes, start, end);
    db.notify(GENERIC_EVENT, isPast ? 'del' : 'expire', args.bytes, start, end);
  } else if (isPersist && db.persist(entry)) {
    server.logInstead('PERSIST', args.copy(1));
    db.changed(args.bytes, start, end);
    db.notify(GENERIC_EVENT, 'persist', args.bytes, start, end);
  }
}

function setRange(context: Context, args: Args): void {
  const { db, keyspace, reply } = context;
  const start = args.starts[1];
  const end = args.ends[1];
  const offset = args.integer(2);
  if (offset < 0) throw new CommandError('ERR offset is out of range');
  let entry = db.findWrite(args.bytes, start, end);
  if (entry !== NONE) requireString(db, entry);
  // Nothing is written, so nothing is made and nothing changes.
  if (args.length(3) === 0) {
    reply.integer(entry === NONE ? 0 : keyspace.strings.length(db, entry));
    return;
  }
  checkLength(context, offset + args.length(3));
  requireRoom(context, keyspace.strings.growth(db, entry, offset + args.length(3)));
  if (entry === NONE) {
    entry = db.add(args.bytes, start, end);
    keyspace.strings.addEmpty(db, entry);
  }
  const length = keyspace.strings.setRange(db, entry, offset, args.bytes, args.starts[3], args.ends[3]);
  db.changed(args.bytes, start, end);
  db.notify(STRING_EVENT, 'setrange', args.bytes, start, end);
  reply.integer(length);
}

function checkLength({ config }: Context, length: number): void {
  const limit = Math.min(config.number('proto-max-bulk-len'), LONGEST_STRING);
  if (length > limit) throw new CommandError(STRING_TOO_LONG);
}
