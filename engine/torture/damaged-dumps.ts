/**
 * Payloads to which something has happened, through RESTORE, and images of all data. Each is refused in Redis's words and
 * leaves nothing behind; or it is taken, and then every command can read it, and it is dumped and restored to the same.
 */
import { Engine, type Connection } from '../api.ts';
import { encodeCommand, fromBytes, toBytes } from '../conformance/quoting.ts';
import { type Random } from '../conformance/differential/random.ts';
import { LOW_SETTINGS } from '../conformance/differential/settings.ts';
import type { Ref } from '../memory/arena.ts';
import { ManualClock } from '../hosts/memory/manual-clock.ts';
import { CRC_BYTES, writeCrc64 } from '../persistence/crc64.ts';
import { BODIES, Dice, payloadOf, text } from '../persistence/dump-damage.test-kit.ts';
import { RdbDamage, RDB_VERSION } from '../persistence/rdb-format.ts';
import { loadImage, saveImage } from '../persistence/rdb-image.ts';
import { dumpPayload } from '../persistence/rdb-payload.ts';
import { requirePairs, requireSame, stateOf } from './state.ts';
import { bytesOf, turnsOf } from './workload.ts';

export type DumpOutcome = 'refused' | 'taken';

const FOOTER_BYTES = 2 + CRC_BYTES;
const REFUSALS = [
  '-ERR Bad data format\r\n',
  '-ERR DUMP payload version or checksum are wrong\r\n',
  "-OOM command not allowed when used memory > 'maxmemory'.\r\n",
];
/** What is longer takes its time, and has nothing in it that shorter ones have not. */
const LONGEST = 20_000;
const FREE_MEMORY = 16 * 1024 * 1024;
/** What claims 2^40 parts, or to become four gigabytes. */
const CLAIMS = [
  [0x81, 0, 0, 1, 0, 0, 0, 0, 0],
  [0x80, 255, 255, 255, 255],
  [0xc3, 6, 0x80, 255, 255, 255, 255, 0, 97, 0xe0, 255, 0, 0],
];
const READERS = [
  ...['GET', 'STRLEN', 'BITCOUNT', 'LLEN', 'SCARD', 'SMEMBERS', 'ZCARD', 'HLEN', 'HGETALL', 'HVALS', 'PFCOUNT'].map(
    (name) => [name, 'k'],
  ),
  ...[
    ['LRANGE', 'k', '0', '-1'],
    ['LINDEX', 'k', '-2'],
    ['LPOS', 'k', 'x'],
    ['ZRANGE', 'k', '0', '-1', 'WITHSCORES'],
  ],
  ...[
    ['ZRANGEBYSCORE', 'k', '-inf', '(5'],
    ['ZRANK', 'k', 'a'],
    ['SISMEMBER', 'k', '7'],
    ['HGET', 'k', 'a'],
    ['HSCAN', 'k', '0'],
  ],
  ...[
    ['OBJECT', 'ENCODING', 'k'],
    ['MEMORY', 'USAGE', 'k'],
    ['DEBUG', 'DIGEST-VALUE', 'k'],
    ['DEBUG', 'OBJECT', 'k'],
  ],
];

/** An engine with one client, as new as at first whenever it is asked for. */
class Desk {
  readonly engine: Engine;
  private readonly newborn: ReturnType<Engine['capture']>;
  private connection: Connection | null = null;
  private said = '';

  constructor(config: Readonly<Record<string, string>>) {
    this.engine = new Engine({
      host: { seed: 1 },
      nowMs: new ManualClock().nowMs,
      config: { 'enable-debug-command': 'yes', ...config },
    });
    this.newborn = this.engine.capture();
  }

  clear(): void {
    this.engine.restore(this.newborn, () => () => undefined);
    this.connection = this.engine.connect((bytes) => void (this.said += fromBytes(bytes)));
    // The table keeps its first buckets for good.
    this.say('MSET', 'a', '1', 'b', '2');
    this.say('DEL', 'a', 'b');
  }

  say(...words: readonly string[]): string {
    this.said = '';
    this.connection?.receive(toBytes(encodeCommand(words)));
    this.engine.endTurn();
    return this.said;
  }
}

const low = Object.fromEntries(
  Array.from({ length: LOW_SETTINGS.length / 2 }, (_, i) => LOW_SETTINGS.slice(2 * i, 2 * i + 2)),
);
const desks = [new Desk({}), new Desk(low)];

/** Bodies of payloads, and an image: what there is after some commands. */
export interface Dumped {
  readonly bodies: readonly Uint8Array[];
  readonly image: Uint8Array;
}

export function dumpsOf(seed: number): Dumped {
  const clock = new ManualClock();
  const config = { 'proto-max-bulk-len': '1mb', ...(seed % 2 === 0 ? low : {}) };
  const engine = new Engine({ host: { seed: 1 }, nowMs: clock.nowMs, config });
  const connections = new Map([1, 2, 3, 4, 5].map((client) => [client, engine.connect(() => undefined)]));
  for (const { client, lines } of turnsOf(seed, 150, () => 0)) {
    connections.get(client)?.receive(toBytes(bytesOf(lines, (other) => connections.get(other)?.id ?? 0)));
    engine.endTurn();
  }
  const { keyspace } = engine;
  const bodies: Uint8Array[] = [];
  for (const db of keyspace.databases) {
    const long: Ref[] = [];
    db.keys.forEach((entry) => {
      const [type, encoding, value] = [db.type(entry), db.encoding(entry), db.value(entry)];
      const payload = dumpPayload(keyspace, type, encoding, value, { compresses: seed % 3 > 0 });
      if (payload.length > LONGEST) long.push(entry);
      else bodies.push(payload.slice(0, -FOOTER_BYTES));
    });
    for (const entry of long) db.remove(entry);
  }
  keyspace.lists.settle();
  const image = saveImage(keyspace, { compresses: true, about: [['redis-ver', '7.0.15']] });
  return { bodies: [...bodies, ...BODIES], image };
}

