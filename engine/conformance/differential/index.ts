/** What the script takes from here. */
import { inBrief, transcriptOf } from './keep.ts';
import type { Move } from './moves.ts';
import { play, type Difference, type PlayOptions } from './play.ts';
import { shrink } from './shrink.ts';
import type { Oracle } from './sides.ts';

export { RealServer } from './real-server.ts';
export { run } from './run.ts';

/** How long a session that is being made small waits for what may never come. */
const SHORT_PATIENCE_MS = 400;

export interface Small {
  readonly moves: readonly Move[];
  readonly difference: Difference;
  readonly transcript: string;
}

/** The smallest session that is found to differ still, as a transcript; `null` when it does not differ any more. */
export async function smallest(
  oracle: Oracle,
  sentence: string,
  moves: readonly Move[],
  given: PlayOptions = {},
): Promise<Small | null> {
  const options = { patienceMs: SHORT_PATIENCE_MS, ...given };
  const first = await play(oracle, moves, options);
  if (first.difference === null) return null;
  const wanted = commandOf(first.difference);
  // What turns up on the way with another command is another difference, and waits for its own turn.
  const fails = async (fewer: readonly Move[]): Promise<boolean> => {
    const { difference } = await play(oracle, fewer, options);
    return difference !== null && commandOf(difference) === wanted;
  };
  let small = await shrink(moves.slice(0, first.difference.move + 1), fails);
  // What only the look at all keys has shown becomes part of the session.
  const shown = await play(oracle, small, options);
  if (shown.difference !== null && shown.difference.move >= small.length) {
    const looks = [...small, ...shown.audit];
    const failsBare = async (fewer: readonly Move[]): Promise<boolean> =>
      (await play(oracle, fewer, { ...options, isAudited: false })).difference !== null;
    if (await failsBare(looks)) small = await shrink(looks, failsBare);
  }
  const { difference, heard } = await play(oracle, small, { ...options, isAudited: false, isHeard: true });
  if (difference === null) return null;
  return { moves: small, difference, transcript: transcriptOf(sentence, small, heard) };
}

function commandOf({ words }: Difference): string {
  const name = words?.[0].toLowerCase() ?? '';
  const isContainer = ['command', 'client', 'config', 'object', 'pubsub', 'memory'].includes(name);
  return isContainer ? `${name} ${words?.[1]?.toLowerCase()}` : name;
}

export function describe({ client, words, ours, real }: Difference): string {
  return `client ${client}: ${words?.join(' ') ?? '(unasked)'}\n--- the engine\n${inBrief(ours)}\n--- redis-server\n${inBrief(real)}`;
}
