/**
 * What a transcript expects at one place: the exact reply, or a matcher where a real server's reply varies from run to run.
 *
 *   ?any                        anything at all
 *   ?int 0..100                 an integer, or a string of one, within bounds (either may be left out)
 *   ?double 0..1                the same for numbers with a fraction
 *   ?text ^…$                   a string whose bytes satisfy the pattern; `(?<name>…)` captures for `${name}` later on
 *   ?error ^ERR …$              an error whose text satisfies the pattern
 *   ?unordered *2               these items in any order (the pairs of a map stay together)
 *   ?unordered-pairs *4         the same for pairs in a flat array
 *   ?includes *2                these items and perhaps others, in any order
 *   ?includes-pairs *4          the same for pairs in a flat array
 */
import { escapeBytes, expand, splitWords, unescapeBytes } from './quoting.ts';
import { printReply } from './reply.ts';
import type { Reply } from './reply.ts';

export type GroupRule = 'exact' | 'unordered' | 'unordered-pairs' | 'includes' | 'includes-pairs';
export type ScalarRule = 'any' | 'int' | 'double' | 'text' | 'error';

export type Expectation =
  | { kind: 'line'; mark: string; text: string }
  | { kind: 'bulk'; mark: string; text: string }
  | { kind: 'raw'; text: string }
  /** Without a mark, the author has written only the rule; the recorder fills the rest in. */
  | { kind: 'group'; rule: GroupRule; mark: string; items: Expectation[] }
  | { kind: 'scalar'; rule: ScalarRule; argument: string };

export type Captures = Map<string, string>;

const GROUP_LINE = /^(?:\?(unordered|unordered-pairs|includes|includes-pairs))?(?:(?:^|\s)([*~>%|])(\d+))?$/;

/** Reads the expectation that starts at line `at`; nested lines are two spaces further in than `indent`. */
export function parseExpectation(
  lines: readonly string[],
  at: number,
  indent: number,
  text: string,
): { node: Expectation; end: number } {
  const group = GROUP_LINE.exec(text);
  if (group && text !== '') return parseGroup(lines, at, indent, group);
  const scalar = /^\?(any|int|double|text|error)(?: (.*))?$/.exec(text);
  if (scalar)
    return { node: { kind: 'scalar', rule: scalar[1] as ScalarRule, argument: scalar[2] ?? '' }, end: at + 1 };
  const bulk = /^([$=!])(\d+) (".*")$/.exec(text);
  if (bulk) {
    const words = splitWords(expand(bulk[3] ?? '', new Map()));
    const bytes = words?.[0];
    if (words?.length !== 1 || bytes === undefined) throw new Error(`cannot read the quoted text ${bulk[3]}`);
    return { node: { kind: 'bulk', mark: bulk[1] ?? '', text: bytes }, end: at + 1 };
  }
  if (text.startsWith('raw '))
    return { node: { kind: 'raw', text: splitWords(expand(text.slice(4), new Map()))?.[0] ?? '' }, end: at + 1 };
  if (/^[+\-:,#(_$*]/.test(text)) {
    return { node: { kind: 'line', mark: text.charAt(0), text: unescapeBytes(text.slice(1)) }, end: at + 1 };
  }
  throw new Error(`cannot read the reply ${text}`);
}

function parseGroup(
  lines: readonly string[],
  at: number,
  indent: number,
  match: RegExpExecArray,
): { node: Expectation; end: number } {
  const mark = match[2] ?? '';
  const items: Expectation[] = [];
  const pad = ' '.repeat(indent + 2);
  let line = at + 1;
  for (let left = Number(match[3] ?? 0) * (mark === '%' || mark === '|' ? 2 : 1); left > 0; left--) {
    const text = lines[line];
    if (!text?.startsWith(pad)) throw new Error(`${left} more items are promised by ${match[0]}`);
    const item = parseExpectation(lines, line, indent + 2, text.slice(pad.length));
    items.push(item.node);
    line = item.end;
  }
  return { node: { kind: 'group', rule: (match[1] as GroupRule | undefined) ?? 'exact', mark, items }, end: line };
}

export function printExpectation(node: Expectation): string[] {
  if (node.kind === 'scalar') return [`?${node.rule}${node.argument === '' ? '' : ` ${node.argument}`}`];
  if (node.kind !== 'group') return printReply(node);
  const count = node.mark === '%' || node.mark === '|' ? node.items.length / 2 : node.items.length;
  const head = node.mark === '' ? '' : `${node.mark}${count}`;
  const first = node.rule === 'exact' ? head : `?${node.rule}${head === '' ? '' : ` ${head}`}`;
  return [first, ...node.items.flatMap(printExpectation).map((line) => `  ${line}`)];
}

/** Whether the reply is one that was expected. What patterns capture is put into `captures`. */
export function satisfies(node: Expectation, reply: Reply, captures: Captures): boolean {
  if (node.kind === 'scalar') return satisfiesScalar(node.rule, node.argument, reply, captures);
  if (node.kind !== 'group') {
    const mark = reply.kind === 'line' || reply.kind === 'bulk' ? reply.mark : '';
    return node.kind === reply.kind && (node.kind === 'raw' || node.mark === mark) && node.text === reply.text;
  }
  if (reply.kind !== 'group' || reply.mark !== node.mark) return false;
  if (node.rule === 'exact') {
    return (
      node.items.length === reply.items.length &&
      node.items.every((item, i) => satisfies(item, at(reply.items, i), captures))
    );
  }
  const size = isPaired(node) ? 2 : 1;
  if (node.rule.startsWith('unordered') && node.items.length !== reply.items.length) return false;
  const left = chunks(reply.items, size);
  return chunks(node.items, size).every((wanted) => {
    const found = left.findIndex((got) => wanted.every((item, i) => satisfies(item, at(got, i), captures)));
    if (found >= 0) left.splice(found, 1);
    return found >= 0;
  });
}

function satisfiesScalar(rule: ScalarRule, argument: string, reply: Reply, captures: Captures): boolean {
  if (rule === 'any') return true;
  if (reply.kind === 'group') return false;
  const isError = reply.kind !== 'raw' && (reply.mark === '-' || reply.mark === '!');
  if (rule === 'int' || rule === 'double') return !isError && inBounds(rule, expand(argument, captures), reply.text);
  if (isError !== (rule === 'error') || reply.kind === 'raw') return false;
  const found = new RegExp(expand(argument, captures), 's').exec(reply.text);
  for (const [name, value] of Object.entries(found?.groups ?? {})) captures.set(name, value);
  return found !== null;
}

function inBounds(rule: 'int' | 'double', bounds: string, text: string): boolean {
  const parsed = /^(-?[\d.]*?)\.\.(-?[\d.]*)$/.exec(bounds);
  if (!parsed) throw new Error(`cannot read the bounds ${bounds}`);
  const isNumber = rule === 'int' ? /^-?\d+$/.test(text) : /^-?\d+(\.\d+)?(e[+-]?\d+)?$/.test(text);
  const value = Number(text);
  return isNumber && value >= Number(parsed[1] || -Infinity) && value <= Number(parsed[2] || Infinity);
}

function isPaired(node: { rule: GroupRule; mark: string }): boolean {
  return node.rule.endsWith('-pairs') || node.mark === '%';
}

function chunks<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, i * size + size));
}

