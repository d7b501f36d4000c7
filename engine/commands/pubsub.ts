import { CommandError } from '../errors.ts';
import { Glob } from '../keyspace/glob.ts';
import { ascii } from '../memory/bytes.ts';
import type { Book } from '../session.ts';
import type { Argument, CommandFlag, CommandSpec, Context } from './contract.ts';
import { block, multiple, optional, pattern, shard, string } from './grammar.ts';
import { publish, push, sendTo } from './publishing.ts';

const SUBSCRIBING: readonly CommandFlag[] = ['pubsub', 'noscript', 'loading', 'stale'];
const PUBLISHING: readonly CommandFlag[] = ['pubsub', 'loading', 'stale', 'fast'];
const ASKING: readonly CommandFlag[] = ['pubsub', 'loading', 'stale'];

/** What stands in front of a subscription's name: the letter of its commands and of its messages. */
const LETTERS: Readonly<Record<Book, string>> = { channel: '', pattern: 'p', shard: 's' };

/** Messages to whoever listens at the moment. */
export const PUBSUB: readonly CommandSpec[] = [
  begin('channel', '2.0.0', 'Listens to channels.', multiple(string('channel')), ['SUBSCRIBE news sports']),
  end('channel', '2.0.0', 'Listens to channels no more, or to none at all.', string('channel'), [
    'SUBSCRIBE news',
    'UNSUBSCRIBE news',
  ]),
  begin(
    'pattern',
    '2.0.0',
    'Listens to all channels whose names fit a pattern.',
    multiple(block('pattern', pattern('pattern'))),
    ['PSUBSCRIBE news.*'],
  ),
  end('pattern', '2.0.0', 'Listens to patterns no more, or to none at all.', pattern('pattern'), [
    'PSUBSCRIBE news.*',
    'PUNSUBSCRIBE',
  ]),
  {
    name: 'publish',
    group: 'pubsub',
    since: '2.0.0',
    summary: 'Sends a message to all who listen to a channel, and tells how many they are.',
    complexity: 'O(N+M)',
    flags: PUBLISHING,
    arguments: [string('channel'), string('message')],
    examples: ['PUBLISH news hello'],
    handler(context, args) {
      context.reply.integer(publish(context, args.copy(1), args.copy(2)));
    },
  },
  begin('shard', '7.0.0', 'Listens to channels of a shard.', multiple(shard('shardchannel')), ['SSUBSCRIBE news']),
  end('shard', '7.0.0', 'Listens to channels of a shard no more, or to none at all.', shard('shardchannel'), [
    'SSUBSCRIBE news',
    'SUNSUBSCRIBE',
  ]),
  {
    name: 'spublish',
    group: 'pubsub',
    since: '7.0.0',
    summary: 'Sends a message to all who listen to a channel of a shard, and tells how many they are.',
    complexity: 'O(N)',
    flags: PUBLISHING,
    arguments: [shard('shardchannel'), string('message')],
    examples: ['SPUBLISH news hello'],
    handler(context, args) {
      context.reply.integer(sendTo(context, 'shard', args.copy(1), args.copy(2)));
    },
  },
  {
    name: 'pubsub',
    group: 'pubsub',
    since: '2.8.0',
    summary: 'Holds the commands about who listens to what.',
    flags: [],
    arguments: [],
    examples: [],
    helpSince: '6.2.0',
    subcommands: [
      list('channels', '2.8.0', 'channel', 'Lists the channels that somebody listens to.'),
      {
        name: 'numpat',
        group: 'pubsub',
        since: '2.8.0',
        summary: 'Counts the patterns that somebody listens to.',
        complexity: 'O(1)',
        flags: ASKING,
        arguments: [],
        examples: ['PUBSUB NUMPAT'],
        handler({ reply, server }) {
          reply.integer(server.pubsub.names('pattern').length);
        },
      },
      count('numsub', '2.8.0', 'channel', 'Tells how many listen to each of these channels.', string('channel')),
      list('shardchannels', '7.0.0', 'shard', 'Lists the channels of shards that somebody listens to.'),
      count(
        'shardnumsub',
        '7.0.0',
        'shard',
        'Tells how many listen to each of these channels of shards.',
        string('shardchannel'),
      ),
    ],
  },
];

