import { utf8Decode } from '../memory/bytes.ts';
import { PREVIEW_BYTES, declareSteps, mutate, observe, type ProbeOf, type StepOf } from '../trace/steps.ts';
import { hashText, type HashName } from './hash-functions.steps.ts';

export const hashTableSteps = declareSteps('hash-table', 2, {
  /** The key was hashed. `explainHash` tells how, byte by byte. */
  hash: observe('hash', 'key:bytes'),
  /** The head of a bucket was read. */
  visit: observe('table', 'bucket'),
  /** An entry of the chain was held against the key that is looked for. */
  compare: observe('entry', 'hit'),
  /** The very first table was made. */
  create: mutate('size'),
  /** A second table was made; the entries will move over, a bucket at a time. */
  resize: mutate('size'),
  /** A new entry became the first of its chain. */
  link: mutate('table', 'bucket', 'entry', 'hash', 'keyLength', 'key:bytes'),
  /** An entry left its chain. */
  unlink: mutate('table', 'bucket', 'entry'),
  /** One word behind the entry's header changed: what the key stands for. */
  payload: mutate('entry', 'word', 'value'),
  /** An entry went from the old table to the front of its chain in the new one. */
  move: mutate('entry', 'from', 'to'),
  /** Every bucket below the cursor has moved. */
  advance: mutate('cursor'),
  /** The old table is empty: the new one takes its place. */
  promote: mutate(),
  /** All entries and both tables are gone. */
  clear: mutate(),
});

export type HashTableStep = StepOf<typeof hashTableSteps>;
export type HashTableProbe = ProbeOf<typeof hashTableSteps>;

export interface EntryModel {
  readonly ref: number;
  readonly hash: number;
  /** -1 where no key is kept, as in the museum. */
  readonly keyLength: number;
  /** The key's first bytes, `PREVIEW_BYTES` at most. */
  readonly key: Uint8Array;
  readonly payload: readonly number[];
}

export interface BucketsModel {
  readonly size: number;
  readonly used: number;
  /** For each bucket the entries of its chain, first to last. */
  readonly chains: readonly (readonly number[])[];
}

export interface HashTableModel {
  readonly hashName: HashName;
  readonly payloadWords: number;
  /** The second one has size 0 unless a resize is under way. */
  readonly tables: readonly [BucketsModel, BucketsModel];
  /** The next bucket of the old table to move, or -1. */
  readonly rehashCursor: number;
  readonly entries: ReadonlyMap<number, EntryModel>;
}

const NO_BUCKETS: BucketsModel = { size: 0, used: 0, chains: [] };
const NO_CHAIN: readonly number[] = [];

export function emptyHashTableModel(hashName: HashName, payloadWords: number): HashTableModel {
  return { hashName, payloadWords, tables: [NO_BUCKETS, NO_BUCKETS], rehashCursor: -1, entries: new Map() };
}

export function emptyBuckets(size: number): BucketsModel {
  return { size, used: 0, chains: Array.from({ length: size }, () => NO_CHAIN) };
}

function withChain(
  buckets: BucketsModel,
  bucket: number,
  grow: -1 | 1,
  change: (chain: readonly number[]) => readonly number[],
): BucketsModel {
  const chains = [...buckets.chains];
  chains[bucket] = change(chains[bucket] ?? NO_CHAIN);
  return { ...buckets, used: buckets.used + grow, chains };
}

function withTable(model: HashTableModel, table: number, buckets: BucketsModel): HashTableModel {
  return { ...model, tables: table === 0 ? [buckets, model.tables[1]] : [model.tables[0], buckets] };
}

