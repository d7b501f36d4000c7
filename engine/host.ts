/** What an engine asks of the place it lives in. The engine has no clock, no chance and no disk of its own. */

import type { ArenaSystem } from './memory/page-source.ts';

/** Where the log's bytes go. */
export interface AppendLog {
  /**
   * Takes the bytes of one turn, a view that is valid only during the call. With `isDurable` the turn's replies wait
   * until they are on stable storage: the return value is `null` when they are now, else a promise of it. Without it, or
   * for policies that do not wait, it returns `null`. A promise that is rejected, or a throw, means the bytes are not
   * safe, and says why.
   */
  append(bytes: Uint8Array, isDurable: boolean): Promise<void> | null;
  /** Everything that the log holds, from its beginning. Throws when it cannot be read. For DEBUG LOADAOF. */
  readAll?(): Uint8Array;
}

export interface Host {
  /** From this come the hash seed, the run id and every random choice. Same seed, same inputs, same outputs. */
  readonly seed: number;
  readonly log?: AppendLog | undefined;
  /**
   * Microseconds since whenever, and never fewer than before: only to time commands with. A host whose past is replayed
   * lends none, for a replay would measure other times.
   */
  readonly clock?: (() => number) | undefined;
  /** Stops everything for a while, for DEBUG SLEEP. */
  readonly sleep?: ((ms: number) => void) | undefined;
  /** Where memory comes from, and how much: without it from the system, as much as it gives. */
  readonly memory?: Partial<ArenaSystem> | undefined;
  /** Writes the settings into the file that they were read from; says why when it cannot. */
  readonly rewriteConfig?: (() => string | null) | undefined;
  readonly shutdown?: ((mode: 'save' | 'nosave' | 'default') => void) | undefined;
}

/** How the other end of a connection is named in CLIENT LIST, and how to end it. */
export interface Peer {
  readonly address: string;
  readonly localAddress: string;
  /** The engine wants the connection ended. */
  readonly close?: (() => void) | undefined;
  /** The same at once, without what is still to be sent. */
  readonly drop?: (() => void) | undefined;
  /** How many bytes of what was sent wait here for the other end to take them. */
  readonly pendingBytes?: (() => number) | undefined;
  /** The other end does not take what it is sent; once it does again, the host hands over bytes, or none, to go on. */
  readonly isFull?: (() => boolean) | undefined;
}

export interface Connection {
  readonly id: number;
  /** Bytes have come: all of these, or so many of them. They must stay as they are during the call, and no longer. */
  receive(bytes: Uint8Array, length?: number): void;
  /** The other end is gone. */
  close(): void;
}
