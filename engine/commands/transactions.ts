import { CommandError } from '../errors.ts';
import type { Keyspace } from '../keyspace/keyspace.ts';
import { NONE } from '../memory/arena.ts';
import type { Session, WatchedKey } from '../session.ts';
import type { CommandSpec, Context } from './contract.ts';
import { key, multiple } from './grammar.ts';

/** Commands that are queued and then run without anybody in between, if nothing that they rely on has changed. */
export const TRANSACTIONS: readonly CommandSpec[] = [
  {
    name: 'multi',
    group: 'transactions',
    since: '1.2.0',
    summary: 'Begins a transaction: the commands that follow are queued until EXEC.',
    complexity: 'O(1)',
    flags: ['noscript', 'loading', 'stale', 'fast', 'allow_busy'],
    isImmediate: true,
    arguments: [],
    examples: ['MULTI', 'INCR visits', 'EXEC'],
    handler({ session, reply }) {
      if (session.queue !== null) throw new CommandError('ERR MULTI calls can not be nested');
      session.queue = [];
      reply.ok();
    },
  },
  {
    name: 'exec',
    group: 'transactions',
    since: '1.2.0',
    summary: 'Runs the queued commands one after the other; nobody gets in between.',
    flags: ['noscript', 'loading', 'stale', 'skip_slowlog'],
    isImmediate: true,
    arguments: [],
    examples: ['MULTI', 'INCR visits', 'INCR visits', 'EXEC'],
    handler: exec,
  },
  {
    name: 'discard',
    group: 'transactions',
    since: '2.0.0',
    summary: 'Forgets the queued commands and ends the transaction.',
    complexity: 'O(N)',
    flags: ['noscript', 'loading', 'stale', 'fast', 'allow_busy'],
    isImmediate: true,
    arguments: [],
    examples: ['MULTI', 'INCR visits', 'DISCARD'],
    handler({ keyspace, session, reply }) {
      if (session.queue === null) throw new CommandError('ERR DISCARD without MULTI');
      endTransaction(keyspace, session);
      reply.ok();
    },
  },
  {
    name: 'watch',
    group: 'transactions',
    since: '2.2.0',
    summary: 'Lets the next EXEC do nothing if one of the keys changes before it.',
    complexity: 'O(1)',
    flags: ['noscript', 'loading', 'stale', 'fast', 'allow_busy'],
    isImmediate: true,
    arguments: [multiple(key('key', 'RO'))],
    examples: ['WATCH visits', 'MULTI', 'INCR visits', 'EXEC'],
    handler({ db, session, reply }, args) {
      if (session.queue !== null) throw new CommandError('ERR WATCH inside MULTI is not allowed');
      for (let i = 1; i < args.count; i++) {
        const name = args.copy(i);
        if (!db.watchers.watch(name, session)) continue;
        const entry = db.keys.find(name, 0, name.length);
        session.watched.push({ db: db.index, key: name, wasExpired: entry !== NONE && db.isExpired(entry) });
      }
      reply.ok();
    },
  },
  {
    name: 'unwatch',
    group: 'transactions',
    since: '2.2.0',
    summary: 'Forgets all watched keys.',
    complexity: 'O(1)',
    flags: ['noscript', 'loading', 'stale', 'fast', 'allow_busy'],
    arguments: [],
    examples: ['WATCH visits', 'UNWATCH'],
    handler({ keyspace, session, reply }) {
      unwatchAll(keyspace, session);
      reply.ok();
    },
  },
];

function exec({ keyspace, session, reply, server }: Context): void {
  const { queue } = session;
  if (queue === null) throw new CommandError('ERR EXEC without MULTI');
  const isBroken = session.isQueueBroken;
  const isStale = !isBroken && isAnyWatchedChanged(keyspace, session);
  if (isBroken || isStale) {
    endTransaction(keyspace, session);
    if (isBroken) throw new CommandError('EXECABORT Transaction discarded because of previous errors.');
    reply.nullArray();
    return;
  }
  unwatchAll(keyspace, session);
  reply.array(queue.length);
  server.beginGroup();
  for (const queued of queue) server.runQueued(queued);
  server.endGroup();
  session.forgetQueue();
}

function isAnyWatchedChanged(keyspace: Keyspace, session: Session): boolean {
  // A key whose time has come since counts as changed. It is not looked at, and so stays until somebody does.
  return session.isTouched || session.watched.some((watched) => !watched.wasExpired && hasExpired(keyspace, watched));
}

function hasExpired(keyspace: Keyspace, { db: index, key: name }: WatchedKey): boolean {
  const db = keyspace.databases[index];
  const entry = db.keys.find(name, 0, name.length);
  return entry !== NONE && db.isExpired(entry);
}

/** Leaves the transaction, and with it the watched keys. */
export function endTransaction(keyspace: Keyspace, session: Session): void {
  session.forgetQueue();
  unwatchAll(keyspace, session);
}

export function unwatchAll(keyspace: Keyspace, session: Session): void {
  for (const { db, key: name } of session.watched) keyspace.databases[db].watchers.unwatch(name, session);
  session.watched = [];
  session.isTouched = false;
}
