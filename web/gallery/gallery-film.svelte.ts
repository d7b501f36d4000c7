/** A scratch engine that brings a structure into a state, and the film of how it came there. */
import { Client } from '../../engine/client/client.ts';
import { utf8Decode } from '../../engine/memory/bytes.ts';
import type { EngineStep } from '../../engine/models.ts';
import { decodeSteps } from '../../engine/trace/steps.ts';
import { beatsOf } from '../beats.ts';
import { EngineClient } from '../engine-client.ts';
import type { Picture } from '../film.ts';
import { splitLine } from '../terminal/quoting.ts';
import { Timeline } from '../timeline.svelte.ts';
import { beatAt } from './moments.ts';
import type { State } from './structure.ts';

/** The same addresses and towers at every visit. */
const SEED = 1;

export class GalleryFilm {
  timeline: Timeline | null = $state.raw(null);
  failure = $state('');
  private readonly engine: EngineClient;
  private readonly client: Client;
  private isLeft = false;
  /** Told when what has happened so far is known here. */
  private caughtUp: { readonly line: string; readonly done: (picture: Picture | null) => void } | null = null;
  private isBehind = false;

  constructor(state: State, isStill: () => boolean) {
    const { config = {}, hashName = 'fnv1a' } = state;
    this.engine = new EngineClient({ seed: SEED, hashName, config, storeName: null });
    this.engine.on('failed', ({ why }) => (this.failure = why));
    const ready = new Promise<Picture>((resolve) => {
      this.engine.on('ready', ({ models, overview }) => resolve({ models, overview }));
    });
    this.engine.on('steps', ({ words }) => this.take(words));
    this.engine.on('keyframe', ({ models, overview, nextIndex }) => {
      this.timeline?.keyframe({ models, overview }, nextIndex);
      if (this.isBehind) this.caughtUp?.done({ models, overview });
    });
    this.client = new Client(this.engine.connect('gallery'));
    this.play(state, ready, isStill).catch((error: unknown) => {
      if (!this.isLeft) this.failure = error instanceof Error ? error.message : String(error);
    });
  }

  inspect = (db: number, key: Uint8Array, index: number | null) => this.engine.inspect(db, key, index);

  close(): void {
    this.isLeft = true;
    this.timeline?.destroy();
    this.client.close();
    this.engine.close();
  }

  private async play(state: State, ready: Promise<Picture>, isStill: () => boolean): Promise<void> {
    const start = await ready;
    const { setup = [], film = [], hashName = 'fnv1a' } = state;
    const picture = setup.length > 0 ? await this.runUnseen(setup, start) : start;
    if (this.isLeft) return;
    const timeline = new Timeline({ start: picture, hashName, source: this.engine, isStill });
    this.timeline = timeline;
    // Nothing plays by itself here: one sees where it led to, and steps back for how.
    timeline.isLive = film.length === 0;
    for (const line of film) await this.client.send(splitLine(line) ?? []);
    await this.settled(film.length);
    if (this.isLeft || film.length === 0) return;
    await timeline.seek(timeline.stops.length - 1);
    const { steps } = timeline.view;
    if (state.at) await timeline.seek(timeline.stops.length - 1, beatAt(beatsOf(steps, hashName), steps, state.at));
  }

  /** The picture after lines whose film is not wanted. */
  private async runUnseen(lines: readonly string[], start: Picture): Promise<Picture> {
    await Promise.all(lines.map((line) => this.client.send(splitLine(line) ?? [])));
    // By then all pictures from before have come; one that still comes knows of everything.
    await this.engine.inspect(0, new Uint8Array(0));
    this.isBehind = true;
    const line = 'ECHO ready';
    const picture = new Promise<Picture | null>((resolve) => (this.caughtUp = { line, done: resolve }));
    await this.client.send(splitLine(line) ?? []);
    const found = await picture;
    this.caughtUp = null;
    if (found) return found;
    const index = this.lastIndex;
    const frame = index >= 0 ? await this.engine.frame(index) : null;
    return frame ? { models: frame.before, overview: frame.overview } : start;
  }

  private lastIndex = -1;
  private stopsSeen = 0;
  private stopWaiter: (() => void) | null = null;

  private take(words: Int32Array): void {
    const steps = decodeSteps(words) as unknown as EngineStep[];
    for (const step of steps) {
      if (step.structure !== 'cause' || step.kind !== 'command') continue;
      this.lastIndex = step.index;
      if (this.caughtUp?.line === utf8Decode(step.line)) this.caughtUp.done(null);
      else if (this.timeline) this.stopsSeen++;
    }
    this.timeline?.push(words);
    this.stopWaiter?.();
  }

  /** Waits until the film holds so many commands. */
  private settled(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.stopWaiter = () => {
        if (this.stopsSeen >= count) resolve();
      };
      this.stopWaiter();
    });
  }
}
