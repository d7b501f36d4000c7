import type { Reply } from '../reply.ts';
import type { Argument, Command } from './contract.ts';

/** A command as COMMAND DOCS describes it. Clients make their hints and completions from this. */
function replyDocs(reply: Reply, command: Command): void {
  const { spec } = command;
  const fields: (readonly [string, () => void])[] = [
    ['summary', () => reply.text(spec.summary)],
    ['since', () => reply.text(spec.since)],
    ['group', () => reply.text(spec.group)],
  ];
  const { complexity, history, docFlags, deprecatedSince, replacedBy } = spec;
  if (complexity !== undefined) fields.push(['complexity', () => reply.text(complexity)]);
  if (history) fields.push(['history', () => replyHistory(reply, history)]);
  if (docFlags) fields.push(['doc_flags', () => replyWords(reply, docFlags)]);
  if (deprecatedSince !== undefined) fields.push(['deprecated_since', () => reply.text(deprecatedSince)]);
  if (replacedBy !== undefined) fields.push(['replaced_by', () => reply.text(replacedBy)]);
  if (spec.arguments.length > 0) fields.push(['arguments', () => replyArguments(reply, spec.arguments, { keys: 0 })]);
  const { subcommands } = command;
  if (subcommands) fields.push(['subcommands', () => replyAllDocs(reply, [...subcommands.values()])]);
  replyFields(reply, fields);
}

/** The documentation of several commands, by their names. */
export function replyAllDocs(reply: Reply, commands: readonly Command[]): void {
  reply.map(commands.length);
  for (const command of commands) {
    reply.text(command.fullName);
    replyDocs(reply, command);
  }
}

function replyHistory(reply: Reply, history: readonly (readonly [string, string])[]): void {
  reply.set(history.length);
  for (const [version, change] of history) {
    reply.array(2);
    reply.text(version);
    reply.text(change);
  }
}

/** `seen` counts the keys, whose places COMMAND INFO tells in the same order. */
function replyArguments(reply: Reply, list: readonly Argument[], seen: { keys: number }): void {
  reply.array(list.length);
  for (const argument of list) replyArgument(reply, argument, seen);
}

function replyArgument(reply: Reply, argument: Argument, seen: { keys: number }): void {
  const { name, type, token, since, deprecatedSince } = argument;
  const fields: (readonly [string, () => void])[] = [
    ['name', () => reply.text(name)],
    ['type', () => reply.text(type)],
  ];
  const isTold = argument.joinsKey === true || argument.findKeys === 'told';
  if (type === 'key' || argument.findKeys !== undefined)
    fields.push(['key_spec_index', () => reply.integer(isTold ? seen.keys - 1 : seen.keys++)]);
  if (token !== undefined) fields.push(['token', () => reply.text(token)]);
  if (since !== undefined) fields.push(['since', () => reply.text(since)]);
  if (deprecatedSince !== undefined) fields.push(['deprecated_since', () => reply.text(deprecatedSince)]);
  const flags: string[] = (['optional', 'multiple'] as const).filter((flag) => argument[flag] === true);
  if (argument.multipleToken === true) flags.push('multiple_token');
  if (flags.length > 0) fields.push(['flags', () => replyWords(reply, flags)]);
  const inner = argument.arguments;
  if (inner) fields.push(['arguments', () => replyArguments(reply, inner, seen)]);
  replyFields(reply, fields);
}

function replyFields(reply: Reply, fields: readonly (readonly [string, () => void])[]): void {
  reply.map(fields.length);
  for (const [name, replyValue] of fields) {
    reply.text(name);
    replyValue();
  }
}

export function replyWords(reply: Reply, words: readonly string[]): void {
  reply.set(words.length);
  for (const one of words) reply.simple(one);
}
