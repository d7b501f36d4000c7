import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';

import { Arena } from '../memory/arena.ts';
import { ascii, latin1 } from '../memory/bytes.ts';
import { Recorder } from '../trace/recorder.ts';
import type { AnyStep } from '../trace/steps.ts';
import { DeafRecorder, Witness, isEqual, mutatingKinds } from '../trace/witness.ts';
import { FIRST, Listpacks, NOWHERE } from './listpack.ts';
import {
  applyListpackStep,
  describeListpackStep,
  elementBytes,
  emptyListpackModel,
  listpackSteps,
  type ListpackModel,
  type ListpackStep,
} from './listpack.steps.ts';

type Change =
  | { readonly do: 'append' | 'prepend' | 'find' | 'create'; readonly bytes: Uint8Array }
  | { readonly do: 'insert' | 'replace'; readonly index: number; readonly bytes: Uint8Array }
  | { readonly do: 'remove'; readonly index: number; readonly count: number }
  | { readonly do: 'copy' | 'release' };

/** Mostly short, now and then long enough for a length of several digits and a back length of several bytes. */
const bytes = fc.oneof(
  { weight: 6, arbitrary: fc.uint8Array({ maxLength: 12 }) },
  { weight: 1, arbitrary: fc.nat(300).map((length) => new Uint8Array(length).fill(120)) },
  { weight: 1, arbitrary: fc.constantFrom(...[119, 120, 121, 122, 9, 10, 99, 100].map((n) => new Uint8Array(n))) },
);
const index = fc.nat(30);
const changes: fc.Arbitrary<Change[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('append' as const, 'prepend' as const), bytes }) },
    { weight: 5, arbitrary: fc.record({ do: fc.constantFrom('insert' as const, 'replace' as const), index, bytes }) },
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constant('remove' as const), index, count: fc.integer({ min: 1, max: 12 }) }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('find' as const, 'create' as const), bytes }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('copy' as const, 'release' as const) }) },
  ),
  { minLength: 10, maxLength: 60 },
);

const apply = (model: ListpackModel, step: AnyStep): ListpackModel => applyListpackStep(model, step as ListpackStep);

/** Works on the last of the packs; returns the refs that are live. */
function perform(packs: Listpacks, refs: readonly number[], change: Change): number[] {
  const last = refs.at(-1);
  if (last === undefined || change.do === 'create') return [...refs, packs.create()];
  const others = refs.slice(0, -1);
  switch (change.do) {
    case 'copy':
      return [...refs, packs.copy(last)];
    case 'release':
      packs.release(last);
      return others;
    case 'find':
      packs.find(last, FIRST, 0, change.bytes, 0, change.bytes.length);
      return [...refs];
    case 'append':
    case 'prepend':
      return [...others, packs[change.do](last, change.bytes, 0, change.bytes.length)];
    case 'remove': {
      const at = packs.seek(last, change.index);
      const count = Math.min(change.count, packs.count(last) - change.index);
      return at === NOWHERE ? [...refs] : [...others, packs.remove(last, at, count)];
    }
    case 'insert':
    case 'replace': {
      const at = packs.seek(last, change.index);
      return at === NOWHERE ? [...refs] : [...others, packs[change.do](last, at, change.bytes, 0, change.bytes.length)];
    }
  }
}

function expected(value: readonly string[], change: Change): string[] {
  const after = [...value];
  if (change.do === 'append') after.push(latin1(change.bytes));
  else if (change.do === 'prepend') after.unshift(latin1(change.bytes));
  else if (change.do === 'remove') after.splice(change.index, change.count);
  else if (change.do === 'insert' && change.index < value.length) after.splice(change.index, 0, latin1(change.bytes));
  else if (change.do === 'replace' && change.index < value.length) after[change.index] = latin1(change.bytes);
  return after;
}

function elementAt(packs: Listpacks, ref: number, at: number): string {
  packs.read(ref, at);
  return latin1(packs.bytes(ref), packs.start, packs.end);
}

function contents(packs: Listpacks, ref: number): string[] {
  const all: string[] = [];
  for (let at = FIRST; at < packs.used(ref); at = packs.next(ref, at)) all.push(elementAt(packs, ref, at));
  return all;
}

