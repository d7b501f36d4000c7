import { ascii, joined, latin1 } from './memory/bytes.ts';

const CR = 13;
/** Replies whose text has a length of its own: strings, long errors and verbatim strings. */
const WITH_LENGTH = new Set(ascii('$!='));
const PUSH = 62;
/** How many parts follow for each that is counted, in arrays, sets, pushes and maps. */
const PARTS = new Map([
  [42, 1],
  [126, 1],
  [PUSH, 1],
  [37, 2],
]);

/**
 * What is sent in the place of replies whose effects could not be made safe, though they were promised to be: for each of
 * them an error, so that whoever counts replies goes on counting right. A push answers nothing, and stays.
 */
export function refusals(replies: Uint8Array, why: string): Uint8Array {
  const line = ascii(`-MISCONF Errors writing to the AOF file: ${why.replace(/[\r\n]/g, ' ')}\r\n`);
  const parts: Uint8Array[] = [];
  for (let at = 0; at < replies.length;) {
    const end = replyEnd(replies, at);
    parts.push(replies[at] === PUSH ? replies.subarray(at, end) : line);
    at = end;
  }
  return joined(parts);
}

/** The offset behind a reply with all its parts. */
function replyEnd(bytes: Uint8Array, start: number): number {
  let at = start;
  for (let left = 1; left > 0; left--) {
    const type = bytes[at];
    let lineEnd = at + 1;
    while (bytes[lineEnd] !== CR) lineEnd++;
    const isCounted = WITH_LENGTH.has(type) || PARTS.has(type);
    const count = isCounted ? Number(latin1(bytes, at + 1, lineEnd)) : 0;
    at = lineEnd + 2;
    // What is not there has a length of -1.
    if (WITH_LENGTH.has(type)) at += count < 0 ? 0 : count + 2;
    else left += Math.max(0, count) * (PARTS.get(type) ?? 0);
  }
  return at;
}
