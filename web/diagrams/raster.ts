/** Paints what there is too much of for glyphs, such as the buckets of a large table: squares, through a single image. */
import type { Raster } from './scene.ts';

export interface RasterColours {
  readonly paper: string;
  readonly key: string;
  readonly value: string;
  readonly migrating: string;
}

type Rgb = readonly [number, number, number];

/** Of how many strengths a colour is. */
const SHADES = 8;
/** So strong is the square of nothing, and that of the least there can be. */
const NOTHING = 0.08;
const LEAST = 0.42;

interface Shades {
  /** By strength, 0 to `SHADES`. */
  readonly full: readonly Rgb[];
  readonly moved: Rgb;
  readonly pale: Rgb;
}

function shades(colours: RasterColours, tone: Raster['tone']): Shades {
  const [paper, full, migrating] = [rgb(colours.paper), rgb(colours[tone]), rgb(colours.migrating)];
  const mix = (to: Rgb, share: number): Rgb =>
    [0, 1, 2].map((at) => Math.round((paper[at] ?? 0) * (1 - share) + (to[at] ?? 0) * share)) as unknown as Rgb;
  const strengths = Array.from({ length: SHADES }, (_, at) => mix(full, LEAST + (at / (SHADES - 1)) * (1 - LEAST)));
  return { full: [mix(full, NOTHING), ...strengths], moved: migrating, pale: mix(migrating, 0.4) };
}

/** How strong the colour of a value is: at once for anything, then evenly up to the most. */
function strengthOf(value: number, most: number): number {
  if (value <= 0) return 0;
  return most <= 1 ? SHADES : 1 + Math.round((Math.min(value, most) - 1) * ((SHADES - 1) / (most - 1)));
}

export function paintRaster(
  context: CanvasRenderingContext2D,
  raster: Raster,
  colours: RasterColours,
  ratio: number,
): void {
  const side = Math.max(1, Math.floor(raster.side * ratio));
  const gap = side >= 4 ? 1 : 0;
  const width = raster.columns * side;
  const image = context.createImageData(width, raster.rows * side);
  const { full, moved, pale } = shades(colours, raster.tone);
  const hatch = side < 4 ? pale : moved;
  for (let at = 0; at < raster.values.length; at++) {
    const isMoved = at < raster.movedBelow;
    const left = (at % raster.columns) * side;
    const top = Math.floor(at / raster.columns) * side;
    const [red, green, blue] = full[strengthOf(raster.values[at] ?? 0, raster.most)] ?? moved;
    for (let y = 0; y < side - gap; y++) {
      for (let x = 0; x < side - gap; x++) {
        // What has moved on is hatched, as everywhere, where squares are large enough for it.
        const isHatch = isMoved && (side < 4 || (x + y) % 3 === 0);
        const pixel = ((top + y) * width + left + x) * 4;
        image.data[pixel] = isHatch ? hatch[0] : red;
        image.data[pixel + 1] = isHatch ? hatch[1] : green;
        image.data[pixel + 2] = isHatch ? hatch[2] : blue;
        image.data[pixel + 3] = 255;
      }
    }
  }
  context.putImageData(image, Math.round(raster.x * ratio), Math.round(raster.y * ratio));
}

/** The bucket under a point, or -1. Where a square stands for several buckets there is no telling which. */
export function bucketAt(raster: Raster, x: number, y: number): number {
  const column = Math.floor((x - raster.x) / raster.side);
  const row = Math.floor((y - raster.y) / raster.side);
  if (column < 0 || row < 0 || column >= raster.columns || row >= raster.rows) return -1;
  const bucket = row * raster.columns + column;
  return bucket < raster.values.length ? bucket : -1;
}

/** A colour as the browser computes it: `rgb(1, 2, 3)` or `#010203`. */
export function rgb(colour: string): Rgb {
  const hex = /^#([0-9a-f]{6})$/i.exec(colour.trim())?.[1];
  if (hex) return [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16)) as unknown as Rgb;
  const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? []).map(Number);
  return [red, green, blue];
}
