import type { Args } from '../args.ts';
import { CommandError } from '../errors.ts';
import type { CommandFlag, CommandSpec, Context } from './contract.ts';
import { integer, optional } from './grammar.ts';

const FLAGS: readonly CommandFlag[] = ['admin', 'loading', 'stale'];
/** So many calls are told of when nobody says how many. */
const USUALLY = 10;

export const SLOWLOG: CommandSpec = {
  name: 'slowlog',
  group: 'server',
  since: '2.2.12',
  summary: 'Holds the commands about the log of calls that took long.',
  complexity: 'Depends on subcommand.',
  flags: [],
  arguments: [],
  examples: [],
  helpSince: '6.2.0',
  subcommands: [
    {
      name: 'get',
      group: 'server',
      since: '2.2.12',
      summary:
        'Tells of the latest calls that took long: number, time, microseconds, words, address, name of the client.',
      complexity: 'O(N)',
      flags: FLAGS,
      tips: ['request_policy:all_nodes', 'nondeterministic_output'],
      history: [['4.0.0', 'Tells the address and the name of the client.']],
      arguments: [optional(integer('count'))],
      examples: ['SLOWLOG GET', 'SLOWLOG GET -1'],
      handler: get,
    },
    {
      name: 'len',
      group: 'server',
      since: '2.2.12',
      summary: 'Tells how many calls are in the log.',
      complexity: 'O(1)',
      flags: FLAGS,
      tips: ['request_policy:all_nodes', 'response_policy:agg_sum', 'nondeterministic_output'],
      arguments: [],
      examples: ['SLOWLOG LEN'],
      handler({ reply, server }) {
        reply.integer(server.observer.slowLog.length);
      },
    },
    {
      name: 'reset',
      group: 'server',
      since: '2.2.12',
      summary: 'Empties the log.',
      complexity: 'O(N)',
      flags: FLAGS,
      tips: ['request_policy:all_nodes', 'response_policy:all_succeeded'],
      arguments: [],
      examples: ['SLOWLOG RESET'],
      handler({ reply, server }) {
        server.observer.slowLog.clear();
        reply.ok();
      },
    },
  ],
};

function get({ reply, server }: Context, args: Args): void {
  if (args.count > 3)
    throw new CommandError(
      `ERR unknown subcommand or wrong number of arguments for '${args.quoted(1)}'. Try SLOWLOG HELP.`,
    );
  const error = 'ERR count should be greater than or equal to -1';
  const count = args.count === 3 ? args.integer(2, error) : USUALLY;
  if (count < -1) throw new CommandError(error);
  const calls = server.observer.slowLog.latest(count < 0 ? Infinity : count);
  reply.array(calls.length);
  for (const call of calls) {
    reply.array(6);
    reply.integer(call.id);
    reply.integer(call.atSeconds);
    reply.integer(call.microseconds);
    reply.array(call.words.length);
    for (const word of call.words) reply.bytes(word);
    reply.text(call.address);
    reply.text(call.clientName);
  }
}
