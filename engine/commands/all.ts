import { BITFIELDS } from './bitfield.ts';
import { BITMAPS } from './bitmaps.ts';
import { CLIENT } from './client.ts';
import { COMMAND } from './command-command.ts';
import type { Command, CommandSpec } from './contract.ts';
import { CONFIG } from './config.ts';
import { CONNECTION } from './connection.ts';
import { COUNTERS } from './counters.ts';
import { DEBUG } from './debug.ts';
import { toCommand } from './derive.ts';
import { EXPIRY } from './expiry.ts';
import { HASH_SCAN } from './hash-scan.ts';
import { HASHES } from './hashes.ts';
import { HASH_NUMBERS } from './hashes-numbers.ts';
import { KEYS } from './keys.ts';
import { KEYSPACE } from './keyspace.ts';
import { LCS } from './lcs.ts';
import { MEMORY } from './memory.ts';
import { OBJECT } from './object.ts';
import { SERVER } from './server.ts';
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
  ...HASHES,
  ...HASH_NUMBERS,
  ...HASH_SCAN,
  ...KEYS,
  OBJECT,
  ...KEYSPACE,
  ...EXPIRY,
  ...TRANSACTIONS,
  ...CONNECTION,
  CLIENT,
  ...SERVER,
  CONFIG,
  COMMAND,
  MEMORY,
  DEBUG,
];

/** The commands of one engine. Each engine has its own, for they count how often they were called. */
export function allCommands(): readonly Command[] {
  return SPECS.map((spec) => toCommand(spec));
}
