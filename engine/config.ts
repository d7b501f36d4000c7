/** Every setting: its name in redis.conf, what it may be, and what it is. */
import { EVICTION_POLICIES } from './keyspace/eviction.ts';
import { parseMemory } from './memory/sizes.ts';
import { DEFAULT_OUTPUT_LIMITS, readOutputLimits } from './output-limits.ts';
import { parseEventKinds, printEventKinds } from './keyspace/events.ts';

interface Base {
  readonly name: string;
  readonly alias?: string;
  /** Fixed once the engine runs. */
  readonly isImmutable?: boolean;
  /** The host reads it when it starts, and could not follow a change. */
  readonly isStartOnly?: boolean;
  /** Refused by CONFIG SET unless `enable-protected-configs` allows it. */
  readonly isProtected?: boolean;
}

export type Parameter = Base &
  (
    | { readonly type: 'bool'; readonly default: boolean }
    | {
        readonly type: 'integer' | 'memory';
        readonly default: number;
        readonly min: number;
        readonly max: number;
        /** What is taken, and means no more, or no less, than this. */
        readonly least?: number;
        readonly most?: number;
      }
    | { readonly type: 'enum'; readonly default: string; readonly values: readonly string[] }
    | {
        readonly type: 'string';
        readonly default: string;
        /** What becomes of the text, given what was there before; without it the text itself is the value. */
        readonly reads?: (text: string, before: string) => { readonly value: string } | { readonly error: string };
      }
    /** Kinds of events, each a letter. */
    | { readonly type: 'events'; readonly default: number }
  );

const MIB = 1024 * 1024;
const INT_MAX = 2 ** 31 - 1;
const UINT_MAX = 2 ** 32 - 1;
/** Rounded up to 2^63, which `limitText` takes back. */
const LONG_MAX = 2 ** 63;

