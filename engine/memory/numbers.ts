/** Numbers as the protocol writes them, read straight from bytes. */

const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);

/** No integer of 64 bits has more characters than this, its sign included. */
const LONGEST_INT64 = 20;

/**
 * Reads the one canonical form of a 64-bit integer: an optional minus, no plus, no leading zero, no space, no `-0`.
 * `null` for anything else.
 */
export function parseInt64(bytes: Uint8Array, start: number, end: number): bigint | null {
  const length = end - start;
  if (length === 0 || length > LONGEST_INT64) return null;
  const negative = bytes[start] === 45;
  const first = negative ? start + 1 : start;
  if (first === end) return null;
  if (bytes[first] === 48) return length === 1 ? 0n : null;
  let high = 0;
  let low = 0;
  for (let i = first; i < end; i++) {
    const digit = bytes[i] - 48;
    if (digit < 0 || digit > 9) return null;
    // The first fifteen digits are exact in one double, the rest in another.
    if (i - first < 15) high = high * 10 + digit;
    else low = low * 10 + digit;
  }
  const digits = end - first;
  const magnitude = digits <= 15 ? BigInt(high) : BigInt(high) * 10n ** BigInt(digits - 15) + BigInt(low);
  const value = negative ? -magnitude : magnitude;
  return value > INT64_MAX || value < INT64_MIN ? null : value;
}

/** The same for integers that fit 32 bits, without a BigInt; `NaN` for everything else. */
export function parseInt32(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if (length === 0 || length > 11) return NaN;
  const negative = bytes[start] === 45;
  const first = negative ? start + 1 : start;
  if (first === end) return NaN;
  if (bytes[first] === 48) return length === 1 ? 0 : NaN;
  let value = 0;
  for (let i = first; i < end; i++) {
    const digit = bytes[i] - 48;
    if (digit < 0 || digit > 9) return NaN;
    value = value * 10 + digit;
  }
  if (negative) value = -value;
  return value === (value | 0) ? value : NaN;
}

const INT32_MAX = 2 ** 31 - 1;

/** How many digits a whole number has that is not negative. */
export function digitsOf(value: number): number {
  if (value < 10) return 1;
  if (value < 100) return 2;
  if (value < 1000) return 3;
  if (value < 10000) return 4;
  let count = 5;
  for (let limit = 100000; value >= limit; limit *= 10) count++;
  return count;
}

/**
 * Writes a whole number that is not negative, and returns the place behind it. A string for every number would be the
 * costliest part of a short reply, and a division of doubles for every digit the next: V8 makes one of integers of
 * `(rest / 10) | 0`, in a quarter of the time.
 */
export function writeDigits(value: number, to: Uint8Array, at: number): number {
  // Most numbers that are written are the lengths of short words.
  if (value < 10) {
    to[at] = 48 + value;
    return at + 1;
  }
  if (value > INT32_MAX) {
    const low = value % 1e9;
    return writeTenths(low, to, writeDigits((value - low) / 1e9, to, at), 9);
  }
  return writeTenths(value | 0, to, at, digitsOf(value));
}

/** So many digits, with zeros in front where the number has fewer. */
function writeTenths(value: number, to: Uint8Array, at: number, digits: number): number {
  const end = at + digits;
  let rest = value;
  for (let place = end - 1; place >= at; place--) {
    const tenth = (rest / 10) | 0;
    to[place] = 48 + rest - tenth * 10;
    rest = tenth;
  }
  return end;
}

/**
 * Four digits of a number below 10,000 as a word to be written low byte first, zeros in front. Both hundreds and rest are
 * divided by ten at once, each in its half of the word.
 */
export function fourDigits(value: number): number {
  const hundreds = (value * 5243) >>> 19;
  const halves = hundreds | ((value - hundreds * 100) << 16);
  const tens = ((halves * 103) >>> 10) & 0x000f000f;
  return 0x30303030 + tens + ((halves - tens * 10) << 8);
}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const HEXADECIMAL = /^([+-]?)0x([0-9a-f]*)(?:\.([0-9a-f]*))?(?:p([+-]?\d+))?$/i;
const INFINITE = /^([+-]?)inf(inity)?$/i;

/** Reads what C's strtod reads when the whole text must be used: decimal, hexadecimal, infinities. `NaN` for the rest. */
export function parseFloating(bytes: Uint8Array, start: number, end: number): number {
  const plain = parsePlain(bytes, start, end);
  if (!Number.isNaN(plain)) return plain;
  // Longer texts than this are no number anybody means, and must not become a string of their own first.
  if (end === start || end - start > 5 * 1024) return NaN;
  let text = '';
  for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i]);
  if (DECIMAL.test(text)) return Number(text);
  const infinite = INFINITE.exec(text);
  if (infinite) return infinite[1] === '-' ? -Infinity : Infinity;
  const hex = HEXADECIMAL.exec(text);
  return hex ? hexadecimal(hex) : NaN;
}

/** So many digits are an integer that a double holds exactly, and so is ten to that power: their quotient is rounded once. */
const PLAIN_DIGITS = 15;
const POWERS_OF_TEN = Float64Array.from({ length: PLAIN_DIGITS + 1 }, (_, power) => 10 ** power);

/** The numbers that are usual, without making a string: a sign, a few digits, a point. `NaN` for whatever else it may be. */
function parsePlain(bytes: Uint8Array, start: number, end: number): number {
  const isSigned = end > start && (bytes[start] === 45 || bytes[start] === 43);
  const first = isSigned ? start + 1 : start;
  let value = 0;
  let point = -1;
  for (let i = first; i < end; i++) {
    const byte = bytes[i];
    if (byte >= 48 && byte <= 57) value = value * 10 + (byte - 48);
    else if (byte === 46 && point < 0) point = i;
    else return NaN;
  }
  const digits = point < 0 ? end - first : end - first - 1;
  if (digits === 0 || digits > PLAIN_DIGITS) return NaN;
  if (point >= 0) value /= POWERS_OF_TEN[end - point - 1];
  return bytes[start] === 45 ? -value : value;
}

function hexadecimal([, sign, whole = '', fraction = '', power = '0']: RegExpExecArray): number {
  if (whole.length + fraction.length === 0) return NaN;
  let value = 0;
  for (const digit of whole + fraction) value = value * 16 + parseInt(digit, 16);
  const scaled = value * 2 ** (Number(power) - 4 * fraction.length);
  return sign === '-' ? -scaled : scaled;
}
