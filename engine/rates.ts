/** How many of the last moments are remembered. */
const SAMPLES = 16;
/** How long a moment lasts at least. */
const SAMPLE_MS = 100;

export interface RatesState {
  readonly lastMs: number;
  readonly last: readonly number[];
  readonly samples: readonly (readonly number[])[];
}

/** How fast some counters have been growing lately: an average over the last second and a half or so. */
export class Rates {
  private lastMs = -1;
  private last: readonly number[] = [];
  /** Of each moment, by how much each counter grew a second. */
  private samples: (readonly number[])[] = [];

  /** Looks at the counters, which are always the same ones in the same order. */
  note(nowMs: number, counters: readonly number[]): void {
    if (this.lastMs >= 0 && nowMs - this.lastMs < SAMPLE_MS) return;
    if (this.lastMs >= 0) {
      const seconds = (nowMs - this.lastMs) / 1000;
      this.samples.push(counters.map((counter, at) => Math.max(0, counter - this.last[at]) / seconds));
      if (this.samples.length > SAMPLES) this.samples.shift();
    }
    this.lastMs = nowMs;
    this.last = counters;
  }

  /** By how much a counter grows a second. */
  perSecond(at: number): number {
    // Moments that were not yet are moments of rest.
    return this.samples.reduce((total, sample) => total + sample[at], 0) / SAMPLES;
  }

  /** The counters begin at 0 again. */
  reset(): void {
    this.lastMs = -1;
    this.samples = [];
  }

  capture(): RatesState {
    return { lastMs: this.lastMs, last: this.last, samples: [...this.samples] };
  }

  restore(state: RatesState): void {
    Object.assign(this, { lastMs: state.lastMs, last: state.last, samples: [...state.samples] });
  }
}
