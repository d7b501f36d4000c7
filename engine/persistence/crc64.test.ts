import { describe, expect, it } from 'vitest';

import { ascii } from '../memory/bytes.ts';
import { CRC_BYTES, holdsCrc64, writeCrc64 } from './crc64.ts';

function crc64(bytes: Uint8Array): string {
  const sum = new Uint8Array(CRC_BYTES);
  writeCrc64(bytes, 0, bytes.length, sum, 0);
  return [...sum].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

describe('the checksum of dumps', () => {
  it('is the one that is published for this polynomial', () => {
    expect(crc64(ascii('123456789'))).toBe('cad9b8c414d9c6e9');
    expect(crc64(new Uint8Array(0))).toBe('0000000000000000');
  });

  it('takes the stretch that it is given, and notices every flipped bit', () => {
    const bytes = ascii('..a few bytes to look after..');
    const whole = new Uint8Array(bytes.length + CRC_BYTES);
    whole.set(bytes);
    writeCrc64(whole, 2, bytes.length - 2, whole, bytes.length);
    expect(holdsCrc64(whole, 2, bytes.length - 2, bytes.length)).toBe(true);
    for (let bit = 16; bit < (bytes.length - 2) * 8; bit++) {
      whole[bit >> 3] ^= 1 << (bit & 7);
      expect(holdsCrc64(whole, 2, bytes.length - 2, bytes.length)).toBe(false);
      whole[bit >> 3] ^= 1 << (bit & 7);
    }
  });
});
