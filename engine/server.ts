import type { Release, Blocking } from './blocking.ts';
import type { Chance } from './chance.ts';
import type { Server, ServerFacts, ServerStats } from './commands/contract.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { Host } from './host.ts';
import type { KeyEvents } from './keyspace/events.ts';
import type { Keyspace } from './keyspace/keyspace.ts';
import type { LogBuffer } from './persistence/log-buffer.ts';
import { Observer } from './observer.ts';
import type { PauseKind } from './pause.ts';
import type { PubSub } from './pubsub.ts';
import type { Reply } from './reply.ts';
import { Rates } from './rates.ts';
import { Tracking } from './tracking.ts';
import type { QueuedCommand, Session, Wait } from './session.ts';

export interface EngineServerParts {
  readonly host: Host;
  readonly nowMs: number;
  readonly facts: Partial<ServerFacts>;
  readonly chance: Chance;
  readonly keyspace: Keyspace;
  readonly events: KeyEvents;
  readonly sessions: ReadonlyMap<number, Session>;
  readonly log: LogBuffer;
  readonly pubsub: PubSub;
  readonly blocking: Blocking;
  readonly reloadLog: () => boolean;
  /** The dispatcher hands the server to its commands, and so is made after it. */
  readonly dispatcher: () => Dispatcher;
  readonly push: (session: Session, write: (reply: Reply) => void) => void;
  readonly unpause: () => void;
  /** Ends a connection at once. */
  readonly end: (session: Session) => void;
}

const NO_STATS: Omit<ServerStats, 'errors'> = {
  ...{ connections: 0, rejectedConnections: 0, commands: 0, inputBytes: 0, outputBytes: 0, reads: 0, writes: 0 },
};

/** The engine as commands see it: what they may ask of it as a whole, and nothing else. */
export class EngineServer implements Server {
  readonly startMs: number;
  readonly runId: string;
  readonly facts: ServerFacts;
  readonly stats: ServerStats = {
    ...NO_STATS,
    errors: new Map(),
  };
  readonly pubsub: PubSub;
  readonly observer: Observer;
  readonly tracking: Tracking;
  /** Whether keys expire on their own as time goes by. In a keyframe. */
  isActiveExpire = true;
  // What DEBUG changes besides, all in a keyframe.
  skipsChecksums = false;
  replId: string;
  savedImage: Uint8Array | null = null;

  readonly rates = new Rates();
  /** In a keyframe, as the rates are. */
  mostBytes = 0;

  private readonly parts: EngineServerParts;
  private readonly keyspace: Keyspace;

  constructor(parts: EngineServerParts) {
    const { chance } = parts;
    this.parts = parts;
    this.keyspace = parts.keyspace;
    this.pubsub = parts.pubsub;
    this.observer = new Observer({
      clock: parts.host.clock,
      nowMs: () => parts.keyspace.nowMs,
      push: parts.push,
    });
    this.tracking = new Tracking({
      current: () => parts.dispatcher().context.session,
      sessionOf: (id) => parts.sessions.get(id),
      sessions: () => parts.sessions.values(),
      push: parts.push,
      onSwitch: (isOn) => {
        this.observer.follow(isOn);
        parts.events.onChanged = isOn ? this.onChanged : null;
      },
    });
    this.startMs = parts.nowMs;
    this.facts = {
      ...{ os: 'unknown', processId: 1, tcpPort: 0, executable: '', configFile: '', host: 'memory' },
      ...parts.facts,
    };
    this.runId = randomId(chance);
    this.replId = this.runId;
  }

  private readonly onChanged = (bytes: Uint8Array, start: number, end: number): void => {
    this.tracking.changed(bytes, start, end);
  };

  get nowMs(): number {
    return this.keyspace.nowMs;
  }

  peakMemoryBytes(): number {
    this.mostBytes = Math.max(this.mostBytes, this.keyspace.arena.usedBytes);
    return this.mostBytes;
  }

  /** Some time has passed: looks at what is measured from time to time. */
  noteTick(): void {
    const { commands, inputBytes, outputBytes } = this.stats;
    this.peakMemoryBytes();
    this.rates.note(this.nowMs, [commands, inputBytes, outputBytes]);
  }

