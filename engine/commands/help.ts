import type { Argument, CommandSpec } from './contract.ts';

/** The HELP of a container: one line for each of its commands, and what it does. */
export function helpFor(container: CommandSpec, subcommands: readonly CommandSpec[]): CommandSpec {
  const help: CommandSpec = {
    name: 'help',
    group: container.group,
    since: container.helpSince ?? container.since,
    summary: `Lists what ${container.name.toUpperCase()} can do.`,
    complexity: 'O(1)',
    flags: ['loading', 'stale'],
    ...(container.categories ? { categories: container.categories } : {}),
    arguments: [],
    examples: [`${container.name.toUpperCase()} HELP`],
    handler({ reply }) {
      const lines = helpLines(container.name, [...subcommands, help]);
      reply.array(lines.length);
      for (const line of lines) reply.simple(line);
    },
  };
  return help;
}

/** The lines of a HELP, in the form that clients know. */
export function helpLines(
  container: string,
  commands: readonly Pick<CommandSpec, 'name' | 'usage' | 'arguments' | 'summary'>[],
): string[] {
  const title = `${container.toUpperCase()} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:`;
  return [
    title,
    ...commands.flatMap((command) => {
      const usage = command.usage ?? command.arguments.map(usageOf).join(' ');
      return [`${command.name.toUpperCase()} ${usage}`.trimEnd(), `    ${command.summary}`];
    }),
  ];
}

/** `<key>`, `[SAMPLES <count>]`, `(ON|OFF)`, `<key> [<key> ...]`. */
function usageOf(argument: Argument): string {
  const one = usageOfOne(argument);
  const all = argument.multiple === true ? `${one} [${one} ...]` : one;
  return argument.optional === true ? `[${all}]` : all;
}

function usageOfOne(argument: Argument): string {
  const inner = argument.arguments ?? [];
  const token = argument.token === undefined ? '' : `${argument.token} `;
  switch (argument.type) {
    case 'pure-token':
      return argument.token ?? argument.name;
    case 'oneof':
      return `${token}(${inner.map(usageOfOne).join('|')})`;
    case 'block':
      return token + inner.map(usageOf).join(' ');
    default:
      return `${token}<${argument.name}>`;
  }
}
