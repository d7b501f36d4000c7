/** Commands that look at a string bit by bit. */
const OF_BITS = /^(setbit|getbit|bitcount|bitpos|bitop|bitfield|bitfield_ro)(\s|$)/i;

export function isAboutBits(line: string): boolean {
  return OF_BITS.test(line);
}

/** The bit that a command names, or -1. */
export function bitOf(line: string): number {
  const offset = /^(?:setbit|getbit)\s+\S+\s+(\d+)(?:\s|$)/i.exec(line)?.[1];
  return offset === undefined ? -1 : Number(offset);
}
