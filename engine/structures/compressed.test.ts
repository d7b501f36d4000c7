import { describe, expect, it } from 'vitest';

import { Chance } from '../chance.ts';
import { TestEngine } from '../commands/engine.test-kit.ts';
import { Arena } from '../memory/arena.ts';
import { Recorder } from '../trace/recorder.ts';
import type { AnyStep } from '../trace/steps.ts';
import { DeafRecorder, Witness, isEqual, mutatingKinds } from '../trace/witness.ts';
import { CompressedBlocks } from './compressed.ts';
import {
  applyCompressedStep,
  compressedSteps,
  describeCompressedStep,
  emptyCompressedModel,
  type CompressedModel,
  type CompressedStep,
} from './compressed.steps.ts';

const apply = (model: CompressedModel, step: AnyStep): CompressedModel =>
  applyCompressedStep(model, step as CompressedStep);

/** Text that repeats itself here and there, of up to so many bytes. */
function wordy(chance: Chance, most: number): Uint8Array {
  const length = (chance.next() >>> 0) % most;
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at++) {
    const repeats = at > 40 && (chance.next() & 7) > 0;
    bytes[at] = repeats ? bytes[at - 1 - (at % 37)] : chance.next() & 255;
  }
  return bytes;
}

/** Blocks come, are copied and go; `visit` is called after each change. */
function session(
  seed: number,
  recorder: Recorder,
  visit: (blocks: CompressedBlocks, live: readonly number[]) => void,
): void {
  const chance = new Chance(seed);
  const blocks = new CompressedBlocks(new Arena(), 9, recorder.probe(compressedSteps));
  const live = new Map<number, Uint8Array>();
  for (let turn = 0; turn < 60; turn++) {
    const refs = [...live.keys()];
    const any = refs[(chance.next() >>> 0) % refs.length];
    const what = (chance.next() >>> 0) % 4;
    if (what === 0 && refs.length > 0) {
      blocks.release(any);
      live.delete(any);
    } else if (what === 1 && refs.length > 0) {
      live.set(blocks.copy(any), live.get(any) ?? new Uint8Array(0));
    } else {
      const bytes = wordy(chance, 3000);
      const ref = blocks.create(bytes, 0, bytes.length, Math.floor(bytes.length * 0.875));
      if (ref !== 0) live.set(ref, bytes);
    }
    for (const [ref, bytes] of live) expect(equal(blocks.bytesOf(ref), bytes), `seed ${seed}`).toBe(true);
    for (const ref of live.keys()) blocks.assertValid(ref);
    blocks.assertTotals([...live.keys()]);
    visit(blocks, [...live.keys()]);
  }
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

describe('compressed blocks', () => {
  it('make what was put into them, and say enough: the fold of their steps equals their snapshot', () => {
    for (let seed = 1; seed <= 3; seed++) {
      const recorder = new Recorder();
      const witness = new Witness(recorder, emptyCompressedModel, apply);
      session(seed, recorder, (blocks, live) => {
        expect(witness.look()).toEqual(blocks.snapshot(live));
      });
      expect([...witness.met].sort()).toEqual(['compressed.compress', 'compressed.decompress', 'compressed.release']);
    }
  });

  it.each(mutatingKinds(compressedSteps))('would be caught if they kept quiet about %s', (kind) => {
    const recorder = new DeafRecorder(kind);
    const witness = new Witness(recorder, emptyCompressedModel, apply);
    let isNoticed = false;
    session(1, recorder, (blocks, live) => {
      isNoticed ||= !isEqual(witness.look(), blocks.snapshot(live));
    });
    expect(isNoticed).toBe(true);
  });

  it('are not made where too little would be saved', () => {
    const blocks = new CompressedBlocks(new Arena(), 0, null);
    const chance = new Chance(3);
    const noise = Uint8Array.from({ length: 1000 }, () => chance.next());
    expect(blocks.create(noise, 0, 1000, 875)).toBe(0);
    expect(blocks.create(new Uint8Array(1000), 0, 1000, 875)).not.toBe(0);
  });

  it('are told of in a sentence', () => {
    const step = { structure: 'compressed', id: 0, ref: 8, before: 1000, after: 250 } as const;
    expect(describeCompressedStep({ ...step, kind: 'compress' })).toBe(
      '1000 bytes are compressed into 250, at 0x000040: 75 % are saved.',
    );
  });
});

describe('a compressed string', () => {
  const json = `"${"{'name':'ada','likes':['engines']},".repeat(30)}"`;

  it('takes fewer bytes, is raw to everybody, and is told of in INFO and DEBUG OBJECT', () => {
    const [plain, small] = ['no', 'yes'].map((on) => new TestEngine({ 'value-compression': on }));
    for (const engine of [plain, small]) engine.say(`SET k ${json}`);
    const usage = (engine: TestEngine): number => Number(engine.say('MEMORY USAGE k').slice(1));
    expect(usage(small)).toBeLessThan(usage(plain) / 4);
    expect(small.say('OBJECT ENCODING k')).toBe('$3\r\nraw\r\n');
    expect(small.say('GET k')).toBe(plain.say('GET k'));
    expect(small.say('STRLEN k')).toBe(plain.say('STRLEN k'));
    expect(small.say('INFO memory')).toMatch(
      /\r\ncompressed_blocks:1\r\ncompressed_bytes_before:1050\r\ncompressed_bytes_after:\d\d\r\n/,
    );
    expect(plain.say('INFO memory')).toContain('\r\ncompressed_blocks:0\r\n');
    expect(small.say('DEBUG OBJECT k')).toMatch(/ plain_bytes:1050 compressed_bytes:\d\d\r\n$/);
    expect(plain.say('DEBUG OBJECT k')).not.toContain('plain_bytes');
    small.say('FLUSHALL');
    expect(small.say('INFO memory')).toContain('\r\ncompressed_bytes_before:0\r\n');
  });

  it('is one from the threshold on only, and only when the setting is on', () => {
    const engine = new TestEngine({ 'value-compression': 'yes', 'value-compression-threshold': '1000' });
    const blocks = (): number => engine.engine.keyspace.compressed.totals.blocks;
    engine.say(`SET short ${'x'.repeat(999)}`);
    expect(blocks()).toBe(0);
    engine.say(`SET long ${'x'.repeat(1000)}`);
    expect(blocks()).toBe(1);
    engine.say('CONFIG SET value-compression no');
    engine.say(`SET other ${'x'.repeat(1000)}`);
    expect(blocks()).toBe(1);
    expect(engine.say('STRLEN long')).toBe(':1000\r\n');
  });

  const lines = [
    ...[
      'SET K V',
      'SET K V',
      'SET K V',
      'GET K',
      'GETSET K V',
      'GETDEL K',
      'GETRANGE K 30 400',
      'STRLEN K',
      'APPEND K V',
    ],
    ...[
      'SETRANGE K 50 V',
      'SETBIT K 700 1',
      'GETBIT K 701',
      'BITCOUNT K',
      'BITPOS K 1',
      'BITOP XOR K K K',
      'LCS K K LEN',
    ],
    ...[
      'BITFIELD K SET u8 300 7 GET u16 40',
      'INCR K',
      'COPY K K REPLACE',
      'RENAME K K',
      'MGET K K K',
      'DEL K',
      'PFADD K a b',
    ],
    ...[
      'PFCOUNT K',
      'MSET K V K V',
      'SETNX K V',
      'OBJECT ENCODING K',
      'TYPE K',
      'SET K V GET',
      'GETEX K',
      'INCRBYFLOAT K 1',
    ],
    ...['SUBSTR K 0 -1', 'CONFIG SET value-compression no', 'CONFIG SET value-compression yes'],
  ];

  it('answers every command as a plain one does, and leaves the same log', () => {
    for (let seed = 1; seed <= 6; seed++) {
      const chance = new Chance(seed);
      const below = (limit: number): number => (chance.next() >>> 0) % limit;
      const engines = ['no', 'yes'].map(
        (on) => new TestEngine({ 'value-compression': on, 'value-compression-threshold': '64' }),
      );
      for (let turn = 0; turn < 400; turn++) {
        const line = lines[below(lines.length)]
          .replace(/\bK\b/g, () => `key:${below(5)}`)
          .replace(
            /\bV\b/g,
            () => ['7', 'ab'.repeat(below(300)), 'HYLL'.repeat(9), `${below(1e6)}-`.repeat(below(40))][below(4)],
          );
        const [plain, small] = engines.map((engine, which) =>
          which === 0 && line.includes('CONFIG') ? '+OK\r\n' : engine.say(line),
        );
        expect(small, `seed ${seed}: ${line}`).toBe(plain);
      }
      expect(engines[1].log).toBe(engines[0].log);
      for (const engine of engines) engine.engine.keyspace.assertValid();
    }
  });

  it('comes back from a keyframe', () => {
    const engine = new TestEngine({ 'value-compression': 'yes' });
    engine.say(`SET k ${json}`);
    const copy = new TestEngine();
    copy.engine.restore(engine.engine.capture(), () => () => undefined);
    copy.engine.keyspace.assertValid();
    expect(copy.say('GET k')).toBe(engine.say('GET k'));
    expect(copy.engine.snapshot().compressed).toEqual(engine.engine.snapshot().compressed);
  });
});
