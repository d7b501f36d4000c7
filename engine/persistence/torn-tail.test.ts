import { expect, test } from 'vitest';

import { ascii } from '../memory/bytes.ts';
import { tailDamage } from './torn-tail.ts';

const SET = '*3\r\n$3\r\nSET\r\n$1\r\na\r\n$5\r\nhello\r\n';

test('the beginning of a command is no damage, wherever it was torn', () => {
  for (let length = 0; length < SET.length; length++) expect(tailDamage(ascii(SET.slice(0, length)))).toBe(null);
});

test('a length that swallows the commands behind it is noticed', () => {
  const damaged = SET.replace('$5', '$500') + SET + SET.slice(0, 10);
  expect(tailDamage(ascii(damaged))).toContain('a length is damaged');
});

test('it is noticed however far behind it the next command begins', () => {
  const long = `*3\r\n$3\r\nSET\r\n$1\r\na\r\n$9000000\r\n${'\r\n*'.repeat(1_000_000)}\r\n${SET}`;
  expect(tailDamage(ascii(long))).toContain('a length is damaged');
});

test('it is noticed though the end is spoilt too, when many commands lie behind it', () => {
  const damaged = SET.replace('$5', '$5000000') + SET.repeat(20);
  expect(tailDamage(ascii(`${damaged}\x00\x00\x00`))).toContain('a length is damaged');
});

test('a value that looks a little like a log is no command', () => {
  expect(tailDamage(ascii('*2\r\n$4\r\nECHO\r\n$99\r\n*3\r\n*\r\n*banana\r\n*1\r\n$9\r\nabc'))).toBe(null);
});

test('a torn value may hold whole commands among other things', () => {
  const text = `how to say it:\r\n${SET}and so on`;
  for (let length = text.length; length > SET.length + 16; length--)
    expect(tailDamage(ascii(`*2\r\n$4\r\nECHO\r\n$99\r\n${text.slice(0, length)}`)), `${length}`).toBe(null);
});

test('what does not begin as a command is no torn command', () => {
  expect(tailDamage(ascii('\x00\x00\x00'))).toContain('no beginning');
});

test('a tail made of nothing but beginnings is not read again from each of them: that would take minutes', () => {
  expect(tailDamage(ascii(`*1\r\n$999999999\r\n${'\r\n*5'.repeat(250_000)}`))).toBe(null);
  const nested = '\r\n*9\r\n$0\r\n\r\n$0'.repeat(100_000);
  expect(tailDamage(ascii(`*1\r\n$999999999\r\n${nested}`))).toBe(null);
});
