import { latin1 } from '../memory/bytes.ts';

/** Watches one key for a transaction. */
export interface Watcher {
  /** The key was changed, so the transaction must not run. */
  touched(): void;
  /** The key was past its deadline and has been removed, which is no change to who knew that it was. */
  expired(db: number, key: Uint8Array): void;
}

/** Who watches which keys of a database, whether those are there or not. */
export class Watchers {
  private readonly byKey = new Map<string, Set<Watcher>>();

  /** False when it is watching the key already. */
  watch(key: Uint8Array, watcher: Watcher): boolean {
    const name = latin1(key);
    const set = this.byKey.get(name) ?? new Set();
    if (set.has(watcher)) return false;
    this.byKey.set(name, set.add(watcher));
    return true;
  }

  unwatch(key: Uint8Array, watcher: Watcher): void {
    const name = latin1(key);
    const set = this.byKey.get(name);
    if (set?.delete(watcher) && set.size === 0) this.byKey.delete(name);
  }

  /** A key was changed: tells those who watch it. */
  touched(bytes: Uint8Array, start: number, end: number): void {
    if (this.byKey.size === 0) return;
    for (const watcher of this.byKey.get(latin1(bytes, start, end)) ?? []) watcher.touched();
  }

  /** A key was removed because its time was up. */
  expired(db: number, key: Uint8Array): void {
    for (const watcher of this.byKey.get(latin1(key)) ?? []) watcher.expired(db, key);
  }

  /** The keys that are watched. */
  keys(): Uint8Array[] {
    return Array.from(this.byKey.keys(), (name) => Uint8Array.from(name, (character) => character.charCodeAt(0)));
  }
}
