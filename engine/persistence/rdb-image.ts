/**
 * # The image
 *
 * **Problem.** All keys of all databases are to be one piece of bytes, from which another server, or this one, makes them
 * again.
 *
 * **Idea.** One key after the other, each as in `DUMP`. In between stand bytes that no type of value has, and that say what
 * follows:
 *
 * ```
 *   "REDIS0010"
 *   fa name text                     something about the file
 *   fe number                        the keys of this database follow
 *   fb keys, keys with a deadline    how large its tables will be
 *   fc milliseconds, 8 bytes         when the next key expires (fd: seconds, 4 bytes)
 *   f8 seconds    f9 one byte        how long the next key was idle; how often it is used
 *   type key value
 *   ff checksum of all before it, 8
 * ```
 *
 * **Unlike Redis.** Nothing: another server reads it as a file.
 */
import type { Database } from '../keyspace/database.ts';
import type { Keyspace } from '../keyspace/keyspace.ts';
import { NONE, type Ref } from '../memory/arena.ts';
import { ascii, latin1 } from '../memory/bytes.ts';
import { CRC_BYTES, holdsCrc64, writeCrc64 } from './crc64.ts';
import { RDB_VERSION, RdbDamage } from './rdb-format.ts';
import { loadValue, type LoadedValue } from './rdb-load.ts';
import { RdbReader } from './rdb-reader.ts';
import { rdbTypeOf, saveValue } from './rdb-save.ts';
import { RdbWriter } from './rdb-writer.ts';

const LATEST_MS = 2 ** 63;
const MAGIC = 'REDIS';
const VERSION_DIGITS = 4;

const IDLE = 0xf8;
const FREQUENCY = 0xf9;
const ABOUT = 0xfa;
const SIZES = 0xfb;
const EXPIRES_MS = 0xfc;
const EXPIRES_S = 0xfd;
const DATABASE = 0xfe;
const END = 0xff;

export interface ImageOptions {
  readonly compresses: boolean;
  /** What the file says about itself, by its names. */
  readonly about: readonly (readonly [name: string, text: string])[];
}

/** The bytes of all keys. */
export function saveImage(keyspace: Keyspace, { compresses, about }: ImageOptions): Uint8Array {
  const writer = new RdbWriter(compresses);
  writer.raw(ascii(MAGIC + String(RDB_VERSION).padStart(VERSION_DIGITS, '0')));
  for (const [name, text] of about) {
    writer.byte(ABOUT);
    writer.string(ascii(name));
    writer.string(ascii(text));
  }
  for (const db of keyspace.databases) if (db.size > 0) saveDatabase(writer, keyspace, db);
  writer.byte(END);
  writer.reserve(CRC_BYTES);
  writeCrc64(writer.bytes, 0, writer.length, writer.bytes, writer.length);
  writer.length += CRC_BYTES;
  return writer.finish();
}

function saveDatabase(writer: RdbWriter, keyspace: Keyspace, db: Database): void {
  writer.byte(DATABASE);
  writer.size(db.index);
  writer.byte(SIZES);
  writer.size(db.size);
  writer.size(db.deadlines.length);
  db.keys.forEach((entry) => {
    const [type, encoding] = [db.type(entry), db.encoding(entry)];
    const deadlineMs = db.deadline(entry);
    if (deadlineMs >= 0) {
      writer.byte(EXPIRES_MS);
      // The latest moment of all is one too many for 64 bits when it has become a double.
      writer.int64(deadlineMs < LATEST_MS ? BigInt(deadlineMs) : BigInt(LATEST_MS) - 1n);
    }
    writer.byte(rdbTypeOf(type, encoding));
    const start = db.keys.keyStart(entry);
    writer.string(db.keys.keyBytes(entry), start, start + db.keys.keyLength(entry));
    saveValue(writer, keyspace, type, encoding, db.value(entry));
  });
}

