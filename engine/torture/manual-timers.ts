/** The machine's timers and clocks in our hands, for what asks the platform for them. */

const NAMES = ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] as const;
const START_MS = 1_795_132_800_000;

interface Timer {
  atMs: number;
  readonly everyMs: number | null;
  readonly run: () => void;
}

const real = { setImmediate: globalThis.setImmediate };

/** From `install` to `restore` time stands still but for `advance`. */
export class ManualTimers {
  private nowMs = 0;
  private readonly timers = new Map<number, Timer>();
  private nextId = 1;
  private readonly before = new Map<string, unknown>();
  private readonly dateNow = Date.now;

  install(): void {
    const start = (run: () => void, ms: number, everyMs: number | null): number => {
      const id = this.nextId++;
      this.timers.set(id, { atMs: this.nowMs + Math.max(1, ms), everyMs, run });
      return id;
    };
    const stop = (id: number): void => void this.timers.delete(id);
    const ours = {
      setTimeout: (run: () => void, ms = 0) => start(run, ms, null),
      setInterval: (run: () => void, ms = 0) => start(run, ms, Math.max(1, ms)),
      clearTimeout: stop,
      clearInterval: stop,
    };
    for (const name of NAMES) {
      this.before.set(name, globalThis[name]);
      Object.assign(globalThis, { [name]: ours[name] });
    }
    Date.now = () => START_MS + this.nowMs;
    Object.defineProperty(performance, 'now', { configurable: true, value: () => this.nowMs });
  }

  restore(): void {
    for (const [name, value] of this.before) Object.assign(globalThis, { [name]: value });
    Date.now = this.dateNow;
    Reflect.deleteProperty(performance, 'now');
  }

  /** All that was promised and can be kept by now is kept. */
  async settle(): Promise<void> {
    await new Promise<void>((resolve) => real.setImmediate(resolve));
  }

  async advance(ms: number): Promise<void> {
    const untilMs = this.nowMs + ms;
    await this.settle();
    for (let due = this.nextDue(untilMs); due !== null; due = this.nextDue(untilMs)) {
      const [id, timer] = due;
      this.nowMs = Math.max(this.nowMs, timer.atMs);
      if (timer.everyMs === null) this.timers.delete(id);
      else timer.atMs += timer.everyMs;
      timer.run();
      await this.settle();
    }
    this.nowMs = untilMs;
  }

  private nextDue(untilMs: number): [number, Timer] | null {
    let first: [number, Timer] | null = null;
    for (const entry of this.timers)
      if (entry[1].atMs <= untilMs && !(first && first[1].atMs <= entry[1].atMs)) first = entry;
    return first;
  }
}
