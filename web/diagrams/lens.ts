import type { Focus } from './contract.ts';
import type { Area } from './hash-column.ts';
import type { AnyGlyph, Target } from './scene.ts';
import { fitting } from './text.ts';
import { entryGlyphs, entryParts, type Detail, type Subject, type TableView } from './table-rows.ts';

/** How an entry is spelled, the first way that fits. */
const SPELLINGS: readonly Detail[] = [
  { key: 12, value: 8, isTight: false },
  { key: 10, value: 6, isTight: true },
  { key: 10, value: 0, isTight: true },
];

/** Where buckets are too small to be read, the chain that is looked at is spelled out above them. */
export function lensGlyphs(subject: Subject, focus: Focus, area: Area): AnyGlyph[] {
  const { table } = subject;
  const { unit, spotlight } = focus;
  const looked: Target | null = focus.focused ?? focus.selected;
  let which: 0 | 1 = spotlight.table;
  let bucket = spotlight.step === null ? -1 : spotlight.bucket;
  if (looked?.kind === 'bucket') [which, bucket] = [looked.table, looked.bucket];
  if (looked?.kind === 'entry') {
    for (const at of [0, 1] as const) {
      const found = table.tables[at].chains.findIndex((chain) => chain.includes(looked.ref));
      if (found >= 0) [which, bucket] = [at, found];
    }
  }
  const y = area.y + 17 * unit;
  if (bucket < 0 || bucket >= table.tables[which].size) {
    const wordings = [
      'Click a bucket, or step through a command: its chain is spelled out here.',
      'Click a bucket: its chain is spelled out here.',
      'Click a bucket to see its chain.',
    ];
    const text = fitting(wordings, area.width, 14 * unit);
    return [{ shape: 'label', key: 'lens/hint', tone: 'muted', x: area.x, y, text, fontSize: 14 * unit }];
  }
  const name = `bucket ${bucket}`;
  const view: TableView = { ...subject, which, focus, area };
  const glyphs: AnyGlyph[] = [
    {
      shape: 'label',
      key: 'lens/bucket',
      tone: 'active',
      x: area.x,
      y,
      text: name,
      fontSize: 14 * unit,
      isMono: true,
      isStrong: true,
    },
  ];
  let x = area.x + (name.length * 8.4 + 10) * unit;
  const chain = table.tables[which].chains[bucket] ?? [];
  for (const [at, ref] of chain.entries()) {
    const entry = table.entries.get(ref);
    if (!entry) continue;
    const isLast = at === chain.length - 1;
    const room = area.x + area.width - x - (isLast ? 22 : 50) * unit;
    const cell = SPELLINGS.map((detail) => entryParts(view, entry, detail, 14 * unit)).find(
      ({ width }) => width <= room,
    );
    if (!cell) {
      glyphs.push({
        shape: 'label',
        key: 'lens/more',
        tone: 'muted',
        x: x + 4,
        y,
        text: `+${chain.length - at}`,
        fontSize: 14 * unit,
      });
      break;
    }
    glyphs.push({
      shape: 'arrow',
      key: `lens/link/${ref}`,
      tone: 'muted',
      line: [x, y, x + 16 * unit, y],
      hasHead: true,
    });
    x += 19 * unit;
    glyphs.push(
      ...entryGlyphs(view, ref, cell, { x, y: y - 15 * unit, width: 0, height: 30 * unit }, 14 * unit, `lens/${ref}`),
    );
    x += cell.width + 4;
  }
  if (chain.length === 0) {
    glyphs.push({ shape: 'label', key: 'lens/empty', tone: 'muted', x, y, text: 'is empty', fontSize: 14 * unit });
  }
  return glyphs;
}
