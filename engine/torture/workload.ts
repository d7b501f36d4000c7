/** What clients say, turn by turn: random sessions from every command's grammar, and pairs that only ever change together. */
import { SPECS } from '../commands/all.ts';
import { Engine } from '../api.ts';
import { encodeCommand, toBytes } from '../conformance/quoting.ts';
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
/** So often somebody says what writes nothing. */
const OTHERS = 15;
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

/** Of these, a line or two at a time, those that write: so that few commands make many operations of the disk. */
export function mostlyWriting(turns: readonly Turn[]): Turn[] {
  let written = 0;
  const append = (bytes: Uint8Array): null => ((written += bytes.length), null);
  const engine = new Engine({ host: { seed: 1, log: { append } }, nowMs: 1e12, config: { appendonly: 'yes' } });
  const clients = new Map([1, 2, 3, 4, PAIRING].map((client) => [client, engine.connect(() => undefined)]));
  return inSmallPieces(turns).filter(({ client, lines }, i) => {
    const before = written;
    clients.get(client)?.receive(toBytes(bytesOf(lines, (other) => clients.get(other)?.id ?? 0)));
    engine.endTurn();
    return written > before || client === PAIRING || i % OTHERS === 0;
  });
}

function inSmallPieces(turns: readonly Turn[]): Turn[] {
  return turns.flatMap(({ client, lines, pauseMs }, i) => {
    const size = 1 + (i % 2);
    const starts = Array.from({ length: Math.ceil(lines.length / size) }, (_, at) => at * size);
    return starts.map((at) => ({ client, lines: lines.slice(at, at + size), pauseMs }));
  });
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
