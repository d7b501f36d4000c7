/** Puts settings in force: at the start, and whenever one is changed. */
import { readPercentiles } from './commands/timings.ts';
import type { Config } from './config.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { KeyEvents } from './keyspace/events.ts';
import type { Keyspace } from './keyspace/keyspace.ts';
import { LIMIT_SETTINGS, type Limits } from './keyspace/limits.ts';
import type { IndexName } from './keyspace/sorted-sets.ts';
import type { Observer } from './observer.ts';
import type { OutputLimits } from './output-limits.ts';
import type { Tracking } from './tracking.ts';
import type { DecoderLimits } from './resp/decoder.ts';

export interface SettingParts {
  readonly keyspace: Keyspace;
  readonly events: KeyEvents;
  readonly dispatcher: Dispatcher;
  readonly observer: Observer;
  readonly tracking: Tracking;
  readonly decoderLimits: DecoderLimits;
  readonly outputLimits: OutputLimits;
  /** Whether the host keeps a log at all. */
  readonly hasLog: boolean;
}

/** What eviction goes by. */
const EVICTION = [
  ...['maxmemory-policy', 'maxmemory-samples', 'maxmemory-eviction-tenacity', 'lfu-log-factor', 'lfu-decay-time'],
];

export function followSettings(config: Config, parts: SettingParts): void {
  const { keyspace, events, dispatcher, observer, tracking, decoderLimits } = parts;
  const inForce: Record<string, (name: string) => void> = {
    'zset-index': (name) => (keyspace.sortedSets.indexName = config.text(name) as IndexName),
    'notify-keyspace-events': (name) => (events.kinds = config.number(name)),
    maxmemory: (name) => (dispatcher.maxMemoryBytes = config.number(name)),
    'proto-max-bulk-len': (name) => (decoderLimits.maxBulkBytes = config.number(name)),
    'client-output-buffer-limit': (name) => {
      parts.outputLimits.configure(config.text(name));
    },
    appendonly: (name) => (dispatcher.isLogging = parts.hasLog && config.isOn(name)),
    'slowlog-log-slower-than': (name) => (observer.slowMicroseconds = config.number(name)),
    'slowlog-max-len': (name) => (observer.mostSlowCalls = config.number(name)),
    'tracking-table-max-keys': (name) => (tracking.mostKeys = config.number(name)),
    'latency-monitor-threshold': (name) => (observer.latencyMs = config.number(name)),
    'latency-tracking': (name) => (observer.keepsHistograms = config.isOn(name)),
  };
  for (const name of EVICTION) {
    inForce[name] = () => {
      keyspace.eviction.configure(config);
    };
  }
  for (const name of ['value-compression', 'value-compression-threshold']) {
    inForce[name] = () => {
      const threshold = config.number('value-compression-threshold');
      keyspace.strings.compressFrom = config.isOn('value-compression') ? threshold : Infinity;
    };
  }
  for (const [limit, name] of Object.entries(LIMIT_SETTINGS))
    inForce[name] = () => (keyspace.limits[limit as keyof Limits] = config.number(name));
  for (const [name, put] of Object.entries(inForce)) put(name);
  config.onChange((name) => inForce[name]?.(name));
  guard(config, dispatcher.isLogging);
}

function guard(config: Config, isLogging: boolean): void {
  // A log that began in the middle would be no log: it is kept from the start, or not at all.
  config.guard('appendonly', (text) =>
    (text.toLowerCase() === 'yes') === isLogging ? null : 'the log is switched on or off when the engine starts',
  );
  config.guard('latency-tracking-info-percentiles', (text) => {
    const percents = readPercentiles(text);
    if (percents === null) return 'Invalid latency-tracking-info-percentiles parameters';
    return percents.every((percent) => percent <= 100)
      ? null
      : 'latency-tracking-info-percentiles parameters should sit between [0.0,100.0]';
  });
}
