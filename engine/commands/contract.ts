/**
 * What a command is: the fact sheet its author writes, what is derived from it, and what its handler is given. These
 * types need each other, so they stand together.
 */
import type { Args } from '../args.ts';
import type { Release } from '../blocking.ts';
import type { Config } from '../config.ts';
import type { Database } from '../keyspace/database.ts';
import type { LatencyHistogram } from '../latency-histogram.ts';
import type { Keyspace } from '../keyspace/keyspace.ts';
import type { Observer } from '../observer.ts';
import type { PauseKind } from '../pause.ts';
import type { PubSub } from '../pubsub.ts';
import type { Reply } from '../reply.ts';
import type { Tracking } from '../tracking.ts';
import type { QueuedCommand, Session, Wait } from '../session.ts';

/** What a command does with a key, in the words of `COMMAND INFO`. */
export type KeyFlag =
  'RO' | 'RW' | 'OW' | 'RM' | 'access' | 'update' | 'insert' | 'delete' | 'variable_flags' | 'not_key';

export type ArgumentType =
  'key' | 'string' | 'integer' | 'double' | 'pattern' | 'unix-time' | 'pure-token' | 'oneof' | 'block';

/** One argument of a command's grammar, in the terms of `COMMAND DOCS`. `grammar.ts` makes them. */
export interface Argument {
  readonly name: string;
  readonly type: ArgumentType;
  /** The word that stands before the argument, or, for a pure token, is the argument. */
  readonly token?: string;
  readonly optional?: boolean;
  /** May stand several times. */
  readonly multiple?: boolean;
  /** Where it stands several times, its word does too. */
  readonly multipleToken?: boolean;
  readonly since?: string;
  readonly deprecatedSince?: string;
  /** Of a key: what the command does with it. Also of what is no key, and yet goes where a key of that name would go. */
  readonly keyFlags?: readonly KeyFlag[];
  /** Of a key right behind another one: `COMMAND INFO` names the two together. */
  readonly joinsKey?: boolean;
  /** Of keys whose names, or whose places, no rule can tell; those that are `told` were spoken of by the argument before. */
  readonly findKeys?: 'unknown' | 'told';
  /** Of a `block` in their order, of a `oneof` to choose from. */
  readonly arguments?: readonly Argument[];
}

/** What is true of a command beyond its grammar, in the words of `COMMAND INFO`. */
export type CommandFlag =
  | 'write'
  | 'readonly'
  | 'denyoom'
  | 'admin'
  | 'pubsub'
  | 'noscript'
  | 'blocking'
  | 'loading'
  | 'stale'
  | 'skip_slowlog'
  | 'fast'
  | 'no_auth'
  | 'no_multi'
  | 'allow_busy'
  // Follows from the keys: their number stands in an argument.
  | 'movablekeys';

export type CommandGroup =
  | 'generic'
  | 'string'
  | 'list'
  | 'set'
  | 'sorted-set'
  | 'hash'
  | 'bitmap'
  | 'hyperloglog'
  | 'pubsub'
  | 'connection'
  | 'server'
  | 'transactions';

export type Handler = (context: Context, args: Args) => void;

/** Answers a client that has waited; the argument at the index is a key that has come into being. */
export type Serve = (context: Context, args: Args, index: number) => void;

