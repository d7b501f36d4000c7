/** Checks that many commands make before they change anything. */
import type { Args } from '../args.ts';
import type { Config } from '../config.ts';
import { CommandError, INDEX_OUT_OF_RANGE, NOT_AN_INTEGER, WRONG_TYPE } from '../errors.ts';
import { GENERIC_EVENT } from '../keyspace/events.ts';
import type { Database } from '../keyspace/database.ts';
import { TYPE_LIST, TYPE_STRING, encodingOf, typeOf } from '../keyspace/values.ts';
import { NONE, type Ref } from '../memory/arena.ts';
import type { Session } from '../session.ts';
import type { Context } from './contract.ts';
import { requireRoomToOpen, requireRoomToWrite } from './room.ts';

/** `entry` may be `NONE`: a key that is not there is of no wrong type. */
export function requireType(db: Database, entry: Ref, type: number): void {
  if (entry !== NONE && db.type(entry) !== type) throw new CommandError(WRONG_TYPE);
}

export function requireString(db: Database, entry: Ref): void {
  requireType(db, entry, TYPE_STRING);
}

/** The entry of the key at an argument, for a command that reads it; `NONE` where there is none. */
export function readKey(context: Context, args: Args, index: number, type: number): Ref {
  const { db } = context;
  const entry = db.findRead(args.bytes, args.starts[index], args.ends[index]);
  if (entry === NONE) return NONE;
  if (typeOf(db.usedMeta) !== type) throw new CommandError(WRONG_TYPE);
  if (type === TYPE_LIST) requireRoomToOpen(context, entry);
  return entry;
}

/** The same for a command that may change it. A key that is `NONE` can be added right away. */
export function writeKey(context: Context, args: Args, index: number, type: number): Ref {
  const { db } = context;
  const entry = db.findWrite(args.bytes, args.starts[index], args.ends[index]);
  if (entry === NONE) return NONE;
  if (typeOf(db.usedMeta) !== type) throw new CommandError(WRONG_TYPE);
  if (context.command.takesMemory) requireRoomToWrite(context, entry, encodingOf(db.usedMeta));
  if (type === TYPE_LIST) requireRoomToOpen(context, entry);
  return entry;
}

/**
 * Elements were taken out of a collection: says that the key at an argument was changed, and how, and removes it if empty, which
 * whoever knows need not ask for.
 */
export function changedOrEmpty(
  { db }: Context,
  args: Args,
  index: number,
  entry: Ref,
  happened: readonly [kind: number, event: string] | null,
  changes = 1,
  isEmpty = db.typeOf(entry).count(db.encoding(entry), db.value(entry)) === 0,
): void {
  const [start, end] = [args.starts[index], args.ends[index]];
  if (isEmpty) db.remove(entry);
  db.changed(args.bytes, start, end, changes);
  if (happened !== null) db.notify(happened[0], happened[1], args.bytes, start, end);
  if (isEmpty) db.notify(GENERIC_EVENT, 'del', args.bytes, start, end);
}

/** Says what has happened to the key at an argument. */
export function notify({ db }: Context, args: Args, index: number, kind: number, event: string): void {
  db.notify(kind, event, args.bytes, args.starts[index], args.ends[index]);
}

/**
 * The entry of a key that is to stand for a result: a new one where there was `NONE`, else the same one, which stands for
 * nothing then and has no deadline any more.
 */
export function entryToFill(db: Database, bytes: Uint8Array, start: number, end: number, found: Ref): Ref {
  if (found === NONE) return db.add(bytes, start, end);
  db.persist(found);
  db.releaseValue(found);
  return found;
}

/** Whether a setting that is `no`, `yes` or `local` lets this connection do what it guards. */
export function isAllowed(config: Config, name: string, session: Session): boolean {
  const value = config.text(name);
  return value === 'yes' || (value === 'local' && LOOPBACK.test(session.peer.address));
}

const LOOPBACK = /^((::ffff:)?127(\.\d+){3}|\[?::1\]?):\d+$/;

/** An integer of 32 bits. What is an integer but longer has an error of its own. */
function int32(args: Args, index: number): number {
  const value = args.integer(index, NOT_AN_INTEGER);
  if (value !== (value | 0))
    throw new CommandError('ERR value is out of range, value must between -2147483648 and 2147483647');
  return value;
}

/** The number of a database. */
export function databaseIndex(args: Args, index: number, databases: number): number {
  const value = int32(args, index);
  if (value < 0 || value >= databases) throw new CommandError(INDEX_OUT_OF_RANGE);
  return value;
}
