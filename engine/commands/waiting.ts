/** What commands that wait have in common, whatever they wait for. */
import type { Args } from '../args.ts';
import { CommandError } from '../errors.ts';
import { parseInt64 } from '../memory/numbers.ts';
import { NONE, type Ref } from '../memory/arena.ts';
import { writeKey } from './checks.ts';
import type { CommandSpec, Context } from './contract.ts';

const TOO_LONG_MS = 2 ** 63;

/** A timeout in seconds at an argument, as the time at which it is over; 0 when it never is. */
export function deadlineAt({ server }: Context, args: Args, index: number): number {
  const timeoutMs = Math.ceil(args.double(index, 'ERR timeout is not a float or out of range') * 1000);
  const whole = parseInt64(args.bytes, args.starts[index], args.ends[index]);
  // What does not fit 64 bits is negative to Redis, which reckons with more digits than a double has.
  const isTooLong = whole === null ? timeoutMs >= TOO_LONG_MS : whole * 1000n >= BigInt(TOO_LONG_MS);
  if (timeoutMs < 0 || isTooLong) throw new CommandError('ERR timeout is negative');
  return timeoutMs > 0 ? Math.floor(server.nowMs) + timeoutMs : 0;
}

/** Takes something from a value that is there, replies with it, and says what is logged. */
export type Take = (context: Context, args: Args, index: number, entry: Ref) => void;

/** What a command does with keys and a timeout behind them: it takes from the first that there is, or waits for one. */
export function takeOrWait(type: number, take: Take): Required<Pick<CommandSpec, 'handler' | 'serve'>> {
  return {
    handler(context, args) {
      const last = args.count - 1;
      const deadlineMs = deadlineAt(context, args, last);
      for (let i = 1; i < last; i++) {
        const entry = writeKey(context, args, i, type);
        if (entry === NONE) continue;
        take(context, args, i, entry);
        return;
      }
      waitForKeys(context, args, { type, firstKey: 1, endKey: last, deadlineMs });
    },
    serve(context, args, index) {
      take(context, args, index, writeKey(context, args, index, type));
    },
  };
}

/**
 * Nothing was there: lets the client wait until one of the keys `[firstKey, endKey)` is of the type, when the command's
 * `serve` is called. Inside a transaction nobody waits, and nothing is what there is.
 */
export function waitForKeys(
  context: Context,
  args: Args,
  wait: { readonly type: number; readonly firstKey: number; readonly endKey: number; readonly deadlineMs: number },
): void {
  const { server, session, db, command, reply } = context;
  if (server.mayWait())
    server.wait(session, { ...wait, fullName: command.fullName, args: args.detach(), db: db.index });
  else if (command.spec.nothing === 'null') reply.null();
  else reply.nullArray();
}
