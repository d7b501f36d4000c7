import type { Args } from '../args.ts';
import { parseMemory } from '../memory/sizes.ts';
import { CommandError } from '../errors.ts';
import { Glob } from '../keyspace/glob.ts';
import { LIST_PLAIN_BYTES } from '../keyspace/limits.ts';
import { ascii } from '../memory/bytes.ts';
import type { Context } from './contract.ts';
import type { DebugCommand } from './debug-contract.ts';
import { tableStatistics } from './debug-values.ts';
import { integer, oneOf, string, word } from './grammar.ts';

/** What DEBUG does with the server as a whole. */
export const DEBUG_SERVER: readonly DebugCommand[] = [
  {
    name: 'change-repl-id',
    arguments: [],
    summary: 'Gives the server another replication id.',
    run({ reply, server }) {
      server.changeReplicationId();
      reply.ok();
    },
  },
  {
    name: 'error',
    arguments: [string('message')],
    summary: 'Replies with an error of these words.',
    run({ reply }, args) {
      reply.error(args.latin1(2));
    },
  },
  {
    name: 'htstats',
    arguments: [integer('dbid')],
    summary: 'Tells how the keys of a database are spread over its buckets.',
    run({ keyspace, reply }, args) {
      const index = args.integer(2);
      if (index < 0 || index >= keyspace.databases.length) throw new CommandError('ERR Out of range database');
      const { keys, deadlines } = keyspace.databases[index];
      const lines = ['[Dictionary HT]', ...tableStatistics(keys)];
      reply.verbatim('txt', `${[...lines, '[Deadlines]', ` number of elements: ${deadlines.length}`].join('\n')}\n`);
    },
  },
  {
    name: 'protocol',
    arguments: [string('type')],
    summary:
      'Replies with something of this type: string, integer, double, bignum, null, array, set, map, attrib, push, verbatim, true or false.',
    run: showProtocol,
  },
  {
    name: 'quicklist-packed-threshold',
    arguments: [string('size')],
    summary: 'Sets from how many bytes on an element of a list has a node to itself; 0 is as it was.',
    run({ keyspace, reply }, args) {
      const bytes = parseMemory(args.latin1(2));
      if (bytes === null || bytes < 0 || bytes > HIGHEST_PLAIN_BYTES)
        throw new CommandError('ERR argument must be a memory value bigger than 1 and smaller than 4gb');
      keyspace.limits.listPlainBytes = bytes === 0 ? LIST_PLAIN_BYTES : bytes;
      reply.ok();
    },
  },
  {
    name: 'set-active-expire',
    arguments: [oneOf('active', word('0'), word('1'))],
    usage: '<0|1>',
    summary: 'Sets whether keys go when their time has come, or only when somebody looks at them.',
    run({ reply, server }, args) {
      server.setActiveExpire(isOn(args, 2));
      reply.ok();
    },
  },
  {
    name: 'set-skip-checksum-validation',
    arguments: [oneOf('skips', word('0'), word('1'))],
    usage: '<0|1>',
    summary: 'Sets whether RESTORE takes a payload whose checksum is wrong.',
    run({ reply, server }, args) {
      server.setChecksDumps(!isOn(args, 2));
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
  {
    name: 'stringmatch-test',
    arguments: [],
    summary: 'Holds random texts against random patterns, to see whether that ever goes wrong.',
    run({ reply, server }) {
      const draw = (): Uint8Array => Uint8Array.from({ length: (server.chance() >>> 0) % 20 }, () => server.chance());
      for (let round = 0; round < MATCHES; round++) {
        const text = draw();
        new Glob(draw()).matches(text, 0, text.length);
      }
      reply.simple('Apparently Redis did not crash: test passed');
    },
  },
];

const MATCHES = 10_000;
/** A little less than four gibibytes. */
const HIGHEST_PLAIN_BYTES = 2 ** 32 - 2 ** 20;

/** Whatever is no number counts as 0. */
function isOn(args: Args, index: number): boolean {
  return Number.parseInt(args.latin1(index), 10) > 0;
}

function showProtocol({ reply }: Context, args: Args): void {
  const show = PROTOCOL_TYPES.get(args.latin1(2).toLowerCase());
  if (show === undefined)
    throw new CommandError(
      'ERR Wrong protocol type name. Please use one of the following: ' +
        'string|integer|double|bignum|null|array|set|map|attrib|push|verbatim|true|false',
    );
  show(reply);
}

type Show = (reply: Context['reply']) => void;

function numbers(reply: Context['reply']): void {
  for (let i = 0; i < 3; i++) reply.integer(i);
}

const PROTOCOL_TYPES: ReadonlyMap<string, Show> = new Map<string, Show>([
  [
    'string',
    (reply) => {
      reply.text('Hello World');
    },
  ],
  [
    'integer',
    (reply) => {
      reply.integer(12345);
    },
  ],
  [
    'double',
    (reply) => {
      reply.double('3.141');
    },
  ],
  [
    'bignum',
    (reply) => {
      const digits = '1234567999999999999999999999999999999';
      if (reply.protocol === 3) reply.raw(ascii(`(${digits}\r\n`));
      else reply.text(digits);
    },
  ],
  [
    'null',
    (reply) => {
      reply.null();
    },
  ],
  [
    'array',
    (reply) => {
      reply.array(3);
      numbers(reply);
    },
  ],
  [
    'set',
    (reply) => {
      reply.set(3);
      numbers(reply);
    },
  ],
  [
    'map',
    (reply) => {
      reply.map(3);
      for (let i = 0; i < 3; i++) {
        reply.integer(i);
        reply.boolean(i === 1);
      }
    },
  ],
  [
    'attrib',
    (reply) => {
      if (reply.protocol === 3) {
        reply.raw(ascii('|1\r\n'));
        reply.text('key-popularity');
        reply.array(2);
        reply.text('key:123');
        reply.integer(90);
      }
      reply.text('Some real reply following the attribute');
    },
  ],
  [
    'push',
    (reply) => {
      if (reply.protocol === 2) throw new CommandError('ERR RESP2 is not supported by this command');
      reply.push(2);
      reply.text('server-cpu-usage');
      reply.integer(42);
      // A push answers nobody: who asked still waits for a reply.
      reply.text('Some real reply following the push reply');
    },
  ],
  [
    'verbatim',
    (reply) => {
      reply.verbatim('txt', 'This is a verbatim\nstring');
    },
  ],
  [
    'true',
    (reply) => {
      reply.boolean(true);
    },
  ],
  [
    'false',
    (reply) => {
      reply.boolean(false);
    },
  ],
]);
