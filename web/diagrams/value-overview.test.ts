import { describe, expect, it } from 'vitest';

import { Engine, overviewOf, valueOverviewOf, type Overview, type ValueOverview } from '../../engine/api.ts';
import { utf8Encode } from '../../engine/memory/bytes.ts';
import { DARK } from '../spotlight.ts';
import { cells, collisions } from './collisions.test-kit.ts';
import type { Focus } from './contract.ts';
import type { Scene } from './scene.ts';
import { valueDiagram } from './value.ts';

/** Width, height and size of type, from a telephone to a lecture hall. */
const SIZES = [
  [760, 480, 1],
  [900, 640, 1],
  [328, 300, 1],
  [328, 190, 1],
  [328, 520, 1.25],
  [760, 200, 1],
  [1100, 700, 1.5],
] as const;

function filled(config: Readonly<Record<string, string>>, ...lines: string[]): Engine {
  const engine = new Engine({ host: { seed: 1 }, nowMs: 0, config });
  const connection = engine.connect(() => undefined);
  for (const line of lines) {
    connection.receive(utf8Encode(`${line}\r\n`));
    engine.endTurn();
  }
  return engine;
}

const words = (count: number, word: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => word(at)).join(' ');
const LIST = `RPUSH list ${words(3000, (at) => `element:${at}`)}`;
const HASH = `HSET hash ${words(1500, (at) => `f${at} v${at}`)}`;
const SORTED = `ZADD sorted ${words(2500, (at) => `${(at * 7919) % 1000} m${at}`)}`;
const SMALL = 'SADD small 1 2 3';

function shownOf(
  engine: Engine,
  key: string,
  more: Partial<Focus> = {},
): { scene: Scene; overview: Overview; whole: ValueOverview } {
  const overview = overviewOf(engine.keyspace);
  const value = overview.values.find((one) => new TextDecoder().decode(one.key) === key) ?? expect.fail(`no ${key}`);
  const whole = valueOverviewOf(engine.keyspace, 0, value.entry) ?? expect.fail(`no overview of ${key}`);
  const focus: Focus = {
    ...{ width: 760, height: 480, db: 0, nowMs: 0, selected: null, focused: null, marks: new Map(), unit: 1 },
    ...{ spotlight: DARK, opened: value.entry, followed: 0, lens: null, bytes: null, whole, line: '' },
    ...more,
  };
  return { scene: valueDiagram.overview!.layout(overview, focus), overview, whole };
}

const sayings = (scene: Scene): string =>
  scene.glyphs.flatMap((glyph) => (glyph.shape === 'label' ? [glyph.text] : [])).join(' ');

