import type { Args } from '../args.ts';
import { CommandError, SYNTAX_ERROR } from '../errors.ts';
import { NONE } from '../memory/arena.ts';
import { describeArena } from '../memory/arena-figures.ts';
import { formatDouble } from '../memory/doubles.ts';
import type { CommandSpec, Context } from './contract.ts';
import { integer, key, optional } from './grammar.ts';
import { diagnose } from './memory-doctor.ts';
import { memoryFigures, percent, ratio } from './memory-figures.ts';

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
      handler(context) {
        context.reply.verbatim('txt', diagnose(context));
      },
    },
    {
      name: 'malloc-stats',
      group: 'server',
      since: '4.0.0',
      summary: 'Tells of each size of blocks how many there are, in use and not.',
      flags: [],
      tips: ['nondeterministic_output', 'request_policy:all_shards', 'response_policy:special'],
      arguments: [],
      examples: ['SET greeting hello', 'MEMORY MALLOC-STATS'],
      handler({ keyspace, reply }) {
        const { arena } = keyspace;
        reply.verbatim('txt', describeArena(arena.snapshot(), arena.reservedBytes, arena.usedBytes));
      },
    },
    {
      name: 'purge',
      group: 'server',
      since: '4.0.0',
      summary: 'Gives pages back to the system, which can be done when none of them is in use.',
      flags: [],
      tips: ['request_policy:all_shards', 'response_policy:all_succeeded'],
      arguments: [],
      examples: ['MEMORY PURGE'],
      handler({ keyspace, reply }) {
        const { arena } = keyspace;
        if (arena.usedBytes === 0 && arena.reservedBytes > 0) arena.reset();
        reply.ok();
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

function usage({ db, keyspace, reply }: Context, args: Args): void {
  for (let i = 3; i < args.count; i += 2) {
    if (!args.is(i, 'SAMPLES') || i + 1 === args.count) throw new CommandError(SYNTAX_ERROR);
    if (args.integer(i + 1) < 0) throw new CommandError(SYNTAX_ERROR);
  }
  // A key whose time has come takes its bytes until somebody looks at it.
  const entry = db.keys.find(args.bytes, args.starts[2], args.ends[2]);
  if (entry === NONE) reply.null();
  else {
    const valueBytes = db.typeOf(entry).memoryBytes(db.encoding(entry), db.value(entry));
    reply.integer(keyspace.arena.capacityOf(entry) + valueBytes);
  }
}

function stats(context: Context): void {
  const { reply } = context;
  const figures = memoryFigures(context);
  const { used, slabs, reserved, peak, overhead, dataset, clients, keys, tables } = figures;
  const before: readonly (readonly [string, number])[] = [
    ['peak.allocated', peak],
    ['total.allocated', used],
    ['startup.allocated', 0],
    ['replication.backlog', 0],
    ['clients.slaves', 0],
    ['clients.normal', clients],
    ['cluster.links', 0],
    ['aof.buffer', 0],
    ['lua.caches', 0],
    ['functions.caches', 0],
  ];
  const behind: readonly (readonly [string, number, 'ratio'?])[] = [
    ['overhead.total', overhead],
    ['keys.count', keys],
    ['keys.bytes-per-key', keys === 0 ? 0 : Math.floor(used / keys)],
    ['dataset.bytes', dataset],
    ['dataset.percentage', percent(dataset, used), 'ratio'],
    ['peak.percentage', percent(used, peak), 'ratio'],
    ['allocator.allocated', used],
    ['allocator.active', slabs],
    ['allocator.resident', reserved],
    ['allocator-fragmentation.ratio', ratio(slabs, used), 'ratio'],
    ['allocator-fragmentation.bytes', slabs - used],
    ['allocator-rss.ratio', ratio(reserved, slabs), 'ratio'],
    ['allocator-rss.bytes', reserved - slabs],
    ['rss-overhead.ratio', 1, 'ratio'],
    ['rss-overhead.bytes', 0],
    ['fragmentation', ratio(reserved, used), 'ratio'],
    ['fragmentation.bytes', reserved - used],
  ];
  reply.map(before.length + tables.length + behind.length);
  for (const [name, number] of before) replyNumber(reply, name, number);
  for (const { db, main, expires } of tables) {
    reply.text(`db.${db}`);
    reply.map(3);
    replyNumber(reply, 'overhead.hashtable.main', main);
    replyNumber(reply, 'overhead.hashtable.expires', expires);
    replyNumber(reply, 'overhead.hashtable.slot-to-keys', 0);
  }
  for (const [name, number, kind] of behind) {
    if (kind === undefined) {
      replyNumber(reply, name, number);
      continue;
    }
    reply.text(name);
    reply.double(formatDouble(number));
  }
}

function replyNumber(reply: Context['reply'], name: string, number: number): void {
  reply.text(name);
  reply.integer(number);
}
