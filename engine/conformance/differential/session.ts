/** Random sessions: several clients, each with its own manners, and what they say, in pieces. */
import type { CommandGroup, CommandSpec } from '../../commands/contract.ts';
import { exceptionFor, LEFT_OUT } from '../exceptions.ts';
import { callsOf, lineOf, type Call } from './line.ts';
import type { Move } from './moves.ts';
import { Random } from './random.ts';
import { isAsleepBriefly, isOutOfTime, isTooMuch, isUndecided } from './risks.ts';
import { LOW_SETTINGS } from './settings.ts';
import { nameOfId, type Mood } from './vocabulary.ts';

export interface SessionOptions {
  readonly specs: readonly CommandSpec[];
  readonly commands: number;
  /** These alone, and what belongs to any session. */
  readonly groups?: readonly string[];
}

const CLIENTS = 4;
/** The first one neither waits nor listens, so that somebody is always there to go on. */
const STEADY = 1;
/** So many lines go out in one piece at most; the server reads no more than 16 KiB at once. */
const PIECE_LINES = 14;
const PIECE_BYTES = 12_000;
/** Longer than any short deadline or timeout of the vocabulary. */
const WAIT_MS = 45;

/** How often a command is chosen, where it is not as often as any other of its group. */
const WEIGHTS: Readonly<Record<string, number>> = {
  ...{ flushall: 0.03, flushdb: 0.06, quit: 0.2, reset: 0.3, hello: 0.5, auth: 0.2, swapdb: 0.2, shutdown: 0 },
  ...{ del: 0.5, unlink: 0.4, getdel: 0.5, rename: 0.6, expire: 0.6, pexpire: 0.6, expireat: 0.5, pexpireat: 0.5 },
  ...{ set: 3, append: 2, setrange: 2, hset: 6, hmset: 2, sadd: 6, lpush: 3, rpush: 4, zadd: 8, pfadd: 4, setbit: 3 },
  ...{ ltrim: 0.5, spop: 0.4, zremrangebyrank: 0.5, zremrangebyscore: 0.5, zremrangebylex: 0.5, multi: 2, exec: 0.3 },
  ...{
    bitfield: 3,
    select: 0.5,
    discard: 0.2,
    'config|set': 0.6,
    command: 0.05,
    'command|info': 0.3,
    publish: 3,
    spublish: 2,
  },
  ...{ 'client|reply': 0.3, 'command|getkeys': 2, 'client|unblock': 1, info: 0.3, debug: 0.5, time: 0.3 },
  ...{ migrate: 0, failover: 0 },
};

const GROUP_WEIGHTS: Readonly<Partial<Record<CommandGroup, number>>> = {
  ...{ string: 14, bitmap: 7, hyperloglog: 4, hash: 13, set: 13, list: 14, 'sorted-set': 18, generic: 13 },
  ...{ transactions: 4, pubsub: 4, connection: 4, server: 2 },
};

/** What RESP2 allows those who listen, and what ends it. */
const LISTENING = [
  'subscribe',
  'unsubscribe',
  'psubscribe',
  'punsubscribe',
  'ssubscribe',
  'sunsubscribe',
  'ping',
  'reset',
];

interface Manners {
  isInTransaction: boolean;
  isListening: boolean;
  mayBeWaiting: boolean;
  isSilent: boolean;
}

interface Weighted<Item> {
  readonly items: readonly Item[];
  readonly sums: readonly number[];
}

function weighted<Item>(items: readonly Item[], weightOf: (item: Item) => number): Weighted<Item> {
  let sum = 0;
  return { items, sums: items.map((item) => (sum += weightOf(item))) };
}

function choose<Item>(random: Random, { items, sums }: Weighted<Item>): Item {
  const at = (random.below(2 ** 30) / 2 ** 30) * (sums.at(-1) ?? 0);
  return items[sums.findIndex((sum) => at < sum)];
}

