/**
 * Bytes as one reads and types them. Inside this folder a run of bytes is a string whose every character is one byte
 * (0 to 255): it can be compared, cut and joined with the plainest tools, and no encoding ever guesses at it.
 *
 * Quoted text follows the manners of redis-cli: `"a\x00\n"` with escapes, `'…'` taken as it stands save for `\'`, and bare
 * words. One thing is added, because some tests need long arguments: `${x*45}` stands for 45 times `x`.
 */

/** Runs shorter than this are printed as they are. */
const LONG_RUN = 64;

const ESCAPED: Record<string, string> = { n: '\n', r: '\r', t: '\t', b: '\b', a: '\x07' };
const NAMED: Record<string, string> = {
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  '\x07': '\\a',
  '"': '\\"',
  '\\': '\\\\',
};

/** Replaces `${x*45}` by the run it stands for, and `${name}` by what an earlier reply of the case captured. */
export function expand(text: string, captures: ReadonlyMap<string, string>): string {
  return text
    .replace(/\$\{([^}]+?)\*(\d+)\}/g, (_, unit: string, times: string) => unit.repeat(Number(times)))
    .replace(/\$\{([A-Za-z]\w*)\}/g, (_, name: string) => {
      const captured = captures.get(name);
      if (captured === undefined) throw new Error(`nothing was captured under the name ${name}`);
      return captured;
    });
}

/** Reads one quoted word that starts at `from`; the end is the position after it. Null when a quote is not balanced. */
function readWord(line: string, from: number): { word: string; end: number } | null {
  let word = '';
  let at = from;
  let quote = '';
  for (;;) {
    const char = line[at];
    if (char === undefined) return quote === '' ? { word, end: at } : null;
    if (quote === '') {
      if (char === ' ') return { word, end: at };
      if (char === '"' || char === "'") quote = char;
      else word += char;
      at++;
    } else if (char === quote) {
      const next = line[at + 1];
      return next === undefined || next === ' ' ? { word, end: at + 1 } : null;
    } else if (char === '\\' && quote === '"') {
      const hex = /^\\x([0-9a-fA-F]{2})/.exec(line.slice(at, at + 4));
      const escaped = line[at + 1] ?? '';
      word += hex ? String.fromCharCode(parseInt(hex[1] ?? '', 16)) : (ESCAPED[escaped] ?? escaped);
      at += hex ? 4 : 2;
    } else if (char === '\\' && line[at + 1] === "'") {
      word += "'";
      at += 2;
    } else {
      word += char;
      at++;
    }
  }
}

/** The words of a line, or null when its quotes are not balanced. */
export function splitWords(line: string): string[] | null {
  const words: string[] = [];
  let at = 0;
  for (;;) {
    while (line[at] === ' ') at++;
    if (at >= line.length) return words;
    const read = readWord(line, at);
    if (!read) return null;
    words.push(read.word);
    at = read.end;
  }
}

/** Bytes as printable text without quotes around it: what stands after `+` or `-`. */
export function escapeBytes(bytes: string): string {
  return bytes
    .replace(
      /[\\\x00-\x1f\x7f-\xff]/g,
      (char) => NAMED[char] ?? `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
    )
    .replace(/\$\{/g, '\\x24{');
}

/** The reverse of `escapeBytes`. */
export function unescapeBytes(text: string): string {
  return text.replace(/\\(?:x([0-9a-fA-F]{2})|(.))/g, (_, hex: string | undefined, char: string | undefined) =>
    hex === undefined ? (ESCAPED[char ?? ''] ?? char ?? '') : String.fromCharCode(parseInt(hex, 16)),
  );
}

/** Bytes between double quotes, as redis-cli prints them; a long run of one letter or digit is shortened to `${x*45}`. */
export function quote(bytes: string): string {
  const runs = new RegExp(`([A-Za-z0-9 ])\\1{${LONG_RUN - 1},}`, 'g');
  let printed = '';
  let from = 0;
  for (const run of bytes.matchAll(runs)) {
    printed += quoteShort(bytes.slice(from, run.index)) + `\${${run[1]}*${run[0].length}}`;
    from = run.index + run[0].length;
  }
  return `"${printed}${quoteShort(bytes.slice(from))}"`;
}

function quoteShort(bytes: string): string {
  return escapeBytes(bytes).replace(/"/g, '\\"');
}

/** Bytes to send, as a byte string, for one command in the form every client uses: an array of bulk strings. */
export function encodeCommand(words: readonly string[]): string {
  return `*${words.length}\r\n` + words.map((word) => `$${word.length}\r\n${word}\r\n`).join('');
}

export function toBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}

export function fromBytes(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return text;
}
