import { describe, expect, it } from 'vitest';

import { TestEngine } from './commands/engine.test-kit.ts';
import { FIRST_COLLECTION_ID } from './keyspace/collections.steps.ts';
import { ascii, latin1 } from './memory/bytes.ts';
import type { Models } from './models.ts';
import { overviewOf, valueOverviewOf, type ValueOverview } from './overview.ts';

function entryOf({ engine }: TestEngine, name: string, db = 0): number {
  const key = ascii(name);
  return engine.keyspace.databases[db].peek(key, 0, key.length);
}

function overviewIn(engine: TestEngine, name: string): ValueOverview {
  return valueOverviewOf(engine.engine.keyspace, 0, entryOf(engine, name)) ?? expect.fail(`no overview of ${name}`);
}

/** The same value in the models, which are known to be true: every element of it. */
function collectionIn(engine: TestEngine, name: string): NonNullable<ReturnType<Models['collections']['get']>> {
  const slot = engine.engine.keyspace.databases[0].value(entryOf(engine, name));
  const found = engine.engine.snapshot().collections.get(FIRST_COLLECTION_ID + slot);
  return found ?? expect.fail(`${name} lies in no slot`);
}

function filled(config: Readonly<Record<string, string>> = {}): TestEngine {
  const engine = new TestEngine(config);
  const client = engine.connect();
  for (let i = 0; i < 700; i++) {
    client.say(`RPUSH list ${'abc'.repeat(i % 17)}${i}`);
    client.say(`HSET hash field:${i} ${i}`);
    client.say(`SADD set member:${i}`);
    client.say(`ZADD sorted ${(i * 7919) % 1000} member:${i}`);
  }
  client.say('SADD small 1 2 3');
  client.say('SET text x');
  return engine;
}

describe('the overview of a value', () => {
  it('has of every node of a list what the models have, compressed or not, and makes none plain', () => {
    const engine = filled({ 'list-max-listpack-size': '20', 'list-compress-depth': '1' });
    const { shape } = overviewIn(engine, 'list');
    const collection = collectionIn(engine, 'list');
    if (shape.kind !== 'quicklist' || collection.holds !== 'list') return expect.fail('a list is a quicklist');
    const { listpacks, compressed } = engine.engine.snapshot();
    const nodes = collection.list.nodes.nodes.map(({ payload: [ref, closed] }) => {
      const block = compressed.get(ref);
      const pack = listpacks.get(ref);
      return { count: closed || pack?.elements.length, before: block?.before ?? 0, after: block?.after };
    });
    expect([...shape.counts]).toEqual(nodes.map(({ count }) => count));
    expect([...shape.before]).toEqual(nodes.map(({ before }) => before));
    expect(shape.before.filter((bytes) => bytes > 0).length).toBe(nodes.length - 2);
    nodes.forEach(({ after }, at) => {
      if (after !== undefined) expect(shape.bytes[at]).toBe(after);
    });
    expect(shape.counts.reduce((sum, count) => sum + count, 0)).toBe(700);
  });

  it.each(['hash', 'set', 'sorted'])('has of the table of a %s how long each chain is', (name) => {
    const engine = filled();
    const { shape } = overviewIn(engine, name);
    const collection = collectionIn(engine, name);
    if (!('table' in collection)) return expect.fail('there is a table');
    const table = shape.kind === 'sorted' ? shape.table : shape.kind === 'table' ? shape : expect.fail(shape.kind);
    expect(table.tables.map(({ chainLengths }) => [...chainLengths])).toEqual(
      collection.table.tables.map(({ chains }) => chains.map((chain) => chain.length)),
    );
    expect(table.rehashCursor).toBe(collection.table.rehashCursor);
  });

  it('has the height of every tower of a skip list, in the order of the scores', () => {
    const engine = filled();
    const { shape } = overviewIn(engine, 'sorted');
    const collection = collectionIn(engine, 'sorted');
    if (shape.kind !== 'sorted' || shape.index.kind !== 'skip-list') return expect.fail('there is a skip list');
    if (collection.holds !== 'zset' || collection.index.kind !== 'skip-list')
      return expect.fail('there is a skip list');
    const { towers, head } = collection.index;
    const heights: number[] = [];
    for (let at = head[0].forward; at !== 0; at = towers.get(at)!.links[0].forward)
      heights.push(towers.get(at)!.links.length);
    expect([...shape.index.heights]).toEqual(heights);
    expect(heights.length).toBe(700);
  });

  it('has how many nodes of an AVL tree lie how deep', () => {
    const engine = filled({ 'zset-index': 'avl' });
    const { shape } = overviewIn(engine, 'sorted');
    const collection = collectionIn(engine, 'sorted');
    if (shape.kind !== 'sorted' || shape.index.kind !== 'avl-tree') return expect.fail('there is a tree');
    if (collection.holds !== 'zset' || collection.index.kind !== 'avl-tree') return expect.fail('there is a tree');
    const { nodes } = collection.index;
    const depths: number[] = [];
    for (const node of nodes.values()) {
      let depth = 0;
      for (let at = node.parent; at !== 0; at = nodes.get(at)!.parent) depth++;
      depths[depth] = (depths[depth] ?? 0) + 1;
    }
    expect(shape.index.depths).toEqual(depths);
  });

  it('has of a small value how full its block is', () => {
    const engine = filled();
    expect(overviewIn(engine, 'small')).toMatchObject({
      ...{ type: 'set', encoding: 'intset', elements: 3 },
      shape: { kind: 'block', used: 8 + 3 * 2 },
    });
  });

  it('is none of a string, nor of what is no entry', () => {
    const engine = filled();
    const { keyspace } = engine.engine;
    expect(valueOverviewOf(keyspace, 0, entryOf(engine, 'text'))).toBeNull();
    expect(valueOverviewOf(keyspace, 0, 12345)).toBeNull();
    expect(valueOverviewOf(keyspace, 1, entryOf(engine, 'list'))).toBeNull();
    expect(valueOverviewOf(keyspace, 99, 1)).toBeNull();
  });
});

describe('the overview of all', () => {
  it('names the largest values of every database, the largest first, and no string', () => {
    const engine = filled();
    const client = engine.connect();
    client.say('SADD set more');
    client.say('SELECT 3');
    for (let i = 0; i < 900; i++) client.say(`RPUSH elsewhere ${i}`);
    for (let i = 0; i < 9; i++) client.say(`SADD tiny:${i} 1`);
    const { values, keys, db } = overviewOf(engine.engine.keyspace);
    expect([db, keys]).toEqual([3, 10]);
    const named = values.map((value) => `${latin1(value.key)} in ${value.db}: ${value.elements}`);
    expect(named.slice(0, 2)).toEqual(['elsewhere in 3: 900', 'set in 0: 701']);
    expect(named.slice(2).sort()).toEqual(['hash in 0: 700', 'list in 0: 700', 'sorted in 0: 700']);
  });
});
