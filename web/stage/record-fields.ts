/** A key's two records, cut into fields as they lie in memory. */
import type { KeyRecord } from '../../engine/hosts/browser/protocol.ts';

export interface Field {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** What the bytes say, read as the engine reads them. */
  readonly says: string;
  readonly tone: 'plain' | 'key' | 'value' | 'expired' | 'free';
  /** Whether the bytes are text, and are shown as such too. */
  readonly isText?: boolean;
}

/** So many bytes of a field are shown; the rest is told in words. */
export const BYTES_SHOWN = 24;

/** A string begins with its length. */
const LENGTH_BYTES = 4;

const HEADER = ['next', 'hash', 'key length'] as const;
const PAYLOAD = ['value', 'meta', 'deadline'] as const;

export function entryFields(record: KeyRecord): Field[] {
  const { bytes, keyOffset } = record.entry;
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fields: Field[] = [];
  for (let at = 0; at + 4 <= keyOffset; at += 4) {
    const name = HEADER[at / 4] ?? PAYLOAD[at / 4 - HEADER.length] ?? `payload ${at / 4}`;
    const word = words.getInt32(at, true);
    fields.push({
      name,
      bytes: bytes.slice(at, at + 4),
      says: saysWord(name, word, record),
      tone: name === 'value' ? 'value' : name === 'deadline' && word !== 0 ? 'expired' : 'plain',
    });
  }
  const keyLength = words.getInt32(8, true);
  fields.push({
    name: 'key',
    bytes: bytes.slice(keyOffset, keyOffset + keyLength),
    says: count(keyLength),
    tone: 'key',
    isText: true,
  });
  if (record.value?.isInEntry !== true) return fields;
  const inside = valueFields(record).filter(({ tone }) => tone !== 'free');
  return [...fields, ...inside.map((field) => ({ ...field, name: `value ${field.name}` }))];
}

/** Bytes of the entry's block that the entry does not need: blocks come in sizes, and a value begins at a whole eighth byte. */
export function entryWaste({ entry, value }: KeyRecord): number {
  const { bytes, keyOffset, capacity } = entry;
  const keyLength = new DataView(bytes.buffer, bytes.byteOffset).getInt32(8, true);
  const valueBytes = value?.isInEntry === true ? LENGTH_BYTES + value.length : 0;
  return capacity - keyOffset - keyLength - valueBytes;
}

export function valueFields(record: KeyRecord): Field[] {
  const { value } = record;
  if (!value) return [];
  if (record.integer !== null)
    return [{ name: 'a 64-bit number', bytes: value.bytes.slice(0, 8), says: record.integer, tone: 'value' }];
  if (record.encoding === 'listpack') return packFields(value);
  if (record.encoding === 'intset') return integerFields(value);
  const fields: Field[] = [
    { name: 'length', bytes: value.bytes.slice(0, LENGTH_BYTES), says: String(value.length), tone: 'plain' },
    {
      name: 'bytes',
      bytes: value.bytes.slice(LENGTH_BYTES, LENGTH_BYTES + value.length),
      says: count(value.length),
      tone: 'value',
      isText: true,
    },
  ];
  const spare = value.capacity - LENGTH_BYTES - value.length;
  if (spare > 0) fields.push({ name: 'room to grow', bytes: new Uint8Array(0), says: count(spare), tone: 'free' });
  return fields;
}

/** How many bytes of the block are used, how many elements there are, and the elements. */
function packFields({ bytes, length, capacity }: NonNullable<KeyRecord['value']>): Field[] {
  const elements = new DataView(bytes.buffer, bytes.byteOffset).getInt32(4, true);
  const fields: Field[] = [
    { name: 'bytes used', bytes: bytes.slice(0, 4), says: String(length), tone: 'plain' },
    { name: 'elements', bytes: bytes.slice(4, 8), says: String(elements), tone: 'plain' },
    { name: 'each as its reply', bytes: bytes.slice(8, length), says: count(length - 8), tone: 'value', isText: true },
  ];
  if (capacity > length)
    fields.push({ name: 'room to grow', bytes: new Uint8Array(0), says: count(capacity - length), tone: 'free' });
  return fields;
}

/** How wide each integer is, how many there are, and the integers in their order. */
function integerFields({ bytes, length, capacity }: NonNullable<KeyRecord['value']>): Field[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const fields: Field[] = [
    { name: 'width', bytes: bytes.slice(0, 4), says: count(view.getInt32(0, true)), tone: 'plain' },
    { name: 'integers', bytes: bytes.slice(4, 8), says: String(view.getInt32(4, true)), tone: 'plain' },
    { name: 'in ascending order', bytes: bytes.slice(8, length), says: count(length - 8), tone: 'value' },
  ];
  if (capacity > length)
    fields.push({ name: 'room to grow', bytes: new Uint8Array(0), says: count(capacity - length), tone: 'free' });
  return fields;
}

function count(bytes: number): string {
  return bytes === 1 ? '1 byte' : `${bytes.toLocaleString('en')} bytes`;
}

function saysWord(name: string, word: number, record: KeyRecord): string {
  switch (name) {
    case 'next':
      return word === 0 ? 'none' : `→ ${addressOf(word)}`;
    case 'hash':
      return (word >>> 0).toString(16).padStart(8, '0');
    case 'value':
      if (record.value?.isInEntry === true) return 'behind the key';
      return record.value ? `→ ${addressOf(record.value.ref)}` : String(record.integer ?? word);
    case 'meta':
      return `${record.type}, ${record.encoding}`;
    case 'deadline':
      return word === 0 ? 'none' : `place ${word - 1} in the heap`;
    default:
      return String(word);
  }
}

/** As in the arena's own captions: the byte address in hexadecimal. */
function addressOf(ref: number): string {
  return `0x${(ref * 8).toString(16).padStart(6, '0')}`;
}
