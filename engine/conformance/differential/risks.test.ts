import { expect, test } from 'vitest';

import { isAsleepBriefly, isOutOfTime } from './risks.ts';

const line = (text: string): string[] => text.split(' ');

test.each(['SET k v PX 20', 'GETEX k EX 0.02', 'PSETEX k 20 v', 'BLPOP a b 0.02', 'WAIT 1 20', 'RESTORE k 20 x'])(
  '%s is over soon, and may be said where both servers are given the time',
  (text) => {
    expect(isAsleepBriefly(line(text))).toBe(true);
    expect(isOutOfTime(line(text), false)).toBe(false);
    expect(isOutOfTime(line(text), true)).toBe(true);
  },
);

test.each(['SET k v PX 5000', 'EXPIRE k 5', 'BZPOPMIN z 5', 'BLMPOP 5 1 k LEFT'])(
  '%s would end while the session goes on',
  (text) => {
    expect(isOutOfTime(line(text), false)).toBe(true);
  },
);

test.each(['SET k v PX 9000000', 'EXPIRE k 0', 'EXPIRE k x', 'BLPOP k 0', 'GET k'])(
  '%s ends at no moment of the session',
  (text) => {
    expect(isAsleepBriefly(line(text))).toBe(false);
    expect(isOutOfTime(line(text), false)).toBe(false);
  },
);

test('of a deadline that is said twice, either may be the one that counts', () => {
  expect(isAsleepBriefly(line('SET k v PX 9000000 PX 20'))).toBe(true);
  expect(isOutOfTime(line('SET k v PX 20 PX 5000'), false)).toBe(true);
});
