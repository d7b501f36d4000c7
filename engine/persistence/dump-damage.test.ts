/** Payloads that no server wrote: refused or taken whole, never a crash, a hang, or half a key. */
import { describe, expect, it } from 'vitest';

import type { Database } from '../keyspace/database.ts';
import { Keyspace } from '../keyspace/keyspace.ts';
import { NONE, type Ref } from '../memory/arena.ts';
import { ascii, latin1 } from '../memory/bytes.ts';
import { writeCrc64 } from './crc64.ts';
import { BODIES, Dice, payloadOf, text } from './dump-damage.test-kit.ts';
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