/** What stands before a key. */
interface KeyFacts {
  deadlineMs: number;
  idleSeconds: number;
}

/** A key that was loaded, for whoever keeps a log. */
type OnLoaded = (db: Database, entry: Ref) => void;

/**
 * Makes all keys of an image. Keys whose deadline has passed are left out. A key that is there already is replaced when
 * `merges`, and is damage otherwise. Throws `RdbDamage`; what was loaded by then stays.
 */
export function loadImage(keyspace: Keyspace, bytes: Uint8Array, merges: boolean, onLoaded: OnLoaded): void {
  const headerBytes = MAGIC.length + VERSION_DIGITS;
  const version = Number(latin1(bytes, MAGIC.length, headerBytes));
  if (latin1(bytes, 0, MAGIC.length) !== MAGIC || !(version >= 1)) throw new RdbDamage('no image');
  if (version > RDB_VERSION) throw new RdbDamage(`an image of version ${version}`);
  const reader = new RdbReader(bytes, headerBytes);
  const facts: KeyFacts = { deadlineMs: -1, idleSeconds: -1 };
  let db = keyspace.databases[0];
  for (;;) {
    const code = reader.byte();
    if (code === END) break;
    if (code === DATABASE) db = databaseAt(keyspace, reader.size());
    else if (!readFact(reader, code, facts)) {
      reader.string();
      const key = reader.bytes.slice(reader.start, reader.end);
      putKey(keyspace, db, key, loadValue(reader, keyspace, code), facts, merges, onLoaded);
      Object.assign(facts, { deadlineMs: -1, idleSeconds: -1 });
    }
  }
  // Older images have none; one of zeros was not computed.
  if (version < 5) return;
  const at = reader.take(CRC_BYTES);
  const isSummed = bytes.subarray(at, at + CRC_BYTES).some((byte) => byte !== 0);
  if (isSummed && !holdsCrc64(bytes, 0, at, at)) throw new RdbDamage('a checksum that is wrong');
}

function databaseAt({ databases }: Keyspace, index: number): Database {
  if (index >= databases.length) throw new RdbDamage(`database ${index} of ${databases.length}`);
  return databases[index];
}

/** Reads what is no key; false when it is one. */
function readFact(reader: RdbReader, code: number, facts: KeyFacts): boolean {
  switch (code) {
    case ABOUT:
      reader.string();
      reader.string();
      return true;
    case SIZES:
      reader.size();
      reader.size();
      return true;
    case EXPIRES_MS:
      facts.deadlineMs = Number(reader.int64());
      return true;
    case EXPIRES_S:
      facts.deadlineMs = reader.int32() * 1000;
      return true;
    case IDLE:
      facts.idleSeconds = reader.size();
      return true;
    case FREQUENCY:
      reader.byte();
      return true;
    default:
      return false;
  }
}

function putKey(
  keyspace: Keyspace,
  db: Database,
  key: Uint8Array,
  { type, encoding, value }: LoadedValue,
  { deadlineMs, idleSeconds }: KeyFacts,
  merges: boolean,
  onLoaded: OnLoaded,
): void {
  const before = db.keys.find(key, 0, key.length);
  const isOver = deadlineMs !== -1 && deadlineMs < keyspace.nowMs;
  if (isOver || (before !== NONE && !merges)) {
    keyspace.types[type].release(encoding, value);
    if (isOver) return;
    throw new RdbDamage('a key that is there already');
  }
  // No event: nobody asked for a new key.
  const entry = before === NONE ? db.keys.insertMissing(key, 0, key.length) : before;
  if (before !== NONE) {
    db.persist(entry);
    db.releaseValue(entry);
  }
  db.setValue(entry, type, encoding, value);
  if (deadlineMs !== -1) db.setDeadline(entry, deadlineMs);
  if (idleSeconds >= 0) db.setIdle(entry, idleSeconds);
  onLoaded(db, entry);
}
