/** Stretches of a sorted set, as commands name them. */

/** So many members from a rank on. */
export interface Range {
  readonly from: number;
  readonly count: number;
}

/** Scores between two, each of which belongs to the range or not. */
export interface ScoreRange {
  readonly min: number;
  readonly max: number;
  readonly isMinExclusive: boolean;
  readonly isMaxExclusive: boolean;
}

/** A member, or what stands for one. */
interface Bytes {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

export interface LexBound extends Bytes {
  readonly isExclusive: boolean;
}

/** Members between two in the alphabet. `-` is before all and `+` behind all of them. */
export class LexRange {
  readonly min: LexBound | '-';
  readonly max: LexBound | '+';
  /** Nothing can be in it, whatever the members are. */
  readonly isEmpty: boolean;

  constructor(min: LexBound | '-' | '+', max: LexBound | '-' | '+') {
    this.min = min === '+' ? '-' : min;
    this.max = max === '-' ? '+' : max;
    this.isEmpty = min === '+' || max === '-';
  }

  /** Whether a member is at the lower end or behind it. */
  reachesMin(member: Bytes): boolean {
    if (this.min === '-') return true;
    const order = compare(member, this.min);
    return this.min.isExclusive ? order > 0 : order >= 0;
  }

  /** Whether a member is at the upper end or before it. */
  reachesMax(member: Bytes): boolean {
    if (this.max === '+') return true;
    const order = compare(member, this.max);
    return this.max.isExclusive ? order < 0 : order <= 0;
  }
}

function compare(a: Bytes, b: Bytes): number {
  const shared = Math.min(a.end - a.start, b.end - b.start);
  for (let i = 0; i < shared; i++) {
    const difference = a.bytes[a.start + i] - b.bytes[b.start + i];
    if (difference !== 0) return difference;
  }
  return a.end - a.start - (b.end - b.start);
}

/** Whether one member with its score comes before another with its own. */
export function isBehind(
  ...[score, bytes, start, end, otherScore, otherBytes, otherStart, otherEnd]: [
    ...[number, Uint8Array, number, number],
    ...[number, Uint8Array, number, number],
  ]
): boolean {
  if (score !== otherScore) return score < otherScore;
  return compare({ bytes, start, end }, { bytes: otherBytes, start: otherStart, end: otherEnd }) < 0;
}
