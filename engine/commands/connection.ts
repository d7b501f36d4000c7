import type { Args } from '../args.ts';
import { CommandError, SYNTAX_ERROR, WRONG_PASSWORD, wrongArity } from '../errors.ts';
import { databaseIndex } from './checks.ts';
import { checkClientName } from './client.ts';
import type { CommandSpec, Context } from './contract.ts';
import { behind, block, integer, optional, since, string } from './grammar.ts';
import { endTransaction } from './transactions.ts';
import { REDIS_VERSION } from './versions.ts';

const DEFAULT_USER = 'default';

/** The commands about the connection itself. */
export const CONNECTION: readonly CommandSpec[] = [
  {
    name: 'ping',
    group: 'connection',
    since: '1.0.0',
    summary: 'Asks for a sign of life.',
    complexity: 'O(1)',
    flags: ['fast'],
    tips: ['request_policy:all_shards', 'response_policy:all_succeeded'],
    arguments: [optional(string('message'))],
    examples: ['PING', 'PING hello'],
    handler({ reply, session }, args) {
      if (args.count > 2) throw new CommandError(wrongArity('ping'));
      if (session.protocol === 2 && session.isSubscriber) {
        reply.array(2);
        reply.text('pong');
        if (args.count === 1) reply.text('');
        else reply.bulk(args.bytes, args.starts[1], args.ends[1]);
        return;
      }
      if (args.count === 1) reply.pong();
      else reply.bulk(args.bytes, args.starts[1], args.ends[1]);
    },
  },
  {
    name: 'echo',
    group: 'connection',
    since: '1.0.0',
    summary: 'Answers with what it was given.',
    complexity: 'O(1)',
    flags: ['loading', 'stale', 'fast'],
    arguments: [string('message')],
    examples: ['ECHO hello'],
    handler({ reply }, args) {
      reply.bulk(args.bytes, args.starts[1], args.ends[1]);
    },
  },
  {
    name: 'quit',
    group: 'connection',
    since: '1.0.0',
    summary: 'Ends the connection.',
    complexity: 'O(1)',
    flags: ['noscript', 'loading', 'stale', 'fast', 'no_auth', 'allow_busy'],
    isImmediate: true,
    arguments: [],
    arity: -1,
    examples: ['QUIT'],
    handler({ session, reply, server }) {
      reply.ok();
      server.closeSession(session, 'after-reply');
    },
  },
  {
    name: 'hello',
    group: 'connection',
    since: '6.0.0',
    summary: 'Chooses the version of the protocol, and may say who one is.',
    complexity: 'O(1)',
    flags: ['noscript', 'loading', 'stale', 'fast', 'no_auth', 'allow_busy'],
    history: [['6.2.0', 'The version may be left out.']],
    arguments: [
      optional(
        block(
          'arguments',
          integer('protover'),
          optional(behind('AUTH', block('username_password', string('username'), string('password')))),
          optional(string('clientname', 'SETNAME')),
        ),
      ),
    ],
    examples: ['HELLO', 'HELLO 3 SETNAME me', 'HELLO 2'],
    secrets: secretsOfHello,
    handler: hello,
  },
  {
    name: 'reset',
    group: 'connection',
    since: '6.2.0',
    summary: 'Makes the connection as good as new.',
    complexity: 'O(1)',
    flags: ['noscript', 'loading', 'stale', 'fast', 'no_auth', 'allow_busy'],
    isImmediate: true,
    arguments: [],
    examples: ['RESET'],
    handler({ keyspace, session, server, reply, config }) {
      endTransaction(keyspace, session);
      server.pubsub.forget(session);
      server.observer.unwatch(session);
      server.tracking.end(session);
      session.db = 0;
      session.protocol = 2;
      reply.protocol = 2;
      session.name = '';
      // One that is to be skipped is.
      if (session.replyMode === 'off') session.replyMode = 'on';
      setAuthenticated(session, config.text('requirepass') === '');
      reply.simple('RESET');
    },
  },
  {
    name: 'select',
    group: 'connection',
    since: '1.0.0',
    summary: 'Goes to another database.',
    complexity: 'O(1)',
    flags: ['loading', 'stale', 'fast'],
    arguments: [integer('index')],
    examples: ['SELECT 1', 'SELECT 0'],
    handler({ keyspace, session, reply }, args) {
      session.db = databaseIndex(args, 1, keyspace.databases.length);
      reply.ok();
    },
  },
  {
    name: 'auth',
    group: 'connection',
    since: '1.0.0',
    summary: 'Says the password.',
    complexity: 'O(N)',
    flags: ['noscript', 'loading', 'stale', 'fast', 'no_auth', 'allow_busy'],
    history: [['6.0.0', 'Takes a user name.']],
    arguments: [since('6.0.0', optional(string('username'))), string('password')],
    examples: ['AUTH default anything'],
    secrets: (args) => Array.from({ length: args.count - 1 }, (_, i) => i + 1),
    handler(context, args) {
      const { config, reply } = context;
      if (args.count > 3) throw new CommandError(SYNTAX_ERROR);
      if (args.count === 2 && config.text('requirepass') === '') {
        throw new CommandError(
          'ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?',
        );
      }
      authenticate(context, args.count === 3 ? args.utf8(1) : DEFAULT_USER, args.utf8(args.count - 1));
      reply.ok();
    },
  },
];

