import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ascii, compareBytes, copyBytes, equalBytes, latin1, utf8Decode, utf8Encode } from './bytes.ts';

describe('bytes', () => {
  it('become UTF-8 and text again exactly as the platform does it, broken sequences apart', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const bytes = utf8Encode(text);
        expect(bytes).toEqual(new Uint8Array(new TextEncoder().encode(text)));
        expect(utf8Decode(bytes)).toBe(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes));
      }),
    );
  });

  it('that are no UTF-8 never make decoding fail, and what is valid among them survives', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => typeof utf8Decode(bytes) === 'string'));
    expect(utf8Decode(Uint8Array.of(0xff, 0x61, 0xc3))).toBe('\ufffda\ufffd');
  });

  it('survive being text of one character a byte', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 9000 }), (bytes) => {
        expect(ascii(latin1(bytes))).toEqual(bytes);
      }),
    );
  });

  it('are copied whole, short or long, from anywhere to anywhere', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), fc.nat(10), fc.nat(10), (bytes, skip, at) => {
        const target = new Uint8Array(200);
        const start = Math.min(skip, bytes.length);
        copyBytes(bytes, start, bytes.length, target, at);
        expect(target.slice(at, at + bytes.length - start)).toEqual(bytes.slice(start));
        expect(equalBytes(target, at, bytes, start, bytes.length - start)).toBe(true);
      }),
    );
  });

  it('are ordered as memcmp orders them, the shorter first where one begins the other', () => {
    const sorted = ['', 'a', 'aa', 'ab', 'b'].map((text) => ascii(text));
    for (const [i, a] of sorted.entries()) {
      for (const [j, b] of sorted.entries()) expect(Math.sign(compareBytes(a, b))).toBe(Math.sign(i - j));
    }
  });
});
