/** The arena as it lies in memory: pages of 1 MiB, slabs of 16 KiB in them, and the blocks of each slab. */
import { address, type SlabModel } from '../../engine/memory/arena.steps.ts';
import type { EngineStep, Models } from '../../engine/models.ts';
import type { Diagram, Focus } from './contract.ts';
import { isInEntry, keyOf, valueOf } from './entries.ts';
import type { AnyGlyph, Cell, Scene, Target, Tone } from './scene.ts';
import { elide, MONO_RATIO, monoWidth, sameTarget } from './scene.ts';
import { sizeClassesScene } from './size-classes.ts';
import { fitting, nothing, textWidth } from './text.ts';

/** The encoding of small collections, as the keyspace numbers it. */
const LISTPACK = 4;
const INTSET = 5;
/** Of the blocks that were never used, so many are drawn. */
const UNUSED_SHOWN = 4;
/** A slab's heading and one line of its blocks. */
const SLAB_PITCH = 60;
const SLABS_A_PAGE = 64;
const SLAB_GRANULES = 2048;
const PAGE_GRANULES = SLABS_A_PAGE * SLAB_GRANULES;

export const memoryStripDiagram: Diagram = {
  kind: 'memory-strip',
  title: 'Memory',
  layout,
  shows: (step: EngineStep) => step.structure === 'arena',
  lenses: ({ arena }, { lens }) =>
    arena.pages.length === 0
      ? []
      : [
          { kind: 'blocks', title: 'Blocks', isShown: lens !== 'sizes' },
          { kind: 'sizes', title: 'Sizes', isShown: lens === 'sizes' },
        ],
};

/** What a block holds, by its ref. */
interface Use {
  readonly tone: Tone;
  /** Written into the block where it is wide enough. */
  readonly text: string;
  readonly title: string;
  readonly target: Target;
}

function layout(models: Models, focus: Focus): Scene {
  const { arena } = models;
  const { unit, width, height } = focus;
  const scene = (glyphs: AnyGlyph[]): Scene => ({ width, height, glyphs, rasters: [] });
  if (arena.pages.length === 0) {
    const text = 'No memory has been taken yet: the first key takes a page of 1 MiB.';
    return scene([...nothing(text, width, unit)]);
  }
  if (focus.lens === 'sizes') return sizeClassesScene(arena, focus);
  const uses = usesOf(models);
  const map = pageMap(models, focus);
  const top = map.bottom + 16 * unit;
  const slabs = [...arena.slabs]
    .filter((slab) => slab.carved > 0)
    .sort((a, b) => a.blockBytes - b.blockBytes || a.ref - b.ref);
  const fits = (space: number): number => Math.max(1, Math.floor(space / (SLAB_PITCH * unit)));
  // Where some have to be left out, a line at the bottom says so.
  const space = height - top - (slabs.length > fits(height - top) ? 24 * unit : 0);
  const shown = chosen(slabs, focus, fits(space));
  const heights = heightsOf(shown, width, space, unit);
  let y = top;
  const rows = shown.flatMap((slab, at) => {
    const pitch = heights[at] ?? 0;
    y += pitch;
    return slabRow(slab, new Set(arena.free[slab.blockBytes]), uses, focus, y - pitch, pitch);
  });
  const hidden = slabs.length - shown.length;
  if (hidden > 0) {
    const text = `and ${hidden} more slab${hidden === 1 ? '' : 's'}`;
    const fontSize = 14 * unit;
    map.glyphs.push({ shape: 'label', key: 'slabs/more', tone: 'muted', x: 4, y: y + 10 * unit, text, fontSize });
  }
  return scene([...map.glyphs, ...rows]);
}

/** As many lines as each slab wants, while there is room for them; then the same for all. */
function heightsOf(slabs: readonly SlabModel[], width: number, room: number, unit: number): number[] {
  const wanted = slabs.map((slab) => {
    const across = Math.max(1, Math.floor((width - 8) / sideOf(slab, unit)));
    return (36 + 28 * Math.ceil(Math.min(slab.blocks, slab.carved + UNUSED_SHOWN) / across)) * unit;
  });
  const total = wanted.reduce((sum, height) => sum + height, 0);
  const least = SLAB_PITCH * unit;
  return total <= room ? wanted : wanted.map((height) => Math.min(height, Math.max(least, room / slabs.length)));
}

function sideOf(slab: SlabModel, unit: number): number {
  return Math.max(40 * unit, Math.min(96 * unit, slab.blockBytes * 2.6 * unit));
}

