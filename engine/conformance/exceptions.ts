/**
 * Where the differential test does not ask for the same bytes from the engine and from a real server, and why: chance, time,
 * the order inside a hash table, and what names the server itself. Each exception is as narrow as it can be; errors are
 * compared to the byte everywhere, and whatever is not named here is.
 */
import type { Expectation } from './expectation.ts';
import { chunksOf, everyPart, isError, isPlain, partsOf, sameMultiset, textOf } from './loose.ts';
import type { Reply } from './reply.ts';

/** What is known about a command whose two replies are compared. */
export interface Circumstances {
  readonly words: readonly string[];
  /** What the same client was answered just before, by the engine and by the real server. */
  readonly before: { readonly ours: Reply | null; readonly real: Reply | null };
  /** Whether one of the command's keys is kept in a hash table; inside EXEC nobody knows any more. */
  readonly isTable: boolean;
}

export interface Exception {
  /** Names in lower case; of a subcommand `client|info`. */
  readonly commands: readonly string[];
  readonly reason: string;
  /** Asked only when the bytes differ and neither is an error. */
  readonly same: (ours: Reply, real: Reply, circumstances: Circumstances) => boolean;
  /** What a transcript says instead of the real server's reply. */
  readonly expected: (real: Reply) => Expectation;
  /** Lines that are sent before; the reply is held to the answer to the last one. */
  readonly before?: (words: readonly string[]) => readonly string[][];
  /** Lines that are sent behind, to make equal what chance has made different. */
  readonly after?: (words: readonly string[]) => readonly string[][];
}

/** Milliseconds that may lie between the two servers hearing a command, on a machine that is busy. */
const LATE_MS = 60_000;
const LATE_SECONDS = LATE_MS / 1000;

const TABLE_ORDER =
  'The order inside a hash table follows from its hash function and seed, which no client can choose.';
const CHANCE = 'Chosen by chance; held to what there was to choose from, and to how many were asked for.';

const SWEEP = 'Expired keys go when they are met, so all are met first.';
const ALL_KEYS = ['SCAN', '0', 'COUNT', '1000000'];

function unordered(pairs: boolean): Pick<Exception, 'same' | 'expected'> {
  return {
    same: (ours, real, { isTable }) => isTable && sameMultiset(ours, real, pairs ? 2 : 1),
    expected: (real) => anyOrder(real, pairs),
  };
}

/** This reply and no other. */
export function exactly(reply: Reply): Expectation {
  return reply.kind === 'group' ? { ...reply, rule: 'exact', items: reply.items.map(exactly) } : reply;
}

function anyOrder(real: Reply, pairs: boolean): Expectation {
  if (real.kind !== 'group') return real;
  const isFlat = real.mark === '*' && real.items[0]?.kind !== 'group';
  return { ...real, items: real.items.map(exactly), rule: pairs && isFlat ? 'unordered-pairs' : 'unordered' };
}

/** What the line before has shown, which may itself have been a walk. */
function withoutCursor(all: Reply): Reply {
  const parts = partsOf(all);
  return parts.length === 2 && parts[0].kind !== 'group' && parts[1].kind === 'group' ? parts[1] : all;
}

/** Chosen among what the line before has shown. */
function drawn(size: number): Pick<Exception, 'same' | 'expected'> {
  const isFrom = (reply: Reply, all: Reply | null, isPaired: boolean, isDistinct: boolean): boolean => {
    if (all === null) return false;
    const chosen = chunksOf(reply, isPaired ? 2 : 1);
    const known = new Set(chunksOf(withoutCursor(all), size).map((chunk) => (isPaired ? chunk : chunk.split('\n')[0])));
    return chosen.every((chunk) => known.has(chunk)) && (!isDistinct || new Set(chosen).size === chosen.length);
  };
  return {
    same: (ours, real, { words, before }) => {
      const isPaired = words.length > 3;
      const isDistinct = words.length > 2 && Number(words[2]) >= 0;
      return (
        chunksOf(ours, isPaired ? 2 : 1).length === chunksOf(real, isPaired ? 2 : 1).length &&
        isFrom(ours, before.ours, isPaired, isDistinct) &&
        isFrom(real, before.real, isPaired, isDistinct)
      );
    },
    expected: () => ({ kind: 'scalar', rule: 'any', argument: '' }),
  };
}

