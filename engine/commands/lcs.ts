import type { Args } from '../args.ts';
import { CommandError, SYNTAX_ERROR } from '../errors.ts';
import type { BytesView } from '../keyspace/strings.ts';
import { NONE, type Ref } from '../memory/arena.ts';
import type { CommandSpec, Context } from './contract.ts';
import { anotherKey, integer, key, optional, word } from './grammar.ts';

export const LCS: CommandSpec = {
  name: 'lcs',
  group: 'string',
  since: '7.0.0',
  summary: 'Finds the longest sequence of bytes that two strings have in common, with gaps.',
  complexity: 'O(N*M)',
  flags: ['readonly'],
  arguments: [
    key('key1', 'RO', 'access'),
    anotherKey('key2'),
    optional(word('LEN')),
    optional(word('IDX')),
    optional(integer('len', 'MINMATCHLEN')),
    optional(word('WITHMATCHLEN')),
  ],
  examples: [
    'MSET one ohmytext two mynewtext',
    'LCS one two',
    'LCS one two LEN',
    'LCS one two IDX MINMATCHLEN 4 WITHMATCHLEN',
  ],
  handler: lcs,
};

interface Options {
  isLength: boolean;
  isPlaces: boolean;
  withLengths: boolean;
  leastLength: number;
}

/** A stretch that lies in both strings: where it begins and ends in each, the ends included. */
interface Match {
  firstA: number;
  firstB: number;
  readonly lastA: number;
  readonly lastB: number;
}

function lcs(context: Context, args: Args): void {
  const { config, reply } = context;
  const [a, b] = stringsOf(context, args);
  const options = readOptions(args);
  if (options.isPlaces && options.isLength)
    throw new CommandError('ERR If you want both the length and indexes, please just use IDX.');
  const [lengthA, lengthB] = [a.end - a.start, b.end - b.start];
  if ((lengthA + 1) * (lengthB + 1) * 4 > config.number('proto-max-bulk-len')) {
    throw new CommandError('ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len');
  }
  const table = commonLengths(a, b);
  const length = table[table.length - 1];
  if (options.isPlaces) {
    replyPlaces(context, matchesOf(a, b, table), length, options);
  } else if (options.isLength) {
    reply.integer(length);
  } else {
    const common = new Uint8Array(length);
    let at = length;
    for (const { firstA, lastA } of matchesOf(a, b, table)) {
      at -= lastA - firstA + 1;
      common.set(a.bytes.subarray(a.start + firstA, a.start + lastA + 1), at);
    }
    reply.bytes(common);
  }
}

/** The two strings; both keys are looked for before either is found to be of another type. */
function stringsOf({ db, keyspace }: Context, args: Args): [BytesView, BytesView] {
  const entries = [1, 2].map((index) => db.findRead(args.bytes, args.starts[index], args.ends[index]));
  const view = (entry: Ref): BytesView => {
    if (entry === NONE) return { bytes: args.bytes, start: 0, end: 0 };
    if (!keyspace.strings.is(db, entry)) throw new CommandError('ERR The specified keys must contain string values');
    return keyspace.strings.view(db, entry);
  };
  return [view(entries[0]), view(entries[1])];
}

function readOptions(args: Args): Options {
  const options: Options = { isLength: false, isPlaces: false, withLengths: false, leastLength: 0 };
  for (let i = 3; i < args.count; i++) {
    if (args.is(i, 'LEN')) options.isLength = true;
    else if (args.is(i, 'IDX')) options.isPlaces = true;
    else if (args.is(i, 'WITHMATCHLEN')) options.withLengths = true;
    else if (args.is(i, 'MINMATCHLEN') && i + 1 < args.count) options.leastLength = args.integer(++i);
    else throw new CommandError(SYNTAX_ERROR);
  }
  return options;
}

/** How much the first `i` bytes of one have in common with the first `j` of the other, in rows of the latter. */
function commonLengths(a: BytesView, b: BytesView): Uint32Array {
  const width = b.end - b.start + 1;
  const table = new Uint32Array((a.end - a.start + 1) * width);
  for (let row = width, i = a.start; i < a.end; i++, row += width) {
    const byte = a.bytes[i];
    for (let j = 1; j < width; j++) {
      const [up, left] = [table[row - width + j], table[row + j - 1]];
      if (byte === b.bytes[b.start + j - 1]) table[row + j] = table[row - width + j - 1] + 1;
      else table[row + j] = up > left ? up : left;
    }
  }
  return table;
}

/** The stretches of one longest common sequence, from the end to the front. */
function matchesOf(a: BytesView, b: BytesView, table: Uint32Array): Match[] {
  const width = b.end - b.start + 1;
  const matches: Match[] = [];
  let open: Match | null = null;
  let [i, j] = [a.end - a.start, width - 1];
  while (i > 0 && j > 0) {
    if (a.bytes[a.start + i - 1] === b.bytes[b.start + j - 1]) {
      i--;
      j--;
      if (open === null) matches.push((open = { firstA: i, firstB: j, lastA: i, lastB: j }));
      else [open.firstA, open.firstB] = [i, j];
    } else {
      open = null;
      // Of two ways that are equally good, Redis takes a step back in the second string.
      if (table[(i - 1) * width + j] > table[i * width + j - 1]) i--;
      else j--;
    }
  }
  return matches;
}

function replyPlaces({ reply }: Context, matches: readonly Match[], length: number, options: Options): void {
  const told = matches.filter(({ firstA, lastA }) => lastA - firstA + 1 >= options.leastLength);
  reply.map(2);
  reply.text('matches');
  reply.array(told.length);
  for (const { firstA, lastA, firstB, lastB } of told) {
    reply.array(options.withLengths ? 3 : 2);
    for (const [first, last] of [
      [firstA, lastA],
      [firstB, lastB],
    ]) {
      reply.array(2);
      reply.integer(first);
      reply.integer(last);
    }
    if (options.withLengths) reply.integer(lastA - firstA + 1);
  }
  reply.text('len');
  reply.integer(length);
}
