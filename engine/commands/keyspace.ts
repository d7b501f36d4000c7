import type { Args } from '../args.ts';
import { CommandError, SYNTAX_ERROR } from '../errors.ts';
import type { Database } from '../keyspace/database.ts';
import { Glob } from '../keyspace/glob.ts';
import { TYPE_NAMES } from '../keyspace/values.ts';
import { NONE, type Ref } from '../memory/arena.ts';
import type { CommandSpec, Context } from './contract.ts';
import { oneOf, optional, pattern, since, string, word } from './grammar.ts';
import { SCAN_ARGUMENTS, readCursor, readScanOptions, scanSome } from './scanning.ts';

const FLUSH_ARGUMENTS = [optional(oneOf('async', since('4.0.0', word('ASYNC')), since('6.2.0', word('SYNC'))))];
const FLUSH_HISTORY = [
  ['4.0.0', 'Takes ASYNC.'],
  ['6.2.0', 'Takes SYNC.'],
] as const;

/** So many times a key is picked that has expired and cannot be removed. */
const ATTEMPTS = 100;

/** The commands about all keys of a database. */
export const KEYSPACE: readonly CommandSpec[] = [
  {
    name: 'keys',
    group: 'generic',
    since: '1.0.0',
    summary: 'Lists all keys that match a pattern, in one go; SCAN does it piece by piece.',
    complexity: 'O(N)',
    flags: ['readonly'],
    categories: ['dangerous'],
    tips: ['request_policy:all_shards', 'nondeterministic_output_order'],
    arguments: [pattern('pattern')],
    examples: ['MSET one 1 two 2', 'KEYS *', 'KEYS t*'],
    handler({ db, reply }, args) {
      const glob = new Glob(args.copy(1));
      const found: Ref[] = [];
      db.keys.forEach((entry) => {
        if (matches(db, entry, glob) && !db.isExpired(entry)) found.push(entry);
      });
      reply.array(found.length);
      for (const entry of found) replyKey(db, entry, reply);
    },
  },
  {
    name: 'scan',
    group: 'generic',
    since: '2.8.0',
    summary: 'Lists some of the keys, and a cursor to go on with; the cursor 0 is the beginning and the end.',
    complexity: 'O(1)',
    flags: ['readonly'],
    tips: ['nondeterministic_output', 'request_policy:special'],
    history: [['6.0.0', 'Takes TYPE.']],
    arguments: [...SCAN_ARGUMENTS, since('6.0.0', optional(string('type', 'TYPE')))],
    examples: ['MSET one 1 two 2', 'SCAN 0', 'SCAN 0 MATCH t* COUNT 100 TYPE string'],
    handler: scan,
  },
  {
    name: 'randomkey',
    group: 'generic',
    since: '1.0.0',
    summary: 'Picks a key by chance.',
    complexity: 'O(1)',
    flags: ['readonly'],
    tips: ['request_policy:all_shards', 'nondeterministic_output'],
    arguments: [],
    examples: ['MSET one 1 two 2', 'RANDOMKEY'],
    handler({ db, reply, server }) {
      for (let futile = 0; futile < ATTEMPTS;) {
        const entry = db.keys.random(() => server.chance());
        if (entry === NONE) {
          reply.null();
          return;
        }
        if (!db.isExpired(entry)) {
          replyKey(db, entry, reply);
          return;
        }
        // Looked at, an expired key goes, so that this comes to an end; unless clients are paused, and nothing goes.
        const { size } = db;
        peekEntry(db, entry);
        if (db.size === size) futile++;
      }
      reply.null();
    },
  },
  {
    name: 'dbsize',
    group: 'server',
    since: '1.0.0',
    summary: 'Counts the keys of the database.',
    complexity: 'O(1)',
    flags: ['readonly', 'fast'],
    categories: ['keyspace'],
    tips: ['request_policy:all_shards', 'response_policy:agg_sum'],
    arguments: [],
    examples: ['SET greeting hello', 'DBSIZE'],
    handler({ db, reply }) {
      reply.integer(db.size);
    },
  },
  {
    name: 'flushdb',
    group: 'server',
    since: '1.0.0',
    summary: 'Removes all keys of the database.',
    complexity: 'O(N)',
    flags: ['write'],
    categories: ['keyspace', 'dangerous'],
    tips: ['request_policy:all_shards', 'response_policy:all_succeeded'],
    history: FLUSH_HISTORY,
    arguments: FLUSH_ARGUMENTS,
    examples: ['FLUSHDB', 'FLUSHDB ASYNC'],
    handler({ db, keyspace, reply, server }, args) {
      checkFlush(args);
      keyspace.stats.dirty += Math.max(1, db.clear());
      server.tracking.flushed();
      reply.ok();
    },
  },
  {
    name: 'flushall',
    group: 'server',
    since: '1.0.0',
    summary: 'Removes all keys of all databases.',
    complexity: 'O(N)',
    flags: ['write'],
    categories: ['keyspace', 'dangerous'],
    tips: ['request_policy:all_shards', 'response_policy:all_succeeded'],
    history: FLUSH_HISTORY,
    arguments: FLUSH_ARGUMENTS,
    examples: ['FLUSHALL', 'FLUSHALL SYNC'],
    handler({ keyspace, reply, server }, args) {
      checkFlush(args);
      const removed = keyspace.databases.reduce((total, db) => total + db.clear(), 0);
      keyspace.stats.dirty += Math.max(1, removed);
      server.tracking.flushed();
      reply.ok();
    },
  },
];

function checkFlush(args: Args): void {
  if (args.count > 2 || (args.count === 2 && !args.is(1, 'ASYNC') && !args.is(1, 'SYNC')))
    throw new CommandError(SYNTAX_ERROR);
}

function matches(db: Database, entry: Ref, glob: Glob): boolean {
  const start = db.keys.keyStart(entry);
  return glob.isEverything || glob.matches(db.keys.keyBytes(entry), start, start + db.keys.keyLength(entry));
}

function replyKey(db: Database, entry: Ref, reply: Context['reply']): void {
  const start = db.keys.keyStart(entry);
  reply.bulk(db.keys.keyBytes(entry), start, start + db.keys.keyLength(entry));
}

function peekEntry(db: Database, entry: Ref): Ref {
  const name = db.keys.keyCopy(entry);
  return db.peek(name, 0, name.length);
}

function scan({ db, reply }: Context, args: Args): void {
  const from = readCursor(args, 1);
  const { count, glob, type } = readScanOptions(args, 2, true);
  const { cursor, entries } = scanSome(db.keys, from, count);
  const found = entries.filter((entry) => isShown(db, entry, glob, type));
  reply.array(2);
  reply.text(String(cursor));
  reply.array(found.length);
  for (const entry of found) replyKey(db, entry, reply);
}

/** Whether SCAN gives this key; one that has expired is removed on the way. */
function isShown(db: Database, entry: Ref, glob: Glob | null, type: string | null): boolean {
  if (glob !== null && !matches(db, entry, glob)) return false;
  if (type !== null && type !== TYPE_NAMES[db.type(entry)]) return false;
  return !db.isExpired(entry) || peekEntry(db, entry) !== NONE;
}
