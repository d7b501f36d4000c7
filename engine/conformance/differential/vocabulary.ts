/**
 * The words that random commands are made of: few keys for each type, so that commands meet and types collide; members
 * that are met again; numbers near the edges of what Redis reads.
 */
import type { Argument, CommandGroup, CommandSpec } from '../../commands/contract.ts';
import type { Random } from './random.ts';

/** What a session is like. */
export interface Mood {
  /** How many members, fields and elements there are to choose from. */
  readonly members: number;
  /** How many times an argument that may be repeated stands at most. */
  readonly repeats: number;
}

const KEYS_A_TYPE = 4;

/** The first letter of a key says what it is meant to hold; nothing enforces it. */
const KEY_LETTERS: Readonly<Partial<Record<CommandGroup, string>>> = {
  string: 's',
  bitmap: 'b',
  hyperloglog: 'p',
  list: 'l',
  hash: 'h',
  set: 'e',
  'sorted-set': 'z',
};
const LETTERS = Object.values(KEY_LETTERS);
const ODD_KEYS = ['', '\x00\xff\r\n', 'key with blanks', '{tag}1', '__proto__', '*', 'constructor', '10'];

export function keyFor(random: Random, group: CommandGroup): string {
  if (random.percent(2)) return random.pick(ODD_KEYS);
  const own = KEY_LETTERS[group];
  const letter = own === undefined || random.percent(8) ? random.pick(LETTERS) : own;
  return `${letter}${random.below(KEYS_A_TYPE)}`;
}

const EDGES = [
  ...['9223372036854775807', '-9223372036854775808', '9223372036854775808', '-9223372036854775809'],
  ...['2147483647', '-2147483648', '2147483648', '4294967295', '4294967296', '18446744073709551615'],
  ...['9223372036854775806', '4611686018427387904', '9007199254740993', '99999999999999999999'],
];
const NO_INTEGERS = ['', 'abc', '1.5', ' 1', '1 ', '+1', '01', '-0', '0x10', '1e3', '--1', '1\x00', 'inf'];
const DOUBLES = [
  ...[
    '0',
    '1',
    '2',
    '3',
    '-1',
    '1.5',
    '2.5',
    '-0.5',
    '0.1',
    '3.141592653589793',
    '10',
    '100',
    '-100',
    '1e3',
    '.5',
    '5.',
  ],
  ...[
    '17179869184',
    '9007199254740992',
    '9007199254740993',
    '123456789012345680000',
    '1e21',
    '1e22',
    '1e-7',
    '0.30000000000000004',
  ],
];
const ODD_DOUBLES = [
  ...[
    'inf',
    '-inf',
    '+inf',
    'Infinity',
    'INFINITY',
    'nan',
    '-nan',
    '1e308',
    '-1e308',
    '1.7976931348623157e308',
    '1e309',
    '5e-324',
  ],
  ...[
    '2.2250738585072014e-308',
    '-0',
    '-0.0',
    '0x10',
    '0x1p3',
    '+1',
    '1e400',
    '1e-400',
    '',
    'abc',
    ' 1',
    '1 ',
    '1\x002',
    '9223372036854775807',
    '-9223372036854775808',
  ],
];
const TEXTS = [
  ...[
    '',
    'a',
    'b',
    'foo',
    'bar',
    'hello world',
    '0',
    '1',
    '-1',
    '10',
    '9999',
    '10000',
    '12345678901',
    '3.0',
    '1.5',
    '-0',
    '1e3',
  ],
  ...['9223372036854775807', '-9223372036854775808', '9223372036854775808', '007', 'inf', 'nan', '0x10', ' 1'],
  ...['\x00\xff\xfe', '\r\n', 'a\x00b', '\xc3\xa9\xe2\x82\xac', '"quoted"', "it's", '\\', '\x80\x80\x80\x80'],
];
const LONG_TEXTS = [44, 45, 63, 64, 65, 100, 253, 254, 255];
const PATTERNS = [
  ...[
    '*',
    '?',
    '??',
    's*',
    '*1',
    '[a-m]*',
    'm?',
    'm1*',
    '[^a]*',
    '\\*',
    '',
    '[',
    'h[0-2]',
    '*a*b*',
    'nothing',
    'f?*',
    '[z-a]1',
    'e[\\0-1]',
  ],
];
const CHANNELS = ['news', 'news.a', 'chat', 'c\x00', ''];
const CHANNEL_PATTERNS = ['__key*', '__keyevent@0__:*', 'news*', '*', 'n?ws', '[cn]*', 'none', ''];

