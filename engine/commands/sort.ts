import type { Args } from '../args.ts';
import { CommandError, SYNTAX_ERROR, WRONG_TYPE } from '../errors.ts';
import { GENERIC_EVENT, LIST_EVENT } from '../keyspace/events.ts';
import { SKIPLIST, TYPE_LIST, TYPE_SET, TYPE_ZSET } from '../keyspace/values.ts';
import { NONE, type Ref } from '../memory/arena.ts';
import { compareBytes, latin1 } from '../memory/bytes.ts';
import { parseFloating } from '../memory/numbers.ts';
import { entryToFill } from './checks.ts';
import type { Argument, CommandSpec, Context } from './contract.ts';
import { bytesOfMember, requireRoom } from './room.ts';
import {
  block,
  hiddenAsWell,
  hiddenKey,
  integer,
  key,
  multipleBehind,
  oneOf,
  optional,
  pattern,
  word,
} from './grammar.ts';
import { sortRange } from './partial-sort.ts';
import { ELEMENT, SortPattern } from './sort-pattern.ts';

const ARGUMENTS: readonly Argument[] = [
  key('key', 'RO', 'access'),
  optional(hiddenKey(pattern('pattern', 'BY'), 'RO', 'access')),
  optional({ ...block('offset_count', integer('offset'), integer('count')), token: 'LIMIT' }),
  optional(hiddenAsWell(multipleBehind('GET', pattern('pattern')))),
  optional(oneOf('order', word('ASC'), word('DESC'))),
  optional(word('ALPHA', 'sorting')),
];

const COMMON = {
  group: 'generic',
  complexity: 'O(N+M*log(M))',
  categories: ['set', 'sortedset', 'list', 'dangerous'],
  leavesGroupCategory: true,
} as const;

/** The elements of a list, a set or a sorted set, in another order. */
export const SORTING: readonly CommandSpec[] = [
  {
    ...COMMON,
    name: 'sort',
    since: '1.0.0',
    summary:
      'Sorts the elements of a list, a set or a sorted set, by themselves or by other keys, and replies or stores them.',
    flags: ['write', 'denyoom'],
    arguments: [...ARGUMENTS, optional(hiddenKey({ ...key('destination'), token: 'STORE' }, 'OW', 'update'))],
    examples: [
      'RPUSH scores 3 1 2',
      'SORT scores',
      'SORT scores DESC LIMIT 0 2',
      'MSET weight_1 30 weight_2 20 weight_3 10',
      'SORT scores BY weight_* GET # GET weight_*',
      'SORT scores STORE sorted',
    ],
    keyPlacesOf: placesOfKeys,
    handler(context, args) {
      sort(context, args, true);
    },
  },
  {
    ...COMMON,
    name: 'sort_ro',
    since: '7.0.0',
    summary: 'Sorts the elements of a list, a set or a sorted set, as SORT does, and stores nothing.',
    flags: ['readonly'],
    arguments: ARGUMENTS,
    examples: ['RPUSH scores 3 1 2', 'SORT_RO scores ALPHA DESC'],
    keyPlacesOf: (_args, first) => [first + 1],
    handler(context, args) {
      sort(context, args, false);
    },
  },
];

interface Request {
  readonly isDescending: boolean;
  readonly isAlphabetic: boolean;
  readonly offset: number;
  readonly count: number;
  /** Behind BY. */
  readonly by: SortPattern | null;
  /** Behind each GET. */
  readonly gets: readonly SortPattern[];
  /** The argument behind STORE, or 0. */
  readonly storeAt: number;
}

/** An element, and what it is sorted by. */
interface Item {
  readonly element: Uint8Array;
  score: number;
  /** What the pattern behind BY has found, where the alphabet is what counts. */
  text: Uint8Array | null;
}

function readRequest(args: Args, mayStore: boolean): Request {
  const gets: SortPattern[] = [];
  const request = { isDescending: false, isAlphabetic: false, offset: 0, count: -1, storeAt: 0 };
  let by: SortPattern | null = null;
  for (let i = 2; i < args.count; i++) {
    const left = args.count - i - 1;
    if (args.is(i, 'ASC')) request.isDescending = false;
    else if (args.is(i, 'DESC')) request.isDescending = true;
    else if (args.is(i, 'ALPHA')) request.isAlphabetic = true;
    else if (args.is(i, 'LIMIT') && left >= 2) {
      request.offset = args.integer(++i);
      request.count = args.integer(++i);
    } else if (mayStore && args.is(i, 'STORE') && left >= 1) request.storeAt = ++i;
    else if (args.is(i, 'BY') && left >= 1) by = new SortPattern(args.copy(++i));
    else if (args.is(i, 'GET') && left >= 1) gets.push(new SortPattern(args.copy(++i)));
    else throw new CommandError(SYNTAX_ERROR);
  }
  return { ...request, by, gets };
}

