import type { Args } from '../args.ts';
import { CommandError, SYNTAX_ERROR } from '../errors.ts';
import type { Tracked } from '../session.ts';
import type { CommandFlag, CommandSpec, Context } from './contract.ts';
import { integer, multipleBehind, oneOf, optional, string, word } from './grammar.ts';

const FLAGS: readonly CommandFlag[] = ['noscript', 'loading', 'stale'];

export const CLIENT_TRACKING: readonly CommandSpec[] = [
  {
    name: 'tracking',
    group: 'connection',
    since: '6.0.0',
    summary: 'Tells this connection, or does not, when what it has read is true no more.',
    complexity: 'O(1)',
    flags: FLAGS,
    arguments: [
      oneOf('status', word('ON'), word('OFF')),
      optional(integer('client-id', 'REDIRECT')),
      optional(multipleBehind('PREFIX', string('prefix'))),
      optional(word('BCAST')),
      optional(word('OPTIN')),
      optional(word('OPTOUT')),
      optional(word('NOLOOP')),
    ],
    usage: '(ON|OFF) [REDIRECT <id>] [BCAST] [PREFIX <prefix> [PREFIX <prefix> ...]] [OPTIN] [OPTOUT] [NOLOOP]',
    examples: ['CLIENT TRACKING ON', 'CLIENT TRACKING OFF'],
    handler: track,
  },
  {
    name: 'trackinginfo',
    group: 'connection',
    since: '6.2.0',
    summary: 'Tells how this connection tracks what it reads.',
    complexity: 'O(1)',
    flags: FLAGS,
    arguments: [],
    examples: ['CLIENT TRACKINGINFO'],
    handler: info,
  },
  {
    name: 'caching',
    group: 'connection',
    since: '6.0.0',
    summary: 'Says whether the next command, or transaction, reads something to be tracked.',
    complexity: 'O(1)',
    flags: FLAGS,
    arguments: [oneOf('mode', word('YES'), word('NO'))],
    examples: ['CLIENT TRACKING ON OPTIN', 'CLIENT CACHING YES'],
    handler: announce,
  },
  {
    name: 'getredir',
    group: 'connection',
    since: '6.0.0',
    summary: 'Tells which connection is told in place of this one: 0 for none, -1 when nothing is tracked.',
    complexity: 'O(1)',
    flags: FLAGS,
    arguments: [],
    examples: ['CLIENT GETREDIR'],
    handler({ reply, session }) {
      reply.integer(session.tracked?.redirect ?? -1);
    },
  },
];

function track(context: Context, args: Args): void {
  const { reply, session, server } = context;
  const { tracking } = server;
  const wanted = readOptions(context, args);
  if (args.is(2, 'OFF')) {
    tracking.end(session);
  } else if (args.is(2, 'ON')) {
    checkModes(wanted, session.tracked);
    const before = session.tracked?.prefixes ?? [];
    checkPrefixes(before, wanted.prefixes);
    // Without a prefix it is all keys, beside the prefixes that were named before.
    const added = wanted.isBcast && wanted.prefixes.length === 0 ? [''] : wanted.prefixes;
    const { redirect, isBroken, isBcast, option, isNoLoop } = wanted;
    const prefixes = [...new Set([...before, ...added])].sort();
    tracking.begin(session, { redirect, isBroken, isBcast, prefixes, option, isNoLoop });
  } else {
    throw new CommandError(SYNTAX_ERROR);
  }
  reply.ok();
}

type Wish = Tracked & { readonly isOptIn: boolean; readonly isOptOut: boolean };

