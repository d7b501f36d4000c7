import type { Args } from '../args.ts';
import { CommandError, SYNTAX_ERROR } from '../errors.ts';
import type { Session } from '../session.ts';
import { CLIENT_KILL } from './client-kill.ts';
import { CLIENT_PAUSE } from './client-pause.ts';
import { CLIENT_TRACKING } from './client-tracking.ts';
import { clientLine, clientType, typeOf } from './client-line.ts';
import type { CommandFlag, CommandSpec, Context } from './contract.ts';
import { behind, block, integer, multiple, oneOf, optional, since, string, word } from './grammar.ts';

const FLAGS: readonly CommandFlag[] = ['noscript', 'loading', 'stale'];
const ADMIN_FLAGS: readonly CommandFlag[] = ['admin', ...FLAGS];

export const CLIENT: CommandSpec = {
  name: 'client',
  group: 'connection',
  since: '2.4.0',
  summary: 'Holds the commands about connections.',
  flags: [],
  arguments: [],
  examples: [],
  helpSince: '5.0.0',
  subcommands: [
    {
      name: 'id',
      group: 'connection',
      since: '5.0.0',
      summary: 'Tells the number of this connection.',
      complexity: 'O(1)',
      flags: FLAGS,
      arguments: [],
      examples: ['CLIENT ID'],
      handler({ session, reply }) {
        reply.integer(session.id);
      },
    },
    {
      name: 'getname',
      group: 'connection',
      since: '2.6.9',
      summary: 'Tells the name of this connection.',
      complexity: 'O(1)',
      flags: FLAGS,
      arguments: [],
      examples: ['CLIENT GETNAME'],
      handler({ session, reply }) {
        if (session.name === '') reply.null();
        else reply.text(session.name);
      },
    },
    {
      name: 'setname',
      group: 'connection',
      since: '2.6.9',
      summary: 'Names this connection.',
      complexity: 'O(1)',
      flags: FLAGS,
      arguments: [string('connection-name')],
      examples: ['CLIENT SETNAME me'],
      handler({ session, reply }, args) {
        const name = args.latin1(2);
        checkClientName(name);
        session.name = name;
        reply.ok();
      },
    },
    {
      name: 'setinfo',
      group: 'connection',
      since: '7.2.0',
      summary: 'Says which library speaks over this connection, and in which version.',
      complexity: 'O(1)',
      flags: FLAGS,
      arguments: [oneOf('attr', string('libname', 'LIB-NAME'), string('libver', 'LIB-VER'))],
      examples: ['CLIENT SETINFO LIB-NAME mine', 'CLIENT SETINFO LIB-VER 1.0'],
      handler: setInfo,
    },
    {
      name: 'info',
      group: 'connection',
      since: '6.2.0',
      summary: 'Describes this connection in a line.',
      complexity: 'O(1)',
      flags: FLAGS,
      tips: ['nondeterministic_output'],
      arguments: [],
      examples: ['CLIENT INFO'],
      handler({ session, reply, server }) {
        reply.verbatim('txt', clientLine(session, server.nowMs));
      },
    },
    {
      name: 'list',
      group: 'connection',
      since: '2.4.0',
      summary: 'Describes all connections, or some of them, each in a line.',
      complexity: 'O(N)',
      flags: ADMIN_FLAGS,
      tips: ['nondeterministic_output'],
      history: [
        ['2.8.12', 'Tells the numbers of connections.'],
        ['5.0.0', 'Takes TYPE.'],
        ['6.0.0', 'Tells the users.'],
        ['6.2.0', 'Takes ID, and tells local addresses.'],
        ['7.0.0', 'Tells how long replies wait and how much memory they take.'],
        ['7.0.3', 'Tells the subscriptions to shards.'],
      ],
      arguments: [
        since(
          '5.0.0',
          optional(
            behind(
              'TYPE',
              oneOf('normal_master_replica_pubsub', word('NORMAL'), word('MASTER'), word('REPLICA'), word('PUBSUB')),
            ),
          ),
        ),
        since('6.2.0', optional(behind('ID', block('id', multiple(integer('client-id')))))),
      ],
      examples: ['CLIENT LIST', 'CLIENT LIST TYPE normal', 'CLIENT LIST ID 1 2'],
      handler: list,
    },
    CLIENT_KILL,
    ...CLIENT_PAUSE,
    ...CLIENT_TRACKING,
    {
      name: 'no-evict',
      group: 'connection',
      since: '7.0.0',
      summary: 'Sets whether this connection is spared when memory for connections runs short.',
      complexity: 'O(1)',
      flags: ADMIN_FLAGS,
      arguments: [oneOf('enabled', word('ON'), word('OFF'))],
      examples: ['CLIENT NO-EVICT ON', 'CLIENT NO-EVICT OFF'],
      handler({ session, reply }, args) {
        if (args.is(2, 'ON')) session.isNoEvict = true;
        else if (args.is(2, 'OFF')) session.isNoEvict = false;
        else throw new CommandError(SYNTAX_ERROR);
        reply.ok();
      },
    },
    {
      name: 'unblock',
      group: 'connection',
      since: '5.0.0',
      summary: 'Lets a client go that waits, as if its time were up or with an error.',
      complexity: 'O(log N)',
      flags: ADMIN_FLAGS,
      arguments: [integer('client-id'), optional(oneOf('timeout_error', word('TIMEOUT'), word('ERROR')))],
      examples: ['CLIENT UNBLOCK 7', 'CLIENT UNBLOCK 7 ERROR'],
      handler: unblock,
    },
    {
      name: 'reply',
      group: 'connection',
      since: '3.2.0',
      summary: 'Sets whether this connection gets replies; SKIP leaves out the next one.',
      complexity: 'O(1)',
      flags: FLAGS,
      arguments: [oneOf('on_off_skip', word('ON'), word('OFF'), word('SKIP'))],
      examples: ['CLIENT REPLY ON'],
      handler({ session, reply }, args) {
        if (args.is(2, 'ON')) {
          session.replyMode = 'on';
          reply.ok();
        } else if (args.is(2, 'OFF')) {
          session.replyMode = 'off';
        } else if (args.is(2, 'SKIP')) {
          if (session.replyMode !== 'off') session.replyMode = 'skip-next';
        } else {
          throw new CommandError(SYNTAX_ERROR);
        }
      },
    },
  ],
};

