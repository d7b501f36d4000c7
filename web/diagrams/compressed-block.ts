/** Bytes that are kept compressed: as long as they were, of that hatched what they take now, and the figures in words. */
import type { CompressedBlockModel } from '../../engine/structures/compressed.steps.ts';
import { counted, type Piece } from './arranging.ts';
import type { Focus } from './contract.ts';
import type { Area } from './hash-column.ts';
import type { AnyGlyph, Cell } from './scene.ts';
import { fitting } from './text.ts';

const BAR_HEIGHT = 26;
const LINE = 20;

/** `isBare`: under a node, whose own words say the rest. */
export function compressedPiece(block: CompressedBlockModel, area: Area, focus: Focus, isBare = false): Piece {
  const { unit, spotlight } = focus;
  const { ref, before, after } = block;
  const isLit = spotlight.steps.some(
    (step) => step.structure === 'compressed' && step.kind !== 'release' && step.ref === ref,
  );
  const height = BAR_HEIGHT * unit;
  const fontSize = (isBare ? 14 : 15) * unit;
  const box = { shape: 'cell', y: area.y, height, fontSize: 12 * unit } as const;
  const used = Math.max(3, (area.width * after) / Math.max(1, before));
  const tone = isLit ? 'active' : 'value';
  const cells: Cell[] = [
    {
      ...box,
      ...{ key: `packed/${ref}/before`, tone: 'free', x: area.x, width: area.width, isDashed: true },
      parts: [{ width: area.width, text: '', tone: 'free' }],
      title: `${counted(before, 'byte')} before they were compressed`,
    },
    {
      ...box,
      ...{ key: `packed/${ref}/after`, tone, x: area.x, width: used, isLit, isHatched: true },
      parts: [{ width: used, text: '', tone }],
      title: `compressed: ${counted(after, 'byte')}`,
    },
  ];
  const lines = wordsOf(block, isBare).map((wordings, at): AnyGlyph => ({
    ...({ shape: 'label', key: `packed/${ref}/words/${at}`, tone: at === 0 ? 'plain' : 'muted' } as const),
    ...{ x: area.x, y: area.y + height + (16 + at * LINE) * unit, fontSize },
    text: fitting(wordings, area.width, fontSize),
  }));
  // In a low picture the bar is worth more than its second line.
  const shown = lines.filter((line) => 'y' in line && line.y + 8 * unit <= area.y + area.height);
  return { glyphs: [...cells, ...shown], bottom: area.y + height + (8 + LINE * shown.length) * unit, lines: 1 };
}

/** The lines below the bar, each from the longest wording to the shortest. */
function wordsOf({ before, after }: CompressedBlockModel, isBare: boolean): readonly (readonly string[])[] {
  const [was, is] = [before.toLocaleString('en'), after.toLocaleString('en')];
  const saved = `${Math.round((1 - after / before) * 100)} %`;
  const ratio = `${(before / after).toFixed(1)} : 1`;
  if (isBare)
    return [
      [`compressed, ${ratio}`, 'compressed'],
      [`${was} bytes into ${is}: ${saved} saved`, `${was} bytes into ${is}`, `${was} → ${is} B`, `${was} → ${is}`],
    ];
  return [
    [
      `Compressed by LZF: ${was} bytes into ${is}; ${saved} are saved.`,
      `compressed: ${was} bytes into ${is}`,
      `${was} → ${is}`,
    ],
    [`The ratio is ${ratio}.`, ratio],
  ];
}