function textFor(random: Random, { members }: Mood): string {
  if (random.percent(45)) return memberFor(random, members);
  if (random.percent(90)) return random.pick(TEXTS);
  return random.percent(95) ? 'x'.repeat(random.pick(LONG_TEXTS)) : 'y'.repeat(random.between(1000, 20_000));
}

function memberFor(random: Random, members: number): string {
  return random.percent(65) ? `m${random.below(members)}` : String(random.below(members));
}

/** A member, field or element: mostly one that may be there already. */
function elementFor(random: Random, mood: Mood, group: CommandGroup): string {
  // Sets of integers alone stay such for a while.
  if (group === 'set' && random.percent(30)) return String(random.below(mood.members) - 5);
  return random.percent(85) ? memberFor(random, mood.members) : textFor(random, mood);
}

function integerFor(random: Random, mood: Mood): string {
  if (random.percent(4)) return random.pick(EDGES);
  if (random.percent(3)) return random.pick(NO_INTEGERS);
  if (random.percent(15)) return String(random.between(-mood.members, mood.members));
  return String(random.between(-4, 12));
}

function scoreFor(random: Random, mood: Mood): string {
  if (random.percent(8)) return random.pick(ODD_DOUBLES);
  return random.percent(40) ? String(random.below(mood.members)) : random.pick(DOUBLES);
}

/** An end of a range of scores. */
export function scoreEnd(random: Random, mood: Mood): string {
  if (random.percent(25)) return random.pick(['-inf', '+inf', 'inf', '(-inf', '(inf']);
  return (random.percent(25) ? '(' : '') + scoreFor(random, mood);
}

/** An end of a range of members. */
export function lexEnd(random: Random, mood: Mood): string {
  if (random.percent(30)) return random.pick(['-', '+', '+', '-', '(', '[', 'a', '', '(-', '++']);
  return random.pick(['[', '(']) + elementFor(random, mood, 'sorted-set');
}

function seconds(random: Random): string {
  // Far apart from each other: which of two deadlines is later must not hang on a millisecond.
  return random.percent(85) ? String(random.between(10, 100_000) * 100) : integerEdge(random);
}

function milliseconds(random: Random): string {
  if (random.percent(8)) return String(random.between(1, 3));
  return random.percent(85) ? String(random.between(10, 100_000) * 100_000) : integerEdge(random);
}

function integerEdge(random: Random): string {
  return random.pick([
    '0',
    '-1',
    '-1000',
    '9223372036854775',
    '9223372036854775807',
    '-9223372036854775808',
    ...NO_INTEGERS,
  ]);
}

function offsetFor(random: Random): string {
  if (random.percent(85)) return String(random.below(64));
  if (random.percent(70)) return String(random.below(20_000));
  return random.pick([
    ...['4294967296', '9223372036854775807', '-1', 'abc', '18446744073709551616', '8388607', '8388608', '1048576'],
    ...['1048575', '4294967295', '536870911'],
  ]);
}

function bitOffset(random: Random): string {
  return random.percent(30) ? `#${random.below(40)}` : offsetFor(random);
}

/** Stands for the id that a client has, which is another one on each server; a transcript reads it alike. */
export function nameOfId(client: number): string {
  return `\${id${client}}`;
}

