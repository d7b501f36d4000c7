/**
 * The film: a position in all that has happened, and the hand that moves it. The engine never waits for it; what comes
 * in while somebody looks at the past is only added at the end.
 */
import { applyStep, type EngineStep, type Models } from '../engine/models.ts';
import type { HashName } from '../engine/structures/hash-functions.steps.ts';
import { captionOf, lostCaption, overviewCaption, type Beat } from './beats.ts';
import { Film, type Cause, type FrameSource, type Picture, type Stretch } from './film.ts';
import { placeOf, placeUnseen, type Eye } from './follow.ts';
import { DARK, spotlightAt, type Spotlight } from './spotlight.ts';
import { isInside } from './value-light.ts';

export interface TimelineOptions {
  readonly start: Picture;
  readonly hashName: HashName;
  readonly source: FrameSource | null;
  /** With reduced motion a new command is shown finished, and nothing plays of its own accord. */
  readonly isStill?: () => boolean;
}

/** All that is shown at a position, made at once so that no part of the page can be a beat behind another. */
export interface View {
  /** The number of the stop, -1 before the first. */
  readonly stop: number;
  /** How many of its beats are over. */
  readonly shown: number;
  readonly length: number;
  readonly cause: Cause | null;
  readonly picture: Picture;
  readonly caption: string;
  readonly spotlight: Spotlight;
  readonly steps: readonly EngineStep[];
  /** Among the keys or inside a value: where what happens is to be seen. */
  readonly eye: Eye;
}

export type Speed = 0.5 | 1 | 2 | 4;
export const SPEEDS: readonly Speed[] = [0.5, 1, 2, 4];

/** A command that was just typed is shown in so long at most; one that works inside a value has more to show. */
const LIVE_MS = 1200;
const LIVE_INSIDE_MS = 2600;
const LIVE_BEAT_MS = 240;
const FILM_BEAT_MS = 700;
/** What is shown for less than this is not seen: when there are more beats than time, several go by at once. */
const SEEN_MS = 90;

export class Timeline {
  /** Whether the newest is followed. Off as soon as somebody goes back. */
  isLive = $state(true);
  isPlaying = $state(false);
  isLoading = $state(false);
  speed = $state<Speed>(1);
  /** How long what changes now should take to move. */
  motionMs = $state(250);
  view: View = $state.raw(EMPTY_VIEW);
  /** The causes where a viewer stops, oldest first. */
  stops: readonly Cause[] = $state.raw([]);
  /** No further than here for now: a question is open whose answer comes next. */
  limit: { readonly stop: number; readonly shown: number } | null = $state.raw(null);

  private readonly film: Film;
  private readonly source: FrameSource | null;
  private readonly isStill: () => boolean;
  /** By stop, its position in the film. */
  private positions: number[] = [];
  /** The pictures after each beat of the cause that is shown, so that going back costs nothing and is exact. */
  private folded: { position: number; after: (Models | undefined)[] } = { position: -1, after: [] };
  /** Where one looked at the end of a cause, by its position. */
  private eyeAfter: { position: number; eye: Eye } = { position: -1, eye: KEYS };
  private timer: ReturnType<typeof setTimeout> | undefined;
  private wish = 0;

  constructor(options: TimelineOptions) {
    this.film = new Film(options.start, options.hashName);
    this.source = options.source;
    this.isStill = options.isStill ?? (() => false);
    this.view = { ...EMPTY_VIEW, picture: options.start };
  }

  get hashName(): HashName {
    return this.film.hashName;
  }

  get isAtStart(): boolean {
    return this.view.stop < 0 || (this.view.stop === 0 && this.view.shown === 0);
  }

  get isAtEnd(): boolean {
    const { view, limit } = this;
    if (limit && view.stop === limit.stop && view.shown >= limit.shown) return true;
    return view.stop === this.stops.length - 1 && view.shown >= view.length;
  }

  /** The first stop that lies ahead of the position: a command that is shown in part counts as done. */
  get firstUnseen(): number {
    return this.view.shown === 0 ? Math.max(0, this.view.stop) : this.view.stop + 1;
  }

