/**
 * Splits a typed line into arguments as the server does: words between spaces, double quotes with escapes, single quotes
 * with `\'` alone. `null` when a quote is not closed, or is followed by something that is no space.
 */
export function splitInline(bytes: Uint8Array, start: number, end: number): Uint8Array[] | null {
  const values: Uint8Array[] = [];
  let at = start;
  for (;;) {
    while (at < end && isSpace(bytes[at])) at++;
    if (at === end) return values;
    const word = readWord(bytes, at, end);
    if (word === null) return null;
    values.push(word.value);
    at = word.next;
  }
}

const DOUBLE = 34;
const SINGLE = 39;
const BACKSLASH = 92;

const ESCAPES: Readonly<Record<number, number>> = { 110: 10, 114: 13, 116: 9, 98: 8, 97: 7 };

function readWord(bytes: Uint8Array, start: number, end: number): { value: Uint8Array; next: number } | null {
  const value: number[] = [];
  let at = start;
  while (at < end && !isSpace(bytes[at])) {
    const quote = bytes[at];
    if (quote !== DOUBLE && quote !== SINGLE) {
      value.push(bytes[at++]);
      continue;
    }
    const close = readQuoted(bytes, at + 1, end, quote, value);
    if (close < 0 || (close + 1 < end && !isSpace(bytes[close + 1]))) return null;
    at = close + 1;
    break;
  }
  return { value: Uint8Array.from(value), next: at };
}

/** Reads up to the closing quote and returns where that is, or -1. */
function readQuoted(bytes: Uint8Array, start: number, end: number, quote: number, value: number[]): number {
  let at = start;
  while (at < end) {
    const byte = bytes[at];
    if (byte === quote) return at;
    if (byte === BACKSLASH && at + 1 < end) {
      at = quote === DOUBLE ? readEscape(bytes, at, end, value) : readSingleEscape(bytes, at, value);
    } else {
      value.push(byte);
      at++;
    }
  }
  return -1;
}

function readEscape(bytes: Uint8Array, at: number, end: number, value: number[]): number {
  const letter = bytes[at + 1];
  const high = letter === 120 && at + 3 < end ? hexDigit(bytes[at + 2]) : -1;
  const low = high >= 0 ? hexDigit(bytes[at + 3]) : -1;
  if (low >= 0) {
    value.push(high * 16 + low);
    return at + 4;
  }
  value.push(ESCAPES[letter] ?? letter);
  return at + 2;
}

function readSingleEscape(bytes: Uint8Array, at: number, value: number[]): number {
  if (bytes[at + 1] === SINGLE) {
    value.push(SINGLE);
    return at + 2;
  }
  value.push(BACKSLASH);
  return at + 1;
}

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const lower = byte | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

function isSpace(byte: number): boolean {
  return byte === 32 || (byte >= 9 && byte <= 13);
}
