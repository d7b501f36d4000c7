/**
 * MurmurHash64A, of Austin Appleby, in halves of 32 bits. HyperLogLog's registers are made of it, and as they go into
 * dumps and to other servers, it has to be this very function with this very seed.
 */
const SEED = 0xadc83b19 | 0;
const M_LOW = 0x5bd1e995 | 0;
const M_HIGH = 0xc6a4a793 | 0;

/** The two halves of the hash of the bytes from `start` to `end`. */
export class Murmur64 {
  low = 0;
  high = 0;

  hash(bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    const tail = start + (length & ~7);
    this.low = length;
    this.high = 0;
    this.multiply();
    this.low ^= SEED;
    let [low, high] = [this.low, this.high];
    for (let at = start; at < tail; at += 8) {
      this.low = wordAt(bytes, at);
      this.high = wordAt(bytes, at + 4);
      this.multiply();
      // A shift by 47 to the right: only the upper half has bits that arrive, and only in the lower one.
      this.low ^= this.high >>> 15;
      this.multiply();
      this.low ^= low;
      this.high ^= high;
      this.multiply();
      [low, high] = [this.low, this.high];
    }
    if (tail < end) {
      for (let at = tail; at < end; at++) {
        const shift = (at - tail) * 8;
        if (shift < 32) this.low ^= bytes[at] << shift;
        else this.high ^= bytes[at] << (shift - 32);
      }
      this.multiply();
    }
    this.low ^= this.high >>> 15;
    this.multiply();
    this.low ^= this.high >>> 15;
  }

  /** Times the function's constant, of which the lower 64 bits are kept. */
  private multiply(): void {
    const { low, high } = this;
    this.high = (upperHalf(low, M_LOW) + Math.imul(low, M_HIGH) + Math.imul(high, M_LOW)) | 0;
    this.low = Math.imul(low, M_LOW);
  }
}

/** The upper 32 bits of a product of two numbers without sign. */
function upperHalf(a: number, b: number): number {
  const [aLow, aHigh, bLow, bHigh] = [a & 0xffff, a >>> 16, b & 0xffff, b >>> 16];
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const other = aLow * bHigh + (middle & 0xffff);
  return aHigh * bHigh + (middle >>> 16) + (other >>> 16);
}

function wordAt(bytes: Uint8Array, at: number): number {
  return bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
}