  // What comes from the engine.

  push(words: Int32Array): void {
    const fresh = this.film.push(words);
    if (fresh.length > 0) {
      this.positions = [...this.positions, ...fresh];
      this.stops = this.positions.flatMap((position) => this.film.causes[position] ?? []);
      if (this.isLive) this.playNewest();
    } else if (this.isLive && !this.isPlaying) {
      void this.show(this.stops.length - 1, Infinity);
    }
  }

  /** How things stand right before cause `nextIndex`, which is still to come. */
  keyframe(picture: Picture, nextIndex: number): void {
    this.film.keyframe(picture, nextIndex);
    this.stops = this.positions.flatMap((position) => this.film.causes[position] ?? []);
    if (this.isLive && !this.isPlaying) void this.show(this.stops.length - 1, Infinity);
  }

  /** The cause `index` and all after it were given up; `start` is how things stand now. Returns what was cut off. */
  cutAt(index: number, start: Picture): Stretch {
    const position = this.film.causes.findIndex((cause) => cause.index >= index);
    const cut = this.film.cut(position < 0 ? this.film.causes.length : position, start);
    this.afterChange();
    return cut;
  }

  /** Puts a stretch that was cut off back at the end; `end` is how things stand after it. */
  join(stretch: Stretch, end: Picture): void {
    this.film.join(stretch, end);
    this.afterChange();
  }

  private afterChange(): void {
    this.stopTimer();
    this.positions = this.film.causes.flatMap((cause, at) => (cause.isStop ? [at] : []));
    this.stops = this.film.causes.filter((cause) => cause.isStop);
    this.folded = { position: -1, after: [] };
    this.eyeAfter = { position: -1, eye: KEYS };
    this.isLive = true;
    void this.show(this.stops.length - 1, Infinity);
  }

  // The viewer's hand.

  play(): void {
    if (this.isAtEnd) void this.show(this.view.stop, 0);
    this.isLive = false;
    this.isPlaying = true;
    this.run(FILM_BEAT_MS, Infinity);
  }

  pause(): void {
    this.stopTimer();
    this.isLive = this.isAtEnd;
  }

  toggle(): void {
    if (this.isPlaying) this.pause();
    else this.play();
  }

  /** One beat forward or back. The end of a command and the start of the next are one place. */
  step(direction: 1 | -1): Promise<void> {
    this.stopTimer();
    const { stop, shown, length } = this.view;
    this.motionMs = 300;
    if (direction > 0) {
      if (shown < length) return this.goTo(stop, shown + 1);
      return stop < this.stops.length - 1 ? this.goTo(stop + 1, 1) : Promise.resolve();
    }
    if (shown > 1 || (stop === 0 && shown === 1)) return this.goTo(stop, shown - 1);
    return stop > 0 ? this.goTo(stop - 1, Infinity) : Promise.resolve();
  }

  /** A whole command forward or back: to the next end that lies ahead, or the next start that lies behind. */
  stepCommand(direction: 1 | -1): Promise<void> {
    this.stopTimer();
    const { stop, shown, length } = this.view;
    if (direction > 0) {
      const next = shown < length ? stop : Math.min(stop + 1, this.stops.length - 1);
      return this.goTo(next, Infinity);
    }
    if (shown > 0 && stop >= 0) return stop === 0 ? this.goTo(0, 0) : this.goTo(stop - 1, Infinity);
    return stop > 0 ? this.goTo(stop - 1, 0) : Promise.resolve();
  }

  toStartOfCommand(): Promise<void> {
    this.stopTimer();
    return this.goTo(Math.max(this.view.stop, 0), 0);
  }

  toEndOfCommand(): Promise<void> {
    this.stopTimer();
    return this.goTo(this.view.stop, Infinity);
  }

  /** To the state before a stop (`shown` 0), within it, or after it (`Infinity`). */
  seek(stop: number, shown = Infinity): Promise<void> {
    this.stopTimer();
    return this.goTo(Math.max(-1, Math.min(stop, this.stops.length - 1)), shown);
  }

