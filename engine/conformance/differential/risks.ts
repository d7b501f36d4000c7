/** What random lines must not ask for: endless replies, and deadlines that the two clocks could see differently. */
const MANY = 1000;

/** Whether a line would never stop being answered. */
export function isTooMuch(words: readonly string[]): boolean {
  const name = words[0].toLowerCase();
  if (['srandmember', 'hrandfield', 'zrandmember'].includes(name)) {
    // Repeats are allowed then, as many as are asked for.
    const count = Number(words[2] ?? '0');
    return count < -MANY && count > -9.2e18;
  }
  return false;
}

/** Whether a line would store what a hash table's order decides. */
export function isUndecided(words: readonly string[]): boolean {
  const has = (word: string): boolean => words.some((other) => other.toLowerCase() === word);
  return words[0].toLowerCase() === 'sort' && has('store') && has('by') && (has('alpha') || has('limit'));
}

/** The relative deadlines or timeouts of a line in milliseconds. Where one is said twice, any of them may be the one. */
function delaysOf(words: readonly string[]): number[] {
  const name = words[0].toLowerCase();
  const value = (word: string | undefined): number => (word === undefined ? NaN : Number(word));
  if (name === 'setex' || name === 'expire') return [value(words[2]) * 1000];
  if (['psetex', 'pexpire', 'wait', 'restore'].includes(name)) return [value(words[2])];
  if (['blpop', 'brpop', 'bzpopmin', 'bzpopmax', 'brpoplpush', 'blmove'].includes(name))
    return [value(words.at(-1)) * 1000];
  if (name === 'blmpop' || name === 'bzmpop') return [value(words[1]) * 1000];
  if (name !== 'set' && name !== 'getex') return [];
  return words.flatMap((word, i) => {
    if (i < 2 || !/^[ep]x$/i.test(word)) return [];
    return [value(words[i + 1]) * (/^ex$/i.test(word) ? 1000 : 1)];
  });
}

const isBrief = (delayMs: number): boolean => delayMs > 0 && delayMs <= BRIEF_MS;
const isLong = (delayMs: number): boolean => delayMs >= LONG_MS;

const BRIEF_MS = 30;
/** As long as a session may last. */
const LONG_MS = 600_000;

/** Whether something ends soon after this line, so that both servers are given the time. */
export function isAsleepBriefly(words: readonly string[]): boolean {
  return delaysOf(words).some(isBrief);
}

/** Whether something would end while the session goes on, at a moment that the two clocks could see differently. */
export function isOutOfTime(words: readonly string[], isInTransaction: boolean): boolean {
  return delaysOf(words).some((delayMs) => delayMs > 0 && !isLong(delayMs) && (isInTransaction || !isBrief(delayMs)));
}
