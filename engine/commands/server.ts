import type { Args } from '../args.ts';
import { CommandError, SYNTAX_ERROR } from '../errors.ts';
import type { CommandSpec, Context } from './contract.ts';
import { multiple, oneOf, optional, since, string, word } from './grammar.ts';
import { infoText } from './info.ts';

/** Commands about the server as a whole. */
export const SERVER: readonly CommandSpec[] = [
  {
    name: 'info',
    group: 'server',
    since: '1.0.0',
    summary: 'Tells how the server is doing, in sections.',
    complexity: 'O(1)',
    flags: ['loading', 'stale'],
    categories: ['dangerous'],
    tips: ['nondeterministic_output', 'request_policy:all_shards', 'response_policy:special'],
    history: [['7.0.0', 'Takes several sections.']],
    arguments: [optional(multiple(string('section')))],
    examples: ['INFO', 'INFO server memory', 'INFO everything'],
    handler(context, args) {
      const sections = Array.from({ length: args.count - 1 }, (_, i) => args.latin1(i + 1).toLowerCase());
      context.reply.verbatim('txt', infoText(context, sections));
    },
  },
  {
    name: 'time',
    group: 'server',
    since: '2.6.0',
    summary: 'Tells the time in seconds since 1970, and the microseconds since the last one.',
    complexity: 'O(1)',
    flags: ['loading', 'stale', 'fast'],
    tips: ['nondeterministic_output'],
    arguments: [],
    examples: ['TIME'],
    handler({ reply, server }) {
      const seconds = Math.floor(server.nowMs / 1000);
      reply.array(2);
      reply.text(String(seconds));
      reply.text(String(Math.floor((server.nowMs - seconds * 1000) * 1000)));
    },
  },
  {
    name: 'shutdown',
    group: 'server',
    since: '1.0.0',
    summary: 'Ends the server.',
    complexity: 'O(N)',
    flags: ['admin', 'noscript', 'loading', 'stale', 'no_multi', 'allow_busy'],
    history: [['7.0.0', 'Takes NOW, FORCE and ABORT.']],
    arguments: [
      optional(oneOf('nosave_save', word('NOSAVE'), word('SAVE'))),
      since('7.0.0', optional(word('NOW'))),
      since('7.0.0', optional(word('FORCE'))),
      since('7.0.0', optional(word('ABORT'))),
    ],
    // It would end whoever runs the examples.
    examples: [],
    handler: shutdown,
  },
];

function shutdown({ server }: Context, args: Args): void {
  const given = new Set<string>();
  for (let i = 1; i < args.count; i++) {
    const option = ['NOSAVE', 'SAVE', 'NOW', 'FORCE', 'ABORT'].find((known) => args.is(i, known));
    if (option === undefined) throw new CommandError(SYNTAX_ERROR);
    given.add(option);
  }
  if ((given.has('ABORT') && given.size > 1) || (given.has('SAVE') && given.has('NOSAVE')))
    throw new CommandError(SYNTAX_ERROR);
  if (given.has('ABORT')) throw new CommandError('ERR No shutdown in progress.');
  const mode = given.has('NOSAVE') ? 'nosave' : given.has('SAVE') ? 'save' : 'default';
  // Where it succeeds there is nobody left to answer.
  if (!server.shutdown(mode)) throw new CommandError('ERR Errors trying to SHUTDOWN. Check logs.');
}
