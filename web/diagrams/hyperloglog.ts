/** A HyperLogLog: its header, its registers as a field of heat, how many are how high, and the runs that keep them. */
import type { StringModel } from '../../engine/structures/dynamic-string.steps.ts';
import { counted, type Piece } from './arranging.ts';
import type { Focus } from './contract.ts';
import type { Area } from './hash-column.ts';
import { monoWidth, type AnyGlyph, type Cell, type Part, type Raster } from './scene.ts';
import { heights, REGISTERS, sketchOf, type Run, type Sketch } from './sketch.ts';
import { squares } from './table-tiles.ts';
import { fitting, textWidth } from './text.ts';

const CELL = 28;
/** Beside the field there is room for the bars from this width on. */
const BARS_FROM = 560;
const BARS_WIDTH = 210;
const BAR_PITCH = 19;
/** The highest that registers rise with a few million elements; higher ones look the same. */
const MOST_HEIGHT = 16;

export function hyperLogLogPiece(string: StringModel, bytes: Uint8Array, area: Area, focus: Focus): Piece {
  const { unit, spotlight } = focus;
  const sketch = sketchOf(bytes);
  for (const [register, value] of spotlight.value.registers) {
    const before = sketch.registers[register] ?? 0;
    if (before < value) sketch.registers[register] = value;
  }
  const glyphs: AnyGlyph[] = [header(sketch, area, unit)];
  let y = area.y + CELL * unit;
  const runs = sketch.isDense ? [] : runGlyphs(sketch.runs, { ...area, y: y + 10 * unit, height: 0 }, focus, string);
  if (runs.length > 0) y += 10 * unit + CELL * unit;
  glyphs.push(...runs);
  const hasBars = area.width >= BARS_FROM * unit && area.height > 200 * unit;
  const words = summary(sketch, area.width, unit);
  glyphs.push({
    shape: 'label',
    key: 'sketch/words',
    tone: 'plain',
    x: area.x,
    y: y + 20 * unit,
    text: words,
    fontSize: 15 * unit,
  });
  y += 36 * unit;
  const fieldWidth = hasBars ? area.width - (BARS_WIDTH + 28) * unit : area.width;
  const field: Area = {
    x: area.x,
    y,
    width: fieldWidth,
    height: Math.max(20, area.y + area.height - y - (area.height < 170 * unit ? 0 : 22 * unit)),
  };
  const raster = squares('registers', sketch.registers, field, { tone: 'value', most: MOST_HEIGHT });
  glyphs.push(...fewRegisters(raster, sketch, focus), ...litRegister(raster, sketch, focus));
  const caption = fitting(
    [
      '16,384 registers, row by row: the stronger the colour, the higher the register.',
      '16,384 registers: the stronger, the higher.',
      '16,384 registers',
    ],
    fieldWidth,
    14 * unit,
  );
  const isLow = y + raster.rows * raster.side + 20 * unit > area.y + area.height;
  const under = y + raster.rows * raster.side + 13 * unit;
  if (!isLow)
    glyphs.push({
      shape: 'label',
      key: 'sketch/field',
      tone: 'muted',
      x: area.x,
      y: under,
      text: caption,
      fontSize: 14 * unit,
    });
  if (hasBars)
    glyphs.push(
      ...bars(
        sketch,
        { x: area.x + area.width - BARS_WIDTH * unit, y, width: BARS_WIDTH * unit, height: field.height },
        focus,
      ),
    );
  return { glyphs, rasters: [raster], bottom: under + 8 * unit };
}

function header(sketch: Sketch, { x, y, width }: Area, unit: number): Cell {
  const estimate = sketch.estimate === null ? 'out of date' : `about ${sketch.estimate.toLocaleString('en')}`;
  const texts = ['HYLL', sketch.isDense ? 'dense' : 'sparse', estimate];
  const parts = texts.map((text, at): Part => ({
    text,
    width: monoWidth(text, 13 * unit) + 18 * unit,
    tone: at === 2 ? 'value' : 'muted',
  }));
  return {
    shape: 'cell',
    key: 'sketch/header',
    tone: 'plain',
    ...{
      x,
      y,
      width: Math.min(
        width,
        parts.reduce((sum, part) => sum + part.width, 0),
      ),
      height: CELL * unit,
    },
    fontSize: 13 * unit,
    parts,
    title: 'the first 16 bytes: what it is, how its registers are kept, and the last estimate',
  };
}

