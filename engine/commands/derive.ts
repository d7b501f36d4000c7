import type { Argument, Command, CommandFlag, CommandSpec, KeySpec } from './contract.ts';
import { helpFor } from './help.ts';

/** What follows from a fact sheet, worked out once. */
export function toCommand(spec: CommandSpec, container?: CommandSpec): Command {
  const flags = new Set<CommandFlag>(spec.flags);
  const keySpecs = keySpecsOf(spec, container ? 2 : 1);
  if (keySpecs.some(({ isCounted, isUnknown }) => isCounted || isUnknown)) flags.add('movablekeys');
  return {
    spec,
    fullName: container ? `${container.name}|${spec.name}` : spec.name,
    arity: spec.arity ?? arityOf(spec, container !== undefined),
    flags: FLAG_ORDER.filter((flag) => flags.has(flag)),
    categories: categoriesOf(spec),
    keySpecs,
    handler: spec.handler ?? null,
    isWrite: flags.has('write'),
    isLogged: flags.has('write') || spec.remembers === true,
    isDenyOom: flags.has('denyoom'),
    takesMemory: flags.has('denyoom') || spec.takesMemory === true,
    isNoAuth: flags.has('no_auth'),
    isNoMulti: flags.has('no_multi'),
    isImmediate: spec.isImmediate === true,
    isProtected: spec.isProtected === true,
    isAdmin: flags.has('admin'),
    isReadOnly: flags.has('readonly'),
    isFast: flags.has('fast'),
    isBrief: container === undefined && BRIEF.has(spec.name),
    isPlain: isPlain(spec, keySpecs) && container === undefined,
    isUnlogged: flags.has('skip_slowlog'),
    subcommands: spec.subcommands ? subcommandsOf(spec, spec.subcommands) : null,
    calls: 0,
    rejected: 0,
    failed: 0,
    timedCalls: 0,
    microseconds: 0,
    histogram: null,
  };
}

/** Whether a command is about keys and values, and about nothing else. */
function isPlain({ group, flags, isProtected }: CommandSpec, keySpecs: readonly KeySpec[]): boolean {
  return PLAIN_GROUPS.has(group) && keySpecs.length > 0 && !flags.includes('blocking') && isProtected !== true;
}

const PLAIN_GROUPS = new Set<CommandSpec['group']>([
  ...(['string', 'list', 'set', 'sorted-set', 'hash', 'bitmap', 'hyperloglog', 'generic'] as const),
]);

/** What is over in a moment however large the value is, so that looking at a clock would be a good part of it. */
const BRIEF = new Set([
  ...['get', 'set', 'setnx', 'getset', 'strlen', 'incr', 'decr', 'incrby', 'decrby', 'exists', 'type', 'ttl', 'pttl'],
  ...[
    'lpush',
    'rpush',
    'lpop',
    'rpop',
    'llen',
    'sadd',
    'srem',
    'scard',
    'sismember',
    'hset',
    'hget',
    'hlen',
    'hincrby',
  ],
  ...['zadd', 'zincrby', 'zscore', 'zcard', 'ping', 'echo', 'select'],
]);

function subcommandsOf(spec: CommandSpec, subcommands: readonly CommandSpec[]): ReadonlyMap<string, Command> {
  return new Map([...subcommands, helpFor(spec, subcommands)].map((sub) => [sub.name, toCommand(sub, spec)]));
}

/** The order in which `COMMAND INFO` names them. */
const FLAG_ORDER: readonly CommandFlag[] = [
  ...(['write', 'readonly', 'denyoom', 'admin', 'pubsub', 'noscript', 'blocking', 'loading', 'stale'] as const),
  ...(['skip_slowlog', 'fast', 'no_auth', 'no_multi', 'movablekeys', 'allow_busy'] as const),
];

// The number of words.

/** The number of words a call has; negative when that is the least and more may come. */
function arityOf(spec: CommandSpec, isSubcommand: boolean): number {
  if (spec.subcommands) return spec.handler ? -1 : -2;
  const least = spec.arguments.reduce((total, argument) => total + leastWords(argument), isSubcommand ? 2 : 1);
  return spec.arguments.some(isOpen) ? -least : least;
}

