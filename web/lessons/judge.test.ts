import { describe, expect, it } from 'vitest';
import type { EngineStep } from '../../engine/models.ts';
import { describeAssertion, holds, parseAssertion } from './checks.ts';
import { emptyModels, type Models } from '../../engine/models.ts';
import { answerOf, isAnswer } from './judge.ts';

const table = (step: Record<string, unknown>): EngineStep => ({ structure: 'hash-table', id: 2, ...step }) as unknown as EngineStep;

describe('the engine’s steps answer', () => {
  const steps = [
    table({ kind: 'hash', hash: 0b1010, key: new Uint8Array(1) }),
    table({ kind: 'move', entry: 1, from: 0, to: 8 }),
    table({ kind: 'visit', table: 0, bucket: 3 }),
    table({ kind: 'compare', entry: 1, hit: 0 }),
    table({ kind: 'visit', table: 1, bucket: 11 }),
    table({ kind: 'link', table: 1, bucket: 11, entry: 2 }),
    table({ kind: 'hash', hash: 0b0011, key: new Uint8Array(1) }),
  ];
  const outcome = { steps, reply: 'OK' };

  it.each([
    ['reply', { kind: 'text', text: 'OK' }],
    ['first bucket', { kind: 'bucket', table: 0, bucket: 3 }],
    ['new bucket', { kind: 'bucket', table: 1, bucket: 11 }],
    ['moved entries', { kind: 'number', number: 1 }],
    ['flipped bits', { kind: 'number', number: 2 }],
    ['comparisons', { kind: 'number', number: 1 }],
  ] as const)('“%s”', (ask, answer) => {
    expect(answerOf(ask, outcome)).toEqual(answer);
  });

  it('nothing where nothing of the kind happened', () => {
    expect(answerOf('first bucket', { steps: [], reply: '' })).toBe(null);
    expect(answerOf('new bucket', { steps: [], reply: '' })).toBe(null);
    expect(answerOf('flipped bits', { steps: steps.slice(0, 1), reply: '' })).toBe(null);
  });
});

describe('a choice is the answer', () => {
  it('by its text, its number or range, its bucket', () => {
    expect(isAnswer('"1"', { kind: 'text', text: '"1"' })).toBe(true);
    expect(isAnswer('1', { kind: 'text', text: '"1"' })).toBe(false);
    expect(isAnswer('2..11', { kind: 'number', number: 8 })).toBe(true);
    expect(isAnswer('2..11', { kind: 'number', number: 12 })).toBe(false);
    expect(isAnswer('8', { kind: 'number', number: 8 })).toBe(true);
    expect(isAnswer('bucket 2', { kind: 'bucket', table: 0, bucket: 2 })).toBe(true);
    expect(isAnswer('old 2', { kind: 'bucket', table: 0, bucket: 2 })).toBe(true);
    expect(isAnswer('bucket 2', { kind: 'bucket', table: 1, bucket: 2 })).toBe(false);
    expect(isAnswer('new 2', { kind: 'bucket', table: 1, bucket: 2 })).toBe(true);
  });
});

describe('a check looks at the models', () => {
  const entry = (ref: number, key: string, value: number, hash: number) =>
    [ref, { ref, hash, keyLength: key.length, key: new TextEncoder().encode(key), payload: [value, 0, 0] }] as const;
  const models: Models = {
    ...emptyModels(1, 'fnv1a'),
    tables: [
      {
        ...emptyModels(1, 'fnv1a').tables[0],
        tables: [
          { size: 4, used: 3, chains: [[1, 2], [3], [], []] },
          { size: 0, used: 0, chains: [] },
        ],
        entries: new Map([entry(1, 'foo', 7, 0b0111), entry(2, 'ada', 1, 0b1011), entry(3, 'bar', -1, 0b1010)]),
      },
    ],
  };

  it.each([
    ['keys 3', true],
    ['keys 2', false],
    ['buckets 4', true],
    ['buckets 8', false],
    ['not resizing', true],
    ['resizing', false],
    ['key foo is "7"', true],
    ['key bar is "-1"', true],
    ['key foo is "8"', false],
    ['key nobody is "7"', false],
    ['key foo exists', true],
    ['key nobody exists', false],
    ['key nobody is missing', true],
    ['key foo shares its bucket', true],
    ['key bar shares its bucket', false],
  ])('“%s”: %s', (line, expected) => {
    const assertion = parseAssertion(line);
    if (!assertion) throw new Error('not understood');
    expect(holds(assertion, models)).toBe(expected);
    expect(describeAssertion(assertion)).toMatch(/^\S.+\.$/);
  });

  it('and knows no other', () => {
    expect(parseAssertion('keys many')).toBe(null);
    expect(parseAssertion('all is well')).toBe(null);
  });
});
