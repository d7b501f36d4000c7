/** A day in November 2026: any will do, as long as it is always the same. */
const START_MS = 1_795_132_800_000;

/** A clock that is turned by hand: the time of day, and beside it how much time has really passed. */
export class ManualClock {
  nowMs: number;
  /** As a steady clock counts; nobody sets that one. */
  passedMs = 0;

  constructor(nowMs = START_MS) {
    this.nowMs = nowMs;
  }

  advance(ms: number): void {
    this.nowMs += ms;
    this.passedMs += ms;
  }

  /** Somebody sets the clock, forwards or back. */
  set(nowMs: number): void {
    this.nowMs = nowMs;
  }
}