function leastWords(argument: Argument): number {
  return argument.optional === true ? 0 : leastWhenGiven(argument);
}

function leastWhenGiven(argument: Argument): number {
  if (argument.type === 'pure-token') return 1;
  const token = argument.token === undefined ? 0 : 1;
  const inner = argument.arguments ?? [];
  if (argument.type === 'block') return token + inner.reduce((total, part) => total + leastWords(part), 0);
  if (argument.type === 'oneof') return token + Math.min(...inner.map(leastWhenGiven));
  return token + 1;
}

/** Whether the number of words can vary. */
function isOpen(argument: Argument): boolean {
  if (argument.optional === true || argument.multiple === true) return true;
  const inner = argument.arguments ?? [];
  if (argument.type === 'oneof') return new Set(inner.map(leastWhenGiven)).size > 1;
  return inner.some(isOpen);
}

// The categories.

/** The order in which `COMMAND INFO` names them. */
const CATEGORY_ORDER = [
  ...['keyspace', 'read', 'write', 'set', 'sortedset', 'list', 'hash', 'string', 'bitmap', 'hyperloglog', 'pubsub'],
  ...['admin', 'fast', 'slow', 'blocking', 'dangerous', 'connection', 'transaction'],
];

const CATEGORY_OF_GROUP: Readonly<Record<CommandSpec['group'], string | null>> = {
  generic: 'keyspace',
  string: 'string',
  list: 'list',
  set: 'set',
  'sorted-set': 'sortedset',
  hash: 'hash',
  bitmap: 'bitmap',
  hyperloglog: 'hyperloglog',
  // Follows from the flag: the HELP of PUBSUB has neither.
  pubsub: null,
  connection: 'connection',
  transactions: 'transaction',
  server: null,
};

function categoriesOf(spec: CommandSpec): readonly string[] {
  const has = (flag: CommandFlag): boolean => spec.flags.includes(flag);
  const categories = new Set(spec.categories ?? []);
  const ofGroup = CATEGORY_OF_GROUP[spec.group];
  // A container is in no group's category: its subcommands are.
  if (ofGroup !== null && !spec.subcommands && spec.leavesGroupCategory !== true) categories.add(ofGroup);
  if (has('write')) categories.add('write');
  if (has('readonly')) categories.add('read');
  if (has('pubsub')) categories.add('pubsub');
  if (has('blocking')) categories.add('blocking');
  if (has('admin')) categories.add('admin').add('dangerous');
  categories.add(has('fast') ? 'fast' : 'slow');
  return CATEGORY_ORDER.filter((category) => categories.has(category)).map((category) => `@${category}`);
}

// The keys.

/** One for each key of the grammar. Every argument before the last key has a fixed number of words. */
function keySpecsOf(spec: CommandSpec, firstWord: number): readonly KeySpec[] {
  const keySpecs: KeySpec[] = [];
  let index = firstWord;
  spec.arguments.forEach((argument, at) => {
    const parts = argument.type === 'block' ? (argument.arguments ?? []) : [argument];
    const isRepeated = argument.multiple === true;
    const isCounted = isRepeated && spec.arguments[at - 1]?.name === 'numkeys';
    parts.forEach((part, offset) => {
      if (part.joinsKey === true) {
        const joined = keySpecs.pop();
        if (joined) keySpecs.push({ ...joined, lastKey: joined.lastKey + 1 });
        return;
      }
      if (part.type !== 'key' && part.keyFlags === undefined) return;
      const flags = part.keyFlags ?? [];
      const plain = { flags, isCounted, isUnknown: false };
      if (part.findKeys !== undefined) {
        if (part.findKeys === 'unknown') keySpecs.push({ ...plain, index: 0, lastKey: 0, step: 0, isUnknown: true });
        return;
      }
      if (isCounted) {
        keySpecs.push({ ...plain, index: index - 1, lastKey: 0, step: 1 });
        return;
      }
      const wordsBehind = spec.arguments.slice(at + 1).reduce((total, next) => total + leastWords(next), 0);
      const lastKey = isRepeated ? -1 - wordsBehind : 0;
      keySpecs.push({ ...plain, index: index + offset, lastKey, step: isRepeated ? parts.length : 1 });
    });
    index += leastWords(argument);
  });
  return keySpecs;
}
