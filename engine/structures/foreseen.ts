/**
 * Keys that are about to be looked for: the next ones of a pipeline, of which the input already tells.
 *
 * A look-up follows refs, from a bucket to an entry to a value. Where there are more keys than the processor's cache holds
 * each of these steps is a wait for memory, as long as all else that a command does. One command after the other, the waits
 * add up. So before a few commands are run their keys are hashed, then all their buckets are read, then all their entries,
 * then all their values: reads that do not need each other wait at the same time. JavaScript has no way to ask for memory
 * without reading it; this is how to come near.
 *
 * Where they are all about one key, its entry is kept, and they need not look for it at all.
 *
 * Nothing but time may depend on what is foreseen. What is kept from it are each key's hash, which follows from the bytes
 * alone, so that they must stay as they are until `forget`, and its entry, until any entry comes or goes; of the one key, until
 * that entry goes.
 */
import { NONE, type Ref } from '../memory/arena.ts';
import { equalBytes, viewOf } from '../memory/bytes.ts';

/** As many reads as a processor keeps in flight, about; and what they bring must not push each other out. */
const AT_ONCE = 16;

/**
 * What a table notes while it looks for all of them; nothing of it outlives the look. They are constants of this module, and longer
 * than what V8 lays among its own objects, so that it can write where they lie into the code that uses them: the fewer instructions
 * there are to a read, the more reads are under way at once. Measured: with arrays of `Foreseen` the look takes a tenth longer.
 */
export const HASHES = new Int32Array(2 * AT_ONCE);
export const ENTRIES = new Int32Array(2 * AT_ONCE);
export const WORDS = new Int32Array(2 * AT_ONCE);

export class Foreseen {
  /** Where the keys lie in the input. They follow one another. */
  readonly starts = new Int32Array(AT_ONCE);
  readonly ends = new Int32Array(AT_ONCE);
  readonly hashes = new Int32Array(AT_ONCE);
  /** The entry of each key, or `NONE`: as long as `table` says so. */
  readonly entries = new Int32Array(AT_ONCE);
  bytes: Uint8Array = NOTHING;
  count = 0;
  /** Where they were looked for, and nothing has come or gone since. */
  table: object | null = null;
  /** Something that depends on all that was read, so that no compiler finds the reading useless. */
  read = 0;
  private next = 0;
  /** The one key that all are about: the table in which it is, its entry, and where its bytes lie. */
  private keptIn: object | null = null;
  keptEntry: Ref = NONE;
  private keptBytes: Uint8Array = NOTHING;
  private keptStart = 0;
  private keptEnd = 0;

  /** So many keys lie in these bytes, at the places noted. False when there is no use in it: for one key, however often. */
  begin(bytes: Uint8Array, count: number): boolean {
    this.bytes = bytes;
    this.table = null;
    this.next = 0;
    this.count = count < 2 || this.areSame(0, 1) ? 0 : count;
    return this.count > 0;
  }

  private areSame(one: number, other: number): boolean {
    const length = this.ends[one] - this.starts[one];
    if (length !== this.ends[other] - this.starts[other]) return false;
    return equalBytes(this.bytes, this.starts[one], this.bytes, this.starts[other], length);
  }

  /** These bytes are the key that all of the next commands are about, and this is its entry. */
  keep(table: object, entry: Ref, bytes: Uint8Array, start: number, end: number): void {
    this.keptIn = table;
    this.keptEntry = entry;
    this.keptBytes = bytes;
    this.keptStart = start;
    this.keptEnd = end;
  }

  /** Whether these bytes are that key, in that table: then `keptEntry` is its entry. */
  isKept(table: object, bytes: Uint8Array, start: number, end: number): boolean {
    if (table !== this.keptIn || bytes !== this.keptBytes) return false;
    const length = end - start;
    if (length !== this.keptEnd - this.keptStart) return false;
    if (length < 4) return equalBytes(bytes, start, bytes, this.keptStart, length);
    // By words, the last of which may begin within the one before.
    const view = viewOf(bytes);
    const ahead = this.keptStart - start;
    for (let at = start; at < end - 4; at += 4) if (view.getInt32(at) !== view.getInt32(at + ahead)) return false;
    return view.getInt32(end - 4) === view.getInt32(end - 4 + ahead);
  }

  /** An entry goes from a table, or with `NONE` all of them do. */
  letGo(table: object, entry: Ref): void {
    if (table === this.keptIn && (entry === NONE || entry === this.keptEntry)) this.keptIn = null;
  }

  /** To be called before the bytes change. */
  forget(): void {
    this.keptIn = null;
    this.count = 0;
    this.table = null;
    this.bytes = NOTHING;
  }

  /** Whether these bytes are the next key; then `hash` and `entry` are theirs. */
  isNext(bytes: Uint8Array, start: number, end: number): boolean {
    let { next } = this;
    while (next < this.count && this.starts[next] < start) next++;
    this.next = next;
    return next < this.count && this.starts[next] === start && this.ends[next] === end && bytes === this.bytes;
  }

  get hash(): number {
    return this.hashes[this.next];
  }

  get entry(): Ref {
    return this.entries[this.next];
  }
}

const NOTHING = new Uint8Array(0);
