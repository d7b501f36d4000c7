/** An engine's state between two turns, put together from its parts and handed back to them. */
import type { Blocking } from './blocking.ts';
import type { Chance } from './chance.ts';
import type { CallCounts, ServerStats } from './commands/contract.ts';
import type { Registry } from './commands/registry.ts';
import type { Config, ConfigValue } from './config.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { Keyspace, KeyspaceState } from './keyspace/keyspace.ts';
import type { LogBuffer, LogBufferState } from './persistence/log-buffer.ts';
import type { ObserverState } from './observer.ts';
import type { PauseState } from './pause.ts';
import type { PubSub, PubSubState } from './pubsub.ts';
import type { RatesState } from './rates.ts';
import type { EngineServer } from './server.ts';
import type { Session, SessionState } from './session.ts';
import type { TrackingState } from './tracking.ts';
import type { Film } from './trace/film.ts';

/** The parts of an engine that a keyframe remembers. */
export interface Parts {
  readonly keyspace: Keyspace;
  readonly config: Config;
  readonly registry: Registry;
  readonly chance: Chance;
  readonly log: LogBuffer;
  readonly film: Film;
  readonly server: EngineServer;
  readonly sessions: Map<number, Session>;
  readonly blocking: Blocking;
  readonly pubsub: PubSub;
  readonly dispatcher: Dispatcher;
}

export interface PartsState {
  readonly keyspace: KeyspaceState;
  readonly sessions: readonly SessionState[];
  readonly pubsub: PubSubState;
  readonly observer: ObserverState;
  readonly pause: PauseState;
  readonly tracking: TrackingState;
  readonly nextWait: number;
  readonly chance: Int32Array;
  readonly config: ReadonlyMap<string, ConfigValue>;
  readonly log: LogBufferState;
  readonly causeIndex: number;
  readonly nowMs: number;
  readonly isActiveExpire: boolean;
  readonly skipsChecksums: boolean;
  readonly replId: string;
  readonly savedImage: Uint8Array | null;
  readonly logFailure: string | null;
  readonly stats: ServerStats;
  readonly rates: RatesState;
  readonly mostBytes: number;
  readonly calls: readonly CallCounts[];
}

export function captureParts(parts: Parts): PartsState {
  const { keyspace, server } = parts;
  return {
    keyspace: keyspace.capture(),
    sessions: [...parts.sessions.values()].map((session) => session.capture()),
    pubsub: parts.pubsub.capture(),
    observer: server.observer.capture(),
    tracking: server.tracking.capture(),
    pause: parts.dispatcher.pause.capture(),
    nextWait: parts.blocking.nextOrder,
    chance: parts.chance.capture(),
    config: parts.config.capture(),
    log: parts.log.capture(),
    causeIndex: parts.film.nextIndex,
    nowMs: keyspace.nowMs,
    isActiveExpire: server.isActiveExpire,
    skipsChecksums: server.skipsChecksums,
    replId: server.replId,
    savedImage: server.savedImage,
    logFailure: parts.dispatcher.logFailure,
    calls: parts.registry.captureCounts(),
    stats: { ...server.stats, errors: new Map(server.stats.errors) },
    rates: server.rates.capture(),
    mostBytes: server.mostBytes,
  };
}

/** `open` makes the connection that a session comes back on. Nobody may be watching a key any more. */
export function restoreParts(parts: Parts, state: PartsState, open: (saved: SessionState) => Session): void {
  const { keyspace, server, sessions, blocking } = parts;
  parts.config.restore(state.config);
  keyspace.restore(state.keyspace);
  parts.chance.restore(state.chance);
  parts.log.restore(state.log);
  parts.film.nextIndex = state.causeIndex;
  keyspace.nowMs = state.nowMs;
  server.isActiveExpire = state.isActiveExpire;
  server.skipsChecksums = state.skipsChecksums;
  server.replId = state.replId;
  server.savedImage = state.savedImage;
  parts.dispatcher.pause.restore(state.pause);
  parts.dispatcher.logFailure = state.logFailure;
  parts.registry.restoreCounts(state.calls);
  Object.assign(server.stats, state.stats, { errors: new Map(state.stats.errors) });
  server.rates.restore(state.rates);
  server.mostBytes = state.mostBytes;
  sessions.clear();
  for (const saved of state.sessions) {
    const session = open(saved);
    session.restore(saved);
    for (const { db, key } of session.watched) keyspace.databases[db].watchers.watch(key, session);
    sessions.set(session.id, session);
  }
  blocking.nextOrder = state.nextWait;
  blocking.restore(sessions.values());
  server.observer.restore(state.observer, (id) => sessions.get(id));
  server.tracking.restore(state.tracking);
  parts.pubsub.restore(state.pubsub, (id) => sessions.get(id));
}