/** What a real server's DUMP gave: two strings, a list, two sets, a sorted set and a hash; and one with a wrong checksum. */
const DUMPS = [
  '\x00\x01\x61\x0a\x00\xbf\xfe\xef\x9b\x8f\x36\x7d\xb4',
  '\x00\xc1\x39\x30\x0a\x00\x9d\x94\xea\x27\x93\xfc\x08\xb9',
  '\x12\x01\x02\x0c\x0c\x00\x00\x00\x02\x00\x01\x01\x81\x61\x02\xff\x0a\x00\xd0\x99\xcf\xac\xb7\x9f\x1e\x43',
  '\x0b\x0e\x02\x00\x00\x00\x03\x00\x00\x00\x01\x00\x02\x00\x03\x00\x0a\x00\xa5\x02\x5c\xe2\x6d\x6e\x4d\x1b',
  '\x02\x02\x02\x6d\x31\x02\x6d\x32\x0a\x00\x39\xb7\x23\x44\x0e\x17\x97\x9b',
  '\x11\x16\x16\x00\x00\x00\x04\x00\x82\x6d\x31\x03\x01\x01\x82\x6d\x32\x03\x83\x32\x2e\x35\x04\xff\x0a\x00\xdd\x92\x6f\x09\x5f\x85\x4c\x7b',
  '\x10\x14\x14\x00\x00\x00\x04\x00\x82\x6d\x31\x03\x01\x01\x82\x6d\x32\x03\x81\x61\x02\xff\x0a\x00\xf0\xe2\x85\x98\xf4\xfd\x04\xd2',
  '\x00\x01a\x0a\x00\x00\x00\x00\x00\x00\x00\x00\x01',
];

type Maker = (random: Random, mood: Mood, group: CommandGroup) => string;

const oneOf =
  (...words: readonly string[]): Maker =>
  (random) =>
    random.pick(words);

