import { expect, test } from 'vitest';

import { parseManifest, printManifest } from './manifest.ts';

test('a manifest as redis-server writes it is read', () => {
  const text =
    'file appendonly.aof.2.base.rdb seq 2 type b\nfile appendonly.aof.1.incr.aof seq 1 type h\n' +
    'file appendonly.aof.2.incr.aof seq 2 type i\n';
  expect(parseManifest(text)).toEqual([
    { name: 'appendonly.aof.2.base.rdb', sequence: 2, kind: 'base' },
    { name: 'appendonly.aof.1.incr.aof', sequence: 1, kind: 'history' },
    { name: 'appendonly.aof.2.incr.aof', sequence: 2, kind: 'increment' },
  ]);
});

test('what is printed is read back, names with spaces and quotes too', () => {
  const files = [
    { name: 'my "log" é.1.incr.aof', sequence: 1, kind: 'increment' },
    { name: 'plain.2.incr.aof', sequence: 2, kind: 'increment' },
  ] as const;
  expect(parseManifest(printManifest(files))).toEqual(files);
});

test('comments and empty lines are passed over, and the words may come in any order', () => {
  expect(parseManifest('# hello\n\ntype i seq 3 file a.aof\r\n')).toEqual([
    { name: 'a.aof', sequence: 3, kind: 'increment' },
  ]);
});

const wrong: readonly [string, string, string][] = [
  ['a path out of the folder', 'file ../a.aof seq 1 type i', 'line 1'],
  ['the folder itself', 'file .. seq 1 type i', 'line 1'],
  ['an unknown kind', 'file a.aof seq 1 type x', 'line 1'],
  ['a kind that every object has', 'file a.aof seq 1 type constructor', 'line 1'],
  ['a number that is none', 'file a.aof seq one type i', 'line 1'],
  ['a word too few', 'file a.aof seq 1 type', 'line 1'],
  ['a quote that is not closed', 'file "a.aof seq 1 type i', 'line 1'],
  ['two bases', 'file a seq 1 type b\nfile b seq 2 type b', 'more than one base'],
  ['increments out of order', 'file a seq 2 type i\nfile b seq 1 type i', 'not in order'],
];

for (const [what, text, why] of wrong) {
  test(`${what} is refused`, () => {
    expect(() => parseManifest(text)).toThrow(why);
  });
}
