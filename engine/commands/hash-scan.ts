import type { Args } from '../args.ts';
import { CommandError, SYNTAX_ERROR } from '../errors.ts';
import { TYPE_HASH } from '../keyspace/values.ts';
import { NONE, type Ref } from '../memory/arena.ts';
import { readKey } from './checks.ts';
import type { CommandSpec, Context } from './contract.ts';
import { block, integer, key, optional, word } from './grammar.ts';
import { readPickCount, replyAgain, requireSomeReply } from './picking.ts';
import { SCAN_ARGUMENTS, scanValue } from './scanning.ts';

/** Hashes piece by piece, and by chance. */
export const HASH_SCAN: readonly CommandSpec[] = [
  {
    name: 'hscan',
    group: 'hash',
    since: '2.8.0',
    summary: 'Lists some of the fields of a hash with their values, and a cursor to go on with.',
    complexity: 'O(1)',
    flags: ['readonly'],
    tips: ['nondeterministic_output'],
    arguments: [key('key', 'RO', 'access'), ...SCAN_ARGUMENTS],
    examples: ['HSET user name alice age 7', 'HSCAN user 0', 'HSCAN user 0 MATCH a* COUNT 100'],
    handler: scan,
  },
  {
    name: 'hrandfield',
    group: 'hash',
    since: '6.2.0',
    summary: 'Picks one or several fields of a hash by chance; a negative count allows the same one again.',
    complexity: 'O(N)',
    flags: ['readonly'],
    tips: ['nondeterministic_output'],
    arguments: [key('key', 'RO', 'access'), optional(block('options', integer('count'), optional(word('WITHVALUES'))))],
    examples: ['HSET user name alice age 7', 'HRANDFIELD user', 'HRANDFIELD user -3 WITHVALUES'],
    handler: pick,
  },
];

function scan(context: Context, args: Args): void {
  const { db, keyspace, reply } = context;
  const { hashes } = keyspace;
  scanValue(context, args, TYPE_HASH, (entry) => ({
    table: hashes.tableOf(db, entry),
    places: () => hashes.packPlaces(db, entry),
    matches: (place, glob) => hashes.fieldMatches(db, entry, place, glob),
    items: 2,
    replyAt: (place) => hashes.replyAt(db, entry, place, reply, true),
  }));
}

/** Half of the longest count: with values there are twice as many items. */
const MOST_PAIRS = 2n ** 62n - 1n;

function pick(context: Context, args: Args): void {
  const { db, keyspace, reply, server } = context;
  const { hashes } = keyspace;
  const bits = (): number => server.chance();
  if (args.count === 2) {
    const entry = readKey(context, args, 1, TYPE_HASH);
    if (entry === NONE) reply.null();
    else hashes.replyAt(db, entry, hashes.randomPlace(db, entry, bits), reply, false);
    return;
  }
  const count = readPickCount(args, 2);
  const withValues = args.count === 4 && args.is(3, 'WITHVALUES');
  if (args.count > 3 && !withValues) throw new CommandError(SYNTAX_ERROR);
  if (withValues && (count > MOST_PAIRS || count < -MOST_PAIRS)) throw new CommandError('ERR value is out of range');
  const entry = readKey(context, args, 1, TYPE_HASH);
  if (entry === NONE || count === 0n) {
    reply.array(0);
  } else if (count < 0n) {
    requireSomeReply(withValues ? -2n * count : -count);
    const times = Number(-count);
    replyHeader(context, times, withValues);
    replyAgain(reply, times, () => {
      replyPick(context, entry, hashes.randomPlace(db, entry, bits), withValues);
    });
  } else {
    const size = hashes.length(db, entry);
    const places = hashes.randomPlaces(db, entry, count > BigInt(size) ? size : Number(count), bits);
    replyHeader(context, places.length, withValues);
    for (const place of places) replyPick(context, entry, place, withValues);
  }
}

/** RESP3 gives each field with its value an array of its own. */
function replyHeader({ reply }: Context, count: number, withValues: boolean): void {
  reply.array(withValues && reply.protocol === 2 ? count * 2 : count);
}

function replyPick({ db, keyspace, reply }: Context, entry: Ref, place: number, withValues: boolean): void {
  if (withValues && reply.protocol === 3) reply.array(2);
  keyspace.hashes.replyAt(db, entry, place, reply, withValues);
}
