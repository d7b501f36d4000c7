/** Taking elements from an end of a list, which commands of several groups do. */
import type { Args } from '../args.ts';
import { CommandError, SYNTAX_ERROR } from '../errors.ts';
import { LIST_EVENT } from '../keyspace/events.ts';
import type { QuickList } from '../structures/quicklist.ts';
import type { Context } from './contract.ts';

export type Side = 'left' | 'right';

/** What happens to a list when something is taken from an end of it. */
export const POPPED = { left: [LIST_EVENT, 'lpop'], right: [LIST_EVENT, 'rpop'] } as const;

/** The end of a list that an argument names. */
export function sideAt(args: Args, index: number): Side {
  if (args.is(index, 'LEFT')) return 'left';
  if (args.is(index, 'RIGHT')) return 'right';
  throw new CommandError(SYNTAX_ERROR);
}

export function toEnd(list: QuickList, side: Side): void {
  if (side === 'left') list.toFirst();
  else list.toLast();
}

/** Takes so many elements out, there must be as many, and writes them into the reply, each as a bulk string. */
export function replyPopped({ keyspace, reply }: Context, list: QuickList, side: Side, count: number): void {
  for (let left = count; left > 0; left--) keyspace.lists.replyTaken(list, side === 'left', reply);
}
