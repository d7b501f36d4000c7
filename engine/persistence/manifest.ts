/**
 * The list of files that a log is made of, in the form that redis-server 7 writes: one line a file, its name, its number,
 * and its kind: `b` the base that the others build on, `i` the increments in their order, `h` what is left to be deleted.
 */
import { latin1, utf8Decode, utf8Encode } from '../memory/bytes.ts';
import { splitInline } from '../resp/inline.ts';

export interface ManifestFile {
  readonly name: string;
  readonly sequence: number;
  readonly kind: 'base' | 'increment' | 'history';
}

const KINDS = { b: 'base', i: 'increment', h: 'history' } as const;
const LETTERS = { base: 'b', increment: 'i', history: 'h' } as const;

/** Throws with a sentence that names the line where it is no manifest. */
export function parseManifest(text: string): ManifestFile[] {
  const files: ManifestFile[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const file = parseLine(line);
    if (file === null) throw new Error(`line ${index + 1} is not one of a manifest: ${line}`);
    files.push(file);
  }
  if (files.filter(({ kind }) => kind === 'base').length > 1) throw new Error('it names more than one base file');
  const increments = files.filter(({ kind }) => kind === 'increment');
  if (increments.some(({ sequence }, i) => i > 0 && sequence <= increments[i - 1].sequence)) {
    throw new Error('its increments are not in order');
  }
  return files;
}

function parseLine(line: string): ManifestFile | null {
  const bytes = utf8Encode(line);
  const words = splitInline(bytes, 0, bytes.length)?.map((word) => utf8Decode(word, 0, word.length)) ?? [];
  const facts = new Map<string, string>();
  for (let i = 0; i + 1 < words.length; i += 2) facts.set(words[i].toLowerCase(), words[i + 1]);
  const name = facts.get('file') ?? '';
  const sequence = Number(facts.get('seq'));
  const letter = facts.get('type') ?? '';
  const isPlainName = name !== '' && !/[/\\]/.test(name) && name !== '..' && name !== '.';
  if (words.length % 2 !== 0 || !isPlainName || !(sequence > 0) || !Object.hasOwn(KINDS, letter)) return null;
  return { name, sequence, kind: KINDS[letter as keyof typeof KINDS] };
}

export function printManifest(files: readonly ManifestFile[]): string {
  return files.map(({ name, sequence, kind }) => `file ${word(name)} seq ${sequence} type ${LETTERS[kind]}\n`).join('');
}

function word(name: string): string {
  if (/^[\w.-]+$/.test(name)) return name;
  const escaped = Array.from(utf8Encode(name), (byte) => {
    const isPlain = byte >= 32 && byte < 127 && byte !== 34 && byte !== 92;
    return isPlain ? latin1(Uint8Array.of(byte)) : `\\x${byte.toString(16).padStart(2, '0')}`;
  });
  return `"${escaped.join('')}"`;
}
