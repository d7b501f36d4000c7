/**
 * Logs to which something has happened. Each is refused with a sentence that names the place, and left as it is; or it
 * loads, and then what is loaded does not depend on how the bytes came, and all that is in memory holds together.
 */
import { SPECS } from '../commands/all.ts';
import { Engine } from '../api.ts';
import { callsOf, lineOf } from '../conformance/differential/line.ts';
import { type Random } from '../conformance/differential/random.ts';
import { encodeCommand, fromBytes, toBytes } from '../conformance/quoting.ts';
import { FaultyFiles } from '../hosts/memory/faulty-files.ts';
import { ManualClock } from '../hosts/memory/manual-clock.ts';
import { LogDirectory } from '../hosts/node/log-directory.ts';
import { payloadOf, text } from '../persistence/dump-damage.test-kit.ts';
import { DIRECTORY, LOG_PATH } from './node-life.ts';
import { requireBytes, requireSame, stateOf } from './state.ts';
import { bytesOf, turnsOf } from './workload.ts';

export type DamageOutcome = 'refused' | 'cut' | 'loaded';

const MANIFEST_PATH = `${DIRECTORY}/appendonlydir/appendonly.aof.manifest`;
const MANIFEST = 'file appendonly.aof.1.incr.aof seq 1 type i\n';
const CONFIG = { appendonly: 'yes', 'enable-debug-command': 'yes', 'proto-max-bulk-len': '1mb' };
/** However little a log holds, so much memory may be taken for it, and no more than some times its length. */
const FREE_MEMORY = 16 * 1024 * 1024;

/** A log as an engine wrote it, the states on the way, and where its commands begin. */
export interface WrittenLog {
  readonly bytes: string;
  readonly states: ReadonlyMap<number, string>;
  readonly commands: readonly number[];
}

export function writtenLog(seed: number): WrittenLog {
  const parts: string[] = [];
  const commands: number[] = [];
  let length = 0;
  const clock = new ManualClock();
  const append = (bytes: Uint8Array): null => {
    parts.push(fromBytes(bytes));
    length += bytes.length;
    return null;
  };
  const engine = new Engine({ host: { seed: 1, log: { append } }, nowMs: clock.nowMs, config: CONFIG });
  const connections = new Map([1, 2, 3, 4, 5].map((client) => [client, engine.connect(() => undefined)]));
  const states = new Map([[0, stateOf(engine)]]);
  for (const { client, lines, pauseMs } of turnsOf(seed, 120, (random) => random.pick([0, 0, 20]))) {
    engine.setTime(clock.nowMs);
    connections.get(client)?.receive(toBytes(bytesOf(lines, (other) => connections.get(other)?.id ?? 0)));
    engine.endTurn();
    states.set(length, stateOf(engine));
    clock.advance(pauseMs);
    if (pauseMs > 0) engine.tick(clock.nowMs);
  }
  const bytes = parts.join('');
  for (const match of bytes.matchAll(/\*\d+\r\n\$\d+\r\n[A-Za-z]/g)) commands.push(match.index);
  return { bytes, states, commands };
}

type Change = (random: Random, log: WrittenLog) => string;

const HUGE = [
  '1099511627776',
  '2147483647',
  '2147483648',
  '4294967296',
  '-1',
  '99999999999999999999',
  '1000000',
  '0',
  '',
];
/** Bombs and claims inside a payload whose checksum is right. */
const PAYLOADS = [
  text(0, 0xc3, 6, [0x80, 255, 255, 255, 255], [0, 97, 0xe0, 255, 0, 0]),
  text(0, 0xc3, [0x80, 255, 255, 255, 255], [0x80, 255, 255, 255, 255], 0),
  ...[1, 2, 3, 4, 5, 14, 18].map((type) => text(type, [0x81, 0, 0, 1, 0, 0, 0, 0, 0])),
  ...[1, 2, 4, 5].map((type) => text(type, [0x80, 0x7f, 255, 255, 255], 1, 97)),
  text(99, 1, 97),
].map((body) => fromBytes(payloadOf(body)));

