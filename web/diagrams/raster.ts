/** Paints a table that has too many buckets for glyphs: one square a bucket, through a single image. */
import type { Raster } from './scene.ts';

export interface RasterColours {
  readonly paper: string;
  readonly key: string;
  readonly migrating: string;
}

type Rgb = readonly [number, number, number];

/** The colour of each chain length; four and longer look the same. */
function shades(colours: RasterColours): { chain: readonly Rgb[]; moved: Rgb; pale: Rgb } {
  const paper = rgb(colours.paper);
  const key = rgb(colours.key);
  const mix = (share: number): Rgb =>
    [0, 1, 2].map((at) => Math.round((paper[at] ?? 0) * (1 - share) + (key[at] ?? 0) * share)) as unknown as Rgb;
  return {
    chain: [mix(0.08), mix(0.42), mix(0.66), mix(0.84), mix(1)],
    moved: rgb(colours.migrating),
    pale: [0, 1, 2].map((at) =>
      Math.round((paper[at] ?? 0) * 0.6 + (rgb(colours.migrating)[at] ?? 0) * 0.4),
    ) as unknown as Rgb,
  };
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
  const { chain, moved, pale } = shades(colours);
  const hatch = side < 4 ? pale : moved;
  for (let at = 0; at < raster.chainLengths.length; at++) {
    const length = raster.chainLengths[at] ?? 0;
    const isMoved = at < raster.movedBelow;
    const left = (at % raster.columns) * side;
    const top = Math.floor(at / raster.columns) * side;
    const [red, green, blue] = chain[Math.min(length, chain.length - 1)] ?? moved;
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
  return bucket < raster.chainLengths.length ? bucket : -1;
}

/** A colour as the browser computes it: `rgb(1, 2, 3)` or `#010203`. */
export function rgb(colour: string): Rgb {
  const hex = /^#([0-9a-f]{6})$/i.exec(colour.trim())?.[1];
  if (hex) return [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16)) as unknown as Rgb;
  const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? []).map(Number);
  return [red, green, blue];
}
