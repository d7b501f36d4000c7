import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ReplyDecoder } from '../../engine/client/decode.ts';
import type { Reply } from '../../engine/client/reply.ts';
import { ascii, utf8Encode } from '../../engine/memory/bytes.ts';
import { recordedPrints } from './reply-printer.recorded.ts';
import { printPush, printReply, printText } from './reply-printer.ts';
import { textOfSpans } from './spans.ts';

function decoded(wire: string | Uint8Array): Reply {
  const replies: Reply[] = [];
  new ReplyDecoder((reply) => replies.push(reply)).feed(typeof wire === 'string' ? ascii(wire) : wire);
  expect(replies).toHaveLength(1);
  return replies[0];
}

const printed = (wire: string) => textOfSpans(printReply(decoded(wire)));

describe('a printed reply', () => {
  it.each(recordedPrints)('is what redis-cli prints for $wire', ({ wire, printed: expected }) => {
    expect(printed(wire)).toBe(expected);
  });

  it('keeps the frame apart from the content, for whoever colours it', () => {
    expect(printReply(decoded('*2\r\n$1\r\nx\r\n-ERR no\r\n'))).toEqual([
      { text: '1) ', role: 'muted' },
      { text: '"x"\n', role: 'plain' },
      { text: '2) ', role: 'muted' },
      { text: '(error) ERR no\n', role: 'error' },
    ]);
  });

  it('has words for what redis-cli 7.0 gives up on: big numbers and attributes', () => {
    expect(printed('(123456789012345678901234567890\r\n')).toBe('(big number) 123456789012345678901234567890\n');
    expect(printed('|1\r\n+ttl\r\n:3\r\n$1\r\nx\r\n')).toBe('| ttl => (integer) 3\n"x"\n');
  });
});

describe('text that is meant to be read', () => {
  it('stands unquoted, with one line end and no carriage returns', () => {
    expect(textOfSpans(printText(decoded('$15\r\n# Server\r\na:1\r\n\r\n')))).toBe('# Server\na:1\n');
  });

  it('prints nothing where there is nothing', () => {
    expect(printText(decoded('$0\r\n\r\n'))).toEqual([]);
  });

  it('leaves errors the errors they are', () => {
    expect(textOfSpans(printText(decoded('-ERR no\r\n')))).toBe('(error) ERR no\n');
  });
});

describe('a push', () => {
  it('names the keys that a tracking server invalidates', () => {
    expect(textOfSpans(printPush(decoded('>2\r\n$10\r\ninvalidate\r\n*2\r\n$1\r\na\r\n$2\r\nb\x1b\r\n')))).toBe(
      "-> invalidate: 'a', 'b\\x1b'\n",
    );
    expect(textOfSpans(printPush(decoded('>2\r\n$10\r\ninvalidate\r\n_\r\n')))).toBe('-> invalidate: all keys\n');
  });

  it('of any other kind prints as the list it is', () => {
    expect(textOfSpans(printPush(decoded('>2\r\n$7\r\nmessage\r\n$1\r\nx\r\n')))).toBe('1) "message"\n2) "x"\n');
  });
});

describe('a huge reply', () => {
  it('is cut after so many lines, and says how much is missing', () => {
    const reply = decoded(`*500\r\n${':1\r\n'.repeat(500)}`);
    expect(textOfSpans(printReply(reply, { lines: 2, bytes: 100 }))).toBe(
      '  1) (integer) 1\n  2) (integer) 1\n(498 more are not shown)\n',
    );
  });

  it('is cut inside a long string', () => {
    const reply = decoded(`$2000\r\n${'x'.repeat(2000)}\r\n`);
    expect(textOfSpans(printReply(reply, { lines: 2, bytes: 3 }))).toBe('"xxx"… (1,997 more bytes are not shown)\n');
    expect(textOfSpans(printText(reply, { lines: 2, bytes: 3 }))).toBe('xxx\n(1,997 more bytes are not shown)\n');
  });
});

/** The kinds of text that steer a terminal, one of each; none may come through, whatever reply carries it. */
const hostile = {
  'OSC 52 (writes the clipboard)': '\x1b]52;c;cm0gLXJm\x07',
  'OSC 8 (a link that lies)': '\x1b]8;;javascript:alert(1)\x1b\\click\x1b]8;;\x1b\\',
  'a window title': '\x1b]0;owned\x07',
  'ESC c (full reset)': '\x1bc',
  'a device query': '\x1b[c\x1b[6n',
  'a screen wipe': '\x1b[2J\x1b[H',
  'an 8-bit CSI': '\u009b2J',
  'the end of a bracketed paste': '\x1b[201~FLUSHALL\r',
  'a carriage return that overwrites the line': 'real\rfake',
  backspaces: 'abc\b\b\b',
  'a right-to-left override': 'safe\u202egnp.exe',
  'isolates and marks of direction': '\u2066a\u2069\u200f\u061c',
  'invisible characters': 'a\u200bb\ufeffc\u2060\u{e0041}',
  'a line separator': 'a\u2028b',
};

describe.each(Object.entries(hostile))('%s', (_, text) => {
  const bytes = utf8Encode(text);
  const carriers: [string, Reply][] = [
    ['a bulk string', { type: 'bulk', bytes }],
    ['a verbatim string', { type: 'verbatim', format: 'txt', bytes }],
    ['an error', { type: 'error', text }],
    ['a status', { type: 'status', text }],
    ['a key of a map', { type: 'map', pairs: [[{ type: 'bulk', bytes }, { type: 'null' }]] }],
    [
      'a pushed message',
      {
        type: 'push',
        items: [
          { type: 'status', text: 'invalidate' },
          { type: 'array', items: [{ type: 'status', text }] },
        ],
      },
    ],
  ];
  it.each(carriers)('in %s never reaches the terminal raw', (_carrier, reply) => {
    for (const spans of [printReply(reply), printText(reply), printPush(reply)]) {
      expect(textOfSpans(spans)).not.toMatch(/[^\n\P{Cc}]|[\p{Cf}\p{Zl}\p{Zp}]/u);
    }
  });
});

it('whatever bytes a value has, its print is one line of printable ASCII', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      expect(textOfSpans(printReply({ type: 'bulk', bytes }))).toMatch(/^"[ -~]*"\n$/);
    }),
    { verbose: 1 },
  );
});