export function applyHashTableStep(model: HashTableModel, step: HashTableStep): HashTableModel {
  switch (step.kind) {
    case 'hash':
    case 'visit':
    case 'compare':
      return model;
    case 'create':
      return withTable(model, 0, emptyBuckets(step.size));
    case 'resize':
      return { ...withTable(model, 1, emptyBuckets(step.size)), rehashCursor: 0 };
    case 'link':
      return applyLink(model, step);
    case 'unlink': {
      const entries = new Map(model.entries);
      entries.delete(step.entry);
      const buckets = model.tables[step.table === 0 ? 0 : 1];
      const shorter = withChain(buckets, step.bucket, -1, (chain) => chain.filter((ref) => ref !== step.entry));
      return withTable({ ...model, entries }, step.table, shorter);
    }
    case 'payload': {
      const entry = model.entries.get(step.entry);
      if (!entry) return model;
      const payload = [...entry.payload];
      payload[step.word] = step.value;
      return { ...model, entries: new Map(model.entries).set(step.entry, { ...entry, payload }) };
    }
    case 'move': {
      const from = withChain(model.tables[0], step.from, -1, (chain) => chain.filter((ref) => ref !== step.entry));
      const to = withChain(model.tables[1], step.to, 1, (chain) => [step.entry, ...chain]);
      return { ...model, tables: [from, to] };
    }
    case 'advance':
      return { ...model, rehashCursor: step.cursor };
    case 'promote':
      return { ...model, tables: [model.tables[1], NO_BUCKETS], rehashCursor: -1 };
    case 'clear':
      return emptyHashTableModel(model.hashName, model.payloadWords);
  }
}

function applyLink(model: HashTableModel, step: Extract<HashTableStep, { kind: 'link' }>): HashTableModel {
  const { entry: ref, hash, keyLength, key } = step;
  const payload = Array.from({ length: model.payloadWords }, () => 0);
  const entries = new Map(model.entries).set(ref, { ref, hash, keyLength, key, payload });
  const buckets = model.tables[step.table === 0 ? 0 : 1];
  const longer = withChain(buckets, step.bucket, 1, (chain) => [ref, ...chain]);
  return withTable({ ...model, entries }, step.table, longer);
}

/** A key as it is written in captions: its text, cut short where it is long. */
export function keyText(entry: Pick<EntryModel, 'key' | 'keyLength'> | undefined): string {
  if (!entry) return 'an entry';
  if (entry.keyLength < 0) return 'a value without its key';
  const text = utf8Decode(entry.key).replace(/\p{C}/gu, '·');
  const cut = [...text].slice(0, 24).join('');
  return cut.length < text.length || entry.keyLength > PREVIEW_BYTES ? `“${cut}…”` : `“${cut}”`;
}

export function describeHashTableStep(step: HashTableStep, model: HashTableModel): string {
  const which = (table: number): string =>
    model.rehashCursor < 0 ? '' : table === 0 ? ' of the old table' : ' of the new table';
  const name = (ref: number): string => keyText(model.entries.get(ref));
  switch (step.kind) {
    case 'hash':
      return `${keyText({ key: step.key, keyLength: step.key.length })} hashes to ${hashText(step.hash)}.`;
    case 'visit':
      return `Look into bucket ${step.bucket}${which(step.table)}.`;
    case 'compare':
      return step.hit === 1
        ? `The key of this entry is the same: ${name(step.entry)} is found.`
        : `${name(step.entry)} is another key: go on along the chain.`;
    case 'create':
      return `The first key is coming: a table of ${step.size} buckets is made.`;
    case 'resize':
      return `A second table of ${step.size} buckets is made beside the first: a progressive resize begins.`;
    case 'link':
      if (step.keyLength < 0) return `The value goes into bucket ${step.bucket}, and its key is forgotten.`;
      return `${keyText(step)} becomes the first of the chain in bucket ${step.bucket}${which(step.table)}.`;
    case 'unlink':
      return `${name(step.entry)} is taken out of the chain in bucket ${step.bucket}${which(step.table)}.`;
    case 'payload':
      return `The entry of ${name(step.entry)} is updated.`;
    case 'move':
      return `${name(step.entry)} moves from bucket ${step.from} of the old table to bucket ${step.to} of the new one.`;
    case 'advance':
      return `The cursor goes on to bucket ${step.cursor}: all below it has moved.`;
    case 'promote':
      return 'The old table is empty. The new one takes its place, and the resize is over.';
    case 'clear':
      return 'Every entry is gone, and the tables with them.';
  }
}
