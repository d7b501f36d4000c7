import type { Args } from './args.ts';
import type { Peer } from './host.ts';
import type { Watcher } from './keyspace/watchers.ts';
import { compareBytes } from './memory/bytes.ts';
import { RequestDecoder, type DecoderLimits } from './resp/decoder.ts';

/** Takes a connection's share of a turn; returns true when it holds on to the bytes after the call. */
export type Send = (bytes: Uint8Array) => boolean | void;

/** By its name, not as the command itself, so that a session can be copied into another engine. */
export interface QueuedCommand {
  readonly fullName: string;
  readonly args: Args;
}

export interface WatchedKey {
  readonly db: number;
  readonly key: Uint8Array;
  /** The key was past its deadline already when it was watched, and is still there. */
  readonly wasExpired: boolean;
}

/** What a session waits for. Never changed, so that a keyframe can share it. */
export interface Wait {
  /** The first to come is the first to be served. */
  readonly order: number;
  readonly fullName: string;
  /** A copy of the command's words. */
  readonly args: Args;
  readonly db: number;
  /** The type that a key must have. */
  readonly type: number;
  /** The arguments `[firstKey, endKey)` are the keys. */
  readonly firstKey: number;
  readonly endKey: number;
  /** In milliseconds since 1970; 0 is for ever. */
  readonly deadlineMs: number;
}

/** How a session tracks what it reads. Never changed, so that a keyframe can share it. */
export interface Tracked {
  /** The number of the session that is told in its place; 0 is itself. */
  readonly redirect: number;
  /** That session was not there any more. */
  readonly isBroken: boolean;
  readonly isBcast: boolean;
  /** In the order of their bytes, a character a byte. */
  readonly prefixes: readonly string[];
  /** Reads count only when announced, or always unless announced not to. */
  readonly option: 'optin' | 'optout' | null;
  /** Is not told of what it changes itself. */
  readonly isNoLoop: boolean;
}

/** The three books in which it is written who listens: channels, patterns over their names, and channels of a shard. */
export const BOOKS = ['channel', 'pattern', 'shard'] as const;
export type Book = (typeof BOOKS)[number];

/** What a session listens to, in the order in which it began to. Names are a character a byte. */
export type Subscriptions = Readonly<Record<Book, Set<string>>>;

function noSubscriptions(): Subscriptions {
  return { channel: new Set(), pattern: new Set(), shard: new Set() };
}

/** What a keyframe keeps of a connection. */
export interface SessionState {
  readonly id: number;
  readonly name: string;
  readonly libraryName: string;
  readonly libraryVersion: string;
  readonly protocol: 2 | 3;
  readonly db: number;
  readonly isAuthenticated: boolean;
  readonly subscriptions: Subscriptions;
  readonly queue: readonly QueuedCommand[] | null;
  readonly isQueueBroken: boolean;
  readonly waiting: Wait | null;
  readonly isTouched: boolean;
  readonly watched: readonly WatchedKey[];
  readonly replyMode: Session['replyMode'];
  readonly connectedMs: number;
  readonly lastActiveMs: number;
  readonly lastCommand: string;
  readonly isNoEvict: boolean;
  readonly isMonitor: boolean;
  readonly tracked: Tracked | null;
  readonly isCaching: boolean;
  readonly inputBytes: number;
  readonly outputBytes: number;
  /** The bytes of a command that has not come whole yet. */
  readonly pending: Uint8Array;
}

/** One connection as the engine knows it. */
export class Session implements Watcher {
  readonly id: number;
  readonly decoder: RequestDecoder;
  readonly peer: Peer;
  readonly send: Send;

