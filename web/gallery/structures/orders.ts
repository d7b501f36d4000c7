import type { Structure } from '../structure.ts';
import { inParts, mixed, words } from './words.ts';

const NAMES = ['ada', 'bob', 'cy', 'dee', 'eve', 'fay', 'gil', 'hal', 'ivy', 'joe', 'kim', 'lea', 'max', 'ned', 'ora'];
const scored = (count: number): string => words(count, (at) => `${(mixed(at) % 97) + 1} ${NAMES[at] ?? `n${at}`}`);
const NO_SMALL_ZSETS = { 'zset-max-listpack-entries': '0' };
const AVL = { ...NO_SMALL_ZSETS, 'zset-index': 'avl' };

const manyMembers = inParts(
  1000,
  100,
  (from, to) => `ZADD board ${words(to - from, (at) => `${mixed(from + at) % 9973} p${from + at}`)}`,
);

/** What keeps the members of a large sorted set in order. */
export const ORDERS: readonly Structure[] = [
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
];
