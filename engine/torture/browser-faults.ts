/** The same six ways for the log in a browser's storage, whose operations are transactions. */
import { Random } from '../conformance/differential/random.ts';
import { bytesOn, emptyDisk, type Disk, type Fault, type Operation } from '../hosts/browser/faulty-storage.ts';
import type { LogChange } from '../hosts/browser/log-storage.ts';
import { BrowserLife, copyOf, CountingStorage } from './browser-life.ts';
import { ManualTimers } from './manual-timers.ts';
import { WAYS, type Outcome, type Rehearsal, type Way } from './node-faults.ts';
import { REFUSED, type Policy } from './node-life.ts';
import { requireBytes, requirePairs, requireSame, stateOf } from './state.ts';
import { mostlyWriting, turnsOf, type Turn } from './workload.ts';

const TURNS_BEHIND = 20;
/** So that something is kept after most turns, whatever the policy. */
const PAUSES: Readonly<Record<Policy, readonly number[]>> = {
  always: [0, 0, 0, 5, 100],
  everysec: [400, 900, 900, 900],
  no: [0, 0, 0, 0, 0, 0, 0, 0, 0, 100, 100, 11_000],
};
const QUOTA = 'the disk is full';

/** Under `no` what was said would wait ten seconds; a page that is hidden, or left, keeps it at once. */
async function playAndKeep(life: BrowserLife, policy: Policy, turn: Turn): Promise<void> {
  await life.play(turn);
  if (policy === 'no' && turn.pauseMs === 0) await life.flush();
}

async function inTime<Result>(work: (timers: ManualTimers) => Promise<Result>): Promise<Result> {
  const timers = new ManualTimers();
  timers.install();
  try {
    return await work(timers);
  } finally {
    timers.restore();
  }
}

export function rehearseInBrowser(policy: Policy, seed: number, operations: number): Promise<Rehearsal> {
  return inTime(async (timers) => {
    const storage = new CountingStorage(emptyDisk());
    storage.fault = (operation) => (storage.count(operation), 'none');
    const life = await BrowserLife.begin(storage, policy, timers);
    if (life === null) throw new Error('it does not begin');
    const turns: Turn[] = [];
    const states = new Map([[0, stateOf(life.engine)]]);
    for (let part = 0; storage.operations < operations; part++) {
      for (const turn of mostlyWriting(turnsOf(seed * 1000 + part, 150, (random) => random.pick(PAUSES[policy])))) {
        turns.push(turn);
        await playAndKeep(life, policy, turn);
        states.set(life.offset, stateOf(life.engine));
      }
    }
    await life.flush();
    life.close();
    return { policy, seed, turns, log: bytesOn(storage.disk), states, operations: storage.operations };
  });
}

export async function tryBrowserFault(rehearsal: Rehearsal, way: Way, n: number): Promise<Outcome> {
  try {
    return await inTime((timers) => new FaultRun(rehearsal, way, n, timers).play());
  } catch (error) {
    const where = `browser log, ${way} at operation ${n} under ${rehearsal.policy}, seed ${rehearsal.seed}`;
    throw new Error(`${where}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`, {
      cause: error,
    });
  }
}

class FaultRun {
  private readonly rehearsal: Rehearsal;
  private readonly way: Way;
  private readonly n: number;
  private readonly timers: ManualTimers;
  private readonly random: Random;
  private readonly storage = new CountingStorage(emptyDisk());
  /** The disk right before the operation, for the ways in which it is lost. */
  private before: Disk = emptyDisk();
  private acknowledged = 0;
  private wasRefused = false;
  private isDead = false;
  private readonly lasts: number;

  constructor(rehearsal: Rehearsal, way: Way, n: number, timers: ManualTimers) {
    this.rehearsal = rehearsal;
    this.way = way;
    this.n = n;
    this.timers = timers;
    this.random = new Random(rehearsal.seed ^ (n * 64 + WAYS.indexOf(way)));
    this.lasts = this.random.between(1, 6);
    this.storage.fault = (operation) => this.faultAt(operation);
    if (way === 'quota') this.storage.error = new DOMException(QUOTA, 'QuotaExceededError');
  }

  private faultAt(operation: Operation): Fault {
    const n = this.storage.count(operation) - this.n;
    if (n === 0) this.before = copyOf(this.storage.disk);
    switch (this.way) {
      case 'error':
        return n === 0 ? this.random.pick(['fail', 'fail after']) : 'none';
      case 'quota':
        return n >= 0 && n < this.lasts ? 'fail' : 'none';
      case 'crash':
      case 'torn':
        this.isDead ||= n === 0;
        return n === 0 ? (this.way === 'torn' || this.n % 2 === 0 ? 'never' : 'never after') : 'none';
      case 'reordered':
        // What was written at n is lost, and what came behind it is there.
        this.isDead ||= n === 1;
        return n === 1 ? 'never' : 'none';
      case 'lost sync':
        this.isDead ||= n === this.lasts;
        return n === this.lasts ? 'never' : 'none';
    }
  }

  async play(): Promise<Outcome> {
    const life = await BrowserLife.begin(this.storage, this.rehearsal.policy, this.timers);
    if (life === null || this.isDead) return this.startAgain('did not start');
    if (life.saved?.kind !== 'saved') {
      if (life.saved?.kind !== 'memory' || life.saved.why === '')
        throw new Error(`it is ${JSON.stringify(life.saved)}`);
      life.close();
      return this.startAgain('did not start');
    }
    await this.playTurns(life);
    if (this.way === 'error' || this.way === 'quota') return this.finishAlive(life);
    if (!this.isDead) throw new Error('the operation was never reached');
    life.close();
    return this.startAgain('survived');
  }

