import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describe, expect, test } from 'vitest';

import { parseExpectation, printExpectation, refresh, satisfies } from './expectation.ts';
import type { Expectation } from './expectation.ts';
import { encodeCommand, escapeBytes, expand, quote, splitWords, unescapeBytes } from './quoting.ts';
import { decodeReply, printReply } from './reply.ts';
import type { Reply } from './reply.ts';
import { bytesToSend, casesOf, parseTranscript, printTranscript, serverSettings } from './transcript.ts';

const folder = fileURLToPath(new URL('./transcripts/', import.meta.url));

function node(...lines: string[]): Expectation {
  return parseExpectation(lines, 0, 0, lines[0] ?? '').node;
}

function reply(bytes: string): Reply {
  const decoded = decodeReply(bytes);
  if (!decoded) throw new Error('the bytes are no complete reply');
  return decoded.reply;
}

const all = (length: number): string => Array.from({ length }, (_, byte) => String.fromCharCode(byte)).join('');

describe('quoting', () => {
  test('every byte survives being quoted and read again', () => {
    const bytes = all(256) + `\${x*3}` + 'a'.repeat(200) + `\${name}`;
    expect(splitWords(expand(quote(bytes), new Map()))).toEqual([bytes]);
    expect(unescapeBytes(escapeBytes(bytes))).toBe(bytes);
    expect(quote(bytes)).toMatch(/^[\x20-\x7e]+$/);
  });

  test('words are split as redis-cli splits them', () => {
    expect(splitWords(`SET  k "a b\\x00\\n\\q" 'c\\'d\\n' e\\f ""`)).toEqual([
      'SET',
      'k',
      'a b\x00\nq',
      "c'd\\n",
      'e\\f',
      '',
    ]);
    expect(splitWords('"a')).toBeNull();
    expect(splitWords("'a")).toBeNull();
    expect(splitWords('"a"b')).toBeNull();
    expect(splitWords('  ')).toEqual([]);
  });

  test('runs and captures are filled in, and a missing capture is an error', () => {
    expect(expand(`\${ab*3} \${id}`, new Map([['id', '7']]))).toBe('ababab 7');
    expect(() => expand(`\${id}`, new Map())).toThrow('id');
    expect(quote('x'.repeat(64) + 'y')).toBe(`"\${x*64}y"`);
    expect(quote('x'.repeat(63))).toBe(`"${'x'.repeat(63)}"`);
  });

  test('a command is encoded as an array of bulk strings', () => {
    expect(encodeCommand(['GET', ''])).toBe('*2\r\n$3\r\nGET\r\n$0\r\n\r\n');
  });
});

const everyKind =
  '*12\r\n+OK\r\n-ERR a\\b\r\n:-1\r\n$3\r\na\r\n\r\n$-1\r\n*-1\r\n_\r\n,1.5\r\n#t\r\n(123\r\n' +
  '%1\r\n=5\r\ntxt:a\r\n~2\r\n:1\r\n*0\r\n>1\r\n!3\r\nERR\r\n';

describe('replies', () => {
  test('every kind of reply survives being printed and read again', () => {
    const decoded = reply(everyKind);
    const lines = printReply(decoded);
    expect(lines).toEqual(printExpectation(node(...lines)));
    expect(satisfies(node(...lines), decoded, new Map())).toBe(true);
  });

  test('no beginning of a reply is taken for the whole', () => {
    for (let length = 0; length < everyKind.length; length++)
      expect(decodeReply(everyKind.slice(0, length))).toBeNull();
    expect(decodeReply(everyKind)?.end).toBe(everyKind.length);
  });

  test('bytes that are no reply are shown raw', () => {
    expect(reply('hello\r\n')).toEqual({ kind: 'raw', text: 'hello\r\n' });
    expect(reply('$03\r\nabc\r\n')).toMatchObject({ kind: 'raw' });
    expect(reply('$3\r\nabcd\r\n')).toMatchObject({ kind: 'raw' });
    expect(node('raw "a\\r\\n"')).toEqual({ kind: 'raw', text: 'a\r\n' });
  });
});

