import type { Args } from '../args.ts';
import { CommandError, INDEX_OUT_OF_RANGE } from '../errors.ts';
import type { Database } from '../keyspace/database.ts';
import { NONE, type Ref } from '../memory/arena.ts';
import type { Session, WatchedKey } from '../session.ts';
import type { CommandSpec, Context } from './contract.ts';
import { integer } from './grammar.ts';

/** Exchanges two databases, however large they are, by exchanging their tables. */
export const SWAPDB: CommandSpec = {
  name: 'swapdb',
  group: 'server',
  since: '4.0.0',
  summary: 'Exchanges all keys of two databases at once; whoever is in one of them finds the keys of the other.',
  complexity: 'O(N)',
  flags: ['write', 'fast'],
  categories: ['keyspace', 'dangerous'],
  arguments: [integer('index1'), integer('index2')],
  examples: ['SET greeting hello', 'SWAPDB 0 1', 'GET greeting', 'SWAPDB 0 1', 'GET greeting'],
  handler(context, args) {
    const { keyspace, reply } = context;
    const first = numberAt(args, 1, 'ERR invalid first DB index');
    const second = numberAt(args, 2, 'ERR invalid second DB index');
    const databases = [first, second].map((index) => keyspace.databases.at(index < 0 ? Infinity : index));
    const [a, b] = databases;
    if (!a || !b) throw new CommandError(INDEX_OUT_OF_RANGE);
    if (a !== b) exchange(context, a, b);
    keyspace.stats.dirty++;
    reply.ok();
  },
};

/** Any integer of 32 bits. */
function numberAt(args: Args, index: number, error: string): number {
  const value = args.integer(index, error);
  if (value !== (value | 0)) throw new CommandError(error);
  return value;
}

function exchange({ keyspace, server }: Context, first: Database, second: Database): void {
  const sessions = [...server.sessions()];
  for (const session of sessions) {
    if (session.watched.length === 0) continue;
    watchAfter(session, first, second);
    watchAfter(session, second, first);
  }
  keyspace.swap(first.index, second.index);
  for (const db of [first, second]) for (const session of sessions) feed(session, db);
}

/** A transaction fails whose watched key is in either database: what was seen there is not what will be there. */
function watchAfter(session: Session, before: Database, after: Database): void {
  session.watched = session.watched.map((watched) => {
    if (watched.db !== before.index) return watched;
    const was = entryOf(before, watched);
    const is = entryOf(after, watched);
    const isExpired = is !== NONE && after.isExpired(is);
    // Where there was nothing to be seen and there is nothing to be seen, nothing has changed.
    if (watched.wasExpired && (is === NONE || isExpired)) return { ...watched, wasExpired: isExpired };
    if (was === NONE && (is === NONE || isExpired)) return { ...watched, wasExpired: isExpired };
    session.touched();
    return watched;
  });
}

function entryOf(db: Database, { key }: WatchedKey): Ref {
  return db.keys.find(key, 0, key.length);
}

/** A key that somebody waits for may be there now, though nobody has made it. */
function feed({ waiting }: Session, db: Database): void {
  if (waiting?.db !== db.index) return;
  const { args, firstKey, endKey } = waiting;
  for (let i = firstKey; i < endKey; i++) {
    const entry = db.keys.find(args.bytes, args.starts[i], args.ends[i]);
    if (entry !== NONE) db.onFed?.(db, entry);
  }
}
