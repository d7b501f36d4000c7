import { describe, expect, it } from 'vitest';
import { buildLesson, toProse } from '../../scripts/lesson-build.ts';
import { parseLesson } from './parse.ts';

const PATH = 'lessons/02-hashing/12-a-lesson.md';
const front = ['---', 'title: A lesson', 'number: 12', 'summary: What it is.', 'watch: hash-table', 'seed: 7', 'hash: fnv1a', '---', ''];
const close = ['## What you’ve learned', '', '- one', '', '## See also', '', 'nothing', ''];
const lesson = (...body: string[]): string => [...front, ...body, ...close].join('\n');

describe('a lesson is read into', () => {
  it('its facts, from front matter and path', () => {
    const { slug, chapter, number, title, seed, hashName, exhibit, config } = parseLesson(PATH, lesson());
    expect({ slug, chapter, number, title, seed, hashName, exhibit, config }).toEqual({
      ...{ slug: 'hashing/a-lesson', chapter: 'Hashing', number: 12, title: 'A lesson' },
      ...{ seed: 7, hashName: 'fnv1a', exhibit: null, config: {} },
    });
  });

  it('its settings and its exhibit', () => {
    const source = lesson().replace('seed: 7', 'seed: 7\nexhibit: overwritten\nconfig: activerehashing no; appendonly no');
    expect(parseLesson(PATH, source)).toMatchObject({
      exhibit: 'overwritten',
      config: { activerehashing: 'no', appendonly: 'no' },
    });
  });

  it('pages with their parts, each knowing its line', () => {
    const source = lesson('```redis setup', '> SET a 1', '```', '', '## First', '', 'Some prose', 'on two lines.', '', '```redis try', '> KEYS *', '1) "a"', '2) "b"', '> PING', '```');
    const { setup, pages } = parseLesson(PATH, source);
    expect(setup).toEqual([{ line: 'SET a 1', reply: null, at: 11 }]);
    expect(pages[0]).toEqual({
      title: 'First',
      at: 14,
      parts: [
        { kind: 'prose', at: 16, markdown: 'Some prose\non two lines.' },
        {
          kind: 'try',
          at: 20,
          commands: [
            { line: 'KEYS *', reply: ['1) "a"', '2) "b"'], at: 20 },
            { line: 'PING', reply: null, at: 23 },
          ],
        },
      ],
    });
  });

  it('checks with the solution that stands behind them', () => {
    const source = lesson('## Do', '', '```redis check', 'keys 2', 'not resizing', '```', '', '```redis solve', '> SET b 1', '```');
    expect(parseLesson(PATH, source).pages[0]?.parts).toEqual([
      {
        kind: 'check',
        at: 13,
        assertions: [
          { kind: 'keys', count: 2 },
          { kind: 'resizing', expected: false },
        ],
        solution: [{ line: 'SET b 1', reply: null, at: 18 }],
      },
    ]);
  });

  it('predictions, whose long lines go on indented', () => {
    const source = lesson('## Ask', '', '```predict', 'question: Where', '  is it?', 'run: GET a', 'ask: first bucket', 'choice old 2: an idea | and what is', '  wrong with it', 'otherwise: No.', 'right: Yes.', '```');
    expect(parseLesson(PATH, source).pages[0]?.parts[0]).toMatchObject({
      ...{ kind: 'predict', ask: 'first bucket', question: 'Where is it?', pause: null, otherwise: 'No.', right: 'Yes.' },
      run: [{ line: 'GET a' }],
      choices: [{ value: 'old 2', idea: 'an idea', feedback: 'and what is wrong with it', at: 17 }],
    });
  });

  it('bits, with hashes that the engine works out', async () => {
    const built = await buildLesson(PATH, lesson('## Bits', '', '```bits', 'fnv1a a foobar', '```'));
    expect(built.pages[0]?.parts[0]).toMatchObject({ kind: 'bits', rows: [{ hashes: [0xe40c292c | 0, 0xbf9cf968 | 0] }] });
  });

  it('code, coloured by roles and not by styles', async () => {
    const built = await buildLesson(PATH, lesson('## Code', '', '```c', 'return 1; /* <b> */', '```'));
    const code = built.pages[0]?.parts[0];
    if (code?.kind !== 'code') throw new Error('no code');
    expect(code.lines[0]?.map(({ text }) => text).join('')).toBe('return 1; /* <b> */');
    expect(code.lines[0]?.find(({ text }) => text.includes('return'))?.role).toBe('keyword');
    expect(code.lines[0]?.find(({ text }) => text.includes('<b>'))?.role).toBe('comment');
  });
});

