/** What held up the server: for each kind of event the latest times at which it took long, at most one a second. */

/** So many for each kind. */
const SAMPLES = 160;

export interface LatencySample {
  readonly atSeconds: number;
  readonly milliseconds: number;
}

export interface LatencyEvent {
  readonly name: string;
  /** The latest last. */
  readonly samples: readonly LatencySample[];
  /** The longest of all time. */
  readonly longestMs: number;
}

export class LatencyMonitor {
  private readonly byName = new Map<string, LatencyEvent>();

  add(name: string, atSeconds: number, milliseconds: number): void {
    const { samples, longestMs } = this.byName.get(name) ?? { samples: [], longestMs: 0 };
    const last = samples.at(-1);
    // Of those in one second the longest stands for all.
    const isSameSecond = last?.atSeconds === atSeconds;
    const sample = { atSeconds, milliseconds: isSameSecond ? Math.max(last.milliseconds, milliseconds) : milliseconds };
    this.byName.set(name, {
      name,
      samples: [...(isSameSecond ? samples.slice(0, -1) : samples), sample].slice(-SAMPLES),
      longestMs: Math.max(longestMs, milliseconds),
    });
  }

  event(name: string): LatencyEvent | undefined {
    return this.byName.get(name);
  }

  events(): readonly LatencyEvent[] {
    return [...this.byName.values()];
  }

  /** False when there was nothing to forget. */
  forget(name: string): boolean {
    return this.byName.delete(name);
  }

  restore(events: readonly LatencyEvent[]): void {
    this.byName.clear();
    for (const event of events) this.byName.set(event.name, event);
  }
}
