/**
 * Acting in the past: the history goes on from where one looks, and what came after it then stays on a branch. The
 * engine goes back first; only then does the command that was typed reach it.
 */
import type { Transport } from '../engine/client/transport.ts';
import type { Branch, Picture } from '../engine/hosts/browser/protocol.ts';
import type { Stretch } from './film.ts';
import type { Timeline } from './timeline.svelte.ts';

type Forked = Picture & { readonly nextIndex: number; readonly branches: readonly Branch[] };

/** What the engine's host can do about its own history. */
export interface History {
  connect(name: string): Transport;
  fork(index: number): Promise<Forked>;
  takeUp(branch: number): Promise<Forked>;
}

interface Left {
  readonly id: number;
  /** The number of its first cause. */
  readonly from: number;
  readonly label: string;
  readonly stretch: Stretch;
}

export class Branches {
  timeline: Timeline | null = null;
  private left: readonly Left[] = $state.raw([]);
  private readonly history: History;
  private isSubmitted = false;
  /** Sends wait for it while the engine goes back. */
  private goingBack: Promise<void> | null = null;

  constructor(history: History) {
    this.history = history;
  }

  /** The branch that was left last, in words. */
  get latest(): string | null {
    return this.left.at(-1)?.label ?? null;
  }

  /** A line was just entered; what is sent next is its command. */
  submitted(): void {
    this.isSubmitted = true;
  }

  /** A connection whose commands wait until the engine stands where the viewer looks. */
  connect(name: string): Transport {
    const inner = this.history.connect(name);
    const transport: Transport = {
      onbytes: null,
      onclose: null,
      send: (bytes) => {
        if (this.isSubmitted) this.goBack();
        this.isSubmitted = false;
        if (this.goingBack === null) {
          inner.send(bytes);
          return;
        }
        const own = bytes.slice();
        void this.goingBack.then(() => inner.send(own));
      },
      close: () => inner.close(),
    };
    inner.onbytes = (bytes) => transport.onbytes?.(bytes);
    inner.onclose = (why) => transport.onclose?.(why);
    return transport;
  }

  /** Returns to the branch that was left last; what was done since then becomes a branch in its turn. */
  async takeUp(): Promise<void> {
    const branch = this.left.at(-1);
    const { timeline } = this;
    if (!branch || !timeline) return;
    const forked = await this.history.takeUp(branch.id);
    const words = wordsFor(timeline, branch.from);
    const given = timeline.cutAt(branch.from, forked);
    timeline.join(branch.stretch, forked);
    this.left = this.left.filter((one) => one !== branch);
    this.remember(forked.branches, branch.from, given, words);
  }

  private goBack(): void {
    const { timeline } = this;
    const from = timeline?.stops[timeline.firstUnseen];
    if (!timeline || timeline.isLive || !from) return;
    this.goingBack = this.fork(timeline, from.index).finally(() => (this.goingBack = null));
  }

  private async fork(timeline: Timeline, index: number): Promise<void> {
    const words = wordsFor(timeline, index);
    const forked = await this.history.fork(index);
    // It lies too far back to be reached: what is typed then comes after all the rest.
    if (forked.nextIndex !== index) return timeline.goLive();
    this.remember(forked.branches, index, timeline.cutAt(index, forked), words);
  }

  private remember(branches: readonly Branch[], from: number, stretch: Stretch, label: string): void {
    const isKnown = (id: number): boolean => this.left.some((one) => one.id === id);
    const fresh = branches.filter(({ id, from: begins }) => begins === from && !isKnown(id)).at(-1);
    const kept = this.left.filter(({ id }) => branches.some((branch) => branch.id === id));
    this.left = fresh && stretch.causes.length > 0 ? [...kept, { id: fresh.id, from, label, stretch }] : kept;
  }
}

/** How the branch that begins at a cause is called. */
function wordsFor(timeline: Timeline, index: number): string {
  const first = timeline.stops.findIndex((cause) => cause.index >= index) + 1;
  const last = timeline.stops.length;
  return first === last ? `Return to command ${last}` : `Return to commands ${first} to ${last}`;
}