describe('a mistake is an error with file and line:', () => {
  const cases: [string, string, number, RegExp][] = [
    ['no front matter', '# Hello', 1, /begins with its front matter/],
    ['front matter that is not closed', front.slice(0, 5).join('\n'), 5, /not closed/],
    ['an unknown field', lesson().replace('seed: 7', 'sead: 7'), 6, /knows no “sead”/],
    ['a field said twice', lesson().replace('seed: 7', 'seed: 7\nseed: 8'), 7, /said twice/],
    ['a missing field', lesson().replace('seed: 7\n', ''), 7, /“seed” is missing/],
    ['a number that is not the file’s', lesson().replace('number: 12', 'number: 13'), 3, /the file is number 12/],
    ['a hash function that there is not', lesson().replace('fnv1a', 'md5'), 7, /no hash function “md5”/],
    ['a diagram that there is not', lesson().replace('hash-table', 'tree'), 5, /no diagram “tree”/],
    ['a seed that is no number', lesson().replace('seed: 7', 'seed: x'), 6, /whole number/],
    ['a block that is not closed', lesson('## P', '', '```redis try', '> PING'), 12, /is not closed/],
    ['a block that nobody knows', lesson('## P', '', '```redis tri', '> PING', '```'), 12, /no block “redis tri”/],
    ['a block before the first page', lesson('```redis try', '> PING', '```'), 10, /before the first page/],
    ['prose before the first page', lesson('Hello.', ''), 10, /before the first page/],
    ['a setup after it', lesson('## P', '```redis setup', '> PING', '```'), 11, /before the first page/],
    ['a heading of another level', lesson('## P', '', 'text', '', '### Q', 'text'), 14, /only headings/],
    ['an empty page', lesson('## P', ''), 10, /is empty/],
    ['a reply without its command', lesson('## P', '```redis try', 'OK', '```'), 12, /begins with “> ”/],
    ['a check of nothing', lesson('## P', '```redis check', '', '```'), 12, /checks nothing/],
    ['a check that cannot be checked', lesson('## P', '```redis check', 'keys 1', 'all is well', '```'), 13, /“all is well” is nothing/],
    ['a solution without its check', lesson('## P', '```redis solve', '> PING', '```'), 11, /right behind its check/],
    ['a prediction with an unknown field', lesson('## P', '```predict', 'questoin: why', '```'), 12, /knows no “questoin”/],
    ['a prediction that asks nothing', lesson('## P', '```predict', 'ask: reply', 'right: x', '```'), 12, /has no “question”/],
    ['a prediction that asks the unknown', lesson('## P', '```predict', 'question: q', 'right: r', 'ask: weather', '```'), 12, /ask for “weather”/],
    ['a choice that is no bucket', lesson('## P', '```predict', 'question: q', 'right: r', 'run: PING', 'ask: new bucket', 'otherwise: o', 'choice 2: i | f', '```'), 17, /a choice is “bucket 2”/],
    ['a film to go on with that there is not', lesson('## P', '```predict', 'question: q', 'right: r', 'ask: reply', 'choice 1: a', 'choice 2: b | c', '```'), 12, /there is none/],
    ['two questions on a page', lesson('## P', ...['a', 'b'].flatMap(() => ['```predict', 'question: q', 'right: r', 'run: PING', 'ask: reply', 'choice 1: a', 'choice 2: b | c', '```'])), 10, /one question at most/],
    ['bits of an unknown function', lesson('## P', '```bits', 'md5 a b', '```'), 12, /a row of bits/],
    ['no page of what was learned', [...front, '## See also', 'x'].join('\n'), 10, /“What you’ve learned” is missing/],
  ];

  it.each(cases)('%s', (_, source, line, what) => {
    expect(() => parseLesson(PATH, source)).toThrow(what);
    expect(() => parseLesson(PATH, source)).toThrow(`${PATH}:${line}: `);
  });

  it('a file that does not stand where a lesson stands', () => {
    expect(() => parseLesson('lessons/one.md', lesson())).toThrow(/lessons\/NN-chapter\/NN-lesson\.md/);
  });

  it('an exhibit that there is not', async () => {
    await expect(buildLesson(PATH, lesson().replace('seed: 7', 'seed: 7\nexhibit: cellar'))).rejects.toThrow(/no exhibit “cellar”/);
  });
});

describe('prose is inert:', () => {
  it.each([
    ['a block of HTML', '<svg onload=alert(1)>', /here is html/],
    ['HTML within a line', 'text <img src=x onerror=alert(1)> text', /cannot hold html/],
    ['an image', '![x](https://example.com/x.png)', /cannot hold image/],
    ['a link that runs', '[x](javascript:alert(1))', /a link leads to/],
    ['a link that hides what it runs', '[x](JaVaScRiPt:alert(1))', /a link leads to/],
    ['a link to data', '[x](data:text/html,x)', /a link leads to/],
    ['a link without encryption', '[x](http://example.com)', /a link leads to/],
    ['a table', '| a |\n|---|\n| b |', /here is table/],
  ])('%s is refused', (_, markdown, what) => {
    expect(() => toProse(markdown, PATH, 3)).toThrow(what);
    expect(() => toProse(markdown, PATH, 3)).toThrow(`${PATH}:3: `);
  });

  it('what looks like markup in text or code stays text', () => {
    expect(toProse('1 < 2 && `<b>` & "x"', PATH, 1)).toEqual([
      {
        kind: 'paragraph',
        content: [
          { kind: 'text', text: '1 < 2 && ' },
          { kind: 'code', text: '<b>' },
          { kind: 'text', text: ' & "x"' },
        ],
      },
    ]);
  });

  it('emphasis, lists and links come through', () => {
    const [paragraph, list] = toProse('*a* **b** [c](#/lessons/hashing/fnv-1a)\n\n1. one\n2. *two*', PATH, 1);
    expect(paragraph).toEqual({
      kind: 'paragraph',
      content: [
        { kind: 'emphasis', content: [{ kind: 'text', text: 'a' }] },
        { kind: 'text', text: ' ' },
        { kind: 'strong', content: [{ kind: 'text', text: 'b' }] },
        { kind: 'text', text: ' ' },
        { kind: 'link', href: '#/lessons/hashing/fnv-1a', content: [{ kind: 'text', text: 'c' }] },
      ],
    });
    expect(list).toMatchObject({ kind: 'list', isOrdered: true, items: [[{ text: 'one' }], [{ kind: 'emphasis' }]] });
  });
});
