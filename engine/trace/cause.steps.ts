import { declareSteps, observe, type ProbeOf, type StepOf } from './steps.ts';

/** What set the following steps off. A trace is a cause and the steps up to the next one. */
export const causeSteps = declareSteps('cause', 0, {
  /** A client's command; `line` is how it would be typed, its first bytes. */
  command: observe('index', 'session', 'db', 'now:ms', 'line:bytes'),
  /** The engine's own work as time goes by. */
  tick: observe('index', 'now:ms'),
  /** The log was read at the start. */
  load: observe('index', 'now:ms'),
  /** The turn ended: the log's bytes went to the host. */
  turn: observe('index', 'now:ms'),
  /** What the command was answered with: the first bytes of the reply as sent. */
  reply: observe('length', 'head:bytes'),
  /** The steps of this cause were too many to keep: the next picture needs a keyframe. */
  lost: observe(),
});

export type CauseStep = StepOf<typeof causeSteps>;
export type CauseProbe = ProbeOf<typeof causeSteps>;