/** For COMMAND GETKEYS: the key itself and the last STORE, found without a look at whether the rest makes sense. */
function placesOfKeys(args: Args, first: number): readonly number[] {
  let storeAt = 0;
  for (let i = first + 2; i < args.count; i++) {
    if (args.is(i, 'LIMIT')) i += 2;
    else if (args.is(i, 'GET') || args.is(i, 'BY')) i++;
    else if (args.is(i, 'STORE') && i + 1 < args.count) storeAt = i + 1;
  }
  return storeAt === 0 ? [first + 1] : [first + 1, storeAt];
}

function sort(context: Context, args: Args, mayStore: boolean): void {
  const { db, keyspace } = context;
  const request = readRequest(args, mayStore);
  const entry = db.findRead(args.bytes, args.starts[1], args.ends[1]);
  const type = entry === NONE ? TYPE_LIST : db.type(entry);
  if (type !== TYPE_LIST && type !== TYPE_SET && type !== TYPE_ZSET) throw new CommandError(WRONG_TYPE);
  // Sorting goes through the index, as it does in Redis, and a small sorted set that was sorted is a large one from then on.
  if (type === TYPE_ZSET) keyspace.sortedSets.enlarge(db, entry);
  const length = entry === NONE ? 0 : db.typeOf(entry).count(db.encoding(entry), db.value(entry));
  const [first, end] = window(request, length);
  let { by } = request;
  let { isAlphabetic } = request;
  let isSorted = by === null || by.hasStar;
  // A set has no order of its own, and what is stored must be the same wherever the log is read.
  if (!isSorted && type === TYPE_SET && request.storeAt > 0) {
    [isSorted, isAlphabetic, by] = [true, true, null];
  }
  const items = elementsOf(context, entry, isSorted ? null : request.isDescending).map((element): Item => ({
    element,
    score: 0,
    text: null,
  }));
  if (isSorted) {
    weigh(context, items, by, isAlphabetic);
    const compare = comparison(request, isAlphabetic, by !== null);
    // Whoever sorts by a pattern and wants a part only gets equal ones in another order: that of the partial sort.
    if (by !== null && (first !== 0 || end !== length)) sortRange(items, compare, first, end - 1);
    else items.sort(compare);
  }
  const wanted = items.slice(first, end);
  if (request.storeAt === 0) answer(context, request, wanted);
  else store(context, args, request, wanted, isSorted && isAlphabetic && by !== null && type !== TYPE_LIST);
}

/** Which of the sorted elements are wanted: from one place up to, not including, another. */
function window({ offset, count }: Request, length: number): readonly [first: number, end: number] {
  const first = Math.min(Math.max(offset, 0), length);
  return [first, count < 0 ? length : Math.min(first + count, length)];
}

/** Copies of all elements, for looking up other keys may change anything. A direction wants them in their own order. */
function elementsOf({ db, keyspace }: Context, entry: Ref, isDescending: boolean | null): Uint8Array[] {
  const elements: Uint8Array[] = [];
  if (entry === NONE) return elements;
  const isReverse = isDescending === true;
  switch (db.type(entry)) {
    case TYPE_LIST: {
      const list = keyspace.lists.of(db, entry);
      for (list.toFirst(); list.node !== NONE; list.forward()) elements.push(keyspace.lists.copyHere(list));
      return isReverse ? elements.reverse() : elements;
    }
    case TYPE_SET: {
      const { sets } = keyspace;
      const set = sets.inHand(db, entry);
      sets.forEachPlace(set, (place) => {
        sets.show(set, place);
        return elements.push(sets.bytes.slice(sets.start, sets.end)) > 0;
      });
      return elements;
    }
    default: {
      const { sortedSets } = keyspace;
      const length = sortedSets.length(db, entry);
      sortedSets.walk(SKIPLIST, db.value(entry), isReverse ? length - 1 : 0, length, isReverse, () => {
        elements.push(sortedSets.bytes.slice(sortedSets.start, sortedSets.end));
      });
      return elements;
    }
  }
}

/** Finds out what each item is sorted by. */
function weigh(context: Context, items: readonly Item[], by: SortPattern | null, isAlphabetic: boolean): void {
  if (by === null && isAlphabetic) return;
  let isAnyNoNumber = false;
  for (const item of items) {
    const found = by === null ? item.element : by.lookUp(context, item.element);
    if (found === null) continue;
    if (isAlphabetic) item.text = found;
    else item.score = scoreOf(found);
    isAnyNoNumber ||= Number.isNaN(item.score);
  }
  if (isAnyNoNumber) throw new CommandError("ERR One or more scores can't be converted into double");
}

