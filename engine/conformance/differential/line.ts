/** One line of words from a command's grammar: mostly as it should be, sometimes with a mistake in it. */
import type { Argument, CommandSpec } from '../../commands/contract.ts';
import type { Random } from './random.ts';
import { settingsLine, SETTING_PATTERNS } from './settings.ts';
import { keyFor, lexEnd, mistakenWord, scoreEnd, wordFor, type Mood } from './vocabulary.ts';

/** A command, or a subcommand with its container. */
export interface Call {
  readonly spec: CommandSpec;
  /** In lower case: `client|id`. */
  readonly name: string;
  readonly words: readonly string[];
}

/** Every command and subcommand that has something to run. */
export function callsOf(specs: readonly CommandSpec[]): Call[] {
  return specs.flatMap((spec) => {
    const own: Call = { spec, name: spec.name, words: [spec.name] };
    const inner = (spec.subcommands ?? []).map((subcommand) => ({
      spec: { ...subcommand, group: spec.group },
      name: `${spec.name}|${subcommand.name}`,
      words: [spec.name, subcommand.name],
    }));
    return [...(spec.handler !== undefined || inner.length === 0 ? [own] : []), ...inner];
  });
}

type Template = (random: Random, mood: Mood, calls: readonly Call[]) => string[];

function ofAnotherCall(random: Random, mood: Mood, calls: readonly Call[]): string[] {
  return lineOf(random, random.pick(calls), mood, []);
}

/** Where the grammar says "any words". */
const TEMPLATES: Readonly<Record<string, Template>> = {
  debug: (random) =>
    random.pick([
      ...[
        ['object', keyFor(random, 'generic')],
        ['DIGEST-VALUE', keyFor(random, 'generic'), keyFor(random, 'generic')],
      ],
      ...[['digest'], ['nonsense', 'x'], ['error', 'ERR of its own']],
    ]),
  'config|set': (random) => settingsLine(random),
  'config|get': (random) => random.pick(SETTING_PATTERNS),
  'client|kill': (random) =>
    random.pick([
      ['ID', '999999'],
      ['1.2.3.4:5'],
      ['ADDR', '1.2.3.4:5'],
      ['USER', 'nobody'],
      ['TYPE', 'nothing'],
      ['ID', 'x'],
    ]),
  'command|getkeys': ofAnotherCall,
  'command|getkeysandflags': ofAnotherCall,
};

export function lineOf(random: Random, call: Call, mood: Mood, calls: readonly Call[]): string[] {
  const template = calls.length > 0 ? TEMPLATES[call.name] : undefined;
  const words = template
    ? [...call.words, ...template(random, mood, calls)]
    : adjusted(random, mood, [...call.words, ...argumentsOf(random, call.spec, mood)]);
  // The session must know who is in a transaction, and a name must stay a name.
  const mayErr =
    template === undefined && call.spec.group !== 'transactions' && !words.some((word) => word.startsWith('${'));
  const line = mayErr && random.percent(4) ? mistaken(random, mood, words, call.words.length) : words;
  return random.percent(5) ? [line[0].toUpperCase(), ...line.slice(1)] : line;
}

function argumentsOf(random: Random, spec: CommandSpec, mood: Mood): string[] {
  const words: string[] = [];
  spec.arguments.forEach((argument, at) => {
    const made = wordsOf(random, spec, argument, mood);
    // How many keys there are is said before them.
    if (spec.arguments[at - 1]?.name === 'numkeys' && random.percent(93)) words[words.length - 1] = String(made.length);
    words.push(...made);
  });
  return words;
}

function wordsOf(random: Random, spec: CommandSpec, argument: Argument, mood: Mood): string[] {
  if (argument.optional === true && random.percent(argument.type === 'key' ? 20 : 60)) return [];
  let times = 1;
  if (argument.multiple === true) times = random.percent(50) ? 1 : random.between(1, mood.repeats);
  // Few keys: each of them is looked for.
  if (argument.type === 'key') times = Math.min(times, 4);
  const once = Array.from({ length: times }, (_, i) => onceOf(random, spec, argument, mood, i));
  return once.flat();
}

function onceOf(random: Random, spec: CommandSpec, argument: Argument, mood: Mood, turn: number): string[] {
  const { type, token } = argument;
  const isNamed = token !== undefined && type !== 'pure-token' && (turn === 0 || argument.multipleToken === true);
  const before = isNamed ? [token] : [];
  const inner = argument.arguments ?? [];
  switch (type) {
    case 'pure-token':
      return [token ?? argument.name];
    case 'oneof':
      return [...before, ...onceOf(random, spec, random.pick(inner), mood, 0)];
    case 'block':
      return [...before, ...inner.flatMap((part) => wordsOf(random, spec, part, mood))];
    default:
      return [...before, wordFor(random, spec, argument, mood)];
  }
}

/** Some words follow from others that stand behind them. */
function adjusted(random: Random, mood: Mood, words: string[]): string[] {
  const at = words[0] === 'zrange' ? 2 : words[0] === 'zrangestore' ? 3 : 0;
  if (at === 0 || random.percent(10)) return words;
  const kind = words.includes('BYLEX') ? lexEnd : words.includes('BYSCORE') ? scoreEnd : null;
  if (kind === null) return words;
  return [...words.slice(0, at), kind(random, mood), kind(random, mood), ...words.slice(at + 2)];
}

/** Behind the words that name the command something is missing, too much, or in the wrong place. */
function mistaken(random: Random, mood: Mood, words: readonly string[], from: number): string[] {
  const at = random.between(from, words.length);
  const rest = words.slice(at + 1);
  const before = words.slice(0, at);
  switch (random.below(6)) {
    case 0:
      return before;
    case 1:
      return [...before, ...rest];
    case 2:
      return [...before, mistakenWord(random, mood), ...words.slice(at)];
    case 3:
      return [...before, mistakenWord(random, mood), ...rest];
    case 4:
      return [...words, ...words.slice(at)];
    default:
      return [...before, ...rest, ...words.slice(at, at + 1)];
  }
}
