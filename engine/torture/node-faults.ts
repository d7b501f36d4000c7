/**
 * Any operation of the disk may fail, in six ways. Whatever happens then: writes are refused in words or made up for,
 * nothing that was acknowledged under `always` is lost, the log loads, and what it gives is what was in memory.
 */
import { Random } from '../conformance/differential/random.ts';
import { FaultyFiles, type FileFault, type Remains } from '../hosts/memory/faulty-files.ts';
import { ManualClock } from '../hosts/memory/manual-clock.ts';
import { joined } from '../memory/bytes.ts';
import { DIRECTORY, LOG_PATH, NodeLife, REFUSED, orphanLock, type Policy } from './node-life.ts';
import { requireBytes, requirePairs, requireSame, stateOf } from './state.ts';
import { mostlyWriting, turnsOf, type Turn } from './workload.ts';

export const WAYS = ['error', 'quota', 'torn', 'reordered', 'lost sync', 'crash'] as const;
export type Way = (typeof WAYS)[number];
export const POLICIES: readonly Policy[] = ['always', 'everysec', 'no'];

/** What became of it: for the closing line, where one sees that the faults were met at all. */
export type Outcome =
  'did not start' | 'refused, then went on' | 'refused to the end' | 'not noticed' | 'survived' | 'named damage';

/** So many turns are played behind the fault. */
const TURNS_BEHIND = 30;
const PAUSES: Readonly<Record<Policy, readonly number[]>> = {
  always: [0, 0, 0, 0, 5, 100],
  everysec: [100, 300, 700, 1000],
  no: [0, 0, 0, 100],
};

/** A workload, and what it comes to when nothing fails. */
export interface Rehearsal {
  readonly policy: Policy;
  readonly seed: number;
  readonly turns: readonly Turn[];
  /** All that was appended. */
  readonly log: Uint8Array;
  /** The state at the end of a turn, by the length of the log then. */
  readonly states: ReadonlyMap<number, string>;
  /** How many operations of the disk it takes. */
  readonly operations: number;
}

function begin(files: FaultyFiles, policy: Policy, seed: number, clock = new ManualClock()): NodeLife {
  return new NodeLife({ files, clock, seed, config: { appendfsync: policy } });
}

/** Plays as much as takes `operations` of the disk. */
export async function rehearse(policy: Policy, seed: number, operations: number): Promise<Rehearsal> {
  const files = new FaultyFiles([DIRECTORY]);
  const life = begin(files, policy, seed);
  const turns: Turn[] = [];
  const states = new Map([[0, stateOf(life.engine)]]);
  for (let part = 0; files.operations < operations; part++) {
    for (const turn of mostlyWriting(turnsOf(seed * 1000 + part, 150, (random) => random.pick(PAUSES[policy])))) {
      turns.push(turn);
      await life.play(turn);
      states.set(life.offset, stateOf(life.engine));
    }
  }
  return { policy, seed, turns, log: joined(life.appended), states, operations: files.operations };
}

export async function tryNodeFault(rehearsal: Rehearsal, way: Way, n: number): Promise<Outcome> {
  const run = new FaultRun(rehearsal, way, n);
  try {
    return await run.play();
  } catch (error) {
    const where = `Node log, ${way} at operation ${n} under ${rehearsal.policy}, seed ${rehearsal.seed}`;
    throw new Error(`${where}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`, {
      cause: error,
    });
  }
}

class FaultRun {
  private readonly rehearsal: Rehearsal;
  private readonly way: Way;
  private readonly n: number;
  private readonly random: Random;
  private readonly files = new FaultyFiles([DIRECTORY]);
  private readonly clock = new ManualClock();
  /** Up to here replies have promised that the log is safe. */
  private acknowledged = 0;
  private wasRefused = false;

  constructor(rehearsal: Rehearsal, way: Way, n: number) {
    this.rehearsal = rehearsal;
    this.way = way;
    this.n = n;
    this.random = new Random(rehearsal.seed ^ (n * 64 + WAYS.indexOf(way)));
    this.files.isSyncSlow = rehearsal.policy !== 'always' && n % 2 === 1;
    this.files.faults.set(n, this.fault());
  }

  private fault(): FileFault {
    switch (this.way) {
      case 'error':
        return { kind: 'error', code: 'EIO', lasts: 1 };
      case 'quota':
        // What still fits is taken; the rest finds no room for a while.
        if (this.random.percent(50)) {
          this.files.faults.set(this.n + 1, { kind: 'error', code: 'ENOSPC', lasts: this.random.between(1, 12) });
          return { kind: 'short', takenBytes: this.random.below(40) };
        }
        return { kind: 'error', code: 'ENOSPC', lasts: this.random.between(1, 12) };
      case 'lost sync':
        return { kind: 'lost-sync' };
      default:
        return { kind: 'death', takenBytes: this.random.below(60) };
    }
  }

  async play(): Promise<Outcome> {
    let life: NodeLife;
    try {
      life = begin(this.files, this.rehearsal.policy, this.rehearsal.seed, this.clock);
    } catch (error) {
      if (!(error instanceof Error) || error.message === '') throw error;
      await this.startAgain(this.files.after(this.files.isDead ? this.remains() : 'all', this.below), null);
      return 'did not start';
    }
    await this.playTurns(life);
    if (this.way === 'error' || this.way === 'quota') return this.finishAlive(life);
    if (!this.files.isDead && this.way !== 'lost sync') throw new Error('the operation was never reached');
    return this.startAgain(this.files.after(this.remains(), this.below), life);
  }

