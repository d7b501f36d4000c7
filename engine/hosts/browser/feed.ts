import type { Engine, Recorder } from '../../api.ts';
import { isDrawable, pictureOf } from './picture.ts';
import type { WorkerToPage } from './protocol.ts';

/** Steps go out at once after a quiet time, and otherwise at most so often. */
const STEPS_EVERY_MS = 8;
const PICTURE_EVERY_MS = 100;
/** Taking pictures may use up a fifth of the worker's time, no more. */
const PICTURE_SHARE = 5;

// A page can decode and tell apart perhaps a million words a second beside drawing. What comes faster is not told.
const WORDS_A_SECOND = 512 * 1024;
const WORDS_AT_ONCE = 128 * 1024;

export type Post = (message: WorkerToPage, transfer?: ArrayBuffer[]) => void;

/**
 * What the page gets to see of the engine's work: the steps as they happen, as long as they are not too many. After too
 * many it gets none, and a picture of where the engine stands, from which the steps go on.
 */
export class Feed {
  private readonly engine: Engine;
  private readonly recorder: Recorder;
  private readonly post: Post;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private lastSteps = -Infinity;
  private nextPicture = 0;
  private credit = WORDS_AT_ONCE;
  private creditAt = 0;
  /** The page has missed steps, so that no further ones make sense to it before a picture. */
  private isBehind = false;
  private isPictureDue = false;
  private isDrawn = true;

  constructor(engine: Engine, recorder: Recorder, post: Post) {
    this.engine = engine;
    this.recorder = recorder;
    this.post = post;
    this.isDrawn = isDrawable(engine);
  }

  /** The engine may have done something. */
  turn(): void {
    if (this.recorder.isEmpty) return;
    const now = performance.now();
    if (now - this.lastSteps >= STEPS_EVERY_MS) this.tell(now);
    else this.schedule(this.lastSteps + STEPS_EVERY_MS - now);
  }

  /** Tells at once what is still to be told. */
  finish(): void {
    if (!this.recorder.isEmpty) this.tellSteps(performance.now());
  }

  /** The page was given a picture by another way: everything up to now is known to it. */
  restart(): void {
    this.recorder.drop();
    this.recorder.isMuted = false;
    this.isBehind = false;
    this.isPictureDue = false;
    this.isDrawn = isDrawable(this.engine);
  }

  close(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }

  private schedule(ms: number): void {
    this.timer ??= setTimeout(() => {
      this.timer = null;
      this.tell(performance.now());
    }, ms);
  }

  private tell(now: number): void {
    this.tellSteps(now);
    const isDrawn = isDrawable(this.engine);
    if (isDrawn !== this.isDrawn) this.isPictureDue = true;
    this.isDrawn = isDrawn;
    if (!this.isBehind && !this.isPictureDue) return;
    if (now >= this.nextPicture) this.tellPicture();
    else this.schedule(this.nextPicture - now);
  }

  private tellSteps(now: number): void {
    if (this.recorder.isEmpty) return;
    this.lastSteps = now;
    this.credit = Math.min(WORDS_AT_ONCE, this.credit + ((now - this.creditAt) * WORDS_A_SECOND) / 1000);
    this.creditAt = now;
    if (this.recorder.hasLost || !this.isDrawn) this.isPictureDue = true;
    if (this.isBehind || this.recorder.position > this.credit) {
      this.isBehind = true;
      this.recorder.drop();
      this.recorder.isMuted = true;
      return;
    }
    this.credit -= this.recorder.position;
    const words = this.recorder.take();
    this.post({ type: 'steps', words }, [words.buffer]);
  }

  private tellPicture(): void {
    const start = performance.now();
    const picture = pictureOf(this.engine);
    const buffers = picture.overview?.tables.map((table) => table.chainLengths.buffer) ?? [];
    this.recorder.drop();
    this.recorder.isMuted = false;
    this.isBehind = false;
    this.isPictureDue = false;
    this.post({ type: 'keyframe', nextIndex: this.engine.causeIndex, ...picture }, buffers as ArrayBuffer[]);
    const end = performance.now();
    this.nextPicture = end + Math.max(PICTURE_EVERY_MS, (end - start) * PICTURE_SHARE);
  }
}
