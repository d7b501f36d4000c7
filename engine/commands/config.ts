import type { Args } from '../args.ts';
import type { Parameter } from '../config.ts';
import { CommandError, SYNTAX_ERROR } from '../errors.ts';
import { Glob } from '../keyspace/glob.ts';
import { isAllowed } from './checks.ts';
import type { CommandFlag, CommandSpec, Context } from './contract.ts';
import { block, multiple, string } from './grammar.ts';

const FLAGS: readonly CommandFlag[] = ['admin', 'noscript', 'loading', 'stale'];

export const CONFIG: CommandSpec = {
  name: 'config',
  group: 'server',
  since: '2.0.0',
  summary: 'Holds the commands about settings.',
  flags: [],
  arguments: [],
  examples: [],
  helpSince: '5.0.0',
  subcommands: [
    {
      name: 'get',
      group: 'server',
      since: '2.0.0',
      summary: 'Tells the settings whose names match.',
      complexity: 'O(N)',
      flags: FLAGS,
      history: [['7.0.0', 'Takes several patterns.']],
      arguments: [multiple(block('parameter', string('parameter')))],
      usage: '<pattern> [<pattern> ...]',
      examples: ['CONFIG GET maxmemory', 'CONFIG GET append*'],
      handler: configGet,
    },
    {
      name: 'set',
      group: 'server',
      since: '2.0.0',
      summary: 'Changes settings, all that are given or none.',
      complexity: 'O(N)',
      flags: FLAGS,
      tips: ['request_policy:all_nodes', 'response_policy:all_succeeded'],
      history: [['7.0.0', 'Takes several settings.']],
      arguments: [multiple(block('parameter_value', string('parameter'), string('value')))],
      examples: ['CONFIG SET timeout 0'],
      secrets(args) {
        const values = Array.from({ length: Math.max(0, args.count - 3) }, (_, i) => i + 3);
        return values.filter((i) => i % 2 === 1 && args.is(i - 1, 'REQUIREPASS'));
      },
      handler: configSet,
    },
    {
      name: 'resetstat',
      group: 'server',
      since: '2.0.0',
      summary: 'Begins the statistics of INFO anew.',
      complexity: 'O(1)',
      flags: FLAGS,
      arguments: [],
      examples: ['CONFIG RESETSTAT'],
      handler({ reply, server, registry }) {
        server.resetStats();
        registry.restoreCounts();
        reply.ok();
      },
    },
    {
      name: 'rewrite',
      group: 'server',
      since: '2.8.0',
      summary:
        'Writes the settings into the file that the server was started with, and keeps its comments and its order.',
      complexity: 'O(1)',
      flags: FLAGS,
      arguments: [],
      examples: [],
      handler({ reply, server }) {
        if (server.facts.configFile === '') throw new CommandError('ERR The server is running without a config file');
        const problem = server.rewriteConfig();
        if (problem !== null) throw new CommandError(`ERR Rewriting config file: ${problem}`);
        reply.ok();
      },
    },
  ],
};

function configGet({ config, reply }: Context, args: Args): void {
  const found = new Map<string, string>();
  for (let i = 2; i < args.count; i++) {
    const asked = args.latin1(i);
    if (!/[[*?]/.test(asked)) {
      // A name comes back as it was asked for.
      const parameter = config.parameter(asked);
      if (parameter !== undefined) found.set(asked, config.text(parameter.name));
      continue;
    }
    const glob = new Glob(args.copy(i), true);
    for (const name of config.names()) {
      if (glob.matchesText(name)) found.set(name, config.text(config.parameter(name)?.name ?? name));
    }
  }
  reply.map(found.size);
  for (const [name, value] of found) {
    reply.text(name);
    reply.text(value);
  }
}

function configSet(context: Context, args: Args): void {
  const { config, reply } = context;
  if (args.count % 2 !== 0) throw new CommandError(SYNTAX_ERROR);
  const changes: { parameter: Parameter; alias: string; value: string }[] = [];
  // An older name counts as a setting of its own.
  const seen = new Set<string>();
  for (let i = 2; i < args.count; i += 2) {
    const name = args.utf8(i);
    const parameter = config.parameter(name);
    if (!parameter)
      throw new CommandError(`ERR Unknown option or number of arguments for CONFIG SET - '${args.quoted(i)}'`);
    if (parameter.isImmutable === true) throw failed(name, "can't set immutable config");
    if (parameter.isProtected === true && !isAllowed(config, 'enable-protected-configs', context.session)) {
      throw failed(name, "can't set protected config");
    }
    const alias = name.toLowerCase();
    if (seen.has(alias)) throw failed(name, 'duplicate parameter');
    seen.add(alias);
    changes.push({ parameter, alias, value: args.utf8(i + 1) });
  }
  for (const { parameter, alias, value } of changes) {
    const error = parameter.isStartOnly === true ? "can't set immutable config" : config.check(parameter.name, value);
    if (error !== null) throw failed(alias, error);
  }
  for (const { parameter, value } of changes) config.set(parameter.name, value);
  reply.ok();
}

function failed(name: string, error: string): CommandError {
  return new CommandError(`ERR CONFIG SET failed (possibly related to argument '${name}') - ${error}`);
}
