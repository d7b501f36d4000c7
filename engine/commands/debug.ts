import type { Args } from '../args.ts';
import { CommandError, NO_SUCH_KEY } from '../errors.ts';
import type { Database } from '../keyspace/database.ts';
import { ENCODING_NAMES, INT, clockAt, isSlot } from '../keyspace/values.ts';
import { NONE } from '../memory/arena.ts';
import type { Argument, CommandSpec, Context } from './contract.ts';
import { integer, key, multiple, oneOf, optional, string, word } from './grammar.ts';
import { helpLines } from './help.ts';

/** DEBUG is no container in Redis: it has its own words for what it does not know, and its own list. */
interface DebugCommand {
  readonly name: string;
  readonly arguments: readonly Argument[];
  readonly summary: string;
  readonly usage?: string;
  run(context: Context, args: Args): void;
}

const COMMANDS: readonly DebugCommand[] = [
  {
    name: 'htstats',
    arguments: [integer('dbid')],
    summary: 'Tells how the keys of a database are spread over its buckets.',
    run({ keyspace, reply }, args) {
      const index = args.integer(2);
      if (index < 0 || index >= keyspace.databases.length) throw new CommandError('ERR Out of range database');
      reply.verbatim('txt', tableStatistics(keyspace.databases[index]));
    },
  },
  {
    name: 'object',
    arguments: [key('key')],
    summary: 'Tells where the value of a key lies and how it is kept.',
    run: describeObject,
  },
  {
    name: 'set-active-expire',
    arguments: [oneOf('active', word('0'), word('1'))],
    usage: '<0|1>',
    summary: 'Sets whether keys go when their time has come, or only when somebody looks at them.',
    run({ reply, server }, args) {
      server.setActiveExpire(Number.parseInt(args.latin1(2), 10) > 0);
      reply.ok();
    },
  },
  {
    name: 'sleep',
    arguments: [string('seconds')],
    summary: 'Stops the whole server for so many seconds.',
    run({ reply, server }, args) {
      // Whatever is no number counts as none.
      const seconds = Number.parseFloat(args.latin1(2));
      if (seconds > 0) server.sleep(seconds * 1000);
      reply.ok();
    },
  },
  { name: 'help', arguments: [], summary: 'Lists what DEBUG can do.', run: help },
];

const BY_NAME = new Map(COMMANDS.map((command) => [command.name, command]));

export const DEBUG: CommandSpec = {
  name: 'debug',
  group: 'server',
  since: '1.0.0',
  summary: 'Looks under the floor, for those who build and test.',
  complexity: 'Depends on subcommand.',
  flags: ['admin', 'noscript', 'loading', 'stale'],
  docFlags: ['syscmd'],
  isProtected: true,
  arguments: [string('subcommand'), optional(multiple(string('argument')))],
  examples: ['SET greeting hello', 'DEBUG OBJECT greeting', 'DEBUG HTSTATS 0', 'DEBUG SLEEP 0'],
  handler(context, args) {
    const name = args.latin1(1);
    const command = BY_NAME.get(name.toLowerCase());
    if (command?.arguments.length !== args.count - 2) {
      throw new CommandError(
        `ERR unknown subcommand or wrong number of arguments for '${name.slice(0, 128)}'. Try DEBUG HELP.`,
      );
    }
    command.run(context, args);
  },
};

function help({ reply }: Context): void {
  const lines = helpLines('debug', COMMANDS);
  reply.array(lines.length);
  for (const line of lines) reply.simple(line);
}

function describeObject({ db, reply, server }: Context, args: Args): void {
  const entry = db.peek(args.bytes, args.starts[2], args.ends[2]);
  if (entry === NONE) throw new CommandError(NO_SUCH_KEY);
  const encoding = db.encoding(entry);
  // A small integer lies in the entry itself, and what is in a slot has no one place: the entry is its nearest.
  const ref = encoding === INT || isSlot(encoding) ? entry : db.value(entry);
  const idleSeconds = db.idleSeconds(entry);
  const clock = (clockAt(server.nowMs) - idleSeconds) & 0xffffff;
  reply.simple(
    `Value at:0x${(ref * 8).toString(16)} refcount:1 encoding:${ENCODING_NAMES[encoding]} ` +
      `serializedlength:${db.typeOf(entry).serializedBytes(encoding, db.value(entry))} ` +
      `lru:${clock} lru_seconds_idle:${idleSeconds}`,
  );
}

function tableStatistics({ keys, deadlines }: Database): string {
  const tables = keys.chainLengths().flatMap((counts, which) => {
    const buckets = counts.reduce((total, count) => total + count, 0);
    if (buckets === 0) return [];
    const entries = counts.reduce((total, count, length) => total + count * length, 0);
    const used = buckets - counts[0];
    return [
      `Hash table ${which}`,
      ` table size: ${buckets}`,
      ` number of elements: ${entries}`,
      ` different slots: ${used}`,
      ` max chain length: ${counts.length - 1}`,
      ` avg chain length: ${(used === 0 ? 0 : entries / used).toFixed(2)}`,
      ' chains by length:',
      ...counts.map((count, length) => `   ${length}: ${count} (${((count / buckets) * 100).toFixed(2)}%)`),
    ];
  });
  return `${['[Dictionary HT]', ...tables, '[Deadlines]', ` number of elements: ${deadlines.length}`].join('\n')}\n`;
}
