import { describe, expect, it } from 'vitest';

import { Engine, Recorder } from '../../engine/api.ts';
import { utf8Encode } from '../../engine/memory/bytes.ts';
import { Timeline } from '../timeline.svelte.ts';
import { DIAGRAMS } from './all.ts';
import { cells, collisions } from './collisions.test-kit.ts';
import type { Focus } from './contract.ts';
import type { AnyGlyph, Scene } from './scene.ts';

const [KEYS] = DIAGRAMS;
const KEY_COUNT = 14;

interface Film {
  readonly timeline: Timeline;
  /** What the engine had in use when it was all over. */
  readonly usedBytes: number;
}

/** Keys that were used at different times, a limit that is a little less than they take, and then one key more. */
async function filmOf(policy: string): Promise<Film> {
  const recorder = new Recorder();
  const config = { 'hash-function': 'fnv1a', activerehashing: 'no', 'maxmemory-policy': policy };
  const engine = new Engine({ host: { seed: 1 }, nowMs: 1_800_000_000_000, config, recorder });
  const connection = engine.connect(() => undefined);
  const start = { models: engine.snapshot(), overview: null };
  const timeline = new Timeline({ start, hashName: 'fnv1a', source: null, isStill: () => true });
  recorder.take();
  const run = (line: string, at: number): void => {
    engine.setTime(1_800_000_000_000 + at * 7000);
    connection.receive(utf8Encode(`${line}\r\n`));
    engine.endTurn();
  };
  for (let at = 0; at < KEY_COUNT; at++) run(`SET key:${at} ${'x'.repeat(90)} EX ${1000 + at}`, at);
  run(`CONFIG SET maxmemory ${engine.keyspace.arena.usedBytes - 300}`, KEY_COUNT);
  run('SET last one', KEY_COUNT + 1);
  timeline.push(recorder.take());
  await timeline.goLive();
  return { timeline, usedBytes: engine.keyspace.arena.usedBytes };
}

function sceneOf({ view }: Timeline, more: Partial<Focus> = {}): Scene {
  return KEYS.layout(view.picture.models!, {
    ...{ width: 760, height: 480, db: 0, nowMs: 0, selected: null, focused: null, marks: new Map(), unit: 1 },
    ...{ spotlight: view.spotlight, opened: null, followed: 0, lens: null, bytes: null, whole: null, line: '' },
    ...more,
  });
}

const said = (glyphs: readonly AnyGlyph[], key: string): string | undefined =>
  glyphs.flatMap((glyph) => (glyph.shape === 'label' && glyph.key === key ? [glyph.text] : []))[0];

/** Every moment of the last command. */
async function moments({ timeline }: Film): Promise<{ scene: Scene; kind: string; entry: number }[]> {
  const stop = timeline.stops.length - 1;
  const found: { scene: Scene; kind: string; entry: number }[] = [];
  for (let shown = 0; shown <= timeline.view.length; shown++) {
    await timeline.seek(stop, shown);
    const { step } = timeline.view.spotlight;
    const entry = step && 'entry' in step ? step.entry : 0;
    found.push({ scene: sceneOf(timeline), kind: step ? `${step.structure} ${step.kind}` : '', entry });
  }
  return found;
}

const litKeys = (scene: Scene): string[] =>
  cells(scene)
    .filter(({ target, isLit }) => target?.kind === 'entry' && isLit)
    .map(({ key }) => key);

describe('eviction', () => {
  it('is drawn only while it happens', async () => {
    const { timeline } = await filmOf('allkeys-lru');
    await timeline.seek(KEY_COUNT - 1);
    expect(sceneOf(timeline).glyphs.filter(({ key }) => key.startsWith('evict/'))).toEqual([]);
  });

  it.each(['allkeys-lru', 'volatile-lfu', 'allkeys-random', 'volatile-ttl'])(
    'under %s lies over nothing, at any size and at any step',
    async (policy) => {
      const film = await filmOf(policy);
      const { timeline } = film;
      const stop = timeline.stops.length - 1;
      for (let shown = 0; shown <= timeline.view.length; shown++) {
        await timeline.seek(stop, shown);
        for (const [width, height, unit] of [
          [760, 480, 1],
          [328, 300, 1],
          [328, 190, 1],
          [1100, 700, 1.5],
        ]) {
          const scene = sceneOf(timeline, { width, height, unit });
          expect(collisions(scene), `step ${shown}, ${width} × ${height}`).toEqual([]);
          expect(new Set(scene.glyphs.map(({ key }) => key)).size).toBe(scene.glyphs.length);
        }
      }
    },
  );

  it.each(['allkeys-lru', 'allkeys-lfu', 'allkeys-random', 'volatile-ttl'])(
    'under %s lights the sampled keys one after the other, marks the one that goes while it is still there, and then names it',
    async (policy) => {
      const told = await moments(await filmOf(policy));
      const samples = told.filter(({ kind }) => /^eviction (idle|frequency|drawn|nearest)$/.test(kind));
      expect(samples.length).toBeGreaterThan(0);
      for (const { scene, entry } of samples) expect(litKeys(scene)).toEqual([`entry/${entry}`]);
      const evicted = told.filter(({ kind }) => kind === 'eviction evict');
      expect(evicted.length).toBeGreaterThan(0);
      for (const { scene, entry } of evicted) {
        const cell = cells(scene).find(({ key }) => key === `entry/${entry}`);
        expect([cell?.tone, cell?.isDashed]).toEqual(['expired', true]);
      }
      const last = told.at(-1)?.scene.glyphs ?? [];
      expect(last.filter(({ key }) => /^evict\/gone\/\d+$/.test(key)).length).toBe(evicted.length);
    },
  );

  it('has in its row the candidates of the pool, in their order, with how long each was idle', async () => {
    const { timeline } = await filmOf('allkeys-lru');
    const shown = cells(sceneOf(timeline, { width: 2400 })).filter(({ key }) => key.startsWith('evict/candidate/'));
    const { candidates } = timeline.view.picture.models!.eviction;
    expect(candidates.length).toBeGreaterThan(2);
    expect(shown.map(({ parts }) => parts.map(({ text }) => text).join(' '))).toEqual(
      candidates.map(({ key, score }) => `${new TextDecoder().decode(key)} ${score} s`),
    );
  });

  it('says how many bytes are in use as the engine does, before and after', async () => {
    const film = await filmOf('allkeys-lru');
    const { scene } =
      (await moments(film)).find(({ kind }) => kind.startsWith('eviction')) ?? expect.fail('no eviction');
    const over = film.timeline.view.spotlight.eviction ?? expect.fail('no light');
    expect(said(scene.glyphs, 'evict/words')).toBe(
      `${over.used.toLocaleString('en')} bytes in use, maxmemory is ${over.limit.toLocaleString('en')}`,
    );
    expect(said(sceneOf(film.timeline).glyphs, 'evict/words')).toContain(
      `${film.usedBytes.toLocaleString('en')} bytes in use`,
    );
  });

  it('calls a sampled key by its name', async () => {
    const film = await filmOf('allkeys-lru');
    await moments(film);
    const captions: string[] = [];
    for (let shown = 1; shown <= film.timeline.view.length; shown++) {
      await film.timeline.seek(film.timeline.stops.length - 1, shown);
      captions.push(film.timeline.view.caption);
    }
    expect(captions.join('\n')).toMatch(/^“key:\d+” is sampled: it was last used \d+ seconds ago\.$/m);
  });
});
