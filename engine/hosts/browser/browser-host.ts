import {
  Engine,
  Recorder,
  recordOf,
  valueOverviewOf,
  type AppendLog,
  type EngineOptions,
  type EngineState,
} from '../../api.ts';
import { Branches } from './branches.ts';
import { wallClock } from './clock.ts';
import { Feed, type Post } from './feed.ts';
import { Journal, type JournalLimits } from './journal.ts';
import { pictureOf } from './picture.ts';
import { Player, type Input, type Moment, type Wire } from './player.ts';
import { Projector } from './projector.ts';
import type { Branch, Frame, KeyRecord, LoadReport, ValueOverview, WorkerOptions, WorkerToPage } from './protocol.ts';

const TICK_MS = 100;

/** A log that the past can be cut from. */
export interface HostLog extends AppendLog {
  truncate(end: number): void;
  flush(): Promise<void>;
}

export interface HostParts {
  readonly options: WorkerOptions;
  readonly post: Post;
  /** `null` where nothing is kept. */
  readonly log: HostLog | null;
  /** What the engine starts with, when there was a log. */
  readonly state: EngineState | null;
  readonly now?: () => number;
  readonly limits?: Partial<JournalLimits>;
}

/** One engine at work in the worker: its clients, its clock, its past, and what the page gets to see of it. */
export class BrowserHost {
  private readonly now: () => number;
  private readonly log: HostLog | null;
  private readonly engine: Engine;
  private readonly player: Player;
  private readonly feed: Feed;
  private readonly journal: Journal;
  private readonly branches: Branches;
  private readonly projector: Projector;
  private readonly wires = new Map<number, Wire>();
  private readonly ticking: ReturnType<typeof setInterval>;
  private lastClient = 0;
  /** Whether the input being played ended a connection of its own accord. */
  private hasHungUp = false;

  constructor({ options, post, log, state, now = wallClock(), limits = {} }: HostParts) {
    this.now = now;
    this.log = log;
    this.journal = new Journal(limits);
    this.branches = new Branches(this.journal);
    const recorder = new Recorder();
    const common = engineOptions(options, now(), log);
    this.engine = new Engine({ ...common, recorder });
    this.player = new Player(this.engine, (client) => this.wireFor(client));
    this.projector = new Projector(common, this.journal);
    if (state !== null) this.player.restore({ state, clients: [] });
    this.journal.keep(this.player.capture());
    this.feed = new Feed(this.engine, recorder, post);
    this.feed.restart();
    this.ticking = setInterval(() => {
      this.tick();
    }, TICK_MS);
  }

  /** How a page begins, now; from here on it gets all that is posted. */
  ready(loaded: LoadReport): WorkerToPage {
    this.feed.finish();
    return { type: 'ready', loaded, nextIndex: this.engine.causeIndex, ...pictureOf(this.engine) };
  }

  get nextIndex(): number {
    return this.engine.causeIndex;
  }

  get syncPolicy(): 'always' | 'everysec' | 'no' {
    const policy = this.engine.config.text('appendfsync');
    return policy === 'always' || policy === 'no' ? policy : 'everysec';
  }

  // Clients.

  /** A new client at the end of this wire; returns its number. */
  connect(wire: Wire): number {
    const client = ++this.lastClient;
    this.wires.set(client, wire);
    this.turn({ kind: 'connect', client });
    return client;
  }

  receive(client: number, bytes: Uint8Array): void {
    if (this.player.has(client)) this.turn({ kind: 'bytes', client, bytes });
  }

  disconnect(client: number): void {
    if (this.player.has(client)) this.turn({ kind: 'close', client });
    this.wires.delete(client);
  }

  private wireFor(client: number): Wire {
    const wire = this.wires.get(client);
    if (!wire) return { send: () => undefined, close: () => undefined };
    return {
      send: wire.send,
      close: () => {
        this.hasHungUp = true;
        this.wires.delete(client);
        wire.close();
      },
    };
  }

  // Turns of the loop.

