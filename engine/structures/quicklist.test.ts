import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Arena, NONE } from '../memory/arena.ts';
import { ascii, latin1 } from '../memory/bytes.ts';
import { Recorder } from '../trace/recorder.ts';
import { decodeSteps, type AnyStep } from '../trace/steps.ts';
import { DeafRecorder, Witness, isEqual, mutatingKinds } from '../trace/witness.ts';
import { CompressedBlocks } from './compressed.ts';
import { linkedListSteps } from './linked-list.steps.ts';
import { Listpacks } from './listpack.ts';
import { QuickList } from './quicklist.ts';
import {
  applyQuickListStep,
  describeQuickListStep,
  emptyQuickListModel,
  quickListSteps,
  type QuickListModel,
  type QuickListStep,
} from './quicklist.steps.ts';

type Change =
  | { readonly do: 'front' | 'back'; readonly bytes: Uint8Array }
  | { readonly do: 'before' | 'after' | 'replace'; readonly index: number; readonly bytes: Uint8Array }
  | { readonly do: 'forth' | 'back-off'; readonly index: number }
  | { readonly do: 'range'; readonly index: number; readonly count: number }
  | { readonly do: 'clear' };

const bytes = fc.oneof(
  { weight: 8, arbitrary: fc.uint8Array({ maxLength: 12 }) },
  // Together with others too much for a pack, or for any.
  { weight: 1, arbitrary: fc.constantFrom(1000, 3000, 4200, 9000).map((n) => new Uint8Array(n).fill(120)) },
);
const index = fc.nat(60);
const changes: fc.Arbitrary<Change[]> = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.record({ do: fc.constantFrom('front' as const, 'back' as const), bytes }) },
    {
      weight: 8,
      arbitrary: fc.record({
        do: fc.constantFrom('before' as const, 'after' as const, 'replace' as const),
        index,
        bytes,
      }),
    },
    { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('forth' as const, 'back-off' as const), index }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('range' as const), index, count: fc.nat(12) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('clear' as const) }) },
  ),
  { minLength: 20, maxLength: 120 },
);
const sizes = fc.constantFrom(-1, -2, -5, 0, 1, 3, 4);
const depths = fc.constantFrom(0, 0, 1, 2, 3);

/** A full node is cut in its middle, and what was cut off fits into the short node behind it: rarely met by chance. */
const CUT_AND_JOINED: Change[] = [
  ...[...'abcde'].map((letter) => ({ do: 'back' as const, bytes: ascii(letter) })),
  { do: 'before', index: 2, bytes: ascii('x') },
];

/** An inner node, compressed, is read and by that opened, and then closed again: rarely met by chance, too. */
const OPENED: Change[] = [
  ...Array.from({ length: 5 }, () => ({ do: 'back' as const, bytes: new Uint8Array(1000).fill(120) })),
  { do: 'replace', index: 2, bytes: new Uint8Array(1000).fill(121) },
];

class Shelf {
  readonly arena = new Arena();
  readonly packs = new Listpacks(this.arena, 2, null);
  readonly compressed: CompressedBlocks = new CompressedBlocks(this.arena, 3, null);
  readonly list: QuickList;
  private isUnsettled = false;

  constructor(listPackSize: number, recorder: Recorder | null = null, listCompressDepth = 0) {
    this.list = new QuickList(1, {
      arena: this.arena,
      listpacks: this.packs,
      limits: { listPackSize, listCompressDepth, listPlainBytes: 1000 },
      compressed: this.compressed,
      onUnsettled: () => (this.isUnsettled = true),
      nodeTrace: recorder?.probe(linkedListSteps) ?? null,
      trace: recorder?.probe(quickListSteps) ?? null,
    });
  }

  perform(change: Change): void {
    this.change(change);
    if (this.isUnsettled) this.list.packing.settle();
    this.isUnsettled = false;
  }

