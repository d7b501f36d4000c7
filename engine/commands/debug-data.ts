import type { Args } from '../args.ts';
import { CommandError } from '../errors.ts';
import { digestOfAll } from '../keyspace/digest.ts';
import { NONE } from '../memory/arena.ts';
import { ascii, joined } from '../memory/bytes.ts';
import { RdbDamage } from '../persistence/rdb-format.ts';
import { loadImage, saveImage } from '../persistence/rdb-image.ts';
import { dumpPayload } from '../persistence/rdb-payload.ts';
import type { Context } from './contract.ts';
import type { DebugCommand } from './debug-contract.ts';
import { saveOptions } from './dump.ts';
import { integer, multiple, optional, string } from './grammar.ts';
import { REDIS_VERSION } from './versions.ts';

/** What DEBUG does with all data at once. */
export const DEBUG_DATA: readonly DebugCommand[] = [
  {
    name: 'digest',
    arguments: [],
    summary: 'Boils all data down to twenty bytes, equal on two servers that hold the same.',
    run({ keyspace, reply }) {
      reply.simple(digestOfAll(keyspace));
    },
  },
  {
    name: 'loadaof',
    arguments: [],
    summary: 'Empties all databases and reads the log again from its beginning.',
    run({ reply, server }) {
      if (!server.reloadLog()) throw new CommandError('ERR Error trying to load the AOF files, check server logs');
      reply.ok();
    },
  },
  {
    name: 'populate',
    arguments: [integer('count'), optional(string('prefix')), optional(integer('size'))],
    usage: '<count> [<prefix>] [<size>]',
    summary: 'Adds so many strings, named by a prefix (key) and a number, each of so many bytes.',
    run: populate,
  },
  {
    name: 'reload',
    arguments: [optional(multiple(string('option')))],
    usage: '[MERGE] [NOFLUSH] [NOSAVE]',
    summary:
      'Saves all data as an image, empties all databases and makes them again of it. NOSAVE takes the image that was saved last, NOFLUSH empties nothing, MERGE lets keys of the image replace those that are there.',
    run: reload,
  },
];

interface ReloadOptions {
  merges: boolean;
  flushes: boolean;
  saves: boolean;
}

function readReloadOptions(args: Args): ReloadOptions {
  const options: ReloadOptions = { merges: false, flushes: true, saves: true };
  for (let i = 2; i < args.count; i++) {
    if (args.is(i, 'MERGE')) options.merges = true;
    else if (args.is(i, 'NOFLUSH')) options.flushes = false;
    else if (args.is(i, 'NOSAVE')) options.saves = false;
    else throw new CommandError('ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options.');
  }
  return options;
}

function reload(context: Context, args: Args): void {
  const { keyspace, reply, server } = context;
  const { merges, flushes, saves } = readReloadOptions(args);
  if (saves) {
    const about = [
      ['redis-ver', REDIS_VERSION],
      ['redis-bits', '64'],
      ['ctime', String(Math.floor(server.nowMs / 1000))],
      ['used-mem', String(keyspace.arena.usedBytes)],
      ['aof-base', '0'],
    ] as const;
    server.keepImage(saveImage(keyspace, { ...saveOptions(context.config), about }));
  }
  const image = server.image();
  // What was saved right now comes back as it was; only another image must be told to the log.
  const isNews = !saves && server.isLogging();
  // Inside a transaction the log's group is open already.
  const isAlone = isNews && server.mayWait();
  if (isAlone) server.beginGroup();
  try {
    if (flushes) {
      for (const db of keyspace.databases) db.clear();
      if (isNews) server.logFor(context.db.index, ['FLUSHALL']);
    }
    if (image === null) throw new CommandError('ERR Error trying to load the RDB dump, check server logs');
    // Without a flush, what was saved right now is all there.
    loadImage(keyspace, image, merges || (saves && !flushes), (db, entry) => {
      if (isNews) server.logFor(db.index, restoreLine(context, db, entry));
    });
  } catch (error) {
    if (!(error instanceof RdbDamage)) throw error;
    throw new CommandError('ERR Error trying to load the RDB dump, check server logs');
  } finally {
    if (isAlone) server.endGroup();
  }
  reply.ok();
}

/** The command that makes a key what it is. */
function restoreLine({ keyspace, config }: Context, db: Context['db'], entry: number): (string | Uint8Array)[] {
  const payload = dumpPayload(keyspace, db.type(entry), db.encoding(entry), db.value(entry), saveOptions(config));
  const deadlineMs = Math.max(0, db.deadline(entry));
  return ['RESTORE', db.keys.keyCopy(entry), String(deadlineMs), payload, 'REPLACE', 'ABSTTL'];
}

function populate({ db, keyspace, reply, server }: Context, args: Args): void {
  const count = positive(args, 2);
  const prefix = args.count > 3 ? args.copy(3) : ascii('key');
  const size = args.count > 4 ? positive(args, 4) : 0;
  for (let i = 0; i < count; i++) {
    const key = joined([prefix, ascii(`:${i}`)]);
    if (db.peek(key, 0, key.length) !== NONE) continue;
    const text = ascii(`value:${i}`);
    const value = size === 0 ? text : new Uint8Array(size);
    if (size > 0) value.set(text.subarray(0, size));
    keyspace.strings.add(db, key, 0, key.length, value, 0, value.length);
    db.changed(key, 0, key.length);
    if (server.isLogging()) server.logFor(db.index, ['SET', key, value]);
  }
  reply.ok();
}

function positive(args: Args, index: number): number {
  const error = 'ERR value is out of range, must be positive';
  const value = args.integer(index, error);
  if (value < 0) throw new CommandError(error);
  return value;
}
