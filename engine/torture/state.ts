/** What an engine holds, in words that can be compared. */
import type { Engine } from '../api.ts';
import { latin1 } from '../memory/bytes.ts';
import { digestOfValue } from '../keyspace/digest.ts';
import { LEFT, RIGHT } from './workload.ts';

/** Every key of every database with its deadline and the digest of its value, a line each, in order. */
export function stateOf({ keyspace }: Engine): string {
  const lines: string[] = [];
  for (const db of keyspace.databases) {
    db.keys.forEach((entry) => {
      const key = JSON.stringify(latin1(db.keys.keyCopy(entry)));
      lines.push(`${db.index} ${key} ${db.deadline(entry)} ${digestOfValue(keyspace, db, entry)}`);
    });
  }
  // To be read, the inner nodes of a list were made plain; after a command they are compressed again.
  keyspace.lists.settle();
  return lines.sort().join('\n');
}

/** Throws, and says what differs. */
export function requireSame(ours: string, theirs: string, what: string): void {
  if (ours === theirs) return;
  const [before, after] = [new Set(ours.split('\n')), new Set(theirs.split('\n'))];
  const missing = [...before].filter((line) => !after.has(line)).slice(0, 5);
  const added = [...after].filter((line) => !before.has(line)).slice(0, 5);
  throw new Error(`${what}\n- ${missing.join('\n- ')}\n+ ${added.join('\n+ ')}`);
}

/** What is only ever changed together is there together. */
export function requirePairs({ keyspace }: Engine): void {
  for (const db of keyspace.databases) {
    const [left, right] = [LEFT, RIGHT].map((name) => {
      const key = Uint8Array.from(name, (letter) => letter.charCodeAt(0));
      const entry = db.keys.find(key, 0, key.length);
      if (entry === 0) return 'none';
      const { bytes, start, end } = keyspace.strings.view(db, entry);
      return latin1(bytes, start, end);
    });
    if (left !== right) throw new Error(`a transaction was split: ${left} and ${right} in database ${db.index}`);
  }
}

export function requireBytes(found: Uint8Array, expected: Uint8Array, what: string): void {
  const at = found.findIndex((byte, i) => byte !== expected[i]);
  if (at >= 0 || found.length !== expected.length)
    throw new Error(`${what}: ${found.length} bytes for ${expected.length}, the first other one at ${at}`);
}
