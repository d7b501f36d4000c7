import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Chance } from '../chance.ts';
import { Arena, NONE } from '../memory/arena.ts';
import { ascii, latin1 } from '../memory/bytes.ts';
import { Recorder } from '../trace/recorder.ts';
import type { AnyStep } from '../trace/steps.ts';
import { DeafRecorder, Witness, isEqual, mutatingKinds } from '../trace/witness.ts';
import { HASH_NAMES } from './hash-functions.ts';
import { HashTable } from './hash-table.ts';
import {
  applyHashTableStep,
  emptyHashTableModel,
  hashTableSteps,
  type HashTableModel,
  type HashTableStep,
} from './hash-table.steps.ts';

type Operation = {
  readonly do: 'set' | 'find' | 'remove' | 'rehash' | 'clear';
  readonly key: string;
  readonly value: number;
};

/** Few keys, so that they meet again; now and then everything goes. */
const operations = fc.array(
  fc.record({
    do: fc.oneof(
      { weight: 6, arbitrary: fc.constant('set' as const) },
      { weight: 3, arbitrary: fc.constant('find' as const) },
      { weight: 4, arbitrary: fc.constant('remove' as const) },
      { weight: 1, arbitrary: fc.constant('rehash' as const) },
      { weight: 1, arbitrary: fc.constantFrom('clear' as const, 'find' as const, 'set' as const) },
    ),
    key: fc.nat(60).map((n) => `k${n}`),
    value: fc.nat(1000),
  }),
  { minLength: 20, maxLength: 120 },
);

function makeTable(recorder: Recorder | null, hashName: (typeof HASH_NAMES)[number] = 'fnv1a'): HashTable {
  const trace = recorder?.probe(hashTableSteps) ?? null;
  return new HashTable(new Arena(), { id: 2, hashName, seed: [1, 2], payloadWords: 1, trace });
}

function perform(table: HashTable, { do: what, key, value }: Operation): void {
  const bytes = ascii(key);
  if (what === 'clear') {
    table.clear(() => undefined);
  } else if (what === 'rehash') {
    if (table.isRehashing) table.rehash(1);
  } else {
    const found = table.find(bytes, 0, bytes.length);
    if (what === 'set')
      table.setPayload(found === NONE ? table.insertMissing(bytes, 0, bytes.length) : found, 0, value);
    if (what === 'remove' && found !== NONE) table.remove(found);
  }
}

function contents(table: HashTable): Map<string, number> {
  const all = new Map<string, number>();
  table.forEach((entry) => all.set(latin1(table.keyCopy(entry)), table.payload(entry, 0)));
  return all;
}

const apply = (model: HashTableModel, step: AnyStep): HashTableModel =>
  applyHashTableStep(model, step as HashTableStep);

