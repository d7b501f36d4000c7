/**
 * Who listens to what. A message goes to those who listen at that moment, and is kept nowhere.
 *
 * Three books are kept alike, each from a name to its listeners in the order in which they came: channels, patterns over
 * the names of channels, and the channels of a cluster's shards, which here are simply other channels.
 */
import { Glob } from './keyspace/glob.ts';
import { ascii } from './memory/bytes.ts';
import { BOOKS, type Book, type Session } from './session.ts';

/** For a keyframe: the names of each book, and the numbers of the sessions that listen. */
export type PubSubState = Readonly<Record<Book, readonly (readonly [name: string, sessions: readonly number[]])[]>>;

interface Entry {
  readonly glob: Glob;
  readonly sessions: Set<Session>;
}

export class PubSub {
  private readonly books: Readonly<Record<Book, Map<string, Entry>>> = {
    channel: new Map(),
    pattern: new Map(),
    shard: new Map(),
  };

  /** False when the session does so already. */
  subscribe(book: Book, session: Session, name: string): boolean {
    const own = session.subscriptions[book];
    if (own.has(name)) return false;
    own.add(name);
    session.countSubscriptions();
    const entry = this.books[book].get(name);
    if (entry) entry.sessions.add(session);
    else this.books[book].set(name, { glob: new Glob(ascii(name)), sessions: new Set([session]) });
    return true;
  }

  unsubscribe(book: Book, session: Session, name: string): void {
    if (!session.subscriptions[book].delete(name)) return;
    session.countSubscriptions();
    const entry = this.books[book].get(name);
    entry?.sessions.delete(session);
    if (entry?.sessions.size === 0) this.books[book].delete(name);
  }

  /** The session listens to nothing any more. */
  forget(session: Session): void {
    for (const book of BOOKS)
      for (const name of [...session.subscriptions[book]]) this.unsubscribe(book, session, name);
  }

  /** Who listens under this very name, in the order in which they came. */
  listeners(book: Book, name: string): Iterable<Session> {
    return this.books[book].get(name)?.sessions ?? [];
  }

  /** How many listen under this very name. */
  count(book: Book, name: string): number {
    return this.books[book].get(name)?.sessions.size ?? 0;
  }

  /** Calls for each pattern that the channel's name fits, and each session that listens to that pattern. */
  forEachMatch(channel: Uint8Array, visit: (pattern: string, session: Session) => void): void {
    for (const [pattern, { glob, sessions }] of this.books.pattern) {
      if (!glob.matches(channel, 0, channel.length)) continue;
      for (const session of sessions) visit(pattern, session);
    }
  }

  /** The names in a book that somebody listens to. */
  names(book: Book): string[] {
    return [...this.books[book].keys()];
  }

  capture(): PubSubState {
    const list = (book: Book): PubSubState[Book] =>
      [...this.books[book]].map(([name, { sessions }]) => [name, [...sessions].map(({ id }) => id)] as const);
    return { channel: list('channel'), pattern: list('pattern'), shard: list('shard') };
  }

  /** The sessions have come back with what they listen to; this says in which order they came to it. */
  restore(state: PubSubState, sessionOf: (id: number) => Session | undefined): void {
    for (const book of BOOKS) {
      this.books[book].clear();
      for (const [name, ids] of state[book]) {
        const sessions = new Set(ids.map(sessionOf).filter((session) => session !== undefined));
        if (sessions.size > 0) this.books[book].set(name, { glob: new Glob(ascii(name)), sessions });
      }
    }
  }
}
