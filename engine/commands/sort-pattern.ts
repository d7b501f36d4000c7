import { TYPE_HASH, TYPE_STRING } from '../keyspace/values.ts';
import { NONE } from '../memory/arena.ts';
import { ascii, copyBytes } from '../memory/bytes.ts';
import type { Context } from './contract.ts';

const STAR = 42;
const DASH = 45;
const GREATER = 62;
const HASH_SIGN = 35;

/**
 * A pattern behind BY or GET. Where its first star is, an element is put in, and that is the key whose string is meant; or,
 * behind an arrow, `user:*->name`, a field of the hash that the key stands for. `#` is the element itself. As everywhere in
 * texts of C, a zero byte ends what is looked at.
 */
export class SortPattern {
  private readonly isElement: boolean;
  private readonly before: Uint8Array;
  private readonly behind: Uint8Array;
  private readonly field: Uint8Array | null;
  /** Without a star it is the same key for all elements, which means nothing: BY does not sort then, and GET finds nothing. */
  readonly hasStar: boolean;

  constructor(pattern: Uint8Array) {
    const zero = pattern.indexOf(0);
    const end = zero < 0 ? pattern.length : zero;
    const star = pattern.subarray(0, end).indexOf(STAR);
    this.isElement = end === 1 && pattern[0] === HASH_SIGN;
    this.hasStar = star >= 0;
    const arrow = arrowIn(pattern, star + 1, end);
    this.before = pattern.slice(0, Math.max(star, 0));
    this.behind = pattern.slice(star + 1, arrow < 0 ? pattern.length : arrow);
    this.field = arrow < 0 ? null : pattern.slice(arrow + 2);
  }

  /** What the pattern means for an element, in bytes that stay; `null` where there is no such key or field. */
  lookUp(context: Context, element: Uint8Array): Uint8Array | null {
    if (this.isElement) return element;
    if (!this.hasStar) return null;
    const { db, keyspace } = context;
    const name = joined(this.before, element, this.behind);
    const entry = db.findRead(name, 0, name.length);
    if (entry === NONE) return null;
    if (this.field === null) {
      if (db.type(entry) !== TYPE_STRING) return null;
      const { bytes, start, end } = keyspace.strings.view(db, entry);
      return bytes.slice(start, end);
    }
    if (db.type(entry) !== TYPE_HASH) return null;
    const { hashes } = keyspace;
    const isThere = hashes.find(db, entry, this.field, 0, this.field.length);
    return isThere ? hashes.bytes.slice(hashes.start, hashes.end) : null;
  }
}

/** What is meant where no GET is given. */
export const ELEMENT = new SortPattern(ascii('#'));

/** Where an arrow begins behind which a field is named, or -1. */
function arrowIn(pattern: Uint8Array, start: number, end: number): number {
  for (let at = start; at + 1 < end; at++) {
    // Only the first arrow counts: with nothing behind it, it is a part of the name.
    if (pattern[at] === DASH && pattern[at + 1] === GREATER) return at + 2 < end ? at : -1;
  }
  return -1;
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    copyBytes(part, 0, part.length, all, at);
    at += part.length;
  }
  return all;
}
