/**
 * The engine: connections in, replies and log bytes out. It has no clock and no timer: the host says what time it is, when
 * a turn of its loop ends, and when some time has passed.
 */
import { Blocking } from './blocking.ts';
import { Chance } from './chance.ts';
import { allCommands } from './commands/all.ts';
import type { Context, ServerFacts } from './commands/contract.ts';
import { publishEvent } from './commands/publishing.ts';
import { Registry } from './commands/registry.ts';
import { unwatchAll } from './commands/transactions.ts';
import { Config } from './config.ts';
import { Connections } from './connections.ts';
import { Dispatcher } from './dispatcher.ts';
import type { Connection, Host, Peer } from './host.ts';
import { captureParts, restoreParts, type Parts, type PartsState } from './keyframe.ts';
import type { KeyEvents } from './keyspace/events.ts';
import { Keyspace } from './keyspace/keyspace.ts';
import type { Models } from './models.ts';
import { Loader, LogDamage } from './loader.ts';
import { ascii, joined } from './memory/bytes.ts';
import { Lookahead } from './lookahead.ts';
import { LogBuffer } from './persistence/log-buffer.ts';
import { logSteps } from './persistence/log.steps.ts';
import { PubSub } from './pubsub.ts';
import { Reply } from './reply.ts';
import { EngineServer } from './server.ts';
import { followSettings } from './settings.ts';
import { Session, type Send } from './session.ts';
import type { HashName } from './structures/hash-functions.ts';
import { Film } from './trace/film.ts';
import { type Recorder } from './trace/recorder.ts';

export interface EngineOptions {
  readonly host: Host;
  readonly nowMs: number;
  /** Settings by their names in redis.conf. */
  readonly config?: Readonly<Record<string, string>>;
  readonly facts?: Partial<ServerFacts>;
  /** Receives causes and steps; without it nothing is recorded. */
  readonly recorder?: Recorder | null;
}

/** An engine's whole state between two turns. */
export interface EngineState extends PartsState {
  readonly nextSessionId: number;
}

const NO_PEER: Peer = { address: '127.0.0.1:0', localAddress: '127.0.0.1:0' };

/** A larger reserve than this, in pages, was for a single command. */
const RESERVE_PAGES = 64;

/** How many keys one tick removes at most, so that thousands that expire together do not hold up a command. */
const EXPIRE_A_TICK = 2000;
const NOTHING = new Uint8Array(0);
/** What makes a transaction whole in the log. */
const END_OF_GROUP = ascii('*1\r\n$4\r\nEXEC\r\n');
/** How many buckets one tick moves at most when `activerehashing` is on. */
const REHASH_A_TICK = 4096;

export class Engine {
  readonly keyspace: Keyspace;
  readonly config: Config;
  readonly registry: Registry;

  private readonly host: Host;
  private readonly chance: Chance;
  private readonly reply = new Reply();
  private readonly log: LogBuffer;
  private readonly film: Film;
  private readonly connections: Connections;
  /** Another one only while the log is read again (`DEBUG LOADAOF`). */
  private dispatcher: Dispatcher;
  private readonly server: EngineServer;
  private readonly blocking: Blocking;
  private readonly pubsub = new PubSub();
  private readonly lookahead: Lookahead;
  private readonly events: KeyEvents = {
    kinds: 0,
    onChanged: null,
    tell: (db, event, bytes, start, end) => {
      publishEvent(this.dispatcher.context, this.events.kinds, db, event, bytes.slice(start, end));
    },
  };
  private readonly limits = { maxBulkBytes: 0 };
  private readonly sessions = new Map<number, Session>();
  /** In whose name things happen that no client has asked for. */
  private readonly nobody: Session;
  private isLogging = false;

