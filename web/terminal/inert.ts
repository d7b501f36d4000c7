/**
 * Text that the page did not write is data: it must neither steer the terminal nor reorder what is read. Values are
 * quoted and so inert already; this is for what Redis shows unquoted (errors, statuses, INFO) and for what is typed.
 */

/** Every control character but the line feed as `\xHH`, and everything invisible that acts on its neighbours as `\u{…}`. */
export function inert(text: string): string {
  return text
    .replace(/\r\n/g, '\n')
    .replace(ACTIVE, (character) => (character === '\n' ? character : escaped(character)));
}

/** How the line editor shows one grapheme: as it is, or spelled out when it would act instead of show. */
export function shownGrapheme(grapheme: string): string {
  return grapheme.replace(ACTIVE, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x20 ? `^${String.fromCharCode(code + 64)}` : escaped(character);
  });
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}

/**
 * Control characters (C0, DEL, C1), line and paragraph separators, lone surrogates, and the characters of format: marks
 * of direction among them. The joiners stay, because they hold families of emoji and some scripts' letters together.
 */
const ACTIVE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]|(?![\u200c\u200d])\p{Cf}/gu;
