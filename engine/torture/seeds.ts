/**
 * A life, or several, that one number decides: what clients say, what the disk does, when the power goes, and how the
 * clock jumps. Played again it must be the same in every step, reply and byte; and whatever happens, what is left is a
 * beginning of what was, no transaction in part, and what was promised is there.
 */
import { Recorder } from '../api.ts';
import { Random } from '../conformance/differential/random.ts';
import { FaultyFiles, type FileFault, type Remains } from '../hosts/memory/faulty-files.ts';
import { ManualClock } from '../hosts/memory/manual-clock.ts';
import { joined } from '../memory/bytes.ts';
import { DIRECTORY, LOG_PATH, NodeLife, REFUSED, orphanLock, type Policy } from './node-life.ts';
import { requireBytes, requirePairs, requireSame, stateOf } from './state.ts';
import { PAIRING, turnsOf, type Turn } from './workload.ts';

const HOUR_MS = 3_600_000;
const JUMPS_MS = [-1, 50, -1000, 5000, -HOUR_MS, HOUR_MS, 24 * HOUR_MS, -24 * HOUR_MS, 1000 * HOUR_MS];
const PAUSES_MS = [0, 0, 0, 5, 100, 300, 1000, 2500];
/** What a power cut may take away under `everysec`. */
const MOST_LOST_MS = 2000;

export interface SeedFigures {
  readonly turns: number;
  readonly deaths: number;
  readonly refused: number;
  readonly named: number;
}

export interface PlayedSeed {
  /** Of all steps, replies, log bytes and states. */
  readonly hash: string;
  readonly figures: SeedFigures;
}

/** Plays it twice. Throws, with its number, when the two differ or a promise is broken. */
export async function trySeed(seed: number): Promise<PlayedSeed> {
  try {
    const first = await new Fate(seed).play();
    const second = await new Fate(seed).play();
    if (first.hash !== second.hash) throw new Error(`the first time ${first.hash}, the second ${second.hash}`);
    return first;
  } catch (error) {
    throw new Error(`seed ${seed}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`, {
      cause: error,
    });
  }
}

class Fate {
  private readonly random: Random;
  private readonly clock = new ManualClock();
  private readonly config: Readonly<Record<string, string>>;
  private readonly seed: number;
  private readonly hash = new Hash();
  private files = new FaultyFiles([DIRECTORY]);
  private recorder = new Recorder();
  private life: NodeLife;
  /** The whole log as it should be, up to the beginning of this life. */
  private inherited: Uint8Array = new Uint8Array(0);
  private readonly states = new Map<number, string>();
  /** When the log had which length. */
  private written: { readonly offset: number; readonly passedMs: number }[] = [];
  private acknowledged = 0;
  private isPairing = false;
  /** The disk has failed in this life, or lied. */
  private hasFailed = false;
  private hasLied = false;
  private readonly counts = { turns: 0, deaths: 0, refused: 0, named: 0 };

  constructor(seed: number) {
    this.seed = seed;
    this.random = new Random(seed);
    this.config = this.chooseConfig();
    this.life = this.begin();
  }

  private chooseConfig(): Record<string, string> {
    const { random } = this;
    const policy: Policy = random.pick(['always', 'always', 'everysec', 'everysec', 'no']);
    this.files.isSyncSlow = policy === 'everysec' && random.percent(50);
    return {
      appendfsync: policy,
      'zset-index': random.pick(['skiplist', 'avl']),
      'list-compress-depth': random.pick(['0', '1']),
      'value-compression': random.pick(['no', 'yes']),
      'proto-max-bulk-len': '1mb',
      ...(random.percent(20) && {
        maxmemory: '200kb',
        'maxmemory-policy': random.pick(['allkeys-lru', 'volatile-ttl']),
      }),
    };
  }

  private begin(): NodeLife {
    const { files, clock, seed, config } = this;
    this.recorder = new Recorder();
    return new NodeLife({ files, clock, seed, config, recorder: this.recorder });
  }

  async play(): Promise<PlayedSeed> {
    const { random } = this;
    const turns = turnsOf(this.seed, random.between(40, 140), (dice) => dice.pick(PAUSES_MS));
    this.addFaults();
    for (const turn of turns) {
      if (random.percent(3)) this.clock.set(Math.max(1, this.clock.nowMs + random.pick(JUMPS_MS)));
      if (random.percent(2)) await this.die(random.pick(['all', 'synced', 'torn', 'reordered']));
      if (this.isHalf(turn)) continue;
      const { offset } = this.life;
      await this.life.play({ ...turn, pauseMs: 0 });
      this.note(offset);
      if (turn.pauseMs > 0) await this.pause(turn.pauseMs);
    }
    await this.die('synced');
    await this.end();
    return { hash: this.hash.toString(), figures: this.counts };
  }

  /** A transaction that the last death has taken the beginning of is begun anew, as its client would. */
  private isHalf({ client, lines: [[name]] }: Turn): boolean {
    if (client !== PAIRING) return false;
    if (name === 'MULTI') this.isPairing = true;
    return !this.isPairing;
  }

  private addFaults(): void {
    const { random } = this;
    const from = this.files.operations;
    for (let left = random.pick([0, 0, 1, 2, 4]); left > 0; left--)
      this.files.faults.set(from + random.below(200), this.someFault());
  }

