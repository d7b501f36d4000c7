import type { Args } from '../args.ts';
import type { Context } from './contract.ts';

/**
 * Has the keys among the arguments looked for together, from one on and each so many behind the one before: as many as can
 * be at once. Returns the argument from which on one has to look again.
 */
export function lookAhead({ db, keyspace }: Context, args: Args, first: number, step: number): number {
  // For a single key the commands behind this one would be forgotten.
  if (first + step >= args.count || !keyspace.isWorthForeseeing) return args.count;
  const { foreseen } = keyspace;
  let count = 0;
  let at = first;
  for (; at < args.count && count < foreseen.starts.length; at += step) {
    foreseen.starts[count] = args.starts[at];
    foreseen.ends[count++] = args.ends[at];
  }
  if (foreseen.begin(args.bytes, count)) db.foresee();
  return at;
}