/** What C's strtod reads: blanks before the number are passed over, and what follows a zero byte is not there. */
function scoreOf(bytes: Uint8Array): number {
  const zero = bytes.indexOf(0);
  const end = zero < 0 ? bytes.length : zero;
  if (end === 0) return 0;
  let start = 0;
  while (start < end && (bytes[start] === 32 || (bytes[start] >= 9 && bytes[start] <= 13))) start++;
  const score = parseFloating(bytes, start, end);
  return isOutOfRange(score, bytes, start, end) ? NaN : score;
}

const SMALLEST_NORMAL = 2 ** -1022;

/** Whether a number that was read is too large for a double, or so small that digits of it are lost. */
function isOutOfRange(score: number, bytes: Uint8Array, start: number, end: number): boolean {
  if (Number.isNaN(score) || (Math.abs(score) >= SMALLEST_NORMAL && Number.isFinite(score))) return false;
  const text = latin1(bytes, start, end).toLowerCase();
  if (!Number.isFinite(score)) return !text.includes('inf');
  const isHexadecimal = text.includes('x');
  // Below the normal numbers a double holds exactly what can be said in few binary digits, and nothing decimal but zero.
  if (score !== 0) return !isHexadecimal;
  return isHexadecimal ? /[1-9a-f]/.test(text.replace(/p.*|0x/g, '')) : /[1-9]/.test(text.replace(/e.*/, ''));
}

function comparison(
  { isDescending, storeAt }: Request,
  isAlphabetic: boolean,
  isBy: boolean,
): (a: Item, b: Item) => number {
  // The alphabet of a place is that of C, in which a zero byte ends a text; what is stored is sorted by all bytes.
  const alphabet = storeAt > 0 ? compareBytes : compareTexts;
  const compare = (a: Item, b: Item): number => {
    if (!isAlphabetic) return a.score === b.score ? compareBytes(a.element, b.element) : a.score < b.score ? -1 : 1;
    if (!isBy) return alphabet(a.element, b.element);
    if (a.text === null || b.text === null) return Number(a.text !== null) - Number(b.text !== null);
    return alphabet(a.text, b.text);
  };
  return isDescending ? (a, b) => -compare(a, b) : compare;
}

function compareTexts(a: Uint8Array, b: Uint8Array): number {
  const ends = [a, b].map((bytes) => (bytes.includes(0) ? bytes.indexOf(0) : bytes.length));
  return compareBytes(a.subarray(0, ends[0]), b.subarray(0, ends[1]));
}

function answer(context: Context, { gets }: Request, items: readonly Item[]): void {
  const { reply } = context;
  const patterns = gets.length === 0 ? [ELEMENT] : gets;
  reply.array(items.length * patterns.length);
  for (const { element } of items) {
    for (const get of patterns) {
      const found = get.lookUp(context, element);
      if (found === null) reply.null();
      else reply.bytes(found);
    }
  }
}

function store(
  context: Context,
  args: Args,
  { gets, storeAt }: Request,
  items: readonly Item[],
  isAnyOrder: boolean,
): void {
  const { db, keyspace, reply, server } = context;
  const patterns = gets.length === 0 ? [ELEMENT] : gets;
  const results = items.flatMap(({ element }) => patterns.map((get) => get.lookUp(context, element) ?? NO_BYTES));
  requireRoom(
    context,
    results.reduce((total, { length }) => total + bytesOfMember(length), 0),
  );
  const [start, end] = [args.starts[storeAt], args.ends[storeAt]];
  let entry = db.findWrite(args.bytes, start, end);
  if (results.length > 0) {
    entry = entryToFill(db, args.bytes, start, end, entry);
    keyspace.lists.begin(db, entry);
    const list = keyspace.lists.of(db, entry);
    for (const result of results) list.pushBack(result, 0, result.length);
    db.changed(args.bytes, start, end, results.length);
    db.notify(LIST_EVENT, 'sortstore', args.bytes, start, end);
  } else if (entry !== NONE) {
    db.remove(entry);
    db.changed(args.bytes, start, end);
    db.notify(GENERIC_EVENT, 'del', args.bytes, start, end);
  }
  // Equal members of a set come in the order in which they happen to lie in memory, which the log cannot bring back.
  if (isAnyOrder && results.length > 0 && server.isLogging()) {
    const target = args.copy(storeAt);
    server.logInstead('DEL', target);
    server.logInstead('RPUSH', target, ...results);
  }
  reply.integer(results.length);
}

const NO_BYTES = new Uint8Array(0);
