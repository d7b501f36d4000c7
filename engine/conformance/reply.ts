/**
 * Replies as plain trees, with a decoder of their own. The engine has a decoder too, but an oracle that used it would
 * share its mistakes.
 */
import { escapeBytes, quote } from './quoting.ts';

export type Reply =
  /** One line: `+ - : , # ( _`, and the two nulls of RESP2, `$-1` and `*-1`. */
  | { kind: 'line'; mark: string; text: string }
  /** Counted bytes: `$`, verbatim `=`, blob error `!`. */
  | { kind: 'bulk'; mark: string; text: string }
  /** Several replies: array `*`, set `~`, push `>`, map `%` and attribute `|` (their keys and values in turn). */
  | { kind: 'group'; mark: string; items: Reply[] }
  /** Bytes in which no reply could be made out. */
  | { kind: 'raw'; text: string };

export interface Decoded {
  reply: Reply;
  end: number;
}

/** Decodes the reply that starts at `from`. Null: more bytes are needed. */
export function decodeReply(bytes: string, from = 0): Decoded | null {
  const lineEnd = bytes.indexOf('\r\n', from);
  if (lineEnd < 0) return null;
  const mark = bytes.charAt(from);
  const text = bytes.slice(from + 1, lineEnd);
  const next = lineEnd + 2;
  if ('+-:,#(_'.includes(mark) || (text === '-1' && '$*'.includes(mark))) {
    return { reply: { kind: 'line', mark, text }, end: next };
  }
  // A count with a leading zero or a sign would be lost in printing; such bytes are shown raw.
  if (!/^(0|[1-9]\d*)$/.test(text) || !'$=!*~>%|'.includes(mark)) {
    return { reply: { kind: 'raw', text: bytes.slice(from) }, end: bytes.length };
  }
  return '$=!'.includes(mark)
    ? decodeBulk(bytes, mark, next, Number(text))
    : decodeGroup(bytes, mark, next, Number(text));
}

function decodeBulk(bytes: string, mark: string, from: number, length: number): Decoded | null {
  const end = from + length;
  if (bytes.length < end + 2) return null;
  if (bytes.slice(end, end + 2) !== '\r\n')
    return { reply: { kind: 'raw', text: bytes.slice(from) }, end: bytes.length };
  return { reply: { kind: 'bulk', mark, text: bytes.slice(from, end) }, end: end + 2 };
}

function decodeGroup(bytes: string, mark: string, from: number, count: number): Decoded | null {
  const items: Reply[] = [];
  let at = from;
  for (let left = mark === '%' || mark === '|' ? 2 * count : count; left > 0; left--) {
    const item = decodeReply(bytes, at);
    if (!item) return null;
    items.push(item.reply);
    at = item.end;
  }
  return { reply: { kind: 'group', mark, items }, end: at };
}

/** The lines that show a reply, each nested level two spaces further in. */
export function printReply(reply: Reply): string[] {
  if (reply.kind === 'line') return [reply.mark + escapeBytes(reply.text)];
  if (reply.kind === 'bulk') return [`${reply.mark}${reply.text.length} ${quote(reply.text)}`];
  if (reply.kind === 'raw') return [`raw ${quote(reply.text)}`];
  const count = reply.mark === '%' || reply.mark === '|' ? reply.items.length / 2 : reply.items.length;
  return [reply.mark + count, ...reply.items.flatMap(printReply).map((line) => `  ${line}`)];
}
