import type { Args } from '../args.ts';
import { CommandError } from '../errors.ts';
import { GENERIC_EVENT } from '../keyspace/events.ts';
import { NONE } from '../memory/arena.ts';
import type { Argument, CommandSpec, Context } from './contract.ts';
import { deadlineInteger, EX, EXAT, PX, PXAT, readDeadline, toSeconds, type ExpiryKind } from './deadlines.ts';
import { integer, key, oneOf, optional, since, unixTime, word } from './grammar.ts';

/** The commands that give keys deadlines, take them away, and tell them. */
export const EXPIRY: readonly CommandSpec[] = [
  setter('expire', '1.0.0', 'Lets a key live for so many seconds more.', integer('seconds'), EX, '60'),
  setter('pexpire', '2.6.0', 'Lets a key live for so many milliseconds more.', integer('milliseconds'), PX, '60000'),
  setter(
    'expireat',
    '1.2.0',
    'Lets a key live until a moment given in seconds.',
    unixTime('unix-time-seconds'),
    EXAT,
    '33177117420',
  ),
  setter(
    'pexpireat',
    '2.6.0',
    'Lets a key live until a moment given in milliseconds.',
    unixTime('unix-time-milliseconds'),
    PXAT,
    '33177117420123',
  ),
  {
    ...reader('ttl', '1.0.0', 'Tells how many seconds a key has left.', (deadlineMs, nowMs) =>
      toSeconds(left(deadlineMs, nowMs)),
    ),
    history: [['2.8.0', 'Tells no key from no deadline.']],
  },
  {
    ...reader('pttl', '2.6.0', 'Tells how many milliseconds a key has left.', left),
    history: [['2.8.0', 'Tells no key from no deadline.']],
  },
  reader('expiretime', '7.0.0', 'Tells at which second a key expires.', (deadlineMs) =>
    toSeconds(deadlineInteger(deadlineMs)),
  ),
  reader('pexpiretime', '7.0.0', 'Tells at which millisecond a key expires.', deadlineInteger),
  {
    name: 'persist',
    group: 'generic',
    since: '2.2.0',
    summary: 'Takes the deadline of a key away.',
    complexity: 'O(1)',
    flags: ['write', 'fast'],
    arguments: [key('key', 'RW', 'update')],
    examples: ['SET greeting hello EX 60', 'PERSIST greeting'],
    handler({ db, reply }, args) {
      const entry = db.findWrite(args.bytes, args.starts[1], args.ends[1]);
      const isChanged = entry !== NONE && db.persist(entry);
      if (isChanged) {
        db.changed(args.bytes, args.starts[1], args.ends[1]);
        db.notify(GENERIC_EVENT, 'persist', args.bytes, args.starts[1], args.ends[1]);
      }
      reply.integer(isChanged ? 1 : 0);
    },
  },
];

function setter(
  name: string,
  version: string,
  summary: string,
  time: Argument,
  kind: ExpiryKind,
  example: string,
): CommandSpec {
  const line = `${name.toUpperCase()} greeting ${example}`;
  return {
    ...{ name, group: 'generic', since: version, summary, complexity: 'O(1)', flags: ['write', 'fast'] },
    history: [['7.0.0', 'Takes NX, XX, GT and LT.']],
    arguments: [
      key('key', 'RW', 'update'),
      time,
      since('7.0.0', optional(oneOf('condition', word('NX'), word('XX'), word('GT'), word('LT')))),
    ],
    examples: ['SET greeting hello', line, `${line} NX`],
    handler(context, args) {
      expire(context, args, kind);
    },
  };
}

function reader(
  name: string,
  version: string,
  summary: string,
  read: (deadlineMs: number, nowMs: number) => number | bigint,
): CommandSpec {
  return {
    ...{ name, group: 'generic', since: version, summary, complexity: 'O(1)', flags: ['readonly', 'fast'] },
    // What is left changes by itself, the moment of the deadline does not.
    ...(name.endsWith('ttl') ? { tips: ['nondeterministic_output'] } : {}),
    arguments: [key('key', 'RO', 'access')],
    examples: ['SET greeting hello EX 60', `${name.toUpperCase()} greeting`, `${name.toUpperCase()} nothing`],
    handler({ db, reply, server }, args) {
      const entry = db.look(args.bytes, args.starts[1], args.ends[1]);
      const deadlineMs = entry === NONE ? -2 : db.deadline(entry);
      reply.integer(entry === NONE || deadlineMs < 0 ? deadlineMs : read(deadlineMs, server.nowMs));
    },
  };
}

function left(deadlineMs: number, nowMs: number): number {
  return Math.max(0, deadlineMs - Math.floor(nowMs));
}

const NX = 1;
const XX = 2;
const GT = 4;
const LT = 8;

function expire({ db, keyspace, reply, server, command }: Context, args: Args, kind: ExpiryKind): void {
  const condition = readConditions(args);
  const deadlineMs = readDeadline(args, 2, kind, server.nowMs, command.fullName, true);
  const start = args.starts[1];
  const end = args.ends[1];
  const entry = db.findWrite(args.bytes, start, end);
  if (entry === NONE || !holds(condition, db.deadline(entry), deadlineMs)) {
    reply.integer(0);
    return;
  }
  // While the log is read nothing expires: there it says itself what was removed.
  if (keyspace.expires && deadlineMs <= server.nowMs) {
    db.remove(entry);
    server.logInstead('DEL', args.copy(1));
    db.changed(args.bytes, start, end);
    db.notify(GENERIC_EVENT, 'del', args.bytes, start, end);
    reply.integer(1);
  } else {
    db.setDeadline(entry, Math.max(0, deadlineMs));
    if (server.isLogging()) server.logInstead('PEXPIREAT', args.copy(1), String(deadlineInteger(deadlineMs)));
    reply.integer(1);
    db.changed(args.bytes, start, end);
    db.notify(GENERIC_EVENT, 'expire', args.bytes, start, end);
  }
}

function readConditions(args: Args): number {
  let condition = 0;
  for (let i = 3; i < args.count; i++) {
    if (args.is(i, 'NX')) condition |= NX;
    else if (args.is(i, 'XX')) condition |= XX;
    else if (args.is(i, 'GT')) condition |= GT;
    else if (args.is(i, 'LT')) condition |= LT;
    else throw new CommandError(`ERR Unsupported option ${args.quoted(i)}`);
  }
  if ((condition & NX) !== 0 && condition !== NX) {
    throw new CommandError('ERR NX and XX, GT or LT options at the same time are not compatible');
  }
  if ((condition & (GT | LT)) === (GT | LT)) {
    throw new CommandError('ERR GT and LT options at the same time are not compatible');
  }
  return condition;
}

/** No deadline, -1, counts as later than any. */
function holds(condition: number, beforeMs: number, afterMs: number): boolean {
  if ((condition & NX) !== 0 && beforeMs >= 0) return false;
  if ((condition & XX) !== 0 && beforeMs < 0) return false;
  if ((condition & GT) !== 0 && (beforeMs < 0 || afterMs <= beforeMs)) return false;
  return (condition & LT) === 0 || beforeMs < 0 || afterMs < beforeMs;
}
