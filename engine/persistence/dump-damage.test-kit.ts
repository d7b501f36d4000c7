/** Dumps of every form, and what happens to bytes. */
import { Chance } from '../chance.ts';
import { CRC_BYTES, writeCrc64 } from './crc64.ts';

/** A body with its footer. */
export function payloadOf(body: Uint8Array): Uint8Array {
  const payload = new Uint8Array(body.length + 2 + CRC_BYTES);
  payload.set(body);
  payload[body.length] = 10;
  writeCrc64(payload, 0, body.length + 2, payload, body.length + 2);
  return payload;
}

export function text(...parts: (string | number | readonly number[])[]): Uint8Array {
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
export const BODIES: readonly Uint8Array[] = [
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

export class Dice {
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
