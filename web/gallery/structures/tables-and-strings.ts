import type { Structure } from '../structure.ts';
import { inParts, words } from './words.ts';

/** The table that keys live in, how it finds them, and the strings that most of them stand for. */
export const TABLES_AND_STRINGS: readonly Structure[] = [
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
];
