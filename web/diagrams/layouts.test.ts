import { describe, expect, it } from 'vitest';

import { Engine, Recorder } from '../../engine/api.ts';
import { metaOf, EMBSTR, INT, INT64, RAW, DEADLINE, META, VALUE } from '../../engine/keyspace/values.ts';
import { utf8Encode } from '../../engine/memory/bytes.ts';
import { emptyModels } from '../../engine/models.ts';
import { DARK } from '../spotlight.ts';
import { Timeline } from '../timeline.svelte.ts';
import type { Diagram, Focus } from './contract.ts';
import * as entries from './entries.ts';
import { hashTableDiagram, overviewScene } from './hash-table.ts';
import { heapDiagram } from './heap.ts';
import { logDiagram } from './log.ts';
import { memoryStripDiagram } from './memory-strip.ts';
import { bucketAt } from './raster.ts';
import { DIAGRAMS } from './all.ts';
import { cells, collisions } from './collisions.test-kit.ts';
import { elide, monoWidth, type AnyGlyph, type Scene } from './scene.ts';
import { fitting } from './text.ts';
import { valueDiagram } from './value.ts';

const NOW = 1_800_000_000_000;

async function filmOf(...lines: string[]): Promise<Timeline> {
  const recorder = new Recorder();
  const log = { append: () => null };
  const config = { activerehashing: 'no', appendonly: 'yes' };
  const engine = new Engine({
    host: { seed: 1, log },
    nowMs: NOW,
    config: { 'hash-function': 'fnv1a', ...config },
    recorder,
  });
  const connection = engine.connect(() => undefined);
  const timeline = new Timeline({
    start: { models: engine.snapshot(), overview: null },
    hashName: 'fnv1a',
    source: null,
    isStill: () => true,
  });
  recorder.take();
  for (const line of lines) {
    connection.receive(utf8Encode(`${line}\r\n`));
    engine.endTurn();
  }
  timeline.push(recorder.take());
  await timeline.goLive();
  return timeline;
}

const FIVE = ['SET hello world', 'SET bar 1', 'SET baz 2', 'SET city paris', 'SET user ada'];
const many = (count: number): string[] => Array.from({ length: count }, (_, at) => `SET key:${at} ${at}`);

function focusOn(timeline: Timeline | null, more: Partial<Focus> = {}): Focus {
  return {
    ...{ width: 760, height: 480, db: 0, nowMs: NOW, selected: null, focused: null, marks: new Map(), unit: 1 },
    spotlight: timeline?.view.spotlight ?? DARK,
    ...{ opened: null, followed: timeline?.view.eye.entry ?? 0, lens: null, bytes: null, whole: null },
    line: timeline?.view.cause?.line ?? '',
    ...more,
  };
}

function sceneOf(diagram: Diagram, timeline: Timeline, more: Partial<Focus> = {}): Scene {
  return diagram.layout(timeline.view.picture.models!, focusOn(timeline, more));
}

/** A scene in short lines, for people to compare. */
function told(scene: Scene): string[] {
  return scene.glyphs.map((glyph) => {
    const marks = (['isLit', 'isDashed', 'isHatched', 'isSelected'] as const).filter(
      (mark) => mark in glyph && glyph[mark as keyof AnyGlyph],
    );
    const place =
      glyph.shape === 'arrow' ? glyph.line.map(Math.round).join(' ') : `${Math.round(glyph.x)} ${Math.round(glyph.y)}`;
    const text =
      glyph.shape === 'cell'
        ? glyph.parts.map(({ text }) => text).join('|')
        : glyph.shape === 'arrow'
          ? ''
          : glyph.text;
    return `${glyph.shape} ${glyph.key} ${glyph.tone} @ ${place} “${text}” ${marks.join(' ')}`.trim();
  });
}

/** Width, height and size of type: a screen, a high and a low one, telephones with small and large type, a lecture hall. */
const SIZES = [
  [760, 480, 1],
  [900, 640, 1],
  [328, 300, 1],
  [328, 190, 1],
  [328, 190, 1.25],
  [328, 520, 1.25],
  [760, 300, 1],
  [760, 200, 1],
  [1100, 700, 1.5],
  [760, 330, 1.5],
] as const;

