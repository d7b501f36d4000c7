/** Checks that many commands make before they change anything. */
import type { Args } from '../args.ts';
import type { Config } from '../config.ts';
import { CommandError, INDEX_OUT_OF_RANGE, NOT_AN_INTEGER, WRONG_TYPE } from '../errors.ts';
import type { Database } from '../keyspace/database.ts';
import { TYPE_STRING } from '../keyspace/values.ts';
import type { Ref } from '../memory/arena.ts';
import type { Session } from '../session.ts';

export function requireString(db: Database, entry: Ref): void {
  if (db.type(entry) !== TYPE_STRING) throw new CommandError(WRONG_TYPE);
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
