/**
 * The packs that older servers wrote, and that RESTORE still takes: the ziplist, the zipmap, and the intset, which has
 * never changed. All numbers have their lowest byte first, unless it is said otherwise.
 *
 * ```
 *   ziplist   │ bytes, 4 │ offset of the last, 4 │ elements, 2 │ element … │ ff │
 *   element   │ length of the one before: 1 byte, or fe and 4 │ form │ bytes │
 *   form      00llllll   01llllll llllllll   10…… and 4 bytes: bytes that follow, longer ones' highest byte first
 *             c0, d0, e0: 2, 4, 8 bytes of an integer   f0: 3   fe: 1   f1 … fd: 0 … 12, in the form itself
 *
 *   zipmap    │ pairs, 1; 254: count yourself │ length │ key │ length │ to spare, 1 │ value │ to spare … │ ff │
 *   length    up to 253 in one byte, or fe and 4
 *
 *   intset    │ width, 4 │ integers, 4 │ integer … │    ascending
 * ```
 */
import type { Visit } from '../keyspace/value-type.ts';
import { RdbDamage } from './rdb-format.ts';
import { visitInteger, visitWide } from './rdb-listpack.ts';

const END = 0xff;
const LONG = 0xfe;

const ZIPLIST_HEADER_BYTES = 10;
const UNCOUNTED_ELEMENTS = 65535;
const UNCOUNTED_PAIRS = 254;

/** Calls `visit` with every element. Throws `RdbDamage` where anything in it is wrong. */
export function readZiplist(bytes: Uint8Array, start: number, end: number, visit: Visit): void {
  const view = viewOf(bytes);
  if (end - start < ZIPLIST_HEADER_BYTES + 1 || view.getUint32(start, true) !== end - start || bytes[end - 1] !== END)
    throw new RdbDamage('a ziplist of another length');
  const claimed = view.getUint16(start + 8, true);
  let count = 0;
  let before = 0;
  let last = start + ZIPLIST_HEADER_BYTES;
  for (let at = last; at < end - 1; count++) {
    const form = behindLength(bytes, view, at, end - 1, before);
    const behind = readZiplistElement(bytes, view, form, end - 1, visit);
    before = behind - at;
    last = at;
    at = behind;
  }
  if (view.getUint32(start + 4, true) !== last - start)
    throw new RdbDamage('a ziplist whose last element is elsewhere');
  if (claimed !== UNCOUNTED_ELEMENTS && claimed !== count) throw new RdbDamage(`${count} elements, not ${claimed}`);
}

/** Checks the length of the element before, and returns where the form of this one is. */
function behindLength(bytes: Uint8Array, view: DataView, at: number, limit: number, before: number): number {
  const isLong = bytes[at] === LONG;
  const form = at + (isLong ? 5 : 1);
  if (form >= limit) throw new RdbDamage('an element that is cut off');
  const length = isLong ? view.getUint32(at + 1, true) : bytes[at];
  if (length !== before) throw new RdbDamage(`an element of ${before} bytes that should have ${length}`);
  return form;
}

function readZiplistElement(bytes: Uint8Array, view: DataView, at: number, limit: number, visit: Visit): number {
  const form = bytes[at];
  const kind = form >>> 6;
  if (kind === 0) return visitBytes(bytes, at + 1, form & 63, limit, visit);
  if (kind === 1) return visitBytes(bytes, at + 2, ((form & 63) << 8) | bytes[at + 1], limit, visit);
  if (kind === 2) {
    if (at + 5 > limit) throw new RdbDamage('an element that is cut off');
    return visitBytes(bytes, at + 5, view.getUint32(at + 1, false), limit, visit);
  }
  if (form > 0xf0 && form < LONG) return visitInteger(at + 1, limit, form - 0xf1, visit);
  const width = INTEGER_WIDTHS.get(form);
  if (width === undefined || at + 1 + width > limit) throw new RdbDamage(`an element of the form ${form}`);
  if (width === 8) return visitWide(at + 9, view.getInt32(at + 5, true), view.getInt32(at + 1, true), visit);
  let value = 0;
  for (let i = 0; i < width; i++) value |= bytes[at + 1 + i] << (8 * i);
  const unused = 32 - 8 * width;
  return visitInteger(at + 1 + width, limit, (value << unused) >> unused, visit);
}

const INTEGER_WIDTHS: ReadonlyMap<number, number> = new Map([
  [0xc0, 2],
  [0xd0, 4],
  [0xe0, 8],
  [0xf0, 3],
  [0xfe, 1],
]);

/** Calls `visit` with every key and every value, in turn. */
export function readZipmap(bytes: Uint8Array, start: number, end: number, visit: Visit): void {
  const view = viewOf(bytes);
  if (end - start < 2 || bytes[end - 1] !== END) throw new RdbDamage('a zipmap without an end');
  const claimed = bytes[start];
  let at = start + 1;
  let count = 0;
  for (; bytes[at] !== END; count++) {
    at = readZipmapPart(bytes, view, at, 0, end - 1, visit);
    at = readZipmapPart(bytes, view, at, 1, end - 1, visit);
  }
  if (at !== end - 1) throw new RdbDamage('a zipmap that ends early');
  if (claimed < UNCOUNTED_PAIRS && claimed !== count) throw new RdbDamage(`${count} pairs, not ${claimed}`);
}

/** Behind the length of a value stands, in so many bytes, how much room there is behind it. */
function readZipmapPart(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  spareBytes: 0 | 1,
  limit: number,
  visit: Visit,
): number {
  const isLong = bytes[at] === LONG;
  const from = at + (isLong ? 5 : 1);
  if (from + spareBytes > limit || bytes[at] === END) throw new RdbDamage('a pair that is cut off');
  const length = isLong ? view.getUint32(at + 1, true) : bytes[at];
  const spare = spareBytes === 0 ? 0 : bytes[from];
  const behind = visitBytes(bytes, from + spareBytes, length, limit, visit) + spare;
  if (behind > limit) throw new RdbDamage('a pair that is cut off');
  return behind;
}

/** The width of the integers, with the halves of each given to `visit`. */
export function readIntset(
  bytes: Uint8Array,
  start: number,
  end: number,
  begin: (width: number) => void,
  visit: (high: number, low: number) => void,
): void {
  const view = viewOf(bytes);
  if (end - start < 8) throw new RdbDamage('an intset that is cut off');
  const width = view.getUint32(start, true);
  const count = view.getUint32(start + 4, true);
  if (![2, 4, 8].includes(width) || end - start !== 8 + count * width)
    throw new RdbDamage('an intset of another length');
  begin(width);
  let before: bigint | null = null;
  for (let at = start + 8; at < end; at += width) {
    const low = width === 2 ? view.getInt16(at, true) : view.getInt32(at, true);
    const high = width === 8 ? view.getInt32(at + 4, true) : low >> 31;
    const value = (BigInt(high) << 32n) | BigInt(low >>> 0);
    if (before !== null && value <= before) throw new RdbDamage('an intset that is out of order');
    before = value;
    visit(high, low);
  }
}

function visitBytes(bytes: Uint8Array, at: number, length: number, limit: number, visit: Visit): number {
  if (at + length > limit) throw new RdbDamage('an element that is cut off');
  visit(bytes, at, at + length);
  return at + length;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
