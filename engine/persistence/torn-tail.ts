import { RequestDecoder } from '../resp/decoder.ts';

const CR = 13;
const LF = 10;
const STAR = 42;
const HASH = 35;
/** Looks closely at no more places than this, so that a value made of line ends and stars does not take for ever. */
const MOST_PLACES = 1000;
/** A command longer than this is passed over; one behind it will do. */
const LONGEST_COMMAND = 64 * 1024;

/**
 * Whether the bytes at the end of a log are what a crash leaves, the beginning of a command; `null`, or what else they
 * are. What a crash tears off is the end of the last command, so nothing can follow it. But a length that was damaged,
 * `$3` become `$300`, swallows what comes after, and looks like a torn tail that reaches from there to the end: to cut
 * that off would throw good commands away.
 */
export function tailDamage(tail: Uint8Array): string | null {
  if (tail.length > 0 && tail[0] !== STAR && tail[0] !== HASH) return 'what stands here is no beginning of a command';
  let places = 0;
  for (let at = 2; at < tail.length && places < MOST_PLACES; at++) {
    if (tail[at] !== STAR || tail[at - 1] !== LF || tail[at - 2] !== CR) continue;
    places++;
    if (beginsWithCommand(tail.subarray(at, at + LONGEST_COMMAND))) {
      return 'the command that begins here claims to reach past the end, yet whole commands lie behind it: a length is damaged';
    }
  }
  return null;
}

/** A command as a log writes it: arguments, each with its length. A header alone may be part of the torn value. */
function beginsWithCommand(bytes: Uint8Array): boolean {
  const decoder = new RequestDecoder({ maxBulkBytes: bytes.length });
  decoder.feed(bytes);
  return decoder.next() && decoder.isCanonical;
}
