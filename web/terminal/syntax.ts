import type { ArgumentDoc } from './docs.ts';

/**
 * ## Problem
 * While a command is typed, what may still follow? `SET k v NX ` leaves no second `NX`, and `EX` wants its seconds.
 *
 * ## Idea
 * The arguments of COMMAND DOCS are a small grammar: sequences, alternatives, repetitions, optional parts. A run of
 * optional parts may come in any order. `consume` walks the typed words along it once, from left to right, never going
 * back, and returns the pieces that are left; words that fit nowhere make it give up.
 *
 * ## Unlike Redis
 * redis-cli 7.0 counts words and stops shrinking at the first optional part. Here options disappear once they are used.
 */

/** The arguments as Redis's manuals write them: `key [NX|XX] [EX seconds]`. */
export function renderArguments(args: readonly ArgumentDoc[]): string {
  return args.map(renderArgument).join(' ');
}

/** A part of the syntax that is not typed yet. */
export interface Piece {
  readonly text: string;
  /** The words that can begin it, where it begins with a fixed word. */
  readonly tokens: readonly string[];
  readonly optional: boolean;
}

/** What may follow after these words, or null when they do not fit the arguments. */
export function remaining(args: readonly ArgumentDoc[], words: readonly string[]): readonly Piece[] | null {
  const { at, rest } = consumeSequence(args, words, 0, () => false);
  return at === words.length ? rest : null;
}

interface Progress {
  /** The first word that was not taken. */
  readonly at: number;
  /** What this argument still lacks; empty when it is complete. */
  readonly rest: readonly Piece[];
}

/** Whether a word can begin something that comes later, so that a repetition must leave it alone. */
type Stop = (word: string | undefined) => boolean;

function consumeSequence(args: readonly ArgumentDoc[], words: readonly string[], start: number, stop: Stop): Progress {
  let at = start;
  let following = args;
  while (following.length > 0) {
    const run = following.slice(0, lengthOfRun(following));
    following = following.slice(run.length);
    const later = following;
    const stopHere: Stop = (word) => beginsAny(later, word) || stop(word);
    const [first] = run;
    const progress =
      first && !first.optional ? consumeOne(first, words, at, stopHere) : consumeRun(run, words, at, stopHere);
    if (progress === null) return { at, rest: [...run, ...following].map(pieceOf) };
    at = progress.at;
    if (progress.rest.length > 0) return { at, rest: [...progress.rest, ...following.map(pieceOf)] };
  }
  return { at, rest: [] };
}

/** Optional parts next to each other, in whatever order they are typed. */
function consumeRun(run: readonly ArgumentDoc[], words: readonly string[], start: number, stop: Stop): Progress {
  let left = run;
  let at = start;
  while (at < words.length && left.length > 0) {
    const word = words[at];
    const chosen =
      left.find((arg) => begins(arg, word) === 'token') ??
      (stop(word) ? undefined : left.find((arg) => begins(arg, word)));
    if (!chosen) return { at, rest: [] };
    const others = left.filter((arg) => arg !== chosen);
    const stopHere: Stop = (next) => others.some((arg) => begins(arg, next) === 'token') || stop(next);
    const progress = consumeOne(chosen, words, at, stopHere);
    if (progress === null) return { at, rest: [] };
    left = others;
    at = progress.at;
    if (progress.rest.length > 0 && at === words.length) return { at, rest: [...progress.rest, ...left.map(pieceOf)] };
  }
  return { at, rest: at === words.length ? left.map(pieceOf) : [] };
}

/** One argument and its repetitions. Null when the next word cannot be it. */
function consumeOne(arg: ArgumentDoc, words: readonly string[], start: number, stop: Stop): Progress | null {
  let progress = consumeOnce(arg, words, start, true, stop);
  if (!arg.multiple || progress === null || progress.rest.length > 0) {
    return progress && arg.multiple ? { ...progress, rest: [...progress.rest, repetition(arg)] } : progress;
  }
  while (progress.at < words.length) {
    const word = words[progress.at];
    const withToken = arg.multipleToken || arg.token === null;
    if (stop(word) || (withToken && !begins(arg, word))) break;
    const next = consumeOnce(arg, words, progress.at, arg.multipleToken, stop);
    if (next === null) break;
    if (next.rest.length > 0) return { at: next.at, rest: [...next.rest, repetition(arg)] };
    progress = next;
  }
  return progress.at === words.length ? { at: progress.at, rest: [repetition(arg)] } : progress;
}