describe('a value that is too large for its elements', () => {
  it.each([
    ['list', {}],
    ['list', { 'list-max-listpack-size': '1' }],
    ['list', { 'list-max-listpack-size': '40', 'list-compress-depth': '2' }],
    ['hash', {}],
    ['sorted', {}],
    ['sorted', { 'zset-index': 'avl' }],
    ['small', {}],
  ])('is drawn with no text over another at any size: %s %o', (key, config) => {
    const engine = filled({ activerehashing: 'no', ...config }, LIST, HASH, SORTED, SMALL);
    for (const [width, height, unit] of SIZES) {
      const { scene } = shownOf(engine, key, { width, height, unit });
      expect(collisions(scene), `${width} × ${height} at ${unit}`).toEqual([]);
      for (const { x, y, columns, rows, side } of scene.rasters) {
        expect(x + columns * side).toBeLessThanOrEqual(width + 1);
        expect(y + rows * side, `${width} × ${height} at ${unit}`).toBeLessThanOrEqual(height + 1);
      }
    }
  });

  it('has a bar for each node of a list, as high as its pack has bytes; the compressed ones are hatched', () => {
    const engine = filled({ 'list-max-listpack-size': '40', 'list-compress-depth': '2' }, LIST);
    const { scene, whole } = shownOf(engine, 'list');
    if (whole.shape.kind !== 'quicklist') return expect.fail('a list is a quicklist');
    const bars = cells(scene).filter(({ key }) => key.startsWith('node/'));
    const { bytes, before } = whole.shape;
    const most = Math.max(...bytes);
    const highest = Math.max(...bars.map(({ height }) => height));
    expect(bars.map(({ height }) => Math.round((height / highest) * most))).toEqual([...bytes]);
    expect(bars.map(({ isHatched }) => isHatched)).toEqual([...before].map((length) => length > 0));
    expect(sayings(scene)).toMatch(/^A list of 3,000 elements, .* 71 are compressed: [\d,]+ bytes into [\d,]+\./);
  });

  it('has a square for each node where bars would be too thin', () => {
    const { scene, whole } = shownOf(filled({ 'list-max-listpack-size': '1' }, LIST), 'list');
    if (whole.shape.kind !== 'quicklist') return expect.fail('a list is a quicklist');
    expect(scene.rasters.map(({ key, values }) => [key, values.length])).toEqual([['nodes', 3000]]);
  });

  it('counts the buckets of a hash by the lengths of their chains', () => {
    const { scene, whole } = shownOf(filled({ activerehashing: 'no' }, HASH), 'hash');
    if (whole.shape.kind !== 'table') return expect.fail('a large hash is a table');
    const lengths = whole.shape.tables.flatMap(({ chainLengths }) => [...chainLengths]);
    const figures = scene.glyphs.flatMap((glyph) =>
      glyph.shape === 'label' && glyph.key.startsWith('chain/figure/') ? [glyph.text] : [],
    );
    const counts = [...Array(Math.max(...lengths) + 1).keys()].map(
      (length) => lengths.filter((one) => one === length).length,
    );
    expect(figures).toEqual(
      counts.map((count) => (count === 1 ? '1 bucket' : `${count.toLocaleString('en')} buckets`)),
    );
  });

  it('counts the towers of a skip list that reach each level, the lowest below', () => {
    const { scene, whole } = shownOf(filled({}, SORTED), 'sorted');
    if (whole.shape.kind !== 'sorted' || whole.shape.index.kind !== 'skip-list') return expect.fail('a skip list');
    const { heights } = whole.shape.index;
    const figures = scene.glyphs.flatMap((glyph) =>
      glyph.shape === 'label' && glyph.key.startsWith('level/figure/')
        ? [parseInt(glyph.text.replace(',', ''), 10)]
        : [],
    );
    const counts = figures.map((_, level) => heights.filter((height) => height > level).length);
    expect(figures).toEqual(counts.reverse());
    expect(figures.at(-1)).toBe(2500);
  });

  it('says how high an AVL tree is, and how high it would have to be at least', () => {
    const { scene, whole } = shownOf(filled({ 'zset-index': 'avl' }, SORTED), 'sorted');
    if (whole.shape.kind !== 'sorted' || whole.shape.index.kind !== 'avl-tree') return expect.fail('a tree');
    expect(sayings(scene)).toContain(`${whole.shape.index.depths.length} levels high`);
    expect(sayings(scene)).toContain('could not be lower than 12');
  });

  it('stands beside the names of the other large values, which can be picked', () => {
    const engine = filled({}, LIST, HASH, SORTED, SMALL);
    const { scene, overview } = shownOf(engine, 'hash');
    const chips = cells(scene).filter(({ key }) => key.startsWith('large/'));
    expect(chips.map(({ parts }) => parts[0]?.text)).toEqual(['hash', 'list', 'sorted', 'small']);
    expect(chips.filter(({ isFaint }) => !isFaint).length).toBe(1);
    const refs = chips.map(({ target }) => (target?.kind === 'entry' ? target.ref : 0));
    expect(new Set(refs)).toEqual(new Set(overview.values.map(({ entry }) => entry)));
  });

  it('is told in words while its figures are still asked for', () => {
    const { scene } = shownOf(filled({}, LIST), 'list', { whole: null });
    expect(sayings(scene)).toBe('A list of 3,000 elements, kept as quicklist.');
  });

  it('gives way to a sentence where there are only strings', () => {
    const engine = filled({}, 'SET a 1');
    const overview = overviewOf(engine.keyspace);
    const { scene } = shownOf(filled({}, LIST), 'list');
    expect(scene.glyphs.length).toBeGreaterThan(1);
    const focus = { width: 760, height: 480, unit: 1, opened: null, followed: 0, whole: null } as unknown as Focus;
    expect(sayings(valueDiagram.overview!.layout(overview, focus))).toContain(
      'none of them stands for more than a string',
    );
  });
});