  private async playTurns(life: BrowserLife): Promise<void> {
    let behind = 0;
    for (const turn of this.rehearsal.turns) {
      const { offset } = life;
      await playAndKeep(life, this.rehearsal.policy, turn);
      const said = life.takeReceived();
      if (this.isDead || (this.storage.operations > this.n + this.lasts && ++behind > TURNS_BEHIND)) break;
      if (said.includes(REFUSED)) this.wasRefused = true;
      else if (said !== '' && life.offset > offset) this.note(life);
    }
  }

  private note(life: BrowserLife): void {
    if (this.rehearsal.policy !== 'always') return;
    this.acknowledged = life.offset;
    const { end } = this.storage.disk;
    if (end < life.offset) throw new Error(`answered with ${life.offset} bytes in the log, of which ${end} are kept`);
  }

  private async finishAlive(life: BrowserLife): Promise<Outcome> {
    this.storage.fault = () => 'none';
    await this.timers.advance(15_000);
    await life.flush();
    if (life.saved?.kind !== 'saved') throw new Error(`there is room again, and it is ${JSON.stringify(life.saved)}`);
    const expected = stateOf(life.engine);
    const { disk } = this.storage;
    if (disk.end !== life.offset) throw new Error(`the log has ${life.offset} bytes, of which ${disk.end} are kept`);
    life.close();
    const next = await this.beginAgain(disk);
    requireSame(expected, stateOf(next.engine), 'memory and the log differ');
    requirePairs(next.engine);
    next.close();
    return this.wasRefused ? 'refused, then went on' : 'not noticed';
  }

  private async beginAgain(disk: Disk): Promise<BrowserLife> {
    const life = await BrowserLife.begin(new CountingStorage(disk), this.rehearsal.policy, this.timers);
    if (life === null) throw new Error('it does not begin again');
    return life;
  }

  /** What the worker's death, and that of the machine, have left. */
  private remains(): Disk {
    const change = this.storage.changes.get(this.n);
    switch (this.way) {
      case 'torn':
        return change ? tornIn(this.before, change, this.random) : this.storage.disk;
      case 'reordered': {
        const next = this.storage.changes.get(this.n + 1);
        if (next === undefined) return this.before;
        const disk = copyOf(this.before);
        applyTo(disk, next);
        disk.end = next.end;
        return disk;
      }
      case 'lost sync':
        return this.before;
      default:
        return this.storage.disk;
    }
  }

  private async startAgain(outcome: Outcome): Promise<Outcome> {
    const disk = copyOf(this.remains());
    const left = copyOf(disk);
    const life = await this.beginAgain(disk);
    if (life.saved?.kind === 'failed') return this.damage(life, disk, left);
    if (life.saved?.kind !== 'saved') throw new Error(`it begins again, and is ${JSON.stringify(life.saved)}`);
    const kept = bytesOn(disk);
    requireBytes(
      kept,
      this.rehearsal.log.subarray(0, kept.length),
      'what is left is no beginning of what was appended',
    );
    const isLying = this.way === 'lost sync' || this.way === 'reordered';
    if (!isLying && kept.length < this.acknowledged)
      throw new Error(`${this.acknowledged} bytes were acknowledged, ${kept.length} are left`);
    const known = this.rehearsal.states.get(kept.length);
    if (known !== undefined) requireSame(known, stateOf(life.engine), 'not the state that was');
    requirePairs(life.engine);
    await life.play({ client: 1, lines: [['SET', 'after', 'it']], pauseMs: 0 });
    await life.flush();
    const state = stateOf(life.engine);
    life.close();
    const next = await this.beginAgain(disk);
    requireSame(state, stateOf(next.engine), 'what was written after the start is not what is read');
    next.close();
    return outcome;
  }

  /** A transaction that was not kept whole, or not in its turn, is found out, and what is left stays. */
  private damage(life: BrowserLife, disk: Disk, left: Disk): Outcome {
    const why = life.saved?.kind === 'failed' ? life.saved.why : '';
    if ((this.way !== 'torn' && this.way !== 'reordered') || !why.includes('damaged')) throw new Error(why);
    requireBytes(bytesOn(disk), bytesOn(left), 'the stored log was changed');
    if (disk.end !== left.end) throw new Error('the length of the stored log was changed');
    life.close();
    return 'named damage';
  }
}

function applyTo(disk: Disk, change: Pick<LogChange, 'put' | 'remove'>): void {
  for (const offset of change.remove) disk.records.delete(offset);
  for (const { offset, bytes } of change.put) disk.records.set(offset, bytes.slice());
}

/** A part of a transaction, which no storage should leave. */
function tornIn(before: Disk, { put, remove, end }: LogChange, random: Random): Disk {
  const disk = copyOf(before);
  switch (random.below(4)) {
    case 0:
      disk.end = end;
      break;
    case 1:
      applyTo(disk, { put, remove: [] });
      break;
    case 2:
      applyTo(disk, { put: [], remove });
      break;
    default:
      applyTo(disk, {
        put: put.map(({ offset, bytes }) => ({ offset, bytes: bytes.slice(0, random.below(bytes.length)) })),
        remove,
      });
      disk.end = end;
  }
  return disk;
}
