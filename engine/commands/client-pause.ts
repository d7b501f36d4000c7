import type { Args } from '../args.ts';
import { CommandError } from '../errors.ts';
import type { CommandFlag, CommandSpec, Context } from './contract.ts';
import { integer, oneOf, optional, since, word } from './grammar.ts';

const FLAGS: readonly CommandFlag[] = ['admin', 'noscript', 'loading', 'stale'];
/** A time past this has come round to the distant past. */
const END_OF_TIME = 2n ** 63n;

export const CLIENT_PAUSE: readonly CommandSpec[] = [
  {
    name: 'pause',
    group: 'connection',
    since: '2.9.50',
    summary: 'Lets all clients wait for so many milliseconds, or those that want to change something.',
    complexity: 'O(1)',
    flags: FLAGS,
    history: [['6.2.0', 'Takes WRITE and ALL.']],
    arguments: [integer('timeout'), since('6.2.0', optional(oneOf('mode', word('WRITE'), word('ALL'))))],
    examples: ['CLIENT PAUSE 100 WRITE', 'CLIENT UNPAUSE'],
    handler: pause,
  },
  {
    name: 'unpause',
    group: 'connection',
    since: '6.2.0',
    summary: 'Lets those go on that were made to wait.',
    complexity: 'O(N)',
    flags: FLAGS,
    arguments: [],
    examples: ['CLIENT UNPAUSE'],
    handler({ reply, server }) {
      server.unpause();
      reply.ok();
    },
  },
];

function pause({ reply, server }: Context, args: Args): void {
  if (args.count > 4)
    throw new CommandError(
      `ERR unknown subcommand or wrong number of arguments for '${args.quoted(1)}'. Try CLIENT HELP.`,
    );
  const isWrite = args.count === 4 && args.is(3, 'WRITE');
  if (args.count === 4 && !isWrite && !args.is(3, 'ALL'))
    throw new CommandError('ERR CLIENT PAUSE mode must be WRITE or ALL');
  const timeoutMs = args.int64(2, 'ERR timeout is not an integer or out of range');
  if (timeoutMs < 0n) throw new CommandError('ERR timeout is negative');
  const endMs = BigInt(Math.floor(server.nowMs)) + timeoutMs;
  if (endMs < END_OF_TIME) server.pause(isWrite ? 'write' : 'all', Number(endMs));
  reply.ok();
}
