import type { Args } from '../args.ts';
import { CommandError, NO_SUCH_KEY } from '../errors.ts';
import { NONE, type Ref } from '../memory/arena.ts';
import type { Argument, Context } from './contract.ts';

/** DEBUG is no container in Redis: it has its own words for what it does not know, and its own list. */
export interface DebugCommand {
  readonly name: string;
  /** From the third word on. */
  readonly arguments: readonly Argument[];
  readonly summary: string;
  readonly usage?: string;
  run(context: Context, args: Args): void;
}

/** The entry of the key in the third word; looking at it counts as no use. */
export function debuggedKey({ db }: Context, args: Args): Ref {
  return found(db.peek(args.bytes, args.starts[2], args.ends[2]));
}

/** The same of whatever lies there, though it be past its deadline. */
export function debuggedRecord({ db }: Context, args: Args): Ref {
  return found(db.keys.find(args.bytes, args.starts[2], args.ends[2]));
}

function found(entry: Ref): Ref {
  if (entry === NONE) throw new CommandError(NO_SUCH_KEY);
  return entry;
}