describe('the table', () => {
  it('shows where a key went and how its bucket was found', async () => {
    expect(told(sceneOf(hashTableDiagram, await filmOf('SET hello world', 'SET bar 1', 'GET bar')))).toMatchSnapshot();
  });

  it('shows two tables while a resize is under way', async () => {
    expect(told(sceneOf(hashTableDiagram, await filmOf(...FIVE, 'GET bar')))).toMatchSnapshot();
  });

  it('keeps every entry the same glyph from one table to the other', async () => {
    const timeline = await filmOf(...FIVE, 'GET bar', 'GET bar');
    const keys = (scene: Scene): string[] =>
      scene.glyphs
        .map(({ key }) => key)
        .filter((key) => key.startsWith('entry/'))
        .sort();
    const after = keys(sceneOf(hashTableDiagram, timeline));
    await timeline.seek(4);
    expect(keys(sceneOf(hashTableDiagram, timeline))).toEqual(after);
    expect(after.length).toBe(5);
  });

  it('keeps the new table the same glyphs when it takes the old place', async () => {
    const timeline = await filmOf(...FIVE, 'GET bar', 'GET bar', 'GET bar');
    const buckets = (scene: Scene): string[] =>
      scene.glyphs.map(({ key }) => key).filter((key) => key.startsWith('bucket/8/'));
    const after = buckets(sceneOf(hashTableDiagram, timeline));
    await timeline.seek(4);
    expect(buckets(sceneOf(hashTableDiagram, timeline))).toEqual(after);
    expect(after.length).toBe(8);
  });

  it.each([0, 1, 4, 5, 9, 17, 33, 60, 130, 250])(
    'has no two texts over each other with %i keys, at any size',
    async (count) => {
      const timeline = await filmOf(...many(count), 'PING');
      for (const [width, height, unit] of SIZES) {
        const scene = sceneOf(hashTableDiagram, timeline, { width, height, unit });
        expect(collisions(scene), `${width} × ${height} at ${unit}`).toEqual([]);
        for (const glyph of scene.glyphs)
          if ('fontSize' in glyph && glyph.shape !== 'cell') expect(glyph.fontSize).toBeGreaterThanOrEqual(12);
      }
    },
  );

  it('leaves the working of a hash its room beside the facts, however low the picture is', async () => {
    const timeline = await filmOf(...FIVE, 'SET user:1001:session x', 'GET user:1001:session');
    const [entry] = [...timeline.view.picture.models!.tables[0].entries.values()].filter(
      ({ keyLength }) => keyLength > 9,
    );
    const selected = { kind: 'entry', ref: entry.ref } as const;
    for (const unit of [1, 1.5])
      for (let height = 150; height < 500; height += 25) {
        const scene = sceneOf(hashTableDiagram, timeline, { height: height * unit, unit, width: 800 * unit, selected });
        expect(collisions(scene), `${height} at ${unit}`).toEqual([]);
        expect(scene.glyphs.map(({ key }) => key)).toContain('mask/bucket');
      }
  });

  it('says while a resize is under way on a telephone what each table holds', async () => {
    const scene = sceneOf(hashTableDiagram, await filmOf(...FIVE), { width: 328, height: 260 });
    expect(collisions(scene)).toEqual([]);
    const headings = scene.glyphs.flatMap((glyph) =>
      glyph.shape === 'label' && glyph.key.startsWith('heading/') ? [glyph.text] : [],
    );
    expect(headings).toEqual(['Old: 4, 4 left', 'New: 8, 1 entry']);
  });

  it('never names two glyphs alike', async () => {
    for (const count of [5, 40, 250]) {
      const keys = sceneOf(hashTableDiagram, await filmOf(...many(count), 'GET key:1')).glyphs.map(({ key }) => key);
      expect(new Set(keys).size).toBe(keys.length);
    }
  });

  it('marks answers to a prediction, and what is selected', async () => {
    const timeline = await filmOf(...FIVE.slice(0, 3));
    const scene = sceneOf(hashTableDiagram, timeline, {
      marks: new Map([
        ['bucket/0/2', 'right'],
        ['bucket/0/1', 'wrong'],
      ]),
      selected: { kind: 'bucket', table: 0, bucket: 3 },
    });
    expect(
      cells(scene)
        .filter(({ mark }) => mark)
        .map(({ title, mark }) => `${title}: ${mark}`),
    ).toEqual(['bucket 1: 0 entries: wrong', 'bucket 2: 2 entries: right']);
    expect(
      cells(scene)
        .filter(({ isSelected }) => isSelected)
        .map(({ title }) => title),
    ).toEqual(['bucket 3: 1 entry']);
  });

  it('dashes a key whose deadline has passed', async () => {
    const timeline = await filmOf('SET a 1 PX 5000', 'SET b 2');
    const dashed = (nowMs: number): (string | undefined)[] =>
      cells(sceneOf(hashTableDiagram, timeline, { nowMs }))
        .filter(({ isDashed }) => isDashed)
        .map(({ title }) => title);
    expect(dashed(NOW)).toEqual([]);
    expect(dashed(NOW + 5000)).toEqual(['a → 1']);
  });

  it('cuts long keys and values short, and cannot be reordered by them', async () => {
    const timeline = await filmOf(`SET ${'k'.repeat(50)} ${'v'.repeat(500)}`, 'SET "\\xe2\\x80\\xaeabc" 1');
    const texts = cells(sceneOf(hashTableDiagram, timeline)).flatMap(({ parts }) => parts.map(({ text }) => text));
    expect(texts).toContain('kkkkkkkkkkkkkkk…');
    expect(texts).toContain('vvvvvvvvvvvvv…');
    expect(texts.join('')).not.toContain('\u202e');
  });

  it('paints the chain lengths where there are too many buckets for glyphs', async () => {
    const timeline = await filmOf(...many(1100));
    const scene = sceneOf(hashTableDiagram, timeline);
    expect(scene.rasters.length).toBe(2);
    const [raster] = scene.rasters;
    expect(raster.values.length).toBe(1024);
    expect(raster.columns * raster.rows).toBeGreaterThanOrEqual(1024);
    const drawn = Array.from(raster.values).reduce((sum, length) => sum + length, 0);
    expect(drawn).toBe(timeline.view.picture.models!.tables[0].tables[0].used);
    expect(bucketAt(raster, raster.x + raster.side * 2.5, raster.y + raster.side * 1.5)).toBe(raster.columns + 2);
    expect(bucketAt(raster, raster.x - 3, raster.y)).toBe(-1);
  });

  it('shows a million buckets from their lengths alone', () => {
    const chainLengths = new Uint8Array(1 << 20).fill(1);
    const tables = [
      { size: 1 << 20, used: 1 << 20, chainLengths },
      { size: 0, used: 0, chainLengths: new Uint8Array(0) },
    ];
    const scene = overviewScene({ db: 0, keys: 1 << 20, values: [], tables, rehashCursor: -1 }, focusOn(null));
    expect(told(scene)).toEqual([
      'label overview/text plain @ 4 14 “1,048,576 keys in 1,048,576 buckets: the stronger the colour, the longer the chain.”',
    ]);
    const resizing = [tables[0], { size: 1 << 21, used: 0, chainLengths: new Uint8Array(1 << 21) }];
    for (const [width, height, unit] of SIZES) {
      const focus = focusOn(null, { width, height, unit });
      const both = overviewScene({ db: 0, keys: 1 << 20, values: [], tables: resizing, rehashCursor: 9 }, focus);
      expect(collisions(both), `${width} × ${height} at ${unit}`).toEqual([]);
      for (const { x, y, columns, rows, side } of both.rasters) {
        expect(x + columns * side).toBeLessThanOrEqual(width + 1);
        expect(y + rows * side).toBeLessThanOrEqual(height + 1);
      }
    }
    const [raster] = scene.rasters;
    expect(raster.columns * raster.side).toBeLessThanOrEqual(760);
    expect(raster.rows * raster.side).toBeLessThanOrEqual(480);
  });
});

