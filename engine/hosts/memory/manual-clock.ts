/** A clock that is turned by hand. */
export class ManualClock {
  nowMs: number;

  constructor(nowMs = Date.UTC(2026, 10, 20)) {
    this.nowMs = nowMs;
  }

  advance(ms: number): void {
    this.nowMs += ms;
  }
}
