import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Arena, NONE } from '../memory/arena.ts';
import { ascii } from '../memory/bytes.ts';
import { applyStep, emptyModels, type EngineStep, type Models } from '../models.ts';
import { HashTable, type HashTableState } from '../structures/hash-table.ts';
import { hashTableSteps } from '../structures/hash-table.steps.ts';
import { Recorder } from '../trace/recorder.ts';
import type { AnyStep } from '../trace/steps.ts';
import { DeafRecorder, Witness, isEqual, mutatingKinds } from '../trace/witness.ts';
import { Collections, type Slots } from './collections.ts';
import {
  FIRST_COLLECTION_ID,
  HASH_PAYLOAD_WORDS,
  HOLDS_HASH,
  HOLDS_SET,
  SET_PAYLOAD_WORDS,
  collectionSteps,
} from './collections.steps.ts';

class Shelf {
  readonly arena = new Arena();
  readonly collections: Collections;
  readonly hashes: Slots<HashTable, HashTableState>;
  readonly sets: Slots<HashTable, HashTableState>;
  /** The slots in use, in the order in which they were taken. */
  open: { readonly slots: Slots<HashTable, HashTableState>; readonly slot: number }[] = [];

  constructor(recorder: Recorder | null) {
    this.collections = new Collections(recorder?.probe(collectionSteps) ?? null);
    const trace = recorder?.probe(hashTableSteps) ?? null;
    const declare = (holds: number, name: 'hash' | 'set', payloadWords: number): Slots<HashTable, HashTableState> =>
      this.collections.declare({
        holds,
        make: (id) => new HashTable(this.arena, { id, hashName: 'fnv1a', seed: [0, 0], payloadWords, trace }),
        model: (table) => ({ holds: name, table: table.snapshot() }),
      });
    this.hashes = declare(HOLDS_HASH, 'hash', HASH_PAYLOAD_WORDS);
    this.sets = declare(HOLDS_SET, 'set', SET_PAYLOAD_WORDS);
  }

  perform(change: Change): void {
    const place = this.open.length === 0 ? -1 : change.which % this.open.length;
    if (change.do === 'open' || place < 0) {
      const slots = change.which % 2 === 0 ? this.hashes : this.sets;
      this.open.push({ slots, slot: slots.open() });
      return;
    }
    const { slots, slot } = this.open[place];
    const table = slots.at(slot);
    if (change.do === 'close') {
      table.clear(() => undefined);
      slots.close(slot);
      this.open.splice(place, 1);
      return;
    }
    const key = ascii(change.key);
    if (table.find(key, 0, key.length) === NONE) table.insertMissing(key, 0, key.length);
  }
}

interface Change {
  readonly do: 'open' | 'close' | 'insert';
  readonly which: number;
  readonly key: string;
}

const changes: fc.Arbitrary<Change[]> = fc.array(
  fc.record({
    do: fc.constantFrom('open' as const, 'close' as const, 'insert' as const, 'insert' as const),
    which: fc.nat(100),
    key: fc.nat(20).map((n) => `k${n}`),
  }),
  { minLength: 10, maxLength: 80 },
);

const apply = (models: Models, step: AnyStep): Models => applyStep(models, step as EngineStep);
const start = (): Models => emptyModels(1, 'fnv1a');

describe('the collections', () => {
  it('give out the lowest free slot, whatever kind was in it', () => {
    const shelf = new Shelf(null);
    const { hashes, sets } = shelf;
    expect([hashes.open(), sets.open(), hashes.open(), sets.open()]).toEqual([0, 1, 2, 3]);
    hashes.close(2);
    hashes.close(0);
    sets.close(1);
    expect([sets.open(), hashes.open(), hashes.open(), hashes.open()]).toEqual([0, 1, 2, 4]);
    expect(sets.at(0).id).toBe(FIRST_COLLECTION_ID);
    expect(shelf.collections.size).toBe(5);
  });

  it('refuse a slot of another kind, one that is free, and a kind that is there already', () => {
    const { hashes, sets, collections } = new Shelf(null);
    const slot = hashes.open();
    expect(() => sets.at(slot)).toThrow('holds nothing of the kind');
    hashes.close(slot);
    expect(() => hashes.at(slot)).toThrow('holds nothing of the kind');
    expect(() => {
      hashes.close(slot);
    }).toThrow('free already');
    const again = {
      holds: HOLDS_SET,
      make: () => sets.at(0),
      model: () => ({ holds: 'set', table: sets.at(0).snapshot() }) as const,
    };
    expect(() => collections.declare(again)).toThrow('two kinds');
  });

  it('say enough while they work: after every change the fold of all steps equals the snapshot', () => {
    const met = new Set<string>();
    fc.assert(
      fc.property(changes, (all) => {
        const recorder = new Recorder();
        const shelf = new Shelf(recorder);
        const witness = new Witness(recorder, start(), apply);
        for (const change of all) {
          shelf.perform(change);
          expect(witness.look().collections).toEqual(shelf.collections.snapshot());
          shelf.collections.assertValid();
        }
        for (const kind of witness.met) met.add(kind);
      }),
    );
    for (const kind of mutatingKinds(collectionSteps)) expect(met).toContain(kind);
  });

  it.each(mutatingKinds(collectionSteps))('would be caught if they kept quiet about %s', (kind) => {
    const isNoticed = fc.sample(changes, { numRuns: 20, seed: 1 }).some((all) => {
      const recorder = new DeafRecorder(kind);
      const shelf = new Shelf(recorder);
      const witness = new Witness(recorder, start(), apply);
      return all.some((change) => {
        shelf.perform(change);
        return !isEqual(witness.look().collections, shelf.collections.snapshot());
      });
    });
    expect(isNoticed).toBe(true);
  });

  it('come back exactly as they were, from a captured state, and go on alike', () => {
    fc.assert(
      fc.property(changes, changes, changes, (before, between, after) => {
        const shelf = new Shelf(null);
        for (const change of before) shelf.perform(change);
        const states = [shelf.arena.capture(), shelf.collections.capture()] as const;
        const open = [...shelf.open];
        const seen = shelf.collections.snapshot();
        for (const change of after) shelf.perform(change);
        const first = shelf.collections.snapshot();
        shelf.arena.restore(states[0]);
        shelf.collections.restore(states[1]);
        shelf.open = open.slice();
        expect(shelf.collections.snapshot()).toEqual(seen);
        for (const change of between) shelf.perform(change);
        shelf.arena.restore(states[0]);
        shelf.collections.restore(states[1]);
        shelf.open = open.slice();
        for (const change of after) shelf.perform(change);
        expect(shelf.collections.snapshot()).toEqual(first);
        shelf.collections.assertValid();
      }),
    );
  });
});
