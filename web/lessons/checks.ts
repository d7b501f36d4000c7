/**
 * What a lesson can ask of the state. An assertion looks at the models and never at the engine: a GET to find out would
 * move a bucket of a resize, and the check would change what it checks.
 */
import { utf8Decode } from '../../engine/memory/bytes.ts';
import type { Models } from '../../engine/models.ts';
import type { EntryModel, HashTableModel } from '../../engine/structures/hash-table.steps.ts';
import { valueOf } from '../diagrams/entries.ts';

export type Assertion =
  | { readonly kind: 'keys'; readonly count: number }
  | { readonly kind: 'buckets'; readonly count: number }
  | { readonly kind: 'resizing'; readonly expected: boolean }
  | { readonly kind: 'value'; readonly key: string; readonly value: string }
  | { readonly kind: 'exists'; readonly key: string; readonly expected: boolean }
  | { readonly kind: 'shares'; readonly key: string };

const FORMS: readonly (readonly [RegExp, (match: readonly string[]) => Assertion])[] = [
  [/^keys (\d+)$/, ([, count]) => ({ kind: 'keys', count: Number(count) })],
  [/^buckets (\d+)$/, ([, count]) => ({ kind: 'buckets', count: Number(count) })],
  [/^(not )?resizing$/, ([, not]) => ({ kind: 'resizing', expected: !not })],
  [/^key (\S+) is "([^"]*)"$/, ([, key = '', value = '']) => ({ kind: 'value', key, value })],
  [/^key (\S+) (exists|is missing)$/, ([, key = '', how]) => ({ kind: 'exists', key, expected: how === 'exists' })],
  [/^key (\S+) shares its bucket$/, ([, key = '']) => ({ kind: 'shares', key })],
];

/** `null` when the line is none of the forms above. */
export function parseAssertion(line: string): Assertion | null {
  for (const [form, make] of FORMS) {
    const match = form.exec(line);
    if (match) return make(match);
  }
  return null;
}

/** The goal in words, as it stands in a list that is ticked off. */
export function describeAssertion(assertion: Assertion): string {
  switch (assertion.kind) {
    case 'keys':
      return assertion.count === 1 ? 'The database holds one key.' : `The database holds ${assertion.count || 'no'} keys.`;
    case 'buckets':
      return `The table has ${assertion.count} buckets.`;
    case 'resizing':
      return assertion.expected ? 'A resize is under way.' : 'No resize is under way.';
    case 'value':
      return `${assertion.key} stands for “${assertion.value}”.`;
    case 'exists':
      return assertion.expected ? `The key ${assertion.key} is there.` : `The key ${assertion.key} is gone.`;
    case 'shares':
      return `The hash of another key names the bucket of ${assertion.key}.`;
  }
}

export function holds(assertion: Assertion, models: Models, db = 0): boolean {
  const table = models.tables[db];
  if (!table) return false;
  switch (assertion.kind) {
    case 'keys':
      return table.entries.size === assertion.count;
    case 'buckets':
      return table.tables[0].size === assertion.count;
    case 'resizing':
      return table.rehashCursor >= 0 === assertion.expected;
    case 'value': {
      const entry = entryOf(table, assertion.key);
      return entry !== undefined && valueOf(models, entry) === assertion.value;
    }
    case 'exists':
      return (entryOf(table, assertion.key) !== undefined) === assertion.expected;
    case 'shares': {
      // By their hashes and not by their chains: while a resize is under way, the two may still lie in different tables.
      const mask = table.tables[0].size - 1;
      const entry = entryOf(table, assertion.key);
      const others = [...table.entries.values()].filter((other) => other !== entry);
      return entry !== undefined && others.some((other) => (other.hash & mask) === (entry.hash & mask));
    }
  }
}

function entryOf(table: HashTableModel, key: string): EntryModel | undefined {
  return [...table.entries.values()].find((entry) => entry.keyLength >= 0 && utf8Decode(entry.key) === key);
}
