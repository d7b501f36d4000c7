/**
 * A film is worth stepping through only where something can be seen. Steps are what the engine did; a beat is what a
 * viewer takes in at once: one or more steps that belong together, told in one sentence.
 */
import { isInCollection } from '../engine/keyspace/collections.steps.ts';
import { applyStep, databaseOf, describeStep, type EngineStep, type Models } from '../engine/models.ts';
import { explainHash, hashText, type HashName } from '../engine/structures/hash-functions.steps.ts';
import { keyText, type EntryModel } from '../engine/structures/hash-table.steps.ts';
import { utf8Decode } from '../engine/memory/bytes.ts';
import { encodingName, stringWords, valueSentence, VALUE } from './diagrams/entries.ts';

export interface Beat {
  /** The steps `[from, to)` have happened once this beat is over. A round of a hash makes nothing happen: `from === to`. */
  readonly from: number;
  readonly to: number;
  /** The step that the beat is about. */
  readonly main: number;
  /** Of a hash, how many bytes have gone into it; -1 for every other beat and for the finished hash. */
  readonly round: number;
}

/** Keys longer than this show their first bytes one at a time and the rest at once. */
const ROUNDS_SHOWN = 12;

interface Draft {
  from: number;
  to: number;
  main: number;
  round: number;
}

/**
 * Cuts the steps of one cause into beats. Every step lies in exactly one beat, so that stepping to the end of the last
 * beat has folded them all.
 */
export function beatsOf(steps: readonly EngineStep[], hashName: HashName): Beat[] {
  const beats: Draft[] = [];
  // Steps that only prepare something (memory is handed out) wait for the step that they prepare.
  let waitingFrom = -1;
  let waitingMain = -1;
  steps.forEach((step, at) => {
    const role = roleOf(step);
    const last = beats.at(-1);
    if (role === 'prepares') {
      if (waitingFrom < 0) waitingFrom = at;
      if (step.structure === 'dynamic-string') waitingMain = at;
      return;
    }
    if (role === 'follows' && last) {
      // What was prepared before it goes on waiting, and takes it along.
      if (waitingFrom < 0) last.to = at + 1;
      return;
    }
    if (waitingFrom < 0 && last && belongsTo(step, steps[last.main])) {
      Object.assign(last, { to: at + 1, main: step.structure === 'avl-tree' ? at : last.main });
      return;
    }
    if (step.structure === 'hash-table' && step.kind === 'advance' && continuesAdvance(steps, last, waitingFrom)) {
      if (last) Object.assign(last, { to: at + 1, main: at });
      return;
    }
    const from = waitingFrom < 0 ? at : waitingFrom;
    if (step.structure === 'hash-table' && step.kind === 'hash') beats.push(...rounds(from, step.key, hashName));
    // What is told of a new value is the string that was written, not that a word now points to it.
    const isValue = step.structure === 'hash-table' && step.kind === 'payload';
    beats.push({ from, to: at + 1, main: isValue && waitingMain >= 0 ? waitingMain : at, round: -1 });
    waitingFrom = waitingMain = -1;
  });
  if (waitingFrom >= 0) closeWaiting(beats, waitingFrom, waitingMain, steps.length);
  return beats;
}

function closeWaiting(beats: Draft[], from: number, main: number, to: number): void {
  const last = beats.at(-1);
  if (main < 0 && last) last.to = to;
  else beats.push({ from, to, main: main < 0 ? to - 1 : main, round: -1 });
}

function continuesAdvance(steps: readonly EngineStep[], last: Draft | undefined, waitingFrom: number): boolean {
  const before = last && waitingFrom < 0 ? steps[last.main] : undefined;
  return before?.structure === 'hash-table' && before.kind === 'advance';
}

/** Whether a step only finishes what the one before it, the main one of its beat, has begun. */
function belongsTo(step: EngineStep, main: EngineStep | undefined): boolean {
  // Half of a rotation is no tree: the nodes are hung elsewhere at once.
  if (step.structure === 'avl-tree' && step.kind === 'hang')
    return main?.structure === 'avl-tree' && main.kind === 'hang';
  // A block that has grown lies elsewhere, and the key is told.
  if (step.structure !== 'hash-table' || step.kind !== 'payload') return false;
  if (main?.structure === 'listpack' || main?.structure === 'intset') return main.kind !== 'release';
  return main?.structure === 'hyperloglog';
}