/** By the command's and the argument's names, or the argument's alone, where its type says too little. */
const MAKERS: Readonly<Record<string, Maker>> = {
  value: textFor,
  message: textFor,
  element: elementFor,
  pivot: elementFor,
  member: elementFor,
  field: elementFor,
  index: integerFor,
  'select index': oneOf('0', '0', '0', '1', '2', '15', '16', '-1', 'abc', '9223372036854775807', '2147483648'),
  db: oneOf('0', '1', '2', '16', '-1', 'x', '4294967296'),
  'destination-db': oneOf('0', '1', '2', '16', '-1', 'x', '4294967296'),
  index1: oneOf('0', '1', '2', '16', '-1', 'x'),
  index2: oneOf('0', '1', '2', '16', '-1', 'x'),
  seconds,
  milliseconds,
  ttl: milliseconds,
  timeout: oneOf(
    '0',
    '0',
    '0',
    '1000',
    '0.02',
    '-1',
    'abc',
    '1e400',
    'nan',
    'inf',
    '',
    '100.5',
    '0x100',
    '9223372036854775807',
  ),
  offset: offsetFor,
  encoding: oneOf(
    'u1',
    'u8',
    'i8',
    'i16',
    'u32',
    'u63',
    'i64',
    'i1',
    'u64',
    'i65',
    'u0',
    'x8',
    'i5',
    'u7',
    'U8',
    'u',
    '',
  ),
  'bitfield offset': bitOffset,
  'bitfield_ro offset': bitOffset,
  'setbit value': oneOf('0', '1', '1', '0', '2', '-1', 'x'),
  bit: oneOf('0', '1', '2', 'x'),
  operation: oneOf('AND', 'OR', 'XOR', 'NOT', 'nor'),
  cursor: oneOf('0', '0', '0', '0', '5', '18446744073709551615', '-1', 'abc', '18446744073709551616', ''),
  'scan count': oneOf('1', '10', '100000', '0', '-1', 'x'),
  type: oneOf('string', 'list', 'set', 'zset', 'hash', 'stream', 'nothing'),
  score: scoreFor,
  increment: (random, mood, group) => (group === 'sorted-set' ? scoreFor(random, mood) : incrementFor(random)),
  'incrbyfloat increment': scoreFor,
  'hincrbyfloat increment': scoreFor,
  weight: scoreFor,
  min: scoreEnd,
  max: scoreEnd,
  'zrange start': integerFor,
  'zrange stop': integerFor,
  'zrangestore min': integerFor,
  'zrangestore max': integerFor,
  'serialized-value': oneOf(...DUMPS, 'x', ''),
  'restore ttl': (random) => (random.percent(60) ? '0' : milliseconds(random)),
  frequency: oneOf('0', '255', '256', '-1', 'x'),
  channel: oneOf(...CHANNELS),
  shardchannel: oneOf(...CHANNELS),
  'sort pattern': oneOf('s*', 'h*->m1', 'h*', 'nosort', '#', 'x*', '*', 'h*->', 'm*->m1', 's*->f'),
  'sort_ro pattern': oneOf('s*', 'h*->m1', 'h*', 'nosort', '#', 'x*', '*'),
  numreplicas: oneOf('0', '0', 'x', '-1'),
  'wait timeout': oneOf('0', '10', '-1', 'x'),
  event: oneOf('command', 'nonsense'),
  'psubscribe pattern': oneOf(...CHANNEL_PATTERNS),
  'punsubscribe pattern': oneOf(...CHANNEL_PATTERNS),
  'publish channel': oneOf(...CHANNELS, 'news.b'),
  'pfdebug subcommand': oneOf('GETREG', 'DECODE', 'ENCODING', 'TODENSE', 'nonsense'),
  protover: oneOf('2', '3', '3', '2', '1', '4', 'x'),
  username: oneOf('default', 'nobody'),
  password: oneOf('', 'wrong'),
  clientname: oneOf('me', 'a b', 'x\n'),
  'connection-name': oneOf('me', 'you', 'a b', '', 'x\n'),
  libname: oneOf('lib', 'a b'),
  libver: oneOf('1.0', 'a b'),
  'client-id': oneOf(nameOfId(1), nameOfId(2), nameOfId(3), nameOfId(4), '999999', '0', '-1', 'x'),
  'command-name': oneOf('get', 'ZADD', 'object|encoding', 'nonsense', 'blpop', 'sort'),
  category: oneOf('read', 'write', 'nonsense'),
  'module-name': oneOf('none'),
  section: oneOf('server', 'keyspace', 'everything', 'nonsense'),
  samples: oneOf('0', '5', '-1', 'x'),
};

const INCREMENTS = [...EDGES, ...NO_INTEGERS];

function incrementFor(random: Random): string {
  return random.percent(20) ? random.pick(INCREMENTS) : String(random.between(-20, 20));
}

/** One word for an argument. */
export function wordFor(random: Random, spec: CommandSpec, argument: Argument, mood: Mood): string {
  const { group, name: command } = spec;
  const isLex = command.endsWith('bylex') || command === 'zlexcount';
  if (isLex && (argument.name === 'min' || argument.name === 'max')) return lexEnd(random, mood);
  const maker = MAKERS[`${command} ${argument.name}`] ?? MAKERS[argument.name];
  if (maker !== undefined) return maker(random, mood, group);
  switch (argument.type) {
    case 'key':
      return keyFor(random, group);
    case 'integer':
      return integerFor(random, mood);
    case 'double':
      return scoreFor(random, mood);
    case 'pattern':
      return random.pick(PATTERNS);
    case 'unix-time':
      return random.pick(['33177117420', '33177117420123', '43177117420', '1', '0', '-1', '9223372036854775807', 'x']);
    default:
      return elementFor(random, mood, group);
  }
}

/** What stands in a line by mistake. */
export function mistakenWord(random: Random, mood: Mood): string {
  const kind = random.below(4);
  if (kind === 0) return random.pick(EDGES);
  if (kind === 1) return random.pick(NO_INTEGERS);
  return kind === 2
    ? textFor(random, mood)
    : random.pick(['NX', 'XX', 'COUNT', 'LIMIT', 'WITHSCORES', 'GET', 'REV', 'EX']);
}
