import { itemsOf, pairsOf, textOf } from '../../engine/client/reply.ts';
import type { Reply } from '../../engine/client/reply.ts';

/**
 * What a server says about its commands in `COMMAND DOCS`, as plain data. Hints, completion and help know commands
 * from here alone, so that they are right for any server, this page's own or another.
 */
export interface CommandDoc {
  /** As it is typed and shown: `GET`, `CLIENT ID`. */
  readonly name: string;
  readonly summary: string;
  readonly since: string;
  readonly group: string;
  readonly complexity: string;
  readonly arguments: readonly ArgumentDoc[];
  /** By their own word in lower case: `id` for `CLIENT ID`. */
  readonly subcommands: ReadonlyMap<string, CommandDoc>;
}

export interface ArgumentDoc {
  readonly name: string;
  readonly type: string;
  /** The word that must be typed: before the value, or alone for a `pure-token`. */
  readonly token: string | null;
  readonly optional: boolean;
  readonly multiple: boolean;
  /** Whether the token is typed again before each repetition. */
  readonly multipleToken: boolean;
  readonly arguments: readonly ArgumentDoc[];
}

/** By name in lower case, in the order of the names. */
export type CommandDocs = ReadonlyMap<string, CommandDoc>;

export const NO_DOCS: CommandDocs = new Map();

/** Reads the reply to `COMMAND DOCS`, of RESP2 or RESP3. What a server leaves out is empty; unknown fields are skipped. */
export function readCommandDocs(reply: Reply): CommandDocs {
  return readDocs(reply, '');
}

/** The groups that the commands belong to, in order. */
export function groupsOf(docs: CommandDocs): string[] {
  return [...new Set([...docs.values()].map(({ group }) => group).filter((group) => group !== ''))].sort();
}

/** All commands and subcommands, each container before its own. */
export function allCommands(docs: CommandDocs): CommandDoc[] {
  return [...docs.values()].flatMap((doc) => [doc, ...doc.subcommands.values()]);
}

/** The command that these words begin with, and how many of them are its name. */
export function findCommand(docs: CommandDocs, words: readonly string[]): { doc: CommandDoc; words: number } | null {
  const [first, second] = words;
  const doc = first === undefined ? undefined : docs.get(first.toLowerCase());
  if (!doc) return null;
  const subcommand = second === undefined ? undefined : doc.subcommands.get(second.toLowerCase());
  return subcommand ? { doc: subcommand, words: 2 } : { doc, words: 1 };
}

function readDocs(reply: Reply | undefined, container: string): Map<string, CommandDoc> {
  const docs = pairsOf(reply).map(([name, facts]): [string, CommandDoc] => {
    // A subcommand is announced as `client|id`.
    const word = (textOf(name) ?? '').split('|').at(-1) ?? '';
    return [word.toLowerCase(), readDoc(`${container}${word.toUpperCase()}`, facts)];
  });
  return new Map(docs.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function readDoc(name: string, facts: Reply): CommandDoc {
  const fields = fieldsOf(facts);
  return {
    name,
    summary: textOf(fields.get('summary')) ?? '',
    since: textOf(fields.get('since')) ?? '',
    group: textOf(fields.get('group')) ?? '',
    complexity: textOf(fields.get('complexity')) ?? '',
    arguments: itemsOf(fields.get('arguments')).map(readArgument),
    subcommands: readDocs(fields.get('subcommands'), `${name} `),
  };
}

function readArgument(reply: Reply): ArgumentDoc {
  const fields = fieldsOf(reply);
  const flags = new Set(itemsOf(fields.get('flags')).map(textOf));
  return {
    name: textOf(fields.get('display_text')) ?? textOf(fields.get('name')) ?? '',
    type: textOf(fields.get('type')) ?? 'string',
    token: textOf(fields.get('token')),
    optional: flags.has('optional'),
    multiple: flags.has('multiple'),
    multipleToken: flags.has('multiple_token'),
    arguments: itemsOf(fields.get('arguments')).map(readArgument),
  };
}

function fieldsOf(reply: Reply): Map<string, Reply> {
  return new Map(pairsOf(reply).map(([key, value]) => [textOf(key) ?? '', value]));
}
