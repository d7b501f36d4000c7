import type { Args } from '../args.ts';
import { CommandError } from '../errors.ts';
import { STRING_EVENT } from '../keyspace/events.ts';
import { EMBEDDED, EMBSTR, LZF, RAW, TYPE_STRING } from '../keyspace/values.ts';
import { NONE, type Ref } from '../memory/arena.ts';
import { REGISTERS, estimate } from '../structures/hyperloglog-registers.ts';
import { notify, requireString, writeKey } from './checks.ts';
import type { CommandSpec, Context } from './contract.ts';
import { requireRoom } from './room.ts';
import { key, multiple, optional, string } from './grammar.ts';
import { selfTest } from './hyperloglog-selftest.ts';

const NO_SKETCH = 'WRONGTYPE Key is not a valid HyperLogLog string value.';
const DAMAGED = 'INVALIDOBJ Corrupted HLL object detected';

/** How many different elements were seen, told from a sketch of 12 KiB at most that is a string as any other. */
export const HYPERLOGLOGS: readonly CommandSpec[] = [
  {
    name: 'pfadd',
    group: 'hyperloglog',
    since: '2.8.9',
    summary: 'Adds elements to a sketch that can tell about how many different ones there were.',
    complexity: 'O(1)',
    flags: ['write', 'denyoom', 'fast'],
    arguments: [key('key', 'RW', 'insert'), optional(multiple(string('element')))],
    examples: ['PFADD visitors ann bob ann', 'PFADD visitors ann', 'PFCOUNT visitors'],
    handler: pfAdd,
  },
  {
    name: 'pfcount',
    group: 'hyperloglog',
    since: '2.8.9',
    summary: 'Tells about how many different elements were added to a sketch, or to several together.',
    complexity: 'O(1)',
    flags: ['readonly'],
    remembers: true,
    arguments: [multiple(key('key', 'RW', 'access'))],
    examples: ['PFADD visitors ann bob', 'PFADD guests bob eve', 'PFCOUNT visitors', 'PFCOUNT visitors guests'],
    handler(context, args) {
      if (args.count === 2) countOne(context, args);
      else countTogether(context, args);
    },
  },
  {
    name: 'pfmerge',
    group: 'hyperloglog',
    since: '2.8.9',
    summary: 'Adds to a sketch what was added to others.',
    complexity: 'O(N)',
    flags: ['write', 'denyoom'],
    arguments: [key('destkey', 'RW', 'access', 'insert'), multiple(key('sourcekey', 'RO', 'access'))],
    // A sketch merged with nothing is a sketch.
    arity: -2,
    examples: ['PFADD visitors ann bob', 'PFADD guests bob eve', 'PFMERGE people visitors guests', 'PFCOUNT people'],
    handler: pfMerge,
  },
  {
    name: 'pfdebug',
    group: 'hyperloglog',
    since: '2.8.9',
    summary: 'Shows the inside of a sketch: GETREG, DECODE, ENCODING, or TODENSE.',
    flags: ['write', 'denyoom', 'admin'],
    docFlags: ['syscmd'],
    arguments: [string('subcommand'), key('key', 'RW', 'access')],
    examples: ['PFADD visitors ann bob', 'PFDEBUG ENCODING visitors', 'PFDEBUG DECODE visitors'],
    handler: pfDebug,
  },
  {
    name: 'pfselftest',
    group: 'hyperloglog',
    since: '2.8.9',
    summary: 'Tries whether sketches work as they should.',
    flags: ['admin'],
    docFlags: ['syscmd'],
    arguments: [],
    examples: ['PFSELFTEST'],
    handler({ reply }) {
      const complaint = selfTest();
      if (complaint !== null) throw new CommandError(`TESTFAILED ${complaint}`);
      reply.ok();
    },
  },
];

function requireSketch(context: Context, entry: Ref): void {
  const { db, keyspace } = context;
  requireString(db, entry);
  // A sketch is read and written in place.
  if (db.encoding(entry) === LZF) {
    requireRoom(context, keyspace.strings.length(db, entry));
    keyspace.strings.makePlain(db, entry);
  }
  if (db.encoding(entry) < EMBSTR || !keyspace.hyperLogLogs.isSketch(db.value(entry)))
    throw new CommandError(NO_SKETCH);
  // And it may grow.
  if (db.encoding(entry) === EMBEDDED) {
    requireRoom(context, keyspace.strings.length(db, entry));
    keyspace.strings.makePlain(db, entry);
  }
}

/** The sketch of a key that is there, as a string to be written in place. */
function sketchOf(context: Context, entry: Ref): Ref {
  requireSketch(context, entry);
  const { db } = context;
  const ref = db.value(entry);
  db.setValue(entry, TYPE_STRING, RAW, ref);
  return ref;
}

/** A new key with an empty sketch, for an argument that was just looked for. */
function addSketch({ db, keyspace }: Context, args: Args, index: number): Ref {
  const entry = db.add(args.bytes, args.starts[index], args.ends[index]);
  db.setValue(entry, TYPE_STRING, RAW, keyspace.hyperLogLogs.create());
  return entry;
}

