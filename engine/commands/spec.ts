import type { Args } from '../args.ts';
import type { Context } from './context.ts';

/** One argument of a command's grammar, in the terms of `COMMAND DOCS`. */
export interface Argument {
  readonly name: string;
  readonly type:
    | 'key'
    | 'string'
    | 'integer'
    | 'double'
    | 'pattern'
    | 'unix-time'
    | 'pure-token'
    | 'oneof'
    | 'block';
  /** The word that stands before the argument, or, for a pure token, is the argument. */
  readonly token?: string;
  readonly optional?: boolean;
  /** May stand several times; with `multipleToken` its token stands each time too. */
  readonly multiple?: boolean;
  readonly multipleToken?: boolean;
  readonly since?: string;
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
  | 'skip_monitor'
  | 'skip_slowlog'
  | 'fast'
  | 'no_auth'
  | 'no_multi'
  | 'allow_busy'
  | 'no_async_loading'
  | 'movablekeys'
  | 'pubsub'
  | 'blocking'
  | 'no_mandatory_keys';

export type CommandGroup = 'generic' | 'string' | 'connection' | 'server' | 'transactions';

export type Handler = (context: Context, args: Args) => void;

/** A command's fact sheet and its handler: one block in its group's file. */
export interface CommandSpec {
  readonly name: string;
  readonly group: CommandGroup;
  readonly since: string;
  /** One sentence of our own. */
  readonly summary: string;
  readonly complexity: string;
  readonly flags: readonly CommandFlag[];
  /** The ACL categories that do not follow from group and flags. */
  readonly categories?: readonly string[];
  readonly tips?: readonly string[];
  readonly arguments: readonly Argument[];
  /** Lines as typed; a test runs every one of them. */
  readonly examples: readonly string[];
  /** Commands of two words: `CLIENT ID`. The container itself then has no handler. */
  readonly subcommands?: readonly CommandSpec[];
  readonly handler?: Handler;
}
