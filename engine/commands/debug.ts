import { CommandError } from '../errors.ts';
import type { CommandSpec, Context } from './contract.ts';
import type { DebugCommand } from './debug-contract.ts';
import { DEBUG_DATA } from './debug-data.ts';
import { DEBUG_SERVER } from './debug-server.ts';
import { DEBUG_VALUES } from './debug-values.ts';
import { multiple, optional, string } from './grammar.ts';
import { helpLines } from './help.ts';

const COMMANDS: readonly DebugCommand[] = [
  ...DEBUG_DATA,
  ...DEBUG_VALUES,
  ...DEBUG_SERVER,
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
    if (command === undefined || !mayHave(command, args.count - 2)) {
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

/** Whether a subcommand takes so many words. */
function mayHave({ arguments: wanted }: DebugCommand, count: number): boolean {
  const needed = wanted.filter((argument) => argument.optional !== true).length;
  const isOpen = wanted.some((argument) => argument.multiple === true);
  return count >= needed && (isOpen || count <= wanted.length);
}
