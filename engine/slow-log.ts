/** The slow log: the last calls that took long, with their words cut short, so that it stays small whatever they were. */

export interface SlowCall {
  readonly id: number;
  /** Since 1970. */
  readonly atSeconds: number;
  readonly microseconds: number;
  readonly words: readonly Uint8Array[];
  readonly address: string;
  readonly clientName: string;
}

export interface SlowLogState {
  readonly nextId: number;
  readonly calls: readonly SlowCall[];
}

export class SlowLog {
  private nextId = 0;
  /** The latest first. */
  private calls: SlowCall[] = [];

  get length(): number {
    return this.calls.length;
  }

  add(call: Omit<SlowCall, 'id'>, mostCalls: number): void {
    this.calls.unshift({ id: this.nextId++, ...call });
    if (this.calls.length > mostCalls) this.calls.length = mostCalls;
  }

  latest(count: number): readonly SlowCall[] {
    return this.calls.slice(0, count);
  }

  /** Their numbers go on. */
  clear(): void {
    this.calls = [];
  }

  capture(): SlowLogState {
    return { nextId: this.nextId, calls: [...this.calls] };
  }

  restore({ nextId, calls }: SlowLogState): void {
    this.nextId = nextId;
    this.calls = [...calls];
  }
}
