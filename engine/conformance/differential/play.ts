/** Plays a session to the engine and to a real server, and stops at the first difference. */
import { exceptionFor } from '../exceptions.ts';
import { everyPart } from '../loose.ts';
import { encodeCommand } from '../quoting.ts';
import { decodeReply, type Reply } from '../reply.ts';
import { auditOf } from './audit.ts';
import { withCompanions, type Move } from './moves.ts';
import { Pair } from './pair.ts';
import { EngineSide, type Link, type Oracle } from './sides.ts';

export interface Difference {
  /** Which of the moves; those of the audit are counted on. */
  readonly move: number;
  readonly client: number;
  readonly words: readonly string[] | null;
  readonly ours: string;
  readonly real: string;
}

/** What the real server has said, for whoever writes it down. */
export interface Heard {
  readonly move: number;
  readonly client: number;
  readonly words: readonly string[] | null;
  readonly reply: Reply | 'closed';
}

export interface Played {
  readonly difference: Difference | null;
  /** The moves that were made after those of the session, to look at all that is there. */
  readonly audit: readonly Move[];
  readonly heard: readonly Heard[];
  /** How many replies were compared. */
  readonly replies: number;
}

export interface PlayOptions {
  /** Whether all keys are looked at in the end. */
  readonly isAudited?: boolean;
  readonly isHeard?: boolean;
  /** How long to wait for a reply that the engine has given and the real server has not. */
  readonly patienceMs?: number;
  /** Stands between the engine and the comparison, for the tester's own tests. */
  readonly distort?: (bytes: string) => string;
}

const PATIENCE_MS = 30_000;
const AUDITOR = 9;

class Differs extends Error {
  readonly difference: Difference;

  constructor(difference: Difference) {
    super('the two differ');
    this.difference = difference;
  }
}

class Play {
  readonly heard: Heard[] = [];
  replies = 0;
  readonly side = new EngineSide();
  private readonly pairs = new Map<number, Pair>();
  private readonly oracle: Oracle;
  private readonly options: PlayOptions;
  private move = 0;
  /** Whose move it is. What others are answered now they have asked for long ago. */
  private speaker = 0;
  /** The lines of the present move that looked at a table before they were run. */
  private tables = new Set<readonly string[]>();

  constructor(oracle: Oracle, options: PlayOptions) {
    this.oracle = oracle;
    this.options = options;
  }

  async make(moves: readonly Move[]): Promise<void> {
    for (const move of moves) {
      if (move.kind === 'wait') await this.wait(move.ms);
      else await this.send(move.client, move.lines);
      this.move++;
    }
  }

  /** Nothing more may have come from either. */
  async finish(): Promise<void> {
    await this.oracle.barrier();
    for (const [client, pair] of this.pairs) {
      if (pair.real.received !== '' || pair.ours.received !== '' || pair.real.isClosed !== pair.ours.isClosed) {
        this.differ(client, null, stateOf(pair.ours), stateOf(pair.real));
      }
    }
  }