/** A stretch of a walk through a hash table: what it shows is there, and a walk that ends where it began shows all. */
function walked(pairs: boolean): Pick<Exception, 'same' | 'expected'> {
  const size = pairs ? 2 : 1;
  const cursorOf = (reply: Reply): string => partsOf(reply).slice(0, 1).map(textOf).join('');
  const isFrom = (reply: Reply, all: Reply | null): boolean => {
    if (all === null || isError(all)) return false;
    const known = new Set(chunksOf(withoutCursor(all), size, textOf));
    return chunksOf(partsOf(reply)[1], size, textOf).every((chunk) => known.has(chunk));
  };
  return {
    same: (ours, real, { words, before, isTable }) => {
      const cursor = words[0].toLowerCase() === 'scan' ? words[1] : words[2];
      if (!isTable || !/^\d+$/.test(cursorOf(ours)) || !/^\d+$/.test(cursorOf(real))) return false;
      if (cursor === '0' && cursorOf(ours) === '0' && cursorOf(real) === '0')
        return sameMultiset(partsOf(ours)[1], partsOf(real)[1], size);
      return isFrom(ours, before.ours) && isFrom(real, before.real);
    },
    expected: () => ({ kind: 'scalar', rule: 'any', argument: '' }),
  };
}

function within(tolerance: number): Pick<Exception, 'same' | 'expected'> {
  return {
    same: (ours, real) => {
      const [a, b] = [numberOf(ours), numberOf(real)];
      return a !== null && b !== null && a >= 0 && b >= 0 && Math.abs(a - b) <= tolerance;
    },
    expected: (real) => {
      const value = numberOf(real);
      if (value === null || value < 0) return exactly(real);
      return { kind: 'scalar', rule: 'int', argument: `${Math.max(0, value - tolerance)}..${value + tolerance}` };
    },
  };
}

/** The same kind of answer, whatever it says. */
const ANY_OF_ITS_KIND: Pick<Exception, 'same' | 'expected'> = {
  same: (ours, real) => ours.kind === real.kind && (ours.kind === 'raw' || ours.mark === (real as typeof ours).mark),
  expected: () => ({ kind: 'scalar', rule: 'any', argument: '' }),
};

/** Lines of `name=value`: all those names that both know, without the ones that say where and when. */
function sameClients(ours: Reply, real: Reply): boolean {
  const [a, b] = [clientsOf(ours), clientsOf(real)];
  return a.length === b.length && a.every((line, i) => line === b[i]);
}

/** The name of the tester's own connection to the real server. */
export const CONTROL = 'differential-control';
const CLIENT_FIELDS = ['name', 'flags', 'db', 'sub', 'psub', 'ssub', 'multi', 'cmd', 'user', 'resp'];

function clientsOf(reply: Reply): string[] {
  const lines = textOf(reply)
    .split('\n')
    .filter((line) => line !== '' && !line.includes(` name=${CONTROL} `));
  const told = lines.map((line) => {
    const fields = new Map(
      [...line.matchAll(/(?:^| )([\w-]+)=(\S*)/g)].map(([, name, value]) => [name, value] as const),
    );
    // U says that the connection is a Unix socket, u that in this turn of its loop Redis has answered one that waited.
    const flags = (fields.get('flags') ?? '').replace(/u/gi, '') || 'N';
    return CLIENT_FIELDS.map((name) => (name === 'flags' ? flags : (fields.get(name) ?? ''))).join(' ');
  });
  return told.sort();
}

/** HELLO's map with the words that name the server taken out. */
function sameHello(ours: Reply, real: Reply): boolean {
  const [a, b] = [chunksOf(ours, 2), chunksOf(real, 2)];
  const named = (chunk: string): boolean => /^\$\d+ "(id|version)"\n/.test(chunk);
  return a.length === b.length && a.every((chunk, i) => chunk === b[i] || (named(chunk) && named(b[i])));
}

function numberOf(reply: Reply): number | null {
  return isPlain(reply) && /^-?\d+$/.test(reply.text) ? Number(reply.text) : null;
}

/** What SORT gives where nothing, or nothing that tells the elements apart, decides their order. */
function sameSorted(ours: Reply, real: Reply, { words, isTable }: Circumstances): boolean {
  const has = (word: string): boolean => words.some((other) => other.toLowerCase() === word);
  if (!isTable || ours.kind !== 'group' || real.kind !== 'group') return false;
  // ALPHA compares as C does: what stands behind a zero byte tells nothing apart.
  const isCut = has('alpha') && real.items.some((item) => textOf(item).includes('\0'));
  if (!has('by') && !isCut) return false;
  if (has('limit')) return ours.items.length === real.items.length;
  return sameMultiset(ours, real, Math.max(1, words.filter((word) => word.toLowerCase() === 'get').length));
}

