/** Many sessions, one after the other. */
import { SPECS } from '../../commands/all.ts';
import type { Move } from './moves.ts';
import { play, type Difference } from './play.ts';
import { Random } from './random.ts';
import { SessionMaker } from './session.ts';
import type { Oracle } from './sides.ts';

export interface RunOptions {
  readonly commands: number;
  readonly seed: number;
  readonly groups?: readonly string[];
  readonly onProgress?: (progress: Progress) => void;
}

export interface Progress {
  readonly commands: number;
  readonly replies: number;
  readonly sessions: number;
}

export interface Found extends Progress {
  readonly seed: number;
  readonly moves: readonly Move[];
  readonly difference: Difference | null;
}

/** Sessions are numbered: each has a seed of its own, which brings it back alone. */
export async function run(oracle: Oracle, options: RunOptions): Promise<Found> {
  const { commands: wanted, seed: first, groups } = options;
  let [commands, replies, sessions] = [0, 0, 0];
  for (let seed = first; ; seed++) {
    const moves = sessionOf(seed, groups);
    const played = await play(oracle, moves);
    commands += [...moves, ...played.audit].reduce(
      (sum, move) => sum + (move.kind === 'send' ? move.lines.length : 0),
      0,
    );
    replies += played.replies;
    sessions++;
    options.onProgress?.({ commands, replies, sessions });
    if (played.difference !== null || commands >= wanted)
      return { ...{ seed, moves, commands, replies, sessions }, difference: played.difference };
  }
}

/** The session that a seed stands for. */
export function sessionOf(seed: number, groups?: readonly string[]): readonly Move[] {
  const commands = new Random(seed ^ 0x5eed).pick([150, 400, 400, 800, 800, 1500, 6000]);
  return new SessionMaker(seed, { specs: SPECS, commands, ...(groups ? { groups } : {}) }).make();
}