describe('the hash table', () => {
  it('holds what a Map holds, whatever is done to it, under every hash function', () => {
    fc.assert(
      fc.property(operations, fc.constantFrom(...HASH_NAMES), (all, hashName) => {
        const table = makeTable(null, hashName);
        const map = new Map<string, number>();
        for (const operation of all) {
          perform(table, operation);
          if (operation.do === 'set') map.set(operation.key, operation.value);
          if (operation.do === 'remove') map.delete(operation.key);
          if (operation.do === 'clear') map.clear();
          table.assertValid();
        }
        expect(contents(table)).toEqual(map);
        expect(table.size).toBe(map.size);
      }),
    );
  });

  it('says enough while it works: after every operation the fold of its steps equals its snapshot', () => {
    const met = new Set<string>();
    fc.assert(
      fc.property(operations, (all) => {
        const recorder = new Recorder();
        const table = makeTable(recorder);
        const witness = new Witness(recorder, emptyHashTableModel('fnv1a', 1), apply);
        for (const operation of all) {
          perform(table, operation);
          expect(witness.look()).toEqual(table.snapshot());
        }
        for (const kind of witness.met) met.add(kind);
      }),
    );
    expect([...met].sort()).toEqual(
      Object.keys(hashTableSteps.kinds)
        .map((kind) => `hash-table.${kind}`)
        .sort(),
    );
  });

  it.each(mutatingKinds(hashTableSteps))('would be caught if it kept quiet about %s', (kind) => {
    const samples = fc.sample(operations, { numRuns: 30, seed: 1 });
    const isNoticed = samples.some((all) => {
      const recorder = new DeafRecorder(kind);
      const table = makeTable(recorder);
      const witness = new Witness(recorder, emptyHashTableModel('fnv1a', 1), apply);
      return all.some((operation) => {
        perform(table, operation);
        return !isEqual(witness.look(), table.snapshot());
      });
    });
    expect(isNoticed).toBe(true);
  });

  it('grows to twice its size when an entry more than it has buckets comes, and moves one bucket an operation', () => {
    const table = makeTable(null);
    for (const key of ['a', 'b', 'c', 'd']) perform(table, { do: 'set', key, value: 1 });
    expect(table.buckets).toBe(4);
    expect(table.isRehashing).toBe(false);
    perform(table, { do: 'set', key: 'e', value: 1 });
    expect(table.buckets).toBe(4 + 8);
    expect(table.isRehashing).toBe(true);
    for (let i = 0; i < 4; i++) perform(table, { do: 'find', key: 'a', value: 0 });
    expect(table.isRehashing).toBe(false);
    expect(table.buckets).toBe(8);
  });

  it('gives room back when less than a tenth of it is used', () => {
    const table = makeTable(null);
    for (let i = 0; i < 64; i++) perform(table, { do: 'set', key: `k${i}`, value: i });
    while (table.isRehashing) table.rehash(1);
    expect(table.buckets).toBe(64);
    for (let i = 0; i < 60; i++) perform(table, { do: 'remove', key: `k${i}`, value: 0 });
    while (table.isRehashing) table.rehash(1);
    expect(table.buckets).toBeLessThan(64);
    expect(contents(table).size).toBe(4);
  });

  it('tells keys apart whose hashes are equal in all 32 bits', () => {
    const table = makeTable(null);
    for (const [key, value] of [
      ['costarring', 1],
      ['liquid', 2],
      ['declinate', 3],
      ['macallums', 4],
    ] as const) {
      perform(table, { do: 'set', key, value });
    }
    expect(contents(table)).toEqual(
      new Map([
        ['costarring', 1],
        ['liquid', 2],
        ['declinate', 3],
        ['macallums', 4],
      ]),
    );
  });

  it('scans every key that stays, at least once, through resizes up and down between the calls', () => {
    fc.assert(
      fc.property(
        fc.array(
          operations.map((all) => all.filter((one) => one.do !== 'clear')),
          { maxLength: 8 },
        ),
        (bursts) => {
          const table = makeTable(null);
          for (let i = 0; i < 20; i++) perform(table, { do: 'set', key: `stays${i}`, value: i });
          const seen = new Set<string>();
          let cursor = 0;
          let turn = 0;
          do {
            cursor = table.scan(cursor, (entry) => seen.add(latin1(table.keyCopy(entry))));
            for (const operation of bursts[turn] ?? []) perform(table, operation);
            turn++;
          } while (cursor !== 0 && turn < 10_000);
          expect(cursor).toBe(0);
          for (let i = 0; i < 20; i++) expect(seen).toContain(`stays${i}`);
        },
      ),
    );
  });

  it('gives every entry a chance to be drawn, and draws the same ones for the same chance', () => {
    const table = makeTable(null);
    for (let i = 0; i < 30; i++) perform(table, { do: 'set', key: `k${i}`, value: i });
    const draw = (): string[] => {
      const chance = new Chance(7);
      return Array.from({ length: 2000 }, () => latin1(table.keyCopy(table.random(() => chance.next()))));
    };
    expect(new Set(draw()).size).toBe(30);
    expect(draw()).toEqual(draw());
  });

  it('comes back exactly as it was, from a captured state', () => {
    const arena = new Arena();
    const options = { id: 2, hashName: 'fnv1a', seed: [0, 0], payloadWords: 1, trace: null } as const;
    const table = new HashTable(arena, options);
    for (let i = 0; i < 21; i++) perform(table, { do: 'set', key: `k${i}`, value: i });
    const states = [arena.capture(), table.capture()] as const;
    const before = table.snapshot();
    for (let i = 0; i < 21; i++) perform(table, { do: 'remove', key: `k${i}`, value: 0 });
    arena.restore(states[0]);
    table.restore(states[1]);
    expect(table.snapshot()).toEqual(before);
    perform(table, { do: 'set', key: 'more', value: 1 });
    table.assertValid();
  });
});
