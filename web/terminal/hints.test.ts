import { describe, expect, it } from 'vitest';

import { NO_DOCS } from './docs.ts';
import { hintFor } from './hints.ts';
import { sampleDocs } from './sample-docs.ts';

/** `|` stands where the cursor is: what follows it is the hint. */
const typed = (line: string) => `${line}|${hintFor(line, sampleDocs)}`;

describe('the grey hint', () => {
  it.each([
    'se|',
    'get| key',
    'get |key',
    'get k|',
    'GeT |key',
    'set k| value [NX|XX] [GET] [EX seconds|PX milliseconds|KEEPTTL]',
    'set k v |[NX|XX] [GET] [EX seconds|PX milliseconds|KEEPTTL]',
    'set "a b" v |[NX|XX] [GET] [EX seconds|PX milliseconds|KEEPTTL]',
    '3 set k v |[NX|XX] [GET] [EX seconds|PX milliseconds|KEEPTTL]',
  ])('is the rest of the syntax: %s', (line) => {
    expect(typed(line.slice(0, line.indexOf('|')))).toBe(line);
  });

  it.each([
    'set k v nx |[GET] [EX seconds|PX milliseconds|KEEPTTL]',
    'set k v get nx |[EX seconds|PX milliseconds|KEEPTTL]',
    'set k v ex |seconds [NX|XX] [GET]',
    'set k v ex 10 |[NX|XX] [GET]',
    'set k v ex 10 nx get |',
    'mset a |value [key value ...]',
    'mset a 1 |[key value ...]',
    'mset a 1 b |value [key value ...]',
    'del a b |[key ...]',
    'lmpop 2 a b |[key ...] LEFT|RIGHT [COUNT count]',
    'lmpop 2 a b left |[COUNT count]',
    'sort k get a get b |[GET pattern ...] [LIMIT offset count] [ASC|DESC]',
    'sort k limit 1 |count [GET pattern [GET pattern ...]] [ASC|DESC]',
    'xadd k maxlen |[=|~] threshold *|id field value [field value ...]',
    'xadd k maxlen ~ 3 |*|id field value [field value ...]',
    'xadd k * f |value [field value ...]',
    'hello |[protover [AUTH username password] [SETNAME clientname]]',
    'hello 3 auth u |password [SETNAME clientname]',
  ])('knows which options are used up, in any order: %s', (line) => {
    expect(typed(line.slice(0, line.indexOf('|')))).toBe(line);
  });

  it.each(['foo |', 'get k x|', 'set k v bogus |', 'set k v ex 1 px |', 'set "k |', 'client id |', ' |', '|'])(
    'is silent where nothing fits: %s',
    (line) => {
      expect(typed(line.slice(0, line.indexOf('|')))).toBe(line);
    },
  );

  it('stays while the word at the cursor may still become an option', () => {
    expect(typed('set k v k')).toBe('set k v k| [NX|XX] [GET] [EX seconds|PX milliseconds|KEEPTTL]');
    expect(typed('set k v q')).toBe('set k v q|');
  });

  it('of a container names its subcommands', () => {
    expect(typed('client ')).toBe('client |ID|INFO|REPLY');
    expect(typed('client i')).toBe('client i| ID|INFO');
    expect(typed('client reply ')).toBe('client reply |ON|OFF|SKIP');
  });

  it('is silent for a server that has no docs', () => {
    expect(hintFor('get ', NO_DOCS)).toBe('');
  });
});
