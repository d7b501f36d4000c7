/** The append-only log: the commands that changed something, byte for byte, and how far they are safe. */
import { latin1 } from '../../engine/memory/bytes.ts';
import type { EngineStep, Models } from '../../engine/models.ts';
import type { Diagram, Focus } from './contract.ts';
import { elide, monoWidth, type AnyGlyph, type Scene, type Tone } from './scene.ts';

export const logDiagram: Diagram = {
  kind: 'log',
  title: 'Log',
  layout,
  shows: (step: EngineStep) => step.structure === 'log',
};

function layout(models: Models, focus: Focus): Scene {
  const { log } = models;
  const { unit, width, height } = focus;
  const shared = { shape: 'label', x: 4, fontSize: 14 * unit } as const;
  if (log.length === 0) {
    const text = 'The log is empty. Every command that changes something is put at its end.';
    const label: AnyGlyph = { ...shared, key: 'nothing', tone: 'muted', y: 60 * unit, text, fontSize: 16 * unit };
    return { width, height, glyphs: [label], rasters: [] };
  }
  const pitch = 36 * unit;
  const top = 44 * unit;
  const rows = log.tail.slice(-Math.max(1, Math.floor((height - top) / pitch)));
  const text = `${log.length.toLocaleString('en')} bytes, ${log.written.toLocaleString('en')} written, ${log.synced.toLocaleString('en')} safe on storage`;
  const glyphs: AnyGlyph[] = [{ ...shared, key: 'log/facts', tone: 'plain', y: 12 * unit, text }];
  const isNarrow = width < 520 * unit;
  const left = 74 * unit;
  const stateWidth = isNarrow ? 64 * unit : 130 * unit;
  const boxWidth = width - left - stateWidth - 16 * unit;
  rows.forEach((record, at) => {
    const y = top + at * pitch;
    const end = record.offset + record.length;
    const state = end <= log.synced ? 'safe' : end <= log.written ? 'written' : 'waiting';
    const isLit = focus.spotlight.steps.some(
      (step) => step.structure === 'log' && step.kind === 'append' && step.offset === record.offset,
    );
    const room = Math.floor((boxWidth - 18 * unit) / (14 * unit * 0.6));
    const bytes = latin1(record.head)
      .replaceAll('\r\n', '␍')
      .replace(/[^\x20-\x7e␍]/g, '·')
      .replaceAll('␍', ' ¶ ')
      .trimEnd();
    const shownBytes = elide(record.length > record.head.length ? `${bytes}…` : bytes, room);
    // As wide as the record is long, so that what a command costs in the log can be seen.
    const ownWidth = Math.min(boxWidth, monoWidth(shownBytes, 14 * unit) + 18 * unit);
    const middle = y + 14 * unit;
    glyphs.push(
      {
        ...shared,
        key: `log/offset/${record.offset}`,
        tone: 'muted',
        x: left - 10 * unit,
        y: middle,
        text: String(record.offset),
        isMono: true,
        anchor: 'end',
      },
      {
        shape: 'cell',
        key: `log/record/${record.offset}`,
        tone: isLit ? 'active' : 'plain',
        x: left,
        y,
        width: ownWidth,
        height: 28 * unit,
        fontSize: 14 * unit,
        parts: [{ width: ownWidth, text: shownBytes, tone: 'plain', isLeft: true }],
        isLit,
        isDashed: state === 'waiting',
        title: `${record.length} bytes at offset ${record.offset}`,
        from: [left, y + 40],
      },
      ...stateGlyphs(record.offset, state, left + boxWidth + 16 * unit, middle, isNarrow, unit),
    );
  });
  return { width, height, glyphs, rasters: [] };
}

function stateGlyphs(
  offset: number,
  state: 'safe' | 'written' | 'waiting',
  x: number,
  y: number,
  isNarrow: boolean,
  unit: number,
): AnyGlyph[] {
  const tone: Tone = state === 'safe' ? 'value' : 'muted';
  const text =
    state === 'safe'
      ? isNarrow
        ? 'safe'
        : 'safe on storage'
      : state === 'written'
        ? isNarrow
          ? 'sent'
          : 'handed over'
        : 'waiting';
  return [
    {
      shape: 'badge',
      key: `log/state/${offset}`,
      tone,
      icon: state === 'safe' ? 'tick' : 'clock',
      x: x - 2,
      y,
      text,
      fontSize: 13 * unit,
    },
  ];
}