function consumeOnce(
  arg: ArgumentDoc,
  words: readonly string[],
  start: number,
  withToken: boolean,
  stop: Stop,
): Progress | null {
  let at = start;
  if (at >= words.length) return { at, rest: [{ ...pieceOf(arg), text: once(arg, withToken), optional: false }] };
  if (arg.token !== null && withToken) {
    if (!same(arg.token, words[at])) return null;
    at++;
  }
  if (arg.type === 'pure-token') return { at, rest: [] };
  if (arg.type === 'block') {
    const progress = consumeSequence(arg.arguments, words, at, stop);
    // Nothing taken though there were words: the block does not begin here.
    return progress.at === start && at < words.length && progress.rest.length > 0 ? null : progress;
  }
  if (at >= words.length) {
    return { at, rest: [{ text: once(arg, false), tokens: tokensOf({ ...arg, token: null }), optional: false }] };
  }
  if (arg.type !== 'oneof') return { at: at + 1, rest: [] };
  const word = words[at];
  const chosen =
    arg.arguments.find((one) => begins(one, word) === 'token') ?? arg.arguments.find((one) => begins(one, word));
  return chosen ? consumeOne(chosen, words, at, stop) : null;
}

/** How many optional parts stand at the beginning; a part that must be there stands alone. */
function lengthOfRun(args: readonly ArgumentDoc[]): number {
  const required = args.findIndex(({ optional }) => !optional);
  return required < 0 ? args.length : Math.max(1, required);
}

/** Whether a word is the token of one of these, up to the first that must be there. */
function beginsAny(args: readonly ArgumentDoc[], word: string | undefined): boolean {
  for (const arg of args) {
    if (begins(arg, word) === 'token') return true;
    if (!arg.optional) return false;
  }
  return false;
}

/** How a word can begin an argument: as its fixed word, as any value, or not at all. */
function begins(arg: ArgumentDoc, word: string | undefined): 'token' | 'value' | null {
  if (arg.token !== null) return same(arg.token, word) ? 'token' : null;
  if (arg.type === 'oneof') {
    const ways = arg.arguments.map((one) => begins(one, word));
    return ways.includes('token') ? 'token' : ways.includes('value') ? 'value' : null;
  }
  if (arg.type !== 'block') return 'value';
  for (const part of arg.arguments) {
    const way = begins(part, word);
    if (way === 'token' || !part.optional) return way;
  }
  return null;
}

function tokensOf(arg: ArgumentDoc): readonly string[] {
  if (arg.token !== null) return [arg.token];
  if (arg.type === 'oneof') return arg.arguments.flatMap(tokensOf);
  if (arg.type !== 'block') return [];
  const required = arg.arguments.findIndex((part) => !part.optional);
  return arg.arguments.slice(0, required < 0 ? undefined : required + 1).flatMap(tokensOf);
}

function pieceOf(arg: ArgumentDoc): Piece {
  return { text: renderArgument(arg), tokens: tokensOf(arg), optional: arg.optional };
}

function repetition(arg: ArgumentDoc): Piece {
  const tokens = arg.multipleToken || arg.token === null ? tokensOf(arg) : [];
  return { text: `[${once(arg, arg.multipleToken)} ...]`, tokens, optional: true };
}

function renderArgument(arg: ArgumentDoc): string {
  const first = once(arg, true);
  const whole = arg.multiple ? `${first} [${once(arg, arg.multipleToken)} ...]` : first;
  return arg.optional ? `[${whole}]` : whole;
}

function once(arg: ArgumentDoc, withToken: boolean): string {
  const value =
    arg.type === 'pure-token'
      ? ''
      : arg.type === 'oneof'
        ? arg.arguments.map(renderArgument).join('|')
        : arg.type === 'block'
          ? renderArguments(arg.arguments)
          : arg.name;
  if (arg.token === null || !withToken) return value;
  const token = arg.token === '' ? '""' : arg.token;
  return value === '' ? token : `${token} ${value}`;
}

function same(token: string, word: string | undefined): boolean {
  return token.toLowerCase() === word?.toLowerCase();
}