  private async wait(ms: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, ms));
    await this.oracle.barrier();
    this.side.tick();
    await this.compareAll();
  }

  private async pair(client: number): Promise<Pair> {
    const known = this.pairs.get(client);
    if (known) return known;
    const pair = new Pair(this.side.connect(), await this.oracle.connect());
    this.pairs.set(client, pair);
    pair.ours.send(encodeCommand(['CLIENT', 'ID']));
    pair.real.send(encodeCommand(['CLIENT', 'ID']));
    while (!pair.real.received.endsWith('\r\n')) await this.oracle.news(pair.real, PATIENCE_MS);
    for (const which of ['ours', 'real'] as const) {
      pair.ids[which] = pair[which].received.slice(1, -2);
      pair[which].received = '';
    }
    return pair;
  }

  private async send(client: number, said: readonly (readonly string[])[]): Promise<void> {
    for (const id of namedClients(said)) await this.pair(id);
    const pair = await this.pair(client);
    const lines = said.flatMap(withCompanions);
    this.tables = new Set(lines.filter((line) => exceptionFor(line) !== undefined && this.isTable(line)));
    this.speaker = client;
    for (const line of lines) pair.expect(line);
    const [ours, real] = (['ours', 'real'] as const).map((which) =>
      lines.map((line) => encodeCommand(line.map((word) => this.filledIn(word, which)))).join(''),
    );
    try {
      pair.ours.send(ours);
    } catch (error) {
      this.differ(client, lines.at(-1) ?? null, `an error of the engine itself: ${String(error)}`, 'an answer');
    }
    pair.real.send(real);
    // What nobody is answered must be over, too: the commands of the silent, of those they let go on, and so forth.
    await this.oracle.barrier();
    await this.compareAll();
  }

  private filledIn(word: string, which: 'ours' | 'real'): string {
    const client = /^\$\{id(\d)\}$/.exec(word)?.[1];
    return client === undefined ? word : (this.pairs.get(Number(client))?.ids[which] ?? word);
  }

  private async compareAll(): Promise<void> {
    for (const [client, pair] of this.pairs) {
      if (pair.ours.received !== '' || pair.real.received !== '') await this.compare(client, pair);
      if (!pair.isBalanced()) this.differ(client, null, 'messages, or their order', 'others');
      if (pair.ours.isClosed) await this.expectEnd(client, pair);
    }
  }

  private async expectEnd(client: number, pair: Pair): Promise<void> {
    const until = Date.now() + this.patienceMs;
    while (!pair.real.isClosed && Date.now() < until) await this.oracle.news(pair.real, this.patienceMs);
    if (!pair.real.isClosed || pair.real.received !== '') this.differ(client, null, 'closed', stateOf(pair.real));
    if (this.options.isHeard) this.heard.push({ move: this.move, client, words: null, reply: 'closed' });
    this.pairs.delete(client);
  }

  private get patienceMs(): number {
    return this.options.patienceMs ?? PATIENCE_MS;
  }

  private async compare(client: number, pair: Pair): Promise<void> {
    const replies = this.takeOurs(client, pair);
    const { bytes } = replies;
    const until = Date.now() + this.patienceMs;
    const isAllThere = (): boolean =>
      pair.real.received.startsWith(bytes) || decodeAll(pair.real.received).replies.length >= replies.replies.length;
    while (!isAllThere() && !pair.real.isClosed && Date.now() < until) {
      await this.oracle.news(pair.real, this.patienceMs);
    }
    const isEqual = pair.real.received.startsWith(bytes);
    const real = isEqual ? { replies: replies.replies, end: bytes.length } : decodeAll(pair.real.received);
    const taken = real.replies.slice(0, replies.replies.length);
    for (const [i, ours] of replies.replies.entries()) {
      const reply = taken[i];
      if (reply === undefined) this.differ(client, pair.expected, everyPart(ours), stateOf(pair.real));
      const judged = pair.judge(ours, reply, (words) => client !== this.speaker || this.isTable(words));
      if (this.options.isHeard) this.heard.push({ move: this.move, client, words: judged.words, reply });
      if (!judged.isSame) this.differ(client, judged.words, everyPart(ours), everyPart(reply));
      this.replies++;
    }
    pair.real.received = pair.real.received.slice(isEqual ? real.end : endOf(pair.real.received, taken.length));
  }

  private takeOurs(client: number, pair: Pair): { replies: Reply[]; bytes: string } {
    const bytes = this.options.distort?.(pair.ours.received) ?? pair.ours.received;
    pair.ours.received = '';
    const { replies, end } = decodeAll(bytes);
    if (end !== bytes.length) this.differ(client, null, `half a reply: ${bytes.slice(end)}`, stateOf(pair.real));
    return { replies, bytes };
  }

  private isTable(words: readonly string[]): boolean {
    if (this.tables.has(words) || ['keys', 'scan', 'pubsub'].includes(words[0].toLowerCase())) return true;
    return this.side.isTable(words.slice(1));
  }

  private differ(client: number, words: readonly string[] | null, ours: string, real: string): never {
    throw new Differs({ move: this.move, client, words, ours, real });
  }
}

/** Plays the moves on emptied servers. */
export async function play(oracle: Oracle, moves: readonly Move[], options: PlayOptions = {}): Promise<Played> {
  await oracle.reset();
  const run = new Play(oracle, options);
  let audit: readonly Move[] = [];
  let difference: Difference | null = null;
  try {
    await run.make(moves);
    if (options.isAudited !== false) {
      audit = auditOf(run.side, AUDITOR);
      await run.make(audit);
    }
    await run.finish();
  } catch (error) {
    if (!(error instanceof Differs)) throw error;
    difference = error.difference;
  }
  return { difference, audit, heard: run.heard, replies: run.replies };
}

function namedClients(lines: readonly (readonly string[])[]): Set<number> {
  const named = lines.flat().flatMap((word) => /^\$\{id(\d)\}$/.exec(word)?.[1] ?? []);
  return new Set(named.map(Number));
}

function stateOf(link: Link): string {
  const { replies, end } = decodeAll(link.received);
  const rest = link.received.slice(end);
  return [
    ...replies.map(everyPart),
    ...(rest === '' ? [] : [JSON.stringify(rest)]),
    link.isClosed ? 'closed' : 'open',
  ].join('\n');
}

function decodeAll(bytes: string, limit = Infinity): { replies: Reply[]; end: number } {
  const replies: Reply[] = [];
  let end = 0;
  while (end < bytes.length && replies.length < limit) {
    const decoded = decodeReply(bytes, end);
    if (decoded === null) break;
    replies.push(decoded.reply);
    end = decoded.end;
  }
  return { replies, end };
}

function endOf(bytes: string, count: number): number {
  return decodeAll(bytes, count).end;
}
