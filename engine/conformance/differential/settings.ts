/** Settings that a session may change, so that small collections convert too, and what they are when it begins. */
import type { Random } from './random.ts';

const ENTRIES = ['0', '1', '3', '8', '128', '512', '-1', 'x', '9223372036854775807'];
const BYTES = ['0', '1', '8', '64', '1kb', '1k', '-1', 'x', ''];

const VALUES: Readonly<Record<string, readonly string[]>> = {
  'hash-max-listpack-entries': ENTRIES,
  'hash-max-ziplist-entries': ENTRIES,
  'hash-max-listpack-value': BYTES,
  'hash-max-ziplist-value': BYTES,
  'set-max-intset-entries': ENTRIES,
  'zset-max-listpack-entries': ENTRIES,
  'zset-max-ziplist-entries': ENTRIES,
  'zset-max-listpack-value': BYTES,
  'zset-max-ziplist-value': BYTES,
  'list-max-listpack-size': ['-2', '-1', '-5', '1', '3', '8', '128', '0', '-6', 'x'],
  'list-max-ziplist-size': ['-2', '-1', '4', 'x'],
  'list-compress-depth': ['0', '1', '2', '-1', 'x'],
  'hll-sparse-max-bytes': ['0', '40', '100', '3000', 'x'],
  'proto-max-bulk-len': ['1mb', '1048576', '1', 'x'],
  'notify-keyspace-events': ['KEA', 'KEA', 'KE$g', 'Ezx', 'Klsh', '', 'q', 'AKnm'],
  activerehashing: ['yes', 'no', 'x'],
};

const NAMES = Object.keys(VALUES);

/** What every session begins with, on both servers. */
export const INITIAL_SETTINGS: readonly string[] = [
  ...['hash-max-listpack-entries', '512', 'hash-max-listpack-value', '64', 'set-max-intset-entries', '512'],
  ...['zset-max-listpack-entries', '128', 'zset-max-listpack-value', '64', 'list-max-listpack-size', '-2'],
  ...['list-compress-depth', '0', 'hll-sparse-max-bytes', '3000', 'activerehashing', 'yes'],
  ...['notify-keyspace-events', ''],
  // The edges of what a string may be are then within reach.
  ...['proto-max-bulk-len', '1mb'],
];

/** Thresholds so low that a handful of elements crosses them. */
export const LOW_SETTINGS: readonly string[] = [
  ...['hash-max-listpack-entries', '6', 'hash-max-listpack-value', '20', 'set-max-intset-entries', '6'],
  ...['zset-max-listpack-entries', '6', 'zset-max-listpack-value', '20', 'list-max-listpack-size', '3'],
  ...['hll-sparse-max-bytes', '60', 'list-compress-depth', '1'],
];

export const SETTING_PATTERNS: readonly string[][] = [
  ...NAMES.map((name) => [name]),
  ...[['*-max-*'], ['nothing'], ['HASH-MAX-LISTPACK-VALUE'], ['zset-max-*', 'set-max-*'], ['list-*', 'nothing']],
  ...[['maxmemory'], ['timeout'], ['databases', 'hz']],
];

/** Names and values for CONFIG SET. */
export function settingsLine(random: Random): string[] {
  const names = random.percent(80) ? [random.pick(NAMES)] : [random.pick(NAMES), random.pick(NAMES)];
  const line = names.flatMap((name) => [name, random.pick(VALUES[name])]);
  if (random.percent(3)) return [...line, 'no-such-setting', '1'];
  return random.percent(2) ? line.slice(0, -1) : line;
}
