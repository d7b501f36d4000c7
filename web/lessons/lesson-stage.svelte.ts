/**
 * A lesson's own engine and its film. It runs the lesson's commands through a connection that no terminal shows, keeps
 * the film from running past an open question, and hands the engine's steps to the judge.
 */
import { Client } from '../../engine/client/client.ts';
import type { Transport } from '../../engine/client/transport.ts';
import { applyStep, type EngineStep, type Models } from '../../engine/models.ts';
import { utf8Decode } from '../../engine/memory/bytes.ts';
import { decodeSteps, PREVIEW_BYTES } from '../../engine/trace/steps.ts';
import { beatsOf } from '../beats.ts';
import { EngineClient } from '../engine-client.ts';
import type { Picture } from '../film.ts';
import { splitLine } from '../terminal/quoting.ts';
import { printReply } from '../terminal/reply-printer.ts';
import { textOfSpans } from '../terminal/spans.ts';
import { Timeline } from '../timeline.svelte.ts';
import { answerOf, type Answer, type Outcome } from './judge.ts';
import type { Command, Lesson, Prediction } from './lesson.ts';
import { nextPause, type Answered } from './runner.ts';

interface Waiting {
  readonly line: string;
  readonly pause: string | null;
  readonly take: (steps: readonly EngineStep[]) => void;
}

export interface StageOptions {
  readonly isStill: () => boolean;
  /** A command ran, in the terminal or by the lesson. */
  readonly onran: (line: string) => void;
  /** How things stand, after anything that changed them. */
  readonly onmodels: (models: Models) => void;
}

export class LessonStage {
  timeline: Timeline | null = $state.raw(null);
  failure = $state('');
  private isLeft = false;
  private readonly lesson: Lesson;
  private readonly options: StageOptions;
  private readonly engine: EngineClient;
  private client: Client | null = null;
  private models: Models | null = null;
  private waiting: Waiting[] = [];
  /** The outcome of the run that the film shows, for questions that go on with it. */
  private last: Outcome = { steps: [], reply: '' };

  constructor(lesson: Lesson, options: StageOptions) {
    this.lesson = lesson;
    this.options = options;
    const { seed, hashName, config, exhibit } = lesson;
    this.engine = new EngineClient({ seed, hashName, config, storeName: null, exhibit: exhibit ?? undefined });
    this.engine.on('failed', ({ why }) => (this.failure = why));
    this.engine.on('steps', ({ words }) => this.take(words));
    this.engine.on('keyframe', ({ models, overview, nextIndex }) => this.jump({ models, overview }, nextIndex));
  }

  /** Sets the state up, as it is on a page: all that the pages before it do has been done. Answers what they asked. */
  async start(page: number): Promise<readonly Answered[]> {
    const models = await new Promise<Models | null>((resolve) => {
      this.engine.on('ready', (ready) => resolve(ready.models));
    });
    this.models = models;
    this.client = new Client(this.engine.connect('lesson'));
    const answers: Answered[] = [];
    await this.run(this.lesson.setup);
    for (const { parts } of this.lesson.pages.slice(0, page)) {
      for (const part of parts) {
        if (part.kind === 'try') await this.run(part.commands);
        if (part.kind === 'check') await this.run(part.solution);
        if (part.kind !== 'predict') continue;
        if (part.run.length > 0) this.last = await this.run(part.run);
        const answer = answerOf(part.ask, this.last);
        if (answer) answers.push([part.at, answer]);
      }
    }
    this.timeline = new Timeline({
      start: { models: this.models, overview: null },
      hashName: this.lesson.hashName,
      source: this.engine,
      isStill: this.options.isStill,
    });
    return answers;
  }

  connect(): Transport {
    return this.engine.connect('terminal');
  }

  inspect = (db: number, key: Uint8Array, index: number | null) => this.engine.inspect(db, key, index);
  overviewOf = (db: number, entry: number, index: number | null) => this.engine.overview(db, entry, index);

  /** Runs a question's commands and lets the film go up to where it would show the answer. */
  async open(prediction: Prediction): Promise<void> {
    if (prediction.pause === null || prediction.run.length === 0) return;
    await this.timeline?.goLive();
    this.last = await this.run(prediction.run, prediction.pause);
  }

  /** The engine's answer. Where nothing was run yet, now is the time; the film waits at its beginning. */
  async judge(prediction: Prediction): Promise<Answer | null> {
    const isRunNow = prediction.pause === null && prediction.run.length > 0;
    if (isRunNow) {
      await this.timeline?.goLive();
      this.last = await this.run(prediction.run, AT_ONCE);
    }
    return answerOf(prediction.ask, this.last);
  }

