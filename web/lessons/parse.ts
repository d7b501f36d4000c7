/**
 * Reads a lesson's Markdown: front matter, pages (a heading of the second level begins one), prose and fenced blocks.
 * Strict on purpose: what it does not know is an error with file and line, never text that a learner would stumble over.
 */
import type { HashName } from '../../engine/structures/hash-functions.steps.ts';
import { parseAssertion, type Assertion } from './checks.ts';
import { ASKS, LessonError, type Ask, type Check, type Command, type LessonFacts, type Try } from './lesson.ts';

export interface FencedBlock {
  /** What stands behind the fence: `redis try`, `predict`, `c`. */
  readonly info: string;
  /** The line of its first line of content. */
  readonly at: number;
  readonly lines: readonly string[];
}

export interface PredictionSource {
  readonly kind: 'predict';
  readonly at: number;
  readonly ask: Ask;
  readonly question: string;
  readonly run: readonly Command[];
  readonly pause: string | null;
  readonly choices: readonly { readonly value: string; readonly idea: string; readonly feedback: string; readonly at: number }[];
  readonly otherwise: string;
  readonly right: string;
}

export interface BitsSource {
  readonly kind: 'bits';
  readonly at: number;
  readonly rows: readonly { readonly hashName: HashName; readonly keys: readonly [string, string] }[];
}

export type PartSource =
  | { readonly kind: 'prose'; readonly at: number; readonly markdown: string }
  | { readonly kind: 'code'; readonly at: number; readonly language: string; readonly text: string }
  | Try
  | Check
  | BitsSource
  | PredictionSource;

export interface PageSource {
  readonly title: string;
  readonly at: number;
  readonly parts: readonly PartSource[];
}

export interface LessonSource extends LessonFacts {
  readonly watch: string;
  readonly seed: number;
  readonly hashName: HashName;
  readonly exhibit: string | null;
  readonly config: Readonly<Record<string, string>>;
  readonly setup: readonly Command[];
  readonly pages: readonly PageSource[];
}

const PATH = /^lessons\/(\d\d)-([a-z0-9-]+)\/(\d\d)-([a-z0-9-]+)\.md$/;
const HASHES: readonly string[] = ['sum', 'fnv1a', 'murmur3', 'halfsiphash'] satisfies HashName[];
const DIAGRAMS = ['hash-table'];
const CODE_LANGUAGES = ['c', 'js', 'text'];
const FIELDS = ['title', 'number', 'summary', 'watch', 'seed', 'hash', 'exhibit', 'config'];
const REQUIRED = FIELDS.slice(0, 6);
const LAST_PAGES = ['What you’ve learned', 'See also'];

type Fail = (line: number, what: string) => never;

export function parseLesson(path: string, source: string): LessonSource {
  const fail: Fail = (line, what) => {
    throw new LessonError(path, line, what);
  };
  const place = PATH.exec(path);
  if (!place) return fail(1, 'a lesson is lessons/NN-chapter/NN-lesson.md');
  const lines = source.split('\n');
  const { facts, end } = readFrontMatter(lines, fail);
  const text = (name: string): string => facts.get(name)?.value ?? '';
  if (text('number') !== String(Number(place[3]))) fail(facts.get('number')?.at ?? 1, `the file is number ${Number(place[3])}`);
  if (!HASHES.includes(text('hash'))) fail(facts.get('hash')?.at ?? 1, `there is no hash function “${text('hash')}”`);
  if (!DIAGRAMS.includes(text('watch'))) fail(facts.get('watch')?.at ?? 1, `there is no diagram “${text('watch')}”`);
  if (!/^\d+$/.test(text('seed'))) fail(facts.get('seed')?.at ?? 1, 'a seed is a whole number');
  const body = readBody(lines, end, fail);
  return {
    path,
    slug: `${place[2]}/${place[4]}`,
    chapter: chapterTitle(place[2] ?? ''),
    number: Number(place[3]),
    title: text('title'),
    summary: text('summary'),
    watch: text('watch'),
    seed: Number(text('seed')),
    hashName: text('hash') as HashName,
    exhibit: facts.has('exhibit') ? text('exhibit') : null,
    config: readConfig(text('config'), facts.get('config')?.at ?? 1, fail),
    ...body,
  };
}

