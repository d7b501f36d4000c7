/** All trials, one after the other, each with a name of its own that brings it back alone. */
import { Random } from '../conformance/differential/random.ts';
import { rehearseInBrowser, tryBrowserFault } from './browser-faults.ts';
import { dumpsOf, tryDamagedDump, tryDamagedImage, type Dumped } from './damaged-dumps.ts';
import { tryDamagedLog, writtenLog, type WrittenLog } from './damaged-logs.ts';
import { POLICIES, rehearse, tryNodeFault, WAYS, type Rehearsal, type Way } from './node-faults.ts';
import type { Policy } from './node-life.ts';
import { trySeed } from './seeds.ts';

/** What was tried. */
export interface Trial {
  /** For the table at the end. */
  readonly group: string;
  /** How it is kept in `kept.json`. */
  readonly kept: { readonly list: KeptList; readonly entry: unknown };
  /** Throws where a promise is broken; what became of it otherwise. */
  play(): Promise<string>;
}

export type KeptList = 'faults' | 'logs' | 'dumps' | 'images' | 'seeds';

export interface FaultEntry {
  readonly host: 'node' | 'browser';
  readonly policy: Policy;
  readonly way: Way;
  readonly n: number;
  readonly seed: number;
  readonly operations: number;
}

const HOSTS = ['node', 'browser'] as const;
/** The beginning, where directories and manifests are made, takes fewer operations than this. */
const BEHIND = 40;

const rehearsals = new Map<string, Promise<Rehearsal>>();

/** Rehearsed once for all operations that may fail in it. */
function rehearsalFor({ host, policy, seed, operations }: FaultEntry): Promise<Rehearsal> {
  const name = `${host} ${policy} ${seed} ${operations}`;
  const known = rehearsals.get(name);
  if (known) return known;
  const made = (host === 'node' ? rehearse : rehearseInBrowser)(policy, seed, operations);
  rehearsals.set(name, made);
  return made;
}

export function faultTrial(entry: FaultEntry): Trial {
  const { host, policy, way, n } = entry;
  return {
    group: `${host}, ${policy}, ${way}`,
    kept: { list: 'faults', entry },
    play: async () => (host === 'node' ? tryNodeFault : tryBrowserFault)(await rehearsalFor(entry), way, n),
  };
}

/** Every host, policy and way, at each of the operations. */
export function* faultTrials(seed: number, numbers: readonly number[]): Generator<Trial> {
  const operations = Math.max(...numbers) + BEHIND;
  for (const host of HOSTS)
    for (const policy of POLICIES)
      for (const way of WAYS) for (const n of numbers) yield faultTrial({ host, policy, way, n, seed, operations });
}

/** So many damaged files come from one, before another is written. */
const FROM_ONE = 100;

let log: { readonly seed: number; readonly written: WrittenLog } | null = null;
let dumped: { readonly seed: number; readonly dumps: Dumped } | null = null;

function logFor(seed: number): WrittenLog {
  if (log?.seed !== seed) log = { seed, written: writtenLog(seed) };
  return log.written;
}

function dumpsFor(seed: number): Dumped {
  if (dumped?.seed !== seed) dumped = { seed, dumps: dumpsOf(seed) };
  return dumped.dumps;
}

export function damageTrial(list: 'logs' | 'dumps' | 'images', number: number): Trial {
  const source = Math.floor(number / FROM_ONE);
  const play = (): string => {
    if (list === 'logs') return tryDamagedLog(logFor(source), new Random(number));
    return (list === 'dumps' ? tryDamagedDump : tryDamagedImage)(dumpsFor(source), new Random(number));
  };
  return {
    group: `damaged ${list}`,
    kept: { list, entry: number },
    play: async () => named(`${list} ${number}`, play),
  };
}

function named(name: string, play: () => string): Promise<string> {
  try {
    return Promise.resolve(play());
  } catch (error) {
    throw new Error(`damaged ${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`, {
      cause: error,
    });
  }
}

/** Half of them logs, four tenths payloads of single values, the rest images of all data. */
export function* damageTrials(seed: number, rounds: number): Generator<Trial> {
  const shares = { logs: 0.5, dumps: 0.4, images: 0.1 } as const;
  for (const list of ['logs', 'dumps', 'images'] as const) {
    for (let i = 0; i < Math.round(rounds * shares[list]); i++) yield damageTrial(list, seed * 1_000_000 + i);
  }
}

export function seedTrial(seed: number, onHash: (hash: string) => void = () => undefined): Trial {
  return {
    group: 'seeds',
    kept: { list: 'seeds', entry: seed },
    play: async () => {
      const { hash, figures } = await trySeed(seed);
      onHash(hash);
      return figures.deaths > 1 ? 'with power cuts' : 'whole';
    },
  };
}

export function* seedTrials(seed: number, rounds: number, onHash?: (hash: string) => void): Generator<Trial> {
  for (let i = 0; i < rounds; i++) yield seedTrial(seed * 1_000_000 + i, onHash);
}