/** A command's fact sheet and its handler: one block in its group's file. */
export interface CommandSpec {
  readonly name: string;
  readonly group: CommandGroup;
  readonly since: string;
  /** One sentence of our own. */
  readonly summary: string;
  readonly complexity?: string;
  readonly flags: readonly CommandFlag[];
  /** The ACL categories that do not follow from group and flags. */
  readonly categories?: readonly string[];
  /** It is not in the ACL category of its group. */
  readonly leavesGroupCategory?: boolean;
  readonly tips?: readonly string[];
  /** What changed later, by the version that changed it. */
  readonly history?: readonly (readonly [version: string, change: string])[];
  readonly docFlags?: readonly ('deprecated' | 'syscmd')[];
  readonly deprecatedSince?: string;
  readonly replacedBy?: string;
  readonly arguments: readonly Argument[];
  /** Where Redis takes more, or fewer, words than its grammar says. */
  readonly arity?: number;
  /** How HELP writes the arguments where that is clearer than the grammar. */
  readonly usage?: string;
  /** Lines as typed; a test runs every one of them. */
  readonly examples: readonly string[];
  /** Runs at once inside a transaction, where all else is queued. */
  readonly isImmediate?: boolean;
  /** Only reads, and yet may write down in the value what it found, which goes into the log as a change does. */
  readonly remembers?: boolean;
  /** Takes memory, though Redis does not count it among those that do. */
  readonly takesMemory?: boolean;
  /** Which of its words nobody else may see: passwords. */
  readonly secrets?: (args: Args) => readonly number[];
  /** Refused unless `enable-debug-command` allows it. */
  readonly isProtected?: boolean;
  /** What a call does with its keys, where that depends on its options. The words from `first` on are the call. */
  readonly keyFlagsOf?: (args: Args, first: number) => readonly KeyFlag[];
  /** The places of the keys, where they depend on the options. The words from `first` on are the call. */
  readonly keyPlacesOf?: (args: Args, first: number) => readonly number[];
  /** Commands of two words: `CLIENT ID`. They get a HELP of their own. */
  readonly subcommands?: readonly CommandSpec[];
  /** Since when the container has HELP. */
  readonly helpSince?: string;
  readonly handler?: Handler;
  /** Of a command that waits: what it does when one of its keys is there. */
  readonly serve?: Serve;
  /** What it says when the time is over. Without a word: an array that is none. */
  readonly whenOver?: (context: Context) => void;
  /** What it says inside a transaction, where it cannot wait. Without a word: an array that is none. */
  readonly nothing?: 'null';
}

/** Where a command's keys are, in the terms of `COMMAND INFO`: from a word on, each so many words, up to a word. */
export interface KeySpec {
  readonly flags: readonly KeyFlag[];
  /** The place of the first key, the command's own name being 0; of counted keys that of their number. */
  readonly index: number;
  /** The last key counted from the first; -1 is the last word, -2 the one before. */
  readonly lastKey: number;
  readonly step: number;
  /** How many keys there are stands at `index`, and they begin right behind it. */
  readonly isCounted: boolean;
  /** There are keys, and no rule says where; the numbers above mean nothing. */
  readonly isUnknown: boolean;
}

/** A command as the engine runs it: its fact sheet, and what was derived from the grammar once. */
export interface Command {
  readonly spec: CommandSpec;
  /** In lower case; of a subcommand with its container: `client|id`. */
  readonly fullName: string;
  /** The number of arguments, the name included; negative when it is a minimum. */
  readonly arity: number;
  readonly flags: readonly string[];
  /** The ACL categories, each with its `@`. */
  readonly categories: readonly string[];
  readonly keySpecs: readonly KeySpec[];
  readonly handler: Handler | null;
  readonly isWrite: boolean;
  /** Whether a call that changed something goes into the log. EXEC does not: what it runs does. */
  readonly isLogged: boolean;
  readonly isDenyOom: boolean;
  /** Whether memory is made sure of before it runs. */
  readonly takesMemory: boolean;
  readonly isNoAuth: boolean;
  readonly isNoMulti: boolean;
  readonly isImmediate: boolean;
  readonly isProtected: boolean;
  readonly isAdmin: boolean;
  readonly isReadOnly: boolean;
  readonly isFast: boolean;
  /** Takes a moment, unless its words or its reply are long. */
  readonly isBrief: boolean;
  /** Works with keys and values alone: it changes nothing of a connection or the server, and waits for nothing. */
  readonly isPlain: boolean;
  /** Does not go into the slow log. */
  readonly isUnlogged: boolean;
  /** By their names in lower case, for a container. */
  readonly subcommands: ReadonlyMap<string, Command> | null;
  // For INFO commandstats.
  calls: number;
  rejected: number;
  failed: number;
  /** How many of the calls were timed, and how long these took together. */
  timedCalls: number;
  microseconds: number;
  histogram: LatencyHistogram | null;
}

/** What a keyframe keeps of a command. */
export interface CallCounts extends Pick<Command, 'calls' | 'rejected' | 'failed' | 'timedCalls' | 'microseconds'> {
  readonly durations: ReturnType<LatencyHistogram['capture']>;
}

