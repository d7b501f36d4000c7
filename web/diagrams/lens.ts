import type { Models } from '../../engine/models.ts';
import type { HashTableModel } from '../../engine/structures/hash-table.steps.ts';
import type { Focus } from './contract.ts';
import type { Area } from './hash-column.ts';
import type { AnyGlyph, Target } from './scene.ts';
import { entryGlyphs, entryParts, type TableView } from './table-rows.ts';

/** Where buckets are too small to be read, the chain that is looked at is spelled out above them. */
export function lensGlyphs(models: Models, table: HashTableModel, focus: Focus, area: Area): AnyGlyph[] {
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
    const text = 'Click a bucket, or step through a command: its chain is spelled out here.';
    return [{ shape: 'label', key: 'lens/hint', tone: 'muted', x: area.x, y, text, fontSize: 14 * unit }];
  }
  const name = `bucket ${bucket}`;
  const view: TableView = { models, table, which, focus, area };
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
    const cell = entryParts(view, entry, { key: 12, value: 8, isTight: false }, 14 * unit);
    if (x + cell.width + 60 * unit > area.x + area.width) {
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
