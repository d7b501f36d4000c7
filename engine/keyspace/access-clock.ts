/**
 * How a key's use is remembered, in the 24 bits of its meta word.
 *
 * For *least recently used* they are a clock: the second of the last use, which begins anew after 194 days.
 *
 * For *least frequently used* they are two things: the minute of the last use in 16 bits, and a counter in 8 of how often.
 * Eight bits count to 255, so that the counter is a logarithm: the higher it stands, the less likely a use moves it. And
 * since what was used often last week may be of no use today, it falls by one in every so many minutes without a use; that
 * is worked out when somebody looks, from the minute of the last use.
 */
import { clockAt } from './values.ts';

/** Where the counter of a new key stands, so that it is not the first to go before it could prove its worth. */
export const NEW_COUNTER = 5;
const LARGEST_COUNTER = 255;

const MINUTES = 0xffff;

export class AccessClock {
  /** Which of the two the bits are. Bits that were written for the other one are read as they are, as in Redis. */
  isFrequency = false;
  /** How slowly the counter grows. */
  logFactor = 10;
  /** Minutes in which it falls by one; 0: never. */
  decayMinutes = 1;

  private readonly chance: () => number;
  /** The clock, and the time for which it was worked out: it is asked for with every use of a key. */
  private clock = 0;
  private clockMs = 0;

  /** `chance` gives 32 bits by chance. */
  constructor(chance: () => number) {
    this.chance = chance;
  }

  /** The bits of a key that is made now. */
  fresh(nowMs: number): number {
    return this.isFrequency ? (minutesAt(nowMs) << 8) | NEW_COUNTER : this.clockAt(nowMs);
  }

  /** What the bits become when the key is used now. */
  used(bits: number, nowMs: number): number {
    if (!this.isFrequency) return this.clockAt(nowMs);
    return (minutesAt(nowMs) << 8) | this.grown(this.frequency(bits, nowMs));
  }

  private clockAt(nowMs: number): number {
    if (nowMs !== this.clockMs) {
      this.clock = clockAt(nowMs);
      this.clockMs = nowMs;
    }
    return this.clock;
  }

  /** Seconds since the last use. */
  idleSeconds(bits: number, nowMs: number): number {
    return (clockAt(nowMs) - bits) & 0xffffff;
  }

  /** Where the counter stands, its fall since the last use taken off. */
  frequency(bits: number, nowMs: number): number {
    const counter = bits & 255;
    if (this.decayMinutes === 0) return counter;
    const minutes = (minutesAt(nowMs) - (bits >>> 8)) & MINUTES;
    return Math.max(0, counter - Math.floor(minutes / this.decayMinutes));
  }

  /** The bits of a key that was last used so many seconds ago. */
  idle(seconds: number, nowMs: number): number {
    return (clockAt(nowMs) - seconds) & 0xffffff;
  }

  /** The bits of a key with such a counter, used now. */
  counted(counter: number, nowMs: number): number {
    return (minutesAt(nowMs) << 8) | counter;
  }

  /** A counter after one more use: up to where a new key stands it is sure to grow, from there on chance decides. */
  private grown(counter: number): number {
    if (counter === LARGEST_COUNTER) return counter;
    const above = Math.max(0, counter - NEW_COUNTER);
    const draw = (this.chance() >>> 0) / 2 ** 32;
    return draw * (above * this.logFactor + 1) < 1 ? counter + 1 : counter;
  }
}

function minutesAt(nowMs: number): number {
  return Math.floor(nowMs / 60_000) & MINUTES;
}