function summary(sketch: Sketch, room: number, unit: number): string {
  const raised = sketch.registers.reduce((sum, value) => sum + (value > 0 ? 1 : 0), 0);
  const share = `${raised.toLocaleString('en')} of 16,384 registers are above 0`;
  const kept = sketch.isDense ? '6 bits each' : `kept as ${counted(sketch.runs.length, 'run')}`;
  const known =
    sketch.estimate === null
      ? 'PFCOUNT works the estimate out.'
      : `About ${sketch.estimate.toLocaleString('en')} different elements, give or take 0.81 %.`;
  return fitting(
    [`${known} ${share}, ${kept}.`, `${known} ${raised} registers above 0.`, known, `${raised} above 0`],
    room,
    15 * unit,
  );
}

/** The runs of a sparse sketch in one line, as many as there is room for, the changed one among them. */
function runGlyphs(runs: readonly Run[], area: Area, focus: Focus, string: StringModel): AnyGlyph[] {
  const { unit, spotlight } = focus;
  const raised = spotlight.steps.findLast((step) => step.structure === 'hyperloglog' && step.kind === 'raise');
  const register = raised?.structure === 'hyperloglog' && raised.kind === 'raise' ? raised.register : -1;
  const isLitRun = ({ first, length }: Run): boolean => register >= first && register < first + length;
  const cellOf = (run: Run): { text: string; width: number } => {
    const text =
      run.value === 0
        ? `${run.length.toLocaleString('en')} × 0`
        : run.length === 1
          ? String(run.value)
          : `${run.length} × ${run.value}`;
    return { text, width: Math.max(26 * unit, monoWidth(text, 13 * unit) + 14 * unit) };
  };
  const lit = runs.findIndex(isLitRun);
  let from = Math.max(0, lit - 3);
  const total = runs.reduce((sum, run) => sum + cellOf(run).width, 0);
  if (total <= area.width) from = 0;
  const glyphs: AnyGlyph[] = [];
  const more = (text: string, x: number, key: string): AnyGlyph => ({
    ...({ shape: 'label', tone: 'muted', fontSize: 14 * unit, y: area.y + (CELL / 2) * unit } as const),
    ...{ key, x, text },
  });
  let x = area.x;
  if (from > 0) {
    const text = `… ${from}`;
    glyphs.push(more(text, x, 'run/before'));
    x += textWidth(text, 14 * unit) + 8 * unit;
  }
  for (let at = from; at < runs.length; at++) {
    const run = runs[at];
    if (!run) break;
    const { text, width } = cellOf(run);
    const isLast = at === runs.length - 1;
    if (x + width > area.x + area.width - (isLast ? 0 : 52 * unit)) {
      glyphs.push(more(`… ${runs.length - at}`, x + 8 * unit, 'run/after'));
      break;
    }
    const isLit = isLitRun(run);
    const tone = isLit ? 'active' : run.value > 0 ? 'value' : 'free';
    glyphs.push({
      shape: 'cell',
      key: `run/${string.ref}/${run.first}/${run.value}`,
      tone,
      ...{ x, y: area.y, width, height: CELL * unit, fontSize: 13 * unit },
      parts: [{ width, text, tone }],
      isLit,
      title: `${counted(run.bytes, 'byte')} at ${run.at}: registers ${run.first} to ${run.first + run.length - 1} are ${run.value}`,
      from: [x, area.y - 30 * unit],
    });
    x += width;
  }
  return glyphs;
}

/** So few raised registers would be lost in the field: each is a mark. */
const FEW = 160;

function fewRegisters(raster: Raster, sketch: Sketch, { unit }: Focus): AnyGlyph[] {
  const raised = [...sketch.registers.entries()].filter(([, value]) => value > 0);
  if (raised.length > FEW) return [];
  const side = Math.max(7 * unit, raster.side + 2);
  return raised.map(([register, value]) => {
    const [x, y] = middleOf(raster, register);
    return {
      ...({ shape: 'cell', key: `register/${register}`, tone: 'value', fontSize: 12 * unit } as const),
      ...{ x: x - side / 2, y: y - side / 2, width: side, height: side },
      parts: [{ width: side, text: '', tone: 'value' }],
      title: `register ${register}: ${value}`,
    };
  });
}