  private change(change: Change): void {
    const { list } = this;
    const at = 'index' in change && change.do !== 'range' && list.seek(change.index);
    switch (change.do) {
      case 'clear':
        list.clear();
        return;
      case 'range':
        list.removeRange(change.index, change.count);
        return;
      case 'front':
        list.pushFront(change.bytes, 0, change.bytes.length);
        return;
      case 'back':
        list.pushBack(change.bytes, 0, change.bytes.length);
        return;
      case 'before':
        if (at) list.insertBefore(change.bytes, 0, change.bytes.length);
        return;
      case 'after':
        if (at) list.insertAfter(change.bytes, 0, change.bytes.length);
        return;
      case 'replace':
        if (at) list.replaceHere(change.bytes, 0, change.bytes.length);
        return;
      default:
        if (at) list.removeHere(change.do === 'forth');
    }
  }

  here(): string {
    this.list.read();
    return latin1(this.packs.bytes(this.list.packing.pack(this.list.node)), this.packs.start, this.packs.end);
  }

  contents(): string[] {
    const all: string[] = [];
    for (this.list.toFirst(); this.list.node !== NONE; this.list.forward()) all.push(this.here());
    return all;
  }

  fill(...elements: string[]): this {
    for (const element of elements) this.list.pushBack(ascii(element), 0, element.length);
    return this;
  }

  /** For each node whether it is compressed. */
  closed(): boolean[] {
    return this.list.snapshot().nodes.nodes.map(({ payload }) => payload[1] > 0);
  }

  /** How many elements each node has. */
  counts(): number[] {
    return Array.from(this.list.packing.all(), (pack) => this.packs.count(pack));
  }
}

function expected(value: readonly string[], change: Change): string[] {
  const after = [...value];
  switch (change.do) {
    case 'clear':
      return [];
    case 'front':
      return [latin1(change.bytes), ...value];
    case 'back':
      return [...value, latin1(change.bytes)];
    case 'range':
      after.splice(change.index, change.count);
      return after;
    default:
      if (change.index >= value.length) return after;
  }
  if (change.do === 'before') after.splice(change.index, 0, latin1(change.bytes));
  else if (change.do === 'after') after.splice(change.index + 1, 0, latin1(change.bytes));
  else if (change.do === 'replace') after[change.index] = latin1(change.bytes);
  else after.splice(change.index, 1);
  return after;
}

const apply = (model: QuickListModel, step: AnyStep): QuickListModel =>
  applyQuickListStep(model, step as QuickListStep);

