import type { Structure } from '../structure.ts';
import { inParts, mixed, words } from './words.ts';

/** What stands behind all keys: when they expire, and where they lie. */
export const TIME_AND_MEMORY: readonly Structure[] = [
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
