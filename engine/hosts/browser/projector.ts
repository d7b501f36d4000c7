import { Engine, Recorder, recordOf, valueOverviewOf, type EngineOptions } from '../../api.ts';
import type { Journal } from './journal.ts';
import { pictureOf } from './picture.ts';
import { afterCut, Player, type Moment, type Wire } from './player.ts';
import type { Frame, KeyRecord, ValueOverview } from './protocol.ts';

/** Where a second engine's replies go: they were sent once already. */
const NOWHERE: Wire = { send: () => undefined, close: () => undefined };
/** Up to this size of the arena, the state before what was shown last is kept, to step back and forth around it. */
const BOOKMARK_BYTES = 4 * 1024 * 1024;

interface Bookmark {
  readonly position: number;
  readonly moment: Moment;
}

/**
 * Goes back. A second engine is set to the keyframe before a cause, does everything again up to it, and is then exactly
 * what the live engine was, down to the addresses.
 */
export class Projector {
  private readonly journal: Journal;
  private readonly recorder = new Recorder();
  private readonly player: Player;
  /** The entry that the second engine would do next; -1 when it has nothing to do with the journal. */
  private position = -1;
  private bookmark: Bookmark | null = null;
  private logged: Uint8Array[] | null = null;

  /** The options must be those of the live engine. */
  constructor(options: EngineOptions, journal: Journal) {
    this.journal = journal;
    const { seed, log, memory } = options.host;
    // It must believe that it keeps a log, for what belongs to that are steps too.
    const append = (bytes: Uint8Array): null => {
      this.logged?.push(bytes.slice());
      return null;
    };
    const engine = new Engine({ ...options, host: { seed, memory, log: log && { append } }, recorder: this.recorder });
    this.player = new Player(engine, () => NOWHERE);
  }

  /** The picture right before a cause and the cause's steps; `null` when the journal does not reach back so far. */
  frame(index: number): Frame | null {
    const visit = this.visit(index, () => pictureOf(this.player.engine));
    return visit && { index, before: visit.seen.models, overview: visit.seen.overview, words: visit.words };
  }

  /** A key as it lay in memory right before a cause. */
  inspect(index: number, db: number, key: Uint8Array): KeyRecord | null {
    return this.visit(index, () => recordOf(this.player.engine.keyspace, db, key))?.seen ?? null;
  }

  /** A value as a whole, as it was right before a cause. */
  overview(index: number, db: number, entry: number): ValueOverview | null {
    return this.visit(index, () => valueOverviewOf(this.player.engine.keyspace, db, entry))?.seen ?? null;
  }

  /** The state right before a cause, to go on from. */
  momentBefore(index: number): Moment | null {
    return this.visit(index, () => afterCut(this.player.capture()))?.seen ?? null;
  }

  /** The state at the end of the journal, and what was logged since a position, from which offset on. */
  momentAtEnd(from: number): { moment: Moment; offset: number; logged: Uint8Array } {
    this.go(from);
    const { offset } = this.player.engine.capture().log;
    this.logged = [];
    while (this.position < this.journal.end) {
      const { input } = this.journal.entry(this.position);
      this.step();
      this.recorder.drop();
      // What was logged by the part of an input that did not happen in the end is none of it.
      if (input.kind === 'cut')
        this.logged = [joined(this.logged).slice(0, this.player.engine.capture().log.offset - offset)];
    }
    const logged = joined(this.logged);
    this.logged = null;
    return { moment: this.player.capture(), offset, logged };
  }

  /** The journal was changed behind this position. */
  forget(position: number): void {
    if (this.position > position) this.position = -1;
    if (this.bookmark && this.bookmark.position > position) this.bookmark = null;
  }

  private visit<Seen>(index: number, look: () => Seen): { seen: Seen; words: Int32Array<ArrayBuffer> } | null {
    const at = this.journal.positionOf(index);
    if (at < 0) return null;
    this.go(at);
    this.mark(at);
    // What happens at the cause stands in an object, because a compiler does not follow assignments into callbacks.
    const visit: { seen: { value: Seen } | null; words: Int32Array<ArrayBuffer> | null } = { seen: null, words: null };
    this.player.onCause = (next) => {
      if (next === index) {
        this.recorder.drop();
        visit.seen = { value: look() };
      } else if (next === index + 1) {
        visit.words ??= this.recorder.take();
      }
    };
    this.step();
    this.player.onCause = null;
    return visit.seen && { seen: visit.seen.value, words: visit.words ?? this.recorder.take() };
  }

  /** Brings the second engine to right before an entry. */
  private go(position: number): void {
    this.recorder.drop();
    if (this.position < 0 || this.position > position) this.restoreBefore(position);
    const keyframe = this.journal.keyframeBefore(position);
    if (keyframe && keyframe.position > this.position) this.restoreBefore(position);
    while (this.position < position) {
      this.step();
      this.recorder.drop();
    }
  }

  private step(): void {
    const { input, nowMs } = this.journal.entry(this.position);
    this.player.play(input, nowMs);
    this.position++;
  }

  private restoreBefore(position: number): void {
    const keyframe = this.journal.keyframeBefore(position);
    const { bookmark } = this;
    const isNear = bookmark && bookmark.position <= position && bookmark.position >= (keyframe?.position ?? 0);
    const from = isNear ? bookmark : keyframe;
    if (!from) throw new Error(`the journal does not reach back to entry ${position}`);
    this.player.restore(from.moment);
    this.position = from.position;
  }

  private mark(position: number): void {
    if (this.bookmark?.position === position) return;
    const { arena } = this.player.engine.keyspace;
    if (arena.reservedBytes > BOOKMARK_BYTES) return;
    this.bookmark = { position, moment: this.player.capture() };
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
