import { causeSteps, type CauseProbe } from './cause.steps.ts';
import type { Recorder } from './recorder.ts';

/** Numbers the causes and puts their marks between the steps. Without a recorder it does nothing at all. */
export class Film {
  /** The number of the next cause. */
  nextIndex = 0;
  /** Called right before each cause, with its number: the moment at which the picture before it can be taken. */
  onCause: ((index: number) => void) | null = null;
  private readonly recorder: Recorder | null;
  private readonly probe: CauseProbe | null;

  constructor(recorder: Recorder | null) {
    this.recorder = recorder;
    this.probe = recorder?.probe(causeSteps) ?? null;
  }

  get isRunning(): boolean {
    return this.recorder !== null;
  }

  /** Whether what a command looks like is worth writing down. */
  get isHeard(): boolean {
    return this.recorder !== null && !this.recorder.isMuted;
  }

  beginCommand(session: number, db: number, nowMs: number, line: Uint8Array, length = line.length): void {
    this.onCause?.(this.nextIndex);
    const index = this.nextIndex++;
    if (!this.isHeard) return;
    this.probe?.command(0, index, session, db, nowMs, line, 0, length);
    this.recorder?.begin();
  }

  endCommand(reply: Uint8Array, start: number, end: number): void {
    if (!this.isHeard) return;
    if (this.recorder?.end() === true) this.probe?.lost(0);
    this.probe?.reply(0, end - start, reply, start, end);
  }

  /** Work of the engine's own. When it made no step, it leaves no cause behind. */
  during(kind: 'tick' | 'turn' | 'load', nowMs: number, work: () => void): void {
    const { recorder, probe } = this;
    if (!recorder || !probe) {
      work();
      return;
    }
    this.onCause?.(this.nextIndex);
    const before = recorder.position;
    probe[kind](0, this.nextIndex, nowMs);
    const marked = recorder.position;
    recorder.begin();
    work();
    const isSilent = recorder.position === marked;
    const lost = recorder.end();
    if (isSilent && !lost) {
      recorder.rewind(before);
      return;
    }
    this.nextIndex++;
    if (lost) probe.lost(0);
  }
}
