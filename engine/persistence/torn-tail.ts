const CR = 13;
const LF = 10;
const HASH = 35;
const DOLLAR = 36;
const STAR = 42;
/** So many whole commands in a row are no chance, whatever comes behind them. */
const NO_CHANCE = 16;
/** No number in a log has more digits. */
const MOST_DIGITS = 10;

const BROKEN = -1;
const TORN = -2;

/**
 * Whether the bytes at the end of a log are what a crash leaves, the beginning of a command; `null`, or what else they
 * are. What a crash tears off is the end of the last command, so nothing can follow it. But a length that was damaged,
 * `$3` become `$300`, swallows what comes after, and looks like a torn tail that reaches from there to the end: to cut
 * that off would throw good commands away.
 *
 * What was swallowed goes on, one command behind the other, to the very end. A torn value that holds a command by
 * chance goes on with something else.
 */
export function tailDamage(tail: Uint8Array): string | null {
  if (tail.length > 0 && tail[0] !== STAR && tail[0] !== HASH) return 'what stands here is no beginning of a command';
  // Where a row of commands that breaks off has passed: another that comes there breaks off as well.
  const passed = new Set<number>();
  for (let at = tail.indexOf(STAR, 2); at >= 0; at = tail.indexOf(STAR, at + 1)) {
    if (tail[at - 1] === LF && tail[at - 2] === CR && isLog(tail, at, passed)) {
      return 'the command that begins here claims to reach past the end, yet whole commands lie behind it: a length is damaged';
    }
  }
  return null;
}

/** Whether from here on stands one whole command at least, and nothing but commands as far as one can see. */
function isLog(bytes: Uint8Array, from: number, passed: Set<number>): boolean {
  let commands = 0;
  for (let at = from; at < bytes.length && !passed.has(at);) {
    const next = bytes[at] === HASH ? lineEnd(bytes, at) : commandEnd(bytes, at);
    passed.add(at);
    if (next === BROKEN) return false;
    if (next === TORN) return commands > 0;
    if (bytes[at] === STAR) commands++;
    if (next === bytes.length || commands === NO_CHANCE) return commands > 0;
    at = next;
  }
  return false;
}

/** The offset behind the command that begins here, its arguments each with its length, as a log writes it. */
function commandEnd(bytes: Uint8Array, from: number): number {
  if (bytes[from] !== STAR) return BROKEN;
  let at = lineEnd(bytes, from);
  const count = at < 0 ? at : number(bytes, from + 1, at - 2);
  if (count <= 0) return count === TORN ? TORN : BROKEN;
  for (let left = count; left > 0; left--) {
    if (at >= bytes.length) return TORN;
    if (bytes[at] !== DOLLAR) return BROKEN;
    const start = lineEnd(bytes, at);
    const length = start < 0 ? start : number(bytes, at + 1, start - 2);
    if (length < 0) return length;
    const end = start + length;
    if ((end < bytes.length && bytes[end] !== CR) || (end + 1 < bytes.length && bytes[end + 1] !== LF)) return BROKEN;
    if (end + 2 > bytes.length) return TORN;
    at = end + 2;
  }
  return at;
}

/** The offset behind the line; a line that is no number's is not looked at for long. */
function lineEnd(bytes: Uint8Array, from: number): number {
  const longest = bytes[from] === HASH ? 64 : MOST_DIGITS + 1;
  for (let at = from + 1; at < from + 1 + longest; at++) {
    if (at >= bytes.length) return TORN;
    if (bytes[at] !== CR) continue;
    if (at + 1 >= bytes.length) return TORN;
    return bytes[at + 1] === LF ? at + 2 : BROKEN;
  }
  return BROKEN;
}

function number(bytes: Uint8Array, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) {
    const digit = bytes[at] - 48;
    if (!(digit >= 0 && digit <= 9)) return BROKEN;
    value = value * 10 + digit;
  }
  return to > from ? value : BROKEN;
}
