/** What the commands share that answer with elements picked by chance. */
import type { Args } from '../args.ts';
import { CommandError } from '../errors.ts';
import type { Reply } from '../reply.ts';

const LONG_MAX = 2n ** 63n - 1n;

/** How many are wanted; a negative number allows the same one again. */
export function readPickCount(args: Args, index: number): bigint {
  const count = args.int64(index);
  // It has no counterpart above zero.
  if (count < -LONG_MAX)
    throw new CommandError(`ERR value is out of range, value must between ${-LONG_MAX} and ${LONG_MAX}`);
  return count;
}

/** As long as the longest string that there can be. */
const LONGEST_REPLY_BYTES = 512 * 1024 * 1024;
/** The empty string's. */
const SHORTEST_ITEM_BYTES = 6;

const TOO_LONG = 'ERR the reply would be longer than 512 MB';

/** Refuses what could only be a reply that nobody can hold: a count is soon written, and what it asks for is not. */
export function requireSomeReply(items: bigint): void {
  if (items * BigInt(SHORTEST_ITEM_BYTES) > BigInt(LONGEST_REPLY_BYTES)) throw new CommandError(TOO_LONG);
}

/** Writes an item so many times, and gives up where that becomes too long. */
export function replyAgain(reply: Reply, times: number, write: () => void): void {
  const start = reply.length;
  for (let left = times; left > 0; left--) {
    write();
    if (reply.length - start > LONGEST_REPLY_BYTES) throw new CommandError(TOO_LONG);
  }
}
