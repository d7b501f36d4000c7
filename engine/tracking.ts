/**
 * Who keeps copies of what it has read, and is told when these are true no more.
 *
 * In the usual mode it is written down which keys each such client has read; a key that changes is told to those who read
 * it, once, and crossed out. So that this table cannot grow for ever, the keys that were read longest ago are told as if they
 * had changed when there are too many. In the mode `bcast` nothing is written down: a client names prefixes, and is told
 * at the end of each turn of all keys with such a prefix that were changed in it.
 *
 * Keys are told by their names alone, whatever their database.
 */
import { ascii, latin1 } from './memory/bytes.ts';
import type { Reply } from './reply.ts';
import type { Session, Tracked } from './session.ts';

/** Who is told through another client that speaks RESP2 is told in this channel. */
const CHANNEL = '__redis__:invalidate';

interface Prefix {
  readonly sessions: Set<Session>;
  /** The keys changed in this turn, and who changed each first. */
  readonly changed: Map<string, Session>;
}

export interface TrackingState {
  readonly readers: readonly (readonly [key: string, sessions: readonly number[]])[];
}

export interface TrackingParts {
  /** In whose name things happen at the moment. */
  readonly current: () => Session;
  readonly sessionOf: (id: number) => Session | undefined;
  readonly sessions: () => Iterable<Session>;
  readonly push: (session: Session, write: (reply: Reply) => void) => void;
  /** Somebody has begun to track, or nobody does any more. */
  readonly onSwitch: (isOn: boolean) => void;
}

export class Tracking {
  /** `tracking-table-max-keys`; 0 is as many as come. */
  mostKeys = 0;

  private readonly parts: TrackingParts;
  private readonly trackers = new Set<Session>();
  /** By key, the numbers of the sessions that have read it since it was last told; the longest known first. */
  private readonly readers = new Map<string, Set<number>>();
  private readonly prefixes = new Map<string, Prefix>();
  /** What the session whose command is run has made untrue for itself: told behind its reply. `null` is all keys. */
  private own: (string | null)[] = [];

  constructor(parts: TrackingParts) {
    this.parts = parts;
  }

  /** How many sessions track. */
  get size(): number {
    return this.trackers.size;
  }

  /** How much is written down. */
  counts(): { readonly keys: number; readonly items: number; readonly prefixes: number } {
    let items = 0;
    for (const sessions of this.readers.values()) items += sessions.size;
    return { keys: this.readers.size, items, prefixes: this.prefixes.size };
  }

  begin(session: Session, tracked: Tracked): void {
    session.tracked = tracked;
    this.trackers.add(session);
    for (const name of tracked.prefixes) {
      const prefix = this.prefixes.get(name) ?? { sessions: new Set(), changed: new Map() };
      this.prefixes.set(name, prefix);
      prefix.sessions.add(session);
    }
    if (this.trackers.size === 1) this.parts.onSwitch(true);
  }

  end(session: Session): void {
    if (session.tracked === null) return;
    for (const name of session.tracked.prefixes) {
      const prefix = this.prefixes.get(name);
      prefix?.sessions.delete(session);
      if (prefix?.sessions.size === 0) this.prefixes.delete(name);
    }
    session.tracked = null;
    session.isCaching = false;
    this.trackers.delete(session);
    if (this.trackers.size > 0) return;
    this.readers.clear();
    this.parts.onSwitch(false);
  }

  // What is read.

  /** A session has made a call that reads: its keys are written down, if it tracks. */
  read({ id, tracked, isCaching }: Session, keys: () => readonly string[]): void {
    if (tracked === null || tracked.isBcast) return;
    if (tracked.option !== null && isCaching !== (tracked.option === 'optin')) return;
    for (const key of keys()) {
      const sessions = this.readers.get(key);
      if (sessions) sessions.add(id);
      else this.readers.set(key, new Set([id]));
    }
  }

  // What is changed.

  /** A key was changed or is gone. */
  changed(bytes: Uint8Array, start: number, end: number): void {
    const key = latin1(bytes, start, end);
    for (const [name, { changed }] of this.prefixes)
      if (key.startsWith(name) && !changed.has(key)) changed.set(key, this.parts.current());
    this.tell(key);
  }

