import { createHash } from 'node:crypto';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ascii } from '../memory/bytes.ts';
import { SHA1_BYTES, sha1 } from './sha1.ts';

function digest(bytes: Uint8Array, start = 0, end = bytes.length): string {
  const to = new Uint8Array(SHA1_BYTES);
  sha1(bytes, start, end, to);
  return Buffer.from(to).toString('hex');
}

describe('SHA-1', () => {
  it('gives what is published for these', () => {
    expect(digest(ascii('abc'))).toBe('a9993e364706816aba3e25717850c26c9cd0d89d');
    expect(digest(new Uint8Array(0))).toBe('da39a3ee5e6b4b0d3255bfef95601890afd80709');
    expect(digest(ascii('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq'))).toBe(
      '84983e441c3bd26ebaae4aa1f95129e5e54670f1',
    );
  });

  it('gives what another implementation gives, for every length around a block and any stretch', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(20), (bytes, skipped) => {
        const start = Math.min(skipped, bytes.length);
        expect(digest(bytes, start)).toBe(createHash('sha1').update(bytes.subarray(start)).digest('hex'));
      }),
      { numRuns: 500 },
    );
    for (let length = 0; length < 200; length++) {
      const bytes = new Uint8Array(length).fill(length);
      expect(digest(bytes)).toBe(createHash('sha1').update(bytes).digest('hex'));
    }
  });

  it('may write over what it read', () => {
    const bytes = ascii('twenty bytes and more');
    const expected = digest(bytes);
    sha1(bytes, 0, bytes.length, bytes);
    expect(Buffer.from(bytes.subarray(0, SHA1_BYTES)).toString('hex')).toBe(expected);
  });
});
