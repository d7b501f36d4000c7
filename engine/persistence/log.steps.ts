import { declareSteps, mutate, type ProbeOf, type StepOf } from '../trace/steps.ts';

export const logSteps = declareSteps('log', 5, {
  /** A command was put at the end of the log: its offset, its length, how it begins. */
  append: mutate('length', 'offset:ms', 'head:bytes'),
  /** Everything before the offset was handed to the host. */
  write: mutate('offset:ms'),
  /** Everything before the offset is on stable storage. */
  sync: mutate('offset:ms'),
});

export type LogStep = StepOf<typeof logSteps>;
export type LogProbe = ProbeOf<typeof logSteps>;

export interface LogRecordModel {
  readonly offset: number;
  readonly length: number;
  readonly head: Uint8Array;
}

export interface LogModel {
  /** Bytes in the log, bytes of it handed to the host, bytes of it on stable storage. */
  readonly length: number;
  readonly written: number;
  readonly synced: number;
  /** The last commands, `LOG_TAIL` at most. */
  readonly tail: readonly LogRecordModel[];
}

export const LOG_TAIL = 32;

export const emptyLogModel: LogModel = { length: 0, written: 0, synced: 0, tail: [] };

export function applyLogStep(model: LogModel, step: LogStep): LogModel {
  switch (step.kind) {
    case 'append': {
      const record = { offset: step.offset, length: step.length, head: step.head };
      return { ...model, length: step.offset + step.length, tail: [...model.tail, record].slice(-LOG_TAIL) };
    }
    case 'write':
      return { ...model, length: Math.max(model.length, step.offset), written: step.offset };
    case 'sync':
      return { ...model, synced: step.offset };
  }
}

export function describeLogStep(step: LogStep): string {
  switch (step.kind) {
    case 'append':
      return `The command is put at the end of the log: ${step.length} bytes at offset ${step.offset}.`;
    case 'write':
      return `The log is written as far as offset ${step.offset}.`;
    case 'sync':
      return `The log is safe on storage as far as offset ${step.offset}.`;
  }
}
