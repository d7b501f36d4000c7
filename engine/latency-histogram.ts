/**
 * How long calls took: how many took how long, to two digits. Durations that differ by less than a hundredth of themselves
 * share a place, so that a second and a nanosecond fit into the same few counts. Only places that were met are kept.
 */

/** Durations of more than a second are taken for one. */
const LONGEST_NS = 1e9;
/** The places end here. */
const END_NS = 2 ** 30;

export class LatencyHistogram {
  total = 0;
  /** By the least duration of a place, in nanoseconds. */
  private readonly counts = new Map<number, number>();

  add(microseconds: number): void {
    const ns = Math.min(LONGEST_NS, Math.max(1, microseconds * 1000));
    const least = leastOf(ns);
    this.counts.set(least, (this.counts.get(least) ?? 0) + 1);
    this.total++;
  }

  /** The duration, in nanoseconds, that so many percent of the calls did not pass. */
  percentile(percent: number): number {
    const wanted = Math.max(1, Math.floor((percent / 100) * this.total + 0.5));
    let seen = 0;
    for (const [least, count] of this.inOrder()) {
      seen += count;
      if (seen >= wanted) return percent === 0 ? least : mostOf(least);
    }
    return 0;
  }

  /** Bounds in microseconds, each twice the one before, and how many calls did not pass them; those that added some. */
  bounds(): (readonly [microseconds: number, calls: number])[] {
    const bounds: [number, number][] = [];
    let bound = 1024;
    let seen = 0;
    for (const [least, count] of this.inOrder()) {
      while (least > bound) bound *= 2;
      seen += count;
      const microseconds = Math.floor(Math.min(END_NS, mostOf(bound)) / 1000);
      const last = bounds.at(-1);
      if (last?.[0] === microseconds) last[1] = seen;
      else bounds.push([microseconds, seen]);
    }
    return bounds;
  }

  private inOrder(): (readonly [least: number, count: number])[] {
    return [...this.counts].sort(([a], [b]) => a - b);
  }

  capture(): readonly (readonly [least: number, count: number])[] {
    return [...this.counts];
  }

  static from(counts: readonly (readonly [least: number, count: number])[]): LatencyHistogram {
    const histogram = new LatencyHistogram();
    for (const [least, count] of counts) {
      histogram.counts.set(least, count);
      histogram.total += count;
    }
    return histogram;
  }
}

/** How wide the place is in which a duration lies: one up to 256, and as much more as the duration has bits above eight. */
function widthOf(ns: number): number {
  return 1 << Math.max(0, 24 - Math.clz32(ns));
}

function leastOf(ns: number): number {
  return ns & -widthOf(ns);
}

function mostOf(least: number): number {
  return least + widthOf(least) - 1;
}