// The commands come in threes.

function begin(book: Book, since: string, summary: string, names: Argument, examples: readonly string[]): CommandSpec {
  return {
    name: `${LETTERS[book]}subscribe`,
    group: 'pubsub',
    since,
    summary,
    complexity: 'O(N)',
    flags: SUBSCRIBING,
    arguments: [names],
    examples,
    handler(context, args) {
      const { session, server } = context;
      // Who runs a transaction cannot be let listen in the middle of it; for the older two, habit goes before.
      if (book === 'shard' && !server.mayWait())
        throw new CommandError("ERR SSUBSCRIBE isn't allowed for a DENY BLOCKING client");
      for (let i = 1; i < args.count; i++) {
        server.pubsub.subscribe(book, session, args.latin1(i));
        confirm(context, book, 'subscribe', args.latin1(i));
      }
    },
  };
}

function end(book: Book, since: string, summary: string, name: Argument, examples: readonly string[]): CommandSpec {
  return {
    name: `${LETTERS[book]}unsubscribe`,
    group: 'pubsub',
    since,
    summary,
    complexity: book === 'pattern' ? 'O(N+M)' : 'O(N)',
    flags: SUBSCRIBING,
    arguments: [optional(multiple(name))],
    examples,
    handler(context, args) {
      const { session, server } = context;
      const given = Array.from({ length: args.count - 1 }, (_, i) => args.latin1(i + 1));
      const names = given.length > 0 ? given : [...session.subscriptions[book]];
      for (const one of names) {
        server.pubsub.unsubscribe(book, session, one);
        confirm(context, book, 'unsubscribe', one);
      }
      if (names.length === 0) confirm(context, book, 'unsubscribe', null);
    },
  };
}

/** Tells the session what it has begun or ended to listen to, and to how much it listens now. */
function confirm(context: Context, book: Book, what: string, name: string | null): void {
  const { channel, pattern: patterns, shard: shards } = context.session.subscriptions;
  push(context, context.session, (reply) => {
    reply.push(3);
    reply.text(LETTERS[book] + what);
    if (name === null) reply.null();
    else reply.bytes(ascii(name));
    reply.integer(book === 'shard' ? shards.size : channel.size + patterns.size);
  });
}

// Who listens.

function list(name: string, since: string, book: Book, summary: string): CommandSpec {
  return {
    name,
    group: 'pubsub',
    since,
    summary,
    complexity: 'O(N)',
    flags: ASKING,
    arguments: [optional(pattern('pattern'))],
    examples: [`PUBSUB ${name.toUpperCase()}`, `PUBSUB ${name.toUpperCase()} news.*`],
    handler({ reply, server }, args) {
      if (args.count > 3) {
        throw new CommandError(
          `ERR unknown subcommand or wrong number of arguments for '${args.quoted(1, 128)}'. Try PUBSUB HELP.`,
        );
      }
      const glob = args.count > 2 ? new Glob(args.copy(2)) : null;
      const names = server.pubsub.names(book).filter((one) => glob === null || glob.matchesText(one));
      reply.array(names.length);
      for (const one of names) reply.bytes(ascii(one));
    },
  };
}

function count(name: string, since: string, book: Book, summary: string, channel: Argument): CommandSpec {
  return {
    name,
    group: 'pubsub',
    since,
    summary,
    complexity: 'O(N)',
    flags: ASKING,
    arguments: [optional(multiple(channel))],
    examples: [`PUBSUB ${name.toUpperCase()} news sports`],
    handler({ reply, server }, args) {
      reply.array((args.count - 2) * 2);
      for (let i = 2; i < args.count; i++) {
        reply.bulk(args.bytes, args.starts[i], args.ends[i]);
        reply.integer(server.pubsub.count(book, args.latin1(i)));
      }
    },
  };
}
