/**
 * The arithmetic of INCRBYFLOAT. Redis computes with the 80-bit numbers of the x87 unit: a significand of 64 bits and
 * exponents up to 2^16383. JavaScript has no such number, so here one is an exact fraction of BigInts that is rounded to
 * 64 bits at the same three points as in Redis: when the value is read, when the increment is read, and when they were
 * added.
 */

/** `significand * 2^exponent`, the sign in the significand. */
export interface Finite {
  readonly significand: bigint;
  readonly exponent: number;
}

export type LongDouble = Finite | 'inf' | '-inf';

const PRECISION = 64;
/** The exponent of the last bit of the smallest number there is. */
const LEAST_EXPONENT = -16445;
const GREATEST_EXPONENT = 16384;
/** Texts longer than this are not read as numbers. */
const LONGEST_TEXT = 5 * 1024;
/** Past these powers of ten everything is infinite, or zero, whatever the digits. */
const BEYOND = 20000;
const DECIMALS = 17;

const DECIMAL = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/;
const HEXADECIMAL = /^([+-]?)0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)(?:[pP]([+-]?\d+))?$/;
const INFINITE = /^([+-]?)inf(?:inity)?$/i;

/** Reads a number; `null` for what is none, and for what is too large or too small to be one. */
export function parseLongDouble(text: string): LongDouble | null {
  if (text.length >= LONGEST_TEXT) return null;
  const infinite = INFINITE.exec(text);
  if (infinite) return infinite[1] === '-' ? '-inf' : 'inf';
  const hexadecimal = HEXADECIMAL.exec(text);
  const parts = hexadecimal ?? DECIMAL.exec(text);
  if (!parts) return null;
  const [, sign, whole = '', fraction = '', power = '0'] = parts;
  const digits = whole + fraction;
  if (digits === '') return null;
  const magnitude = BigInt(hexadecimal ? `0x${digits}` : digits);
  if (magnitude === 0n) return { significand: 0n, exponent: 0 };
  const scale = Number(power) - fraction.length * (hexadecimal ? 4 : 1);
  if (Math.abs(scale) > BEYOND + 4 * LONGEST_TEXT) return null;
  const signed = sign === '-' ? -magnitude : magnitude;
  const base = hexadecimal ? 2n : 10n;
  const number = scale >= 0 ? round(signed * base ** BigInt(scale), 1n) : round(signed, base ** BigInt(-scale));
  return typeof number === 'string' || number.significand === 0n ? null : number;
}

/** The sum, rounded; infinite where it is too large, or where a part of it is. */
export function addLongDoubles(a: LongDouble, b: LongDouble): LongDouble | 'nan' {
  if (typeof a === 'string') return typeof b === 'string' && a !== b ? 'nan' : a;
  if (typeof b === 'string') return b;
  const exponent = Math.min(a.exponent, b.exponent);
  const sum = shiftedTo(a, exponent) + shiftedTo(b, exponent);
  return exponent >= 0 ? round(sum << BigInt(exponent), 1n) : round(sum, 1n << BigInt(-exponent));
}

/** The number with 17 decimals, without the zeros at their end. */
export function printLongDouble(number: Finite): string {
  const { significand, exponent } = number;
  const scaled = absolute(significand) * 10n ** BigInt(DECIMALS);
  const rounded = exponent >= 0 ? scaled << BigInt(exponent) : divideToEven(scaled, 1n << BigInt(-exponent));
  if (rounded === 0n) return '0';
  const digits = String(rounded).padStart(DECIMALS + 1, '0');
  const decimals = digits.slice(-DECIMALS).replace(/0+$/, '');
  const sign = significand < 0n ? '-' : '';
  return sign + digits.slice(0, -DECIMALS) + (decimals === '' ? '' : `.${decimals}`);
}

function shiftedTo({ significand, exponent }: Finite, lower: number): bigint {
  return significand << BigInt(exponent - lower);
}

/** The long double nearest to a fraction, ties to even. */
function round(numerator: bigint, denominator: bigint): LongDouble {
  const magnitude = absolute(numerator);
  if (magnitude === 0n) return { significand: 0n, exponent: 0 };
  // The quotient has this many bits, or one less.
  const bits = bitLength(magnitude) - bitLength(denominator) + 1;
  const [low, high] =
    bits - PRECISION >= 0
      ? [magnitude, denominator << BigInt(bits - PRECISION)]
      : [magnitude << BigInt(PRECISION - bits), denominator];
  // One bit less: ask for one more, so that all 64 count.
  const isShort = bitLength(low / high) < PRECISION;
  const exponent = Math.max(bits - PRECISION - (isShort ? 1 : 0), LEAST_EXPONENT);
  const significand =
    exponent >= 0
      ? divideToEven(magnitude, denominator << BigInt(exponent))
      : divideToEven(magnitude << BigInt(-exponent), denominator);
  if (bitLength(significand) + exponent > GREATEST_EXPONENT) return numerator < 0n ? '-inf' : 'inf';
  return { significand: numerator < 0n ? -significand : significand, exponent };
}

function divideToEven(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  const twice = (numerator - quotient * denominator) * 2n;
  const isUp = twice > denominator || (twice === denominator && (quotient & 1n) === 1n);
  return isUp ? quotient + 1n : quotient;
}

function absolute(value: bigint): bigint {
  return value < 0n ? -value : value;
}

function bitLength(value: bigint): number {
  if (value === 0n) return 0;
  const hex = value.toString(16);
  return (hex.length - 1) * 4 + (32 - Math.clz32(parseInt(hex.charAt(0), 16)));
}
