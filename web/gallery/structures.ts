/**
 * What hangs in the gallery: each structure with the commands that bring it into several states. A real engine runs them,
 * in the page and in the tests; nothing here says how a picture looks.
 */
import type { HashName } from '../../engine/structures/hash-functions.steps.ts';

/** A moment of the last command to halt at: so many steps of a kind have been shown. */
export interface Moment {
  readonly structure: string;
  readonly kind: string;
  readonly count?: number;
}

export interface State {
  readonly name: string;
  /** Settings by their names in redis.conf. */
  readonly config?: Readonly<Record<string, string>>;
  readonly hashName?: HashName;
  /** Run before one looks. */
  readonly setup?: readonly string[];
  /** Run while one looks: the film to step through. */
  readonly film?: readonly string[];
  /** Where the film halts; at its end otherwise. */
  readonly at?: Moment;
  /** The diagram, where it is another one than the structure's. */
  readonly diagram?: string;
  readonly lens?: string;
}

export interface Structure {
  readonly slug: string;
  readonly title: string;
  /** What it is for, in one sentence. */
  readonly purpose: string;
  /** Its source, whose top comment is its essay. */
  readonly source: string;
  readonly diagram: string;
  readonly states: readonly State[];
  /** By this state it is shown among the others. */
  readonly cover: string;
  /** Make one in the playground, under a key of the gallery's. */
  readonly open: readonly string[];
}

const words = (count: number, make: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => make(at)).join(' ');

/** Several commands, because a line has its limits. */
const inParts = (count: number, each: number, line: (from: number, to: number) => string): string[] =>
  Array.from({ length: Math.ceil(count / each) }, (_, at) => line(at * each, Math.min(count, (at + 1) * each)));

/** A number that looks like any other, the same every time. */
const mixed = (at: number): number => (at * 7919 + 104_729) % 100_003;

const NAMES = ['ada', 'bob', 'cy', 'dee', 'eve', 'fay', 'gil', 'hal', 'ivy', 'joe', 'kim', 'lea', 'max', 'ned', 'ora'];
const scored = (count: number): string => words(count, (at) => `${(mixed(at) % 97) + 1} ${NAMES[at] ?? `n${at}`}`);
const NO_SMALL_ZSETS = { 'zset-max-listpack-entries': '0' };
const AVL = { ...NO_SMALL_ZSETS, 'zset-index': 'avl' };

const manyMembers = inParts(
  1000,
  100,
  (from, to) => `ZADD board ${words(to - from, (at) => `${mixed(from + at) % 9973} p${from + at}`)}`,
);