function chapterTitle(slug: string): string {
  const words = slug.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function readFrontMatter(lines: readonly string[], fail: Fail) {
  if (lines[0] !== '---') fail(1, 'a lesson begins with its front matter between two lines of ---');
  const facts = new Map<string, { readonly value: string; readonly at: number }>();
  for (let at = 1; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (line === '---') {
      for (const name of REQUIRED) if (!facts.has(name)) fail(at + 1, `“${name}” is missing from the front matter`);
      return { facts, end: at + 1 };
    }
    const match = /^([a-z]+): (.+)$/.exec(line);
    const [, name = '', value = ''] = match ?? fail(at + 1, 'a line of the front matter is “name: value”');
    if (!FIELDS.includes(name)) fail(at + 1, `the front matter knows no “${name}”: ${FIELDS.join(', ')}`);
    if (facts.has(name)) fail(at + 1, `“${name}” is said twice`);
    facts.set(name, { value: value.trim(), at: at + 1 });
  }
  return fail(lines.length, 'the front matter is not closed');
}

function readConfig(text: string, at: number, fail: Fail): Record<string, string> {
  const settings = text === '' ? [] : text.split(';').map((setting) => setting.trim().split(' '));
  for (const words of settings) if (words.length !== 2) fail(at, 'a setting is a name and a value: “activerehashing no”');
  return Object.fromEntries(settings.map(([name, value]) => [name, value])) as Record<string, string>;
}

interface OpenPage {
  title: string;
  at: number;
  parts: PartSource[];
}

function readBody(lines: readonly string[], start: number, fail: Fail): { setup: readonly Command[]; pages: readonly PageSource[] } {
  const pages: OpenPage[] = [];
  let setup: readonly Command[] = [];
  let prose: { at: number; lines: string[] } = { at: start + 1, lines: [] };
  const closeProse = (next: number): void => {
    const markdown = prose.lines.join('\n').trim();
    const page = pages.at(-1);
    if (markdown !== '' && !page) fail(prose.at, 'text stands before the first page, which begins with “## ”');
    if (markdown !== '') page?.parts.push({ kind: 'prose', at: prose.at, markdown });
    prose = { at: next + 1, lines: [] };
  };
  for (let at = start; at < lines.length; at++) {
    const line = lines[at] ?? '';
    const fence = /^(`{3,}|~{3,})(.*)$/.exec(line);
    if (fence) {
      const block = readFence(lines, at, fence[1] ?? '', (fence[2] ?? '').trim(), fail);
      closeProse(at + block.lines.length + 2);
      const page = pages.at(-1);
      if (block.info === 'redis setup') {
        if (page) fail(at + 1, 'the setup stands before the first page');
        setup = readCommands(block, fail);
      } else {
        page?.parts.push(...readBlock(block, page.parts, fail));
        if (!page) fail(at + 1, `a block of “${block.info}” stands before the first page`);
      }
      at += block.lines.length + 1;
    } else if (/^#+ /.test(line)) {
      if (!line.startsWith('## ')) fail(at + 1, 'the only headings are “## ”: each begins a page');
      closeProse(at + 1);
      pages.push({ title: line.slice(3).trim(), at: at + 1, parts: [] });
    } else {
      if (prose.lines.length === 0) prose.at = at + 1;
      if (prose.lines.length > 0 || line.trim() !== '') prose.lines.push(line);
    }
  }
  closeProse(lines.length);
  checkPages(pages, fail);
  return { setup, pages };
}

function checkPages(pages: readonly OpenPage[], fail: Fail): void {
  for (const page of pages) {
    if (page.parts.length === 0) fail(page.at, `the page “${page.title}” is empty`);
    const first = page.parts.findIndex(({ kind }) => kind === 'predict');
    if (page.parts.filter(({ kind }) => kind === 'predict').length > 1) fail(page.at, 'a page asks one question at most');
    const predict = page.parts[first];
    if (predict?.kind === 'predict' && predict.run.length === 0 && !pages.slice(0, pages.indexOf(page)).some(hasRun)) {
      fail(predict.at, 'a prediction without “run” goes on with the film of an earlier one, and there is none');
    }
  }
  for (const title of LAST_PAGES) {
    if (!pages.some((page) => page.title === title)) fail(pages.at(-1)?.at ?? 1, `the page “${title}” is missing`);
  }
}

function hasRun(page: OpenPage): boolean {
  return page.parts.some((part) => part.kind === 'predict' && part.run.length > 0);
}

function readFence(lines: readonly string[], at: number, fence: string, info: string, fail: Fail): FencedBlock {
  const end = lines.findIndex((line, index) => index > at && line.trim() === fence);
  if (end < 0) return fail(at + 1, `the block of “${info}” is not closed`);
  return { info, at: at + 2, lines: lines.slice(at + 1, end) };
}

function readBlock(block: FencedBlock, before: PartSource[], fail: Fail): PartSource[] {
  const { info, at } = block;
  if (info === 'redis try') return [{ kind: 'try', at, commands: readCommands(block, fail) }];
  if (info === 'redis check') return [{ kind: 'check', at, assertions: readAssertions(block, fail), solution: [] }];
  if (info === 'redis solve') {
    const check = before.pop();
    if (check?.kind !== 'check') return fail(at - 1, 'a solution stands right behind its check');
    return [{ ...check, solution: readCommands(block, fail) }];
  }
  if (info === 'predict') return [readPrediction(block, fail)];
  if (info === 'bits') return [readBits(block, fail)];
  if (CODE_LANGUAGES.includes(info)) return [{ kind: 'code', at, language: info, text: block.lines.join('\n') }];
  return fail(at - 1, `there is no block “${info}”`);
}

function readCommands(block: FencedBlock, fail: Fail): Command[] {
  const commands: { line: string; reply: string[] | null; at: number }[] = [];
  block.lines.forEach((text, index) => {
    const at = block.at + index;
    if (text.startsWith('> ')) {
      commands.push({ line: text.slice(2).trim(), reply: null, at });
      return;
    }
    const last = commands.at(-1);
    if (text.trim() === '') return;
    if (!last) fail(at, 'a block of commands begins with “> ” and a command');
    else (last.reply ??= []).push(text);
  });
  if (commands.length === 0) fail(block.at, 'the block has no command');
  return commands;
}

function readAssertions(block: FencedBlock, fail: Fail): Assertion[] {
  const assertions = block.lines.flatMap((line, index) => {
    if (line.trim() === '') return [];
    return [parseAssertion(line.trim()) ?? fail(block.at + index, `“${line.trim()}” is nothing that can be checked`)];
  });
  if (assertions.length === 0) fail(block.at, 'the block checks nothing');
  return assertions;
}

function readPrediction(block: FencedBlock, fail: Fail): PredictionSource {
  const fields = new Map<string, string>();
  const run: Command[] = [];
  const choices: PredictionSource['choices'][number][] = [];
  unfold(block).forEach(({ text, at }) => {
    const choice = /^choice (.+?): (.+)$/.exec(text);
    const field = /^([a-z]+): (.+)$/.exec(text);
    if (choice) {
      const [idea = '', feedback = ''] = (choice[2] ?? '').split(' | ');
      choices.push({ value: choice[1] ?? '', idea: idea.trim(), feedback: feedback.trim(), at });
    } else if (!field) {
      fail(at, 'a line of a prediction is “name: value” or “choice VALUE: idea | feedback”');
    } else if (field[1] === 'run') {
      run.push({ line: field[2] ?? '', reply: null, at });
    } else if (['ask', 'question', 'pause', 'otherwise', 'right'].includes(field[1] ?? '')) {
      fields.set(field[1] ?? '', field[2] ?? '');
    } else {
      fail(at, `a prediction knows no “${field[1]}”`);
    }
  });
  for (const name of ['ask', 'question', 'right']) if (!fields.has(name)) fail(block.at, `the prediction has no “${name}”`);
  const ask = fields.get('ask') ?? '';
  if (!(ASKS as readonly string[]).includes(ask)) fail(block.at, `nobody can ask for “${ask}”: ${ASKS.join(', ')}`);
  const isPicked = ask.endsWith('bucket');
  if (isPicked && !fields.has('otherwise')) fail(block.at, 'a prediction that is clicked says “otherwise” to all other clicks');
  if (!isPicked && choices.length < 2) fail(block.at, 'a prediction that is chosen has two choices at least');
  for (const { value, at } of choices) {
    if (isPicked && !/^(bucket|old|new) \d+$/.test(value)) fail(at, 'where a bucket is clicked, a choice is “bucket 2”, “old 2” or “new 10”');
  }
  const text = (name: string): string => fields.get(name) ?? '';
  return {
    kind: 'predict',
    at: block.at,
    ask: ask as Ask,
    ...{ run, choices, question: text('question'), right: text('right'), otherwise: text('otherwise') },
    pause: fields.get('pause') ?? null,
  };
}

/** A line that is indented goes on from the one before. */
function unfold(block: FencedBlock): { text: string; at: number }[] {
  const unfolded: { text: string; at: number }[] = [];
  block.lines.forEach((line, index) => {
    const last = unfolded.at(-1);
    if (last && /^\s+\S/.test(line)) last.text += ` ${line.trim()}`;
    else if (line.trim() !== '') unfolded.push({ text: line.trim(), at: block.at + index });
  });
  return unfolded;
}

function readBits(block: FencedBlock, fail: Fail): BitsSource {
  const rows = block.lines.map((line, index): BitsSource['rows'][number] => {
    const [hashName = '', first, second, ...rest] = line.trim().split(/\s+/);
    if (!HASHES.includes(hashName) || first === undefined || second === undefined || rest.length > 0) {
      return fail(block.at + index, 'a row of bits is a hash function and two keys: “fnv1a bar baz”');
    }
    return { hashName: hashName as HashName, keys: [first, second] };
  });
  if (rows.length === 0) fail(block.at, 'the block has no row');
  return { kind: 'bits', at: block.at, rows };
}
