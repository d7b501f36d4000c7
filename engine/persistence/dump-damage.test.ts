/** Payloads that no server wrote: refused or taken whole, never a crash, a hang, or half a key. */
import { describe, expect, it } from 'vitest';

import { Chance } from '../chance.ts';
import type { Database } from '../keyspace/database.ts';
import { Keyspace } from '../keyspace/keyspace.ts';
import { NONE, type Ref } from '../memory/arena.ts';
import { ascii, latin1 } from '../memory/bytes.ts';
import { CRC_BYTES, writeCrc64 } from './crc64.ts';
import { RdbDamage } from './rdb-format.ts';
import { loadImage, saveImage } from './rdb-image.ts';
import { dumpPayload, isWholePayload, restorePayload } from './rdb-payload.ts';

const SEED = Number(process.env['VITRINE_SEED'] ?? 20261120);
const MUTANTS = 20_000;
const IMAGES = 2000;

const KEY = ascii('k');

function emptyKeyspace(): Keyspace {
  const keyspace = new Keyspace({
    ...{ databases: 2, hashName: 'fnv1a', hashSeed: [0, 0], recorder: null },
    chance: () => 0x1234567,
    onExpired: () => undefined,
    onEvicted: () => undefined,
    isFrozen: () => false,
    events: { kinds: 0, onChanged: null, tell: () => undefined },
  });
  Object.assign(keyspace.limits, {
    ...{ hashPackEntries: 8, hashPackValueBytes: 64, setIntsetEntries: 8, zsetPackEntries: 8 },
    ...{ zsetPackValueBytes: 64, listPackSize: -2 },
  });
  return keyspace;
}

/** A body with its footer. */
function payloadOf(body: Uint8Array): Uint8Array {
  const payload = new Uint8Array(body.length + 2 + CRC_BYTES);
  payload.set(body);
  payload[body.length] = 10;
  writeCrc64(payload, 0, body.length + 2, payload, body.length + 2);
  return payload;
}

function text(...parts: (string | number | readonly number[])[]): Uint8Array {
  return Uint8Array.from(
    parts.flatMap((part) =>
      typeof part === 'string'
        ? [...part].map((letter) => letter.charCodeAt(0))
        : typeof part === 'number'
          ? [part]
          : part,
    ),
  );
}

const DOUBLE = [0, 0, 0, 0, 0, 0, 0xf8, 0x3f];

/** Bodies of every type that is read, the old ones too. */
const BODIES: readonly Uint8Array[] = [
  text(0, 5, 'hello'),
  text(0, 0xc1, [0x39, 0x30]),
  text(0, 0xc3, 8, 10, 1, 'aa', [0x80, 0], 1, 'aa'),
  text(1, 3, 1, 'a', 0xc0, 5, 2, 'bc'),
  text(2, 3, 1, 'a', 0xc0, 5, 2, 'bc'),
  text(3, 3, 1, 'a', 1, '1', 1, 'b', 254, 1, 'c', 3, '2.5'),
  text(4, 2, 1, 'a', 1, 'b', 0xc0, 5, 2, 'cd'),
  text(5, 2, 1, 'a', DOUBLE, 1, 'b', [0, 0, 0, 0, 0, 0, 0, 0]),
  text(9, 12, 2, [1, 97, 1, 0, 49], [1, 98, 1, 0, 50], 255),
  text(10, 17, [17, 0, 0, 0, 13, 0, 0, 0, 2, 0], [0, 1, 97], [3, 0xfe, 200], 255),
  text(11, 14, [2, 0, 0, 0, 3, 0, 0, 0, 1, 0, 2, 0, 0, 1]),
  text(12, 17, [17, 0, 0, 0, 13, 0, 0, 0, 2, 0], [0, 1, 97], [3, 0xfe, 100], 255),
  text(13, 17, [17, 0, 0, 0, 13, 0, 0, 0, 2, 0], [0, 1, 97], [3, 0xfe, 100], 255),
  text(14, 1, 17, [17, 0, 0, 0, 13, 0, 0, 0, 2, 0], [0, 1, 97], [3, 0xfe, 100], 255),
  text(16, 13, [13, 0, 0, 0, 2, 0], [0x81, 97, 2], [0xc1, 0, 2], 255),
  text(17, 13, [13, 0, 0, 0, 2, 0], [0x81, 97, 2], [0xc1, 0, 2], 255),
  text(18, 2, 2, 14, [14, 0, 0, 0, 2, 0], [0x81, 97, 2], [0xf1, 0, 9, 3], 255, 1, 3, 'abc'),
];