/** All commands, as handlers see them. */
export interface CommandTable {
  /** In the order of their registration. */
  all(): readonly Command[];
  /** The same with all subcommands. */
  everyOne(): Iterable<Command>;
  find(bytes: Uint8Array, start: number, end: number): Command | null;
  /** By its full name, as `get` or `object|encoding`, whatever the case. */
  byName(name: string): Command | null;
  /** Without counts, all begin at 0. */
  restoreCounts(counts?: readonly CallCounts[]): void;
}

/** What a handler works with. One object an engine, its fields set anew before each command. */
export interface Context {
  readonly keyspace: Keyspace;
  readonly reply: Reply;
  readonly config: Config;
  readonly server: Server;
  readonly registry: CommandTable;
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
  /** What replicas would know this server's history by. */
  replicationId(): string;
  changeReplicationId(): void;
  readonly facts: ServerFacts;
  readonly stats: ServerStats;
  /** The most bytes that were in use whenever somebody looked, which the engine does at each tick. */
  peakMemoryBytes(): number;
  sessions(): Iterable<Session>;
  readonly pubsub: PubSub;
  readonly observer: Observer;
  readonly tracking: Tracking;
  /** Writes something for a session that did not ask for it, to be sent at the end of the turn. */
  push(session: Session, write: (reply: Reply) => void): void;
  session(id: number): Session | undefined;
  /** Makes all clients wait that want to change something, or whatever they want, through this millisecond. */
  pause(kind: PauseKind, endMs: number): void;
  unpause(): void;
  /** Ends a connection: after the replies that it still gets, or at once. */
  closeSession(session: Session, how: 'after-reply' | 'now'): void;
  /** Whether changes go into a log at all; where not, nobody need work out what to say there. */
  isLogging(): boolean;
  /** The command just run goes into the log in these words instead of its own. Several calls: several commands. */
  logInstead(...argv: (string | Uint8Array)[]): void;
  /** Puts a command of that database into the log at once, ahead of the one that is running. */
  logFor(db: number, argv: readonly (string | Uint8Array)[]): void;
  /** The image that `DEBUG RELOAD` saved last, `null` before. */
  image(): Uint8Array | null;
  keepImage(image: Uint8Array): void;
  /** Empties all databases and reads the log from its beginning; false when there is none, or it cannot be read. */
  reloadLog(): boolean;
  /** The command just run does not go into the log. */
  logNothing(): void;
  /** Runs a queued command for EXEC: no queueing, no reply of its own but the command's. */
  runQueued(queued: QueuedCommand): void;
  /** All changes up to `endGroup` stand or fall together in the log. */
  beginGroup(): void;
  endGroup(): void;
  /** Whether a client may be let wait: not while a transaction runs. */
  mayWait(): boolean;
  wait(session: Session, wait: Omit<Wait, 'order'>): void;
  /** Lets a client go that waits; false when it does not. */
  release(session: Session, how: Release): boolean;
  waitingClients(): number;
  /** 32 bits by chance, from the host's seed. */
  chance(): number;
  sleep(ms: number): void;
  /** Writes the settings into their file; `null` when that is done, otherwise why not. */
  rewriteConfig(): string | null;
  /** False when the host cannot be shut down. */
  shutdown(mode: 'save' | 'nosave' | 'default'): boolean;
  resetStats(): void;
  /** How many commands a second there have been lately, how many bytes of input, and of output. */
  ratesASecond(): { readonly commands: number; readonly inputBytes: number; readonly outputBytes: number };
  /** Whether RESTORE checks that a payload arrived as it was sent (`DEBUG SET-SKIP-CHECKSUM-VALIDATION`). */
  checksDumps(): boolean;
  setChecksDumps(checks: boolean): void;
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
  readonly systemMemoryBytes?: number;
  /** The processor time used so far. */
  readonly cpuSeconds?: () => { readonly user: number; readonly system: number };
}

export interface ServerStats {
  connections: number;
  rejectedConnections: number;
  commands: number;
  inputBytes: number;
  outputBytes: number;
  /** Pieces of input that were looked at, and pieces of output that were sent. */
  reads: number;
  writes: number;
  /** Error replies by their first word. */
  errors: Map<string, number>;
}