function readOptions({ server }: Context, args: Args): Wish {
  let redirect = 0;
  let [isBcast, isOptIn, isOptOut, isNoLoop] = [false, false, false, false];
  const prefixes: string[] = [];
  for (let i = 3; i < args.count; i++) {
    const hasMore = i + 1 < args.count;
    if (args.is(i, 'REDIRECT') && hasMore) {
      if (redirect !== 0) throw new CommandError('ERR A client can only redirect to a single other client');
      redirect = args.integer(++i);
      if (!server.session(redirect)) throw new CommandError('ERR The client ID you want redirect to does not exist');
    } else if (args.is(i, 'PREFIX') && hasMore) prefixes.push(args.latin1(++i));
    else if (args.is(i, 'BCAST')) isBcast = true;
    else if (args.is(i, 'OPTIN')) isOptIn = true;
    else if (args.is(i, 'OPTOUT')) isOptOut = true;
    else if (args.is(i, 'NOLOOP')) isNoLoop = true;
    else throw new CommandError(SYNTAX_ERROR);
  }
  const option = isOptIn ? 'optin' : isOptOut ? 'optout' : null;
  return { redirect, isBroken: false, isBcast, prefixes, option, isNoLoop, isOptIn, isOptOut };
}

function checkModes({ isBcast, prefixes, isOptIn, isOptOut }: Wish, before: Tracked | null): void {
  if (!isBcast && prefixes.length > 0) throw new CommandError('ERR PREFIX option requires BCAST mode to be enabled');
  if (before !== null && before.isBcast !== isBcast) throw switched('BCAST mode on/off');
  if (isBcast && (isOptIn || isOptOut)) throw new CommandError('ERR OPTIN and OPTOUT are not compatible with BCAST');
  if (isOptIn && isOptOut) throw new CommandError("ERR You can't specify both OPTIN mode and OPTOUT mode");
  if ((isOptIn && before?.option === 'optout') || (isOptOut && before?.option === 'optin'))
    throw switched('OPTIN/OPTOUT mode');
}

function switched(what: string): CommandError {
  return new CommandError(
    `ERR You can't switch ${what} before disabling tracking for this client, and then re-enabling it with a different mode.`,
  );
}

/** Nobody is told of a key twice: no prefix of a client may begin with another one. */
function checkPrefixes(before: readonly string[], wanted: readonly string[]): void {
  const overlaps = (one: string, other: string): boolean => one.startsWith(other) || other.startsWith(one);
  const rule = 'Prefixes for a single client must not overlap.';
  wanted.forEach((prefix, i) => {
    const old = before.find((other) => overlaps(prefix, other));
    if (old !== undefined)
      throw new CommandError(`ERR Prefix '${prefix}' overlaps with an existing prefix '${old}'. ${rule}`);
    const other = wanted.slice(i + 1).find((next) => overlaps(prefix, next));
    if (other !== undefined)
      throw new CommandError(`ERR Prefix '${prefix}' overlaps with another provided prefix '${other}'. ${rule}`);
  });
}

function info({ reply, session }: Context): void {
  const { tracked, isCaching } = session;
  const flags = tracked === null ? ['off'] : ['on'];
  if (tracked?.isBcast) flags.push('bcast');
  if (tracked?.option) flags.push(tracked.option);
  if (isCaching) flags.push(tracked?.option === 'optin' ? 'caching-yes' : 'caching-no');
  if (tracked?.isNoLoop) flags.push('noloop');
  if (tracked?.isBroken) flags.push('broken_redirect');
  reply.map(3);
  reply.text('flags');
  reply.set(flags.length);
  for (const flag of flags) reply.text(flag);
  reply.text('redirect');
  reply.integer(tracked?.redirect ?? -1);
  reply.text('prefixes');
  const prefixes = tracked?.prefixes ?? [];
  reply.array(prefixes.length);
  for (const prefix of prefixes) reply.bytes(Uint8Array.from(prefix, (character) => character.charCodeAt(0)));
}

function announce({ reply, session }: Context, args: Args): void {
  if (session.tracked === null)
    throw new CommandError(
      'ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or OPTOUT mode enabled',
    );
  const isYes = args.is(2, 'YES');
  if (!isYes && !args.is(2, 'NO')) throw new CommandError(SYNTAX_ERROR);
  const option = isYes ? 'optin' : 'optout';
  if (session.tracked.option !== option)
    throw new CommandError(
      `ERR CLIENT CACHING ${isYes ? 'YES' : 'NO'} is only valid when tracking is enabled in ${option.toUpperCase()} mode.`,
    );
  session.isCaching = true;
  reply.ok();
}