export const STRUCTURES: readonly Structure[] = [
  {
    slug: 'hash-table',
    title: 'Hash table',
    purpose:
      'Finds one key among millions in about the time it takes to read it: every key lives in one, and so do the fields and members of large values.',
    source: 'engine/structures/hash-table.ts',
    diagram: 'hash-table',
    cover: 'a few',
    states: [
      { name: 'empty' },
      { name: 'one', film: ['SET hello world'] },
      { name: 'a few', setup: ['SET hello world', 'SET bar 1', 'SET baz 2', 'SET city paris'], film: ['GET bar'] },
      {
        name: 'in a resize',
        setup: ['SET hello world', 'SET bar 1', 'SET baz 2', 'SET city paris', 'SET user ada'],
        film: ['GET city'],
      },
      {
        name: 'inside a hash',
        config: { 'hash-max-listpack-entries': '2' },
        setup: ['HSET planet name Saturn moons 146 rings yes'],
        film: ['HGET planet moons'],
        diagram: 'value',
      },
      {
        name: 'large',
        setup: inParts(600, 50, (from, to) => `MSET ${words(to - from, (at) => `key:${from + at} ${from + at}`)}`),
        film: ['GET key:77'],
      },
    ],
    open: ['HSET gallery:planet name Saturn moons 146 rings yes', 'HGET gallery:planet moons'],
  },
  {
    slug: 'hash-functions',
    title: 'Hash functions',
    purpose: 'Turn the bytes of a key into a number, whose last bits name the bucket.',
    source: 'engine/structures/hash-functions.ts',
    diagram: 'hash-table',
    cover: 'FNV-1a',
    states: [
      { name: 'sum', hashName: 'sum', setup: ['SET listen 1', 'SET silent 2'], film: ['GET listen'] },
      { name: 'FNV-1a', setup: ['SET listen 1', 'SET silent 2'], film: ['GET listen'] },
      { name: 'Murmur3', hashName: 'murmur3', setup: ['SET listen 1', 'SET silent 2'], film: ['GET listen'] },
      { name: 'HalfSipHash', hashName: 'halfsiphash', setup: ['SET listen 1', 'SET silent 2'], film: ['GET listen'] },
    ],
    open: ['SET gallery:listen 1', 'SET gallery:silent 2'],
  },
  {
    slug: 'dynamic-string',
    title: 'Dynamic string',
    purpose: 'Keeps a value of any bytes and any length, and has room to grow once it has grown.',
    source: 'engine/structures/dynamic-string.ts',
    diagram: 'value',
    cover: 'moved',
    states: [
      { name: 'a number', film: ['SET visits 41', 'INCR visits'] },
      { name: 'short', film: ['SET greeting hello', 'GETRANGE greeting 0 3'] },
      { name: 'grown', setup: ['SET greeting hello'], film: ['APPEND greeting ", world"'] },
      {
        name: 'moved',
        setup: ['SET greeting hello', 'APPEND greeting ", world"'],
        film: ['APPEND greeting "! How do you do?"'],
      },
      { name: 'large', setup: [`SET text ${'lorem-ipsum-dolor-'.repeat(16)}`], film: ['APPEND text amen'] },
      {
        name: 'compressed',
        config: { 'value-compression': 'yes' },
        film: [`SET page ${words(24, (at) => `<li>item:${at}</li>`).replaceAll(' ', '')}`],
      },
    ],
    open: ['SET gallery:greeting hello', 'APPEND gallery:greeting ", world"'],
  },
  {
    slug: 'linked-list',
    title: 'Doubly linked list',
    purpose: 'Lets one put something anywhere, or take it out, by changing two neighbours; nobody else moves.',
    source: 'engine/structures/linked-list.ts',
    diagram: 'value',
    cover: 'a few',
    states: [
      { name: 'one', config: { 'list-max-listpack-size': '1' }, film: ['RPUSH queue ann'] },
      {
        name: 'a few',
        config: { 'list-max-listpack-size': '1' },
        setup: ['RPUSH queue ann ben'],
        film: ['RPUSH queue cleo'],
      },
      {
        name: 'in the middle',
        config: { 'list-max-listpack-size': '1' },
        setup: ['RPUSH queue ann cleo'],
        film: ['LINSERT queue BEFORE cleo ben'],
      },
      {
        name: 'taken out',
        config: { 'list-max-listpack-size': '1' },
        setup: ['RPUSH queue ann ben cleo dora'],
        film: ['LREM queue 1 ben'],
      },
      {
        name: 'many',
        config: { 'list-max-listpack-size': '1' },
        setup: [`RPUSH queue ${words(60, (at) => `job:${at}`)}`],
        film: ['LINDEX queue 30'],
        at: { structure: 'linked-list', kind: 'visit', count: 20 },
      },
    ],
    open: [
      'CONFIG SET list-max-listpack-size 1',
      'RPUSH gallery:queue ann ben cleo',
      'CONFIG SET list-max-listpack-size -2',
    ],
  },
  {
    slug: 'quicklist',
    title: 'Quicklist',
    purpose: 'Is what lists are made of: a chain of packs, quick at both ends and thrifty in between.',
    source: 'engine/structures/quicklist.ts',
    diagram: 'value',
    cover: 'several nodes',
    states: [
      { name: 'one', film: ['RPUSH jobs mail'] },
      { name: 'a few', setup: ['RPUSH jobs mail print'], film: ['LPUSH jobs boot'] },
      {
        name: 'several nodes',
        config: { 'list-max-listpack-size': '4' },
        setup: [`RPUSH jobs ${words(11, (at) => `j${at + 1}`)}`],
        film: ['RPUSH jobs j12'],
      },
      {
        name: 'cut in two',
        config: { 'list-max-listpack-size': '4' },
        setup: ['RPUSH jobs j1 j2 j3 j4'],
        film: ['LINSERT jobs BEFORE j3 new'],
      },
      {
        name: 'compressed',
        config: { 'list-max-listpack-size': '16', 'list-compress-depth': '1' },
        setup: [`RPUSH jobs ${words(63, (at) => `job:pending:${at}`)}`],
        film: ['LINDEX jobs 40'],
      },
      {
        name: 'large',
        setup: inParts(12_000, 400, (from, to) => `RPUSH jobs ${words(to - from, (at) => `job:${from + at}`)}`),
        film: ['LINDEX jobs 6000'],
        at: { structure: 'linked-list', kind: 'visit', count: 8 },
      },
    ],
    open: ['RPUSH gallery:jobs mail print scan', 'LPUSH gallery:jobs boot'],
  },
  {
    slug: 'listpack',
    title: 'Listpack',
    purpose: 'Keeps a small hash or sorted set in a single block, one element behind the other.',
    source: 'engine/structures/listpack.ts',
    diagram: 'value',
    cover: 'a few',
    states: [
      { name: 'one', film: ['HSET user name Ada'] },
      { name: 'a few', setup: ['HSET user name Ada born 1815'], film: ['HSET user wrote notes'] },
      { name: 'a search', setup: ['HSET user name Ada born 1815 wrote notes'], film: ['HGET user wrote'] },
      { name: 'a sorted set', setup: ['ZADD medals 3 france 5 kenya'], film: ['ZADD medals 4 peru'] },
      {
        name: 'conversion',
        config: { 'hash-max-listpack-entries': '3' },
        setup: ['HSET user name Ada born 1815 wrote notes'],
        film: ['HSET user died 1852'],
        at: { structure: 'hash-table', kind: 'link', count: 2 },
      },
      {
        name: 'large',
        setup: [`HSET user ${words(60, (at) => `field${at} ${mixed(at)}`)}`],
        film: ['HGET user field30'],
      },
    ],
    open: ['HSET gallery:user name Ada born 1815 wrote notes', 'HGET gallery:user wrote'],
  },
  {
    slug: 'intset',
    title: 'Intset',
    purpose:
      'Keeps a small set of integers as nothing but the integers, in order, so that half of them can be ruled out at each look.',
    source: 'engine/structures/intset.ts',
    diagram: 'value',
    cover: 'a few',
    states: [
      { name: 'one', film: ['SADD ids 12'] },
      { name: 'a few', setup: ['SADD ids 12 500 -7'], film: ['SADD ids 3'] },
      { name: 'a search', setup: ['SADD ids -7 3 12 40 77 150 500'], film: ['SISMEMBER ids 40'] },
      { name: 'widened', setup: ['SADD ids 12 500 -7 3'], film: ['SADD ids 70000'] },
      {
        name: 'conversion',
        setup: ['SADD ids 12 500 -7 3'],
        film: ['SADD ids twelve'],
        at: { structure: 'hash-table', kind: 'link', count: 2 },
      },
      { name: 'large', setup: [`SADD ids ${words(300, (at) => String(at * 37))}`], film: ['SISMEMBER ids 4440'] },
    ],
    open: ['SADD gallery:ids 12 500 -7 3', 'SADD gallery:ids 70000'],
  },
  {
    slug: 'skip-list',
    title: 'Skip list',
    purpose:
      'Keeps the members of a large sorted set in the order of their scores, with express lanes that chance has laid.',
    source: 'engine/structures/skip-list.ts',
    diagram: 'value',
    cover: 'a search',
    states: [
      { name: 'one', config: NO_SMALL_ZSETS, film: ['ZADD board 12 ada'] },
      { name: 'a few', config: NO_SMALL_ZSETS, setup: ['ZADD board 12 ada 30 bob 7 cy'], film: ['ZADD board 20 dee'] },
      { name: 'a search', config: NO_SMALL_ZSETS, setup: [`ZADD board ${scored(7)}`], film: ['ZRANK board fay'] },
      { name: 'a removal', config: NO_SMALL_ZSETS, setup: [`ZADD board ${scored(7)}`], film: ['ZREM board dee'] },
      {
        name: 'conversion',
        config: { 'zset-max-listpack-entries': '3' },
        setup: ['ZADD board 12 ada 30 bob 41 cy'],
        film: ['ZADD board 20 dee'],
        at: { structure: 'skip-list', kind: 'link', count: 2 },
      },
      { name: 'large', config: NO_SMALL_ZSETS, setup: manyMembers, film: ['ZRANK board p500'] },
    ],
    open: [
      'CONFIG SET zset-max-listpack-entries 0',
      `ZADD gallery:board ${scored(7)}`,
      'CONFIG SET zset-max-listpack-entries 128',
      'ZRANK gallery:board fay',
    ],
  },
  {
    slug: 'avl-tree',
    title: 'AVL tree',
    purpose:
      'Keeps the same order as a tree that never leans by more than one, so that no search is long, whatever comes.',
    source: 'engine/structures/avl-tree.ts',
    diagram: 'value',
    cover: 'a few',
    states: [
      { name: 'one', config: AVL, film: ['ZADD board 12 ada'] },
      {
        name: 'a few',
        config: AVL,
        setup: ['ZADD board 40 dee 20 bob 60 fay 10 ada 30 cy 50 eve'],
        film: ['ZADD board 70 gil'],
      },
      { name: 'a search', config: AVL, setup: [`ZADD board ${scored(12)}`], film: ['ZRANK board fay'] },
      {
        name: 'leaning',
        config: AVL,
        setup: ['ZADD board 1 ada 2 bob 3 cy 4 dee'],
        film: ['ZADD board 5 eve'],
        at: { structure: 'avl-tree', kind: 'rotate' },
      },
      { name: 'rotated', config: AVL, setup: ['ZADD board 1 ada 2 bob 3 cy 4 dee'], film: ['ZADD board 5 eve'] },
      { name: 'large', config: AVL, setup: manyMembers, film: ['ZRANK board p500'] },
    ],
    open: [
      'CONFIG SET zset-index avl',
      'CONFIG SET zset-max-listpack-entries 0',
      'ZADD gallery:tree 1 ada 2 bob 3 cy 4 dee',
      'ZADD gallery:tree 5 eve',
      'CONFIG SET zset-max-listpack-entries 128',
      'CONFIG SET zset-index skiplist',
    ],
  },
  {
    slug: 'bitmap',
    title: 'Bitmap',
    purpose: 'Answers yes or no for each of millions, with one bit each.',
    source: 'engine/structures/bitmap.ts',
    diagram: 'value',
    cover: 'a few',
    states: [
      { name: 'one', film: ['SETBIT today 7 1'], lens: 'bits' },
      {
        name: 'a few',
        setup: ['SETBIT today 7 1', 'SETBIT today 20 1', 'SETBIT today 21 1'],
        film: ['SETBIT today 66 1'],
        lens: 'bits',
      },
      { name: 'counted', setup: ['SET today foobar'], film: ['BITCOUNT today'], lens: 'bits' },
      {
        name: 'large',
        setup: inParts(
          400,
          40,
          (from, to) => `BITFIELD today ${words(to - from, (at) => `SET u1 ${mixed(from + at) % 20_000} 1`)}`,
        ),
        film: ['SETBIT today 20000 1'],
        lens: 'bits',
      },
    ],
    open: ['SETBIT gallery:today 7 1', 'SETBIT gallery:today 20 1', 'BITCOUNT gallery:today'],
  },
  {
    slug: 'hyperloglog',
    title: 'HyperLogLog',
    purpose:
      'Tells how many different things were seen, to within a percent, in 12 kilobytes at most and remembering none of them.',
    source: 'engine/structures/hyperloglog.ts',
    diagram: 'value',
    cover: 'dense',
    states: [
      { name: 'one', film: ['PFADD visitors ada'] },
      { name: 'a few', setup: ['PFADD visitors ada bob cy'], film: ['PFADD visitors dee', 'PFCOUNT visitors'] },
      { name: 'sparse', setup: [`PFADD visitors ${words(200, (at) => `v${at}`)}`], film: ['PFCOUNT visitors'] },
      {
        name: 'dense',
        setup: inParts(20_000, 500, (from, to) => `PFADD visitors ${words(to - from, (at) => `v${from + at}`)}`),
        film: ['PFCOUNT visitors'],
      },
    ],
    open: ['PFADD gallery:visitors ada bob cy dee', 'PFCOUNT gallery:visitors'],
  },
  {
    slug: 'deadline-heap',
    title: 'Heap of deadlines',
    purpose: 'Knows at once which key expires next, and finds the place of any other without a search.',
    source: 'engine/structures/deadline-heap.ts',
    diagram: 'deadline-heap',
    cover: 'a few',
    states: [
      { name: 'empty' },
      { name: 'one', film: ['SET tea green EX 240'] },
      {
        name: 'a few',
        setup: [
          'MSET tea 1 eggs 1 pasta 1 cake 1 bread 1',
          'EXPIRE tea 240',
          'EXPIRE eggs 360',
          'EXPIRE pasta 600',
          'EXPIRE cake 2400',
        ],
        film: ['EXPIRE bread 120'],
      },
      {
        name: 'many',
        setup: Array.from({ length: 30 }, (_, at) => `SET key:${at} ${at} EX ${60 + (mixed(at) % 3000)}`),
        film: ['EXPIRE key:29 30'],
      },
    ],
    open: ['SET gallery:tea green EX 240', 'SET gallery:eggs soft EX 360'],
  },
  {
    slug: 'arena',
    title: 'Arena and size classes',
    purpose:
      'Hands out memory in blocks of fixed sizes from pages of its own, so that every byte has an address that can be shown.',
    source: 'engine/memory/arena.ts',
    diagram: 'memory-strip',
    cover: 'a few',
    states: [
      { name: 'one', film: ['SET hello world'] },
      {
        name: 'a few',
        setup: ['SET hello world', 'SET bar 1', 'RPUSH jobs a b c', 'HSET user name Ada'],
        film: ['SADD ids 1 2 3'],
      },
      {
        name: 'freed',
        setup: inParts(40, 10, (from, to) => `MSET ${words(to - from, (at) => `key:${from + at} value-${from + at}`)}`),
        film: [`DEL ${words(12, (at) => `key:${at * 3}`)}`],
      },
      {
        name: 'fragmented',
        setup: [
          ...inParts(
            600,
            50,
            (from, to) =>
              `MSET ${words(to - from, (at) => `key:${from + at} ${'x'.repeat(1 + (mixed(from + at) % 90))}`)}`,
          ),
          ...inParts(300, 50, (from, to) => `DEL ${words(to - from, (at) => `key:${(from + at) * 2}`)}`),
        ],
        film: ['SET last one'],
        lens: 'sizes',
      },
    ],
    open: ['SET gallery:block one', 'DEL gallery:block'],
  },
];

export function structureOf(slug: string): Structure | null {
  return STRUCTURES.find((one) => one.slug === slug) ?? null;
}
