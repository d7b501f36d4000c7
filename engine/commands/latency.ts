import type { Args } from '../args.ts';
import { CommandError } from '../errors.ts';
import type { LatencyEvent } from '../latency-monitor.ts';
import type { Argument, Command, CommandFlag, CommandSpec, Context } from './contract.ts';
import { multiple, optional, string } from './grammar.ts';
import { sparkline } from './sparkline.ts';

const FLAGS: readonly CommandFlag[] = ['admin', 'noscript', 'loading', 'stale'];
const TIPS = ['nondeterministic_output', 'request_policy:all_nodes', 'response_policy:special'];
const GRAPH_COLUMNS = 80;
const SOMETHING = ['CONFIG SET latency-monitor-threshold 1', 'DEBUG SLEEP 0.01'];

export const LATENCY: CommandSpec = {
  name: 'latency',
  group: 'server',
  since: '2.8.13',
  summary: 'Holds the commands about what held up the server.',
  complexity: 'Depends on subcommand.',
  flags: [],
  arguments: [],
  examples: [],
  subcommands: [
    asking('doctor', [], 'Says in words what held up the server, and what might help.', doctor),
    asking('graph', [string('event')], 'Draws how long the latest events of a kind took.', graph),
    asking(
      'history',
      [string('event')],
      'Lists when the latest events of a kind were, and how long they took.',
      history,
    ),
    asking('latest', [], 'Tells of each kind of event when the latest was, how long it took, and the longest.', latest),
    {
      name: 'reset',
      group: 'server',
      since: '2.8.13',
      summary: 'Forgets the events of some kinds, or of all, and tells of how many kinds there were any.',
      complexity: 'O(1)',
      flags: FLAGS,
      tips: ['request_policy:all_nodes', 'response_policy:all_succeeded'],
      arguments: [optional(multiple(string('event')))],
      examples: ['LATENCY RESET', 'LATENCY RESET command'],
      handler({ reply, server }, args) {
        const { latency } = server.observer;
        const names =
          args.count === 2
            ? latency.events().map(({ name }) => name)
            : Array.from({ length: args.count - 2 }, (_, i) => args.latin1(i + 2));
        reply.integer(names.filter((name) => latency.forget(name)).length);
      },
    },
    {
      ...asking(
        'histogram',
        [optional(multiple(string('command')))],
        'Tells how many calls of some commands, or of all, took how long at most.',
        histogram,
      ),
      since: '7.0.0',
      complexity: 'O(N)',
      examples: ['LATENCY HISTOGRAM', 'LATENCY HISTOGRAM set get'],
    },
  ],
};

function asking(
  name: string,
  words: readonly Argument[],
  summary: string,
  handler: (context: Context, args: Args) => void,
): CommandSpec {
  const line = `LATENCY ${name.toUpperCase()}`;
  return {
    ...{ name, group: 'server', since: '2.8.13', summary, complexity: 'O(1)', flags: FLAGS, tips: TIPS },
    // Nothing can be drawn where nothing happened.
    examples: [...(name === 'graph' ? SOMETHING : []), words.length === 0 ? line : `${line} command`],
    ...{ arguments: words, handler },
  };
}

function latest({ reply, server }: Context): void {
  const events = server.observer.latency.events();
  reply.array(events.length);
  for (const { name, samples, longestMs } of events) {
    const last = samples.at(-1);
    reply.array(4);
    reply.text(name);
    reply.integer(last?.atSeconds ?? 0);
    reply.integer(last?.milliseconds ?? 0);
    reply.integer(longestMs);
  }
}

function history({ reply, server }: Context, args: Args): void {
  const samples = server.observer.latency.event(args.latin1(2))?.samples ?? [];
  reply.array(samples.length);
  for (const { atSeconds, milliseconds } of samples) {
    reply.array(2);
    reply.integer(atSeconds);
    reply.integer(milliseconds);
  }
}