/** One damaged payload, by its number. Throws where the promise is broken. */
export function tryDamagedDump({ bodies }: Dumped, random: Random): DumpOutcome {
  const body = random.pick(bodies);
  const isSummed = random.percent(85);
  const payload = isSummed ? payloadOf(spoilt(body, random)) : new Dice(random.below(2 ** 30)).spoil(payloadOf(body));
  const version = random.percent(3) ? RDB_VERSION + 1 + random.below(60_000) : RDB_VERSION;
  if (version !== RDB_VERSION && isSummed) {
    payload[payload.length - FOOTER_BYTES] = version & 255;
    payload[payload.length - FOOTER_BYTES + 1] = version >>> 8;
    writeCrc64(payload, 0, payload.length - CRC_BYTES, payload, payload.length - CRC_BYTES);
  }
  try {
    const outcome = restoreDamaged(random.pick(desks), payload);
    const isOther = isSummed ? version !== RDB_VERSION : unsummed(payload) !== unsummed(payloadOf(body));
    if (outcome === 'taken' && isOther) throw new Error('its footer is wrong, and it is taken');
    return outcome;
  } catch (error) {
    throw new Error(`payload ${[...payload].join(' ')}: ${messageOf(error)}`, { cause: error });
  }
}

/** To this checksum zeros at the beginning are nothing, here as in Redis. */
function unsummed(payload: Uint8Array): string {
  return fromBytes(payload).replace(/^\0+/, '');
}

function spoilt(body: Uint8Array, random: Random): Uint8Array {
  if (random.percent(90)) return new Dice(random.below(2 ** 30)).spoil(body);
  const at = 1 + random.below(Math.max(1, body.length - 1));
  return text([...body.slice(0, at)], random.pick(CLAIMS), [...body.slice(at + random.below(3))]);
}

function restoreDamaged(desk: Desk, payload: Uint8Array): DumpOutcome {
  desk.clear();
  const { arena } = desk.engine.keyspace;
  const before = arena.usedBytes;
  const said = desk.say('RESTORE', 'k', '0', fromBytes(payload));
  if (arena.reservedBytes > FREE_MEMORY + payload.length * 400)
    throw new Error(`${payload.length} bytes took ${arena.reservedBytes} of memory`);
  if (said !== '+OK\r\n') {
    if (!REFUSALS.includes(said)) throw new Error(`it is answered with ${JSON.stringify(said)}`);
    if (arena.usedBytes !== before || desk.say('DBSIZE') !== ':0\r\n') throw new Error('something was left behind');
    return 'refused';
  }
  desk.engine.keyspace.assertValid();
  for (const words of READERS) if (desk.say(...words) === '') throw new Error(`${words.join(' ')} is not answered`);
  const digest = desk.say('DEBUG', 'DIGEST-VALUE', 'k');
  const dumped = desk.say('DUMP', 'k');
  const start = dumped.indexOf('\r\n') + 2;
  if (desk.say('RESTORE', 'again', '0', dumped.slice(start, -2)) !== '+OK\r\n') throw new Error('its dump is refused');
  const again = desk.say('DEBUG', 'DIGEST-VALUE', 'again');
  if (again !== digest) throw new Error(`dumped and restored it is another: ${digest} and ${again}`);
  desk.say('DEL', 'k', 'again');
  if (arena.usedBytes !== before) throw new Error(`${arena.usedBytes - before} bytes are left when it is gone`);
  return 'taken';
}

/** One damaged image, by its number. */
export function tryDamagedImage({ image }: Dumped, random: Random): DumpOutcome {
  const bytes = new Dice(random.below(2 ** 30)).spoil(image);
  // With a checksum that fits what was made of it, so that what is inside must be looked at.
  const isSummed = random.percent(90) && bytes.length > 30;
  if (isSummed) writeCrc64(bytes, 0, bytes.length - CRC_BYTES, bytes, bytes.length - CRC_BYTES);
  const desk = random.pick(desks);
  desk.clear();
  const { keyspace } = desk.engine;
  let outcome: DumpOutcome = 'taken';
  try {
    loadImage(keyspace, bytes, false, () => undefined);
  } catch (error) {
    if (!(error instanceof RdbDamage)) throw error;
    outcome = 'refused';
  }
  // As at the end of any command.
  keyspace.lists.settle();
  keyspace.assertValid();
  if (keyspace.arena.reservedBytes > FREE_MEMORY + bytes.length * 400)
    throw new Error(`${bytes.length} bytes took ${keyspace.arena.reservedBytes} of memory`);
  if (outcome === 'refused') return outcome;
  const state = stateOf(desk.engine);
  const saved = saveImage(keyspace, { compresses: true, about: [] });
  keyspace.lists.settle();
  desk.clear();
  loadImage(keyspace, saved, false, () => undefined);
  requireSame(state, stateOf(desk.engine), 'saved and loaded it is another');
  if (fromBytes(bytes) === fromBytes(image)) requirePairs(desk.engine);
  return outcome;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
