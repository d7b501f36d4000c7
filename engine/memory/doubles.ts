/** Doubles as Redis writes them: 17 significant digits, which is enough to tell any two apart, and no zeros at the end. */

/** Integers below this have at most 15 digits, and are written as they are. */
const PLAIN = 1e15;
const DIGITS = 17;
/** More digits than any double between two of 17 digits can have without being exactly in the middle. */
const ALL_DIGITS = 60;

/** What C writes for `%.17g`. */
export function formatDouble(value: number): string {
  if (Number.isInteger(value) && value < PLAIN && value > -PLAIN) return Object.is(value, -0) ? '-0' : String(value);
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const [mantissa = '', power = '0'] = roundedToEven(Math.abs(value)).split('e');
  const sign = value < 0 ? '-' : '';
  const digits = mantissa.replace('.', '').replace(/0+$/, '');
  return sign + laidOut(digits, Number(power));
}

/** JavaScript rounds up what lies exactly in the middle; C takes the even neighbour. */
function roundedToEven(value: number): string {
  const rounded = value.toExponential(DIGITS - 1);
  const exact = value.toExponential(ALL_DIGITS);
  const [mantissa = '', power = '0'] = exact.split('e');
  const isMiddle = /^.\..{16}50*$/.test(mantissa);
  const isEven = '02468'.includes(mantissa.charAt(DIGITS));
  return isMiddle && isEven ? `${mantissa.slice(0, DIGITS + 1)}e${power}` : rounded;
}

function laidOut(digits: string, power: number): string {
  if (power < -4 || power >= DIGITS) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
    const size = String(Math.abs(power)).padStart(2, '0');
    return `${digits.charAt(0)}${fraction}e${power < 0 ? '-' : '+'}${size}`;
  }
  if (power < 0) return `0.${'0'.repeat(-power - 1)}${digits}`;
  const whole = digits.slice(0, power + 1).padEnd(power + 1, '0');
  const fraction = digits.slice(power + 1);
  return fraction === '' ? whole : `${whole}.${fraction}`;
}

/** A double as Redis keeps it beside a member of a small sorted set: an integer where it is one of 63 bits. */
export function formatAsInteger(value: number): string {
  return Number.isInteger(value) && Math.abs(value) <= 2 ** 62 ? BigInt(value).toString() : formatDouble(value);
}

/** Reads what `formatDouble` wrote. */
export function readDouble(bytes: Uint8Array, start: number, end: number): number {
  const isNegative = bytes[start] === 45;
  let value = 0;
  let at = isNegative ? start + 1 : start;
  if (end - at <= 15) {
    for (; at < end; at++) {
      const digit = bytes[at] - 48;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    if (at === end) return isNegative ? -value : value;
  }
  let text = '';
  for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i]);
  if (text === 'inf') return Infinity;
  return text === '-inf' ? -Infinity : Number(text);
}
