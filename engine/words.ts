/** A call's words as others may see them: without secrets, and cut or quoted. */
import type { Args } from './args.ts';
import { ascii, latin1 } from './memory/bytes.ts';

const REDACTED = '(redacted)';
/** What the slow log keeps of a call. */
const MOST_WORDS = 32;
const MOST_BYTES = 128;

/** The words for the slow log: not too many, and none too long. What is left out is counted. */
export function wordsInShort(args: Args, secrets: readonly number[]): Uint8Array[] {
  const words: Uint8Array[] = [];
  const shown = args.count > MOST_WORDS ? MOST_WORDS - 1 : args.count;
  for (let i = 0; i < shown; i++) words.push(secrets.includes(i) ? ascii(REDACTED) : inShort(args, i));
  if (shown < args.count) words.push(ascii(`... (${args.count - shown} more arguments)`));
  return words;
}

function inShort(args: Args, index: number): Uint8Array {
  const length = args.length(index);
  if (length <= MOST_BYTES) return args.copy(index);
  const start = args.starts[index];
  return ascii(`${latin1(args.bytes, start, start + MOST_BYTES)}... (${length - MOST_BYTES} more bytes)`);
}

/** The words each in quotes, for MONITOR: a character a byte, and what cannot be printed as an escape. */
export function wordsInQuotes(args: Args, secrets: readonly number[]): string {
  const words: string[] = [];
  for (let i = 0; i < args.count; i++) words.push(secrets.includes(i) ? `"${REDACTED}"` : quoted(args.latin1(i)));
  return words.join(' ');
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '"': '\\"',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\u0007': '\\a',
  '\b': '\\b',
};

function quoted(text: string): string {
  const escaped = text.replace(
    /[^ !#-[\]-~]/g,
    (character) => ESCAPES[character] ?? `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  return `"${escaped}"`;
}