  private someFault(): FileFault {
    const { random } = this;
    const kind = random.pick(['error', 'error', 'short', 'lost-sync'] as const);
    if (kind === 'short') return { kind, takenBytes: random.below(30) };
    if (kind === 'lost-sync') return { kind };
    return { kind, code: random.pick(['EIO', 'ENOSPC']), lasts: random.between(1, 8) };
  }

  /** What came of a turn. */
  private note(before: number): void {
    const { life, clock, files } = this;
    const said = life.takeReceived();
    this.counts.turns++;
    this.hash.words(this.recorder.take());
    this.hash.text(said);
    this.hash.number(life.offset);
    this.hasFailed ||= life.failure !== null || files.hasFailed;
    this.hasLied ||= files.hasLied;
    if (said.includes(REFUSED)) this.counts.refused++;
    if (life.offset > before) {
      this.written.push({ offset: life.offset, passedMs: clock.passedMs });
      if (this.config.appendfsync === 'always' && said !== '' && !said.includes(REFUSED))
        this.acknowledged = life.offset;
    }
    if (this.random.percent(15)) this.states.set(life.offset, stateOf(life.engine));
  }

  private async pause(ms: number): Promise<void> {
    const { offset } = this.life;
    await this.life.wait(ms);
    this.note(offset);
  }

  /** The power goes, or only the process; what is left is looked at, and the next life goes on with it. */
  private async die(remains: Remains): Promise<void> {
    const { life, random } = this;
    this.counts.deaths++;
    const whole = joined([this.inherited, ...life.appended]);
    const operations = this.files.operations;
    let files = this.files.after(remains, (limit) => random.below(limit));
    if (remains === 'reordered' && this.isRefused(files))
      files = this.files.after('synced', (limit) => random.below(limit));
    this.takeOver(files, operations);
    const kept = this.files.contents().get(LOG_PATH) ?? new Uint8Array(0);
    requireBytes(
      kept,
      whole.subarray(0, kept.length),
      `after ${remains}, what is left is no beginning of what was appended`,
    );
    this.requirePromises(kept.length, remains);
    this.inherited = kept;
    for (const offset of [...this.states.keys()]) if (offset > kept.length) this.states.delete(offset);
    const known = this.states.get(kept.length);
    const state = stateOf(this.life.engine);
    if (known !== undefined) requireSame(known, state, `after ${remains}, not the state that was`);
    this.states.set(kept.length, state);
    // One of the two may be evicted alone.
    if (this.config['maxmemory'] === undefined) requirePairs(this.life.engine);
    this.isPairing = false;
    this.hash.text(state);
    Object.assign(this, { acknowledged: kept.length, written: [], hasFailed: false, hasLied: false });
    this.addFaults();
    await this.life.wait(0);
  }

  /** Writes that came out of order are found out, and their file is left alone. */
  private isRefused(files: FaultyFiles): boolean {
    const before = this.files;
    const left = files.contents();
    orphanLock(files);
    this.files = files;
    try {
      this.begin();
      return false;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      if (!/at offset \d+: |no manifest names it/.test(why)) throw error;
      requireBytes(
        files.contents().get(LOG_PATH) ?? new Uint8Array(0),
        left.get(LOG_PATH) ?? new Uint8Array(0),
        'it was changed',
      );
      this.counts.named++;
      return true;
    } finally {
      this.files = before;
    }
  }

  private takeOver(files: FaultyFiles, operations: number): void {
    const { isSyncSlow } = this.files;
    this.files = files.after('all', () => 0);
    this.files.isSyncSlow = isSyncSlow;
    orphanLock(this.files);
    this.hash.number(operations);
    this.life = this.begin();
  }

  private requirePromises(kept: number, remains: Remains): void {
    if (!this.hasLied && kept < this.acknowledged)
      throw new Error(`after ${remains}, ${this.acknowledged} bytes were acknowledged and ${kept} are left`);
    if (this.config.appendfsync !== 'everysec' || this.hasFailed || this.hasLied) return;
    const lost = this.written.find(({ offset }) => offset > kept);
    if (lost && this.clock.passedMs - lost.passedMs > MOST_LOST_MS)
      throw new Error(`after ${remains}, ${this.clock.passedMs - lost.passedMs} ms are lost under everysec`);
  }

  /** What the last life has in memory is what its log gives. */
  private async end(): Promise<void> {
    const { life, files } = this;
    files.heal();
    await life.wait(4000);
    this.note(life.offset);
    const expected = stateOf(life.engine);
    if (life.failure === null) life.finish();
    this.files = files.after('all', () => 0);
    orphanLock(this.files);
    const next = this.begin();
    requireSame(expected, stateOf(next.engine), 'memory and the log differ');
    this.hash.text(expected);
  }
}

/** Two sums of 32 bits, over all that is put in, in its order. */
class Hash {
  private a = 0x811c9dc5;
  private b = 0x9747b28c;

  number(value: number): void {
    this.a = Math.imul(this.a ^ value, 0x01000193);
    this.b = Math.imul((this.b ^ value) + ((this.b << 13) | (this.b >>> 19)), 0x5bd1e995);
  }

  words(words: Int32Array): void {
    for (const word of words) this.number(word);
  }

  text(text: string): void {
    this.number(text.length);
    for (let i = 0; i < text.length; i++) this.number(text.charCodeAt(i));
  }

  toString(): string {
    return [this.a, this.b].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
  }
}