  logSynced(offset: number): void {
    this.turn({ kind: 'synced', offset });
  }

  logFailed(why: string | null): void {
    this.turn({ kind: 'failed', why });
  }

  tick(): void {
    if (this.hasWork()) this.turn({ kind: 'tick' });
  }

  private turn(input: Input): void {
    const cause = this.engine.causeIndex;
    const nowMs = this.now();
    const waiting = this.engine.waitingClients;
    this.hasHungUp = false;
    this.player.play(input, nowMs);
    // A tick in which nothing was due is not worth remembering; there are ten of them a second.
    const hasChanged = this.hasHungUp || this.engine.causeIndex !== cause || this.engine.waitingClients !== waiting;
    if (input.kind !== 'tick' || hasChanged) this.remember(input, nowMs, cause);
    this.feed.turn();
  }

  private remember(input: Input, nowMs: number, cause: number): void {
    this.journal.add(input, nowMs, cause);
    const { arena } = this.engine.keyspace;
    if (this.journal.wantsKeyframe(this.engine.causeIndex, arena.reservedBytes))
      this.journal.keep(this.player.capture());
  }

  /** Whether a tick would do anything. */
  private hasWork(): boolean {
    const { keyspace, config } = this.engine;
    const now = this.now();
    if (config.number('timeout') > 0 || this.engine.isAnyWaitOver(now)) return true;
    const isRehashing = config.isOn('activerehashing');
    return keyspace.databases.some(
      ({ keys, deadlines }) =>
        (isRehashing && keys.isRehashing) || (deadlines.length > 0 && deadlines.deadline(0) <= now),
    );
  }

  // Looking, at present and back.

  frame(index: number): Frame | null {
    if (index > this.engine.causeIndex || index < 0) return null;
    if (index < this.engine.causeIndex) return this.projector.frame(index);
    const { models: before, overview } = pictureOf(this.engine);
    return { index, before, overview, words: new Int32Array(0) };
  }

  inspect(index: number | null, db: number, key: Uint8Array): KeyRecord | null {
    const isPresent = index === null || index === this.engine.causeIndex;
    return isPresent ? recordOf(this.engine.keyspace, db, key) : this.projector.inspect(index, db, key);
  }

  overview(index: number | null, db: number, entry: number): ValueOverview | null {
    const isPresent = index === null || index === this.engine.causeIndex;
    return isPresent ? valueOverviewOf(this.engine.keyspace, db, entry) : this.projector.overview(index, db, entry);
  }

  // Going back for good, and to what was given up.

  /** Cause `index` and all after it have not happened. Returns false where that lies too far back. */
  async fork(index: number): Promise<boolean> {
    // Replies that wait for the log belong to what is given up, and shall not wait for what is never written.
    await this.log?.flush();
    const position = this.journal.positionOf(index);
    if (index < 0 || index >= this.engine.causeIndex || position < 0) return false;
    const moment = this.projector.momentBefore(index);
    if (moment === null) return false;
    const { input, nowMs, cause } = this.journal.entry(position);
    this.branches.giveUp(position, { from: index, to: this.engine.causeIndex, nowMs: this.now() });
    this.journal.add({ kind: 'cut', input: input.kind === 'cut' ? input.input : input, index }, nowMs, cause);
    this.projector.forget(position);
    this.log?.truncate(moment.state.log.offset);
    this.become(moment);
    return true;
  }

  /** Back to the end of a branch that was given up; what is the present now becomes a branch in its turn. */
  async takeUp(id: number): Promise<boolean> {
    await this.log?.flush();
    const position = this.branches.takeUp(id, { to: this.engine.causeIndex, nowMs: this.now() });
    if (position === null) return false;
    this.projector.forget(position);
    const { moment, offset, logged } = this.projector.momentAtEnd(position);
    this.log?.truncate(offset);
    if (logged.length > 0) void this.log?.append(logged, false);
    this.become(moment);
    return true;
  }

  get givenUp(): readonly Branch[] {
    return this.branches.list;
  }

