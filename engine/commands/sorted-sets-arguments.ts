/** What the commands of sorted sets share: reading scores and ranges, writing members. */
import type { Args } from '../args.ts';
import { CommandError, NOT_A_FLOAT } from '../errors.ts';
import { GENERIC_EVENT, ZSET_EVENT } from '../keyspace/events.ts';
import { LexRange, type LexBound, type Range, type ScoreRange } from '../keyspace/sorted-ranges.ts';
import type { SortedSetValues } from '../keyspace/sorted-sets.ts';
import { NONE, type Ref } from '../memory/arena.ts';
import { ascii } from '../memory/bytes.ts';
import { formatDouble } from '../memory/doubles.ts';
import { parseFloating } from '../memory/numbers.ts';
import type { Reply } from '../reply.ts';
import { entryToFill } from './checks.ts';
import type { Context } from './contract.ts';
import { bytesOfMember, requireRoom } from './room.ts';

/** A score or a weight. What is too large for a double is refused, and what is too small and not zero. */
export function scoreAt(args: Args, index: number, error: string = NOT_A_FLOAT): number {
  const value = args.double(index, error);
  // A zero in one byte is one; what is longer may be a number too small for a double.
  if (value === 0 ? args.length(index) === 1 : Number.isFinite(value)) return value;
  const text = args.latin1(index);
  if (value === 0 ? isWrittenAsZero(text) : /inf/i.test(text)) return value;
  throw new CommandError(error);
}

function isWrittenAsZero(text: string): boolean {
  const isHexadecimal = /^[+-]?0x/i.test(text);
  const [mantissa = ''] = text.split(isHexadecimal ? /p/i : /e/i);
  return !(isHexadecimal ? /[1-9a-f]/i : /[1-9]/).test(mantissa);
}

const NOT_A_BOUND = 'ERR min or max is not a float';

/** The range of scores between the arguments at two places. */
export function scoreRangeAt(args: Args, min: number, max: number): ScoreRange {
  const [from, to] = [scoreBound(args.latin1(min)), scoreBound(args.latin1(max))];
  return { min: from.score, isMinExclusive: from.isExclusive, max: to.score, isMaxExclusive: to.isExclusive };
}

/** Read as C reads a number: blanks may come before, a zero byte is the end, and nothing at all is 0. */
function scoreBound(text: string): { readonly score: number; readonly isExclusive: boolean } {
  const isExclusive = text.startsWith('(');
  const [number = ''] = (isExclusive ? text.slice(1) : text).split('\0', 1);
  if (number === '') return { score: 0, isExclusive };
  const digits = ascii(number.replace(/^[\t-\r ]+/, ''));
  const score = parseFloating(digits, 0, digits.length);
  if (Number.isNaN(score)) throw new CommandError(NOT_A_BOUND);
  return { score, isExclusive };
}

export function lexRangeAt(args: Args, min: number, max: number): LexRange {
  return new LexRange(lexBound(args, min), lexBound(args, max));
}

function lexBound(args: Args, index: number): LexBound | '-' | '+' {
  const { bytes } = args;
  const start = args.starts[index];
  const end = args.ends[index];
  const sign = start < end ? String.fromCharCode(bytes[start]) : '';
  if (sign === '(' || sign === '[') return { bytes, start: start + 1, end, isExclusive: sign === '(' };
  const isAlone = end - start === 1 || bytes[start + 1] === 0;
  if ((sign === '-' || sign === '+') && isAlone) return sign;
  throw new CommandError('ERR min or max not valid string range item');
}

/** The ranks from one to another, negative ones counted from the end; what lies outside is left out. */
export function rankRange(start: number, stop: number, length: number): Range {
  const from = Math.max(0, start < 0 ? length + start : start);
  const last = Math.min(length - 1, stop < 0 ? length + stop : stop);
  return from > last ? NOTHING : { from, count: last - from + 1 };
}

export const NOTHING: Range = { from: 0, count: 0 };

export function replyScore(reply: Reply, score: number): void {
  // Most scores are small integers, which need no string.
  if (reply.protocol === 2 && score === (score | 0) && !Object.is(score, -0)) reply.integerBulk(score);
  else reply.double(formatDouble(score));
}

/** The header of so many members. RESP3 puts a member and its score into an array of their own. */
export function replyMembersHeader(reply: Reply, count: number, withScores: boolean): void {
  reply.array(withScores && reply.protocol === 2 ? count * 2 : count);
}

/** The member that was met last, and its score where wanted. */
export function replyMember(reply: Reply, sets: SortedSetValues, withScores: boolean): void {
  if (withScores && reply.protocol === 3) reply.array(2);
  reply.bulk(sets.bytes, sets.start, sets.end);
  if (withScores) replyScore(reply, sets.score);
}

/** Writes the members of a range, with a header. */
export function replyRange(
  { db, keyspace, reply }: Context,
  entry: Ref,
  range: Range,
  isReverse: boolean,
  withScores: boolean,
): void {
  const { sortedSets } = keyspace;
  replyMembersHeader(reply, range.count, withScores);
  const first = isReverse ? range.from + range.count - 1 : range.from;
  sortedSets.walk(db.encoding(entry), db.value(entry), first, range.count, isReverse, () => {
    replyMember(reply, sortedSets, withScores);
  });
}

/** A member with its score, taken out of where it lies. */
export interface Scored {
  readonly member: Uint8Array;
  readonly score: number;
}

/**
 * Makes a key stand for these members alone, and is gone without any. Says that it was changed, and how many there are.
 * `beginsLarge`: they are known not to fit a pack, so that none of them goes through one, in which a zero has no sign.
 */
export function storeMembers(
  context: Context,
  args: Args,
  index: number,
  all: readonly Scored[],
  beginsLarge = false,
): void {
  const { db, keyspace, reply, command } = context;
  const { bytes } = args;
  const [start, end] = [args.starts[index], args.ends[index]];
  requireRoom(context, roomFor(all));
  const old = db.peek(bytes, start, end);
  if (old !== NONE || all.length > 0) db.changed(bytes, start, end);
  if (all.length > 0) {
    const entry = entryToFill(db, bytes, start, end, old);
    keyspace.sortedSets.begin(db, entry, beginsLarge);
    for (const { member, score } of all) keyspace.sortedSets.put(db, entry, member, 0, member.length, score);
  }
  reply.integer(all.length);
  if (all.length > 0) {
    db.notify(ZSET_EVENT, command.fullName, bytes, start, end);
  } else if (old !== NONE) {
    db.remove(old);
    db.notify(GENERIC_EVENT, 'del', bytes, start, end);
  }
}

function roomFor(all: readonly Scored[]): number {
  return all.reduce((total, { member }) => total + bytesOfMember(member.length), 0);
}
