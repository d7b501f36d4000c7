import type { Input, Moment } from './player.ts';

/** An input, when it came, and the number of the cause that was next. */
export interface Entry {
  readonly input: Input;
  readonly nowMs: number;
  readonly cause: number;
}

/** The engine's state right before an entry. */
interface Keyframe {
  readonly position: number;
  readonly cause: number;
  readonly moment: Moment;
  readonly bytes: number;
}

/** A piece of history: entries from a position on, and keyframes among them. */
export interface Stretch {
  readonly entries: readonly Entry[];
  readonly keyframes: readonly Keyframe[];
}

export interface JournalLimits {
  /** Bytes of inputs, and of keyframes, that are kept. */
  readonly entryBytes: number;
  readonly keyframeBytes: number;
  /** At least so many causes lie between two keyframes. */
  readonly causesApart: number;
}

const MIB = 1024 * 1024;
const LIMITS: JournalLimits = { entryBytes: 64 * MIB, keyframeBytes: 128 * MIB, causesApart: 4096 };

/** What an entry takes beside its bytes, about. */
const ENTRY_BYTES = 120;

/**
 * All that has come to the engine, as far back as memory allows, with the states in between from which it can be done
 * again. Positions are counted from the first entry ever, also when that is forgotten already.
 */
export class Journal {
  private readonly limits: JournalLimits;
  private entries: Entry[] = [];
  private keyframes: Keyframe[] = [];
  /** The position of the first entry that is kept. */
  private first = 0;
  private bytes = 0;
  private bytesSinceKeyframe = 0;

  constructor(limits: Partial<JournalLimits> = {}) {
    this.limits = { ...LIMITS, ...limits };
  }

  /** The position of the next entry. */
  get end(): number {
    return this.first + this.entries.length;
  }

  get start(): number {
    return this.first;
  }

  entry(position: number): Entry {
    return this.entries[position - this.first];
  }

  add(input: Input, nowMs: number, cause: number): void {
    this.entries.push({ input, nowMs, cause });
    this.bytes += sizeOf(input);
    this.bytesSinceKeyframe += sizeOf(input);
    if (this.bytes > this.limits.entryBytes) this.forget();
  }

  /** The position of the entry during which a cause came about, or -1 when it is not kept. */
  positionOf(cause: number): number {
    let low = 0;
    let high = this.entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.entries[middle].cause <= cause) low = middle + 1;
      else high = middle;
    }
    const position = this.first + low - 1;
    return low === 0 || !this.keyframeBefore(position) ? -1 : position;
  }

  keyframeBefore(position: number): Keyframe | undefined {
    return this.keyframes.findLast((keyframe) => keyframe.position <= position);
  }

  // Keyframes.

  /** Whether a keyframe is due; the longer taking it takes, the less often it is. */
  wantsKeyframe(cause: number, arenaBytes: number): boolean {
    const last = this.keyframes.at(-1);
    if (!last) return arenaBytes <= this.limits.keyframeBytes;
    if (arenaBytes > this.limits.keyframeBytes) return false;
    const isFar = cause - last.cause >= Math.max(this.limits.causesApart, arenaBytes >>> 8);
    return isFar || this.bytesSinceKeyframe >= Math.max(4 * MIB, arenaBytes);
  }

  keep(moment: Moment): void {
    const { causeIndex, keyspace } = moment.state;
    const bytes = keyspace.arena.pages.reduce((sum, page) => sum + page.byteLength, 64 * 1024);
    this.keyframes.push({ position: this.end, cause: causeIndex, moment, bytes });
    this.bytesSinceKeyframe = 0;
    while (this.keyframes.length > 2 && this.keyframeBytes() > this.limits.keyframeBytes) this.thin();
  }

  private keyframeBytes(): number {
    return this.keyframes.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Drops the keyframe that is missed least: the more recent, the closer they may stand. The first and last are kept. */
  private thin(): void {
    const end = this.end + 1;
    let least = 1;
    let leastGap = Infinity;
    for (let at = 1; at < this.keyframes.length - 1; at++) {
      const next = this.keyframes[at + 1].position;
      const gap = (next - this.keyframes[at - 1].position) / (end - this.keyframes[at].position);
      if (gap < leastGap) [least, leastGap] = [at, gap];
    }
    this.keyframes.splice(least, 1);
  }

  /** Forgets the oldest quarter or more, up to a keyframe; everything, when there is no keyframe to begin at. */
  private forget(): void {
    const goal = this.bytes - this.limits.entryBytes / 4;
    let left = this.bytes;
    let from = 0;
    while (from < this.entries.length && left > goal) left -= sizeOf(this.entries[from++].input);
    const start = this.keyframes.find(({ position }) => position >= this.first + from);
    const position = start?.position ?? this.end;
    for (const { input } of this.entries.splice(0, position - this.first)) this.bytes -= sizeOf(input);
    this.first = position;
    this.keyframes = this.keyframes.filter((keyframe) => keyframe.position >= position);
  }

  // Cutting and joining.

  /** Takes off everything from a position on. */
  cut(position: number): Stretch {
    const entries = this.entries.splice(position - this.first);
    for (const { input } of entries) this.bytes -= sizeOf(input);
    const keyframes = this.keyframes.filter((keyframe) => keyframe.position > position);
    this.keyframes = this.keyframes.filter((keyframe) => keyframe.position <= position);
    return { entries, keyframes };
  }

  /** Puts a stretch that was cut off at this very position back on. */
  join({ entries, keyframes }: Stretch): void {
    for (const entry of entries) this.entries.push(entry);
    for (const { input } of entries) this.bytes += sizeOf(input);
    this.keyframes.push(...keyframes);
  }
}

function sizeOf(input: Input): number {
  if (input.kind === 'cut') return ENTRY_BYTES + sizeOf(input.input);
  return ENTRY_BYTES + (input.kind === 'bytes' ? input.bytes.length : 0);
}
