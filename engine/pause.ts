/** CLIENT PAUSE: for a while commands are not run but wait, those that may change something or all of them. */

export type PauseKind = 'write' | 'all';

export interface PauseState {
  readonly kind: PauseKind | null;
  readonly endMs: number;
}

export class Pause {
  /** What waits; `null` when nothing does. */
  kind: PauseKind | null = null;
  /** The last millisecond of it. */
  endMs = Infinity;

  /** One pause on top of another never makes less wait, nor ends sooner. */
  begin(kind: PauseKind, endMs: number): void {
    this.endMs = this.kind === null ? endMs : Math.max(this.endMs, endMs);
    if (this.kind !== 'all') this.kind = kind;
  }

  end(): void {
    this.kind = null;
    this.endMs = Infinity;
  }

  capture(): PauseState {
    return { kind: this.kind, endMs: this.endMs };
  }

  restore({ kind, endMs }: PauseState): void {
    this.kind = kind;
    this.endMs = endMs;
  }
}