function usesOf(models: Models): ReadonlyMap<number, Use> {
  const uses = new Map<number, Use>();
  for (const table of models.tables) {
    for (const entry of table.entries.values()) {
      const target: Target = { kind: 'entry', ref: entry.ref };
      const inside = isInEntry(entry) ? `, and in it its value: ${valueOf(models, entry) ?? ''}` : '';
      uses.set(entry.ref, { tone: 'key', text: keyOf(entry), title: `entry of ${keyOf(entry)}${inside}`, target });
      const value = entry.payload[0] ?? 0;
      if (isBlock(models, value, entry.payload[1] ?? 0)) {
        const text = valueOf(models, entry) ?? '';
        uses.set(value, { tone: 'value', text, title: `value of ${keyOf(entry)}: ${text}`, target });
      }
    }
  }
  return uses;
}

/** Whether the value word is the ref of a block: of a string, a listpack, an intset. Integers and slots only look like refs. */
function isBlock(models: Models, value: number, meta: number): boolean {
  const encoding = (meta >>> 4) & 15;
  if (encoding === INTSET) return models.intsets.has(value);
  return encoding === LISTPACK
    ? models.listpacks.has(value)
    : encoding > 0 && encoding < LISTPACK && models.strings.has(value);
}

/** One narrow cell a slab: which parts of which page are in use, and for blocks of which size. */
function pageMap(models: Models, focus: Focus): { glyphs: AnyGlyph[]; bottom: number } {
  const { unit, width } = focus;
  const { pages, slabs, large } = models.arena;
  const shown = pages.slice(-3);
  const left = 112 * unit;
  const side = (width - left - 8) / SLABS_A_PAGE;
  const glyphs: AnyGlyph[] = [];
  shown.forEach((page, row) => {
    const y = 4 + row * 26 * unit;
    const label = { shape: 'label', tone: 'muted', y: y + 8 * unit, fontSize: 13 * unit } as const;
    glyphs.push({ ...label, key: `page/${page}`, x: 4, text: `page ${page}, 1 MiB` });
    for (let at = 0; at < SLABS_A_PAGE; at++) {
      const ref = page * PAGE_GRANULES + at * SLAB_GRANULES;
      const slab = slabs.find(
        (one) => one.ref <= ref + 1 && ref < one.ref + Math.max(SLAB_GRANULES, (one.blockBytes * one.blocks) / 8) - 1,
      );
      const isLarge = large.some((one) => one.ref <= ref && ref < one.ref + one.pages * PAGE_GRANULES);
      const isLit = slab !== undefined && isTouched(slab, focus);
      glyphs.push({
        shape: 'cell',
        key: `span/${page}/${at}`,
        tone: isLit ? 'active' : slab || isLarge ? 'plain' : 'free',
        x: left + at * side,
        y,
        width: side - 1,
        height: 16 * unit,
        fontSize: 12 * unit,
        parts: [{ width: side - 1, text: '', tone: slab || isLarge ? 'muted' : 'free' }],
        isLit,
        isFaint: !slab && !isLarge,
        title: slab
          ? `slab at ${address(slab.ref)}: blocks of ${slab.blockBytes} bytes`
          : isLarge
            ? 'a large block'
            : 'not set aside yet',
      });
    }
  });
  return { glyphs, bottom: 4 + shown.length * 26 * unit };
}

function refsOf(focus: Focus): number[] {
  return focus.spotlight.steps.flatMap((step) => {
    if (step.structure === 'arena' && 'ref' in step) return [step.ref];
    if (step.structure === 'dynamic-string') return step.kind === 'grow' ? [step.from, step.to] : [step.ref];
    return step.structure === 'hash-table' && 'entry' in step ? [step.entry] : [];
  });
}

function isTouched(slab: SlabModel, focus: Focus): boolean {
  const end = slab.ref + (slab.blockBytes * slab.blocks) / 8;
  return refsOf(focus).some((ref) => ref >= slab.ref && ref < end);
}

/** When not all slabs fit, those that the present beat touches come first. */
function chosen(slabs: readonly SlabModel[], focus: Focus, room: number): SlabModel[] {
  if (slabs.length <= room) return [...slabs];
  const touched = slabs.filter((slab) => isTouched(slab, focus)).slice(0, room);
  const rest = slabs.filter((slab) => !touched.includes(slab)).slice(0, room - touched.length);
  return slabs.filter((slab) => touched.includes(slab) || rest.includes(slab));
}

