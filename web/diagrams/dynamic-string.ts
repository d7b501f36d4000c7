/** One string as it lies in its block: the length, the bytes, and the room that is left to grow into. */
import { address } from '../../engine/memory/arena.steps.ts';
import type { EngineStep, Models } from '../../engine/models.ts';
import type { StringModel } from '../../engine/structures/dynamic-string.steps.ts';
import type { EntryModel } from '../../engine/structures/hash-table.steps.ts';
import type { Diagram, Focus } from './contract.ts';
import { keyOf, VALUE } from './entries.ts';
import { elide, type AnyGlyph, type Cell, type Scene } from './scene.ts';

/** The length stands in front of the bytes, in as many bytes itself. */
const LENGTH_BYTES = 4;

export const dynamicStringDiagram: Diagram = {
  kind: 'dynamic-string',
  title: 'String',
  layout,
  shows: (step: EngineStep) => step.structure === 'dynamic-string',
};

function layout(models: Models, focus: Focus): Scene {
  const { unit, width, height } = focus;
  const scene = (glyphs: AnyGlyph[]): Scene => ({ width, height, glyphs, rasters: [] });
  const string = stringInFocus(models, focus);
  if (!string) {
    const text =
      models.strings.size === 0
        ? 'No string yet: SET gives a key one, unless its value is a number.'
        : 'Click a key whose value is a string, or step through a command that writes one.';
    return scene([{ shape: 'label', key: 'nothing', tone: 'muted', x: 4, y: 60 * unit, text, fontSize: 16 * unit }]);
  }
  const side = 27 * unit;
  const left = 54 * unit;
  const across = Math.max(8, Math.floor((width - left - 8) / side / 4) * 4);
  const top = 104 * unit;
  const lines = Math.max(1, Math.floor((height - top) / (side + 8 * unit)));
  const shown = Math.min(string.capacity, across * lines);
  const glyphs: AnyGlyph[] = [...headline(string, ownerOf(models, focus, string), focus), ...gauge(string, focus)];
  for (let at = 0; at < shown; at++) {
    const x = left + (at % across) * side;
    const y = top + Math.floor(at / across) * (side + 8 * unit);
    glyphs.push(byteCell(string, at, { x, y, width: side - 2, height: side - 2 }, focus));
    if (at % across === 0) {
      const label = { shape: 'label', tone: 'muted', fontSize: 13 * unit, isMono: true, anchor: 'end' } as const;
      glyphs.push({ ...label, key: `offset/${at}`, x: left - 10 * unit, y: y + side / 2, text: String(at) });
    }
  }
  return scene(glyphs);
}

/** The string that the present beat is about, or else the value of the selected key. */
function stringInFocus(models: Models, focus: Focus): StringModel | null {
  const touched = focus.spotlight.steps.findLast(
    (step) => step.structure === 'dynamic-string' && step.kind !== 'release',
  );
  if (touched?.structure === 'dynamic-string') {
    const found = models.strings.get(touched.kind === 'grow' ? touched.to : touched.ref);
    if (found) return found;
  }
  const { selected, spotlight } = focus;
  const table = models.tables[focus.db];
  const hit = [...spotlight.compared].find(([, isHit]) => isHit)?.[0];
  const entry = table?.entries.get(selected?.kind === 'entry' ? selected.ref : (hit ?? 0));
  return (entry ? models.strings.get(entry.payload[VALUE] ?? 0) : undefined) ?? last(models.strings.values());
}

function last(strings: Iterable<StringModel>): StringModel | null {
  let found: StringModel | null = null;
  for (const string of strings) found = string;
  return found;
}

function ownerOf(models: Models, focus: Focus, string: StringModel): EntryModel | null {
  for (const entry of models.tables[focus.db]?.entries.values() ?? []) {
    if (entry.payload[VALUE] === string.ref) return entry;
  }
  return null;
}

function headline(string: StringModel, owner: EntryModel | null, focus: Focus): AnyGlyph[] {
  const { unit, width } = focus;
  const line = { shape: 'label', y: 12 * unit, fontSize: 15 * unit } as const;
  const name = owner ? `The value of ${elide(keyOf(owner), 20)}` : 'A string that no key has yet';
  return [
    { ...line, key: 'string/name', tone: 'plain', x: 4, text: name, isStrong: true },
    {
      ...line,
      key: 'string/address',
      tone: 'muted',
      x: width - 6,
      text: address(string.ref),
      isMono: true,
      anchor: 'end',
    },
  ];
}

/** The whole block in one line: how much of it is used. */
function gauge(string: StringModel, focus: Focus): AnyGlyph[] {
  const { unit, width } = focus;
  const total = width - 8;
  const share = (bytes: number): number => (bytes / (string.capacity + LENGTH_BYTES)) * total;
  const box = { shape: 'cell', y: 32 * unit, height: 22 * unit, fontSize: 12 * unit } as const;
  const head = share(LENGTH_BYTES);
  const used = share(string.length);
  const spare = string.capacity - string.length;
  const cells: Cell[] = [
    {
      ...box,
      key: 'gauge/length',
      tone: 'plain',
      x: 4,
      width: head,
      parts: [{ width: head, text: '', tone: 'plain' }],
      title: 'the length',
    },
    {
      ...box,
      key: 'gauge/used',
      tone: 'value',
      x: 4 + head,
      width: used,
      parts: [{ width: used, text: '', tone: 'value' }],
      title: `${string.length} bytes`,
    },
    {
      ...box,
      key: 'gauge/spare',
      tone: 'free',
      x: 4 + head + used,
      width: total - head - used,
      parts: [{ width: total - head - used, text: '', tone: 'free' }],
      isHatched: spare > 0,
      title: `${spare} bytes to spare`,
    },
  ];
  const words = `length ${string.length.toLocaleString('en')}, capacity ${string.capacity.toLocaleString('en')}: ${spare === 0 ? 'no room to grow' : `room for ${spare.toLocaleString('en')} more`}`;
  return [
    ...cells.filter((cell) => cell.width > 0.5),
    { shape: 'label', key: 'gauge/words', tone: 'muted', x: 4, y: 74 * unit, text: words, fontSize: 15 * unit },
  ];
}

function byteCell(
  string: StringModel,
  at: number,
  box: { x: number; y: number; width: number; height: number },
  focus: Focus,
): Cell {
  const isUsed = at < string.length;
  const byte = string.head[at];
  const character = byte === undefined ? '' : byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·';
  const isFresh = focus.spotlight.steps.some(
    (step) =>
      step.structure === 'dynamic-string' &&
      step.kind === 'write' &&
      step.ref === string.ref &&
      at >= step.at &&
      isUsed,
  );
  const tone = isFresh ? 'active' : isUsed ? 'value' : 'free';
  return {
    shape: 'cell',
    key: `byte/${at}`,
    tone,
    ...box,
    fontSize: 14 * focus.unit,
    parts: [{ width: box.width, text: isUsed ? character : '', tone }],
    isLit: isFresh,
    isFaint: !isUsed,
    isHatched: !isUsed,
    title: isUsed
      ? `byte ${at}${byte === undefined ? '' : `: ${byte.toString(16).padStart(2, '0')}`}`
      : `byte ${at}: to spare`,
  };
}