/** The pairs that the engine gives are among those of the real server. */
function isAmong(ours: Reply, real: Reply): boolean {
  const known = new Set(chunksOf(real, 2));
  return chunksOf(ours, 2).every((chunk) => known.has(chunk));
}

/** Where the key of a lexicographic range stands, if the line asks for one. */
function lexKeyOf(words: readonly string[]): string | undefined {
  const isRange = /^zrange(store)?$/i.test(words[0]);
  if (isRange && !words.some((word) => /^bylex$/i.test(word))) return undefined;
  return /^zrangestore$/i.test(words[0]) ? words[2] : words[1];
}

const everything = (command: string) => (words: readonly string[]) => [[command, words[1] ?? '']];

export const EXCEPTIONS: readonly Exception[] = [
  { commands: ['smembers', 'sinter', 'sunion', 'sdiff'], reason: TABLE_ORDER, ...unordered(false) },
  { commands: ['hkeys', 'hvals', 'keys'], reason: TABLE_ORDER, ...unordered(false) },
  {
    commands: ['sort', 'sort_ro'],
    reason:
      `${TABLE_ORDER} It decides where nothing is sorted by, or where that is equal; with LIMIT, even who is shown. ` +
      'Besides, Redis takes an overflow that it met in reading another number for one of its own: in an earlier command, ' +
      'or in making a large sorted set of a small one. So that is done first, and then a cursor is read, which ends it.',
    before: (words) => [[words[0], words[1] ?? '', 'BY', 'nosort', 'LIMIT', '0', '0'], ALL_KEYS],
    same: sameSorted,
    expected: exactly,
  },
  { commands: ['hgetall'], reason: TABLE_ORDER, ...unordered(true) },
  { commands: ['pubsub|channels', 'pubsub|shardchannels'], reason: TABLE_ORDER, ...unordered(false) },
  { commands: ['hscan'], reason: TABLE_ORDER, ...walked(true), before: everything('HGETALL') },
  { commands: ['sscan'], reason: TABLE_ORDER, ...walked(false), before: everything('SMEMBERS') },
  {
    commands: ['zscan'],
    reason: TABLE_ORDER,
    ...walked(true),
    before: ([, key]) => [['ZRANGE', key ?? '', '0', '-1', 'WITHSCORES']],
  },
  { commands: ['scan'], reason: `${TABLE_ORDER} ${SWEEP}`, ...walked(false), before: () => [ALL_KEYS] },
  {
    commands: ['zlexcount', 'zrangebylex', 'zrevrangebylex', 'zremrangebylex', 'zrange', 'zrangestore'],
    reason:
      'Lexicographic ranges say something only where all scores are equal; elsewhere the answer follows from the heights ' +
      'in a skip list, which are chosen by chance. So the scores are made equal first. What is answered is compared.',
    same: () => false,
    expected: exactly,
    before: (words) => {
      const key = lexKeyOf(words);
      return key === undefined ? [] : [['ZUNIONSTORE', key, '1', key, 'WEIGHTS', '0']];
    },
  },
  { commands: ['srandmember'], reason: CHANCE, ...drawn(1), before: everything('SMEMBERS') },
  {
    commands: ['spop'],
    reason: `${CHANCE} What is left differs, so that the key goes.`,
    ...drawn(1),
    before: everything('SMEMBERS'),
    after: everything('DEL'),
  },
  { commands: ['hrandfield'], reason: CHANCE, ...drawn(2), before: everything('HGETALL') },
  {
    commands: ['zrandmember'],
    reason: CHANCE,
    ...drawn(2),
    before: ([, key]) => [['ZRANGE', key ?? '', '0', '-1', 'WITHSCORES']],
  },
  { commands: ['randomkey'], reason: `${CHANCE} ${SWEEP}`, ...drawn(1), before: () => [ALL_KEYS] },
  { commands: ['pttl', 'pexpiretime'], reason: 'Two clocks.', ...within(LATE_MS) },
  { commands: ['ttl', 'expiretime'], reason: 'Two clocks.', ...within(LATE_SECONDS) },
  {
    commands: ['object|idletime'],
    reason: 'A small integer is one object for all keys in Redis, and what one of them is used for counts for all.',
    ...ANY_OF_ITS_KIND,
  },
  { commands: ['time'], reason: 'Two clocks.', ...ANY_OF_ITS_KIND },
  {
    commands: ['dump'],
    reason:
      'A payload has the order of a table in it, and may be packed more or less; that each server restores what the other ' +
      'dumps is tested by itself.',
    ...ANY_OF_ITS_KIND,
  },
  {
    commands: ['memory|usage'],
    reason: 'How many bytes a key takes is what an implementation may choose; that it is there at all is compared.',
    ...ANY_OF_ITS_KIND,
  },
  {
    commands: ['memory|stats', 'memory|doctor', 'memory|malloc-stats', 'info'],
    reason: 'Figures of a process: its memory, its age, its platform.',
    ...ANY_OF_ITS_KIND,
  },
  {
    commands: ['object|refcount'],
    reason:
      'Here nothing is shared, and the count is what Redis would mostly say. A copied small integer is an object of its own ' +
      'there, and the words of a queued command are held until the transaction is over.',
    same: (ours, real) => [ours, real].every((reply) => ['1', '2', '2147483647'].includes(textOf(reply))),
    expected: () => ({ kind: 'scalar', rule: 'int', argument: '1..2147483647' }),
  },
  {
    commands: ['config|get'],
    reason: 'The real server has settings for what is not made yet, and names them in the order of a hash table.',
    same: isAmong,
    expected: (real) => anyOrder(real, true),
  },
  {
    commands: ['slowlog|get', 'slowlog|len', 'latency|histogram', 'latency|doctor'],
    reason: 'What took long, and how long, on this machine at this moment.',
    ...ANY_OF_ITS_KIND,
  },
  {
    commands: ['client|id'],
    reason: 'Counted from the first connection, and the tester makes its own.',
    ...ANY_OF_ITS_KIND,
  },
  {
    commands: ['client|list', 'client|info'],
    reason:
      'Addresses, ages and buffers are those of a socket; names, databases, subscriptions and commands are compared.',
    same: sameClients,
    expected: () => ({ kind: 'scalar', rule: 'any', argument: '' }),
  },
  {
    commands: ['hello'],
    reason: 'It says the id of the connection and the version of the server.',
    same: sameHello,
    expected: () => ({ kind: 'scalar', rule: 'any', argument: '' }),
  },
  {
    commands: ['command|count', 'command|list'],
    reason: 'The commands themselves: the real server has some that are not made yet.',
    ...ANY_OF_ITS_KIND,
  },
  {
    commands: ['debug'],
    reason: 'DEBUG OBJECT shows addresses and clocks; the encoding is compared.',
    same: (ours, real) => encodingIn(ours) !== '' && encodingIn(ours) === encodingIn(real),
    expected: (real) => ({ kind: 'scalar', rule: 'text', argument: ` encoding:${encodingIn(real)} ` }),
  },
];

