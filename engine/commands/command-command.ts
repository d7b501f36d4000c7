import type { Args } from '../args.ts';
import { CommandError, SYNTAX_ERROR } from '../errors.ts';
import { Glob } from '../keyspace/glob.ts';
import { replyAllDocs } from './command-docs.ts';
import { replyInfo, replyKeys } from './command-info.ts';
import type { Command, CommandFlag, CommandSpec, Context } from './contract.ts';
import { behind, multiple, oneOf, optional, pattern, string } from './grammar.ts';

const FLAGS: readonly CommandFlag[] = ['loading', 'stale'];
const CATEGORIES = ['connection'];
const UNORDERED = ['nondeterministic_output_order'];

/** What the server says about its commands. */
export const COMMAND: CommandSpec = {
  name: 'command',
  group: 'server',
  since: '2.8.13',
  summary: 'Describes all commands.',
  complexity: 'O(N)',
  flags: FLAGS,
  categories: CATEGORIES,
  tips: UNORDERED,
  arguments: [],
  examples: ['COMMAND'],
  helpSince: '5.0.0',
  handler({ reply, registry }) {
    replyInfos(reply, registry.all());
  },
  subcommands: [
    {
      name: 'count',
      group: 'server',
      since: '2.8.13',
      summary: 'Counts the commands.',
      complexity: 'O(1)',
      flags: FLAGS,
      categories: CATEGORIES,
      arguments: [],
      examples: ['COMMAND COUNT'],
      handler({ reply, registry }) {
        reply.integer(registry.all().length);
      },
    },
    {
      name: 'docs',
      group: 'server',
      since: '7.0.0',
      summary: 'Tells what commands are for and how they are written.',
      complexity: 'O(N)',
      flags: FLAGS,
      categories: CATEGORIES,
      tips: UNORDERED,
      arguments: [optional(multiple(string('command-name')))],
      examples: ['COMMAND DOCS get set'],
      handler({ reply, registry }, args) {
        const named = namesOf(args).flatMap((name) => registry.byName(name) ?? []);
        replyAllDocs(reply, args.count === 2 ? registry.all() : named);
      },
    },
    {
      name: 'getkeys',
      group: 'server',
      since: '2.8.13',
      summary: 'Finds the keys in a command line.',
      complexity: 'O(N)',
      flags: FLAGS,
      categories: CATEGORIES,
      arguments: [string('command'), multiple(string('arg'))],
      usage: '<full-command>',
      examples: ['COMMAND GETKEYS MSET one 1 two 2'],
      handler({ reply, registry }, args) {
        replyKeys(reply, registry, args, false);
      },
    },
    {
      name: 'getkeysandflags',
      group: 'server',
      since: '7.0.0',
      summary: 'Finds the keys in a command line, and tells what is done with each.',
      complexity: 'O(N)',
      flags: FLAGS,
      categories: CATEGORIES,
      arguments: [string('command'), multiple(string('arg'))],
      usage: '<full-command>',
      examples: ['COMMAND GETKEYSANDFLAGS SET greeting hello'],
      handler({ reply, registry }, args) {
        replyKeys(reply, registry, args, true);
      },
    },
    {
      name: 'info',
      group: 'server',
      since: '2.8.13',
      summary: 'Describes commands by their arity, their flags and where their keys are.',
      complexity: 'O(N)',
      flags: FLAGS,
      categories: CATEGORIES,
      tips: UNORDERED,
      history: [['7.0.0', 'Describes all commands when none is named, and subcommands too.']],
      arguments: [optional(multiple(string('command-name')))],
      examples: ['COMMAND INFO get set'],
      handler({ reply, registry }, args) {
        replyInfos(reply, args.count === 2 ? registry.all() : namesOf(args).map((name) => registry.byName(name)));
      },
    },
    {
      name: 'list',
      group: 'server',
      since: '7.0.0',
      summary: 'Lists the names of the commands, or of some of them.',
      complexity: 'O(N)',
      flags: FLAGS,
      categories: CATEGORIES,
      tips: UNORDERED,
      arguments: [
        optional(
          behind(
            'FILTERBY',
            oneOf(
              'filterby',
              string('module-name', 'MODULE'),
              string('category', 'ACLCAT'),
              pattern('pattern', 'PATTERN'),
            ),
          ),
        ),
      ],
      examples: ['COMMAND LIST', 'COMMAND LIST FILTERBY PATTERN *get*'],
      handler: list,
    },
  ],
};

function namesOf(args: Args): string[] {
  return Array.from({ length: args.count - 2 }, (_, i) => args.latin1(i + 2));
}

function replyInfos(reply: Context['reply'], commands: readonly (Command | null)[]): void {
  reply.array(commands.length);
  for (const command of commands) {
    if (command === null) reply.null();
    else replyInfo(reply, command);
  }
}

function list({ reply, registry }: Context, args: Args): void {
  const found = args.count === 2 ? registry.all() : [...registry.everyOne()].filter(filterOf(args));
  reply.array(found.length);
  for (const { fullName } of found) reply.text(fullName);
}

function filterOf(args: Args): (command: Command) => boolean {
  if (args.count === 5 && args.is(2, 'FILTERBY')) {
    // There are no modules.
    if (args.is(3, 'MODULE')) return () => false;
    if (args.is(3, 'ACLCAT')) {
      const category = `@${args.latin1(4).toLowerCase()}`;
      return (command) => command.categories.includes(category);
    }
    if (args.is(3, 'PATTERN')) {
      const glob = new Glob(args.copy(4), true);
      return (command) => glob.isEverything || glob.matchesText(command.fullName);
    }
  }
  throw new CommandError(SYNTAX_ERROR);
}
