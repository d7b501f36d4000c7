/** What the commands that give deadlines have in common: their options, their limits, and how deadlines are written. */
import type { Args } from '../args.ts';
import { CommandError, invalidExpireTime } from '../errors.ts';

/** A time to live in seconds or milliseconds, or a moment in either. */
export const EX = 1;
export const PX = 2;
export const EXAT = 3;
export const PXAT = 4;
export type ExpiryKind = typeof EX | typeof PX | typeof EXAT | typeof PXAT;

const INT64_MAX = 2n ** 63n - 1n;
/** Below this no deadline comes near the limits of 64 bits or of a double, so that numbers will do. */
const SURELY_SAFE = 8e12;

/** Which option that sets a deadline stands here, 0 when none does. */
export function expiryKindAt(args: Args, index: number): ExpiryKind | 0 {
  if (args.is(index, 'EX')) return EX;
  if (args.is(index, 'PX')) return PX;
  if (args.is(index, 'EXAT')) return EXAT;
  return args.is(index, 'PXAT') ? PXAT : 0;
}

/**
 * The deadline that an argument gives, in milliseconds since 1970. `mayBePast`: EXPIRE takes zero and negative times,
 * SET and its kin do not.
 */
export function readDeadline(
  args: Args,
  index: number,
  kind: ExpiryKind,
  nowMs: number,
  command: string,
  mayBePast = false,
): number {
  const isInSeconds = kind === EX || kind === EXAT;
  const baseMs = kind === EX || kind === PX ? Math.floor(nowMs) : 0;
  const value = args.integer(index);
  if (value <= 0 && !mayBePast) throw new CommandError(invalidExpireTime(command));
  if (Math.abs(value) < SURELY_SAFE) return (isInSeconds ? value * 1000 : value) + baseMs;
  return wideDeadline(args.int64(index), isInSeconds, BigInt(baseMs), command);
}

function wideDeadline(value: bigint, isInSeconds: boolean, baseMs: bigint, command: string): number {
  const limit = INT64_MAX / 1000n;
  if (isInSeconds && (value > limit || value < -limit)) throw new CommandError(invalidExpireTime(command));
  const valueMs = isInSeconds ? value * 1000n : value;
  if (valueMs > INT64_MAX - baseMs) throw new CommandError(invalidExpireTime(command));
  return Number(valueMs + baseMs);
}

/** A deadline as an integer of 64 bits. Past 2^53 the engine's own is rounded, and may be one more than there is. */
export function deadlineInteger(deadlineMs: number): number | bigint {
  if (Number.isSafeInteger(deadlineMs)) return deadlineMs;
  const wide = BigInt(deadlineMs);
  return wide > INT64_MAX ? INT64_MAX : wide;
}

/** Rounded to the nearest second, halves up. */
export function toSeconds(ms: number | bigint): number | bigint {
  return typeof ms === 'bigint' ? (ms + 500n) / 1000n : Math.floor((ms + 500) / 1000);
}
