/**
 * Memory is asked for before a command changes anything: one that has begun must be able to end. What a command may take is
 * estimated here, and never too low: a test runs everything with no memory but what was secured.
 */
import { CommandError, NO_MEMORY } from '../errors.ts';
import type { Database } from '../keyspace/database.ts';
import type { Keyspace } from '../keyspace/keyspace.ts';
import { INTSET, LISTPACK } from '../keyspace/values.ts';
import { PAGE_BYTES, type Ref } from '../memory/arena.ts';
import type { Context } from './contract.ts';

/** Enough for a new slab of each size that a few keys, values and packs of the usual size could want. */
const ORDINARY_PAGES = 4;
const FEW_ARGUMENTS = 8;
const SHORT_BYTES = 64 * 1024;
/** The records around an argument, when it becomes a member of the costliest structure. */
const RECORD_BYTES = 256;
/** Adding a key can be the first to touch a chunk of a table's heads, and of the larger table to which they move. */
const CHUNKS_BYTES = 128 * 1024;
/** A small pack is rewritten into a table within what is ordinary; a larger one takes so many times its size. */
const SMALL_PACK_BYTES = 16 * 1024;
const REWRITTEN = 24;

/** So many bytes of a compressed list are plain at once, and in new blocks, while it is read. */
const OPENED_BYTES = 512 * 1024;

/** Makes sure of memory for a command and all its arguments, so many in so many bytes, whatever they become. */
export function requireRoomForArguments({ arena }: Keyspace, count: number, bytes: number): void {
  let pages = ORDINARY_PAGES;
  if (count > FEW_ARGUMENTS || bytes > SHORT_BYTES) {
    const chunks = Math.min(count * CHUNKS_BYTES, 2 * arena.usedBytes + CHUNKS_BYTES);
    pages += pagesFor(3 * bytes + count * RECORD_BYTES + chunks);
  }
  if (!arena.secure(pages)) throw new CommandError(NO_MEMORY);
}

/** Makes sure of so many bytes besides: for values that are made of other values. Nothing may have been changed yet. */
export function requireRoom({ keyspace, command }: Context, bytes: number): void {
  const { arena } = keyspace;
  // It was made sure of the usual already.
  if (bytes === 0 && command.takesMemory) return;
  const before = command.takesMemory ? arena.securedPages : ORDINARY_PAGES;
  if (!arena.secure(before + pagesFor(bytes))) throw new CommandError(NO_MEMORY);
}

/** The same for a value that will be written to: where it is one large block it may have to be made into something else. */
export function requireRoomToWrite(context: Context, entry: Ref, encoding: number): void {
  if (encoding !== LISTPACK && encoding !== INTSET) return;
  const { db, keyspace } = context;
  const bytes = keyspace.arena.capacityOf(db.value(entry));
  if (bytes > SMALL_PACK_BYTES) requireRoom(context, REWRITTEN * bytes);
}

/** The same for a list whose inner nodes are compressed: a few of them are made plain at a time. */
export function requireRoomToOpen(context: Context, entry: Ref): void {
  const { db, keyspace } = context;
  if (keyspace.compressed.isEmpty) return;
  if (keyspace.lists.of(db, entry).packing.isCompressed) requireRoom(context, OPENED_BYTES);
}

/** What a value takes that is made of all elements of another one, whatever its encoding will be. */
export function bytesOfCopy(db: Database, entry: Ref): number {
  const type = db.typeOf(entry);
  const [encoding, value] = [db.encoding(entry), db.value(entry)];
  return 2 * type.memoryBytes(encoding, value) + RECORD_BYTES * type.count(encoding, value);
}

/** What a member of so many bytes takes, in the costliest structure. */
export function bytesOfMember(length: number): number {
  return 2 * length + RECORD_BYTES;
}

/** A page is left half empty, at worst, where what comes next does not fit. */
function pagesFor(bytes: number): number {
  return Math.ceil((2 * bytes) / PAGE_BYTES);
}
