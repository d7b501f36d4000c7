import '../theme.css';

import { page, userEvent } from 'vitest/browser';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { render } from 'vitest-browser-svelte';

import { Engine, overviewOf, Recorder, valueOverviewOf } from '../../engine/api.ts';
import { utf8Encode } from '../../engine/memory/bytes.ts';
import { createStage } from '../diagrams/stage.ts';
import type { Cell, Scene, Target } from '../diagrams/scene.ts';
import { Timeline } from '../timeline.svelte.ts';
import Stage from './Stage.svelte';

function filmOf(...lines: string[]): { timeline: Timeline; run: (line: string) => void } {
  const recorder = new Recorder();
  const config = { 'hash-function': 'fnv1a', activerehashing: 'no' };
  const engine = new Engine({ host: { seed: 1 }, nowMs: Date.now(), config, recorder });
  const connection = engine.connect(() => undefined);
  const start = { models: engine.snapshot(), overview: null };
  const timeline = new Timeline({ start, hashName: 'fnv1a', source: null, isStill: () => true });
  const run = (line: string): void => {
    connection.receive(utf8Encode(`${line}\r\n`));
    engine.endTurn();
    timeline.push(recorder.take());
  };
  lines.forEach(run);
  return { timeline, run };
}

const FIVE = ['SET hello world', 'SET bar 1', 'SET baz 2', 'SET city paris', 'SET user ada'];
const texts = (selector: string): string[] =>
  Array.from(document.querySelectorAll(selector), (element) => element.textContent ?? '');

/** The glyph of an entry; its key is written in its first part. */
function entryGlyph(key: string): SVGGElement {
  const found = Array.from(document.querySelectorAll<SVGGElement>('.cell.has-target')).find(
    (cell) => cell.querySelector('.part text')?.textContent === key,
  );
  return found ?? expect.fail(`no glyph for ${key}`);
}

beforeEach(async () => {
  document.documentElement.dataset.theme = 'light';
  Object.assign(document.body.style, { height: '640px', width: '800px' });
  await page.viewport(820, 660);
});

async function show(props: Partial<Parameters<typeof Stage>[1]> & { timeline: Timeline }): Promise<void> {
  await render(Stage, { ...props });
  const root = document.querySelector('.stage')?.parentElement;
  if (root) root.style.height = '640px';
  await expect.poll(() => document.querySelectorAll('.glyph').length).toBeGreaterThan(0);
}

