import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { Engine, Recorder } from '../engine/api.ts';
import { utf8Encode } from '../engine/memory/bytes.ts';
import type { Models } from '../engine/models.ts';
import type { FrameSource } from './film.ts';
import { Timeline } from './timeline.svelte.ts';

/** A real engine and a film of it; the engine's own snapshots are what the film must agree with. */
class Rehearsal {
  readonly start: Models;
  readonly snapshots: Models[] = [];
  nowMs = 1_800_000_000_000;
  private readonly recorder = new Recorder();
  private readonly engine: Engine;
  private readonly connection;

  constructor() {
    this.engine = new Engine({
      host: { seed: 7 },
      nowMs: this.nowMs,
      config: { 'hash-function': 'fnv1a', activerehashing: 'no' },
      recorder: this.recorder,
    });
    this.connection = this.engine.connect(() => undefined);
    this.start = this.engine.snapshot();
    this.recorder.take();
  }

  run(...lines: string[]): Int32Array {
    for (const line of lines) {
      this.snapshots.push(this.engine.snapshot());
      this.engine.setTime(this.nowMs++);
      this.connection.receive(utf8Encode(`${line}\r\n`));
      this.engine.endTurn();
    }
    return this.recorder.take();
  }

  tick(ms: number): Int32Array {
    this.snapshots.push(this.engine.snapshot());
    this.nowMs += ms;
    this.engine.tick(this.nowMs);
    return this.recorder.take();
  }

  /** The number of the cause that comes next. */
  get nextIndex(): number {
    return this.engine.causeIndex;
  }

  get now(): Models {
    return this.engine.snapshot();
  }

  timeline(source: FrameSource | null = null): Timeline {
    return new Timeline({
      start: { models: this.start, overview: null },
      hashName: 'fnv1a',
      source,
      isStill: () => true,
    });
  }
}

const FIVE = ['SET hello world', 'SET bar 1', 'SET baz 2', 'SET city paris', 'SET user ada'];