const CALLS = callsOf(SPECS);

const CHANGES: Readonly<Record<string, Change>> = {
  cut: (random, { bytes }) => bytes.slice(0, random.below(bytes.length + 1)),
  flip: (random, { bytes }) => {
    const all = [...bytes];
    for (let left = random.between(1, 3); left > 0; left--) {
      const at = random.below(all.length);
      all[at] = String.fromCharCode(all[at].charCodeAt(0) ^ (1 << random.below(8)));
    }
    return all.join('');
  },
  overwrite: (random, { bytes }) => {
    const at = random.below(bytes.length);
    const junk = random.pick(['\x00'.repeat(64), '\xff', '\r\n', '*', '$', '#TS:17\r\n', '\n', '9', '-']);
    return bytes.slice(0, at) + junk + bytes.slice(at + junk.length);
  },
  duplicate: (random, log) => {
    const [from, to] = stretch(random, log);
    const at = random.percent(50) ? to : random.pick(log.commands);
    return log.bytes.slice(0, at) + log.bytes.slice(from, to) + log.bytes.slice(at);
  },
  'leave out': (random, log) => {
    const [from, to] = stretch(random, log);
    return log.bytes.slice(0, from) + log.bytes.slice(to);
  },
  'out of order': (random, log) => {
    const [from, to] = stretch(random, log);
    const [second, end] = stretch(random, log);
    if (second < to) return log.bytes.slice(from, to) + log.bytes.slice(0, from) + log.bytes.slice(to);
    const { bytes } = log;
    return (
      bytes.slice(0, from) +
      bytes.slice(second, end) +
      bytes.slice(to, second) +
      bytes.slice(from, to) +
      bytes.slice(end)
    );
  },
  newer: (random, { bytes, commands }) => {
    const at = random.pick(commands);
    const strange = random.pick([
      ...[
        'REDIS0099\xfa\x09redis-ver\x058.0.0',
        encodeCommand(['XADD', 's', '*', 'f', 'v']),
        encodeCommand(['HSETEX', 'h', 'f']),
      ],
      ...[encodeCommand(['SET', 'k', 'v', 'IFEQ', 'w']), '#AOF-VERSION 3\r\n', '%1\r\n+a\r\n:1\r\n', '~3\r\n'],
    ]);
    return random.percent(30) ? strange + bytes : bytes.slice(0, at) + strange + bytes.slice(at);
  },
  'claims too much': (random, { bytes }) => {
    const numbers = [...bytes.matchAll(/[*$](\d+)\r\n/g)];
    const { index, 0: whole } = random.pick(numbers);
    return `${bytes.slice(0, index + 1)}${random.pick(HUGE)}\r\n${bytes.slice(index + whole.length)}`;
  },
  bomb: (random, { bytes, commands }) => {
    const at = random.pick(commands);
    const bomb = encodeCommand(['RESTORE', `bomb${random.below(9)}`, '0', random.pick(PAYLOADS), 'REPLACE']);
    return bytes.slice(0, at) + bomb + bytes.slice(at);
  },
  'tampered with': (random, { bytes, commands }) => {
    const at = random.pick(commands);
    const call = random.pick(CALLS);
    const line = lineOf(random, call, { members: 16, repeats: 3 }, []);
    return bytes.slice(0, at) + encodeCommand(line) + bytes.slice(at);
  },
};
const KINDS = Object.keys(CHANGES);

/** Some whole commands, or any bytes. */
function stretch(random: Random, { bytes, commands }: WrittenLog): [number, number] {
  if (random.percent(70)) {
    const first = random.below(commands.length);
    const last = Math.min(commands.length - 1, first + random.between(1, 4));
    return [commands[first], first === last ? bytes.length : commands[last]];
  }
  const from = random.below(bytes.length);
  return [from, Math.min(bytes.length, from + random.below(200))];
}

