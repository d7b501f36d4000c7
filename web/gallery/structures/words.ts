/** Commands with many words, the same ones every time. */

export const words = (count: number, make: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => make(at)).join(' ');

/** Several commands, because a line has its limits. */
export const inParts = (count: number, each: number, line: (from: number, to: number) => string): string[] =>
  Array.from({ length: Math.ceil(count / each) }, (_, at) => line(at * each, Math.min(count, (at + 1) * each)));

/** A number that looks like any other, the same every time. */
export const mixed = (at: number): number => (at * 7919 + 104_729) % 100_003;