export const PARAMETERS: readonly Parameter[] = [
  { name: 'activerehashing', type: 'bool', default: true },
  { name: 'appendfsync', type: 'enum', default: 'everysec', values: ['everysec', 'always', 'no'] },
  { name: 'appendonly', type: 'bool', default: false },
  { name: 'appendfilename', type: 'string', default: 'appendonly.aof', isImmutable: true },
  { name: 'appenddirname', type: 'string', default: 'appendonlydir', isImmutable: true },
  { name: 'aof-load-truncated', type: 'bool', default: true },
  { name: 'bind', type: 'string', default: '127.0.0.1 -::1', isStartOnly: true },
  {
    name: 'client-output-buffer-limit',
    ...{ type: 'string', default: DEFAULT_OUTPUT_LIMITS, reads: readOutputLimits },
  },
  { name: 'client-query-buffer-limit', type: 'memory', default: 1024 * MIB, min: MIB, max: LONG_MAX },
  { name: 'databases', type: 'integer', default: 16, min: 1, max: 16384, isImmutable: true },
  { name: 'dir', type: 'string', default: '.', isProtected: true },
  { name: 'dbfilename', type: 'string', default: 'dump.rdb', isProtected: true },
  { name: 'enable-debug-command', type: 'enum', default: 'no', values: ['no', 'yes', 'local'], isImmutable: true },
  { name: 'enable-protected-configs', type: 'enum', default: 'no', values: ['no', 'yes', 'local'], isImmutable: true },
  { name: 'enable-module-command', type: 'enum', default: 'no', values: ['no', 'yes', 'local'], isImmutable: true },
  {
    name: 'hash-function',
    type: 'enum',
    default: 'halfsiphash',
    values: ['halfsiphash', 'fnv1a', 'murmur3', 'sum'],
    isImmutable: true,
  },
  {
    name: 'hash-max-listpack-entries',
    alias: 'hash-max-ziplist-entries',
    ...{ type: 'integer', default: 512, min: 0, max: LONG_MAX },
  },
  {
    name: 'hash-max-listpack-value',
    alias: 'hash-max-ziplist-value',
    ...{ type: 'memory', default: 64, min: 0, max: LONG_MAX },
  },
  { name: 'hll-sparse-max-bytes', type: 'memory', default: 3000, min: 0, max: LONG_MAX },
  { name: 'hz', type: 'integer', default: 10, min: 0, max: INT_MAX, least: 1, most: 500 },
  {
    name: 'list-max-listpack-size',
    alias: 'list-max-ziplist-size',
    ...{ type: 'integer', default: -2, min: -INT_MAX - 1, max: INT_MAX },
  },
  { name: 'lfu-decay-time', type: 'integer', default: 1, min: 0, max: INT_MAX },
  { name: 'lfu-log-factor', type: 'integer', default: 10, min: 0, max: INT_MAX },
  { name: 'list-compress-depth', type: 'integer', default: 0, min: 0, max: INT_MAX },
  { name: 'latency-monitor-threshold', type: 'integer', default: 0, min: 0, max: LONG_MAX },
  { name: 'latency-tracking', type: 'bool', default: true },
  { name: 'latency-tracking-info-percentiles', type: 'string', default: '50 99 99.9' },
  { name: 'maxclients', type: 'integer', default: 10000, min: 1, max: UINT_MAX },
  { name: 'maxmemory', type: 'memory', default: 0, min: 0, max: LONG_MAX },
  { name: 'maxmemory-policy', type: 'enum', default: 'noeviction', values: EVICTION_POLICIES },
  { name: 'maxmemory-samples', type: 'integer', default: 5, min: 1, max: INT_MAX },
  { name: 'maxmemory-eviction-tenacity', type: 'integer', default: 10, min: 0, max: 100 },
  { name: 'notify-keyspace-events', type: 'events', default: 0 },
  { name: 'port', type: 'integer', default: 6380, min: 0, max: 65535, isStartOnly: true },
  { name: 'http-port', type: 'integer', default: 8080, min: 0, max: 65535, isStartOnly: true },
  { name: 'protected-mode', type: 'bool', default: true },
  { name: 'proto-max-bulk-len', type: 'memory', default: 512 * MIB, min: MIB, max: LONG_MAX },
  { name: 'rdbcompression', type: 'bool', default: true },
  { name: 'requirepass', type: 'string', default: '' },
  { name: 'save', type: 'string', default: '' },
  { name: 'set-max-intset-entries', type: 'integer', default: 512, min: 0, max: LONG_MAX },
  { name: 'slowlog-log-slower-than', type: 'integer', default: 10000, min: -1, max: LONG_MAX },
  { name: 'slowlog-max-len', type: 'integer', default: 128, min: 0, max: LONG_MAX },
  { name: 'tcp-backlog', type: 'integer', default: 511, min: 0, max: INT_MAX, isImmutable: true },
  { name: 'tcp-keepalive', type: 'integer', default: 300, min: 0, max: INT_MAX },
  { name: 'timeout', type: 'integer', default: 0, min: 0, max: INT_MAX },
  { name: 'value-compression', type: 'bool', default: false },
  { name: 'value-compression-threshold', type: 'memory', default: 256, min: 64, max: LONG_MAX },
  { name: 'tracking-table-max-keys', type: 'integer', default: 1_000_000, min: 0, max: LONG_MAX },
  { name: 'zset-index', type: 'enum', default: 'skiplist', values: ['skiplist', 'avl'] },
  {
    name: 'zset-max-listpack-entries',
    alias: 'zset-max-ziplist-entries',
    ...{ type: 'integer', default: 128, min: 0, max: LONG_MAX },
  },
  {
    name: 'zset-max-listpack-value',
    alias: 'zset-max-ziplist-value',
    ...{ type: 'memory', default: 64, min: 0, max: LONG_MAX },
  },
];

export type ConfigValue = string | number | boolean;

/** The settings of one engine. Setting one checks it, and tells whoever depends on it. */
export class Config {
  private readonly values = new Map<string, ConfigValue>();
  private readonly byName = new Map<string, Parameter>();
  private readonly listeners: ((name: string) => void)[] = [];
  private readonly guards = new Map<string, (text: string) => string | null>();

  constructor(initial: Readonly<Record<string, string>> = {}) {
    for (const parameter of PARAMETERS) {
      this.byName.set(parameter.name, parameter);
      if (parameter.alias !== undefined) this.byName.set(parameter.alias, parameter);
      this.values.set(parameter.name, parameter.default);
    }
    for (const [name, text] of Object.entries(initial)) {
      const error = this.set(name, text);
      if (error !== null) throw new Error(`${name} ${text}: ${error}`);
    }
  }