function pfAdd(context: Context, args: Args): void {
  const { db, keyspace, reply } = context;
  const sketches = keyspace.hyperLogLogs;
  const found = writeKey(context, args, 1, TYPE_STRING);
  const entry = found === NONE ? addSketch(context, args, 1) : found;
  let ref = sketchOf(context, entry);
  sketches.raised = 0;
  for (let i = 2; i < args.count; i++) {
    const after = sketches.add(ref, args.bytes, args.starts[i], args.ends[i]);
    if (after === NONE) {
      // What was raised before the damage was met has been changed, as in Redis.
      if (sketches.raised > 0) db.changed(args.bytes, args.starts[1], args.ends[1], sketches.raised);
      throw new CommandError(DAMAGED);
    }
    if (after !== ref) db.moveValue(entry, after);
    ref = after;
  }
  const changes = sketches.raised + (found === NONE ? 1 : 0);
  if (changes > 0) {
    sketches.markStale(ref);
    db.changed(args.bytes, args.starts[1], args.ends[1], changes);
    notify(context, args, 1, STRING_EVENT, 'pfadd');
  }
  reply.integer(changes > 0 ? 1 : 0);
}

function countOne(context: Context, args: Args): void {
  const { db, keyspace, reply } = context;
  const sketches = keyspace.hyperLogLogs;
  const entry = db.findRead(args.bytes, args.starts[1], args.ends[1]);
  if (entry === NONE) {
    reply.integer(0);
    return;
  }
  const ref = sketchOf(context, entry);
  const known = sketches.knownCount(ref);
  if (known !== null) {
    reply.integer(known);
    return;
  }
  const count = sketches.count(ref);
  if (count === null) throw new CommandError(DAMAGED);
  // The estimate is remembered in the string, and whoever has a copy of the string must have it there too.
  db.changed(args.bytes, args.starts[1], args.ends[1]);
  reply.integer(count);
}

function countTogether(context: Context, args: Args): void {
  const registers = new Uint8Array(REGISTERS);
  mergeAll(context, args, registers);
  context.reply.integer(estimate(registers));
}

/** Merges the sketches of all keys from argument 1 on. True when one of them is dense. */
function mergeAll(context: Context, args: Args, registers: Uint8Array): boolean {
  const { db, keyspace } = context;
  let isAnyDense = false;
  for (let i = 1; i < args.count; i++) {
    const entry = db.findRead(args.bytes, args.starts[i], args.ends[i]);
    if (entry === NONE) continue;
    requireSketch(context, entry);
    if (keyspace.hyperLogLogs.isDense(db.value(entry))) isAnyDense = true;
    if (!keyspace.hyperLogLogs.mergeInto(registers, db.value(entry))) throw new CommandError(DAMAGED);
  }
  return isAnyDense;
}

function pfMerge(context: Context, args: Args): void {
  const { db, keyspace, reply } = context;
  const sketches = keyspace.hyperLogLogs;
  const registers = new Uint8Array(REGISTERS);
  const isAnyDense = mergeAll(context, args, registers);
  const found = db.findWrite(args.bytes, args.starts[1], args.ends[1]);
  const entry = found === NONE ? addSketch(context, args, 1) : found;
  let ref = sketchOf(context, entry);
  if (isAnyDense) {
    ref = sketches.toDense(ref);
    sketches.setDense(ref, registers);
  } else {
    for (let i = 0; i < REGISTERS; i++) if (registers[i] > 0) ref = sketches.raise(ref, i, registers[i]);
  }
  db.moveValue(entry, ref);
  sketches.markStale(ref);
  db.changed(args.bytes, args.starts[1], args.ends[1]);
  // Redis calls it so here, too.
  notify(context, args, 1, STRING_EVENT, 'pfadd');
  reply.ok();
}

function pfDebug(context: Context, args: Args): void {
  const { db, keyspace, reply } = context;
  const sketches = keyspace.hyperLogLogs;
  const entry = db.findWrite(args.bytes, args.starts[2], args.ends[2]);
  if (entry === NONE) throw new CommandError('ERR The specified key does not exist');
  const ref = sketchOf(context, entry);
  if (args.is(1, 'GETREG')) {
    makeDense(context, entry);
    const registers = new Uint8Array(REGISTERS);
    sketches.mergeInto(registers, db.value(entry));
    reply.array(REGISTERS);
    for (const register of registers) reply.integer(register);
  } else if (args.is(1, 'DECODE')) {
    if (sketches.isDense(ref)) throw new CommandError('ERR HLL encoding is not sparse');
    reply.text(Array.from(sketches.runs(ref), describeRun).join(' '));
  } else if (args.is(1, 'ENCODING')) {
    reply.simple(sketches.isDense(ref) ? 'dense' : 'sparse');
  } else if (args.is(1, 'TODENSE')) {
    reply.integer(makeDense(context, entry) ? 1 : 0);
  } else {
    throw new CommandError(`ERR Unknown PFDEBUG subcommand '${args.quoted(1)}'`);
  }
}

/** False when it was dense already. */
function makeDense({ db, keyspace }: Context, entry: Ref): boolean {
  const sketches = keyspace.hyperLogLogs;
  const ref = db.value(entry);
  if (sketches.isDense(ref)) return false;
  const dense = sketches.toDense(ref);
  if (dense === NONE) throw new CommandError(DAMAGED);
  db.moveValue(entry, dense);
  // No change to who watches the key, but the log must say it.
  keyspace.stats.dirty++;
  return true;
}

/** Redis's own letters: `z` and `Z` for zeros, `v` for a value and how often. */
function describeRun({ kind, value, length }: { kind: string; value: number; length: number }): string {
  if (kind === 'value') return `v:${value},${length}`;
  return `${kind === 'short zeros' ? 'z' : 'Z'}:${length}`;
}
