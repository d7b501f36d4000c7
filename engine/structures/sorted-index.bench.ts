/**
 * A million elements in order: in the skip list, in the AVL tree, and in a skip list of plain objects; one of them a
 * process, its name the only argument. Members come as bytes, as they do from the wire, so that an object must make a
 * string of each. The indexes stand alone, without the table that finds elements by their members.
 */
import { Chance } from '../chance.ts';
import { Arena, PAGE_MASK, PAGE_SHIFT, type Ref } from '../memory/arena.ts';
import { copyBytes } from '../memory/bytes.ts';
import { AvlTree } from './avl-tree.ts';
import { SkipList } from './skip-list.ts';
import { TABLE_WORDS, type SortedIndex } from './sorted-index.ts';

interface Contender {
  insert(start: number, end: number, score: number): void;
  scoreAt(rank: number): number;
  countToScore(score: number): number;
  /** The sum of so many scores from a rank on. */
  sum(rank: number, count: number): number;
}

const ELEMENTS = 1_000_000;
const MEMBER_BYTES = 16;
/** What is looked up is a fifth of them: the objects are slow. */
const LOOKUPS = 200_000;
const RANGE = 100;
const members = Buffer.alloc(ELEMENTS * MEMBER_BYTES);
for (let i = 0; i < ELEMENTS; i++) members.write(`m:${String(i).padStart(14, '0')}`, i * MEMBER_BYTES, 'latin1');

class InArena implements Contender {
  private readonly arena = new Arena();
  private readonly index: SortedIndex<unknown, unknown>;

  constructor(make: (arena: Arena) => SortedIndex<unknown, unknown>) {
    this.index = make(this.arena);
  }

  insert(start: number, end: number, score: number): void {
    this.index.insert(this.makeElement(start, end), score);
  }

  /** Lays an element out as the table does. */
  private makeElement(start: number, end: number): Ref {
    const { arena, index } = this;
    const memberOffset = (TABLE_WORDS + index.foreignWords) * 4;
    const element = arena.allocate(memberOffset + end - start);
    const words = arena.words[element >>> PAGE_SHIFT];
    const first = (element & PAGE_MASK) << 1;
    words[first + 2] = end - start;
    copyBytes(members, start, end, arena.bytes[element >>> PAGE_SHIFT], (first << 2) + memberOffset);
    return element;
  }

  scoreAt(rank: number): number {
    return this.index.score(this.index.at(rank));
  }

  countToScore(score: number): number {
    return this.index.countToScore(score, false);
  }

  sum(rank: number, count: number): number {
    let sum = 0;
    let element = this.index.at(rank);
    for (let left = count; left > 0; left--) {
      sum += this.index.score(element);
      element = this.index.next(element);
    }
    return sum;
  }
}

interface Link {
  forward: Node | null;
  span: number;
}

interface Node {
  readonly member: string;
  readonly score: number;
  readonly links: Link[];
  backward: Node | null;
}

/** How one writes it first: an object an element, with an array of its links. */
class SkipListOfObjects implements Contender {
  private readonly chance = new Chance(1);
  private readonly head: Node = { member: '', score: 0, links: [{ forward: null, span: 0 }], backward: null };
  private length = 0;

  insert(start: number, end: number, score: number): void {
    const member = members.toString('latin1', start, end);
    const before: Node[] = [];
    const ranks: number[] = [];
    let at = this.head;
    let rank = 0;
    for (let level = this.head.links.length - 1; level >= 0; level--) {
      for (let next = at.links[level].forward; next !== null; next = at.links[level].forward) {
        if (next.score > score || (next.score === score && next.member >= member)) break;
        rank += at.links[level].span;
        at = next;
      }
      before[level] = at;
      ranks[level] = rank;
    }
    let levels = 1;
    while ((this.chance.next() & 3) === 0) levels++;
    for (let level = this.head.links.length; level < levels; level++) {
      this.head.links.push({ forward: null, span: this.length });
      before[level] = this.head;
      ranks[level] = 0;
    }
    const links: Link[] = [];
    const node: Node = { member, score, links, backward: before[0] === this.head ? null : before[0] };
    for (let level = 0; level < levels; level++) {
      const link = before[level].links[level];
      const spanBefore = rank - ranks[level] + 1;
      links.push({ forward: link.forward, span: link.span + 1 - spanBefore });
      link.forward = node;
      link.span = spanBefore;
    }
    for (let level = levels; level < this.head.links.length; level++) before[level].links[level].span++;
    if (links[0].forward !== null) links[0].forward.backward = node;
    this.length++;
  }

