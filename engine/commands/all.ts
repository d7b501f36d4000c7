import { BITFIELDS } from './bitfield.ts';
import { BITMAPS } from './bitmaps.ts';
import { CLIENT } from './client.ts';
import { COMMAND } from './command-command.ts';
import type { Command, CommandSpec } from './contract.ts';
import { CONFIG } from './config.ts';
import { CONNECTION } from './connection.ts';
import { COUNTERS } from './counters.ts';
import { SWAPDB } from './databases.ts';
import { DEBUG } from './debug.ts';
import { toCommand } from './derive.ts';
import { DUMPS } from './dump.ts';
import { EXPIRY } from './expiry.ts';
import { HASH_SCAN } from './hash-scan.ts';
import { HASHES } from './hashes.ts';
import { HASH_NUMBERS } from './hashes-numbers.ts';
import { HYPERLOGLOGS } from './hyperloglogs.ts';
import { KEYS } from './keys.ts';
import { KEYSPACE } from './keyspace.ts';
import { LATENCY } from './latency.ts';
import { LCS } from './lcs.ts';
import { LIST_WAITS } from './lists-blocking.ts';
import { LIST_MOVES } from './lists-move.ts';
import { LISTS } from './lists.ts';
import { LOLWUT } from './lolwut.ts';
import { MEMORY } from './memory.ts';
import { MONITOR } from './monitor.ts';
import { OBJECT } from './object.ts';
import { SETS } from './sets.ts';
import { SETS_RANDOM } from './sets-random.ts';
import { SET_ALGEBRA } from './set-algebra.ts';
import { PUBSUB } from './pubsub.ts';
import { SERVER } from './server.ts';
import { SLOWLOG } from './slowlog.ts';
import { SORTING } from './sort.ts';
import { SORTED_SET_ALGEBRA } from './sorted-sets-algebra.ts';
import { SORTED_SET_WAITS } from './sorted-sets-blocking.ts';
import { SORTED_SET_POPS } from './sorted-sets-pop.ts';
import { SORTED_SET_RANGES } from './sorted-sets-range.ts';
import { SORTED_SET_WRITES } from './sorted-sets-write.ts';
import { WAIT } from './replicas.ts';
import { STRING_READS } from './strings-read.ts';
import { STRING_WRITES } from './strings-write.ts';
import { TRANSACTIONS } from './transactions.ts';

/** Every command there is, by its group. */
export const SPECS: readonly CommandSpec[] = [
  ...STRING_READS,
  ...STRING_WRITES,
  ...COUNTERS,
  LCS,
  ...BITMAPS,
  ...BITFIELDS,
  ...HYPERLOGLOGS,
  ...HASHES,
  ...HASH_NUMBERS,
  ...HASH_SCAN,
  ...SETS,
  ...SETS_RANDOM,
  ...SET_ALGEBRA,
  ...LISTS,
  ...LIST_MOVES,
  ...LIST_WAITS,
  ...SORTED_SET_WRITES,
  ...SORTED_SET_RANGES,
  ...SORTED_SET_POPS,
  ...SORTED_SET_WAITS,
  ...SORTED_SET_ALGEBRA,
  ...KEYS,
  ...SORTING,
  ...DUMPS,
  OBJECT,
  ...KEYSPACE,
  SWAPDB,
  WAIT,
  ...EXPIRY,
  ...TRANSACTIONS,
  ...PUBSUB,
  ...CONNECTION,
  CLIENT,
  ...SERVER,
  CONFIG,
  COMMAND,
  MEMORY,
  SLOWLOG,
  LATENCY,
  MONITOR,
  LOLWUT,
  DEBUG,
];

/** What follows from the fact sheets, worked out once: it takes longer than all else that a new engine does. */
let derived: readonly Command[] | null = null;

/** The commands of one engine. Each engine has its own, for they count how often they were called. */
export function allCommands(): readonly Command[] {
  derived ??= SPECS.map((spec) => toCommand(spec));
  return derived.map(uncalled);
}

function uncalled(command: Command): Command {
  const inner = command.subcommands && new Map([...command.subcommands].map(([name, sub]) => [name, uncalled(sub)]));
  return { ...command, subcommands: inner };
}
