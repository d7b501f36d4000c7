/**
 * Who waits for what: clients whose command found nothing to take and who asked to be told when there is something.
 *
 * A client waits for one or more keys of one type. When such a key comes into being, those who wait for it are served in
 * the order in which they came, until nothing is left; not at once, but when the command that fed the key is over, a
 * transaction as a whole. Until it is served, until its time is up, or until somebody else lets it go, nothing that the
 * client has sent since is looked at.
 */
import { Args } from './args.ts';
import type { Database } from './keyspace/database.ts';
import { ascii, compareBytes, latin1 } from './memory/bytes.ts';
import type { Ref } from './memory/arena.ts';
import type { Session, Wait } from './session.ts';

/** The type that a session waits for which waits for no key, but until clients are not paused any more. */
const PAUSE_IS_OVER = -2;

/** How a wait ends in which nothing came: as if the time were up, or with an error. */
export type Release = 'timeout' | 'error';

const POSTPONED = { type: PAUSE_IS_OVER, firstKey: 0, endKey: 0, deadlineMs: 0 } as const;

export interface Released {
  readonly session: Session;
  readonly wait: Wait;
  readonly how: Release;
}

/** A key that came into being while somebody waited for it. */
export interface FedKey {
  readonly db: number;
  readonly key: Uint8Array;
}

export class Blocking {
  /** In a keyframe. */
  nextOrder = 1;
  /** Whether somebody is to be answered now. A field, for it is asked after every command. */
  hasWork = false;
  private readonly databases: readonly Database[];
  private readonly waiting = new Set<Session>();
  /** By database and key, who waits for it in their order. */
  private readonly queues = new Map<string, Session[]>();
  private fed: FedKey[] = [];
  private released: Released[] = [];

  constructor(databases: readonly Database[]) {
    this.databases = databases;
  }

  /** How many sessions wait. */
  get size(): number {
    return this.waiting.size;
  }

  wait(session: Session, wait: Omit<Wait, 'order'>): void {
    this.enter(session, { ...wait, order: this.nextOrder++ });
  }

  private enter(session: Session, wait: Wait): void {
    session.waiting = wait;
    this.waiting.add(session);
    for (const name of namesOf(wait)) {
      const queue = this.queues.get(name);
      if (queue) queue.push(session);
      else this.queues.set(name, [session]);
    }
    if (this.waiting.size === 1) this.listen(this.onFed);
  }

  /** The session waits no more, for whatever reason. */
  leave(session: Session): void {
    const wait = session.waiting;
    if (wait === null) return;
    session.waiting = null;
    this.waiting.delete(session);
    for (const name of namesOf(wait)) {
      const others = (this.queues.get(name) ?? []).filter((other) => other !== session);
      if (others.length > 0) this.queues.set(name, others);
      else this.queues.delete(name);
    }
    if (this.waiting.size === 0) this.listen(null);
  }

  /** What the session has sent is to be looked at again when `resumed` tells its name. */
  postpone(session: Session, fullName: string): void {
    this.wait(session, { ...POSTPONED, fullName, args: Args.from([ascii(fullName)]), db: session.db });
  }

  /** Those who were postponed are so no more; they are told in the order in which they were. */
  resumed(): readonly Session[] {
    const sessions = [...this.waiting].filter(({ waiting }) => waiting?.type === PAUSE_IS_OVER);
    sessions.sort((a, b) => (a.waiting?.order ?? 0) - (b.waiting?.order ?? 0));
    for (const session of sessions) this.leave(session);
    return sessions;
  }

  /** Lets a session go that nothing came for; it is answered when the present command is over. */
  release(session: Session, how: Release): boolean {
    const wait = session.waiting;
    // Who is postponed has not begun, so that there is nothing to be answered.
    if (wait === null || wait.type === PAUSE_IS_OVER) return false;
    this.leave(session);
    this.released.push({ session, wait, how });
    this.hasWork = true;
    return true;
  }

  /** Whether the time of anybody is up. */
  isDue(nowMs: number): boolean {
    for (const { waiting } of this.waiting) if (waiting !== null && isPast(waiting, nowMs)) return true;
    return false;
  }

  /** Lets those go whose time is up, the earliest first. */
  releaseDue(nowMs: number): void {
    if (this.waiting.size === 0) return;
    const due = [...this.waiting].filter(({ waiting }) => waiting !== null && isPast(waiting, nowMs));
    due.sort((a, b) => (a.waiting?.deadlineMs ?? 0) - (b.waiting?.deadlineMs ?? 0) || a.id - b.id);
    for (const session of due) this.release(session, 'timeout');
  }

  // Keys that are fed.

  private readonly onFed = (db: Database, entry: Ref): void => {
    const key = db.keys.keyCopy(entry);
    const isKnown = this.fed.some((other) => other.db === db.index && compareBytes(other.key, key) === 0);
    if (isKnown || !this.queues.has(nameOf(db.index, key, 0, key.length))) return;
    this.fed.push({ db: db.index, key });
    this.hasWork = true;
  };

  /** Asks the databases to tell of keys that come into being, or no longer to. */
  private listen(onFed: ((db: Database, entry: Ref) => void) | null): void {
    for (const db of this.databases) db.onFed = onFed;
  }

  takeReleased(): Released | undefined {
    const first = this.released.shift();
    this.countWork();
    return first;
  }

  takeFed(): FedKey | undefined {
    const first = this.fed.shift();
    this.countWork();
    return first;
  }

  private countWork(): void {
    this.hasWork = this.fed.length > 0 || this.released.length > 0;
  }

  /** Who waits for a key now. */
  waitersFor({ db, key }: FedKey): readonly Session[] {
    return [...(this.queues.get(nameOf(db, key, 0, key.length)) ?? [])];
  }

  /** The sessions have come back with their waits; the queues follow from these. */
  restore(sessions: Iterable<Session>): void {
    this.waiting.clear();
    this.queues.clear();
    this.fed = [];
    this.released = [];
    this.hasWork = false;
    this.listen(null);
    const waits = [...sessions].flatMap((session) =>
      session.waiting === null ? [] : ([[session, session.waiting]] as const),
    );
    waits.sort(([, a], [, b]) => a.order - b.order);
    for (const [session, wait] of waits) this.enter(session, wait);
  }
}

/** Which of the words of a wait a key is. */
export function indexOfKey({ args, firstKey, endKey }: Wait, key: Uint8Array): number {
  for (let i = firstKey; i < endKey; i++) {
    if (args.length(i) === key.length && compareBytes(args.copy(i), key) === 0) return i;
  }
  throw new Error('a session was to be served that does not wait for this key');
}

/** A wait lasts through the millisecond of its deadline. */
function isPast({ deadlineMs }: Wait, nowMs: number): boolean {
  return deadlineMs !== 0 && nowMs >= deadlineMs + 1;
}

function namesOf({ db, args, firstKey, endKey }: Wait): Set<string> {
  const names = new Set<string>();
  for (let i = firstKey; i < endKey; i++) names.add(nameOf(db, args.bytes, args.starts[i], args.ends[i]));
  return names;
}

function nameOf(db: number, bytes: Uint8Array, start: number, end: number): string {
  return `${db}:${latin1(bytes, start, end)}`;
}
