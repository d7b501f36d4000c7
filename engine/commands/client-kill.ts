import type { Args } from '../args.ts';
import { CommandError, SYNTAX_ERROR } from '../errors.ts';
import type { Session } from '../session.ts';
import { clientType, typeOf } from './client-line.ts';
import type { CommandSpec, Context } from './contract.ts';
import { behind, deprecated, integer, multiple, oneOf, optional, since, string, word } from './grammar.ts';

export const CLIENT_KILL: CommandSpec = {
  name: 'kill',
  group: 'connection',
  since: '2.4.0',
  summary: 'Ends the connection with an address, or all connections that fit.',
  complexity: 'O(N)',
  flags: ['admin', 'noscript', 'loading', 'stale'],
  history: [
    ['2.8.12', 'Takes options.'],
    ['2.8.12', 'Takes ID.'],
    ['3.2.0', 'Takes TYPE master.'],
    ['5.0.0', 'Takes TYPE replica, the new word for slave.'],
    ['6.2.0', 'Takes LADDR.'],
  ],
  arguments: [
    oneOf(
      'filter',
      deprecated('2.8.12', string('ip:port')),
      multiple(
        oneOf(
          'new-format',
          since('2.8.12', optional(integer('client-id', 'ID'))),
          since(
            '2.8.12',
            optional(
              behind(
                'TYPE',
                oneOf(
                  'normal_master_slave_pubsub',
                  word('NORMAL'),
                  since('3.2.0', word('MASTER')),
                  word('SLAVE'),
                  since('5.0.0', word('REPLICA')),
                  word('PUBSUB'),
                ),
              ),
            ),
          ),
          optional(string('username', 'USER')),
          optional(string('ip:port', 'ADDR')),
          since('6.2.0', optional(string('ip:port', 'LADDR'))),
          optional(string('yes/no', 'SKIPME')),
        ),
      ),
    ),
  ],
  usage: '<ip:port> | <option> <value> [<option> <value> ...]',
  examples: ['CLIENT KILL ID 1000000', 'CLIENT KILL TYPE pubsub SKIPME yes'],
  handler(context, args) {
    if (args.count === 3) killByAddress(context, args.latin1(2));
    else context.reply.integer(killAll(context, readFilter(args)));
  },
};

interface Filter {
  id?: number;
  type?: string;
  address?: string;
  localAddress?: string;
  sparesCaller: boolean;
}

function killByAddress(context: Context, address: string): void {
  if (killAll(context, { address, sparesCaller: false }) === 0) throw new CommandError('ERR No such client');
  context.reply.ok();
}

function readFilter(args: Args): Filter {
  const filter: Filter = { sparesCaller: true };
  for (let i = 2; i < args.count; i += 2) {
    if (i + 1 === args.count) throw new CommandError(SYNTAX_ERROR);
    const value = args.latin1(i + 1);
    if (args.is(i, 'ID')) filter.id = clientId(args, i + 1);
    else if (args.is(i, 'TYPE')) filter.type = clientType(value);
    else if (args.is(i, 'ADDR')) filter.address = value;
    else if (args.is(i, 'LADDR')) filter.localAddress = value;
    else if (args.is(i, 'USER')) {
      if (value !== 'default') throw new CommandError(`ERR No such user '${value}'`);
    } else if (args.is(i, 'SKIPME') && args.is(i + 1, 'YES')) filter.sparesCaller = true;
    else if (args.is(i, 'SKIPME') && args.is(i + 1, 'NO')) filter.sparesCaller = false;
    else throw new CommandError(SYNTAX_ERROR);
  }
  return filter;
}

function clientId(args: Args, index: number): number {
  const error = 'ERR client-id should be greater than 0';
  const id = args.integer(index, error);
  if (id < 1) throw new CommandError(error);
  return id;
}

function killAll({ session: caller, server }: Context, filter: Filter): number {
  const victims = [...server.sessions()].filter(
    (session) => fits(session, filter) && !(filter.sparesCaller && session === caller),
  );
  for (const session of victims) server.closeSession(session, session === caller ? 'after-reply' : 'now');
  return victims.length;
}

function fits(session: Session, { id, type, address, localAddress }: Filter): boolean {
  return (
    (id === undefined || session.id === id) &&
    (type === undefined || type === typeOf(session)) &&
    (address === undefined || session.peer.address === address) &&
    (localAddress === undefined || session.peer.localAddress === localAddress)
  );
}
