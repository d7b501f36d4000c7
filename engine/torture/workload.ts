/** What clients say, turn by turn: random sessions from every command's grammar, and pairs that only ever change together. */
import { SPECS } from '../commands/all.ts';
import { encodeCommand } from '../conformance/quoting.ts';
import { SessionMaker } from '../conformance/differential/session.ts';
import { Random } from '../conformance/differential/random.ts';

/** One client's words, which arrive in one turn of the loop, and how much time passes after them. */
export interface Turn {
  readonly client: number;
  readonly lines: readonly (readonly string[])[];
  readonly pauseMs: number;
}

export const LEFT = 'pair:left';
export const RIGHT = 'pair:right';

/** Whoever counts on both sides in one transaction. */
export const PAIRING = 5;
const COUNT_BOTH = [['MULTI'], ['INCR', LEFT], ['INCR', RIGHT], ['EXEC']] as const;
/** The session's own commands and pieces are moods of one length; what is longer is several of them. */
const SESSION_LINES = 150;

/** Where a HyperLogLog becomes dense follows from a setting, which no log holds: here as in Redis. */
const UNWRITTEN = 'hll-sparse-max-bytes';

/** Turns with about so many commands. */
export function turnsOf(seed: number, commands: number, pauseMs: (random: Random) => number): Turn[] {
  const random = new Random(seed);
  const turns: Turn[] = [];
  for (let made = 0; made < commands; made += SESSION_LINES) {
    const lines = Math.min(SESSION_LINES, commands - made);
    for (const move of new SessionMaker(random.below(2 ** 30), { specs: SPECS, commands: lines }).make()) {
      if (move.kind === 'send') {
        const lines = move.lines.filter((line) => !line.includes(UNWRITTEN));
        if (lines.length > 0) turns.push({ client: move.client, lines, pauseMs: pauseMs(random) });
      }
      if (random.percent(25)) turns.push(...pair(random, pauseMs));
      if (random.percent(2)) turns.push({ client: 1, lines: [whole(random)], pauseMs: pauseMs(random) });
    }
  }
  return turns;
}

/** Both sides at once, or with others in between. */
function pair(random: Random, pauseMs: (random: Random) => number): Turn[] {
  const pieces = random.percent(70) ? [COUNT_BOTH] : COUNT_BOTH.map((line) => [line]);
  return pieces.map((lines) => ({ client: PAIRING, lines, pauseMs: pauseMs(random) }));
}

/** What takes all data through another form. */
function whole(random: Random): readonly string[] {
  return random.pick([
    ['DEBUG', 'RELOAD'],
    ['DEBUG', 'LOADAOF'],
    ['FLUSHALL'],
    ['DEBUG', 'POPULATE', '20', 'key', '30'],
  ]);
}

/** A line as it is sent, the names of clients replaced by their numbers. */
export function bytesOf(lines: Turn['lines'], idOf: (client: number) => number): string {
  const filled = (word: string): string => {
    const client = /^\$\{id(\d)\}$/.exec(word)?.[1];
    return client === undefined ? word : String(idOf(Number(client)));
  };
  return lines.map((line) => encodeCommand(line.map(filled))).join('');
}