/** The middle of a register's square. */
function middleOf(raster: Raster, register: number): [x: number, y: number] {
  const square = Math.floor((register * raster.values.length) / REGISTERS);
  return [
    raster.x + ((square % raster.columns) + 0.5) * raster.side,
    raster.y + (Math.floor(square / raster.columns) + 0.5) * raster.side,
  ];
}

/** A frame around the register that the present beat is about, and what it says. */
function litRegister(raster: Raster, sketch: Sketch, focus: Focus): AnyGlyph[] {
  const { unit } = focus;
  const step = focus.spotlight.steps.findLast((one) => one.structure === 'hyperloglog' && 'register' in one);
  if (step?.structure !== 'hyperloglog' || !('register' in step)) return [];
  const { register } = step;
  const side = Math.max(9 * unit, raster.side + 4);
  const [x, y] = middleOf(raster, register);
  const text = `register ${register.toLocaleString('en')}: ${sketch.registers[register] ?? 0}`;
  const width = monoWidth(text, 13 * unit) + 16 * unit;
  const isRight = x + side + width + 8 * unit > raster.x + raster.columns * raster.side;
  const labelX = Math.max(raster.x, isRight ? x - side / 2 - width - 5 * unit : x + side / 2 + 5 * unit);
  const high = 24 * unit;
  const lowest = Math.min(focus.height - high - 2, Math.max(raster.y, raster.y + raster.rows * raster.side - high));
  const labelY = Math.min(Math.max(raster.y, y - high / 2), lowest);
  return [
    {
      ...({ shape: 'cell', key: 'register', tone: 'active', isLit: true, fontSize: 12 * unit } as const),
      ...{ x: x - side / 2, y: y - side / 2, width: side, height: side },
      parts: [{ width: side, text: '', tone: 'active' }],
    },
    {
      ...({ shape: 'cell', key: 'register/words', tone: 'active', fontSize: 13 * unit } as const),
      ...{ x: labelX, y: labelY, width, height: high },
      parts: [{ width, text, tone: 'active' }],
    },
  ];
}

/** How many registers are how high: the longer the bar, the more. The scale is by powers of ten, for the 0 are so many. */
function bars(sketch: Sketch, area: Area, { unit }: Focus): AnyGlyph[] {
  const counts = heights(sketch.registers);
  const room = Math.max(2, Math.floor((area.height - 20 * unit) / (BAR_PITCH * unit)));
  const shown = counts.slice(0, room);
  const left = 26 * unit;
  const widest = area.width - left - 58 * unit;
  const label = { shape: 'label', tone: 'muted', fontSize: 13 * unit } as const;
  const glyphs: AnyGlyph[] = [
    { ...label, key: 'bars/title', x: area.x, y: area.y + 5 * unit, text: 'how many are how high' },
  ];
  shown.forEach((count, height) => {
    const y = area.y + (20 + height * BAR_PITCH) * unit;
    const width = count === 0 ? 0 : Math.max(2, (widest * Math.log10(count + 1)) / Math.log10(REGISTERS + 1));
    const middle = y + (BAR_PITCH - 5) * unit * 0.5;
    glyphs.push({
      ...label,
      key: `bars/height/${height}`,
      x: area.x + left - 8 * unit,
      y: middle,
      text: String(height),
      isMono: true,
      anchor: 'end',
    });
    if (width > 0)
      glyphs.push({
        ...({
          shape: 'cell',
          key: `bars/bar/${height}`,
          tone: height === 0 ? 'free' : 'value',
          fontSize: 12 * unit,
        } as const),
        ...{ x: area.x + left, y, width, height: (BAR_PITCH - 5) * unit },
        parts: [{ width, text: '', tone: height === 0 ? 'free' : 'value' }],
      });
    glyphs.push({
      ...label,
      key: `bars/count/${height}`,
      x: area.x + left + width + 6 * unit,
      y: middle,
      text: count.toLocaleString('en'),
    });
  });
  return glyphs;
}