function roleOf(step: EngineStep): 'prepares' | 'follows' | 'tells' {
  switch (step.structure) {
    case 'arena':
      return step.kind === 'release' || step.kind === 'releaseLarge' ? 'follows' : 'prepares';
    case 'dynamic-string':
      return step.kind === 'release' ? 'tells' : 'prepares';
    case 'listpack':
    case 'intset':
      return step.kind === 'create' || step.kind === 'copy' || step.kind === 'resize' ? 'prepares' : 'tells';
    case 'collection':
      return step.kind === 'open' ? 'prepares' : step.kind === 'close' ? 'follows' : 'tells';
    case 'hyperloglog':
      return step.kind === 'split' ? 'prepares' : 'tells';
    case 'hash-table':
      return step.kind === 'payload' && step.word !== VALUE ? 'follows' : 'tells';
    case 'skip-list':
      return step.kind === 'stretch' || step.kind === 'back' ? 'follows' : 'tells';
    case 'avl-tree':
      return step.kind === 'measure' ? 'follows' : 'tells';
    case 'linked-list':
      return step.kind === 'carry' ? 'follows' : 'tells';
    case 'quicklist':
      // What a pack was compressed into is told right before its node is named.
      return step.kind === 'count' || step.kind === 'close' ? 'follows' : 'tells';
    case 'compressed':
      return step.kind === 'release' ? 'follows' : 'tells';
    case 'eviction':
      if (step.kind === 'over') return 'prepares';
      return step.kind === 'enter' || step.kind === 'drop' ? 'follows' : 'tells';
    case 'log':
      return step.kind === 'append' ? 'prepares' : 'tells';
    case 'cause':
    case 'keyspace':
    case 'deadline-heap':
      return 'tells';
  }
}

function rounds(at: number, key: Uint8Array, hashName: HashName): Draft[] {
  if (hashName === 'murmur3' || hashName === 'halfsiphash') return [];
  const shown = Math.min(key.length, ROUNDS_SHOWN);
  return Array.from({ length: shown }, (_, byte) => ({ from: at, to: at, main: at, round: byte + 1 }));
}

/** One plain sentence for a beat. `before` is the picture at its first step. */
export function captionOf(beat: Beat, steps: readonly EngineStep[], before: Models, hashName: HashName): string {
  const main = steps[beat.main];
  if (!main) return '';
  // The main step itself may be the last of several, and is told of the picture right before it.
  let models = before;
  for (let at = beat.from; at < beat.main; at++) {
    const step = steps[at];
    if (step) models = applyStep(models, step);
  }
  if (main.structure === 'hash-table' && main.kind === 'hash' && beat.round > 0) {
    return roundCaption(hashName, main.key, beat.round);
  }
  if (main.structure === 'cause' && main.kind === 'reply')
    return replyCaption(main.head, main.length, logged(beat, steps));
  if (main.structure === 'hash-table' && main.kind === 'advance' && beat.to - beat.from > 1) {
    return `${beat.to - beat.from} empty buckets are passed over: the cursor goes on to bucket ${main.cursor}.`;
  }
  if (main.structure === 'collection' && main.kind === 'convert') return conversionCaption(main, models);
  if (main.structure === 'eviction') return evictionCaption(main, models);
  return newValueCaption(beat, steps, models) ?? describeStep(main, models);
}

/** The entry of the keyspace at a ref, in whichever database. */
function keyAt(models: Models, ref: number): EntryModel | undefined {
  return models.tables.map(({ entries }) => entries.get(ref)).find((entry) => entry !== undefined);
}

/** A sampled key by its name: the engine tells of its entry, for it may have a long one. */
function evictionCaption(step: Extract<EngineStep, { structure: 'eviction' }>, models: Models): string {
  const entry = 'entry' in step ? keyAt(models, step.entry) : undefined;
  const told = describeStep(step, models);
  return entry ? told.replace(/\b[Tt]he key at \S+/, keyText(entry)) : told;
}

function conversionCaption(
  step: Extract<EngineStep, { structure: 'collection'; kind: 'convert' }>,
  models: Models,
): string {
  const entry = keyAt(models, step.entry);
  if (!entry) return describeStep(step, models);
  const [from, to] = [step.from, step.to].map(encodingName);
  return `The ${from} of ${keyText(entry)} takes no more: all of it is written over into a ${to}.`;
}