function at<Item>(items: readonly Item[], index: number): Item {
  const item = items[index];
  if (item === undefined) throw new Error('an item is missing');
  return item;
}

/**
 * What to write down after a real server gave `reply` where `old` stood: matchers that hold stay, everything exact is
 * taken from the reply. Throws when a matcher does not hold, because then its author is wrong about the server.
 */
export function refresh(old: Expectation | undefined, reply: Reply, captures: Captures): Expectation {
  if (old?.kind === 'scalar') {
    if (satisfies(old, reply, captures)) return old;
    throw new Error(
      `the server's reply does not satisfy ${printExpectation(old).join(' ')}:\n${printReply(reply).join('\n')}`,
    );
  }
  if (old?.kind === 'group' && old.rule !== 'exact') {
    if (old.mark !== '' && satisfies(old, reply, captures)) return old;
    if (old.rule.startsWith('includes') || reply.kind !== 'group') {
      throw new Error(
        `the server's reply does not satisfy ${escapeBytes(printExpectation(old)[0] ?? '')}:\n${printReply(reply).join('\n')}`,
      );
    }
    return sorted({
      kind: 'group',
      rule: old.rule,
      mark: reply.mark,
      items: reply.items.map((item) => refresh(undefined, item, captures)),
    });
  }
  if (reply.kind !== 'group') return reply;
  const before = old?.kind === 'group' && old.items.length === reply.items.length ? old.items : [];
  return {
    kind: 'group',
    rule: 'exact',
    mark: reply.mark,
    items: reply.items.map((item, i) => refresh(before[i], item, captures)),
  };
}

function sorted(node: Extract<Expectation, { kind: 'group' }>): Expectation {
  const printed = chunks(node.items, isPaired(node) ? 2 : 1).map((items) => ({
    items,
    text: items.flatMap(printExpectation).join('\n'),
  }));
  printed.sort((a, b) => (a.text < b.text ? -1 : Number(a.text > b.text)));
  return { ...node, items: printed.flatMap((chunk) => chunk.items) };
}