function slabRow(
  slab: SlabModel,
  free: ReadonlySet<number>,
  uses: ReadonlyMap<number, Use>,
  focus: Focus,
  y: number,
  pitch: number,
): AnyGlyph[] {
  const { unit, width } = focus;
  const granules = slab.blockBytes / 8;
  const label = { shape: 'label', tone: 'muted', y: y + 8 * unit, fontSize: 14 * unit } as const;
  const side = sideOf(slab, unit);
  const across = Math.max(1, Math.floor((width - 8) / side));
  const lines = Math.max(1, Math.floor((pitch - 24 * unit) / (28 * unit)));
  // The newest blocks are at the end, with a few behind them that were never used, as far as there is room.
  const touched = refsOf(focus).map((ref) => (ref - slab.ref) / granules);
  const lastTouched = touched.find((at) => Number.isInteger(at) && at >= 0 && at < slab.blocks);
  const newest = Math.max(slab.carved - 1, lastTouched ?? 0);
  const start = Math.max(0, Math.floor(newest / across) - lines + 1) * across;
  const end = Math.min(slab.blocks, newest + 1 + UNUSED_SHOWN, start + across * lines);
  const freed = countFreed(slab, free);
  const name = `Blocks of ${slab.blockBytes} bytes`;
  const where = address(slab.ref + start * granules);
  const countX = Math.max(width > 480 * unit ? 170 * unit : 0, 4 + textWidth(name, 14 * unit) + 14 * unit);
  const room = width - 20 * unit - countX - monoWidth(where, 13 * unit);
  const counted = `${slab.carved - freed} live, ${freed} free`;
  const counts = [`${counted}, ${slab.blocks - slab.carved} never used`, counted, `${slab.carved - freed} live`];
  const glyphs: AnyGlyph[] = [
    { ...label, key: `slab/${slab.ref}`, tone: 'plain', x: 4, text: name },
    { ...label, key: `slab/${slab.ref}/count`, x: countX, text: fitting(counts, room, 14 * unit) },
    {
      ...label,
      key: `slab/${slab.ref}/address`,
      x: width - 6,
      text: where,
      isMono: true,
      anchor: 'end',
      fontSize: 13 * unit,
    },
  ];
  for (let at = start; at < end; at++) {
    const ref = slab.ref + at * granules;
    const column = (at - start) % across;
    const line = Math.floor((at - start) / across);
    const box = { x: 4 + column * side, y: y + 20 * unit + line * 28 * unit, width: side - 3, height: 24 * unit };
    glyphs.push(
      block(ref, slab, at >= slab.carved ? 'untouched' : free.has(ref) ? 'free' : 'live', uses.get(ref), focus, box),
    );
  }
  return glyphs;
}

function countFreed(slab: SlabModel, free: ReadonlySet<number>): number {
  const end = slab.ref + (slab.blockBytes * slab.blocks) / 8;
  let count = 0;
  for (const ref of free) if (ref >= slab.ref && ref < end) count++;
  return count;
}

function block(
  ref: number,
  slab: SlabModel,
  state: 'live' | 'free' | 'untouched',
  use: Use | undefined,
  focus: Focus,
  box: { x: number; y: number; width: number; height: number },
): Cell {
  const isLit = refsOf(focus).includes(ref);
  const room = Math.floor((box.width - 5) / (12 * focus.unit * MONO_RATIO));
  const tone: Tone = state === 'live' ? (use?.tone ?? 'plain') : 'free';
  const what =
    state === 'live'
      ? (use?.title ?? 'heads of the buckets')
      : state === 'free'
        ? 'free: the next of this size may go here'
        : 'never used';
  const target: Target = use?.target ?? { kind: 'block', ref, bytes: slab.blockBytes };
  return {
    shape: 'cell',
    key: `block/${ref}`,
    tone: isLit ? 'active' : tone,
    ...box,
    fontSize: 12 * focus.unit,
    parts: [{ width: box.width, text: room >= 3 && state === 'live' ? elide(use?.text ?? '', room) : '', tone }],
    isLit,
    isHatched: state === 'free',
    isDashed: state === 'untouched',
    isFaint: state === 'untouched',
    target,
    isSelected: use !== undefined && sameTarget(focus.selected, target),
    isFocused: use !== undefined && sameTarget(focus.focused, target),
    title: `${address(ref)}, ${slab.blockBytes} bytes: ${what}`,
  };
}
