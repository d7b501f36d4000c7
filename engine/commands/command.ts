import type { CommandSpec, Handler } from './spec.ts';

/** A command as the engine runs it: its fact sheet, and what was derived from the grammar once. */
export interface Command {
  readonly spec: CommandSpec;
  /** In lower case; of a subcommand with its container: `client|id`. */
  readonly fullName: string;
  /** The number of arguments, the name included; negative when it is a minimum. */
  readonly arity: number;
  readonly handler: Handler | null;
  readonly isWrite: boolean;
  readonly isDenyOom: boolean;
  readonly isNoAuth: boolean;
  readonly isNoMulti: boolean;
  /** By their names in lower case, for a container. */
  readonly subcommands: ReadonlyMap<string, Command> | null;
  // For INFO commandstats.
  calls: number;
  rejected: number;
  failed: number;
}
