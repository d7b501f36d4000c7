/** The registers of a HyperLogLog as such: how they are packed, and what they say. */

const REGISTER_BITS = 14;
export const REGISTERS = 2 ** REGISTER_BITS;
export const HEADER_BYTES = 16;
export const DENSE_BYTES = HEADER_BYTES + (REGISTERS * 6) / 8;
/** A register counts tosses up to here: 64 bits less those that name it. */
const MOST_TOSSES = 50;
/** The limit of the estimate's bias for many registers: 1 / (2 ln 2). */
const ALPHA = 0.5 / Math.LN2;

/** A register of a dense sketch that begins at `start`. The lowest bits come first. */
export function denseRegister(bytes: Uint8Array, start: number, register: number): number {
  const bit = register * 6;
  const at = start + HEADER_BYTES + (bit >> 3);
  return ((bytes[at] | (bytes[at + 1] << 8)) >> (bit & 7)) & 63;
}

/** A dense sketch of these registers, its header left empty. */
export function packDense(registers: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(DENSE_BYTES);
  // Four registers are three bytes.
  for (let i = 0, at = HEADER_BYTES; i < REGISTERS; i += 4, at += 3) {
    const four = registers[i] | (registers[i + 1] << 6) | (registers[i + 2] << 12) | (registers[i + 3] << 18);
    bytes[at] = four & 255;
    bytes[at + 1] = (four >> 8) & 255;
    bytes[at + 2] = four >> 16;
  }
  return bytes;
}

/** How many bits of the hash, past those that name the register, come up to the first one. There is one in the end. */
export function tossesOf(low: number, high: number): number {
  const lowest = low >>> REGISTER_BITS;
  if (lowest !== 0) return trailingZeros(lowest) + 1;
  return 32 - REGISTER_BITS + (high === 0 ? 32 : trailingZeros(high)) + 1;
}

function trailingZeros(word: number): number {
  return 31 - Math.clz32(word & -word);
}

/** How many different elements have probably raised the registers to this. */
export function estimate(registers: Uint8Array): number {
  const having = new Int32Array(64);
  for (const register of registers) having[register]++;
  let sum = REGISTERS * highTail((REGISTERS - having[MOST_TOSSES + 1]) / REGISTERS);
  for (let tosses = MOST_TOSSES; tosses >= 1; tosses--) sum = (sum + having[tosses]) * 0.5;
  sum += REGISTERS * lowTail(having[0] / REGISTERS);
  return Math.round((ALPHA * REGISTERS * REGISTERS) / sum);
}

/** Ertl's σ: what the registers that are still 0 contribute. */
function lowTail(share: number): number {
  if (share === 1) return Infinity;
  let [power, weight, sum] = [share, 1, share];
  for (let before = NaN; before !== sum; weight += weight) {
    power *= power;
    before = sum;
    sum += power * weight;
  }
  return sum;
}

/** Ertl's τ: what the registers that can rise no further contribute. */
function highTail(share: number): number {
  if (share === 0 || share === 1) return 0;
  let [root, weight, sum] = [share, 1, 1 - share];
  for (let before = NaN; before !== sum;) {
    root = Math.sqrt(root);
    before = sum;
    weight *= 0.5;
    sum -= (1 - root) * (1 - root) * weight;
  }
  return sum / 3;
}