describe('the quicklist', () => {
  it('holds what an ordinary array would hold after the same changes, whatever a node may take', () => {
    fc.assert(
      fc.property(changes, sizes, depths, (all, size, depth) => {
        const shelf = new Shelf(size, null, depth);
        let value: string[] = [];
        for (const change of all) {
          shelf.perform(change);
          value = expected(value, change);
          shelf.list.assertValid();
          const closed = shelf.closed();
          expect(closed.filter((isClosed, at) => isClosed && (at < depth || at >= closed.length - depth))).toEqual([]);
          expect(shelf.contents()).toEqual(value);
          shelf.list.packing.settle();
          expect(shelf.list.length).toBe(value.length);
        }
        shelf.list.clear();
        shelf.arena.assertValid();
        expect(shelf.arena.usedBytes).toBe(0);
      }),
    );
  });

  it('keeps its nodes as small as the setting says, but for an element that is longer by itself', () => {
    fc.assert(
      fc.property(changes, sizes, (all, size) => {
        const shelf = new Shelf(size);
        const most = size < 0 ? [0, 4096, 8192, 16384, 32768, 65536][-size] : 8192;
        for (const change of all) shelf.perform(change);
        for (const pack of shelf.list.packing.all()) {
          if (shelf.packs.count(pack) === 1) continue;
          expect(shelf.packs.used(pack)).toBeLessThanOrEqual(most);
          if (size >= 0) expect(shelf.packs.count(pack)).toBeLessThanOrEqual(size);
        }
      }),
    );
  });

  it('reaches the n-th element from either end, and nothing beyond', () => {
    const names = Array.from({ length: 41 }, (_, i) => `element ${i}`);
    const shelf = new Shelf(4).fill(...names);
    names.forEach((name, i) => {
      for (const place of [i, i - names.length]) {
        expect(shelf.list.seek(place)).toBe(true);
        expect(shelf.here()).toBe(name);
      }
    });
    expect([41, -42, Infinity, NaN].map((place) => shelf.list.seek(place))).toEqual([false, false, false, false]);
    const backwards: string[] = [];
    for (shelf.list.toLast(); shelf.list.node !== NONE; shelf.list.backward()) backwards.push(shelf.here());
    expect(backwards.reverse()).toEqual(names);
    const empty = new Shelf(4);
    empty.list.toLast();
    expect([empty.list.seek(0), empty.list.seek(-1), empty.list.node]).toEqual([false, false, NONE]);
  });

  it('goes on from the cursor while elements are taken out on the way, in both directions', () => {
    for (const isForward of [true, false]) {
      const shelf = new Shelf(3).fill(...'abacabadabacaba');
      if (isForward) shelf.list.toFirst();
      else shelf.list.toLast();
      while (shelf.list.node !== NONE) {
        if (shelf.here() === 'a') shelf.list.removeHere(isForward);
        else if (isForward) shelf.list.forward();
        else shelf.list.backward();
      }
      expect(shelf.contents().join('')).toBe('bcbdbcb');
      shelf.list.assertValid();
    }
  });

  it('cuts a full node in two for an element in its middle, and joins what then fits', () => {
    const shelf = new Shelf(4).fill(...'abcdefgh');
    expect(shelf.counts()).toEqual([4, 4]);
    shelf.list.seek(2);
    shelf.list.insertBefore(ascii('x'), 0, 1);
    expect(shelf.contents().join('')).toBe('abxcdefgh');
    expect(shelf.counts()).toEqual([3, 2, 4]);
    shelf.list.removeRange(5, 2);
    shelf.list.seek(7 - 1);
    shelf.list.insertAfter(ascii('y'), 0, 1);
    expect(shelf.contents().join('')).toBe('abxcdghy');
  });

  it('says enough while it works: after every change the fold of its steps equals its snapshot', () => {
    const met = new Set<string>();
    fc.assert(
      fc.property(changes, sizes, depths, (all, size, depth) => {
        const recorder = new Recorder();
        const shelf = new Shelf(size, recorder, depth);
        const witness = new Witness(recorder, emptyQuickListModel, apply);
        for (const change of all) {
          shelf.perform(change);
          expect(witness.look()).toEqual(shelf.list.snapshot());
        }
        for (const kind of witness.met) met.add(kind);
      }),
      {
        examples: [
          [CUT_AND_JOINED, 4, 0],
          [OPENED, 1, 1],
        ],
      },
    );
    for (const spec of [quickListSteps, linkedListSteps])
      for (const kind of Object.keys(spec.kinds)) expect(met).toContain(`${spec.structure}.${kind}`);
  });

  it.each([...mutatingKinds(quickListSteps), ...mutatingKinds(linkedListSteps)])(
    'would be caught if it kept quiet about %s',
    (kind) => {
      const isNoticed = fc.sample(changes, { numRuns: 20, seed: 1 }).some((all) => {
        const recorder = new DeafRecorder(kind);
        const shelf = new Shelf(3, recorder);
        const witness = new Witness(recorder, emptyQuickListModel, apply);
        return all.some((change) => {
          shelf.perform(change);
          return !isEqual(witness.look(), shelf.list.snapshot());
        });
      });
      expect(isNoticed).toBe(true);
    },
  );

  it('opens no compressed node to take out all of its elements, but the one where it begins', () => {
    const recorder = new Recorder();
    const shelf = new Shelf(1, recorder, 1);
    for (let i = 0; i < 10; i++) shelf.perform({ do: 'back', bytes: new Uint8Array(200).fill(97 + i) });
    expect(shelf.closed().filter(Boolean)).toHaveLength(8);
    recorder.drop();
    shelf.list.removeRange(2, 6);
    expect(decodeSteps(recorder.take()).filter(({ kind }) => kind === 'open')).toHaveLength(1);
    expect(shelf.counts()).toEqual([1, 1, 1, 1]);
  });

  it('compresses the nodes that lie farther from both ends than the depth, where that saves anything', () => {
    const long = (letter: string): string => letter.repeat(200);
    const push = (bytes: string) => ({ do: 'back', bytes: ascii(bytes) }) as const;
    for (const depth of [1, 2, 3]) {
      const shelf = new Shelf(1, null, depth);
      for (const letter of 'abcdefghij') shelf.perform(push(long(letter)));
      const isInner = (at: number): boolean => at >= depth && at < 10 - depth;
      expect(shelf.closed()).toEqual(Array.from({ length: 10 }, (_, at) => isInner(at)));
      expect(shelf.list.packing.isCompressed).toBe(true);
      expect(shelf.list.packing.memoryBytes()).toBeLessThan(2500);
      shelf.list.seek(5);
      expect(shelf.here()).toBe(long('f'));
      expect(shelf.closed()[5]).toBe(depth === 5);
      shelf.list.packing.settle();
      expect(shelf.closed()[5]).toBe(true);
      for (let left = 3; left > 0; left--) shelf.perform({ do: 'forth', index: 0 });
      expect(shelf.closed()).toEqual(Array.from({ length: 7 }, (_, at) => at >= depth && at < 7 - depth));
    }
    const short = new Shelf(1, null, 1);
    for (const letter of 'abcdef') short.perform(push(letter));
    expect(short.closed()).toEqual([false, false, false, false, false, false]);
  });

  it('compresses all that one command adds, and keeps few nodes plain while it walks', () => {
    const shelf = new Shelf(1, null, 1);
    for (let i = 0; i < 100; i++) shelf.list.pushBack(ascii('x'.repeat(100) + String(i)), 0, 102);
    expect(shelf.closed().filter((isClosed) => !isClosed).length).toBeLessThan(8);
    shelf.list.packing.settle();
    expect(shelf.closed().filter((isClosed) => !isClosed).length).toBe(2);
    expect(shelf.contents().length).toBe(100);
    expect(shelf.closed().filter((isClosed) => !isClosed).length).toBeLessThan(8);
  });

  it('comes back as it was captured, and can be copied', () => {
    const shelf = new Shelf(3).fill(...'abcdefgh');
    const [state, memory, snapshot] = [shelf.list.capture(), shelf.arena.capture(), shelf.list.snapshot()];
    shelf.list.removeRange(1, 5);
    shelf.arena.restore(memory);
    shelf.list.restore(state);
    shelf.list.assertValid();
    expect(shelf.list.snapshot()).toEqual(snapshot);
    const { arena, packs } = shelf;
    const copy = new QuickList(7, {
      ...{ arena, listpacks: packs, nodeTrace: null, trace: null },
      limits: { listPackSize: 3, listCompressDepth: 0, listPlainBytes: 1000 },
      compressed: shelf.compressed,
      onUnsettled: () => undefined,
    });
    copy.copyFrom(shelf.list);
    copy.assertValid();
    expect(copy.length).toBe(8);
    expect(copy.packing.memoryBytes()).toBe(shelf.list.packing.memoryBytes());
    shelf.list.clear();
    copy.clear();
    expect(arena.usedBytes).toBe(0);
  });

  it('tells of nodes by where they lie', () => {
    const tell = (fields: object): string =>
      describeQuickListStep({ structure: 'quicklist', id: 1, ...fields } as QuickListStep);
    expect(tell({ kind: 'count', length: 1 })).toBe('The list has one element now.');
    expect(tell({ kind: 'full', node: 16, used: 8190 })).toBe(
      'The pack of the node at 0x000080 has 8190 bytes in use and takes no more.',
    );
  });
});
