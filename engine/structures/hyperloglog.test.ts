import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Arena, NONE, type Ref } from '../memory/arena.ts';
import { ascii } from '../memory/bytes.ts';
import { Recorder } from '../trace/recorder.ts';
import { decodeSteps } from '../trace/steps.ts';
import { DynamicStrings } from './dynamic-string.ts';
import {
  DENSE_BYTES,
  HEADER_BYTES,
  REGISTERS,
  denseRegister,
  estimate,
  packDense,
  tossesOf,
} from './hyperloglog-registers.ts';
import { HyperLogLogs } from './hyperloglog.ts';
import { describeHyperLogLogStep, hyperLogLogSteps, type HyperLogLogStep } from './hyperloglog.steps.ts';
import { Murmur64 } from './murmur64.ts';

class Sketches {
  readonly strings: DynamicStrings;
  readonly all: HyperLogLogs;
  readonly recorder = new Recorder();

  constructor(sparseLimit = 3000, isWatched = false) {
    this.strings = new DynamicStrings(new Arena(), 1, null);
    const probe = isWatched ? this.recorder.probe(hyperLogLogSteps) : null;
    this.all = new HyperLogLogs(this.strings, 2, probe, () => sparseLimit);
  }

  add(ref: Ref, from: number, to: number): Ref {
    let last = ref;
    for (let i = from; i < to; i++) {
      const element = ascii(`element ${i}`);
      last = this.all.add(last, element, 0, element.length);
    }
    return last;
  }

  registers(ref: Ref): Uint8Array {
    const registers = new Uint8Array(REGISTERS);
    expect(this.all.mergeInto(registers, ref)).toBe(true);
    return registers;
  }
}

describe('a HyperLogLog', () => {
  it('is wrong by 0.81 % as a rule, whatever the number of elements', () => {
    // Fifty sketches of other elements each: the root of the mean square of their errors is the standard error.
    for (const count of [100, 1000, 10_000, 40_000]) {
      const murmur = new Murmur64();
      let squares = 0;
      for (let sample = 0; sample < 50; sample++) {
        const registers = new Uint8Array(REGISTERS);
        const element = new Uint8Array(8);
        for (let i = 0; i < count; i++) {
          element.set([i & 255, (i >> 8) & 255, i >> 16, sample]);
          murmur.hash(element, 0, 8);
          const register = murmur.low & (REGISTERS - 1);
          registers[register] = Math.max(registers[register], tossesOf(murmur.low, murmur.high));
        }
        squares += ((estimate(registers) - count) / count) ** 2;
      }
      const error = Math.sqrt(squares / 50);
      // A tenth of it is how far the root of fifty squares strays; small sketches are better than the rule.
      expect(error, `${count} elements`).toBeLessThan(0.0081 * 1.3);
      if (count >= 40_000) expect(error, `${count} elements`).toBeGreaterThan(0.0081 * 0.7);
    }
  });

  it('counts few elements exactly', () => {
    const sketches = new Sketches();
    let ref = sketches.all.create();
    expect(sketches.all.knownCount(ref)).toBe(0n);
    for (let count = 1; count <= 50; count++) {
      ref = sketches.add(ref, count - 1, count);
      expect(sketches.all.count(ref)).toBe(count);
    }
  });

  it('says the same sparse and dense', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(REGISTERS - 1), fc.integer({ min: 1, max: 51 })), { maxLength: 400 }),
        (all) => {
          const sketches = new Sketches();
          const [small, large] = [sketches.all.create(), sketches.all.toDense(sketches.all.create())];
          let [sparse, dense] = [small, large];
          const expected = new Uint8Array(REGISTERS);
          for (const [register, count] of all) {
            // Neighbours, and few values, so that runs meet.
            const near = register % 40;
            const value = count > 45 ? count : 1 + (count % 3);
            sparse = sketches.all.raise(sparse, near, value);
            dense = sketches.all.raise(dense, near, value);
            expected[near] = Math.max(expected[near], value);
            sketches.all.assertValid(sparse);
            sketches.strings.assertValid(sparse);
          }
          expect(sketches.registers(sparse)).toEqual(expected);
          expect(sketches.registers(dense)).toEqual(expected);
          expect(sketches.all.count(sparse)).toBe(sketches.all.count(dense));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('becomes dense when it is longer than the limit', () => {
    const sketches = new Sketches(60);
    let ref = sketches.all.create();
    for (let i = 0; !sketches.all.isDense(ref); i++) {
      expect(sketches.strings.length(ref)).toBeLessThanOrEqual(60);
      ref = sketches.add(ref, i, i + 1);
    }
    expect(sketches.strings.length(ref)).toBe(DENSE_BYTES);
    sketches.all.assertValid(ref);
  });

  it('packs registers of six bits, the lowest first', () => {
    const registers = Uint8Array.from({ length: REGISTERS }, (_, i) => (i * 7) & 63);
    const packed = packDense(registers);
    expect(Array.from(registers, (_, i) => denseRegister(packed, 0, i))).toEqual([...registers]);
    expect([...packed.subarray(HEADER_BYTES, HEADER_BYTES + 3)]).toEqual([0xc0, 0xe1, 0x54]);
  });

  it('finds that a sketch is damaged', () => {
    const sketches = new Sketches();
    const ref = sketches.all.create();
    const cut = sketches.strings.replace(ref, sketches.strings.copy(ref), 0, HEADER_BYTES + 1);
    expect(sketches.all.count(cut)).toBeNull();
    const empty = sketches.strings.replace(cut, sketches.strings.copy(cut), 0, HEADER_BYTES);
    expect(sketches.all.raise(empty, 5, 1)).toBe(NONE);
    expect(sketches.all.toDense(empty)).toBe(NONE);
    expect(() => {
      sketches.all.assertValid(empty);
    }).toThrow('invariant 1');
  });

  it('tells what raises its registers, and why its bytes change', () => {
    const sketches = new Sketches(200, true);
    // Registers side by side, so that runs join.
    let small = sketches.all.create();
    for (const register of [10, 11, 12]) small = sketches.all.raise(small, register, 2);
    const stepsOf = (): HyperLogLogStep[] => decodeSteps(sketches.recorder.take()) as unknown as HyperLogLogStep[];
    const kinds = new Set(stepsOf().map(({ kind }) => kind));
    const ref = sketches.add(sketches.all.create(), 0, 300);
    const steps = stepsOf();
    const folded = new Uint8Array(REGISTERS);
    for (const step of steps) {
      expect(describeHyperLogLogStep(step)).toMatch(/\.$/);
      kinds.add(step.kind);
      if (step.kind !== 'raise') continue;
      expect(folded[step.register]).toBe(step.from);
      folded[step.register] = step.to;
    }
    expect(folded).toEqual(sketches.registers(ref));
    expect(kinds).toEqual(new Set(Object.keys(hyperLogLogSteps.kinds)));
  });
});