describe('the film', () => {
  it('shows after the last beat of each command what the engine itself sees there', async () => {
    const rehearsal = new Rehearsal();
    const timeline = rehearsal.timeline();
    timeline.push(
      rehearsal.run(...FIVE, 'GET bar', 'DEL baz', 'APPEND city !', 'EXPIRE bar 100', 'GET hello', 'FLUSHALL'),
    );
    const ends = [...rehearsal.snapshots.slice(1), rehearsal.now];
    for (const [stop, end] of ends.entries()) {
      await timeline.seek(stop, 0);
      expect(timeline.view.picture.models).toEqual(rehearsal.snapshots[stop]);
      await timeline.seek(stop);
      expect(timeline.view.picture.models).toEqual(end);
    }
  });

  it('steps forward and back by the same beats, through a resize, and ends exactly where it began', async () => {
    const rehearsal = new Rehearsal();
    const timeline = rehearsal.timeline();
    timeline.push(rehearsal.run(...FIVE, 'GET bar', 'GET bar', 'GET bar'));
    await timeline.seek(0, 0);
    const before = timeline.view.picture.models;
    const seen: { caption: string; models: Models | null }[] = [];
    while (!timeline.isAtEnd) {
      await timeline.step(1);
      seen.push({ caption: timeline.view.caption, models: timeline.view.picture.models });
    }
    expect(seen.length).toBeGreaterThan(60);
    expect(seen.map(({ caption }) => caption)).toContain(
      'The old table is empty. The new one takes its place, and the resize is over.',
    );
    for (const { caption, models } of seen.reverse()) {
      expect(timeline.view.caption).toBe(caption);
      expect(timeline.view.picture.models).toEqual(models);
      await timeline.step(-1);
    }
    expect(timeline.isAtStart).toBe(true);
    expect(timeline.view.picture.models).toEqual(before);
    expect(before).toEqual(rehearsal.start);
  });

  it('tells each byte of the hash, and says every beat in a sentence', async () => {
    const rehearsal = new Rehearsal();
    const timeline = rehearsal.timeline();
    timeline.push(rehearsal.run('SET a 1'));
    await timeline.seek(0, 1);
    expect(timeline.view.caption).toBe('Byte 1 of 1, “a” (61): xor gives 811c9da4, times the prime e40c292c.');
    while (!timeline.isAtEnd) {
      expect(timeline.view.caption).toMatch(/^\S.*\.$/);
      await timeline.step(1);
    }
    expect(timeline.view.caption).toBe('The reply is OK.');
  });

  it('leaves out what a terminal asks on its own, and what happens without touching a key', () => {
    const rehearsal = new Rehearsal();
    const timeline = rehearsal.timeline();
    timeline.push(rehearsal.run('HELLO 2', 'PING', 'SET a 1'));
    expect(timeline.stops.map(({ line }) => line)).toEqual(['PING', 'SET a 1']);
  });

  it('stops where time took a key away, and marks it', async () => {
    const rehearsal = new Rehearsal();
    const timeline = rehearsal.timeline();
    timeline.push(rehearsal.run('SET a 1 PX 50'));
    timeline.push(rehearsal.tick(100));
    expect(timeline.stops.map(({ markers }) => markers)).toEqual([[], ['keys expire']]);
    await timeline.seek(1, 0);
    expect(timeline.view.picture.models?.tables[0]?.entries.size).toBe(1);
    await timeline.seek(1);
    expect(timeline.view.picture.models).toEqual(rehearsal.now);
  });

  it('marks where a resize begins and ends, and where all keys go', () => {
    const rehearsal = new Rehearsal();
    const timeline = rehearsal.timeline();
    timeline.push(rehearsal.run(...FIVE, 'GET bar', 'GET bar', 'GET bar', 'FLUSHALL'));
    const marked = timeline.stops.flatMap(({ line, markers }) => markers.map((marker) => `${marker}: ${line}`));
    expect(marked).toEqual(['resize begins: SET user ada', 'resize ends: GET bar', 'all keys are removed: FLUSHALL']);
  });

  it('says what a key stands for once it was given a value, and where that lies', async () => {
    const rehearsal = new Rehearsal();
    const timeline = rehearsal.timeline();
    timeline.push(
      rehearsal.run('SET a 1', 'SET a hello', 'SET big 99999999999', 'INCR a2', 'APPEND a !', 'SET city ulm'),
    );
    const told: string[] = [];
    for (let stop = 0; stop < timeline.stops.length; stop++) {
      await timeline.seek(stop, 0);
      while (timeline.view.stop === stop && timeline.view.shown < timeline.view.length) {
        await timeline.step(1);
        if (/stands for|is written/.test(timeline.view.caption)) told.push(timeline.view.caption);
      }
    }
    expect(told.map((caption) => caption.replaceAll(/0x[0-9a-f]+/g, '0x…'))).toEqual([
      '“a” now stands for the number 1, in the entry itself (int).',
      '“a” now stands for “hello” (embstr): 5 bytes at 0x…, where 12 would fit.',
      '“big” now stands for a number of 64 bits, at 0x… (int).',
      '“a2” now stands for the number 1, in the entry itself (int).',
      'The string at 0x… is written from byte 5 on. It is 6 bytes long now, not 5.',
      '“city” now stands for “ulm” (embstr): 3 bytes in the entry itself, where 4 would fit.',
    ]);
  });

  it('marks a cause that took too many steps to film by what it left behind', async () => {
    const rehearsal = new Rehearsal();
    const timeline = rehearsal.timeline();
    const pairs = (from: number): string => Array.from({ length: 6000 }, (_, at) => `k${from + at} v`).join(' ');
    for (const line of ['SET a 1', `MSET ${pairs(0)}`, 'GET a', 'FLUSHALL', 'SET b 1']) {
      timeline.push(rehearsal.run(line));
      timeline.keyframe({ models: rehearsal.now, overview: null }, rehearsal.nextIndex);
    }
    expect(timeline.stops.map(({ markers }) => markers)).toEqual([
      [],
      ['resize begins', 'resize ends', 'too many steps to film'],
      [],
      ['all keys are removed', 'too many steps to film'],
      [],
    ]);
    await timeline.seek(3);
    expect(timeline.view.caption).toBe(
      'Too many steps to film: the picture jumps to what they left behind. The reply is OK.',
    );
  });
});

describe('following', () => {
  it('goes along with what comes in, until somebody goes back; then it only grows', async () => {
    const rehearsal = new Rehearsal();
    const timeline = rehearsal.timeline();
    timeline.push(rehearsal.run('SET a 1'));
    timeline.push(rehearsal.run('SET b 2'));
    expect(timeline.view.cause?.line).toBe('SET b 2');
    await timeline.step(-1);
    expect(timeline.isLive).toBe(false);
    timeline.push(rehearsal.run('SET c 3'));
    expect(timeline.view.cause?.line).toBe('SET b 2');
    expect(timeline.stops.length).toBe(3);
    await timeline.goLive();
    expect(timeline.view.cause?.line).toBe('SET c 3');
    expect(timeline.isLive).toBe(true);
  });

  it('is live again as soon as the hand reaches the end', async () => {
    const rehearsal = new Rehearsal();
    const timeline = rehearsal.timeline();
    timeline.push(rehearsal.run('SET a 1'));
    await timeline.step(-1);
    await timeline.step(1);
    expect(timeline.isLive).toBe(true);
  });

  it('does not go past an open question, by itself or by hand', async () => {
    const rehearsal = new Rehearsal();
    const timeline = rehearsal.timeline();
    timeline.push(rehearsal.run('SET a 1'));
    timeline.limit = { stop: 0, shown: 1 };
    await timeline.seek(0);
    expect(timeline.view.shown).toBe(1);
    await timeline.step(1);
    expect(timeline.view.shown).toBe(1);
    timeline.limit = null;
    await timeline.seek(0);
    expect(timeline.view.shown).toBe(timeline.view.length);
  });
});