describe('the stage', () => {
  it('writes every text inside its cell, in the fonts that are really there', async () => {
    await document.fonts.load('15px "JetBrains Mono Variable"');
    const { timeline } = filmOf(...FIVE, 'EXPIRE hello 100', 'GET bar');
    await show({ timeline });
    await timeline.seek(2);
    for (const part of document.querySelectorAll<SVGGElement>('.cell .part')) {
      const text = part.querySelector('text');
      const rect = part.querySelector('rect');
      if (!text?.textContent || !rect) continue;
      expect(text.getComputedTextLength(), text.textContent).toBeLessThanOrEqual(rect.width.baseVal.value + 1);
    }
  });

  it('moves by keys, and does not while somebody types', async () => {
    const { timeline } = filmOf(...FIVE);
    await show({ timeline });
    const input = document.body.appendChild(document.createElement('input'));
    input.focus();
    await userEvent.keyboard('{ArrowLeft}');
    expect(timeline.isAtEnd).toBe(true);
    input.remove();
    await userEvent.keyboard('{ArrowLeft}');
    expect(timeline.isAtEnd).toBe(false);
    await userEvent.keyboard('{ArrowRight}');
    expect(timeline.isAtEnd).toBe(true);
    await userEvent.keyboard('{Home}');
    expect(timeline.view).toMatchObject({ stop: 4, shown: 0 });
    await userEvent.keyboard('{Shift>}{Home}{/Shift}');
    expect(timeline.isAtStart).toBe(true);
    await userEvent.keyboard('{Shift>}{End}{/Shift}');
    expect(timeline.isLive).toBe(true);
    await userEvent.keyboard(' ');
    expect(timeline.isPlaying).toBe(true);
    await userEvent.keyboard(' ');
    expect(timeline.isPlaying).toBe(false);
  });

  it('answers a click with what was clicked, and marks it', async () => {
    const { timeline } = filmOf('SET hello world', 'SET bar 1');
    const picked: Target[] = [];
    await show({
      timeline,
      mode: 'pick',
      onpick: (target: Target) => picked.push(target),
      marks: new Map([['bucket/0/2', 'wrong' as const]]),
    });
    entryGlyph('bar').dispatchEvent(new MouseEvent('click', { bubbles: true }));
    expect(picked).toEqual([{ kind: 'entry', ref: expect.any(Number) }]);
    expect(texts('.mark-wrong .verdict')).toEqual(['✕']);
    expect(document.querySelector('.drawer')).toBeNull();
  });

  it('can be walked through from the keyboard: buckets up and down, chains right and left', async () => {
    const { timeline } = filmOf('SET bar 1', 'SET baz 2', 'SET hello world');
    await show({ timeline });
    const tree = document.querySelector<HTMLElement>('[role="tree"]') ?? expect.fail('no tree');
    tree.focus();
    const active = (): string =>
      document.getElementById(tree.getAttribute('aria-activedescendant') ?? '')?.firstChild?.textContent?.trim() ?? '';
    await expect.poll(active).toBe('Bucket 0, empty');
    await userEvent.keyboard('{ArrowDown}{ArrowDown}');
    await expect.poll(active).toBe('Bucket 2, 2 keys');
    await userEvent.keyboard('{ArrowRight}{ArrowRight}');
    await expect.poll(active).toBe('bar, 1');
    expect(document.querySelector('.is-focused .part text')?.textContent).toBe('bar');
    await userEvent.keyboard('{ArrowLeft}{ArrowLeft}');
    await expect.poll(active).toBe('Bucket 2, 2 keys');
    expect(timeline.isAtEnd).toBe(true);
  });

  it('says one sentence for each step', async () => {
    const { timeline } = filmOf('SET hello world');
    await show({ timeline });
    await timeline.seek(0, 6);
    await expect.poll(() => texts('[aria-live]')).toEqual(['“hello” hashes to 4f9f2cab.']);
  });

  it('shows the bytes of a key that was clicked', async () => {
    const { timeline } = filmOf('SET hello world');
    const bytes = new Uint8Array(32);
    bytes.set([5], 8);
    bytes.set(utf8Encode('hello'), 24);
    const inspect = vi.fn(() =>
      Promise.resolve({
        entry: { ref: 2048, capacity: 32, bytes, keyOffset: 24 },
        type: 'string',
        encoding: 'int',
        value: null,
        integer: '7',
        deadlineMs: null,
      }),
    );
    await show({ timeline, inspect });
    entryGlyph('hello').dispatchEvent(new MouseEvent('click', { bubbles: true }));
    await expect
      .poll(() => texts('.drawer h3')[0]?.trim())
      .toBe('The entry: 32 bytes at 0x004000, 3 of them left over');
    expect(texts('.field.key .text').join('')).toBe('hello');
    await userEvent.keyboard('{Escape}');
    await expect.poll(() => document.querySelector('.drawer')).toBeNull();
  });

  it('shows a short value where it lies, in the entry behind the key', async () => {
    const { timeline } = filmOf('SET hello world');
    const bytes = new Uint8Array(48);
    bytes.set([5], 8);
    bytes.set(utf8Encode('hello'), 24);
    bytes.set([5, 0, 0, 0, ...utf8Encode('world')], 32);
    const value = { ref: 2052, isInEntry: true, capacity: 16, length: 5, bytes: bytes.slice(32) };
    const entry = { ref: 2048, capacity: 48, bytes, keyOffset: 24 };
    const record = { entry, type: 'string', encoding: 'embstr', value, integer: null, deadlineMs: null };
    await show({ timeline, inspect: () => Promise.resolve(record) });
    entryGlyph('hello').dispatchEvent(new MouseEvent('click', { bubbles: true }));
    await expect.poll(() => texts('.drawer h3')).toEqual(['The entry: 48 bytes at 0x004000, 10 of them left over']);
    expect(texts('.field .name').at(-1)).toBe('value bytes 5 bytes');
    expect(texts('.field.value .text').join('')).toBe('world');
  });
});