const PRINTABLE = /^[!-~]*$/;

export function checkClientName(name: string): void {
  if (!PRINTABLE.test(name))
    throw new CommandError('ERR Client names cannot contain spaces, newlines or special characters.');
}

function setInfo({ session, reply }: Context, args: Args): void {
  const value = args.latin1(3);
  const option = args.latin1(2);
  const isName = args.is(2, 'LIB-NAME');
  if (!isName && !args.is(2, 'LIB-VER')) throw new CommandError(`ERR Unrecognized option '${option}'`);
  if (!PRINTABLE.test(value))
    throw new CommandError(`ERR ${option} cannot contain spaces, newlines or special characters.`);
  if (isName) session.libraryName = value;
  else session.libraryVersion = value;
  reply.ok();
}

function unblock({ reply, server }: Context, args: Args): void {
  if (args.count > 4)
    throw new CommandError(
      `ERR unknown subcommand or wrong number of arguments for '${args.quoted(1, 128)}'. Try CLIENT HELP.`,
    );
  let isError = false;
  if (args.count === 4) {
    isError = args.is(3, 'ERROR');
    if (!isError && !args.is(3, 'TIMEOUT'))
      throw new CommandError('ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR');
  }
  const session = server.session(args.integer(2));
  reply.integer(session && server.release(session, isError ? 'error' : 'timeout') ? 1 : 0);
}

function list({ reply, server }: Context, args: Args): void {
  const sessions: Session[] = [];
  if (args.count === 4 && args.is(2, 'TYPE')) {
    const type = clientType(args.latin1(3));
    sessions.push(...[...server.sessions()].filter((session) => typeOf(session) === type));
  } else if (args.count > 3 && args.is(2, 'ID')) {
    for (let i = 3; i < args.count; i++) {
      const session = server.session(args.integer(i, 'ERR Invalid client ID'));
      if (session) sessions.push(session);
    }
  } else if (args.count === 2) {
    sessions.push(...server.sessions());
  } else {
    throw new CommandError(SYNTAX_ERROR);
  }
  reply.verbatim('txt', sessions.map((session) => clientLine(session, server.nowMs)).join(''));
}