  private readonly below = (limit: number): number => this.random.below(limit);

  private remains(): Remains {
    if (this.way === 'crash') return 'all';
    return this.way === 'lost sync' ? 'synced' : this.way === 'torn' ? 'torn' : 'reordered';
  }

  private async playTurns(life: NodeLife): Promise<void> {
    let behind = 0;
    for (const turn of this.rehearsal.turns) {
      const { offset } = life;
      await life.play(turn);
      const said = life.takeReceived();
      if (this.files.isDead || (this.files.operations > this.n && ++behind > this.turnsBehind)) break;
      if (said.includes(REFUSED)) this.wasRefused = true;
      else if (said !== '' && life.offset > offset) this.note(life);
    }
  }

  /** A disk that lies is found out by a power cut soon after. */
  private get turnsBehind(): number {
    return this.way === 'lost sync' ? this.n % 5 : TURNS_BEHIND;
  }

  /** Under `always` an answer is a promise, which a power cut right now would put to the test. */
  private note(life: NodeLife): void {
    if (this.rehearsal.policy !== 'always' || life.failure !== null) return;
    this.acknowledged = life.offset;
    const safe = this.files.safeBytes(LOG_PATH);
    if (this.way !== 'lost sync' && safe < life.offset)
      throw new Error(`answered with ${life.offset} bytes in the log, of which ${safe} are safe`);
  }

  /** The disk works again: what was refused meanwhile is in memory and in the log, or in neither. */
  private async finishAlive(life: NodeLife): Promise<Outcome> {
    this.files.heal();
    await life.wait(4000);
    const expected = stateOf(life.engine);
    const log = life.readAll();
    requireBytes(log, joined(life.appended), 'what waits and what is in the file is not what was appended');
    const { failure } = life;
    const remains = failure === null ? this.written(life) : this.files.after('all', this.below);
    const isWhole = (remains.contents().get(LOG_PATH)?.length ?? 0) === log.length;
    if (failure === null && !isWhole) throw new Error('the disk works again, and something is missing in the file');
    const next = this.beginAgain(remains);
    if (next.offset < this.acknowledged)
      throw new Error(`${this.acknowledged} were acknowledged, ${next.offset} are there`);
    requirePairs(next.engine);
    if (isWhole) requireSame(expected, stateOf(next.engine), 'memory and the log differ');
    if (failure !== null) return 'refused to the end';
    return this.wasRefused ? 'refused, then went on' : 'not noticed';
  }

  private written(life: NodeLife): FaultyFiles {
    life.finish();
    return this.files.after('synced', this.below);
  }

  /** The machine comes back with what is left, and goes on. */
  private async startAgain(files: FaultyFiles, before: NodeLife | null): Promise<Outcome> {
    const left = files.contents();
    let life: NodeLife;
    try {
      life = this.beginAgain(files);
    } catch (error) {
      return this.damage(error, left, files);
    }
    this.requirePrefix(life, before);
    requirePairs(life.engine);
    // It goes on in the same file, which can be read again.
    await life.play({ client: 1, lines: [['SET', 'after', 'it']], pauseMs: 0 });
    const state = stateOf(life.engine);
    life.finish();
    const next = this.beginAgain(files.after('synced', this.below));
    requireSame(state, stateOf(next.engine), 'what was written after the start is not what is read');
    return 'survived';
  }

  private beginAgain(files: FaultyFiles): NodeLife {
    orphanLock(files);
    return begin(files, this.rehearsal.policy, this.rehearsal.seed, this.clock);
  }

  /** Writes that reached the disk in another order may leave holes: that is said, and what is left is left alone. */
  private damage(error: unknown, left: ReadonlyMap<string, Uint8Array>, files: FaultyFiles): Outcome {
    const why = error instanceof Error ? error.message : String(error);
    // Where the sync of a directory was a lie, the manifest may be gone and the log be there: nobody guesses about that.
    const isNamed = this.way === 'reordered' ? /at offset \d+: / : /is there, but no manifest names it/;
    if ((this.way !== 'reordered' && this.way !== 'lost sync') || !isNamed.test(why)) throw error;
    const now = files.contents();
    for (const [path, bytes] of left)
      if (!path.includes('.lock')) requireBytes(now.get(path) ?? new Uint8Array(0), bytes, `${path} was changed`);
    return 'named damage';
  }

  private requirePrefix(life: NodeLife, before: NodeLife | null): void {
    const appended = before === null ? new Uint8Array(0) : joined(before.appended);
    const kept = life.readAll();
    requireBytes(kept, appended.subarray(0, kept.length), 'what is left is no beginning of what was appended');
    const promised = this.way === 'lost sync' ? 0 : this.acknowledged;
    if (kept.length < promised) throw new Error(`${promised} bytes were acknowledged, ${kept.length} are left`);
    const known = this.rehearsal.states.get(kept.length);
    if (known !== undefined) requireSame(known, stateOf(life.engine), 'not the state that was');
  }
}
