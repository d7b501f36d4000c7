import type { Move } from './moves.ts';
import type { EngineSide } from './sides.ts';

/** What shows the whole of a value, by its type. */
const READERS: Readonly<Record<string, (key: string) => string[]>> = {
  string: (key) => ['GET', key],
  list: (key) => ['LRANGE', key, '0', '-1'],
  set: (key) => ['SMEMBERS', key],
  zset: (key) => ['ZRANGE', key, '0', '-1', 'WITHSCORES'],
  hash: (key) => ['HGETALL', key],
};

/** Whatever the real server has that the engine has not shows in the number of keys. */
const LINES_AT_ONCE = 20;

/** Looks at every key of every database: its type, its encoding, its deadline and all that it holds. */
export function auditOf(side: EngineSide, client: number): Move[] {
  const keys = side.keys();
  const moves: Move[] = [];
  let db = -1;
  let lines: string[][] = [];
  const flush = (): void => {
    if (lines.length > 0) moves.push({ kind: 'send', client, lines });
    lines = [];
  };
  for (const { db: index, key, type } of keys) {
    if (index !== db) lines.push(['SELECT', String(index)]);
    db = index;
    lines.push(['TYPE', key], ['OBJECT', 'ENCODING', key], ['PTTL', key]);
    const read = READERS[type];
    // A reply whose order is compared by what the key is kept in comes last in its move, as everywhere.
    if (read) lines.push(read(key));
    if (lines.length > LINES_AT_ONCE) flush();
  }
  lines.push(['DEBUG', 'DIGEST']);
  const counts = side.engine.keyspace.databases.flatMap(({ index }) => [['SELECT', String(index)], ['DBSIZE']]);
  lines.push(...counts);
  flush();
  return moves;
}