function graph({ reply, server }: Context, args: Args): void {
  const event = server.observer.latency.event(args.latin1(2));
  if (event === undefined) throw new CommandError(`ERR No samples available for event '${args.quoted(2)}'`);
  const nowSeconds = Math.floor(server.nowMs / 1000);
  const values = event.samples.map(({ milliseconds }) => milliseconds);
  const picture = sparkline(
    event.samples.map(({ atSeconds, milliseconds }) => ({ value: milliseconds, label: ago(nowSeconds - atSeconds) })),
    GRAPH_COLUMNS,
  );
  const [high, low] = [Math.max(...values), Math.min(...values)];
  const title = `${args.latin1(2)} - high ${high} ms, low ${low} ms (all time high ${event.longestMs} ms)`;
  reply.verbatim('txt', `${title}\n${'-'.repeat(GRAPH_COLUMNS)}\n${picture}`);
}

/** So long ago, in the largest unit that is not too coarse. */
function ago(seconds: number): string {
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  return seconds < 86400 ? `${Math.floor(seconds / 3600)}h` : `${Math.floor(seconds / 86400)}d`;
}

function histogram({ reply, registry }: Context, args: Args): void {
  const all =
    args.count === 2
      ? [...registry.everyOne()]
      : Array.from({ length: args.count - 2 }, (_, i) => withSubcommands(registry.byName(args.latin1(i + 2)))).flat();
  const timed = all.flatMap(({ fullName, histogram: durations }) => (durations ? [{ fullName, durations }] : []));
  reply.map(timed.length);
  for (const { fullName, durations } of timed) {
    const bounds = durations.bounds();
    reply.text(fullName);
    reply.map(2);
    reply.text('calls');
    reply.integer(durations.total);
    reply.text('histogram_usec');
    reply.map(bounds.length);
    for (const [microseconds, calls] of bounds) {
      reply.integer(microseconds);
      reply.integer(calls);
    }
  }
}

function withSubcommands(command: Command | null): readonly Command[] {
  return command === null ? [] : [command, ...(command.subcommands?.values() ?? [])];
}

function doctor({ reply, server, config }: Context): void {
  const events = server.observer.latency.events();
  reply.verbatim('txt', diagnosis(events, config.number('latency-monitor-threshold')));
}

function diagnosis(events: readonly LatencyEvent[], thresholdMs: number): string {
  if (thresholdMs === 0)
    return 'Nobody is looking: CONFIG SET latency-monitor-threshold says from how many milliseconds on something took long.\n';
  if (events.length === 0) return `Nothing has taken ${thresholdMs} ms or longer. There is nothing to cure.\n`;
  const lines = events.map((event, i) => `${i + 1}. ${event.name}: ${findings(event)}`);
  const advice = ['SLOWLOG GET tells which calls took long, and from whom they came.'];
  if (events.some(({ name }) => name === 'command'))
    advice.push(
      'A command that walks over a whole collection takes as long as the collection is large: take it in parts.',
    );
  if (events.some(({ name }) => name.startsWith('aof')))
    advice.push('Writing the log waits for the disk: appendfsync everysec waits for it once a second at most.');
  if (events.some(({ name }) => name.startsWith('expire') || name.startsWith('evict')))
    advice.push('Large values that go together, at one time or for want of memory, are best made of smaller ones.');
  return `${lines.join('\n')}\n\n${advice.map((line) => `- ${line}\n`).join('')}`;
}

function findings({ samples, longestMs }: LatencyEvent): string {
  const times = samples.map(({ milliseconds }) => milliseconds);
  const mean = times.reduce((total, ms) => total + ms, 0) / times.length;
  const deviation = times.reduce((total, ms) => total + Math.abs(ms - mean), 0) / times.length;
  const spanSeconds = (samples.at(-1)?.atSeconds ?? 0) - samples[0].atSeconds;
  const period = samples.length > 1 ? `, one in ${(spanSeconds / (samples.length - 1)).toFixed(2)} s` : '';
  return `${samples.length} times, ${Math.round(mean)} ms on average, give or take ${Math.round(deviation)}${period}. The longest: ${longestMs} ms.`;
}