export class SessionMaker {
  private readonly random: Random;
  private readonly mood: Mood;
  private readonly calls: readonly Call[];
  private readonly groups: Weighted<Weighted<Call>>;
  private readonly manners = new Map<number, Manners>();
  private readonly options: SessionOptions;
  private readonly moves: Move[] = [];
  private made = 0;

  constructor(seed: number, options: SessionOptions) {
    this.random = new Random(seed);
    this.options = options;
    this.mood = this.chooseMood();
    this.calls = callsOf(options.specs).filter(({ name }) => !(name in LEFT_OUT));
    this.groups = this.chooseGroups();
    for (let client = 1; client <= CLIENTS; client++)
      this.manners.set(client, { isInTransaction: false, isListening: false, mayBeWaiting: false, isSilent: false });
  }

  /** All moves of the session. */
  make(): readonly Move[] {
    const { random } = this;
    if (random.percent(40)) this.push(STEADY, [['CONFIG', 'SET', ...LOW_SETTINGS]]);
    for (let client = 1; client <= CLIENTS; client++) if (random.percent(50)) this.push(client, [['HELLO', '3']]);
    while (this.made < this.options.commands) this.piece();
    this.tidy();
    return this.moves;
  }

  private chooseMood(): Mood {
    const { random } = this;
    const isLong = this.options.commands > 2000;
    return {
      members: isLong ? random.pick([300, 1500, 5000]) : random.pick([6, 16, 16, 60]),
      repeats: isLong ? 40 : random.pick([2, 4, 8]),
    };
  }

  /** Some sessions keep to few groups, and so come deeper into them. */
  private chooseGroups(): Weighted<Weighted<Call>> {
    const { random } = this;
    const wanted = this.options.groups;
    const all = [...new Set(this.calls.map(({ spec }) => spec.group))].filter(
      (group) => wanted?.includes(group) ?? true,
    );
    const isFew = random.percent(50);
    const few = new Set([random.pick(all), random.pick(all), 'generic']);
    const groups = all.filter((group) => !isFew || few.has(group));
    const lists = groups.map((group) => ({
      group,
      calls: weighted(
        this.calls.filter(({ spec }) => spec.group === group),
        ({ name, spec }) => WEIGHTS[name] ?? (name.includes('|') ? 0.5 : (WEIGHTS[spec.name] ?? 1)),
      ),
    }));
    const weights = weighted(lists, ({ group }) => GROUP_WEIGHTS[group] ?? 3);
    return { items: weights.items.map(({ calls }) => calls), sums: weights.sums };
  }

  private push(client: number, lines: readonly (readonly string[])[]): void {
    this.moves.push({ kind: 'send', client, lines });
    this.made += lines.length;
  }

  /** What one client says in one piece. */
  private piece(): void {
    const { random } = this;
    const client = random.percent(40) ? STEADY : random.between(1, CLIENTS);
    const manners = this.mannersOf(client);
    if (manners.mayBeWaiting && random.percent(80)) {
      this.letGo(client);
      return;
    }
    const lines: string[][] = [];
    const wanted = random.percent(30) ? 1 : random.between(1, PIECE_LINES);
    let bytes = 0;
    let isBrief = false;
    while (lines.length < wanted && bytes < PIECE_BYTES) {
      const line = this.line(client);
      if (line === null) continue;
      const exception = exceptionFor(line);
      const isLoose = exception !== undefined && !manners.isInTransaction;
      // What takes by chance goes alone: what it takes from is looked at before.
      if (isLoose && exception.after !== undefined && lines.length > 0) continue;
      lines.push(line);
      bytes = lines.flat().reduce((sum, word) => sum + word.length + 10, 0);
      if (/^[ps]?unsubscribe$/i.test(line[0]) && line.length === 1) break;
      isBrief = !manners.isInTransaction && isAsleepBriefly(line);
      // What is looked at afterwards, or may take a while, comes last.
      if (isBrief || manners.mayBeWaiting || isLoose) break;
    }
    this.push(client, lines);
    if (isBrief) this.moves.push({ kind: 'wait', ms: WAIT_MS });
  }