  goLive(): Promise<void> {
    this.stopTimer();
    this.isLive = true;
    return this.show(this.stops.length - 1, Infinity);
  }

  destroy(): void {
    this.stopTimer();
    this.wish++;
  }

  private async goTo(stop: number, shown: number): Promise<void> {
    await this.show(stop, shown);
    this.isLive = this.isAtEnd;
  }

  // Playing.

  private playNewest(): void {
    const newest = this.stops.length - 1;
    this.stopTimer();
    if (this.isStill()) {
      void this.show(newest, Infinity);
      return;
    }
    void this.show(newest, 0).then(() => {
      if (this.view.stop !== newest || this.isPlaying || !this.isLive) return;
      this.isPlaying = true;
      this.run(LIVE_BEAT_MS, this.view.steps.some(isInside) ? LIVE_INSIDE_MS : LIVE_MS);
    });
  }

  /** Plays the cause that is shown; `limitMs` is how long all of it may take. */
  private run(beatMs: number, limitMs: number): void {
    clearTimeout(this.timer);
    const beats = this.beats();
    const weights = beats.map((beat) => (beat.round > 0 ? 0.5 : 1));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const each = Math.min(beatMs, limitMs / Math.max(total, 1)) / this.speed;
    this.motionMs = Math.round(Math.min(400, Math.max(120, each * 0.8)));
    // By the clock and not by counting: when beats are shorter than a frame, some are passed over.
    let due = performance.now();
    const advance = (): void => {
      const { stop, shown, length } = this.view;
      if (this.isAtEnd) {
        this.stopTimer();
        this.isLive = true;
        return;
      }
      if (shown >= length) {
        if (this.isLive) this.stopTimer();
        else void this.show(stop + 1, 0).then(() => this.run(beatMs, limitMs));
        return;
      }
      let next = shown;
      do due += each * (weights[next++] ?? 1);
      while (due < performance.now() + SEEN_MS && next < length);
      void this.show(stop, next);
      const rest = next >= length && !this.isLive ? 500 / this.speed : 0;
      this.timer = setTimeout(advance, Math.max(0, due - performance.now() + rest));
    };
    this.timer = setTimeout(advance, limitMs === Infinity ? 0 : 60);
  }

  private stopTimer(): void {
    clearTimeout(this.timer);
    this.isPlaying = false;
  }

  // Showing.

  private beats(): readonly Beat[] {
    return this.film.beatsAt(this.positions[this.view.stop] ?? -1);
  }

  /** Shows a position, at once where it can be folded here, otherwise when the host has answered. */
  private show(wantedStop: number, wantedShown: number): Promise<void> {
    const { limit } = this;
    const isBeyond = limit && (wantedStop > limit.stop || (wantedStop === limit.stop && wantedShown > limit.shown));
    const { stop, shown } = isBeyond ? limit : { stop: wantedStop, shown: wantedShown };
    const wish = ++this.wish;
    if (this.showNow(stop, shown)) return Promise.resolve();
    const position = this.positions[stop] ?? 0;
    const index = this.film.causes[position]?.index;
    if (this.source === null || index === undefined) return Promise.resolve();
    this.isLoading = true;
    return this.source.frame(index).then((frame) => {
      if (frame) this.film.fill(position, frame);
      if (wish !== this.wish) return;
      this.isLoading = false;
      if (frame) this.showNow(stop, shown);
    });
  }

  private showNow(stop: number, shown: number): boolean {
    if (stop < 0) {
      const picture = this.film.pictureBefore(this.positions[0] ?? this.film.causes.length);
      if (picture) this.view = { ...EMPTY_VIEW, picture };
      return picture !== null;
    }
    const position = this.positions[stop] ?? 0;
    const cause = this.film.causes[position] ?? null;
    const before = this.film.pictureBefore(position);
    const steps = this.film.stepsOf(position);
    if (!before || !steps) return false;
    const beats = before.models ? this.film.beatsAt(position) : [];
    const length = Math.max(1, beats.length);
    const at = Math.min(shown, length);
    const picture = at === length ? this.after(stop, before, beats) : this.within(position, before, beats, at);
    const spotlight = spotlightAt(beats, at, steps, Math.max(0, cause?.db ?? 0));
    const caption = this.caption(beats[at - 1], position, before, beats, at, cause);
    const eye = this.eye(stop, before, picture, beats.slice(0, at), spotlight);
    this.isLoading = false;
    this.view = { stop, shown: at, length, cause, picture, spotlight, caption, steps, eye };
    return true;
  }

