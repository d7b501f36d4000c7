import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describe, expect, test } from 'vitest';

import { TestEngine } from './engine.test-kit.ts';

const recorded = JSON.parse(
  readFileSync(fileURLToPath(new URL('../conformance/info-fields.json', import.meta.url)), 'utf8'),
) as Record<string, string[]>;

/** What only a program in C has to tell, and so is not told. */
const OF_A_C_PROGRAM = ['monotonic_clock', 'multiplexing_api', 'atomicvar_api', 'gcc_version'];

function sectionsOf(info: string): Map<string, Map<string, string>> {
  const sections = info.split(/(?:^|\r\n)# /).slice(1);
  return new Map(
    sections.map((text) => {
      const [name, ...lines] = text.split('\r\n');
      const fields = lines.filter((line) => line.includes(':')).map((line) => /^([^:]*):(.*)$/.exec(line));
      return [name, new Map(fields.map((found) => [found?.[1] ?? '', found?.[2] ?? '']))];
    }),
  );
}

function info(engine: TestEngine, section = 'everything'): Map<string, string> {
  const all = [...sectionsOf(engine.say(`INFO ${section}`)).values()];
  return new Map(all.flatMap((fields) => [...fields]));
}

describe('INFO', () => {
  test.each(Object.keys(recorded))('has every field of the section %s that a real server has, each once', (section) => {
    const text = new TestEngine().say(`INFO ${section}`);
    const names = [...text.matchAll(/\n(\w+):/g)].map(([, name]) => name);
    expect(recorded[section].filter((name) => !names.includes(name) && !OF_A_C_PROGRAM.includes(name))).toEqual([]);
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });

  test('tells of memory what the arena counts', () => {
    const engine = new TestEngine();
    for (let i = 0; i < 500; i++) engine.say(`SET key:${i} ${'x'.repeat(i)}`);
    const fields = info(engine, 'memory');
    const { arena } = engine.engine.keyspace;
    const number = (name: string): number => Number(fields.get(name));
    expect(number('used_memory')).toBe(arena.usedBytes);
    expect(number('allocator_active')).toBe(arena.slabBytes);
    expect(number('used_memory_rss')).toBe(arena.reservedBytes);
    expect(number('used_memory_overhead') + number('used_memory_dataset')).toBe(arena.usedBytes);
    expect(number('allocator_frag_bytes')).toBe(arena.slabBytes - arena.usedBytes);
    expect(number('mem_fragmentation_ratio')).toBeCloseTo(arena.reservedBytes / arena.usedBytes, 2);
  });

  test('tells how many commands there have been a second lately', () => {
    const engine = new TestEngine();
    const client = engine.connect();
    for (let tick = 0; tick < 30; tick++) {
      for (let i = 0; i < 7; i++) client.say('PING');
      engine.pass(100);
    }
    expect(info(engine, 'stats').get('instantaneous_ops_per_sec')).toBe('70');
    for (let tick = 0; tick < 30; tick++) engine.pass(100);
    expect(info(engine, 'stats').get('instantaneous_ops_per_sec')).toBe('0');
  });

  test('remembers the peak and the rates in a keyframe', () => {
    const engine = new TestEngine();
    engine.say(`SET k ${'x'.repeat(5000)}`);
    for (let tick = 0; tick < 4; tick++) engine.pass(100);
    engine.say('DEL k');
    const state = engine.engine.capture();
    const before = engine.say('INFO memory stats');
    const copy = new TestEngine();
    copy.engine.restore(state, () => () => undefined);
    const [was, is] = [info(engine), info(copy)];
    expect(before).toContain('used_memory_peak');
    for (const name of ['used_memory_peak', 'instantaneous_ops_per_sec']) expect(is.get(name)).toBe(was.get(name));
    expect(Number(is.get('used_memory_peak'))).toBeGreaterThan(5000);
  });
});

describe('MEMORY', () => {
  function filled(): TestEngine {
    const engine = new TestEngine({ appendonly: 'no' });
    const client = engine.connect();
    const value = 'x'.repeat(3000);
    for (let i = 0; i < 2000; i++) client.say(`SET key:${i} ${value}`);
    return engine;
  }

  test('DOCTOR finds nothing wrong with little, and nothing with much that is used', () => {
    expect(new TestEngine().say('MEMORY DOCTOR')).toContain('There is little in memory');
    expect(filled().say('MEMORY DOCTOR')).toContain('Memory is used well.');
  });

  test('DOCTOR names the size of blocks that lie idle, and the peak', () => {
    const engine = filled();
    const client = engine.connect();
    engine.pass(100);
    for (let i = 0; i < 1900; i++) client.say(`DEL key:${i}`);
    const said = client.say('MEMORY DOCTOR');
    expect(said).toMatch(/At its peak the data took \d\.\d MiB; it takes 0\.\d MiB now/);
    expect(said).toMatch(/Of \d+ blocks of 3072 bytes only 100 are in use/);
  });

  test('MALLOC-STATS shows the classes', () => {
    const engine = new TestEngine();
    engine.say('SET k v');
    expect(engine.say('MEMORY MALLOC-STATS')).toMatch(
      /block +slabs +blocks +in use +freed +untouched +used +idle bytes/,
    );
  });

  test('PURGE gives the pages back when nothing lies in them', () => {
    const engine = new TestEngine();
    engine.say('SET k v');
    engine.say('MEMORY PURGE');
    expect(engine.engine.keyspace.arena.reservedBytes).toBeGreaterThan(0);
    engine.say('DEL k');
    engine.say('FLUSHALL');
    expect(engine.say('MEMORY PURGE')).toBe('+OK\r\n');
    expect(engine.engine.keyspace.arena.reservedBytes).toBe(0);
    engine.say('SET k v');
    expect(engine.say('GET k')).toBe('$1\r\nv\r\n');
  });
});