  /** Lets the film show what happened, on to its end or to the next question about it. */
  async reveal(page: number): Promise<void> {
    const { timeline } = this;
    const from = timeline?.limit;
    if (!timeline || !from) return;
    const until = nextPause(this.lesson, page);
    const at = from.stop;
    await timeline.seek(from.stop, from.shown);
    timeline.limit = until === null ? null : this.limitBefore(until, at, timeline.view.steps);
    if (this.options.isStill()) {
      await timeline.seek(timeline.stops.length - 1);
      return;
    }
    timeline.play();
    await new Promise<void>((resolve) => {
      const stop = $effect.root(() => {
        $effect(() => {
          // Also when the learner takes the film into the own hand: then it is no longer ours to wait for.
          if (timeline.isPlaying) return;
          resolve();
          queueMicrotask(() => stop());
        });
      });
    });
  }

  close(): void {
    this.isLeft = true;
    this.timeline?.destroy();
    this.client?.close();
    this.engine.close();
  }

  /** Runs lines one after the other; their steps and the last reply. */
  private async run(commands: readonly Command[], pause: string | null = null): Promise<Outcome> {
    const steps: EngineStep[] = [];
    let reply = '';
    for (const [index, { line }] of commands.entries()) {
      const words = splitLine(line);
      if (!words || !this.client) throw new Error(`the lesson cannot run “${line}”`);
      const seen = new Promise<readonly EngineStep[]>((resolve) => {
        // The film keeps a command as its words with single blanks, and only its first bytes.
        const kept = words.map((word) => utf8Decode(word)).join(' ').slice(0, PREVIEW_BYTES);
        this.waiting.push({ line: kept, pause: index === 0 ? pause : null, take: resolve });
      });
      const answer = await this.client.send(words).catch((error: unknown) => {
        // Who has left the lesson waits for no reply, and there is nobody to tell.
        if (this.isLeft) return new Promise<never>(() => undefined);
        throw error;
      });
      steps.push(...(await seen));
      reply = textOfSpans(printReply(answer)).trimEnd();
    }
    return { steps, reply };
  }

  private take(words: Int32Array): void {
    const { timeline } = this;
    let models = this.models;
    const limits: { readonly index: number; readonly pause: string; readonly steps: readonly EngineStep[] }[] = [];
    const lines: string[] = [];
    for (const steps of causesIn(decodeSteps(words) as unknown as EngineStep[])) {
      for (const step of steps) if (models) models = applyStep(models, step);
      const mark = steps[0];
      if (mark?.structure !== 'cause' || mark.kind !== 'command') continue;
      const line = utf8Decode(mark.line);
      const waiting = this.waiting[0]?.line === line ? this.waiting.shift() : undefined;
      if (waiting && waiting.pause !== null) limits.push({ index: mark.index, pause: waiting.pause, steps: steps.slice(1) });
      waiting?.take(steps.slice(1));
      if (!waiting) lines.push(line);
    }
    this.models = models;
    if (!timeline) return;
    timeline.push(words);
    for (const { index, pause, steps } of limits) this.halt(timeline, index, pause, steps);
    for (const line of lines) this.options.onran(line);
    if (models) this.options.onmodels(models);
  }

  /** More happened at once than is told step by step; what was waited for may have been in it. */
  private jump(picture: Picture, nextIndex: number): void {
    this.models = picture.models;
    this.timeline?.keyframe(picture, nextIndex);
    for (const { take } of this.waiting.splice(0)) take([]);
    if (this.timeline && picture.models) this.options.onmodels(picture.models);
  }

  private halt(timeline: Timeline, index: number, pause: string, steps: readonly EngineStep[]): void {
    const stop = timeline.stops.findIndex((cause) => cause.index === index);
    timeline.limit = pause === AT_ONCE ? { stop, shown: 0 } : this.limitBefore(pause, stop, steps);
    if (this.options.isStill()) void timeline.seek(timeline.limit.stop, timeline.limit.shown);
  }

  /** The last place in a command's film before the first beat of a kind. */
  private limitBefore(kind: string, stop: number, steps: readonly EngineStep[]): { stop: number; shown: number } {
    const beats = beatsOf(steps, this.lesson.hashName);
    const at = beats.findIndex((beat) => beat.round < 0 && steps[beat.main]?.kind === kind);
    return { stop, shown: at < 0 ? beats.length : at };
  }
}

/** In place of a kind of step: the film halts before it begins. */
const AT_ONCE = '';

function causesIn(steps: readonly EngineStep[]): EngineStep[][] {
  const causes: EngineStep[][] = [];
  for (const step of steps) {
    const isMark = step.structure === 'cause' && step.kind !== 'reply' && step.kind !== 'lost';
    if (isMark) causes.push([step]);
    else causes.at(-1)?.push(step);
  }
  return causes;
}