/** What stands behind AUTH. */
function secretsOfHello(args: Args): readonly number[] {
  for (let i = 2; i < args.count; i++) {
    if (args.is(i, 'AUTH')) return [i + 1, i + 2];
    if (args.is(i, 'SETNAME')) i++;
  }
  return [];
}

function hello(context: Context, args: Args): void {
  const { session, reply } = context;
  let protocol = session.protocol;
  if (args.count > 1) {
    const version = args.integer(1, 'ERR Protocol version is not an integer or out of range');
    if (version !== 2 && version !== 3) throw new CommandError('NOPROTO unsupported protocol version');
    protocol = version;
  }
  // What an option says is done at once, even if a later one cannot be read.
  for (let i = 2; i < args.count; i++) {
    const left = args.count - 1 - i;
    if (args.is(i, 'AUTH') && left >= 2) {
      authenticate(context, args.utf8(i + 1), args.utf8(i + 2));
      i += 2;
    } else if (args.is(i, 'SETNAME') && left >= 1) {
      const name = args.latin1(++i);
      checkClientName(name);
      session.name = name;
    } else {
      throw new CommandError(`ERR Syntax error in HELLO option '${args.quoted(i)}'`);
    }
  }
  if (!session.isAuthenticated) {
    throw new CommandError(
      'NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time',
    );
  }
  session.protocol = protocol;
  reply.protocol = protocol;
  replyHello(context);
}

function replyHello({ session, reply }: Context): void {
  reply.map(7);
  reply.text('server');
  reply.text('redis');
  reply.text('version');
  reply.text(REDIS_VERSION);
  reply.text('proto');
  reply.integer(session.protocol);
  reply.text('id');
  reply.integer(session.id);
  reply.text('mode');
  reply.text('standalone');
  reply.text('role');
  reply.text('master');
  reply.text('modules');
  reply.array(0);
}

/** There is one user, and with no password set any will do. */
function authenticate({ session, config }: Context, user: string, password: string): void {
  const secret = config.text('requirepass');
  const isRight = isEqualInConstantTime(password, secret) || secret === '';
  if (user !== DEFAULT_USER || !isRight) throw new CommandError(WRONG_PASSWORD);
  setAuthenticated(session, true);
}

function setAuthenticated(session: Context['session'], isAuthenticated: boolean): void {
  session.isAuthenticated = isAuthenticated;
  session.decoder.isAuthenticated = isAuthenticated;
}

/** How long it takes tells nothing of where two texts differ. */
function isEqualInConstantTime(given: string, secret: string): boolean {
  let difference = given.length ^ secret.length;
  for (let i = 0; i < given.length; i++)
    difference |= given.charCodeAt(i) ^ secret.charCodeAt(i % Math.max(1, secret.length));
  return difference === 0;
}