  parameter(name: string): Parameter | undefined {
    return this.byName.get(name.toLowerCase());
  }

  /** All names and older names, in the order of the list above. */
  names(): Iterable<string> {
    return this.byName.keys();
  }

  number(name: string): number {
    return Number(this.values.get(name));
  }

  isOn(name: string): boolean {
    return this.values.get(name) === true;
  }

  /** The value as CONFIG GET shows it. */
  text(name: string): string {
    const value = this.values.get(name);
    if (typeof value === 'boolean') return value ? 'yes' : 'no';
    if (this.byName.get(name)?.type === 'events') return printEventKinds(Number(value));
    return typeof value === 'number' ? limitText(value) : (value ?? '');
  }

  /** Checks the text and takes it over; otherwise says what is wrong with it and changes nothing. */
  set(name: string, text: string): string | null {
    const parameter = this.parameter(name);
    if (!parameter) return 'Unknown option';
    const parsed = parseValue(parameter, text, this.text(parameter.name));
    if ('error' in parsed) return parsed.error;
    const objection = this.guards.get(parameter.name)?.(text) ?? null;
    if (objection !== null) return objection;
    this.values.set(parameter.name, parsed.value);
    for (const listener of this.listeners) listener(parameter.name);
    return null;
  }

  /** What `set` would say, without doing it. */
  check(name: string, text: string): string | null {
    const parameter = this.parameter(name);
    if (!parameter) return 'Unknown option';
    const parsed = parseValue(parameter, text, this.text(parameter.name));
    return 'error' in parsed ? parsed.error : (this.guards.get(parameter.name)?.(text) ?? null);
  }

  /** A host may object to a value that is well formed, and says why; `null` lets it pass. */
  guard(name: string, objection: (text: string) => string | null): void {
    this.guards.set(name, objection);
  }

  onChange(listener: (name: string) => void): void {
    this.listeners.push(listener);
  }

  capture(): ReadonlyMap<string, ConfigValue> {
    return new Map(this.values);
  }

  restore(values: ReadonlyMap<string, ConfigValue>): void {
    for (const [name, value] of values) this.values.set(name, value);
    for (const name of values.keys()) for (const listener of this.listeners) listener(name);
  }
}

type Parsed = { readonly value: ConfigValue } | { readonly error: string };

function parseValue(parameter: Parameter, text: string, before: string): Parsed {
  switch (parameter.type) {
    case 'bool': {
      const word = text.toLowerCase();
      return word === 'yes' || word === 'no' ? { value: word === 'yes' } : { error: "argument must be 'yes' or 'no'" };
    }
    case 'enum': {
      const value = parameter.values.find((candidate) => candidate === text.toLowerCase());
      const known = parameter.values.join(', ');
      return value === undefined ? { error: `argument(s) must be one of the following: ${known}` } : { value };
    }
    case 'integer':
    case 'memory': {
      const value = parameter.type === 'memory' ? parseMemory(text) : readInteger(text);
      const kind = parameter.type === 'memory' ? 'a memory value' : 'an integer';
      if (value === null)
        return {
          error: parameter.type === 'memory' ? `argument must be ${kind}` : `argument couldn't be parsed into ${kind}`,
        };
      const { min, max } = parameter;
      return value < min || value > max
        ? { error: `argument must be between ${min} and ${limitText(max)} inclusive` }
        : { value: Math.min(Math.max(value, parameter.least ?? min), parameter.most ?? max) };
    }
    case 'string':
      return parameter.reads?.(text, before) ?? { value: text };
    case 'events': {
      const value = parseEventKinds(text);
      return value === null ? { error: "Invalid event class character. Use 'Ag$lshzxeKEtmdn'." } : { value };
    }
  }
}

/** An integer of 64 bits; what is longer is none. */
function readInteger(text: string): number | null {
  const value = /^-?\d+$/.test(text) ? Number(text) : NaN;
  return Math.abs(value) <= LONG_MAX ? value : null;
}

function limitText(limit: number): string {
  return limit === LONG_MAX ? '9223372036854775807' : String(limit);
}