  private at(rank: number): Node | null {
    let at = this.head;
    let left = rank + 1;
    for (let level = this.head.links.length - 1; level >= 0; level--) {
      for (;;) {
        const { forward, span } = at.links[level];
        if (forward === null || span > left) break;
        left -= span;
        at = forward;
      }
    }
    return left === 0 ? at : null;
  }

  scoreAt(rank: number): number {
    return this.at(rank)?.score ?? NaN;
  }

  countToScore(score: number): number {
    let at = this.head;
    let rank = 0;
    for (let level = this.head.links.length - 1; level >= 0; level--) {
      for (let next = at.links[level].forward; next !== null && next.score < score; next = at.links[level].forward) {
        rank += at.links[level].span;
        at = next;
      }
    }
    return rank;
  }

  sum(rank: number, count: number): number {
    let sum = 0;
    let node = this.at(rank);
    for (let left = count; left > 0 && node !== null; left--) {
      sum += node.score;
      node = node.links[0].forward;
    }
    return sum;
  }
}

/** The numbers below ELEMENTS in an order that jumps about, the same each time. */
function scattered(): Int32Array {
  const order = Int32Array.from({ length: ELEMENTS }, (_, i) => i);
  const chance = new Chance(2);
  for (let i = ELEMENTS - 1; i > 0; i--) {
    const j = (chance.next() >>> 0) % (i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

function memoryUsed(): number {
  (globalThis as { gc?: () => void }).gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** Millions a second of the time that this process was given: others may be at work on the same machine. */
function rate(count: number, work: () => void): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return count / (user + system);
}

function fill(contender: Contender, order: Int32Array, count: number): void {
  for (let i = 0; i < count; i++) contender.insert(i * MEMBER_BYTES, (i + 1) * MEMBER_BYTES, order[i]);
}

function measure(make: () => Contender): Record<string, number> {
  const order = scattered();
  // Once small, so that what is timed is compiled already.
  const warm = make();
  fill(warm, order, 30_000);
  for (let i = 0; i < 30_000; i++) warm.sum(warm.countToScore(warm.scoreAt(i)), 3);
  const before = memoryUsed();
  const contender = make();
  const inserts = rate(ELEMENTS, () => {
    fill(contender, order, ELEMENTS);
  });
  const bytes = (memoryUsed() - before) / ELEMENTS;
  // Scores are the numbers from 0 on, so that an element's score is its rank.
  let wrong = 0;
  const lookups = order.subarray(0, LOOKUPS);
  const byRank = rate(LOOKUPS, () => {
    for (const rank of lookups) if (contender.scoreAt(rank) !== rank) wrong++;
  });
  const byScore = rate(LOOKUPS, () => {
    for (const score of lookups) if (contender.countToScore(score) !== score) wrong++;
  });
  const ranges = ELEMENTS / RANGE;
  const walked = rate(ELEMENTS, () => {
    for (let i = 0; i < ranges; i++) {
      const rank = Math.min(order[i], ELEMENTS - RANGE);
      if (contender.sum(rank, RANGE) !== RANGE * rank + (RANGE * (RANGE - 1)) / 2) wrong++;
    }
  });
  if (wrong > 0) throw new Error(`${wrong} answers were wrong`);
  return { inserts, byRank, byScore, walked, bytes };
}

const CONTENDERS: Record<string, () => Contender> = {
  objects: () => new SkipListOfObjects(),
  skiplist: () => {
    const chance = new Chance(1);
    return new InArena((arena) => new SkipList(arena, { id: 1, trace: null, chance: () => chance.next() }));
  },
  avl: () => new InArena((arena) => new AvlTree(arena, { id: 1, trace: null })),
};

const chosen = CONTENDERS[process.argv[2] ?? 'skiplist'];
process.stdout.write(JSON.stringify(measure(chosen)));