function encodingIn(reply: Reply): string {
  return / encoding:(\w+) /.exec(textOf(reply))?.[1] ?? '';
}

/** What no session says, and why. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  monitor: 'It would show the tester its own commands with the times of two clocks; transcripts call it.',
  lolwut: 'Its picture is our own, and so are the numbers it takes.',
  shutdown: 'It ends the server.',
  'config|rewrite': 'It writes a file of the machine that the test runs on.',
  'command|docs': 'Its sentences are our own; the facts in it are compared with recorded ones in another test.',
  command: 'Every command there is; each one is compared with recorded facts in another test.',
  'command|info': 'As COMMAND.',
  'client|pause': 'It stops everybody for a time that two clocks measure; transcripts call it.',
  'client|tracking':
    'When invalidations leave follows from the turns of a loop, which the two do not share; transcripts call it.',
  'client|caching': 'As CLIENT TRACKING.',
  'client|trackinginfo': 'As CLIENT TRACKING.',
  'client|getredir': 'As CLIENT TRACKING.',
  'client|setinfo': 'Later than 7.0; clients of today send it.',
  pfselftest: 'It tests the server itself and takes seconds; a transcript calls it.',
};

const BY_COMMAND = new Map(
  EXCEPTIONS.flatMap((exception) => exception.commands.map((name) => [name, exception] as const)),
);

/** The exception for a command, if there is one. */
export function exceptionFor(words: readonly string[]): Exception | undefined {
  const [name, sub] = words.slice(0, 2).map((word) => word.toLowerCase());
  return BY_COMMAND.get(`${name}|${sub}`) ?? BY_COMMAND.get(name);
}

/** Whether two replies count as equal. */
export function isSame(ours: Reply, real: Reply, circumstances: Circumstances): boolean {
  if (everyPart(ours) === everyPart(real)) return true;
  if (isError(ours) || isError(real)) return false;
  return exceptionFor(circumstances.words)?.same(ours, real, circumstances) ?? false;
}