/** One damaged log, by its number. Throws where the promise is broken. */
export function tryDamagedLog(log: WrittenLog, random: Random): DamageOutcome {
  const kind = random.pick(KINDS);
  const bytes = toBytes(CHANGES[kind](random, log));
  try {
    return loadDamaged(log, bytes, kind, random);
  } catch (error) {
    throw new Error(`${kind}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`, {
      cause: error,
    });
  }
}

function loadDamaged(log: WrittenLog, bytes: Uint8Array, kind: string, random: Random): DamageOutcome {
  const files = new FaultyFiles(
    [DIRECTORY, `${DIRECTORY}/appendonlydir`],
    [
      [LOG_PATH, bytes],
      [MANIFEST_PATH, toBytes(MANIFEST)],
    ],
  );
  const { engine, why, offset } = load(files);
  const left = files.contents().get(LOG_PATH) ?? new Uint8Array(0);
  requireMemory(engine, bytes.length);
  if (why !== null) {
    requireBytes(left, bytes, 'a log that is refused was changed');
    if (!/at offset \d+: |RDB form/.test(why)) throw new Error(`no place is named: ${why}`);
    if (loadInPieces(bytes, random).why === null) throw new Error(`refused (${why}), but not in pieces`);
    return 'refused';
  }
  requireBytes(left, bytes.subarray(0, offset), 'a log that was loaded was changed but for its end');
  engine.keyspace.assertValid();
  const state = stateOf(engine);
  const again = loadInPieces(bytes, random);
  requireSame(state, again.why ?? stateOf(again.engine), 'in pieces it is another');
  const known = kind === 'cut' ? log.states.get(offset) : undefined;
  if (known !== undefined) requireSame(known, state, 'not the state that was');
  return offset === bytes.length ? 'loaded' : 'cut';
}

interface Loaded {
  readonly engine: Engine;
  readonly why: string | null;
  readonly offset: number;
}

/** An engine that is as new each time. To make one takes longer than most logs here take to be read. */
class Reader {
  private readonly engine = new Engine({ host: { seed: 1 }, nowMs: new ManualClock().nowMs, config: CONFIG });
  private readonly newborn = this.engine.capture();

  again(): Engine {
    this.engine.restore(this.newborn, () => () => undefined);
    // Whoever did not finish reading has left it in the middle of that.
    this.engine.loader().finish();
    return this.engine;
  }
}

const whole = new Reader();
const pieces = new Reader();

function load(files: FaultyFiles): Loaded {
  const engine = whole.again();
  try {
    const directory = new LogDirectory(engine, {
      ...{ dir: DIRECTORY, dirName: 'appendonlydir', fileName: 'appendonly.aof', cutsTornEnd: true, files },
      say: () => undefined,
    });
    return { engine, why: null, offset: directory.offset };
  } catch (error) {
    return { engine, why: reason(error), offset: -1 };
  }
}

/** Only what was said on purpose is a refusal. */
function reason(error: unknown): string {
  if (error instanceof Error && (error.name === 'LogUnusable' || error.name === 'LogDamage')) return error.message;
  throw error;
}

function loadInPieces(bytes: Uint8Array, random: Random): Loaded {
  const engine = pieces.again();
  const longest = random.pick([1, 7, 100, 1000]);
  try {
    const loader = engine.loader();
    for (let at = 0; at < bytes.length;) {
      const length = random.between(1, longest);
      loader.feed(bytes.slice(at, at + length));
      at += length;
    }
    return { engine, why: null, offset: loader.finish().validBytes };
  } catch (error) {
    return { engine, why: reason(error), offset: -1 };
  }
}

function requireMemory({ keyspace }: Engine, length: number): void {
  const { reservedBytes } = keyspace.arena;
  if (reservedBytes > FREE_MEMORY + length * 64)
    throw new Error(`${length} bytes of log took ${reservedBytes} of memory`);
}
