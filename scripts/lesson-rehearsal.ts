/** A lesson played through in process, by the same parser, judge and checks as in the page. For tests. */
import { Engine, Recorder } from '../engine/api.ts';
import { ReplyDecoder } from '../engine/client/decode.ts';
import { encodeCommand } from '../engine/client/encode.ts';
import type { Reply } from '../engine/client/reply.ts';
import type { EngineStep, Models } from '../engine/models.ts';
import { ExhibitEngine } from '../engine/museum/exhibit-engine.ts';
import { decodeSteps } from '../engine/trace/steps.ts';
import { splitLine } from '../web/terminal/quoting.ts';
import { printReply } from '../web/terminal/reply-printer.ts';
import { describeAssertion, holds } from '../web/lessons/checks.ts';
import { answerOf, answerText, isAnswer, type Answer } from '../web/lessons/judge.ts';
import { LessonError, type Command, type Lesson, type Part, type Prediction } from '../web/lessons/lesson.ts';

interface Ran {
  readonly reply: string;
  readonly steps: readonly EngineStep[];
}

class Stand {
  private readonly engine: Engine | ExhibitEngine;
  private readonly recorder = new Recorder();
  private readonly lesson: Lesson;
  private readonly replies: Reply[] = [];
  private readonly receive: (bytes: Uint8Array) => void;

  constructor(lesson: Lesson) {
    this.lesson = lesson;
    const { seed, hashName, exhibit, config } = lesson;
    this.engine =
      exhibit === null
        ? new Engine({
            host: { seed },
            nowMs: 0,
            recorder: this.recorder,
            config: { ...config, 'hash-function': hashName },
          })
        : new ExhibitEngine({ exhibit, hashName, nowMs: 0, recorder: this.recorder });
    const decoder = new ReplyDecoder((reply) => this.replies.push(reply));
    const connection = this.engine.connect((bytes) => {
      decoder.feed(bytes.slice());
    });
    this.receive = (bytes) => connection.receive(bytes);
  }

  run(command: Command): Ran {
    const words = splitLine(command.line);
    if (!words) throw new LessonError(this.lesson.path, command.at, `“${command.line}” has a quote that is not closed`);
    this.recorder.take();
    this.receive(encodeCommand(words));
    this.engine.endTurn();
    const [reply] = this.replies.splice(0);
    if (!reply) throw new LessonError(this.lesson.path, command.at, `“${command.line}” got no reply`);
    return {
      reply: printReply(reply)
        .map(({ text }) => text)
        .join('')
        .trimEnd(),
      steps: decodeSteps(this.recorder.take()) as unknown as EngineStep[],
    };
  }

  snapshot(): Models {
    return this.engine.snapshot();
  }
}

export interface Rehearsal {
  readonly predictions: readonly { readonly at: number; readonly answer: string }[];
  readonly replies: number;
  readonly checks: number;
}

/** Runs every block in order and throws a `LessonError` at the first one that is not as the lesson says. */
export function rehearse(lesson: Lesson): Rehearsal {
  const stand = new Stand(lesson);
  const predictions: { at: number; answer: string }[] = [];
  let replies = 0;
  let checks = 0;
  let last: Ran = { reply: '', steps: [] };
  const run = (commands: readonly Command[]): void => {
    for (const command of commands) {
      last = stand.run(command);
      expectReply(lesson.path, command, last.reply);
      if (command.reply !== null) replies++;
    }
  };
  run(lesson.setup);
  for (const { parts } of lesson.pages) {
    const check = parts.find((part) => part.kind === 'check');
    if (check) expectCheck(lesson.path, check, stand.snapshot(), false);
    for (const part of parts) {
      if (part.kind === 'try') run(part.commands);
      if (part.kind === 'predict') {
        const outcome = part.run.length > 0 ? runAll(stand, part.run) : last;
        last = outcome;
        predictions.push({ at: part.at, answer: judge(lesson.path, part, outcome, stand.snapshot()) });
      }
      if (part.kind === 'check') run(part.solution);
    }
    if (check) {
      expectCheck(lesson.path, check, stand.snapshot(), true);
      checks++;
    }
  }
  return { predictions, replies, checks };
}

function runAll(stand: Stand, commands: readonly Command[]): Ran {
  const all = commands.map((command) => stand.run(command));
  return { reply: all.at(-1)?.reply ?? '', steps: all.flatMap(({ steps }) => steps) };
}

function expectReply(path: string, command: Command, reply: string): void {
  const isError = reply.startsWith('(error)');
  if (command.reply === null) {
    if (isError) throw new LessonError(path, command.at, `“${command.line}” is answered with ${reply}`);
    return;
  }
  const expected = command.reply.join('\n');
  if (reply !== expected)
    throw new LessonError(path, command.at, `“${command.line}” is answered with ${reply}, not with ${expected}`);
}

function expectCheck(path: string, check: Extract<Part, { kind: 'check' }>, models: Models, isDone: boolean): void {
  const unmet = check.assertions.filter((assertion) => !holds(assertion, models));
  if (isDone && unmet.length > 0) {
    const what = unmet.map((assertion) => describeAssertion(assertion)).join(' ');
    throw new LessonError(path, check.at, `the check fails after everything was done: ${what}`);
  }
  if (!isDone && unmet.length === 0) throw new LessonError(path, check.at, 'the check passes before anything was done');
}

/** Lets the engine's steps answer, and holds the choices against that. */
function judge(path: string, part: Prediction, outcome: Ran, models: Models): string {
  const answer = answerOf(part.ask, outcome);
  if (answer === null) throw new LessonError(path, part.at, `nothing happens that answers “${part.ask}”`);
  const isResizing = (models.tables[0]?.rehashCursor ?? -1) >= 0;
  const text = answerText(answer, isResizing);
  const right = part.choices.filter(({ value }) => isAnswer(value, answer));
  if (answer.kind === 'bucket') {
    if (right.length > 0) throw new LessonError(path, part.at, `a choice that should be wrong is right: ${text}`);
  } else if (right.length !== 1) {
    throw new LessonError(path, part.at, `the engine’s answer is ${text}, and ${right.length} of the choices are that`);
  }
  expectFeedback(path, part, answer);
  if (part.pause !== null && !pauses(part.pause, outcome)) {
    throw new LessonError(path, part.at, `the film has no step “${part.pause}” to halt before`);
  }
  return text;
}

function expectFeedback(path: string, part: Prediction, answer: Answer): void {
  for (const choice of part.choices) {
    const isRight = isAnswer(choice.value, answer);
    if (choice.idea.length === 0)
      throw new LessonError(path, part.at, `the choice “${choice.value}” does not say why one might think so`);
    if (!isRight && choice.feedback.length === 0)
      throw new LessonError(path, part.at, `the wrong choice “${choice.value}” has no feedback`);
    if (isRight && choice.feedback.length > 0) {
      throw new LessonError(path, part.at, `the choice “${choice.value}” is right, and its feedback stands in “right”`);
    }
  }
}

function pauses(kind: string, outcome: Ran): boolean {
  return outcome.steps.some((step) => step.kind === kind);
}
