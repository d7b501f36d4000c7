import { describe, expect, it } from 'vitest';

import { Engine, Recorder } from '../engine/api.ts';
import { utf8Encode } from '../engine/memory/bytes.ts';
import { placeUnseen } from './follow.ts';
import { Timeline } from './timeline.svelte.ts';

/** A film of a real engine, at the end of the last line. */
async function filmOf(...lines: string[]): Promise<Timeline> {
  const recorder = new Recorder();
  const config = { 'hash-function': 'fnv1a', activerehashing: 'no', 'hash-max-listpack-entries': '2' };
  const engine = new Engine({ host: { seed: 1 }, nowMs: 0, config, recorder });
  const connection = engine.connect(() => undefined);
  const start = { models: engine.snapshot(), overview: null };
  const timeline = new Timeline({ start, hashName: 'fnv1a', source: null, isStill: () => true });
  recorder.take();
  for (const line of lines) {
    connection.receive(utf8Encode(`${line}\r\n`));
    engine.endTurn();
  }
  timeline.push(recorder.take());
  await timeline.goLive();
  return timeline;
}

/** Where one looks after each beat of the last command, the same place told once. */
async function way(...lines: string[]): Promise<string[]> {
  const timeline = await filmOf(...lines);
  const places: string[] = [];
  const stop = timeline.stops.length - 1;
  for (let shown = 1; shown <= timeline.view.length; shown++) {
    await timeline.seek(stop, shown);
    const { place } = timeline.view.eye;
    if (places.at(-1) !== place) places.push(place);
  }
  return places;
}

describe('where one looks', () => {
  it.each([
    ['RPUSH l a b', ['hash-table', 'value']],
    ['HSET h f 1', ['hash-table', 'value']],
    ['SADD s 1 2', ['hash-table', 'value']],
    ['ZADD z 1 a', ['hash-table', 'value']],
    ['SETBIT b 7 1', ['hash-table', 'value']],
    ['PFADD p a', ['hash-table', 'value']],
    ['SET k v', ['hash-table']],
    ['INCR n', ['hash-table']],
    ['DBSIZE', ['hash-table']],
  ] as const)('%s leads from the keys to where it works', async (line, places) => {
    expect(await way(line)).toEqual(places);
  });

  it('reads a value in the value, too, though nothing happens in it', async () => {
    expect(await way('HSET h f 1', 'GET other', 'HLEN h')).toEqual(['hash-table', 'value']);
    expect(await way('SET b foobar', 'PING', 'BITCOUNT b')).toEqual(['hash-table', 'value']);
    expect(await way('SET k v', 'GET k')).toEqual(['hash-table']);
  });

  it('stays at a value while one command after the other works on it, and leaves it for another key', async () => {
    expect(await way('RPUSH l a', 'RPUSH l b')).toEqual(['value']);
    expect(await way('RPUSH l a', 'RPUSH list b')).toEqual(['hash-table', 'value']);
    expect(await way('RPUSH l a', 'GET k')).toEqual(['hash-table']);
  });

  it('goes back to the keys when the value is gone', async () => {
    const places = await way('RPUSH l a', 'DEL l');
    expect(places.at(-1)).toBe('hash-table');
  });

  it('is the same whichever way one came', async () => {
    const timeline = await filmOf(
      'RPUSH l a b',
      'GET k',
      'HSET h f 1 g 2',
      'HSET h i 3',
      'HGET h i',
      'DEL h',
      'LPOP l',
    );
    const seen = new Map<string, unknown>();
    for (let stop = 0; stop < timeline.stops.length; stop++) {
      await timeline.seek(stop, 0);
      for (let shown = 0; shown <= timeline.view.length; shown++) {
        await timeline.seek(stop, shown);
        seen.set(`${stop}/${shown}`, timeline.view.eye);
      }
    }
    for (const [place, eye] of [...seen].reverse()) {
      const [stop = 0, shown = 0] = place.split('/').map(Number);
      await timeline.seek(stop, shown);
      expect(timeline.view.eye, place).toEqual(eye);
    }
  });

  it('knows during a conversion what is written over into what', async () => {
    const timeline = await filmOf('HSET h f 1 g 2', 'HSET h i 3');
    const stop = timeline.stops.length - 1;
    const seen: string[] = [];
    for (let shown = 1; shown <= timeline.view.length; shown++) {
      await timeline.seek(stop, shown);
      const { conversion } = timeline.view.spotlight.value;
      const told = conversion === null ? 'none' : conversion.id === 0 ? 'announced' : 'under way';
      if (seen.at(-1) !== told) seen.push(told);
    }
    expect(seen).toEqual(['none', 'announced', 'under way', 'none']);
  });
});

describe('the captions of values', () => {
  it('tell a conversion, and what a key and a field stand for, by their names', async () => {
    const timeline = await filmOf('HSET h f 1 g 2', 'HSET h i 3');
    const captions: string[] = [];
    for (let stop = 0; stop < 2; stop++) {
      await timeline.seek(stop, 0);
      for (let shown = 1; shown <= timeline.view.length; shown++) {
        await timeline.seek(stop, shown);
        captions.push(timeline.view.caption);
      }
    }
    expect(captions).toContain('“h” now stands for a hash, kept as a listpack.');
    expect(captions).toContain('The listpack of “h” takes no more: all of it is written over into a hashtable.');
    expect(captions.filter((caption) => caption.startsWith('“i” now stands for “3”'))).toHaveLength(1);
    expect(captions.filter((caption) => /free list|is updated/.test(caption))).toEqual([]);
  });

  it('show a rotation at once, after what is to be turned', async () => {
    const timeline = await filmOf('CONFIG SET zset-index avl zset-max-listpack-entries 0', 'ZADD z 1 a 2 b 3 c');
    const stop = timeline.stops.length - 1;
    const captions: string[] = [];
    for (let shown = 1; shown <= timeline.view.length; shown++) {
      await timeline.seek(stop, shown);
      captions.push(timeline.view.caption);
    }
    const at = captions.findIndex((caption) => caption.includes('leans to the right by two'));
    expect(captions.slice(at + 1, at + 3)).toEqual([
      '“a” becomes the left child of “b”.',
      expect.stringContaining('The reply is'),
    ]);
  });
});

describe('where one looks among too many keys to know each', () => {
  it.each([
    [['RPUSH l a b'], 'value'],
    [['HSET h f 1', 'HSET h g 2'], 'value'],
    [['SET k v'], 'hash-table'],
    [['RPUSH l a', 'GET l'], 'hash-table'],
    [['RPUSH l a', 'DEL l'], 'hash-table'],
    [['PING'], 'hash-table'],
  ] as const)('is told by the steps alone: %j', async (lines, place) => {
    const { steps, picture } = (await filmOf(...lines)).view;
    const eye = placeUnseen(steps, 0);
    expect(eye.place).toBe(place);
    if (place === 'value') expect(picture.models?.tables[0]?.entries.has(eye.entry)).toBe(true);
  });
});
