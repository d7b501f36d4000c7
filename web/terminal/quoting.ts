import { utf8Decode, utf8Encode } from '../../engine/memory/bytes.ts';

/**
 * A typed line becomes argv by the quoting that redis-cli has. Double quotes know `\xHH \n \r \t \b \a` and take any
 * other escaped character as itself; single quotes know `\'` alone; a quote may open in the middle of a word, and
 * after its end a blank or the end of the line must follow.
 */
export interface Word {
  readonly bytes: Uint8Array;
  /** Where the word stands in the line, quotes included: `line.slice(start, end)`. */
  readonly start: number;
  readonly end: number;
}

export interface ScannedLine {
  readonly words: readonly Word[];
  /** False when a quote is still open, or closed in the middle of a word: no argv, as yet. */
  readonly balanced: boolean;
}

export function scanLine(line: string): ScannedLine {
  const words: Word[] = [];
  let at = 0;
  while (true) {
    while (at < line.length && isBlank(line.charAt(at))) at++;
    if (at === line.length) return { words, balanced: true };
    const word = scanWord(line, at);
    words.push({ bytes: word.bytes, start: at, end: word.end });
    if (!word.closed) return { words, balanced: false };
    at = word.end;
  }
}

/** The arguments of a line, or null where redis-cli answers `Invalid argument(s)`. */
export function splitLine(line: string): Uint8Array[] | null {
  const { words, balanced } = scanLine(line);
  return balanced ? words.map(({ bytes }) => bytes) : null;
}

/** The words of a line as text, for those who look commands up. */
export function wordsOf(line: string): string[] {
  return scanLine(line).words.map(({ bytes }) => utf8Decode(bytes));
}

/** A value as redis-cli prints it: in double quotes, with everything but printable ASCII spelled out. */
export function quote(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (const byte of bytes) parts.push(QUOTED[byte] ?? '');
  return `"${parts.join('')}"`;
}

function scanWord(line: string, start: number): { bytes: Uint8Array; end: number; closed: boolean } {
  const parts: Uint8Array[] = [];
  let at = start;
  let plainFrom = at;
  const takePlain = (to: number) => {
    if (to > plainFrom) parts.push(utf8Encode(line.slice(plainFrom, to)));
  };
  while (at < line.length && !isBlank(line.charAt(at))) {
    const mark = line.charAt(at);
    if (mark !== '"' && mark !== "'") {
      at++;
      continue;
    }
    takePlain(at);
    const quoted = mark === '"' ? scanDouble(line, at + 1) : scanSingle(line, at + 1);
    parts.push(quoted.bytes);
    at = quoted.end;
    plainFrom = at;
    if (!quoted.closed || (at < line.length && !isBlank(line.charAt(at))))
      return { bytes: joined(parts), end: at, closed: false };
  }
  takePlain(at);
  return { bytes: joined(parts), end: at, closed: true };
}

function scanDouble(line: string, from: number): { bytes: Uint8Array; end: number; closed: boolean } {
  const parts: Uint8Array[] = [];
  for (let at = from; at < line.length;) {
    const hex = /^\\x([0-9a-f]{2})/i.exec(line.slice(at, at + 4));
    if (hex) {
      parts.push(Uint8Array.of(parseInt(hex[1] ?? '', 16)));
      at += 4;
    } else if (line[at] === '\\' && at + 1 < line.length) {
      const escaped = characterAt(line, at + 1);
      parts.push(utf8Encode(ESCAPES[escaped] ?? escaped));
      at += 1 + escaped.length;
    } else if (line[at] === '"') {
      return { bytes: joined(parts), end: at + 1, closed: true };
    } else {
      const character = characterAt(line, at);
      parts.push(utf8Encode(character));
      at += character.length;
    }
  }
  return { bytes: joined(parts), end: line.length, closed: false };
}

function scanSingle(line: string, from: number): { bytes: Uint8Array; end: number; closed: boolean } {
  let text = '';
  for (let at = from; at < line.length; at++) {
    if (line[at] === '\\' && line[at + 1] === "'") {
      text += "'";
      at++;
    } else if (line[at] === "'") {
      return { bytes: utf8Encode(text), end: at + 1, closed: true };
    } else {
      text += line.charAt(at);
    }
  }
  return { bytes: utf8Encode(text), end: line.length, closed: false };
}

const ESCAPES: Record<string, string | undefined> = { n: '\n', r: '\r', t: '\t', b: '\b', a: '\x07' };

const QUOTED: readonly string[] = Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  const letter = Object.keys(ESCAPES).find((name) => ESCAPES[name] === character);
  if (letter) return `\\${letter}`;
  if (character === '"' || character === '\\') return `\\${character}`;
  return byte >= 0x20 && byte < 0x7f ? character : `\\x${byte.toString(16).padStart(2, '0')}`;
});

function isBlank(character: string): boolean {
  return character === ' ' || (character >= '\t' && character <= '\r');
}

function characterAt(line: string, at: number): string {
  return String.fromCodePoint(line.codePointAt(at) ?? 0);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
