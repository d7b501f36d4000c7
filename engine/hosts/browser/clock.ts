/** How far the fine clock may lie from the wall's before it is set again: after a sleep, or when the clock was changed. */
const DRIFT_MS = 5;

/**
 * Milliseconds since 1970 as the wall clock has them, but with a fraction, which `Date.now` lacks. Deadlines are times of
 * the wall clock, so this one follows it wherever it is set.
 */
export function wallClock(): () => number {
  let anchor = Date.now() - performance.now();
  return () => {
    const wall = Date.now();
    const fine = anchor + performance.now();
    if (Math.abs(fine - wall) <= DRIFT_MS) return fine;
    anchor = wall - performance.now();
    return wall;
  };
}
