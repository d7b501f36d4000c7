/** A day in November 2026: any will do, as long as it is always the same. */
const START_MS = 1_795_132_800_000;

/** A clock that is turned by hand. */
export class ManualClock {
  nowMs: number;

  constructor(nowMs = START_MS) {
    this.nowMs = nowMs;
  }

  advance(ms: number): void {
    this.nowMs += ms;
  }
}
