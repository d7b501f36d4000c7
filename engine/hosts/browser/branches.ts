import type { Journal, Stretch } from './journal.ts';
import type { Branch } from './protocol.ts';

/** More are not kept: the oldest is forgotten. */
const BRANCHES = 8;

interface Kept extends Branch {
  readonly position: number;
  readonly stretch: Stretch;
  /** Branches that were given up from within this one. */
  readonly inner: readonly Kept[];
}

/** The stretches of history that were given up by going back, each to be had again. */
export class Branches {
  private readonly journal: Journal;
  private kept: Kept[] = [];
  private lastId = 0;

  constructor(journal: Journal) {
    this.journal = journal;
  }

  /** Those that can be taken up from the present history. */
  get list(): readonly Branch[] {
    return this.reachable().map(({ id, from, to, nowMs }) => ({ id, from, to, nowMs }));
  }

  /** Takes everything from a position on off the journal. */
  giveUp(position: number, about: Omit<Branch, 'id'>): void {
    const inner = this.kept.filter((branch) => branch.position > position);
    const outer = this.kept.filter((branch) => branch.position <= position);
    this.kept = [...outer, { id: ++this.lastId, ...about, position, stretch: this.journal.cut(position), inner }];
    if (this.kept.length > BRANCHES) this.kept.shift();
  }

  /** Exchanges a branch with what has come since it was given up; returns where, or `null` when it is not kept. */
  takeUp(id: number, about: Pick<Branch, 'to' | 'nowMs'>): number | null {
    const branch = this.reachable().find((candidate) => candidate.id === id);
    if (!branch) return null;
    this.kept = this.kept.filter((candidate) => candidate !== branch);
    this.giveUp(branch.position, { from: branch.from, ...about });
    this.journal.join(branch.stretch);
    this.kept.push(...branch.inner);
    return branch.position;
  }

  private reachable(): readonly Kept[] {
    return this.kept.filter(({ position }) => position >= this.journal.start);
  }
}
