import type { Args } from '../args.ts';
import { CommandError, SYNTAX_ERROR } from '../errors.ts';
import { NONE } from '../memory/arena.ts';
import type { CommandSpec, Context } from './contract.ts';
import { integer, key, optional } from './grammar.ts';

/** What keys, and everything, take in memory: the sizes of the arena's own blocks. */
export const MEMORY: CommandSpec = {
  name: 'memory',
  group: 'server',
  since: '4.0.0',
  summary: 'Holds the commands about memory.',
  flags: [],
  arguments: [],
  examples: [],
  subcommands: [
    {
      name: 'doctor',
      group: 'server',
      since: '4.0.0',
      summary: 'Says in words whether memory is used well.',
      complexity: 'O(1)',
      flags: [],
      tips: ['nondeterministic_output', 'request_policy:all_shards', 'response_policy:special'],
      arguments: [],
      examples: ['MEMORY DOCTOR'],
      handler({ keyspace, reply }) {
        const { usedBytes, reservedBytes } = keyspace.arena;
        const isSparse = reservedBytes > SMALL_BYTES && usedBytes * 2 < reservedBytes;
        reply.verbatim(
          'txt',
          isSparse ? 'More than half of the arena is free: much was removed that left gaps.\n' : 'All is well.\n',
        );
      },
    },
    {
      name: 'stats',
      group: 'server',
      since: '4.0.0',
      summary: 'Tells what memory is used for, in numbers.',
      complexity: 'O(1)',
      flags: [],
      tips: ['nondeterministic_output', 'request_policy:all_shards', 'response_policy:special'],
      arguments: [],
      examples: ['MEMORY STATS'],
      handler: stats,
    },
    {
      name: 'usage',
      group: 'server',
      since: '4.0.0',
      summary: 'Tells how many bytes a key and its value take.',
      complexity: 'O(N)',
      flags: ['readonly'],
      arguments: [key('key', 'RO'), optional(integer('count', 'SAMPLES'))],
      examples: ['SET greeting hello', 'MEMORY USAGE greeting', 'MEMORY USAGE greeting SAMPLES 5'],
      handler: usage,
    },
  ],
};

/** Below this there is nothing to be wrong with. */
const SMALL_BYTES = 8 * 1024 * 1024;

function usage({ db, keyspace, reply }: Context, args: Args): void {
  for (let i = 3; i < args.count; i += 2) {
    if (!args.is(i, 'SAMPLES') || i + 1 === args.count) throw new CommandError(SYNTAX_ERROR);
    if (args.integer(i + 1) < 0) throw new CommandError(SYNTAX_ERROR);
  }
  const entry = db.inspect(args.bytes, args.starts[2], args.ends[2]);
  if (entry === NONE) reply.null();
  else {
    const valueBytes = db.typeOf(entry).memoryBytes(db.encoding(entry), db.value(entry));
    reply.integer(keyspace.arena.capacityOf(entry) + valueBytes);
  }
}

function stats({ keyspace, reply, server }: Context): void {
  const { usedBytes, reservedBytes } = keyspace.arena;
  const keys = keyspace.databases.reduce((total, db) => total + db.size, 0);
  const numbers: readonly (readonly [string, number])[] = [
    ['peak.allocated', server.peakMemoryBytes()],
    ['total.allocated', usedBytes],
    ['keys.count', keys],
    ['keys.bytes-per-key', keys === 0 ? 0 : Math.floor(usedBytes / keys)],
    ['dataset.bytes', usedBytes],
    ['allocator.allocated', usedBytes],
    ['allocator.resident', reservedBytes],
    ['fragmentation.bytes', reservedBytes - usedBytes],
  ];
  reply.map(numbers.length);
  for (const [name, number] of numbers) {
    reply.text(name);
    reply.integer(number);
  }
}
