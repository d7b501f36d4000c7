import type { Command } from './command.ts';
import type { Argument, CommandSpec } from './spec.ts';

/** What follows from a fact sheet, worked out once. */
export function toCommand(spec: CommandSpec, container?: CommandSpec): Command {
  const flags = new Set(spec.flags);
  return {
    spec,
    fullName: container ? `${container.name}|${spec.name}` : spec.name,
    arity: arityOf(spec, container !== undefined),
    handler: spec.handler ?? null,
    isWrite: flags.has('write'),
    isDenyOom: flags.has('denyoom'),
    isNoAuth: flags.has('no_auth'),
    isNoMulti: flags.has('no_multi') || spec.name === 'exec' || spec.name === 'discard' || spec.name === 'reset' || spec.name === 'quit',
    subcommands: spec.subcommands ? new Map(spec.subcommands.map((sub) => [sub.name, toCommand(sub, spec)])) : null,
    calls: 0,
    rejected: 0,
    failed: 0,
  };
}

/** The number of words a call has; negative when that is the least and more may come. */
export function arityOf(spec: CommandSpec, isSubcommand: boolean): number {
  if (spec.subcommands) return -2;
  const least = spec.arguments.reduce((total, argument) => total + leastWords(argument), isSubcommand ? 2 : 1);
  return spec.arguments.some(isOpen) ? -least : least;
}

function leastWords(argument: Argument): number {
  if (argument.optional === true) return 0;
  const token = argument.token !== undefined && argument.type !== 'pure-token' ? 1 : 0;
  const inner = argument.arguments ?? [];
  if (argument.type === 'block') return token + inner.reduce((total, part) => total + leastWords(part), 0);
  if (argument.type === 'oneof') return token + Math.min(...inner.map(leastWords));
  return token + 1;
}

/** Whether the number of words can vary. */
function isOpen(argument: Argument): boolean {
  if (argument.optional === true || argument.multiple === true) return true;
  const inner = argument.arguments ?? [];
  if (inner.some(isOpen)) return true;
  return argument.type === 'oneof' && new Set(inner.map(leastWords)).size > 1;
}
