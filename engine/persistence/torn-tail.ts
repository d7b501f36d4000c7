import { RequestDecoder } from '../resp/decoder.ts';

const CR = 13;
const LF = 10;
const STAR = 42;
/** Looks closely at no more places than this, so that a value made of line ends and stars does not take for ever. */
const MOST_PLACES = 1000;
/** A command longer than this is passed over; one behind it will do. */
const LONGEST_COMMAND = 64 * 1024;

/**
 * Whether whole commands lie behind the beginning of an unfinished one. What a crash tears off is the end of the last
 * command, so nothing can follow it. But a length that was damaged, `$3` become `$300`, swallows what comes after, and
 * looks like a torn tail that reaches from there to the end: to cut that off would throw good commands away.
 */
export function hidesCommands(tail: Uint8Array): boolean {
  let places = 0;
  for (let at = 2; at < tail.length && places < MOST_PLACES; at++) {
    if (tail[at] !== STAR || tail[at - 1] !== LF || tail[at - 2] !== CR) continue;
    places++;
    if (beginsWithCommand(tail.subarray(at, at + LONGEST_COMMAND))) return true;
  }
  return false;
}

/** A command as a log writes it: arguments, each with its length. A header alone may be part of the torn value. */
function beginsWithCommand(bytes: Uint8Array): boolean {
  const decoder = new RequestDecoder({ maxBulkBytes: bytes.length });
  decoder.feed(bytes);
  return decoder.next() && decoder.isCanonical;
}