describe('the join', () => {
  const cell = (key: string, x: number, isLit = false): Cell => {
    const box = { y: 10, width: 50, height: 20, fontSize: 12 };
    return { shape: 'cell', key, tone: 'key', x, ...box, parts: [{ width: 50, text: key, tone: 'key' }], isLit };
  };
  const scene = (...glyphs: Cell[]): Scene => ({ width: 300, height: 100, glyphs, rasters: [] });
  const events = { onpick: () => undefined, onhover: () => undefined };

  function made(): { svg: SVGSVGElement; draw: (scene: Scene, milliseconds?: number, isStill?: boolean) => void } {
    const svg = document.body.appendChild(document.createElementNS('http://www.w3.org/2000/svg', 'svg'));
    const stage = createStage(svg, 'test', events);
    return { svg, draw: (next, milliseconds = 80, isStill = false) => stage.draw(next, { milliseconds, isStill }) };
  }

  const glyph = (svg: SVGSVGElement, key: string): SVGGElement =>
    Array.from(svg.querySelectorAll<SVGGElement>('.glyph')).find((one) => one.textContent?.includes(key)) ??
    expect.fail(`no ${key}`);
  const left = (element: SVGGElement): number => element.transform.baseVal.consolidate()?.matrix.e ?? NaN;

  it('keeps what is the same thing the same element, and takes it to its new place', async () => {
    const { svg, draw } = made();
    draw(scene(cell('a', 0), cell('b', 100)));
    const a = glyph(svg, 'a');
    draw(scene(cell('a', 200)));
    expect(glyph(svg, 'a')).toBe(a);
    expect(left(a)).toBe(0);
    await expect.poll(() => left(a)).toBe(200);
    await expect.poll(() => svg.querySelectorAll('.glyph').length).toBe(1);
  });

  it('may be interrupted by the next step, and ends where that says', async () => {
    const { svg, draw } = made();
    draw(scene(cell('a', 0), cell('b', 60)));
    draw(scene(cell('a', 200)), 400);
    await new Promise((resolve) => setTimeout(resolve, 60));
    draw(scene(cell('a', 40), cell('b', 60)), 80);
    await expect.poll(() => left(glyph(svg, 'a'))).toBe(40);
    await expect.poll(() => glyph(svg, 'b').getAttribute('opacity')).toBe('1');
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(svg.querySelectorAll('.glyph').length).toBe(2);
  });

  it('moves nothing where motion is not wanted: it stands there at once, with a trace of where it was', () => {
    const { svg, draw } = made();
    draw(scene(cell('a', 0)), 80, true);
    draw(scene(cell('a', 200, true)), 80, true);
    expect(left(glyph(svg, 'a'))).toBe(200);
    expect(svg.querySelector('rect.ghost')?.getAttribute('x')).toBe('0');
    draw(scene(cell('a', 200)), 80, true);
    expect(svg.querySelector('.ghost')).toBeNull();
  });
});

describe('a value among too many elements', () => {
  it('is asked for as a whole, and so is another when it is picked, by mouse or in the list', async () => {
    const engine = new Engine({ host: { seed: 1 }, nowMs: 0, config: {} });
    const connection = engine.connect(() => undefined);
    const words = Array.from({ length: 300 }, (_, at) => `m${at}`).join(' ');
    connection.receive(utf8Encode(`RPUSH long ${words} more\r\nSADD large ${words}\r\nSET text x\r\n`));
    engine.endTurn();
    const { keyspace } = engine;
    const start = { models: null, overview: overviewOf(keyspace) };
    const timeline = new Timeline({ start, hashName: 'fnv1a', source: null, isStill: () => true });
    const asked: (readonly [number, number, number | null])[] = [];
    await show({
      timeline,
      overviewOf: (db: number, entry: number, index: number | null) => {
        asked.push([db, entry, index]);
        return Promise.resolve(valueOverviewOf(keyspace, db, entry));
      },
    });
    await page.getByRole('button', { name: 'Value' }).click();
    await expect.poll(() => texts('.label').join(' ')).toContain('A list of 301 elements');
    await expect.poll(() => texts('.label').join(' ')).toContain('A bar is a node');
    const [list, set] = start.overview.values;
    const other = Array.from(document.querySelectorAll('.cell.has-target')).find((cell) =>
      cell.textContent.includes('large'),
    );
    await userEvent.click(other ?? expect.fail('the set is named'));
    await expect.poll(() => texts('.label').join(' ')).toContain('A set of 300 members');
    expect([...new Set(asked.map(([, entry]) => entry))]).toEqual([list?.entry, set?.entry]);
    expect(document.querySelector('svg[role=img]')?.getAttribute('aria-label')).toContain('A set of 300 members');
  });
});
