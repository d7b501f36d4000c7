import type { Structure } from '../structure.ts';
import { inParts, mixed, words } from './words.ts';

/** What can be made of the bits of a string. */
export const BITS: readonly Structure[] = [
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
];
