import type { Args } from '../args.ts';
import { CommandError } from '../errors.ts';
import type { Reply } from '../reply.ts';
import { replyWords } from './command-docs.ts';
import { keyPlaces } from './key-places.ts';
import type { CommandTable, Command, KeySpec } from './contract.ts';

/** A command as COMMAND INFO describes it: ten fields without names. */
export function replyInfo(reply: Reply, command: Command): void {
  const [first, last, step] = keyRange(command);
  reply.array(10);
  reply.text(command.fullName);
  reply.integer(command.arity);
  replyWords(reply, command.flags);
  reply.integer(first);
  reply.integer(last);
  reply.integer(step);
  replyWords(reply, command.categories);
  replyTips(reply, command.spec.tips ?? []);
  reply.set(command.keySpecs.length);
  for (const keySpec of command.keySpecs) replyKeySpec(reply, keySpec);
  const subcommands = [...(command.subcommands?.values() ?? [])];
  reply.set(subcommands.length);
  for (const subcommand of subcommands) replyInfo(reply, subcommand);
}

/** First key, last key and step, which is how Redis told it before there were key specs. */
function keyRange({ keySpecs }: Command): readonly [first: number, last: number, step: number] {
  const ranges = keySpecs.filter(({ isCounted, isUnknown }) => !isCounted && !isUnknown);
  const first = ranges.at(0);
  const last = ranges.at(-1);
  if (!first || !last) return [0, 0, 0];
  return [first.index, last.lastKey < 0 ? last.lastKey : last.index + last.lastKey, first.step];
}

function replyTips(reply: Reply, tips: readonly string[]): void {
  reply.set(tips.length);
  for (const tip of tips) reply.text(tip);
}

const VARIABLE = 'variable_flags';

function replyKeySpec(reply: Reply, { flags, index, lastKey, step, isCounted, isUnknown }: KeySpec): void {
  const isVariable = flags.includes(VARIABLE);
  reply.map(isVariable ? 4 : 3);
  if (isVariable) {
    reply.text('notes');
    reply.text('Which of these hold depends on the options.');
  }
  reply.text('flags');
  replyWords(reply, flags);
  if (isUnknown) {
    replySearch(reply, 'begin_search', 'unknown', []);
    replySearch(reply, 'find_keys', 'unknown', []);
    return;
  }
  replySearch(reply, 'begin_search', 'index', [['index', index]]);
  if (isCounted) {
    replySearch(reply, 'find_keys', 'keynum', [
      ['keynumidx', 0],
      ['firstkey', 1],
      ['keystep', step],
    ]);
    return;
  }
  replySearch(reply, 'find_keys', 'range', [
    ['lastkey', lastKey],
    ['keystep', step],
    ['limit', 0],
  ]);
}

function replySearch(reply: Reply, name: string, type: string, numbers: readonly (readonly [string, number])[]): void {
  reply.text(name);
  reply.map(2);
  reply.text('type');
  reply.text(type);
  reply.text('spec');
  reply.map(numbers.length);
  for (const [number, value] of numbers) {
    reply.text(number);
    reply.integer(value);
  }
}

/** COMMAND GETKEYS and GETKEYSANDFLAGS: the keys of the command line that starts at argument 2. */
export function replyKeys(reply: Reply, registry: CommandTable, args: Args, withFlags: boolean): void {
  const command = commandAt(registry, args);
  if (command === null) throw new CommandError('ERR Invalid command specified');
  // A channel of a shard goes where a key of its name would, and is none.
  if (command.keySpecs.every(({ flags }) => flags.includes('not_key')))
    throw new CommandError('ERR The command has no key arguments');
  const words = args.count - FIRST;
  const { arity } = command;
  if (arity > 0 ? words !== arity : words < -arity) {
    throw new CommandError('ERR Invalid number of arguments specified for command');
  }
  const keys = keyPlaces(command, args, FIRST);
  if (keys === null) throw new CommandError(INVALID_ARGUMENTS);
  reply.array(keys.length);
  for (const { place, flags } of keys) {
    if (withFlags) reply.array(2);
    reply.bulk(args.bytes, args.starts[place], args.ends[place]);
    if (withFlags) replyWords(reply, flags);
  }
}

const FIRST = 2;

const INVALID_ARGUMENTS = 'ERR Invalid arguments specified for command';

function commandAt(registry: CommandTable, args: Args): Command | null {
  const command = registry.find(args.bytes, args.starts[FIRST], args.ends[FIRST]);
  if (!command?.subcommands || args.count === FIRST + 1) return command;
  return command.subcommands.get(args.latin1(FIRST + 1).toLowerCase()) ?? null;
}
