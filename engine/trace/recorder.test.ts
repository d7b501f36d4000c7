import { describe, expect, it } from 'vitest';

import { CAUSE_WORDS, Recorder } from './recorder.ts';
import { PREVIEW_BYTES, declareSteps, decodeSteps, mutate, observe } from './steps.ts';

const steps = declareSteps('example', 900, {
  bare: mutate(),
  four: observe('a', 'b', 'c', 'd'),
  timed: mutate('at', 'when:ms'),
  named: mutate('ref', 'name:bytes'),
  all: mutate('ref', 'when:ms', 'name:bytes'),
});

describe('the recorder', () => {
  it('gives back every kind of step as it was said', () => {
    const recorder = new Recorder();
    const probe = recorder.probe(steps);
    const bytes = Uint8Array.of(9, 1, 2, 3, 4, 255, 9);
    probe.bare(7);
    probe.four(7, 1, -2, 3, 2147483647);
    probe.timed(7, 5, 1_790_000_000_123.5);
    probe.named(7, 8, bytes, 1, 6);
    probe.named(7, 8, bytes, 0, 0);
    probe.all(7, 3, 0.25, bytes, 0, 1);
    expect(decodeSteps(recorder.take())).toEqual([
      { structure: 'example', kind: 'bare', id: 7 },
      { structure: 'example', kind: 'four', id: 7, a: 1, b: -2, c: 3, d: 2147483647 },
      { structure: 'example', kind: 'timed', id: 7, at: 5, when: 1_790_000_000_123.5 },
      { structure: 'example', kind: 'named', id: 7, ref: 8, name: Uint8Array.of(1, 2, 3, 4, 255) },
      { structure: 'example', kind: 'named', id: 7, ref: 8, name: Uint8Array.of() },
      { structure: 'example', kind: 'all', id: 7, ref: 3, when: 0.25, name: Uint8Array.of(9) },
    ]);
    expect(recorder.isEmpty).toBe(true);
  });

  it('keeps the beginning of long bytes', () => {
    const recorder = new Recorder();
    recorder.probe(steps).named(1, 2, new Uint8Array(1000).fill(5), 0, 1000);
    expect(decodeSteps(recorder.take())).toMatchObject([{ name: new Uint8Array(PREVIEW_BYTES).fill(5) }]);
  });

  it('drops the steps of a cause that makes too many, says so, and goes on with the next', () => {
    const recorder = new Recorder();
    const probe = recorder.probe(steps);
    probe.four(1, 0, 0, 0, 0);
    recorder.begin();
    for (let i = 0; i < CAUSE_WORDS; i++) probe.bare(1);
    expect(recorder.end()).toBe(true);
    recorder.begin();
    probe.bare(2);
    expect(recorder.end()).toBe(false);
    expect(decodeSteps(recorder.take()).map((step) => step.id)).toEqual([1, 2]);
  });

  it('keeps nothing while it is muted, counts every cause as lost, and goes on from the next', () => {
    const recorder = new Recorder();
    const probe = recorder.probe(steps);
    recorder.isMuted = true;
    probe.bare(1);
    recorder.begin();
    expect(recorder.end()).toBe(false);
    recorder.begin();
    probe.bare(2);
    expect([recorder.end(), recorder.isEmpty, recorder.hasLost]).toEqual([true, true, true]);
    probe.bare(3);
    recorder.isMuted = false;
    probe.bare(4);
    recorder.begin();
    probe.bare(5);
    expect(recorder.end()).toBe(false);
    expect(decodeSteps(recorder.take()).map((step) => step.id)).toEqual([4, 5]);
  });

  it('takes steps back that turned out to be nothing', () => {
    const recorder = new Recorder();
    const probe = recorder.probe(steps);
    probe.bare(1);
    const before = recorder.position;
    probe.bare(2);
    recorder.rewind(before);
    expect(decodeSteps(recorder.take()).map((step) => step.id)).toEqual([1]);
  });

  it('does not let two structures share a place', () => {
    expect(() => declareSteps('another', 900, { bare: mutate() })).toThrow('both declare place 900');
  });

  it('names the word at which a trace cannot be read', () => {
    expect(() => decodeSteps(Int32Array.of(31_999, 0))).toThrow('at word 0');
  });
});