  private mannersOf(client: number): Manners {
    return this.manners.get(client)!;
  }

  /** Somebody who may be waiting is told not to, or is fed by chance, or is left alone. */
  private letGo(client: number): void {
    const { random } = this;
    if (random.percent(70)) return;
    this.mannersOf(client).mayBeWaiting = false;
    const how = random.pick([[], ['TIMEOUT'], ['ERROR']]);
    // UNBLOCK must not be queued.
    this.mannersOf(STEADY).isInTransaction = false;
    this.push(STEADY, [['DISCARD'], ['CLIENT', 'UNBLOCK', nameOfId(client), ...how]]);
  }

  /** One line that the client may say now; null when the dice fell badly. */
  private line(client: number): string[] | null {
    const { random } = this;
    const manners = this.mannersOf(client);
    if (manners.isInTransaction && random.percent(14)) {
      manners.isInTransaction = false;
      return [random.percent(85) ? 'EXEC' : 'DISCARD'];
    }
    if (manners.isListening && random.percent(15)) {
      manners.isListening = false;
      return ['RESET'];
    }
    const call = choose(random, choose(random, this.groups));
    const { name, spec } = call;
    if (manners.isListening && random.percent(60) && !LISTENING.includes(name)) return null;
    if (!this.isMannerly(client, call)) return null;
    const line = lineOf(random, call, this.mood, this.calls);
    if (isTooMuch(line) || isUndecided(line) || isOutOfTime(line, manners.isInTransaction)) return null;
    // What is over soon must be heard at once.
    const isHeard = client === STEADY || (spec.flags.includes('blocking') && !manners.mayBeWaiting);
    if (isAsleepBriefly(line) && !isHeard) return null;
    // What is shown before must be shown.
    if (manners.isSilent && exceptionFor(line)?.before !== undefined) return null;
    this.note(manners, name, spec);
    if (name === 'client|reply') manners.isSilent = line.length !== 3 || line[2].toLowerCase() !== 'on';
    if (name === 'reset' && line.length === 1) manners.isSilent = false;
    return line;
  }

  /** What would take away from the test more than it gives. */
  private isMannerly(client: number, { name, spec }: Call): boolean {
    const { isInTransaction, isListening, isSilent } = this.mannersOf(client);
    // To who listens it may be refused, and then it silences nothing.
    if (name === 'client|reply' && isListening) return false;
    // Redis ends a connection behind the reply to QUIT, and so never if there is none.
    if (name === 'quit' && isSilent) return false;
    if (spec.flags.includes('blocking') && client === STEADY && !isInTransaction) return false;
    if (/^[ps]?(un)?subscribe$/.test(name)) return client !== STEADY && !isInTransaction;
    // These say how the replies after them are to be read.
    if (isInTransaction) return !['client|reply', 'hello', 'quit'].includes(name);
    return !(client === STEADY && name === 'client|reply');
  }

  private note(manners: Manners, name: string, spec: CommandSpec): void {
    if (name === 'multi') manners.isInTransaction = true;
    if (['exec', 'discard', 'reset', 'quit'].includes(name)) manners.isInTransaction = false;
    if (['reset', 'quit'].includes(name)) manners.isListening = false;
    if (/^[ps]?subscribe$/.test(name)) manners.isListening = true;
    if (spec.flags.includes('blocking') && !manners.isInTransaction) manners.mayBeWaiting = true;
  }

  /** In the end nobody waits, and no transaction is open. */
  private tidy(): void {
    const lines = [['DISCARD']];
    for (let client = 2; client <= CLIENTS; client++) lines.push(['CLIENT', 'UNBLOCK', nameOfId(client)]);
    this.push(STEADY, lines);
  }
}