  name = '';
  libraryName = '';
  libraryVersion = '';
  protocol: 2 | 3 = 2;
  db = 0;
  isAuthenticated = true;
  /** What it listens to. Changed by `PubSub` alone. */
  subscriptions: Subscriptions = noSubscriptions();
  /** Whether it listens to anything: kept beside, for it is asked before every command. */
  isSubscriber = false;
  /** The commands since MULTI, `null` outside of a transaction. */
  queue: QueuedCommand[] | null = null;
  /** A command could not be queued, so EXEC must refuse. */
  isQueueBroken = false;
  /** What it waits for; until that has come, nothing else that it sent is looked at. Set by `Blocking` alone. */
  waiting: Wait | null = null;
  /** A watched key was changed. */
  isTouched = false;
  watched: WatchedKey[] = [];
  /** `skip-next`: CLIENT REPLY SKIP itself is being run; `skip`: the command that now comes gets no reply. */
  replyMode: 'on' | 'off' | 'skip-next' | 'skip' = 'on';
  isNoEvict = false;
  /** Is shown all calls as they are made. Set by `Observer` alone. */
  isMonitor = false;
  /** How it tracks what it reads, `null` when it does not. Set by `Tracking` alone. */
  tracked: Tracked | null = null;
  /** CLIENT CACHING has announced the command that comes now. */
  isCaching = false;
  closing: 'no' | 'after-reply' | 'now' = 'no';
  isClosed = false;
  connectedMs: number;
  lastActiveMs: number;
  lastCommand = 'NULL';
  inputBytes = 0;
  outputBytes = 0;

  constructor(id: number, send: Send, peer: Peer, limits: DecoderLimits, nowMs: number) {
    this.id = id;
    this.send = send;
    this.peer = peer;
    this.decoder = new RequestDecoder(limits);
    this.connectedMs = nowMs;
    this.lastActiveMs = nowMs;
  }

  /** To be called after each change of what it listens to. */
  countSubscriptions(): void {
    const { channel, pattern, shard } = this.subscriptions;
    this.isSubscriber = channel.size + pattern.size + shard.size > 0;
  }

  touched(): void {
    this.isTouched = true;
  }

  expired(db: number, key: Uint8Array): void {
    const isKey = (watched: WatchedKey): boolean => watched.db === db && compareBytes(watched.key, key) === 0;
    if (this.watched.some((watched) => isKey(watched) && !watched.wasExpired)) this.isTouched = true;
    this.watched = this.watched.map((watched) => (isKey(watched) ? { ...watched, wasExpired: false } : watched));
  }

  /** What has come and was not run: so many whole commands, and the bytes of one that is not whole. */
  unheard(limits: DecoderLimits): { readonly commands: number; readonly rest: Uint8Array } {
    const decoder = new RequestDecoder(limits);
    decoder.feed(this.decoder.pendingCopy());
    let commands = 0;
    while (decoder.next()) commands++;
    return { commands, rest: decoder.pendingCopy() };
  }

  /** Leaves the transaction; the watches are the caller's. */
  forgetQueue(): void {
    this.queue = null;
    this.isQueueBroken = false;
  }

  capture(): SessionState {
    const { id, name, libraryName, libraryVersion, protocol, db, isAuthenticated, isQueueBroken, isTouched } = this;
    const { waiting, replyMode, connectedMs, lastActiveMs, lastCommand, isNoEvict, inputBytes, outputBytes } = this;
    const { isMonitor, tracked, isCaching } = this;
    return {
      ...{ id, name, libraryName, libraryVersion, protocol, db, isAuthenticated, isQueueBroken, isTouched },
      ...{ waiting, replyMode, connectedMs, lastActiveMs, lastCommand, isNoEvict, inputBytes, outputBytes },
      ...{ isMonitor, tracked, isCaching },
      pending: this.decoder.pendingCopy(),
      subscriptions: copyOf(this.subscriptions),
      queue: this.queue === null ? null : [...this.queue],
      watched: [...this.watched],
    };
  }

  /** The watches themselves are for the engine to set again. */
  restore(state: SessionState): void {
    const { pending, ...fields } = state;
    Object.assign(this, fields, {
      queue: state.queue === null ? null : [...state.queue],
      watched: [...state.watched],
      subscriptions: copyOf(state.subscriptions),
    });
    this.countSubscriptions();
    this.decoder.isAuthenticated = state.isAuthenticated;
    if (pending.length > 0) {
      this.decoder.feed(pending);
      this.decoder.suspend();
    }
  }
}

function copyOf({ channel, pattern, shard }: Subscriptions): Subscriptions {
  return { channel: new Set(channel), pattern: new Set(pattern), shard: new Set(shard) };
}
