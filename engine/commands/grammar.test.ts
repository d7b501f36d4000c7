import { expect, test } from 'vitest';

import { Chance } from '../chance.ts';
import { SPECS } from './all.ts';
import type { Argument, CommandSpec } from './contract.ts';
import { TestEngine } from './engine.test-kit.ts';

const SEED = Number(process.env['VITRINE_SEED'] ?? 20261120);
const LINES_A_COMMAND = 60;

/** Redis's own grammar allows these, and Redis refuses them. */
const LOOSE =
  /^(shutdown|debug|client list type \S+ id) |^zadd \S+ nx [gl]t |^z(union|inter)\w* .* weights |^zrange(store)?( (?!by)\S+)* limit |^restore .* idletime \S+ freq |^zrange .* bylex .*withscores/i;

/** What may stand for an argument, where its type alone says too little. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  protover: ['2', '3'],
  index: ['0', '1', '15'],
  db: ['0', '1'],
  'destination-db': ['0', '1'],
  'yes/no': ['yes', 'no'],
  username: ['default'],
  section: ['server', 'memory', 'everything', 'nonsense'],
  operation: ['AND', 'OR', 'XOR'],
  encoding: ['u8', 'i16', 'u63'],
  parameter: ['timeout', 'hz', 'activerehashing'],
  command: ['MGET', 'DEL'],
  'command-name': ['get', 'object|encoding', 'nonsense'],
};

const SYNTAX =
  /^-ERR (syntax error|wrong number|unknown|Unsupported|.*options at the same time|Syntax error|Unrecognized|invalid cursor)/;

for (const spec of SPECS) {
  test(`no line that the grammar of ${spec.name} makes is a syntax error`, () => {
    const chance = new Chance(SEED);
    const engine = new TestEngine();
    for (let i = 0; i < LINES_A_COMMAND; i++) {
      const line = lineOf(spec, chance);
      if (LOOSE.test(line)) continue;
      // Some lines end their connection, change its protocol, or silence it.
      expect(engine.say(line), `seed ${SEED}: ${line}`).not.toMatch(SYNTAX);
    }
  });
}

test('a line that leaves out what a grammar demands is refused', () => {
  const engine = new TestEngine();
  for (const spec of SPECS) {
    if (spec.arguments.length === 0 || spec.arguments.every(({ optional }) => optional === true)) continue;
    expect(engine.say(spec.name.toUpperCase())).toBe(`-ERR wrong number of arguments for '${spec.name}' command\r\n`);
  }
});

function lineOf(spec: CommandSpec, chance: Chance): string {
  const { subcommands } = spec;
  const isBare = spec.handler !== undefined && pick(chance, [true, false]);
  const subcommand = subcommands && !isBare ? pick(chance, subcommands) : null;
  const words = [spec.name, ...(subcommand ? [subcommand.name] : [])];
  const { arguments: grammar } = subcommand ?? spec;
  grammar.forEach((argument, at) => {
    const made = wordsOf(argument, chance);
    // How many keys there are is said before them.
    if (grammar[at - 1]?.name === 'numkeys') words[words.length - 1] = String(made.length);
    words.push(...made);
  });
  return words.map((word) => pick(chance, [word, word.toUpperCase()])).join(' ');
}

function wordsOf(argument: Argument, chance: Chance): string[] {
  if (argument.optional === true && pick(chance, [true, false])) return [];
  const times = argument.multiple === true ? pick(chance, [1, 1, 2, 3]) : 1;
  return Array.from({ length: times }, () => onceOf(argument, chance)).flat();
}

function onceOf(argument: Argument, chance: Chance): string[] {
  const { type, token } = argument;
  const before = token === undefined || type === 'pure-token' ? [] : [token];
  const inner = argument.arguments ?? [];
  switch (type) {
    case 'pure-token':
      return [token ?? argument.name];
    case 'oneof':
      return [...before, ...onceOf(pick(chance, inner), chance)];
    case 'block':
      return [...before, ...inner.flatMap((part) => wordsOf(part, chance))];
    default:
      return [...before, pick(chance, VALUES[argument.name] ?? valuesOf(type))];
  }
}

function valuesOf(type: Argument['type']): readonly string[] {
  switch (type) {
    case 'integer':
      return ['1', '7', '100'];
    case 'double':
      return ['1.5', '-2', '1e3'];
    case 'unix-time':
      return ['33177117420', '33177117420123'];
    case 'pattern':
      return ['*', 'k?', '[a-c]*'];
    default:
      return ['a', 'b', 'k1', '10'];
  }
}

function pick<Item>(chance: Chance, items: readonly Item[]): Item {
  return items[(chance.next() >>> 0) % items.length];
}
