/** What to type next: a few lines that show something new about the table as it is now. */
import type { Models } from '../engine/models.ts';
import { latin1 } from '../engine/memory/bytes.ts';

export interface Suggestion {
  readonly label: string;
  /** Run in the terminal, one after the other. */
  readonly lines: readonly string[];
  readonly why: string;
}

/** Short words, some of which share a bucket. */
const WORDS = [
  'bar',
  'baz',
  'city',
  'user',
  'carol',
  'foo',
  'alice',
  'dave',
  'apple',
  'banana',
  'grape',
  'cherry',
] as const;
/** More lines than this go in as MSETs. */
const SINGLE_LINES = 20;
const PAIRS_A_LINE = 32;

export function suggestionsFor(models: Models | null, db: number): readonly Suggestion[] {
  // Where there are too many keys to know each, there is still their number.
  if (!models) return [one('DBSIZE', 'how many keys there are'), one('RANDOMKEY', 'one of them, by chance')];
  const table = models.tables[db];
  if (!table) return [];
  const [old, next] = table.tables;
  const names = [...table.entries.values()]
    .filter(({ key, keyLength }) => keyLength === key.length)
    .map(({ key }) => latin1(key));
  const known = names.find((name) => PLAIN.test(name));
  const fresh = freshNames(new Set(names), 1)[0] ?? 'bar';
  if (old.size === 0 || known === undefined) return [one('SET hello world', 'a key falls into its bucket')];
  const first = [one(`GET ${known}`, 'the same way to the bucket, then along the chain')];
  if (next.size > 0) {
    const left = old.size - Math.max(0, table.rehashCursor);
    return [
      ...first,
      one(`SET ${fresh} 1`, 'while a resize is under way, new keys go to the new table'),
      {
        label: 'Finish the resize',
        lines: Array.from({ length: Math.min(left + 1, 40) }, () => `GET ${known}`),
        why: 'each command moves one bucket',
      },
      one(`DEL ${known}`, 'the entry leaves its chain, its memory is freed'),
    ];
  }
  const timed = table.entries.size > 0 && (models.heaps[db]?.length ?? 0) === 0;
  return [
    ...first,
    one(`SET ${fresh} 1`, 'another key, another bucket, or the same'),
    timed
      ? one(`EXPIRE ${known} 20`, 'the key gets a deadline')
      : one(`DEL ${known}`, 'the entry leaves its chain, its memory is freed'),
    fill(old.size - old.used + 1, new Set(names)),
  ];
}

const PLAIN = /^[\w:.-]{1,40}$/;

function one(line: string, why: string): Suggestion {
  return { label: line, lines: [line], why };
}

function fill(count: number, taken: ReadonlySet<string>): Suggestion {
  const names = freshNames(taken, Math.min(count, 2048));
  const lines: string[] = [];
  if (count <= SINGLE_LINES) {
    names.forEach((name, at) => lines.push(`SET ${name} ${at + 1}`));
  } else {
    for (let at = 0; at < names.length; at += PAIRS_A_LINE) {
      const pairs = names.slice(at, at + PAIRS_A_LINE).map((name, offset) => `${name} ${at + offset + 1}`);
      lines.push(`MSET ${pairs.join(' ')}`);
    }
  }
  return { label: 'Fill until it resizes', lines, why: 'when there are more keys than buckets, the table grows' };
}

function freshNames(taken: ReadonlySet<string>, count: number): string[] {
  const names: string[] = WORDS.filter((word) => !taken.has(word)).slice(0, count);
  for (let number = 1; names.length < count; number++) {
    const name = `key:${number}`;
    if (!taken.has(name)) names.push(name);
  }
  return names;
}
