/** Orders two items: negative, zero or positive, as `Array.prototype.sort` wants it. */
type Compare<Item> = (a: Item, b: Item) => number;

/** Fewer items than this are sorted by insertion. */
const FEW = 7;
/** More than this, and the middle of nine is taken to divide them, not of three. */
const MANY = 40;

/**
 * Sorts an array in place only as far as the places `first` to `last` are concerned: what belongs there stands there in
 * the end, in its order; the rest lies before and behind it, somehow.
 *
 * It is the quicksort of Bentley and McIlroy (*Engineering a sort function*, 1993), which leaves out the parts that are not
 * asked for. Where items are equal their order is what this algorithm makes of it, and Redis, which goes by the same paper,
 * makes the same of it.
 */
export function sortRange<Item>(items: Item[], compare: Compare<Item>, first: number, last: number): void {
  sortPart(items, compare, 0, items.length, first, last);
}

function sortPart<Item>(
  items: Item[],
  compare: Compare<Item>,
  start: number,
  to: number,
  first: number,
  last: number,
): void {
  let from = start;
  while (to - from >= FEW) {
    swap(items, from, middle(items, compare, from, to));
    const [less, greater] = divide(items, compare, from, to);
    if (less > 1 && overlaps(from, from + less, first, last)) {
      sortPart(items, compare, from, from + less, first, last);
    }
    if (greater <= 1 || !overlaps(to - greater, to, first, last)) return;
    from = to - greater;
  }
  insertionSort(items, compare, from, to);
}

function overlaps(from: number, to: number, first: number, last: number): boolean {
  return !((first < from && last < from) || (first >= to && last >= to));
}

function insertionSort<Item>(items: Item[], compare: Compare<Item>, from: number, to: number): void {
  for (let next = from + 1; next < to; next++) {
    for (let at = next; at > from && compare(items[at - 1], items[at]) > 0; at--) swap(items, at, at - 1);
  }
}

/** The place of the item that divides the rest: a middle one of three, or of three middle ones. */
function middle<Item>(items: Item[], compare: Compare<Item>, from: number, to: number): number {
  const count = to - from;
  const centre = from + Math.floor(count / 2);
  if (count === FEW) return centre;
  const last = to - 1;
  if (count <= MANY) return medianOf(items, compare, from, centre, last);
  const step = Math.floor(count / 8);
  return medianOf(
    items,
    compare,
    medianOf(items, compare, from, from + step, from + 2 * step),
    medianOf(items, compare, centre - step, centre, centre + step),
    medianOf(items, compare, last - 2 * step, last - step, last),
  );
}

function medianOf<Item>(items: Item[], compare: Compare<Item>, a: number, b: number, c: number): number {
  const isRising = compare(items[a], items[b]) < 0;
  if (isRising) {
    if (compare(items[b], items[c]) < 0) return b;
    return compare(items[a], items[c]) < 0 ? c : a;
  }
  if (compare(items[b], items[c]) > 0) return b;
  return compare(items[a], items[c]) < 0 ? a : c;
}

/**
 * Puts what is less than the item at `from` to the front, what is greater to the back, and what is equal between them.
 * Equal items gather at both ends first, and go to the middle in the end. Returns how many are less, and how many greater.
 */
function divide<Item>(
  items: Item[],
  compare: Compare<Item>,
  from: number,
  to: number,
): readonly [less: number, greater: number] {
  let equalFront = from + 1;
  let low = from + 1;
  let high = to - 1;
  let equalBack = to - 1;
  for (;;) {
    for (; low <= high; low++) {
      const order = compare(items[low], items[from]);
      if (order > 0) break;
      if (order === 0) swap(items, equalFront++, low);
    }
    for (; low <= high; high--) {
      const order = compare(items[high], items[from]);
      if (order < 0) break;
      if (order === 0) swap(items, high, equalBack--);
    }
    if (low > high) break;
    swap(items, low++, high--);
  }
  const less = low - equalFront;
  const greater = equalBack - high;
  swapRuns(items, from, low, Math.min(equalFront - from, less));
  swapRuns(items, low, to, Math.min(greater, to - equalBack - 1));
  return [less, greater];
}

/** Exchanges the `count` items from `at` on with the `count` items before `end`. */
function swapRuns<Item>(items: Item[], at: number, end: number, count: number): void {
  for (let i = 0; i < count; i++) swap(items, at + i, end - count + i);
}

function swap<Item>(items: Item[], a: number, b: number): void {
  const item = items[a];
  items[a] = items[b];
  items[b] = item;
}
