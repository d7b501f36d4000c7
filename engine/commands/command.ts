import type { CommandSpec, Handler, KeyFlag } from './spec.ts';

/** Where a command's keys are, in the terms of `COMMAND INFO`: from a word on, each so many words, up to a word. */
export interface KeySpec {
  readonly flags: readonly KeyFlag[];
  /** The place of the first key, the command's own name being 0. */
  readonly index: number;
  /** The last key counted from the first; -1 is the last word. */
  readonly lastKey: number;
  readonly step: number;
}

/** A command as the engine runs it: its fact sheet, and what was derived from the grammar once. */
export interface Command {
  readonly spec: CommandSpec;
  /** In lower case; of a subcommand with its container: `client|id`. */
  readonly fullName: string;
  /** The number of arguments, the name included; negative when it is a minimum. */
  readonly arity: number;
  readonly flags: readonly string[];
  /** The ACL categories, each with its `@`. */
  readonly categories: readonly string[];
  readonly keySpecs: readonly KeySpec[];
  readonly handler: Handler | null;
  readonly isWrite: boolean;
  readonly isDenyOom: boolean;
  readonly isNoAuth: boolean;
  readonly isNoMulti: boolean;
  readonly isImmediate: boolean;
  readonly isProtected: boolean;
  /** By their names in lower case, for a container. */
  readonly subcommands: ReadonlyMap<string, Command> | null;
  // For INFO commandstats.
  calls: number;
  rejected: number;
  failed: number;
}
