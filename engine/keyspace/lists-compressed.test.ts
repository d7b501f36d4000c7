import { describe, expect, it } from 'vitest';

import { Chance } from '../chance.ts';
import { TestEngine } from '../commands/engine.test-kit.ts';

const LINES = [
  ...['LPUSH K V V V', 'RPUSH K V V V', 'RPUSH K V V V V V V', 'LPUSHX K V', 'LPOP K', 'RPOP K 3', 'LRANGE K 0 -1'],
  ...[
    'LRANGE K N N',
    'LINDEX K N',
    'LSET K N V',
    'LINSERT K BEFORE V V',
    'LINSERT K AFTER aaa V',
    'LREM K 0 V',
    'LREM K -1 aaa',
  ],
  ...[
    'LTRIM K N -2',
    'LPOS K aaa',
    'LPOS K aaa RANK -1',
    'LMOVE K K LEFT RIGHT',
    'RPOPLPUSH K K',
    'LMPOP 2 K K LEFT COUNT 4',
  ],
  ...['LLEN K', 'COPY K K REPLACE', 'RENAME K K', 'MOVE K 1', 'DEL K', 'OBJECT ENCODING K', 'TYPE K', 'LSET K 0 aaa'],
];

describe('a list whose inner nodes are compressed', () => {
  it('answers every command as a plain one does, and leaves the same log', () => {
    let most = 0;
    for (let seed = 1; seed <= 8; seed++) {
      const chance = new Chance(seed);
      const below = (limit: number): number => (chance.next() >>> 0) % limit;
      const depths = ['0', String(1 + (seed % 3))];
      const size = ['2', '5', '-1'][seed % 3];
      const engines = depths.map(
        (depth) => new TestEngine({ 'list-compress-depth': depth, 'list-max-listpack-size': size }),
      );
      for (let turn = 0; turn < 500; turn++) {
        const line = LINES[below(LINES.length)]
          .replace(/\bK\b/g, () => `list:${below(3)}`)
          .replace(/\bN\b/g, () => String(below(30) - 10))
          .replace(/\bV\b/g, () => ['aaa', 'ab'.repeat(20 + below(80)), `${below(9)}`, 'long'.repeat(300)][below(4)]);
        const [plain, small] = engines.map((engine) => engine.say(line));
        expect(small, `seed ${seed}: ${line}`).toBe(plain);
        most = Math.max(most, engines[1].engine.keyspace.compressed.totals.blocks);
        if (turn % 10 === 0) engines[1].engine.keyspace.assertValid();
      }
      expect(engines[1].log).toBe(engines[0].log);
      expect(engines[0].engine.keyspace.compressed.totals.blocks).toBe(0);
      engines[1].say('FLUSHALL');
      expect(engines[1].engine.keyspace.arena.usedBytes).toBe(0);
    }
    expect(most).toBeGreaterThan(20);
  });

  it('takes fewer bytes, and comes back from a keyframe', () => {
    const [plain, small] = ['0', '1'].map((depth) => new TestEngine({ 'list-compress-depth': depth }));
    for (const engine of [plain, small]) for (let i = 0; i < 2000; i++) engine.say(`RPUSH l element-${i}-of-many`);
    const usage = (engine: TestEngine): number => Number(engine.say('MEMORY USAGE l').slice(1));
    expect(usage(small)).toBeLessThan(usage(plain) * 0.8);
    const copy = new TestEngine({ 'list-compress-depth': '1' });
    copy.engine.restore(small.engine.capture(), () => () => undefined);
    copy.engine.keyspace.assertValid();
    expect(copy.say('LRANGE l 0 -1')).toBe(plain.say('LRANGE l 0 -1'));
  });

  it('stays as it is when the depth changes, until it is used', () => {
    const engine = new TestEngine({ 'list-compress-depth': '1', 'list-max-listpack-size': '4' });
    const closed = (): number => engine.engine.keyspace.compressed.totals.blocks;
    const values = Array.from({ length: 40 }, (_, i) => `value-value-value-value-value-${i}`).join(' ');
    engine.say(`RPUSH l ${values}`);
    expect(closed()).toBe(8);
    engine.say('CONFIG SET list-compress-depth 0');
    expect(closed()).toBe(8);
    expect(
      engine
        .say('LRANGE l 0 -1')
        .split('\r\n')
        .filter((line) => line.startsWith('value'))
        .join(' '),
    ).toBe(values);
    expect(closed()).toBe(0);
    engine.say('CONFIG SET list-compress-depth 2');
    engine.say('LINDEX l 20');
    engine.engine.keyspace.assertValid();
    expect(
      engine
        .say('LPOP l 40')
        .split('\r\n')
        .filter((line) => line.startsWith('value'))
        .join(' '),
    ).toBe(values);
    expect(closed()).toBe(0);
  });
});