describe('playing', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function playing(): { rehearsal: Rehearsal; timeline: Timeline } {
    const rehearsal = new Rehearsal();
    const timeline = new Timeline({
      start: { models: rehearsal.start, overview: null },
      hashName: 'fnv1a',
      source: null,
    });
    return { rehearsal, timeline };
  }

  it('shows a new command from its beginning, and is through with it after 1.3 seconds', async () => {
    const { rehearsal, timeline } = playing();
    timeline.push(rehearsal.run('SET hello world'));
    await vi.advanceTimersByTimeAsync(10);
    expect(timeline.view.shown).toBe(0);
    await vi.advanceTimersByTimeAsync(600);
    expect(timeline.view.shown).toBeGreaterThan(3);
    expect(timeline.view.shown).toBeLessThan(timeline.view.length);
    await vi.advanceTimersByTimeAsync(700);
    expect(timeline.view.shown).toBe(timeline.view.length);
    expect(timeline.isPlaying).toBe(false);
    expect(timeline.isLive).toBe(true);
  });

  it('catches up at once when the next command comes while one is playing', async () => {
    const { rehearsal, timeline } = playing();
    timeline.push(rehearsal.run('SET hello world'));
    await vi.advanceTimersByTimeAsync(300);
    timeline.push(rehearsal.run('SET bar 1'));
    await vi.advanceTimersByTimeAsync(10);
    expect(timeline.view.cause?.line).toBe('SET bar 1');
    expect(timeline.view.picture.models?.tables[0]?.entries.size).toBe(1);
    await vi.advanceTimersByTimeAsync(1400);
    expect(timeline.view.picture.models).toEqual(rehearsal.now);
  });

  it('plays on from the past through every command, up to the present', async () => {
    const { rehearsal, timeline } = playing();
    timeline.push(rehearsal.run(...FIVE));
    await vi.advanceTimersByTimeAsync(2000);
    await timeline.seek(0, 0);
    timeline.play();
    expect(timeline.isPlaying).toBe(true);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(timeline.isPlaying).toBe(false);
    expect(timeline.isLive).toBe(true);
    expect(timeline.view.picture.models).toEqual(rehearsal.now);
  });

  it('pauses where it is', async () => {
    const { rehearsal, timeline } = playing();
    timeline.push(rehearsal.run(...FIVE));
    await vi.advanceTimersByTimeAsync(2000);
    await timeline.seek(1, 0);
    timeline.play();
    await vi.advanceTimersByTimeAsync(1500);
    timeline.pause();
    const { stop, shown } = timeline.view;
    await vi.advanceTimersByTimeAsync(5000);
    expect(timeline.view).toMatchObject({ stop, shown });
    expect(timeline.isLive).toBe(false);
  });
});

describe('what is no longer kept', () => {
  it('is asked of the host where the film has a gap, and shown when the answer comes', async () => {
    const rehearsal = new Rehearsal();
    const [first, , third] = [rehearsal.run('SET a 1'), rehearsal.run('SET b 2'), rehearsal.run('SET c 3')];
    const asked: number[] = [];
    const timeline = rehearsal.timeline({
      frame: (index) => {
        asked.push(index);
        return Promise.resolve({ index, before: rehearsal.snapshots[2], overview: null, words: third });
      },
    });
    timeline.push(first);
    timeline.push(third);
    await timeline.goLive();
    expect(asked.length).toBeGreaterThan(0);
    expect(timeline.isLoading).toBe(false);
    expect(timeline.view.picture.models).toEqual(rehearsal.now);
    await timeline.seek(0);
    expect(timeline.view.picture.models).toEqual(rehearsal.snapshots[1]);
  });

  it('may be told by a picture instead, when causes were too many', async () => {
    const rehearsal = new Rehearsal();
    const [first, , third] = [rehearsal.run('SET a 1'), rehearsal.run('SET b 2'), rehearsal.run('SET c 3')];
    const timeline = rehearsal.timeline();
    timeline.push(first);
    timeline.keyframe({ models: rehearsal.snapshots[2], overview: null }, 2);
    timeline.push(third);
    expect(timeline.view.picture.models).toEqual(rehearsal.now);
    await timeline.seek(0);
    expect(timeline.view.picture.models).toEqual(rehearsal.snapshots[1]);
  });

  it('gives up what came after a fork, and can put it back', async () => {
    const rehearsal = new Rehearsal();
    const timeline = rehearsal.timeline();
    timeline.push(rehearsal.run(...FIVE));
    await timeline.seek(2);
    expect(timeline.firstUnseen).toBe(3);
    const from = timeline.stops[3].index;
    const stretch = timeline.cutAt(from, { models: rehearsal.snapshots[3], overview: null });
    expect(timeline.stops.map(({ line }) => line)).toEqual(FIVE.slice(0, 3));
    expect(timeline.isLive).toBe(true);
    timeline.join(stretch, { models: rehearsal.now, overview: null });
    expect(timeline.stops.map(({ line }) => line)).toEqual(FIVE);
    await timeline.seek(3, 0);
    expect(timeline.view.picture.models).toEqual(rehearsal.snapshots[3]);
  });
});