class Dice {
  private readonly chance: Chance;

  constructor(seed: number) {
    this.chance = new Chance(seed);
  }

  below(limit: number): number {
    return (this.chance.next() >>> 0) % limit;
  }

  /** The bytes with a few things done to them that happen to bytes. */
  spoil(bytes: Uint8Array, from = 0): Uint8Array {
    let spoilt = [...bytes];
    for (let count = 1 + this.below(3); count > 0 && spoilt.length > from; count--) {
      const at = from + this.below(spoilt.length - from);
      switch (this.below(6)) {
        case 0:
          spoilt[at] ^= 1 << this.below(8);
          break;
        case 1:
          spoilt[at] = [0, 1, 127, 128, 129, 192, 195, 253, 254, 255][this.below(10)];
          break;
        case 2:
          spoilt = spoilt.slice(0, at);
          break;
        case 3:
          spoilt.splice(at, 1 + this.below(4));
          break;
        case 4:
          spoilt.splice(at, 0, ...spoilt.slice(at, at + this.below(8)));
          break;
        default:
          spoilt.splice(at, 0, this.below(256));
      }
    }
    return Uint8Array.from(spoilt);
  }
}

/** Gives a loaded value to a key, dumps it, and takes it away again: nothing may be left in memory then. */
function passThrough(keyspace: Keyspace, payload: Uint8Array): 'taken' | 'refused' {
  const [db] = keyspace.databases;
  const loaded = restorePayload(keyspace, payload, 0, payload.length);
  if (loaded === null) {
    expect(keyspace.arena.usedBytes).toBe(0);
    return 'refused';
  }
  expect(db.peek(KEY, 0, KEY.length)).toBe(NONE);
  const entry = db.add(KEY, 0, KEY.length);
  db.setValue(entry, loaded.type, loaded.encoding, loaded.value);
  keyspace.assertValid();
  const dumped = dumpPayload(keyspace, loaded.type, loaded.encoding, loaded.value, { compresses: true });
  expect(isWholePayload(dumped, 0, dumped.length, true)).toBe(true);
  db.clear();
  expect(keyspace.arena.usedBytes).toBe(0);
  // What is written here is read here.
  const again = restorePayload(keyspace, dumped, 0, dumped.length);
  if (again === null) throw new Error('a dump of what was restored is refused');
  keyspace.types[again.type].release(again.encoding, again.value);
  expect(keyspace.arena.usedBytes).toBe(0);
  return 'taken';
}

describe('a payload', () => {
  it('of every type that is read is taken when nothing is wrong with it, and refused when it is cut', () => {
    const keyspace = emptyKeyspace();
    for (const body of BODIES) {
      expect(passThrough(keyspace, payloadOf(body)), String(body)).toBe('taken');
      for (let end = 0; end < body.length; end++) {
        // Without a footer to read on into.
        expect(restorePayload(keyspace, body, 0, end), `${String(body)} cut at ${end}`).toBe(null);
        expect(keyspace.arena.usedBytes).toBe(0);
      }
    }
  });

  it(`that is damaged at random does no harm (seed ${SEED})`, () => {
    const dice = new Dice(SEED);
    const keyspace = emptyKeyspace();
    const met = { taken: 0, refused: 0 };
    for (let round = 0; round < MUTANTS; round++) {
      const body = dice.spoil(BODIES[dice.below(BODIES.length)]);
      try {
        met[passThrough(keyspace, payloadOf(body))]++;
      } catch (error) {
        throw new Error(`seed ${SEED}, round ${round}: ${[...body].join(' ')}`, { cause: error });
      }
    }
    expect(met.taken).toBeGreaterThan(100);
    expect(met.refused).toBeGreaterThan(1000);
  });

  it('that claims more than there is gets no memory for it', () => {
    const keyspace = emptyKeyspace();
    const huge = [0x81, 0, 0, 1, 0, 0, 0, 0, 0];
    for (const type of [1, 2, 3, 4, 5, 14, 18]) expect(restorePayload(keyspace, text(type, huge), 0, 10)).toBe(null);
    expect(restorePayload(keyspace, text(0, huge), 0, 10)).toBe(null);
    // A compressed string of six bytes that would be four gigabytes.
    const bomb = text(0, 0xc3, 6, [0x80, 255, 255, 255, 255], [0, 97, 0xe0, 255, 0, 0]);
    expect(restorePayload(keyspace, bomb, 0, bomb.length)).toBe(null);
    expect(keyspace.arena.reservedBytes).toBe(0);
  });

  it('whose footer is wrong in any bit is no whole payload', () => {
    const payload = payloadOf(BODIES[0]);
    expect(isWholePayload(payload, 0, payload.length, true)).toBe(true);
    for (let bit = 0; bit < payload.length * 8; bit++) {
      payload[bit >> 3] ^= 1 << (bit & 7);
      expect(isWholePayload(payload, 0, payload.length, true), `bit ${bit}`).toBe(false);
      payload[bit >> 3] ^= 1 << (bit & 7);
    }
    for (let length = 0; length < payload.length; length++)
      expect(isWholePayload(payload, 0, length, true)).toBe(false);
  });
});

