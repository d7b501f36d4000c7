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

/** The relative deadline or timeout of a line in milliseconds, if it has one. */
function delayOf(words: readonly string[]): number | null {
  const name = words[0].toLowerCase();
  const value = (word: string | undefined): number => (word === undefined ? NaN : Number(word));
  if (name === 'setex' || name === 'expire') return value(words[2]) * 1000;
  if (name === 'psetex' || name === 'pexpire' || name === 'wait') return value(words[2]);
  if (name === 'restore') return value(words[2]);
  if (['blpop', 'brpop', 'bzpopmin', 'bzpopmax', 'brpoplpush', 'blmove'].includes(name))
    return value(words.at(-1)) * 1000;
  if (name === 'blmpop' || name === 'bzmpop') return value(words[1]) * 1000;
  if (name === 'set' || name === 'getex') {
    const at = words.findIndex((word, i) => i > 1 && /^[ep]x$/i.test(word));
    if (at > 0) return value(words[at + 1]) * (/^ex$/i.test(words[at]) ? 1000 : 1);
  }
  return null;
}

const BRIEF_MS = 30;
/** As long as a session may last. */
const LONG_MS = 600_000;

/** Whether something ends soon after this line, so that both servers are given the time. */
export function isAsleepBriefly(words: readonly string[]): boolean {
  const delay = delayOf(words);
  return delay !== null && delay > 0 && delay <= BRIEF_MS;
}

/** Whether something would end while the session goes on, at a moment that the two clocks could see differently. */
export function isOutOfTime(words: readonly string[], isInTransaction: boolean): boolean {
  const delay = delayOf(words);
  if (delay === null || !(delay > 0)) return false;
  return isInTransaction ? delay < LONG_MS : delay > BRIEF_MS && delay < LONG_MS;
}
