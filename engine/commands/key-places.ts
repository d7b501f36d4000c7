/** Where the keys of a call are among its words. */
import type { Args } from '../args.ts';
import { parseInt64 } from '../memory/numbers.ts';
import type { Command, KeySpec } from './contract.ts';

export interface KeyPlace {
  readonly place: number;
  readonly flags: readonly string[];
}

/** The keys of the call whose words begin at `first`; `null` where their number is none that can be. */
export function keyPlaces({ spec, keySpecs }: Command, args: Args, first: number): readonly KeyPlace[] | null {
  const known = spec.keyPlacesOf?.(args, first);
  // Only the first key can be said to be one; what else there is among unknown ones is the last of them.
  if (known) return known.map((place, i) => ({ place, flags: keySpecs.at(i === 0 ? 0 : -1)?.flags ?? [] }));
  const places: KeyPlace[] = [];
  for (const keySpec of keySpecs) {
    const { index, step, isCounted } = keySpec;
    const count = countKeys(keySpec, args, first);
    if (count === null) return null;
    const flags = spec.keyFlagsOf?.(args, first) ?? keySpec.flags;
    const from = first + index + (isCounted ? 1 : 0);
    for (let i = 0; i < count; i++) places.push({ place: from + i * step, flags });
  }
  return places;
}

function countKeys({ index, lastKey, step, isCounted }: KeySpec, args: Args, first: number): number | null {
  const words = args.count - first;
  if (isCounted) {
    const at = first + index;
    const count = at < args.count ? parseInt64(args.bytes, args.starts[at], args.ends[at]) : null;
    return count === null || count < 1n || count > words - index - 1 ? null : Number(count);
  }
  const last = lastKey < 0 ? words + lastKey : index + lastKey;
  return Math.floor((last - index) / step) + 1;
}
