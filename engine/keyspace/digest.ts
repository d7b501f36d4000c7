/**
 * Twenty bytes that two servers have in common when they hold the same data, whatever the encodings and whatever the order
 * of what has none: `DEBUG DIGEST` and `DEBUG DIGEST-VALUE`.
 *
 * There are two ways to take something in. What has an order is *mixed*: its digest is added bit by bit, and the digest
 * of all that takes its place. What has none is only *added*, so that it does not matter what came first.
 */
import type { Ref } from '../memory/arena.ts';
import { ascii } from '../memory/bytes.ts';
import { formatDouble } from '../memory/doubles.ts';
import { FIRST } from '../structures/listpack.ts';
import { SHA1_BYTES, sha1 } from '../structures/sha1.ts';
import type { Database } from './database.ts';
import type { Keyspace } from './keyspace.ts';
import { TYPE_HASH, TYPE_LIST, TYPE_SET, TYPE_STRING, TYPE_ZSET } from './values.ts';

const EXPIRES = ascii('!!expire!!');

/** The digest of all databases, in hexadecimal digits. */
export function digestOfAll(keyspace: Keyspace): string {
  const all = new Digest();
  for (const db of keyspace.databases) {
    if (db.size === 0) continue;
    all.mixNumber(db.index);
    db.keys.forEach((entry) => {
      const one = new Digest();
      const start = db.keys.keyStart(entry);
      one.mix(db.keys.keyBytes(entry), start, start + db.keys.keyLength(entry));
      digestValue(one, keyspace, db, entry);
      all.add(one.bytes, 0, SHA1_BYTES);
    });
  }
  return all.toString();
}

/** The digest of what a key stands for, its name left out. */
export function digestOfValue(keyspace: Keyspace, db: Database, entry: Ref): string {
  const digest = new Digest();
  digestValue(digest, keyspace, db, entry);
  return digest.toString();
}

/** What stands for a key that is not there. */
export function digestOfNothing(): string {
  return new Digest().toString();
}

function digestValue(digest: Digest, keyspace: Keyspace, db: Database, entry: Ref): void {
  const [type, encoding, value] = [db.type(entry), db.encoding(entry), db.value(entry)];
  digest.mixNumber(type);
  switch (type) {
    case TYPE_STRING: {
      const { bytes, start, end } = keyspace.strings.viewOf(encoding, value);
      digest.mix(bytes, start, end);
      break;
    }
    case TYPE_LIST:
      digestList(digest, keyspace, value);
      break;
    case TYPE_SET:
      keyspace.sets.forEach(encoding, value, (bytes, start, end) => {
        digest.add(bytes, start, end);
      });
      break;
    case TYPE_ZSET:
      digestSortedSet(digest, keyspace, encoding, value);
      break;
    case TYPE_HASH:
      digestHash(digest, keyspace, encoding, value);
      break;
    default:
      throw new Error(`nothing is known of the type ${type}`);
  }
  if (db.deadline(entry) >= 0) digest.add(EXPIRES, 0, EXPIRES.length);
}

function digestList(digest: Digest, { lists, listpacks: packs }: Keyspace, value: number): void {
  for (const pack of lists.at(value).packing.all()) {
    for (let at = FIRST; at < packs.used(pack);) {
      at = packs.read(pack, at);
      digest.mix(packs.bytes(pack), packs.start, packs.end);
    }
  }
}

function digestSortedSet(digest: Digest, { sortedSets }: Keyspace, encoding: number, value: number): void {
  sortedSets.forEach(encoding, value, () => {
    const pair = new Digest();
    pair.mix(sortedSets.bytes, sortedSets.start, sortedSets.end);
    const score = ascii(formatDouble(sortedSets.score));
    pair.mix(score, 0, score.length);
    digest.add(pair.bytes, 0, SHA1_BYTES);
  });
}

function digestHash(digest: Digest, { hashes }: Keyspace, encoding: number, value: number): void {
  let pair: Digest | null = null;
  hashes.forEach(encoding, value, (bytes, start, end) => {
    const isField = pair === null;
    pair ??= new Digest();
    pair.mix(bytes, start, end);
    if (isField) return;
    digest.add(pair.bytes, 0, SHA1_BYTES);
    pair = null;
  });
}

class Digest {
  readonly bytes = new Uint8Array(SHA1_BYTES);
  private readonly part = new Uint8Array(SHA1_BYTES);

  add(bytes: Uint8Array, start: number, end: number): void {
    sha1(bytes, start, end, this.part);
    for (let i = 0; i < SHA1_BYTES; i++) this.bytes[i] ^= this.part[i];
  }

  mix(bytes: Uint8Array, start: number, end: number): void {
    this.add(bytes, start, end);
    sha1(this.bytes, 0, SHA1_BYTES, this.bytes);
  }

  /** Four bytes, the highest first. */
  mixNumber(value: number): void {
    this.mix(Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value), 0, 4);
  }

  toString(): string {
    return Array.from(this.bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  }
}
