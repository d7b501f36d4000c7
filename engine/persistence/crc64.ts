/**
 * The checksum of dumps: CRC-64 with the polynomial of Jones, the lowest bit first, beginning at zero. JavaScript computes
 * with 32 bits, so a sum is two halves, and so is each entry of the table: what a byte does to the sum by its eight bits.
 */
const POLYNOMIAL_HIGH = 0x95ac9329;
const POLYNOMIAL_LOW = 0xac4bc9b5;

const HIGH = new Int32Array(256);
const LOW = new Int32Array(256);

for (let byte = 0; byte < 256; byte++) {
  let high = 0;
  let low = byte;
  for (let bit = 0; bit < 8; bit++) {
    const isOdd = (low & 1) !== 0;
    low = (low >>> 1) | (high << 31);
    high >>>= 1;
    if (isOdd) {
      high ^= POLYNOMIAL_HIGH;
      low ^= POLYNOMIAL_LOW;
    }
  }
  HIGH[byte] = high;
  LOW[byte] = low;
}

export const CRC_BYTES = 8;

/** Writes the checksum of `bytes[start..end)` to `to` from `at` on, the lowest byte first. */
export function writeCrc64(bytes: Uint8Array, start: number, end: number, to: Uint8Array, at: number): void {
  let high = 0;
  let low = 0;
  for (let i = start; i < end; i++) {
    const byte = (low ^ bytes[i]) & 255;
    low = ((low >>> 8) | (high << 24)) ^ LOW[byte];
    high = (high >>> 8) ^ HIGH[byte];
  }
  for (let i = 0; i < 4; i++) {
    to[at + i] = low >>> (8 * i);
    to[at + 4 + i] = high >>> (8 * i);
  }
}

/** Whether the eight bytes at `at` are the checksum of `bytes[start..end)`. */
export function holdsCrc64(bytes: Uint8Array, start: number, end: number, at: number): boolean {
  const sum = new Uint8Array(CRC_BYTES);
  writeCrc64(bytes, start, end, sum, 0);
  return sum.every((byte, i) => byte === bytes[at + i]);
}