  constructor(options: EngineOptions) {
    this.host = options.host;
    this.chance = new Chance(options.host.seed);
    this.config = new Config(options.config);
    const recorder = options.recorder ?? null;
    this.film = new Film(recorder);
    this.log = new LogBuffer(recorder?.probe(logSteps) ?? null);
    this.keyspace = new Keyspace({
      databases: this.config.number('databases'),
      hashName: this.config.text('hash-function') as HashName,
      hashSeed: [this.chance.next(), this.chance.next()],
      chance: () => this.chance.next(),
      memory: options.host.memory,
      recorder,
      events: this.events,
      isFrozen: () => this.dispatcher.isFrozen,
      onExpired: (db, key) => {
        if (this.isLogging) this.dispatcher.callLog.appendCommand(db.index, ['DEL', key]);
      },
      onEvicted: (db, key) => {
        if (this.isLogging) this.dispatcher.callLog.appendCommand(db.index, ['DEL', key]);
      },
    });
    this.keyspace.nowMs = options.nowMs;
    this.lookahead = new Lookahead(this.keyspace);
    this.registry = new Registry(allCommands());
    this.blocking = new Blocking(this.keyspace.databases);
    this.server = new EngineServer({
      ...{ host: this.host, nowMs: options.nowMs, facts: options.facts ?? {} },
      ...{ chance: this.chance, keyspace: this.keyspace, sessions: this.sessions, log: this.log, events: this.events },
      ...{ pubsub: this.pubsub, blocking: this.blocking },
      dispatcher: () => this.dispatcher,
      reloadLog: () => this.reloadLog(),
      push: (session, write) => {
        this.connections.push(session, write);
      },
      end: (session) => {
        this.connections.end(session);
      },
      unpause: () => {
        this.unpause();
      },
    });
    this.nobody = new Session(0, () => undefined, NO_PEER, this.limits, options.nowMs);
    const context: Context = {
      keyspace: this.keyspace,
      reply: this.reply,
      config: this.config,
      server: this.server,
      registry: this.registry,
      session: this.nobody,
      db: this.keyspace.databases[0],
      command: this.registry.all()[0],
    };
    this.dispatcher = new Dispatcher({
      ...{ context, registry: this.registry, log: this.log, film: this.film, blocking: this.blocking },
      onAnswer: (session, start) => {
        this.connections.deliver(session, start);
      },
    });
    this.connections = new Connections({
      ...{ sessions: this.sessions, reply: this.reply, config: this.config, keyspace: this.keyspace },
      ...{ blocking: this.blocking, pubsub: this.pubsub, server: this.server, dispatcher: this.dispatcher },
      ...{ lookahead: this.lookahead, decoderLimits: this.limits },
    });
    followSettings(this.config, {
      ...{ keyspace: this.keyspace, events: this.events, dispatcher: this.dispatcher, observer: this.server.observer },
      ...{ tracking: this.server.tracking, decoderLimits: this.limits, hasLog: this.host.log !== undefined },
      outputLimits: this.connections.outputLimits,
    });
    this.isLogging = this.dispatcher.isLogging;
  }

  // Connections.

  /** A new client. Replies come through `send`, at the end of a turn, in views that are valid only during the call. */
  connect(send: Send, peer: Peer = NO_PEER): Connection {
    return this.connections.connect(send, peer);
  }

  // For hosts that go back in time.

  /** What a client has sent that was not run: whole commands behind one that waits, and bytes of one that is not whole. */
  unheard(id: number): { readonly commands: number; readonly rest: Uint8Array } {
    return this.connections.unheard(id);
  }

  /** What clients have sent that was not run has not come, and these sessions do not wait any more. */
  forgetUnheard(released: readonly number[]): void {
    this.connections.forgetUnheard(released);
  }

  // Time.

  get nowMs(): number {
    return this.keyspace.nowMs;
  }

  /** How many clients wait for something. */
  get waitingClients(): number {
    return this.blocking.size;
  }

  /** Whether a tick would tell anybody that the time is up. */
  isAnyWaitOver(nowMs: number): boolean {
    return this.blocking.isDue(nowMs);
  }

  /** What time it is: said by the host at the start of each turn, in milliseconds since 1970, with a fraction. */
  setTime(nowMs: number): void {
    this.keyspace.nowMs = nowMs;
    if (nowMs > this.dispatcher.pause.endMs) this.unpause();
  }

  /** Those who were made to wait go on in this turn, in the order in which they came. */
  private unpause(): void {
    this.dispatcher.pause.end();
    for (const session of this.blocking.resumed()) this.connections.goOn(session);
  }

  /** Some time has passed, about a tenth of a second: expire keys, move buckets, end idle connections. */
  tick(nowMs: number): void {
    this.setTime(nowMs);
    this.dispatcher.context.session = this.nobody;
    this.film.during('tick', nowMs, () => {
      if (this.server.isActiveExpire && this.dispatcher.pause.kind === null)
        this.server.observer.during('expire-cycle', () => this.keyspace.expireDue(EXPIRE_A_TICK));
      this.dispatcher.relieveMemory();
      this.keyspace.arena.trimReserve(RESERVE_PAGES);
      if (this.config.isOn('activerehashing')) this.keyspace.rehash(REHASH_A_TICK);
    });
    this.blocking.releaseDue(nowMs);
    if (this.blocking.hasWork) this.dispatcher.answerWaiting();
    this.server.noteTick();
    this.connections.endStale(nowMs);
    this.endTurn();
  }

  /** Ends a turn of the host's loop: the log's bytes go to the host, then the replies to the connections. */
  endTurn(): void {
    do this.sendTurn();
    while (this.connections.resume());
  }