describe('expectations', () => {
  const holds = (lines: string[], bytes: string): boolean => satisfies(node(...lines), reply(bytes), new Map());

  test('an exact expectation is satisfied by the same bytes only', () => {
    expect(holds(['$1 "1"'], '$1\r\n1\r\n')).toBe(true);
    expect(holds(['$1 "1"'], ':1\r\n')).toBe(false);
    expect(holds(['+OK'], '$2\r\nOK\r\n')).toBe(false);
    expect(holds(['*1', '  :1'], '~1\r\n:1\r\n')).toBe(false);
    expect(holds(['*1', '  :1'], '*2\r\n:1\r\n:1\r\n')).toBe(false);
    expect(holds(['$-1'], '_\r\n')).toBe(false);
  });

  test('integers and doubles are held within bounds', () => {
    expect(holds(['?int 1..3'], ':3\r\n')).toBe(true);
    expect(holds(['?int 1..3'], ':4\r\n')).toBe(false);
    expect(holds(['?int ..0'], ':-9\r\n')).toBe(true);
    expect(holds(['?int ..0'], ':1\r\n')).toBe(false);
    expect(holds(['?int 1..'], '$2\r\n12\r\n')).toBe(true);
    expect(holds(['?int 1..'], '$3\r\n1.5\r\n')).toBe(false);
    expect(holds(['?double 1..2'], ',1.5\r\n')).toBe(true);
    expect(holds(['?int 1..'], '-1\r\n')).toBe(false);
    expect(() => holds(['?int 1'], ':1\r\n')).toThrow('bounds');
  });

  test('patterns hold for strings or for errors, and capture', () => {
    const captures = new Map([['id', '7']]);
    expect(satisfies(node(`?text ^id=\${id} (?<rest>.*)$`), reply('$8\r\nid=7 a\nb\r\n'), captures)).toBe(true);
    expect(captures.get('rest')).toBe('a\nb');
    expect(holds(['?text a'], '-a\r\n')).toBe(false);
    expect(holds(['?error ^ERR'], '-ERR x\r\n')).toBe(true);
    expect(holds(['?error ^ERR'], '+ERR x\r\n')).toBe(false);
    expect(holds(['?any'], everyKind)).toBe(true);
  });

  test('order and completeness are relaxed where a group says so', () => {
    const ab = '*2\r\n+b\r\n+a\r\n';
    expect(holds(['?unordered *2', '  +a', '  +b'], ab)).toBe(true);
    expect(holds(['?unordered *1', '  +a'], ab)).toBe(false);
    expect(holds(['?unordered *2', '  +a', '  +a'], ab)).toBe(false);
    expect(holds(['?includes *1', '  +a'], ab)).toBe(true);
    expect(holds(['?includes *1', '  +c'], ab)).toBe(false);
    const pairs = ['  +b', '  +2', '  +a', '  +1'];
    expect(holds(['?unordered-pairs *4', ...pairs], '*4\r\n+a\r\n+1\r\n+b\r\n+2\r\n')).toBe(true);
    expect(holds(['?unordered-pairs *4', ...pairs], '*4\r\n+a\r\n+2\r\n+b\r\n+1\r\n')).toBe(false);
    expect(holds(['?unordered %2', ...pairs], '%2\r\n+a\r\n+1\r\n+b\r\n+2\r\n')).toBe(true);
    expect(holds(['?includes-pairs *2', '  +a', '  +1'], '*4\r\n+b\r\n+2\r\n+a\r\n+1\r\n')).toBe(true);
  });

  test('recording keeps matchers that hold, takes the rest from the reply and refuses matchers that do not hold', () => {
    const fresh = (lines: string[], bytes: string): string[] =>
      printExpectation(refresh(node(...lines), reply(bytes), new Map()));
    expect(fresh(['*2', '  :1', '  ?int 0..'], '*2\r\n:2\r\n:3\r\n')).toEqual(['*2', '  :2', '  ?int 0..']);
    expect(fresh(['?unordered'], '*2\r\n+b\r\n+a\r\n')).toEqual(['?unordered *2', '  +a', '  +b']);
    expect(fresh(['?unordered *1', '  +c'], '*2\r\n+b\r\n+a\r\n')).toEqual(['?unordered *2', '  +a', '  +b']);
    expect(fresh([':1'], '$-1\r\n')).toEqual(['$-1']);
    expect(() => fresh(['?int 5..'], ':1\r\n')).toThrow('satisfy');
    expect(() => fresh(['?includes *1', '  +c'], '*1\r\n+a\r\n')).toThrow('satisfy');
  });
});

const example = `# A comment.
@server save 900 1

== A sentence
1| SET k "v\\x00"
1> GET k
+OK
*1
  *2
    :1
    ?any
~ 20ms
2>> "PING\\r\\n"
nothing
1< closed
2 closes
# Between two cases.
== Another one
1> QUIT
+OK
closed
`;

describe('transcripts', () => {
  test('printing is the reverse of parsing', () => {
    expect(printTranscript(parseTranscript('example', example))).toBe(example);
    for (const name of readdirSync(folder)) {
      const text = readFileSync(folder + name, 'utf8');
      expect(printTranscript(parseTranscript(name, text)), name).toBe(text);
    }
  });

  test('a case holds its lines, and settings stand before the first', () => {
    const transcript = parseTranscript('example', example);
    const [first, second] = casesOf(transcript);
    expect(first?.sentence).toBe('A sentence');
    expect(first?.items.map((item) => item.kind)).toEqual(['send', 'wait', 'send', 'hang-up', 'text']);
    expect(second?.line).toBe(18);
    expect(serverSettings(transcript)).toEqual({ save: '900 1' });
  });

  test('held lines are sent in one piece with the line that ends them', () => {
    expect(bytesToSend(['1| PING', '1> GET "a b"'], new Map())).toBe(
      encodeCommand(['PING']) + encodeCommand(['GET', 'a b']),
    );
    expect(bytesToSend(['1>> "a\\r\\n" "b"'], new Map())).toBe('a\r\nb');
  });

  test('mistakes are named with file and line', () => {
    const parse = (text: string) => () => parseTranscript('x.transcript', text);
    expect(parse('== a\n1> PING\n*2\n  :1\n')).toThrow(/x\.transcript:2: 1 more items/);
    expect(parse('== a\nPING\n')).toThrow('x.transcript:2: cannot read the line PING');
    expect(parse('== a\n1| PING\n2> PING\n')).toThrow('x.transcript:2: a held line');
    expect(parse('== a\n1> PING\n!what\n')).toThrow('x.transcript:2: cannot read the reply');
    expect(parse('== a\n1> ECHO \xe9\n')).toThrow('printable ASCII');
  });

  test('no two cases of a file have the same sentence', () => {
    for (const name of readdirSync(folder)) {
      const sentences = casesOf(parseTranscript(name, readFileSync(folder + name, 'utf8'))).map(
        (scene) => scene.sentence,
      );
      expect(new Set(sentences).size, name).toBe(sentences.length);
    }
  });
});
