/** The arena by its size classes: of the blocks of each size, how many are live, how many were freed, how many never used. */
import type { ArenaModel } from '../../engine/memory/arena.steps.ts';
import { counted } from './arranging.ts';
import type { Focus } from './contract.ts';
import type { Area } from './hash-column.ts';
import type { AnyGlyph, Cell, Scene, Tone } from './scene.ts';
import { fitting } from './text.ts';

const PITCH = 34;
const LEAST_PITCH = 20;
const LEFT = 58;
const RIGHT = 158;

interface SizeClass {
  readonly blockBytes: number;
  readonly slabs: number;
  readonly blocks: number;
  readonly live: number;
  readonly freed: number;
}

/** From the smallest blocks to the largest. */
function classesOf({ slabs, free }: ArenaModel): SizeClass[] {
  const classes = new Map<number, SizeClass>();
  for (const { blockBytes, blocks, carved } of slabs) {
    const known = classes.get(blockBytes) ?? {
      blockBytes,
      slabs: 0,
      blocks: 0,
      live: 0,
      freed: free[blockBytes]?.length ?? 0,
    };
    const live = known.live + carved - (known.slabs === 0 ? known.freed : 0);
    classes.set(blockBytes, { ...known, slabs: known.slabs + 1, blocks: known.blocks + blocks, live });
  }
  return [...classes.values()].sort((a, b) => a.blockBytes - b.blockBytes);
}

export function sizeClassesScene(arena: ArenaModel, focus: Focus): Scene {
  const { unit, width, height } = focus;
  const classes = classesOf(arena);
  const glyphs: AnyGlyph[] = [summary(classes, focus)];
  const top = 40 * unit;
  const room = Math.max(1, Math.floor((height - top - 22 * unit) / (LEAST_PITCH * unit)));
  // Where not all have room, those that hold most.
  const most = [...classes].sort((a, b) => b.live * b.blockBytes - a.live * a.blockBytes).slice(0, room);
  const shown = classes.filter((one) => most.includes(one));
  const pitch = Math.min(PITCH * unit, (height - top - 22 * unit) / Math.max(1, shown.length));
  const isNarrow = width < 480 * unit;
  const largest = Math.max(1, ...shown.map(({ blocks, blockBytes }) => blocks * blockBytes));
  shown.forEach((one, row) => {
    const area: Area = {
      x: LEFT * unit,
      y: top + row * pitch,
      width: width - (LEFT + (isNarrow ? 62 : RIGHT)) * unit,
      height: Math.min(20 * unit, pitch - 4 * unit),
    };
    glyphs.push(...classRow(one, area, largest, isNarrow, focus));
  });
  const hidden = classes.length - shown.length;
  const legend = `A bar is as long as its slabs are large: live, then freed (hatched), then never used (dashed).${hidden > 0 ? ` ${counted(hidden, 'smaller class', 'smaller classes')} left out.` : ''}`;
  const text = fitting([legend, 'live, freed (hatched), never used (dashed)'], width - 8, 14 * unit);
  glyphs.push({
    shape: 'label',
    key: 'sizes/legend',
    tone: 'muted',
    x: 4,
    y: top + shown.length * pitch + 10 * unit,
    text,
    fontSize: 14 * unit,
  });
  return { width, height, glyphs, rasters: [] };
}

function summary(classes: readonly SizeClass[], { unit, width }: Focus): AnyGlyph {
  const sum = (of: (one: SizeClass) => number): number =>
    classes.reduce((total, one) => total + of(one) * one.blockBytes, 0);
  const [live, freed, all] = [sum(({ live }) => live), sum(({ freed }) => freed), sum(({ blocks }) => blocks)];
  const share = live + freed === 0 ? 0 : Math.round((100 * freed) / (live + freed));
  const slabs = counted(
    classes.reduce((total, { slabs }) => total + slabs, 0),
    'slab',
  );
  const text = fitting(
    [
      `${kilobytes(live)} live, ${kilobytes(freed)} freed, of ${kilobytes(all)} in ${slabs}: ${share} % of what was handed out lies idle`,
      `${kilobytes(live)} live, ${kilobytes(freed)} freed: ${share} % idle`,
      `${share} % of the blocks idle`,
    ],
    width - 8,
    15 * unit,
  );
  return { shape: 'label', key: 'sizes/words', tone: 'plain', x: 4, y: 14 * unit, text, fontSize: 15 * unit };
}

function kilobytes(bytes: number): string {
  return bytes < 10_240 ? counted(bytes, 'byte') : `${Math.round(bytes / 1024).toLocaleString('en')} KiB`;
}

function classRow(one: SizeClass, area: Area, largest: number, isNarrow: boolean, focus: Focus): AnyGlyph[] {
  const { unit, spotlight } = focus;
  const { blockBytes, blocks, live, freed } = one;
  const isLit = spotlight.steps.some(
    (step) => step.structure === 'arena' && 'blockBytes' in step && step.blockBytes === blockBytes,
  );
  const whole = (area.width * blocks * blockBytes) / largest;
  const parts: readonly [string, number, Tone][] = [
    ['live', live, isLit ? 'active' : 'key'],
    ['freed', freed, 'free'],
    ['unused', blocks - live - freed, 'free'],
  ];
  let x = area.x;
  const glyphs = parts.flatMap(([what, count, tone]): Cell[] => {
    const width = (whole * count) / blocks;
    const at = x;
    x += width;
    if (width < 0.5) return [];
    return [
      {
        ...({ shape: 'cell', key: `sizes/${blockBytes}/${what}`, tone, fontSize: 12 * unit } as const),
        ...{ x: at, y: area.y, width, height: area.height, parts: [{ width, text: '', tone }] },
        isLit: isLit && what === 'live',
        isHatched: what === 'freed',
        isDashed: what === 'unused',
        isFaint: what === 'unused',
        title: `${counted(count, 'block')} of ${blockBytes} bytes ${what === 'live' ? 'in use' : what === 'freed' ? 'freed' : 'never used'}`,
      },
    ];
  });
  const label = { shape: 'label', fontSize: 13 * unit, y: area.y + area.height / 2 } as const;
  const counts = isNarrow
    ? [`${live} live`, String(live)]
    : [`${live} live, ${freed} freed`, `${live}, ${freed} freed`];
  return [
    {
      ...label,
      key: `sizes/${blockBytes}/size`,
      tone: isLit ? 'active' : 'plain',
      x: area.x - 8 * unit,
      anchor: 'end',
      text: `${blockBytes} B`,
    },
    ...glyphs,
    {
      ...{ ...label, key: `sizes/${blockBytes}/count`, tone: 'muted' as const, x: Math.max(x, area.x) + 8 * unit },
      text: fitting(counts, focus.width - Math.max(x, area.x) - 12 * unit, 13 * unit),
    },
  ];
}