  ratesASecond(): { commands: number; inputBytes: number; outputBytes: number } {
    const [commands, inputBytes, outputBytes] = [0, 1, 2].map((at) => this.rates.perSecond(at));
    return { commands, inputBytes, outputBytes };
  }

  chance(): number {
    return this.parts.chance.next();
  }

  sleep(ms: number): void {
    this.parts.host.sleep?.(ms);
    this.observer.slept(ms);
  }

  rewriteConfig(): string | null {
    const { host } = this.parts;
    return host.rewriteConfig ? host.rewriteConfig() : 'Operation not supported';
  }

  shutdown(mode: 'save' | 'nosave' | 'default'): boolean {
    const { host } = this.parts;
    host.shutdown?.(mode);
    return host.shutdown !== undefined;
  }

  resetStats(): void {
    const { stats, keyspace } = this;
    Object.assign(stats, NO_STATS);
    this.rates.reset();
    stats.errors.clear();
    Object.assign(keyspace.stats, { hits: 0, misses: 0, expired: 0, evicted: 0 });
  }

  setActiveExpire(active: boolean): void {
    this.isActiveExpire = active;
  }

  checksDumps(): boolean {
    return !this.skipsChecksums;
  }

  setChecksDumps(checks: boolean): void {
    this.skipsChecksums = !checks;
  }

  replicationId(): string {
    return this.replId;
  }

  changeReplicationId(): void {
    this.replId = randomId(this.parts.chance);
  }

  image(): Uint8Array | null {
    return this.savedImage;
  }

  keepImage(image: Uint8Array): void {
    this.savedImage = image;
  }

  persistenceInfo(): readonly (readonly [string, string | number])[] {
    const { isLogging, logFailure } = this.parts.dispatcher();
    return [
      ['aof_enabled', isLogging ? 1 : 0],
      ['aof_current_size', this.parts.log.end],
      ['aof_last_write_status', logFailure === null ? 'ok' : 'err'],
    ];
  }

  // Connections.

  sessions(): Iterable<Session> {
    return this.parts.sessions.values();
  }

  session(id: number): Session | undefined {
    return this.parts.sessions.get(id);
  }

  push(session: Session, write: (reply: Reply) => void): void {
    this.parts.push(session, write);
  }

  closeSession(session: Session, how: 'after-reply' | 'now'): void {
    session.closing = how;
    // Who is being served is ended when its command is over.
    if (session !== this.parts.dispatcher().context.session) this.parts.end(session);
  }

  pause(kind: PauseKind, endMs: number): void {
    this.parts.dispatcher().pause.begin(kind, endMs);
  }

  unpause(): void {
    this.parts.unpause();
  }

  // The log.

  isLogging(): boolean {
    return this.parts.dispatcher().isLogging;
  }

  logInstead(...argv: (string | Uint8Array)[]): void {
    this.parts.dispatcher().callLog.sayInstead(argv);
  }

  logNothing(): void {
    this.parts.dispatcher().callLog.sayNothing();
  }

  logFor(db: number, argv: readonly (string | Uint8Array)[]): void {
    const dispatcher = this.parts.dispatcher();
    if (dispatcher.isLogging) dispatcher.callLog.appendCommand(db, argv);
  }

  reloadLog(): boolean {
    return this.parts.reloadLog();
  }

  beginGroup(): void {
    this.parts.dispatcher().callLog.beginGroup();
  }

  endGroup(): void {
    const { callLog, context } = this.parts.dispatcher();
    callLog.endGroup(context.db.index);
  }

  // Running and waiting.

  runQueued(queued: QueuedCommand): void {
    this.parts.dispatcher().runQueued(queued);
  }

  mayWait(): boolean {
    return this.parts.dispatcher().mayWait();
  }

  wait(session: Session, wait: Omit<Wait, 'order'>): void {
    this.parts.blocking.wait(session, wait);
  }

  release(session: Session, how: Release): boolean {
    return this.parts.blocking.release(session, how);
  }

  waitingClients(): number {
    return this.parts.blocking.size;
  }
}

function randomId(chance: Chance): string {
  return Array.from({ length: 5 }, () => (chance.next() >>> 0).toString(16).padStart(8, '0')).join('');
}
