import { CommandError } from '../errors.ts';
import { ENCODING_NAMES, INT } from '../keyspace/values.ts';
import { NONE, type Ref } from '../memory/arena.ts';
import type { CommandSpec, Context } from './contract.ts';
import { key } from './grammar.ts';

/** Redis keeps one object for each of the integers below this and counts its users as if there were no end of them. */
const SHARED_INTEGERS = 10000;
const MANY = 2147483647;

/** What OBJECT tells of a key; most of it is about how a value is kept. */
function about(
  name: string,
  since: string,
  summary: string,
  tell: (context: Context, entry: Ref) => void,
): CommandSpec {
  return {
    ...{ name, group: 'generic', since, summary, complexity: 'O(1)', flags: ['readonly'] },
    tips: ['nondeterministic_output'],
    arguments: [key('key', 'RO')],
    examples: name === 'freq' ? [] : ['SET greeting hello', `OBJECT ${name.toUpperCase()} greeting`],
    handler(context, args) {
      const entry = context.db.inspect(args.bytes, args.starts[2], args.ends[2]);
      if (entry === NONE) context.reply.null();
      else tell(context, entry);
    },
  };
}

export const OBJECT: CommandSpec = {
  name: 'object',
  group: 'generic',
  since: '2.2.3',
  summary: 'Holds the commands that look at how a value is kept.',
  flags: [],
  arguments: [],
  examples: [],
  helpSince: '6.2.0',
  subcommands: [
    about('encoding', '2.2.3', 'Tells how the value of a key is kept.', ({ db, reply }, entry) => {
      reply.text(ENCODING_NAMES[db.encoding(entry)]);
    }),
    about(
      'freq',
      '4.0.0',
      'Tells how often a key is used, on a scale of logarithms.',
      ({ config, db, reply }, entry) => {
        if (!config.text('maxmemory-policy').endsWith('-lfu')) {
          throw new CommandError(
            'ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust.',
          );
        }
        reply.integer(db.frequency(entry));
      },
    ),
    about('idletime', '2.2.3', 'Tells how many seconds ago a key was last used.', ({ config, db, reply }, entry) => {
      if (config.text('maxmemory-policy').endsWith('-lfu')) {
        throw new CommandError(
          'ERR An LFU maxmemory policy is selected, idle time not tracked. Please note that when switching between policies at runtime LRU and LFU data will take some time to adjust.',
        );
      }
      reply.integer(db.idleSeconds(entry));
    }),
    about('refcount', '2.2.3', 'Tells how many refer to the value of a key.', ({ db, reply }, entry) => {
      const isShared = db.encoding(entry) === INT && db.value(entry) >= 0 && db.value(entry) < SHARED_INTEGERS;
      reply.integer(isShared ? MANY : 1);
    }),
  ],
};