  /** Where to look, given where one looked when the command began. */
  private eye(stop: number, before: Picture, { models }: Picture, beats: readonly Beat[], spotlight: Spotlight): Eye {
    const position = this.positions[stop] ?? 0;
    const was = before.models ? this.eyeAtEnd(stop - 1, before.models) : KEYS;
    const cause = this.film.causes[position];
    const end = beats.at(-1)?.to ?? 0;
    const all = this.film.stepsOf(position) ?? [];
    if (cause && !models) return placeUnseen(all, Math.max(0, cause.db));
    if (beats.length === 0 || !cause || !models) return was;
    const steps = all.slice(0, end);
    return placeOf(steps, spotlight, models, Math.max(0, cause.db), cause.line, was);
  }

  /** Where one looks at the end of a cause for its own sake, whatever came before it. */
  private eyeAtEnd(stop: number, models: Models): Eye {
    const position = this.positions[stop];
    const cause = position === undefined ? undefined : this.film.causes[position];
    if (position === undefined || !cause || cause.isLost) return KEYS;
    if (this.eyeAfter.position === position) return this.eyeAfter.eye;
    const steps = this.film.stepsOf(position) ?? [];
    const beats = this.film.beatsAt(position);
    const db = Math.max(0, cause.db);
    const eye = placeOf(steps, spotlightAt(beats, beats.length, steps, db), models, db, cause.line, KEYS);
    this.eyeAfter = { position, eye };
    return eye;
  }

  private caption(
    beat: Beat | undefined,
    position: number,
    before: Picture,
    beats: readonly Beat[],
    at: number,
    cause: Cause | null,
  ): string {
    if (cause?.isLost && at > 0) return lostCaption(this.film.stepsOf(position) ?? []);
    if (!beat) return at > 0 && !before.models ? overviewCaption(this.film.stepsOf(position) ?? []) : '';
    const from = this.within(position, before, beats, at - 1).models;
    return from ? captionOf(beat, this.film.stepsOf(position) ?? [], from, this.hashName) : '';
  }

  private within(position: number, before: Picture, beats: readonly Beat[], shown: number): Picture {
    if (shown === 0 || !before.models) return before;
    if (this.folded.position !== position) this.folded = { position, after: [] };
    const { after } = this.folded;
    let known = shown;
    while (known > 0 && !after[known]) known--;
    let models = after[known] ?? before.models;
    const steps = this.film.stepsOf(position) ?? [];
    for (let beat = known; beat < shown; beat++) {
      const { from = 0, to = 0 } = beats[beat] ?? {};
      for (const step of steps.slice(from, to)) models = applyStep(models, step);
      after[beat + 1] = models;
    }
    return { models, overview: null };
  }

  /** After the last beat: with the quiet work behind it, such as the log's bytes going out at the end of the turn. */
  private after(stop: number, before: Picture, beats: readonly Beat[]): Picture {
    const position = this.positions[stop] ?? 0;
    const next = this.positions[stop + 1] ?? this.film.causes.length;
    const settled = this.film.isGap(position) ? null : this.film.pictureBefore(next);
    return settled ?? this.within(position, before, beats, beats.length);
  }
}

const KEYS: Eye = { place: 'hash-table', entry: 0 };

const EMPTY_VIEW: View = {
  stop: -1,
  shown: 0,
  length: 0,
  cause: null,
  picture: { models: null, overview: null },
  caption: '',
  spotlight: DARK,
  steps: [],
  eye: KEYS,
};
