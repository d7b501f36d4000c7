import type { Config } from '../config.ts';
import type { Database } from '../keyspace/database.ts';
import type { Keyspace } from '../keyspace/keyspace.ts';
import type { Reply } from '../reply.ts';
import type { Session } from '../session.ts';
import type { Args } from '../args.ts';
import type { Command } from './command.ts';
import type { Registry } from './registry.ts';

/** What a handler works with. One object an engine, its fields set anew before each command. */
export interface Context {
  readonly keyspace: Keyspace;
  readonly reply: Reply;
  readonly config: Config;
  readonly server: Server;
  readonly registry: Registry;
  session: Session;
  /** The session's selected database. */
  db: Database;
  command: Command;
}

/** What commands ask of the engine as a whole. */
export interface Server {
  /** Milliseconds since 1970, with a fraction; the same during a whole turn. */
  readonly nowMs: number;
  readonly startMs: number;
  readonly runId: string;
  readonly facts: ServerFacts;
  readonly stats: ServerStats;
  /** The most bytes that were in use whenever somebody looked, which the engine does at each tick. */
  peakMemoryBytes(): number;
  sessions(): Iterable<Session>;
  session(id: number): Session | undefined;
  /** Ends a connection: after the replies that it still gets, or at once. */
  closeSession(session: Session, how: 'after-reply' | 'now'): void;
  /** Whether changes go into a log at all; where not, nobody need work out what to say there. */
  isLogging(): boolean;
  /** The command just run goes into the log in these words instead of its own. Several calls: several commands. */
  logInstead(...argv: (string | Uint8Array)[]): void;
  /** The command just run does not go into the log. */
  logNothing(): void;
  /** Runs a queued command for EXEC: no queueing, no reply of its own but the command's. */
  runQueued(command: Command, args: Args): void;
  /** All changes up to `endGroup` stand or fall together in the log. */
  beginGroup(): void;
  endGroup(): void;
  /** 32 bits by chance, from the host's seed. */
  chance(): number;
  sleep(ms: number): void;
  /** False when the host cannot be shut down. */
  shutdown(mode: 'save' | 'nosave' | 'default'): boolean;
  resetStats(): void;
  /** Sets whether keys expire on their own as time goes by (`DEBUG SET-ACTIVE-EXPIRE`). */
  setActiveExpire(active: boolean): void;
  persistenceInfo(): readonly (readonly [string, string | number])[];
}

/** What only the host knows, for INFO. */
export interface ServerFacts {
  readonly os: string;
  readonly processId: number;
  readonly tcpPort: number;
  readonly executable: string;
  readonly configFile: string;
  /** Where the engine lives: `node`, `worker`, `memory`. */
  readonly host: string;
  /** The processor time used so far. */
  readonly cpuSeconds?: () => { readonly user: number; readonly system: number };
}

export interface ServerStats {
  connections: number;
  rejectedConnections: number;
  commands: number;
  inputBytes: number;
  outputBytes: number;
  /** Error replies by their first word. */
  errors: Map<string, number>;
}
