/**
 * The time of day with fractions of a millisecond: counted by the steady clock, set right by the system's own whenever
 * that was changed by hand or by its servers.
 */
export class WallClock {
  private offsetMs = Date.now() - performance.now();

  nowMs(): number {
    const nowMs = performance.now() + this.offsetMs;
    const systemMs = Date.now();
    if (nowMs - systemMs < 2 && systemMs - nowMs < 2) return nowMs;
    this.offsetMs += systemMs - nowMs;
    return systemMs;
  }
}
