/** What can be said to an exhibit: enough to be caught out. A fact sheet and a handler each, as for the real commands. */
import type { Args } from '../args.ts';
import { CommandError, SYNTAX_ERROR, wrongArity } from '../errors.ts';
import { NONE } from '../memory/arena.ts';
import type { Reply } from '../reply.ts';
import type { DynamicStrings } from '../structures/dynamic-string.ts';
import type { ExhibitTable } from './exhibit.ts';

export interface ExhibitContext {
  readonly table: ExhibitTable;
  readonly strings: DynamicStrings;
  readonly reply: Reply;
  /** The connection is to be answered in this version of the protocol from now on. */
  speak(protocol: 2 | 3): void;
}

interface ExhibitArgument {
  readonly name: string;
  readonly type: 'key' | 'string' | 'integer' | 'pattern';
  readonly flags?: readonly string[];
}

export interface ExhibitCommand {
  readonly name: string;
  readonly group: 'generic' | 'string' | 'connection' | 'server';
  readonly summary: string;
  readonly arguments: readonly ExhibitArgument[];
  /** The number of arguments, the name included; negative when it is a minimum. */
  readonly arity: number;
  readonly handler: (context: ExhibitContext, args: Args) => void;
}

const key: ExhibitArgument = { name: 'key', type: 'key' };
const keys: ExhibitArgument = { ...key, flags: ['multiple'] };

export const EXHIBIT_COMMANDS: readonly ExhibitCommand[] = [
  {
    name: 'command',
    group: 'server',
    summary: 'Tells about the commands of this exhibit.',
    arguments: [],
    arity: -1,
    handler: ({ reply }, args) => {
      if (args.count > 1 && args.is(1, 'COUNT')) reply.integer(EXHIBIT_COMMANDS.length);
      else if (args.count > 1 && args.is(1, 'DOCS')) writeDocs(reply);
      else throw new CommandError(`ERR this exhibit knows COMMAND COUNT and COMMAND DOCS`);
    },
  },
  {
    name: 'dbsize',
    group: 'server',
    summary: 'Counts the cells that are taken.',
    arguments: [],
    arity: 1,
    handler: ({ table, reply }) => {
      reply.integer(table.size);
    },
  },
  {
    name: 'del',
    group: 'generic',
    summary: 'Empties the cells that keys lead to.',
    arguments: [keys],
    arity: -2,
    handler: ({ table, reply }, args) => {
      let removed = 0;
      for (let i = 1; i < args.count; i++) if (table.remove(args.copy(i))) removed++;
      reply.integer(removed);
    },
  },
  {
    name: 'exists',
    group: 'generic',
    summary: 'Counts the keys whose cells are taken.',
    arguments: [keys],
    arity: -2,
    handler: ({ table, reply }, args) => {
      let found = 0;
      for (let i = 1; i < args.count; i++) if (table.get(args.copy(i)) !== NONE) found++;
      reply.integer(found);
    },
  },
  {
    name: 'flushall',
    group: 'server',
    summary: 'Empties every cell.',
    arguments: [],
    arity: 1,
    handler: ({ table, reply }) => {
      table.clear();
      reply.ok();
    },
  },
  {
    name: 'get',
    group: 'string',
    summary: 'Reads the cell that a key leads to.',
    arguments: [key],
    arity: 2,
    handler: ({ table, strings, reply }, args) => {
      const value = table.get(args.copy(1));
      if (value === NONE) reply.null();
      else reply.bytes(strings.copy(value));
    },
  },
  {
    name: 'hello',
    group: 'connection',
    summary: 'Agrees on a version of the protocol.',
    arguments: [{ name: 'protover', type: 'integer', flags: ['optional'] }],
    arity: -1,
    handler: ({ reply, speak }, args) => {
      if (args.count > 1) {
        const version = args.integer(1, 'ERR Protocol version is not an integer or out of range');
        if (version !== 2 && version !== 3) throw new CommandError('NOPROTO unsupported protocol version');
        speak(version);
      }
      reply.map(2);
      reply.text('server');
      reply.text('vitrine exhibit');
      reply.text('proto');
      reply.integer(reply.protocol);
    },
  },
  {
    name: 'keys',
    group: 'generic',
    summary: 'Lists the keys that the exhibit can name. The only pattern it knows is *.',
    arguments: [{ name: 'pattern', type: 'pattern' }],
    arity: 2,
    handler: ({ table, reply }, args) => {
      if (!args.is(1, '*')) throw new CommandError('ERR this exhibit lists all its keys or none: KEYS *');
      const names = table.keys();
      reply.array(names.length);
      for (const name of names) reply.bytes(name);
    },
  },
  {
    name: 'ping',
    group: 'connection',
    summary: 'Answers, so that one knows that somebody is there.',
    arguments: [{ name: 'message', type: 'string', flags: ['optional'] }],
    arity: -1,
    handler: ({ reply }, args) => {
      if (args.count > 2) throw new CommandError(wrongArity('ping'));
      if (args.count === 2) reply.bytes(args.copy(1));
      else reply.simple('PONG');
    },
  },
  {
    name: 'set',
    group: 'string',
    summary: 'Puts a value into the cell that a key leads to.',
    arguments: [key, { name: 'value', type: 'string' }],
    arity: -3,
    handler: ({ table, reply }, args) => {
      if (args.count > 3) throw new CommandError(SYNTAX_ERROR);
      table.set(args.copy(1), args.copy(2));
      reply.ok();
    },
  },
];

function writeDocs(reply: Reply): void {
  reply.map(EXHIBIT_COMMANDS.length);
  for (const command of EXHIBIT_COMMANDS) {
    const facts: [string, string][] = [
      ['summary', command.summary],
      ['since', '1.0.0'],
      ['group', command.group],
      ['complexity', 'O(1)'],
    ];
    reply.text(command.name);
    reply.map(facts.length + (command.arguments.length > 0 ? 1 : 0));
    for (const [name, text] of facts) {
      reply.text(name);
      reply.text(text);
    }
    if (command.arguments.length > 0) writeArguments(reply, command.arguments);
  }
}

function writeArguments(reply: Reply, list: readonly ExhibitArgument[]): void {
  reply.text('arguments');
  reply.array(list.length);
  for (const argument of list) {
    reply.map(argument.flags ? 3 : 2);
    reply.text('name');
    reply.text(argument.name);
    reply.text('type');
    reply.text(argument.type);
    if (!argument.flags) continue;
    reply.text('flags');
    reply.set(argument.flags.length);
    for (const flag of argument.flags) reply.simple(flag);
  }
}