/** Where an entry was given a value, what its key stands for once the beat is over. */
function newValueCaption(beat: Beat, steps: readonly EngineStep[], models: Models): string | null {
  const main = steps[beat.main];
  const isNew = main?.structure === 'hash-table' || (main?.structure === 'dynamic-string' && main.kind === 'create');
  const given = steps
    .slice(beat.main, beat.to)
    .find((step) => step.structure === 'hash-table' && step.kind === 'payload' && step.word === VALUE);
  if (!isNew || given?.structure !== 'hash-table' || given.kind !== 'payload') return null;
  const after = steps.slice(beat.main, beat.to).reduce(applyStep, models);
  if (isInCollection(given)) return fieldCaption(after, given);
  const entry = after.tables[databaseOf(given)]?.entries.get(given.entry);
  return entry ? valueSentence(after, entry) : null;
}

/** Of a field in the table of a hash, what it stands for. */
function fieldCaption(
  models: Models,
  given: { readonly id: number; readonly entry: number; readonly value: number },
): string | null {
  const collection = models.collections.get(given.id);
  const field = collection?.holds === 'hash' ? collection.table.entries.get(given.entry) : undefined;
  const string = models.strings.get(given.value);
  return field && string ? `${keyText(field)} now stands for ${stringWords(string)}.` : null;
}

/** Of a cause whose steps were too many to keep. */
export function lostCaption(steps: readonly EngineStep[]): string {
  return `Too many steps to film: the picture jumps to what they left behind. ${replyOf(steps)}`.trimEnd();
}

/** Of a cause in a picture that knows no single key. */
export function overviewCaption(steps: readonly EngineStep[]): string {
  return `${replyOf(steps)} There are too many keys and elements to show each step.`.trimStart();
}

function replyOf(steps: readonly EngineStep[]): string {
  const reply = steps.find((step) => step.structure === 'cause' && step.kind === 'reply');
  return reply?.structure === 'cause' && reply.kind === 'reply' ? replyCaption(reply.head, reply.length, null) : '';
}

function roundCaption(hashName: HashName, key: Uint8Array, round: number): string {
  const { byte = 0, mixed = 0, after = 0 } = explainHash(hashName, key)[round - 1] ?? {};
  const which = `Byte ${round} of ${key.length}, ${byteName(byte)}`;
  if (hashName === 'sum') return `${which}: adding ${byte} gives ${after}.`;
  return `${which}: xor gives ${hashText(mixed)}, times the prime ${hashText(after)}.`;
}

function byteName(byte: number): string {
  const hex = byte.toString(16).padStart(2, '0');
  return byte > 0x20 && byte < 0x7f ? `“${String.fromCharCode(byte)}” (${hex})` : hex;
}

function logged(
  beat: Beat,
  steps: readonly EngineStep[],
): Extract<EngineStep, { structure: 'log'; kind: 'append' }> | null {
  for (const step of steps.slice(beat.from, beat.to))
    if (step.structure === 'log' && step.kind === 'append') return step;
  return null;
}

function replyCaption(head: Uint8Array, length: number, log: { length: number; offset: number } | null): string {
  const kept = log ? ` The command stands in the log at offset ${log.offset}, ${log.length} bytes.` : '';
  return length === 0 ? `There is no reply.${kept}` : `The reply is ${replyText(head, length)}.${kept}`;
}

/** The first bytes of a reply in short words. */
function replyText(head: Uint8Array, length: number): string {
  const text = utf8Decode(head);
  const lines = text.split('\r\n');
  const first = lines[0] ?? '';
  const rest = first.slice(1);
  switch (first[0]) {
    case '+':
      return clip(rest);
    case '-':
      return `an error, ${clip(rest)}`;
    case ':':
      return `the number ${rest}`;
    case '_':
      return 'nil: there is nothing';
    case '$':
      return rest === '-1' ? 'nil: there is nothing' : `“${clip((lines[1] ?? '').replace(/\p{C}/gu, '·'))}”`;
    case '*':
    case '~':
      return rest === '-1' ? 'nil: there is nothing' : rest === '1' ? 'one item' : `${rest} items`;
    case '%':
      return rest === '1' ? 'one field' : `${rest} fields`;
    default:
      return `${length} bytes`;
  }
}

function clip(text: string): string {
  const characters = [...text];
  return characters.length > 40 ? `${characters.slice(0, 40).join('')}…` : text;
}
