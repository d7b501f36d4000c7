/** Finds the answers to a lesson's questions in what the engine did and said. Used by the page and by the test alike. */
import type { EngineStep } from '../../engine/models.ts';
import type { HashTableStep } from '../../engine/structures/hash-table.steps.ts';
import type { Ask } from './lesson.ts';

/** What came of running a prediction's commands, one after the other. */
export interface Outcome {
  readonly steps: readonly EngineStep[];
  /** The reply of the last command, as a terminal prints it. */
  readonly reply: string;
}

/** A bucket is named by its table, 0 the old or only one, and its number. */
export interface BucketName {
  readonly table: 0 | 1;
  readonly bucket: number;
}

export type Answer =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number'; readonly number: number }
  | ({ readonly kind: 'bucket' } & BucketName);

/** `null` where nothing of the kind happened: then the question does not fit the state. */
export function answerOf(ask: Ask, outcome: Outcome): Answer | null {
  const steps = outcome.steps.filter((step) => step.structure === 'hash-table');
  switch (ask) {
    case 'reply':
      return { kind: 'text', text: outcome.reply };
    case 'first bucket':
      return bucketOf(steps.find((step) => step.kind === 'visit'));
    case 'new bucket':
      return bucketOf(steps.findLast((step) => step.kind === 'link'));
    case 'moved entries':
      return { kind: 'number', number: steps.filter((step) => step.kind === 'move').length };
    case 'comparisons':
      return { kind: 'number', number: steps.filter((step) => step.kind === 'compare').length };
    case 'flipped bits': {
      const hashes = steps.flatMap((step) => (step.kind === 'hash' ? [step.hash] : []));
      const [first, second] = hashes.slice(-2);
      return first === undefined || second === undefined ? null : { kind: 'number', number: bitsIn(first ^ second) };
    }
  }
}

function bucketOf(step: Extract<HashTableStep, { kind: 'visit' | 'link' }> | undefined): Answer | null {
  return step ? { kind: 'bucket', table: step.table === 0 ? 0 : 1, bucket: step.bucket } : null;
}

/** How many bits are set. */
export function bitsIn(word: number): number {
  let count = 0;
  for (let rest = word >>> 0; rest !== 0; rest &= rest - 1) count++;
  return count;
}

/** Whether a choice's value names the answer: a text, a number or a range of them, a bucket. */
export function isAnswer(value: string, answer: Answer): boolean {
  switch (answer.kind) {
    case 'text':
      return value === answer.text;
    case 'number': {
      const [from = '', to = from] = value.split('..');
      return Number(from) <= answer.number && answer.number <= Number(to);
    }
    case 'bucket':
      return isBucket(value, answer);
  }
}

function isBucket(value: string, { table, bucket }: BucketName): boolean {
  return value === `${table === 0 ? 'old' : 'new'} ${bucket}` || (table === 0 && value === `bucket ${bucket}`);
}

/** How a bucket is called in a sentence. */
export function bucketText({ table, bucket }: BucketName, isResizing: boolean): string {
  return isResizing ? `bucket ${bucket} of the ${table === 0 ? 'old' : 'new'} table` : `bucket ${bucket}`;
}

export function answerText(answer: Answer, isResizing: boolean): string {
  if (answer.kind === 'bucket') return bucketText(answer, isResizing);
  return answer.kind === 'text' ? answer.text : String(answer.number);
}
