import { describe, expect, test } from 'vitest';

import { isSame, type Circumstances } from './exceptions.ts';
import { decodeReply, type Reply } from './reply.ts';

function reply(bytes: string): Reply {
  return decodeReply(bytes.replaceAll(' ', '\r\n') + '\r\n')!.reply;
}

/** Compares two replies to a command. The table is there unless it is said not to be. */
function same(line: string, ours: string, real: string, more: Partial<Circumstances> = {}): boolean {
  const circumstances = { words: line.split(' '), before: { ours: null, real: null }, isTable: true, ...more };
  return isSame(reply(ours), reply(real), circumstances);
}

const shown = (bytes: string): Partial<Circumstances> => ({ before: { ours: reply(bytes), real: reply(bytes) } });

test('what is no exception is compared to the byte', () => {
  expect(same('GET k', '$1 a', '$1 a')).toBe(true);
  expect(same('GET k', '$1 a', '$1 b')).toBe(false);
  expect(same('GET k', '$1 1', ':1')).toBe(false);
  expect(same('LRANGE k 0 -1', '*2 :1 :2', '*2 :2 :1')).toBe(false);
});

test('errors are compared to the byte, whatever the command', () => {
  expect(same('TTL k', '-a', '-b')).toBe(false);
  expect(same('INFO', '-a', '$1 x')).toBe(false);
});

describe('the order of a table', () => {
  test('may differ, but not what is in it', () => {
    expect(same('SMEMBERS s', '*2 $1 a $1 b', '*2 $1 b $1 a')).toBe(true);
    expect(same('SMEMBERS s', '*2 $1 a $1 a', '*2 $1 b $1 a')).toBe(false);
    expect(same('SMEMBERS s', '*1 $1 a', '*2 $1 b $1 a')).toBe(false);
    expect(same('SMEMBERS s', '~2 $1 a $1 b', '*2 $1 b $1 a')).toBe(false);
  });

  test('may not differ where there is no table', () => {
    expect(same('SMEMBERS s', '*2 $1 1 $1 2', '*2 $1 2 $1 1', { isTable: false })).toBe(false);
  });

  test('keeps fields and values together', () => {
    expect(same('HGETALL h', '*4 $1 a $1 1 $1 b $1 2', '*4 $1 b $1 2 $1 a $1 1')).toBe(true);
    expect(same('HGETALL h', '*4 $1 a $1 2 $1 b $1 1', '*4 $1 b $1 2 $1 a $1 1')).toBe(false);
  });
});

describe('chance', () => {
  const members = shown('*3 $1 a $1 b $1 c');

  test('may choose another, if it is one of those there were', () => {
    expect(same('SRANDMEMBER s', '$1 a', '$1 b', members)).toBe(true);
    expect(same('SRANDMEMBER s', '$1 a', '$1 x', members)).toBe(false);
    expect(same('SRANDMEMBER s', '$1 x', '$1 a', members)).toBe(false);
  });

  test('chooses as many, and none twice unless it may', () => {
    expect(same('SPOP s 2', '*2 $1 a $1 b', '*2 $1 c $1 a', members)).toBe(true);
    expect(same('SPOP s 2', '*1 $1 a', '*2 $1 c $1 a', members)).toBe(false);
    expect(same('SRANDMEMBER s 2', '*2 $1 a $1 a', '*2 $1 c $1 a', members)).toBe(false);
    expect(same('SRANDMEMBER s -2', '*2 $1 a $1 a', '*2 $1 c $1 a', members)).toBe(true);
  });

  test('gives a field the value that it has', () => {
    const fields = shown('*4 $1 a $1 1 $1 b $1 2');
    expect(same('HRANDFIELD h 1 WITHVALUES', '*2 $1 a $1 1', '*2 $1 b $1 2', fields)).toBe(true);
    expect(same('HRANDFIELD h 1 WITHVALUES', '*2 $1 a $1 2', '*2 $1 b $1 2', fields)).toBe(false);
    expect(same('HRANDFIELD h', '$1 a', '$1 b', fields)).toBe(true);
    expect(same('HRANDFIELD h', '$1 a', '$1 2', fields)).toBe(false);
  });

  test('knows pairs that are nested, too', () => {
    const pairs = shown('*2 *2 $1 a ,1 *2 $1 b ,2');
    expect(same('ZRANDMEMBER z', '$1 a', '$1 b', pairs)).toBe(true);
    expect(same('ZRANDMEMBER z 1 WITHSCORES', '*1 *2 $1 a ,1', '*1 *2 $1 b ,2', pairs)).toBe(true);
    expect(same('ZRANDMEMBER z 1 WITHSCORES', '*1 *2 $1 a ,2', '*1 *2 $1 b ,2', pairs)).toBe(false);
  });
});