describe('the other panels', () => {
  it('show memory as it lies: live, free and never used', async () => {
    expect(
      told(sceneOf(memoryStripDiagram, await filmOf(...FIVE, 'DEL city'))).filter((line) => !line.includes('span/')),
    ).toMatchSnapshot();
  });

  it('show a string with the room it has to grow into, and the block it moves to when that is gone', async () => {
    const timeline = await filmOf('SET hello world', 'APPEND hello !!!', 'APPEND hello 0123456789abcdef');
    await timeline.seek(1);
    expect(told(sceneOf(valueDiagram, timeline))).toMatchSnapshot();
    await timeline.seek(2);
    const words = sceneOf(valueDiagram, timeline).glyphs.find(({ key }) => key === 'gauge/words');
    expect(words?.shape === 'label' && words.text).toMatch(/^length 24, capacity \d+: room for \d+ more$/);
  });

  it('show the heap of deadlines as a tree', async () => {
    const timeline = await filmOf(...FIVE, 'EXPIRE hello 50', 'EXPIRE bar 20', 'EXPIRE baz 10');
    expect(told(sceneOf(heapDiagram, timeline))).toMatchSnapshot();
  });

  it('show the log with its offsets', async () => {
    expect(told(sceneOf(logDiagram, await filmOf('SET a 1', 'EXPIRE a 100')))).toMatchSnapshot();
  });

  it.each(DIAGRAMS.map((diagram) => [diagram.title, diagram] as const))(
    '%s says in words when there is nothing yet',
    (_, diagram) => {
      for (const [width, height, unit] of SIZES) {
        const scene = diagram.layout(emptyModels(1, 'fnv1a'), focusOn(null, { width, height, unit }));
        expect(new Set(scene.glyphs.map(({ shape }) => shape))).toEqual(new Set(['label']));
        expect(collisions(scene), `${width} × ${height} at ${unit}`).toEqual([]);
      }
    },
  );

  it.each(DIAGRAMS.map((diagram) => [diagram.title, diagram] as const))(
    '%s has no two texts over each other',
    async (_, diagram) => {
      const timeline = await filmOf(
        `SET long ${'v'.repeat(300)}`,
        ...many(60),
        ...many(40).map((line) => `${line.replace('SET', 'EXPIRE').split(' ').slice(0, 2).join(' ')} 100`),
      );
      for (const [width, height, unit] of SIZES)
        expect(
          collisions(sceneOf(diagram, timeline, { width, height, unit })),
          `${width} × ${height} at ${unit}`,
        ).toEqual([]);
    },
  );
});