  private become(moment: Moment): void {
    const present = this.unheardNow();
    const waitedThen = waitsOf(moment);
    const before = this.player.clients;
    this.player.restore(moment);
    this.feed.restart();
    const isStillWaiting = (client: number): boolean =>
      isSameWait(waitedThen.get(client) ?? null, present.get(client)?.waiting ?? null);
    // Whoever was answered since, or has gone on to wait for something else, does not wait for that again.
    const released = [...waitedThen.keys()].filter((client) => !isStillWaiting(client));
    if (released.length > 0 || moment.state.sessions.some(({ pending }) => pending.length > 0))
      this.turn({ kind: 'forget', released });
    for (const client of this.player.clients) if (!this.wires.has(client)) this.turn({ kind: 'close', client });
    for (const client of before) {
      if (!this.player.has(client)) this.turn({ kind: 'connect', client });
      const unheard = present.get(client);
      if (unheard) this.giveAgain(client, unheard, isStillWaiting(client));
    }
  }

  /** What each client has sent that was not run, and what it waits for. */
  private unheardNow(): Map<number, Unheard> {
    const { state, clients } = this.player.capture();
    const sessions = new Map(state.sessions.map((session) => [session.id, session]));
    return new Map(
      clients.map(([client, id]) => {
        const { waiting = null, pending = NOTHING } = sessions.get(id) ?? {};
        return [client, { waiting, pending, ...this.engine.unheard(id) }];
      }),
    );
  }

  /** A client gives again what was under way; what it waited for in the present that is given up will never come. */
  private giveAgain(client: number, { waiting, pending, commands, rest }: Unheard, isStillWaiting: boolean): void {
    if (waiting !== null && !isStillWaiting) {
      for (let left = 1 + commands; left > 0; left--) this.wires.get(client)?.send(NEVER);
    }
    const bytes = isStillWaiting ? pending : rest;
    if (bytes.length > 0) this.turn({ kind: 'bytes', client, bytes });
  }

  forked(request: number): WorkerToPage {
    this.feed.restart();
    const branches = this.givenUp;
    return { type: 'forked', request, nextIndex: this.engine.causeIndex, branches, ...pictureOf(this.engine) };
  }

  close(): void {
    clearInterval(this.ticking);
    this.feed.close();
  }
}

const NOTHING = new Uint8Array(0);
const NEVER = Uint8Array.from('-UNBLOCKED the past has become the present\r\n', (letter) => letter.charCodeAt(0));

type Waiting = EngineState['sessions'][number]['waiting'];

interface Unheard {
  readonly waiting: Waiting;
  readonly pending: Uint8Array;
  readonly commands: number;
  readonly rest: Uint8Array;
}

/** Who waits at a moment, and for what. */
function waitsOf({ state, clients }: Moment): Map<number, Waiting> {
  const waits = new Map(state.sessions.map(({ id, waiting }) => [id, waiting]));
  const entries = clients.map(([client, id]) => [client, waits.get(id) ?? null] as const);
  return new Map(entries.filter(([, waiting]) => waiting !== null));
}

/** Two histories may count their waits alike, so that the words must be the same too. */
function isSameWait(one: Waiting, other: Waiting): boolean {
  if (one === null || other === null || one.order !== other.order || one.fullName !== other.fullName) return false;
  return String(one.args.bytes) === String(other.args.bytes);
}

/** 2 GiB: past that a tab would sooner be killed than a command refused. */
const MEMORY = { mostPages: 2048 };

export function engineOptions(options: WorkerOptions, nowMs: number, log: AppendLog | null): EngineOptions {
  const { seed, hashName, config } = options;
  return {
    host: { seed, log: log ?? undefined, sleep: holdUp, memory: MEMORY },
    nowMs,
    // Where nothing can be kept, that is said wherever one asks.
    config: { 'hash-function': hashName, ...config, ...(log === null && { appendonly: 'no' }) },
    facts: { os: 'browser', host: 'worker' },
  };
}

/** DEBUG SLEEP stops everything, here as in Redis. */
function holdUp(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}
