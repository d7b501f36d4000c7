import type { Structure } from '../structure.ts';
import { inParts, mixed, words } from './words.ts';

/** What lists are chained of, and what small values are packed into. */
export const LISTS_AND_PACKS: readonly Structure[] = [
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
];