function filled(packs: Listpacks, ...elements: string[]): number {
  return elements.reduce((ref, element) => packs.append(ref, ascii(element), 0, element.length), packs.create());
}

describe('the listpack', () => {
  it('holds what an ordinary array would hold after the same changes', () => {
    fc.assert(
      fc.property(changes, (all) => {
        const arena = new Arena();
        const packs = new Listpacks(arena, 1, null);
        let ref = packs.create();
        let value: string[] = [];
        for (const change of all) {
          if (change.do === 'create' || change.do === 'copy' || change.do === 'release') continue;
          [ref] = perform(packs, [ref], change) as [number];
          value = expected(value, change);
          packs.assertValid(ref);
          expect(contents(packs, ref)).toEqual(value);
          expect(packs.count(ref)).toBe(value.length);
        }
        packs.release(ref);
        arena.assertValid();
        expect(arena.usedBytes).toBe(0);
      }),
    );
  });

  it('moves what is there for few of the elements that are put in front of it, and for none that is taken from there', () => {
    const packs = new Listpacks(new Arena(), 1, null);
    const moves = vi.spyOn(Uint8Array.prototype, 'copyWithin');
    let ref = packs.create();
    for (let i = 0; i < 1000; i++) ref = packs.prepend(ref, ascii(String(i)), 0, String(i).length);
    expect(packs.used(ref)).toBeGreaterThan(8000);
    for (let i = 999; i > 500; i--) {
      expect(elementAt(packs, ref, FIRST)).toBe(String(i));
      ref = packs.remove(ref, FIRST);
      packs.assertValid(ref);
    }
    expect(moves.mock.calls.length).toBeLessThan(50);
    moves.mockRestore();
  });

  it('holds the same at both ends, whether its block is one that has gaps or a larger one', () => {
    const piece = fc.record({
      isFront: fc.boolean(),
      isGone: fc.nat(3),
      length: fc.constantFrom(0, 3, 90, 2000, 9000),
    });
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 120 }), (pieces) => {
        const packs = new Listpacks(new Arena(), 1, null);
        let ref = packs.create();
        const value: string[] = [];
        for (const [i, { isFront, isGone, length }] of pieces.entries()) {
          const text = String.fromCharCode(97 + (i % 26)).repeat(length);
          if (isGone === 0 && value.length > 0) {
            ref = packs.remove(ref, isFront ? FIRST : packs.last(ref));
            if (isFront) value.shift();
            else value.pop();
          } else {
            ref = isFront ? packs.prepend(ref, ascii(text), 0, length) : packs.append(ref, ascii(text), 0, length);
            if (isFront) value.unshift(text);
            else value.push(text);
          }
          packs.assertValid(ref);
        }
        expect(contents(packs, ref)).toEqual(value);
        expect(contents(packs, packs.copy(ref))).toEqual(value);
        expect(contents(packs, packs.revive(packs.whole(ref)))).toEqual(value);
      }),
    );
  });

  it('reaches the n-th element from either end, and nothing beyond', () => {
    const packs = new Listpacks(new Arena(), 1, null);
    const names = Array.from({ length: 41 }, (_, i) => 'x'.repeat(i * 7));
    const ref = filled(packs, ...names);
    names.forEach((name, i) => {
      expect(elementAt(packs, ref, packs.seek(ref, i))).toBe(name);
      expect(packs.seek(ref, i - names.length)).toBe(packs.seek(ref, i));
    });
    expect([packs.seek(ref, 41), packs.seek(ref, -42)]).toEqual([NOWHERE, NOWHERE]);
    const empty = packs.create();
    expect([packs.last(empty), packs.seek(empty, 0), packs.seek(empty, -1)]).toEqual([NOWHERE, NOWHERE, NOWHERE]);
  });

  it('finds among the fields of pairs and leaves their values out', () => {
    const packs = new Listpacks(new Arena(), 1, null);
    const ref = filled(packs, 'one', 'two', 'two', 'one');
    const find = (text: string, skip: number, at = FIRST): number =>
      packs.find(ref, at, skip, ascii(text), 0, text.length);
    expect(find('two', 1)).toBe(packs.seek(ref, 2));
    expect(find('two', 0)).toBe(packs.seek(ref, 1));
    expect(find('two', 0, packs.seek(ref, 2))).toBe(packs.seek(ref, 2));
    expect([find('tw', 0), find('twoo', 0), find('', 0), find('one', 0, packs.used(ref))]).toEqual([0, 0, 0, 0]);
  });

  it('keeps every element as the reply that it will be', () => {
    const packs = new Listpacks(new Arena(), 1, null);
    const ref = filled(packs, 'abc', '', 'x'.repeat(1234));
    const replies = [0, 1, 2].map((place) => {
      const at = packs.seek(ref, place);
      packs.read(ref, at);
      return latin1(packs.bytes(ref), packs.replyStart(ref, at), packs.end + 2);
    });
    expect(replies).toEqual(['$3\r\nabc\r\n', '$0\r\n\r\n', `$1234\r\n${'x'.repeat(1234)}\r\n`]);
    expect(packs.used(ref)).toBe(FIRST + elementBytes(3) + elementBytes(0) + elementBytes(1234));
  });

  it('goes to a larger block only now and then, to a smaller one when it is mostly empty, and past a page', () => {
    const recorder = new Recorder();
    const arena = new Arena();
    const packs = new Listpacks(arena, 1, recorder.probe(listpackSteps));
    const element = new Uint8Array(1000).fill(120);
    let ref = packs.create();
    let moves = 0;
    for (let i = 0; i < 3000; i++) {
      const after = packs.append(ref, element, 0, element.length);
      if (after !== ref) moves++;
      ref = after;
    }
    expect(moves).toBeLessThan(50);
    packs.assertValid(ref);
    ref = packs.remove(ref, packs.seek(ref, 1), 2998);
    packs.assertValid(ref);
    expect(arena.capacityOf(ref)).toBeLessThan(4096);
    expect(contents(packs, ref)).toHaveLength(2);
  });

  it('says enough while it works: after every change the fold of its steps equals its snapshot', () => {
    const met = new Set<string>();
    fc.assert(
      fc.property(changes, (all) => {
        const recorder = new Recorder();
        const packs = new Listpacks(new Arena(), 1, recorder.probe(listpackSteps));
        const witness = new Witness(recorder, emptyListpackModel, apply);
        let refs: number[] = [];
        for (const change of all) {
          refs = perform(packs, refs, change);
          expect(witness.look()).toEqual(packs.snapshot(refs));
        }
        for (const kind of witness.met) met.add(kind);
      }),
    );
    expect([...met].sort()).toEqual(
      Object.keys(listpackSteps.kinds)
        .map((kind) => `listpack.${kind}`)
        .sort(),
    );
  });

  it.each(mutatingKinds(listpackSteps))('would be caught if it kept quiet about %s', (kind) => {
    const isNoticed = fc.sample(changes, { numRuns: 20, seed: 1 }).some((all) => {
      const recorder = new DeafRecorder(kind);
      const packs = new Listpacks(new Arena(), 1, recorder.probe(listpackSteps));
      const witness = new Witness(recorder, emptyListpackModel, apply);
      let refs: number[] = [];
      return all.some((change) => {
        refs = perform(packs, refs, change);
        return !isEqual(witness.look(), packs.snapshot(refs));
      });
    });
    expect(isNoticed).toBe(true);
  });

  it('tells of an element by its text and its place', () => {
    const recorder = new Recorder();
    const packs = new Listpacks(new Arena(), 1, recorder.probe(listpackSteps));
    const ref = filled(packs, 'one', 'two');
    const witness = new Witness(recorder, emptyListpackModel, apply);
    const model = witness.look();
    const step = (fields: object): ListpackStep => ({ structure: 'listpack', id: 1, ref, ...fields }) as ListpackStep;
    const at = packs.seek(ref, 1);
    expect(describeListpackStep(step({ kind: 'compare', at, hit: 1 }), model)).toBe('“two” is what is looked for.');
    expect(describeListpackStep(step({ kind: 'remove', at: FIRST, count: 2 }), model)).toBe(
      '“one” and the next 1 leave the listpack; what is behind moves up.',
    );
    expect(describeListpackStep(step({ kind: 'insert', at, length: 3, head: ascii('new') }), model)).toBe(
      '“new” goes into the listpack before “two”.',
    );
  });
});