  /** All keys of a database, or of all, are gone. */
  flushed(): void {
    if (this.trackers.size === 0) return;
    const current = this.parts.current();
    for (const session of this.parts.sessions()) {
      if (session.tracked === null) continue;
      if (session === current) this.own.push(null);
      else this.send(session, null);
    }
    this.readers.clear();
  }

  /** Tells those who have read a key, and forgets that they did. */
  private tell(key: string): void {
    const ids = this.readers.get(key);
    if (ids === undefined) return;
    this.readers.delete(key);
    const current = this.parts.current();
    for (const id of ids) {
      const session = this.parts.sessionOf(id);
      if (!session?.tracked || session.tracked.isBcast) continue;
      if (session !== current) this.send(session, [key]);
      else if (!session.tracked.isNoLoop) this.own.push(key);
    }
  }

  /** A command is over, its reply written: the session is told what it made untrue for itself. */
  commandOver(session: Session, isAboutClient: boolean): void {
    const { own } = this;
    if (own.length > 0) {
      this.own = [];
      for (const key of own) this.send(session, key === null ? null : [key]);
    }
    // An announcement holds for the next command, or for the next transaction as a whole.
    if (session.isCaching && session.queue === null && !isAboutClient) session.isCaching = false;
  }

  /** The turn is over: tells what has changed under the prefixes, and keeps the table small. */
  turnOver(): void {
    for (const name of [...this.prefixes.keys()].sort()) {
      const prefix = this.prefixes.get(name);
      if (!prefix || prefix.changed.size === 0) continue;
      const keys = [...prefix.changed.keys()].sort();
      for (const session of [...prefix.sessions].sort((a, b) => a.id - b.id)) {
        const told =
          session.tracked?.isNoLoop === true ? keys.filter((key) => prefix.changed.get(key) !== session) : keys;
        if (told.length > 0) this.send(session, told);
      }
      prefix.changed.clear();
    }
    if (this.mostKeys === 0) return;
    for (const [key, ids] of this.readers) {
      if (this.readers.size <= this.mostKeys) return;
      this.readers.delete(key);
      for (const id of ids) {
        const session = this.parts.sessionOf(id);
        if (session?.tracked && !session.tracked.isBcast) this.send(session, [key]);
      }
    }
  }

  /** Tells a session, or whom it named instead, that what it knows of these keys, or of all, is true no more. */
  private send(session: Session, keys: readonly string[] | null): void {
    const { tracked } = session;
    if (tracked === null) return;
    const target = tracked.redirect === 0 ? session : this.parts.sessionOf(tracked.redirect);
    if (target === undefined) {
      this.sayBroken(session, tracked);
      return;
    }
    const isMessage = target.protocol === 2;
    // In RESP2 what nobody asked for can be told only to those who listen, whatever they listen to.
    if (isMessage && (tracked.redirect === 0 || !target.isSubscriber)) return;
    this.push(target, (reply) => {
      reply.push(isMessage ? 3 : 2);
      reply.text(isMessage ? 'message' : 'invalidate');
      if (isMessage) reply.text(CHANNEL);
      if (keys === null) {
        // As the one who tracks would write it, not as the one who is told in its place.
        reply.protocol = session.protocol;
        reply.null();
        return;
      }
      reply.array(keys.length);
      for (const key of keys) reply.bytes(ascii(key));
    });
  }

  private sayBroken(session: Session, tracked: Tracked): void {
    session.tracked = { ...tracked, isBroken: true };
    if (session.protocol === 2) return;
    this.push(session, (reply) => {
      reply.push(2);
      reply.text('tracking-redir-broken');
      reply.integer(tracked.redirect);
    });
  }

  /** These messages are silenced as replies are. */
  private push(session: Session, write: (reply: Reply) => void): void {
    if (session.replyMode === 'on') this.parts.push(session, write);
  }

  // For keyframes, between two turns.

  capture(): TrackingState {
    return { readers: [...this.readers].map(([key, sessions]) => [key, [...sessions]] as const) };
  }

  /** The sessions have come back with how they track; the prefixes follow from these. */
  restore({ readers }: TrackingState): void {
    this.trackers.clear();
    this.readers.clear();
    this.prefixes.clear();
    this.own = [];
    this.parts.onSwitch(false);
    for (const session of this.parts.sessions()) if (session.tracked) this.begin(session, session.tracked);
    for (const [key, sessions] of readers) this.readers.set(key, new Set(sessions));
  }
}
