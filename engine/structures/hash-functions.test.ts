import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ascii } from '../memory/bytes.ts';
import { HASH_NAMES, fnv1a, hashFunction, halfSipHash, murmur3, sum } from './hash-functions.ts';
import { explainHash, hashText } from './hash-functions.steps.ts';

const hex = (hash: number): string => hashText(hash);
const of = (hash: (bytes: Uint8Array, start: number, end: number) => number, text: string): number =>
  hash(ascii(text), 0, text.length);

describe('the hash functions', () => {
  it.each([
    ['', '811c9dc5'],
    ['a', 'e40c292c'],
    ['foobar', 'bf9cf968'],
    ['costarring', '5e4daa9d'],
    ['liquid', '5e4daa9d'],
  ])('FNV-1a of %j is %s', (key, expected) => {
    expect(hex(of(fnv1a, key))).toBe(expected);
  });

  it('the sum of characters cannot tell an anagram apart', () => {
    expect(of(sum, 'listen')).toBe(655);
    expect(of(sum, 'silent')).toBe(655);
  });

  // The published verification values of MurmurHash3_x86_32.
  it.each([
    ['', 0, '00000000'],
    ['', 1, '514e28b7'],
    ['', -1, '81f16f39'],
    ['test', 0, 'ba6bd213'],
    ['test', 0x9747b28c, '704b81dc'],
    ['Hello, world!', 0x9747b28c, '24884cba'],
    ['aaa', 0x9747b28c, '283e0130'],
  ])('MurmurHash3 of %j with seed %i is %s', (key, seed, expected) => {
    expect(hex(murmur3(ascii(key), 0, key.length, seed))).toBe(expected);
  });

  it('HalfSipHash-1-3 equals a slow one written from its description', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.integer(), fc.integer(), (bytes, key0, key1) => {
        expect(halfSipHash(bytes, 0, bytes.length, key0, key1) >>> 0).toBe(slowHalfSipHash(bytes, key0, key1, 1, 3));
      }),
    );
  });

  // The slow one is itself held to the reference vectors of HalfSipHash-2-4: key 00…07, messages of 0, 1 and 2 bytes.
  it.each([
    [0, 0x5b9f35a9],
    [1, 0xb85a4727],
    [2, 0x03a662fa],
  ])('the slow one, with 2 and 4 rounds, gives the reference value for a message of %i bytes', (length, expected) => {
    const message = Uint8Array.from({ length }, (_, i) => i);
    expect(slowHalfSipHash(message, 0x03020100, 0x07060504, 2, 4)).toBe(expected);
  });

  it('all of them look at nothing outside the stretch they were given', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...HASH_NAMES),
        fc.uint8Array(),
        fc.uint8Array(),
        fc.uint8Array(),
        (name, before, key, after) => {
          const whole = Uint8Array.from([...before, ...key, ...after]);
          const hash = hashFunction(name, [3, 4]);
          expect(hash(whole, before.length, before.length + key.length)).toBe(hash(key, 0, key.length));
        },
      ),
    );
  });

  it('what is shown byte by byte ends in the number the table uses', () => {
    fc.assert(
      fc.property(fc.constantFrom('sum' as const, 'fnv1a' as const), fc.uint8Array({ minLength: 1 }), (name, key) => {
        expect(explainHash(name, key).at(-1)?.after).toBe(hashFunction(name)(key, 0, key.length));
      }),
    );
  });

  it('a key makes HalfSipHash another function', () => {
    expect(of(hashFunction('halfsiphash', [1, 2]), 'key')).not.toBe(of(hashFunction('halfsiphash', [1, 3]), 'key'));
  });
});

/** As the description has it, rounds as a function, the state as an array. */
function slowHalfSipHash(
  bytes: Uint8Array,
  key0: number,
  key1: number,
  blockRounds: number,
  lastRounds: number,
): number {
  const v = [key0, key1, 0x6c796765 ^ key0, 0x74656462 ^ key1].map((word) => word >>> 0);
  const at = (i: number): number => v[i] ?? 0;
  const add = (a: number, b: number): void => void (v[a] = (at(a) + at(b)) >>> 0);
  const rotate = (a: number, by: number): void => void (v[a] = ((at(a) << by) | (at(a) >>> (32 - by))) >>> 0);
  const xor = (a: number, b: number): void => void (v[a] = (at(a) ^ at(b)) >>> 0);
  const round = (): void => {
    add(0, 1);
    rotate(1, 5);
    xor(1, 0);
    rotate(0, 16);
    add(2, 3);
    rotate(3, 8);
    xor(3, 2);
    add(0, 3);
    rotate(3, 7);
    xor(3, 0);
    add(2, 1);
    rotate(1, 13);
    xor(1, 2);
    rotate(2, 16);
  };
  const padded = [...bytes, ...new Array<number>(3 - (bytes.length % 4)).fill(0), bytes.length & 255];
  for (let i = 0; i < padded.length; i += 4) {
    const word = new DataView(Uint8Array.from(padded.slice(i, i + 4)).buffer).getUint32(0, true);
    v[3] = (at(3) ^ word) >>> 0;
    for (let r = 0; r < blockRounds; r++) round();
    v[0] = (at(0) ^ word) >>> 0;
  }
  v[2] = (at(2) ^ 0xff) >>> 0;
  for (let r = 0; r < lastRounds; r++) round();
  return (at(1) ^ at(3)) >>> 0;
}