  private sendTurn(): void {
    if (this.server.observer.isWatched) this.server.tracking.turnOver();
    let safe: Promise<void> | null = null;
    if (!this.log.isEmpty) {
      const isDurable = this.config.text('appendfsync') === 'always';
      this.film.during('turn', this.nowMs, () => {
        try {
          const write = (): Promise<void> | null => this.host.log?.append(this.log.pending(), isDurable) ?? null;
          safe = this.server.observer.during('aof-write', write);
        } catch (error) {
          // A log that cannot be written makes its turn's replies untrue, exactly as a promise that is rejected does.
          safe = Promise.reject(error instanceof Error ? error : new Error(String(error)));
        }
        this.log.markWritten();
      });
    }
    this.connections.flush(safe);
  }

  /** The host says that the log is on stable storage up to an offset. */
  logSynced(offset: number): void {
    this.film.during('turn', this.nowMs, () => {
      this.log.markSynced(offset);
    });
  }

  /** Why the log cannot be written, `null` once it can again. Meanwhile commands that write are refused. */
  logFailed(why: string | null): void {
    this.dispatcher.logFailure = why;
  }

  // The log.

  /** Reads a log back in: feed it the pieces, then `finish`. No command is logged again, no reply is sent. */
  loader(): Loader {
    const session = new Session(0, () => undefined, NO_PEER, this.limits, this.nowMs);
    this.keyspace.expires = false;
    this.dispatcher.isLogging = false;
    return new Loader(session, this.reply, this.dispatcher, this.lookahead, (endOffset) => {
      this.keyspace.expires = true;
      this.dispatcher.isLogging = this.isLogging;
      this.reply.reset();
      this.log.startAt(endOffset);
    });
  }

  /** In the middle of a command: with a dispatcher and a reply buffer of their own, for the replies go nowhere. */
  private reloadLog(): boolean {
    const { log } = this.host;
    if (!this.isLogging || log?.readAll === undefined) return false;
    let whole: Uint8Array;
    try {
      // What this turn has logged by now was not handed over yet, and a transaction that is being run is not at its end.
      whole = joined([
        log.readAll(),
        this.log.pending(),
        this.dispatcher.callLog.isGroupLogged ? END_OF_GROUP : NOTHING,
      ]);
    } catch {
      // The reply says so, and nothing was changed.
      return false;
    }
    for (const db of this.keyspace.databases) db.clear();
    const outer = this.dispatcher;
    const session = new Session(0, () => undefined, NO_PEER, this.limits, this.nowMs);
    const reply = new Reply();
    this.keyspace.expires = false;
    this.dispatcher = outer.withOwn({ ...outer.context, session, reply });
    try {
      const loader = new Loader(session, reply, this.dispatcher, this.lookahead, () => undefined);
      loader.feed(whole);
      loader.finish();
      return true;
    } catch (error) {
      if (error instanceof LogDamage) return false;
      throw error;
    } finally {
      this.dispatcher = outer;
      this.keyspace.expires = true;
    }
  }

  // Seeing and returning.

  /** The state of every structure, as plain data. */
  snapshot(): Models {
    return { ...this.keyspace.snapshot(), log: this.log.snapshot() };
  }

  /** Asks to be called right before each cause, with its number, while the engine is as the cause will find it. */
  watchCauses(onCause: (index: number) => void): void {
    this.film.onCause = onCause;
  }

  /** The number of the next cause. */
  get causeIndex(): number {
    return this.film.nextIndex;
  }

  /** Everything, between two turns. */
  capture(): EngineState {
    return { ...captureParts(this.parts()), nextSessionId: this.connections.nextId };
  }

  /**
   * Becomes what `capture` saw, in an engine made with the same options. The connections come back by their ids, through
   * the given sends.
   */
  restore(
    state: EngineState,
    sendFor: (id: number) => Send,
    peerFor: (id: number) => Peer = () => NO_PEER,
  ): Map<number, Connection> {
    this.connections.nextId = state.nextSessionId;
    for (const session of this.sessions.values()) unwatchAll(this.keyspace, session);
    restoreParts(this.parts(), state, ({ id, connectedMs }) => {
      return new Session(id, sendFor(id), peerFor(id), this.limits, connectedMs);
    });
    return new Map([...this.sessions.values()].map((session) => [session.id, this.connections.connection(session)]));
  }

  private parts(): Parts {
    const { keyspace, config, registry, chance, log, film, server, sessions, blocking, pubsub, dispatcher } = this;
    return { keyspace, config, registry, chance, log, film, server, sessions, blocking, pubsub, dispatcher };
  }
}