function newEntry(db: Database, key: Uint8Array): Ref {
  db.peek(key, 0, key.length);
  return db.add(key, 0, key.length);
}

describe('an image', () => {
  const filled = (): Keyspace => {
    const keyspace = emptyKeyspace();
    keyspace.nowMs = 1000;
    BODIES.forEach((body, i) => {
      const db = keyspace.databases[i % 2];
      const loaded = restorePayload(keyspace, body, 0, body.length);
      if (loaded === null) throw new Error('a body is refused');
      const key = ascii(`key ${i}`);
      const entry = newEntry(db, key);
      db.setValue(entry, loaded.type, loaded.encoding, loaded.value);
      if (i % 3 === 0) db.setDeadline(entry, 2000 + i);
    });
    return keyspace;
  };
  const options = { compresses: true, about: [['redis-ver', '7.0.15']] as const };
  const sizes = (keyspace: Keyspace): number[] => keyspace.databases.flatMap((db) => [db.size, db.deadlines.length]);

  it('makes all keys again, but those that have expired', () => {
    const from = filled();
    const image = saveImage(from, options);
    const to = emptyKeyspace();
    to.nowMs = 1000;
    const names: string[] = [];
    loadImage(to, image, false, (db, entry) => names.push(`${db.index} ${latin1(db.keys.keyCopy(entry))}`));
    expect(sizes(to)).toEqual(sizes(from));
    expect(new Set(names).size).toBe(BODIES.length);
    to.assertValid();
    const late = emptyKeyspace();
    late.nowMs = 1e9;
    loadImage(late, image, false, () => undefined);
    expect(sizes(late)).toEqual([from.databases[0].size - 3, 0, from.databases[1].size - 3, 0]);
  });

  it('refuses keys that are there already, unless it is to be merged', () => {
    const keyspace = filled();
    const image = saveImage(keyspace, options);
    expect(() => {
      loadImage(keyspace, image, false, () => undefined);
    }).toThrow(RdbDamage);
    const before = sizes(keyspace);
    loadImage(keyspace, image, true, () => undefined);
    expect(sizes(keyspace)).toEqual(before);
    keyspace.assertValid();
  });

  it(`that is cut, or damaged at random, is refused or read, and does no harm (seed ${SEED})`, () => {
    const image = saveImage(filled(), options);
    const read = (bytes: Uint8Array): boolean => {
      const keyspace = emptyKeyspace();
      try {
        loadImage(keyspace, bytes, false, () => undefined);
      } catch (error) {
        if (!(error instanceof RdbDamage)) throw error;
        return false;
      } finally {
        keyspace.assertValid();
      }
      return true;
    };
    expect(read(image)).toBe(true);
    for (let end = 0; end < image.length; end++) expect(read(image.slice(0, end)), `cut at ${end}`).toBe(false);
    const dice = new Dice(SEED);
    for (let round = 0; round < IMAGES; round++) {
      const spoilt = dice.spoil(image);
      // A checksum that fits what was made of it, so that what is inside must be looked at.
      if (spoilt.length > 30) writeCrc64(spoilt, 0, spoilt.length - 8, spoilt, spoilt.length - 8);
      try {
        read(spoilt);
      } catch (error) {
        throw new Error(`seed ${SEED}, round ${round}`, { cause: error });
      }
    }
  });
});
