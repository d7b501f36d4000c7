/** Patterns over bytes, as KEYS, SCAN and CONFIG GET take them: `*`, `?`, `[a-z]`, `[^a]`, and `\` before what is itself. */

const STAR = 42;
const QUESTION = 63;
const OPEN = 91;
const CLOSE = 93;
const CARET = 94;
const DASH = 45;
const BACKSLASH = 92;

export class Glob {
  private readonly pattern: Uint8Array;
  private readonly ignoresCase: boolean;
  /** Whether a bracket that was just passed holds the byte. */
  private hit = false;

  constructor(pattern: Uint8Array, ignoresCase = false) {
    this.pattern = ignoresCase ? pattern.map(lower) : pattern;
    this.ignoresCase = ignoresCase;
  }

  /** The pattern `*`, which holds for everything, the empty text included; any other pattern with stars does not. */
  get isEverything(): boolean {
    return this.pattern.length === 1 && this.pattern[0] === STAR;
  }

  matchesText(text: string): boolean {
    const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
    return this.matches(bytes, 0, bytes.length);
  }

  /**
   * When a byte does not fit, only the last star needs to take one more: an earlier star that took more would only
   * leave less for the later ones. So the time is at most the product of the two lengths, however many stars there are.
   */
  matches(bytes: Uint8Array, start: number, end: number): boolean {
    const { pattern } = this;
    if (start === end) return pattern.length === 0;
    let at = start;
    let place = 0;
    let afterStar = -1;
    let starEnd = start;
    while (at < end) {
      if (pattern[place] === STAR) {
        while (pattern[place] === STAR) place++;
        if (place === pattern.length) return true;
        afterStar = place;
        starEnd = at;
        continue;
      }
      const next = this.fits(place, bytes[at]);
      if (next >= 0) {
        place = next;
        at++;
      } else if (afterStar >= 0) {
        at = ++starEnd;
        place = afterStar;
      } else {
        return false;
      }
    }
    while (pattern[place] === STAR) place++;
    return place === pattern.length;
  }

  /** Where the pattern goes on after its part at `place`, or -1 when that part does not hold for the byte. */
  private fits(place: number, exact: number): number {
    const { pattern } = this;
    const byte = this.ignoresCase ? lower(exact) : exact;
    if (place >= pattern.length) return -1;
    switch (pattern[place]) {
      case QUESTION:
        return place + 1;
      case OPEN: {
        const next = this.passBracket(place + 1, byte);
        return this.hit ? next : -1;
      }
      case BACKSLASH: {
        // At the very end it has nothing to protect, and is itself.
        const literal = place + 1 < pattern.length ? place + 1 : place;
        return pattern[literal] === byte ? literal + 1 : -1;
      }
      default:
        return pattern[place] === byte ? place + 1 : -1;
    }
  }

  /** Sets `hit`, and returns where the bracket ends; one that is never closed takes the rest of the pattern. */
  private passBracket(first: number, byte: number): number {
    const { pattern } = this;
    const isNegated = pattern[first] === CARET;
    let place = isNegated ? first + 1 : first;
    let found = false;
    while (place < pattern.length && pattern[place] !== CLOSE) {
      if (pattern[place] === BACKSLASH && place + 1 < pattern.length) {
        found = pattern[place + 1] === byte || found;
        place += 2;
      } else if (pattern[place + 1] === DASH && place + 2 < pattern.length) {
        // Whatever stands after the dash is the other end, a closing bracket too.
        const [from, to] = [pattern[place], pattern[place + 2]];
        found = (byte >= Math.min(from, to) && byte <= Math.max(from, to)) || found;
        place += 3;
      } else {
        found = pattern[place] === byte || found;
        place++;
      }
    }
    this.hit = found !== isNegated;
    return Math.min(place + 1, pattern.length);
  }
}

function lower(byte: number): number {
  return byte >= 65 && byte <= 90 ? byte + 32 : byte;
}
