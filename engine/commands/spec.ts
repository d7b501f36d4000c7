import type { Args } from '../args.ts';
import type { Context } from './context.ts';

/** What a command does with a key, in the words of `COMMAND INFO`. */
export type KeyFlag = 'RO' | 'RW' | 'OW' | 'RM' | 'access' | 'update' | 'insert' | 'delete' | 'variable_flags';

export type ArgumentType =
  'key' | 'string' | 'integer' | 'double' | 'pattern' | 'unix-time' | 'pure-token' | 'oneof' | 'block';

/** One argument of a command's grammar, in the terms of `COMMAND DOCS`. `grammar.ts` makes them. */
export interface Argument {
  readonly name: string;
  readonly type: ArgumentType;
  /** The word that stands before the argument, or, for a pure token, is the argument. */
  readonly token?: string;
  readonly optional?: boolean;
  /** May stand several times. */
  readonly multiple?: boolean;
  readonly since?: string;
  readonly deprecatedSince?: string;
  /** Of a key: what the command does with it. */
  readonly keyFlags?: readonly KeyFlag[];
  /** Of a `block` in their order, of a `oneof` to choose from. */
  readonly arguments?: readonly Argument[];
}

/** What is true of a command beyond its grammar, in the words of `COMMAND INFO`. */
export type CommandFlag =
  | 'write'
  | 'readonly'
  | 'denyoom'
  | 'admin'
  | 'noscript'
  | 'loading'
  | 'stale'
  | 'skip_slowlog'
  | 'fast'
  | 'no_auth'
  | 'no_multi'
  | 'allow_busy';

export type CommandGroup = 'generic' | 'string' | 'connection' | 'server' | 'transactions';

export type Handler = (context: Context, args: Args) => void;

/** A command's fact sheet and its handler: one block in its group's file. */
export interface CommandSpec {
  readonly name: string;
  readonly group: CommandGroup;
  readonly since: string;
  /** One sentence of our own. */
  readonly summary: string;
  readonly complexity?: string;
  readonly flags: readonly CommandFlag[];
  /** The ACL categories that do not follow from group and flags. */
  readonly categories?: readonly string[];
  readonly tips?: readonly string[];
  /** What changed later, by the version that changed it. */
  readonly history?: readonly (readonly [version: string, change: string])[];
  readonly docFlags?: readonly ('deprecated' | 'syscmd')[];
  readonly deprecatedSince?: string;
  readonly replacedBy?: string;
  readonly arguments: readonly Argument[];
  /** Where Redis takes more, or fewer, words than its grammar says. */
  readonly arity?: number;
  /** How HELP writes the arguments where that is clearer than the grammar. */
  readonly usage?: string;
  /** Lines as typed; a test runs every one of them. */
  readonly examples: readonly string[];
  /** Runs at once inside a transaction, where all else is queued. */
  readonly isImmediate?: boolean;
  /** Refused unless `enable-debug-command` allows it. */
  readonly isProtected?: boolean;
  /** What a call does with its keys, where that depends on its options. The words from `first` on are the call. */
  readonly keyFlagsOf?: (args: Args, first: number) => readonly KeyFlag[];
  /** Commands of two words: `CLIENT ID`. They get a HELP of their own. */
  readonly subcommands?: readonly CommandSpec[];
  /** Since when the container has HELP. */
  readonly helpSince?: string;
  readonly handler?: Handler;
}