describe('a walk', () => {
  const members = shown('*2 $1 a $1 b');

  test('may go another way, but meets only what is there', () => {
    expect(same('SSCAN s 0', '*2 $1 4 *1 $1 a', '*2 $1 6 *1 $1 b', members)).toBe(true);
    expect(same('SSCAN s 0', '*2 $1 4 *1 $1 x', '*2 $1 6 *1 $1 b', members)).toBe(false);
  });

  test('that ends where it began meets all', () => {
    expect(same('SSCAN s 0', '*2 $1 0 *2 $1 a $1 b', '*2 $1 0 *2 $1 b $1 a', members)).toBe(true);
    expect(same('SSCAN s 0', '*2 $1 0 *1 $1 a', '*2 $1 0 *2 $1 b $1 a', members)).toBe(false);
  });
});

test('a sorted reply may differ only where nothing tells its members apart', () => {
  expect(same('SORT s ALPHA', '*2 $1 a $1 b', '*2 $1 b $1 a')).toBe(false);
  expect(same('SORT s ALPHA', '*2 $1 a $3 a\0b', '*2 $3 a\0b $1 a')).toBe(true);
  expect(same('SORT s BY nosort', '*2 $1 a $1 b', '*2 $1 b $1 a')).toBe(true);
  expect(same('SORT s BY nosort', '*2 $1 a $1 b', '*2 $1 b $1 c')).toBe(false);
});

test('times may be a little apart, and none is as good as some', () => {
  expect(same('PTTL k', ':5000', ':5100')).toBe(true);
  expect(same('PTTL k', ':5000000', ':5100000')).toBe(false);
  expect(same('TTL k', ':-1', ':1')).toBe(false);
  expect(same('TTL k', ':-1', ':-2')).toBe(false);
});

test('HELLO may give another id, and nothing else', () => {
  expect(same('HELLO', '*4 $2 id :1 $5 proto :2', '*4 $2 id :9 $5 proto :2')).toBe(true);
  expect(same('HELLO', '*4 $2 id :1 $5 proto :3', '*4 $2 id :9 $5 proto :2')).toBe(false);
});

describe('the list of clients', () => {
  const listed = (...lines: string[]): string => {
    const text = `${lines.join('\n')}\n`;
    return `$${text.length}\r\n${text}\r\n`;
  };
  const sameList = (ours: string, real: string): boolean =>
    isSame(decodeReply(listed(ours))!.reply, decodeReply(listed(real))!.reply, {
      ...{ words: ['CLIENT', 'LIST'], before: { ours: null, real: null }, isTable: false },
    });

  test('may tell of other sockets, ages and ids, and of a turn of a loop that only one of the two has', () => {
    expect(sameList('id=1 flags=N cmd=get', 'id=7 flags=U cmd=get')).toBe(true);
    expect(sameList('id=1 flags=N cmd=blpop', 'id=7 flags=uU cmd=blpop')).toBe(true);
    expect(sameList('id=1 flags=b cmd=blpop', 'id=7 flags=bU cmd=blpop')).toBe(true);
  });

  test('may not tell of other commands, nor of one who waits in one of them only', () => {
    expect(sameList('id=1 flags=N cmd=get', 'id=7 flags=U cmd=set')).toBe(false);
    expect(sameList('id=1 flags=b cmd=blpop', 'id=7 flags=U cmd=blpop')).toBe(false);
  });
});