describe('a skip list of more members than there is room for', () => {
  it('lets every link that leads on have its arrow, though nobody behind it is shown', async () => {
    const adds = Array.from({ length: 120 }, (_, at) => `ZADD z ${at} m${at}`);
    const timeline = await filmOf('CONFIG SET zset-max-listpack-entries 0', ...adds, 'ZRANK z m100');
    const indexes = [...timeline.view.picture.models!.collections.values()].flatMap((one) =>
      one.holds === 'zset' && one.index.kind === 'skip-list' ? [one.index] : [],
    );
    const { glyphs } = sceneOf(valueDiagram, timeline);
    const levels = glyphs.flatMap(({ key }) => /^link\/(\d+)\/0$/.exec(key)?.[1] ?? []);
    const leadOn = indexes[0].head.flatMap(({ forward }, level) => (forward === 0 ? [] : [String(level)]));
    expect(levels.sort()).toEqual(leadOn);
  });
});

describe('an entry in words', () => {
  it('reads the payload words as the keyspace writes them', () => {
    expect([entries.VALUE, entries.META, entries.DEADLINE]).toEqual([VALUE, META, DEADLINE]);
    const models = {
      ...emptyModels(1, 'fnv1a'),
      strings: new Map([[9, { ref: 9, length: 2, capacity: 4, head: utf8Encode('hi') }]]),
    };
    const of = (value: number, encoding: number): string | null =>
      entries.valueOf(models, {
        ref: 1,
        hash: 0,
        keyLength: 1,
        key: utf8Encode('k'),
        payload: [value, metaOf(0, encoding, 5), 0],
      });
    expect(of(-7, INT)).toBe('-7');
    expect(of(9, EMBSTR)).toBe('hi');
    expect(of(9, RAW)).toBe('hi');
    expect(of(9, INT64)).toBe('64-bit number');
  });

  it('counts down in few words', () => {
    expect([0, 900, 61_000, 200_000, 20_000_000, 500_000_000].map(entries.timeLeft)).toEqual([
      'over',
      '1 s',
      '61 s',
      '200 s',
      '6 h',
      '6 d',
    ]);
  });

  it('takes the first wording that fits, and cuts the last one short', () => {
    expect(fitting(['a long wording', 'short'], 200, 14)).toBe('a long wording');
    expect(fitting(['a long wording', 'short'], 50, 14)).toBe('short');
    expect(fitting(['a long wording', 'another'], 30, 14)).toMatch(/^an.*…$/);
  });

  it('fits into its cells, wide characters too', () => {
    expect(elide('abcdef', 6)).toBe('abcdef');
    expect(elide('abcdefg', 6)).toBe('abcde…');
    expect(elide('日本語日本', 6)).toBe('日本…');
    expect(monoWidth('日本', 10)).toBe(monoWidth('abcd', 10));
  });
});
