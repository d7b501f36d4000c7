/** What an entry of the keyspace says when it is drawn. The payload words are the keyspace's: value, meta, deadline. */
import { utf8Decode } from '../../engine/memory/bytes.ts';
import type { Models } from '../../engine/models.ts';
import { address } from '../../engine/memory/arena.steps.ts';
import type { StringModel } from '../../engine/structures/dynamic-string.steps.ts';
import { keyText, type EntryModel } from '../../engine/structures/hash-table.steps.ts';
import { elide } from './scene.ts';

export const VALUE = 0;
export const META = 1;
export const DEADLINE = 2;

/** Of a value so much is told in a sentence. */
const VALUE_CELLS = 24;

const STRING = 0;
const INT = 0;
const INT64 = 1;
const LZF = 9;
const EMBEDDED = 10;
const ENCODINGS = [
  ...['int', 'int', 'embstr', 'raw', 'listpack', 'intset', 'hashtable', 'quicklist', 'skiplist', 'raw', 'embstr'],
] as const;
/** What a value that is no string is called, by the number of its type. */
const COLLECTIONS = ['', 'list', 'set', 'sorted set', 'hash'] as const;

/** What bytes look like in a cell: text as text, everything that cannot be read as a middle dot. */
export function printable(bytes: Uint8Array): string {
  return utf8Decode(bytes).replace(/[\p{C}\p{Zl}\p{Zp}\ufffd]/gu, '·');
}

export function keyOf(entry: EntryModel): string {
  if (entry.keyLength < 0) return 'no key';
  const text = printable(entry.key);
  return entry.keyLength > entry.key.length ? `${text}…` : text === '' ? '(empty)' : text;
}

/** The value in short, or `null` while the entry has none yet. */
export function valueOf(models: Models, entry: EntryModel): string | null {
  const value = entry.payload[VALUE] ?? 0;
  const meta = entry.payload[META] ?? 0;
  if (value === 0 && meta === 0) return null;
  const encoding = (meta >>> 4) & 15;
  if ((meta & 15) > 0) return COLLECTIONS[meta & 15] ?? 'a value';
  if (encoding === INT) return String(value);
  if (encoding === INT64) return '64-bit number';
  const block = encoding === LZF ? models.compressed.get(value) : undefined;
  if (block) return `${block.before} → ${block.after} B`;
  const string = models.strings.get(value);
  if (!string) return '';
  const text = printable(string.head);
  return string.length > string.head.length ? `${text}…` : text === '' ? '(empty)' : text;
}

/** Whether the value is a string that lies behind the key. */
export function isInEntry(entry: EntryModel): boolean {
  return (((entry.payload[META] ?? 0) >>> 4) & 15) === EMBEDDED;
}

/** When the entry expires in milliseconds since 1970, or `null`. */
function deadlineOf(models: Models, db: number, entry: EntryModel): number | null {
  const position = entry.payload[DEADLINE] ?? 0;
  return position === 0 ? null : (models.heaps[db]?.[position - 1]?.deadlineMs ?? null);
}

/** What stands beside the key of an entry. */
export interface EntryWords {
  /** `null` while there is none yet; `undefined` where there never is one. */
  value(entry: EntryModel): string | null | undefined;
  /** When it expires, or `null`. */
  deadline(entry: EntryModel): number | null;
}

/** The words of the entries of the keyspace. */
export function keyWords(models: Models, db: number): EntryWords {
  return { value: (entry) => valueOf(models, entry), deadline: (entry) => deadlineOf(models, db, entry) };
}

/** A span of time in the fewest words that still count down: for a while in seconds, as TTL tells it. */
export function timeLeft(ms: number): string {
  if (ms <= 0) return 'over';
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 10_000) return `${seconds} s`;
  if (seconds < 360_000) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}

/** A value right after it was set, in a sentence; `null` where no words are known for it. */
export function valueSentence(models: Models, entry: EntryModel): string | null {
  const value = entry.payload[VALUE] ?? 0;
  const meta = entry.payload[META] ?? 0;
  const encoding = (meta >>> 4) & 15;
  const name = encodingName(encoding);
  const type = COLLECTIONS[meta & 15];
  if (type === undefined) return null;
  if ((meta & 15) !== STRING) return `${keyText(entry)} now stands for a ${type}, kept as ${article(name)} ${name}.`;
  const stands = `${entry.keyLength < 0 ? 'The cell' : keyText(entry)} now stands for`;
  if (encoding === INT) return `${stands} the number ${value}, in the entry itself (${name}).`;
  if (encoding === INT64) return `${stands} a number of 64 bits, at ${address(value)} (${name}).`;
  const string = models.strings.get(value);
  if (!string) return null;
  return `${stands} ${stringWords(string, name, isInEntry(entry))}.`;
}

/** A string's text, where it lies and how much would fit there. `name`: how it is encoded, where that is worth a word. */
export function stringWords(string: StringModel, name = '', isInEntry = false): string {
  const text = elide(printable(string.head), VALUE_CELLS);
  const length = string.length === 1 ? '1 byte' : `${string.length.toLocaleString('en')} bytes`;
  const encoding = name === '' ? '' : ` (${name})`;
  const place = isInEntry ? 'in the entry itself' : `at ${address(string.ref)}`;
  return `“${text}”${encoding}: ${length} ${place}, where ${string.capacity.toLocaleString('en')} would fit`;
}

/** As `OBJECT ENCODING` names it. */
export function encodingName(encoding: number): string {
  return ENCODINGS[encoding] ?? 'a way of its own';
}

function article(noun: string): string {
  return /^[aeiou]/.test(noun) ? 'an' : 'a';
}
