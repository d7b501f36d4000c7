/** The only door for hosts and tests. */
export { Engine, type EngineOptions, type EngineState } from './engine.ts';
export { Loader, LogDamage, type LoadResult } from './loader.ts';
export type { AppendLog, Connection, Host, Peer } from './host.ts';
export type { Send } from './session.ts';
export { Recorder } from './trace/recorder.ts';
export { Config, PARAMETERS, type Parameter } from './config.ts';
export { formatMemory } from './memory/sizes.ts';
export { recordOf, type KeyRecord } from './inspect.ts';
export {
  overviewOf,
  valueOverviewOf,
  type LargeValue,
  type Overview,
  type TableShape,
  type ValueOverview,
  type ValueShape,
} from './overview.ts';
