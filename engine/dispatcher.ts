import type { Args } from './args.ts';
import { indexOfKey, type Blocking } from './blocking.ts';
import { CallLog } from './call-log.ts';
import type { Command, Context } from './commands/contract.ts';
import type { Registry } from './commands/registry.ts';
import { isAllowed } from './commands/checks.ts';
import { requireRoomForArguments } from './commands/room.ts';
import { keyPlaces } from './commands/key-places.ts';
import { endTransaction } from './commands/transactions.ts';
import { NONE } from './memory/arena.ts';
import { CommandError, NO_AUTH, OUT_OF_MEMORY, notWhileListening, protectedCommand, wrongArity } from './errors.ts';
import { MANY_BYTES, NOT_TIMED, type Observer } from './observer.ts';
import { PREVIEW_BYTES } from './trace/steps.ts';
import { Pause } from './pause.ts';
import { Film } from './trace/film.ts';
import type { LogBuffer } from './persistence/log-buffer.ts';
import type { QueuedCommand, Session, Wait } from './session.ts';

/** In RESP2 messages cannot be told from replies, so that who listens may ask for little else. */
const WHILE_LISTENING = new Set([
  ...['subscribe', 'unsubscribe', 'psubscribe', 'punsubscribe', 'ssubscribe', 'sunsubscribe', 'ping', 'quit', 'reset'],
]);

export interface DispatcherParts {
  readonly blocking: Blocking;
  /** From `start` to its end the reply buffer is for this session, who sent nothing in this turn. */
  readonly onAnswer: (session: Session, start: number) => void;
  readonly context: Context;
  readonly registry: Registry;
  readonly log: LogBuffer;
  readonly film: Film;
}

/** Messages go the way of changes, and so are refused to whoever may make none. */
const PUBLISHING = new Set(['publish', 'spublish']);

/** What a log holds besides the commands that change something. */
const BETWEEN_CHANGES = new Set(['select', 'multi', 'exec']);

/** How much of a strange command is quoted back. */
const QUOTED_BYTES = 128;

/**
 * From a request to its handler: finds the command, checks what can be checked without running it, queues it inside a
 * transaction, runs it, and puts it into the log when it changed something.
 */
export class Dispatcher {
  readonly context: Context;
  /** Whether changes go into the log. */
  isLogging = false;
  /** Why the log cannot be written; writes are refused while there is a reason. */
  logFailure: string | null = null;
  readonly pause = new Pause();
  readonly callLog: CallLog;
  /** No more memory than this, when it is not 0. */
  maxMemoryBytes = 0;

  private readonly observer: Observer;
  private readonly blocking: Blocking;
  private readonly onAnswer: DispatcherParts['onAnswer'];
  private readonly registry: Registry;
  private readonly log: LogBuffer;
  private readonly film: Film;
  /** Whether those who wait are answered after each command, and not by somebody else later. */
  private isServing = true;
  /** How many errors had been written when the present command began, or when the last one was counted. */
  private errorsBefore = 0;
  /** Whose plain commands can be run at once, without asking: until anything else is run. */
  private usualSession: Session | null = null;
  /** Where the reply of the command that is being run begins, when it is to be taken back. */
  private silentFrom = -1;
  private readonly preview = new Uint8Array(PREVIEW_BYTES);

  constructor(parts: DispatcherParts) {
    this.context = parts.context;
    this.observer = parts.context.server.observer;
    this.blocking = parts.blocking;
    this.onAnswer = parts.onAnswer;
    this.registry = parts.registry;
    this.callLog = new CallLog(parts.log);
    this.log = parts.log;
    this.film = parts.film;
  }

  /** One like this that works with another context, logs nothing, shows nothing of its own and serves nobody. */
  withOwn(context: Context): Dispatcher {
    const { blocking, registry, log, onAnswer } = this;
    const dispatcher = new Dispatcher({ blocking, registry, log, onAnswer, film: new Film(null), context });
    dispatcher.isServing = false;
    return dispatcher;
  }

  /** What comes next is this session's: most of what would be asked before each of its commands is asked here, once. */
  begin(session: Session): void {
    const { context } = this;
    context.session = session;
    context.db = context.keyspace.databases[session.db];
    context.reply.protocol = session.protocol;
    this.silentFrom = -1;
    this.usualSession = this.isUsual(session) ? session : null;
  }

  run(session: Session, args: Args): void {
    const { context } = this;
    const command = this.registry.find(args.bytes, args.starts[0], args.ends[0]);
    if (session !== this.usualSession || command === null || !command.isPlain || !suits(command, args)) {
      this.runCarefully(session, command, args);
      return;
    }
    context.server.stats.commands++;
    session.lastCommand = command.fullName;
    this.errorsBefore = context.reply.errors;
    this.call(session, command, args);
    this.countErrors();
    if (this.blocking.hasWork) this.answerWaiting();
    if (context.keyspace.lists.isUnsettled) context.keyspace.lists.settle();
  }

  /** Whether nothing but the data decides what a plain command of this session does, and nobody looks on. */
  private isUsual(session: Session): boolean {
    const { isAuthenticated, isSubscriber, isMonitor, queue } = session;
    return (
      isAuthenticated &&
      !isSubscriber &&
      !isMonitor &&
      queue === null &&
      !isSilent(session) &&
      !this.film.isRunning &&
      !this.observer.isWatched &&
      this.pause.kind === null &&
      this.maxMemoryBytes === 0 &&
      this.logFailure === null &&
      this.isServing &&
      this.context.keyspace.expires
    );
  }

  /** Any command of any session, whatever the circumstances. */
  private runCarefully(session: Session, found: Command | null, args: Args): void {
    const { context } = this;
    const { reply, server } = context;
    const start = reply.length;
    const wasSilent = isSilent(session);
    this.errorsBefore = reply.errors;
    this.silentFrom = wasSilent ? start : -1;
    context.session = session;
    context.db = context.keyspace.databases[session.db];
    reply.protocol = session.protocol;
    server.stats.commands++;
    if (this.film.isRunning) {
      const length = this.film.isHeard ? this.previewLine(args) : 0;
      this.film.beginCommand(session.id, session.db, server.nowMs, this.preview, length);
    }
    const command = this.resolve(session, found, args);
    if (command !== null && this.mayRun(session, command, args)) {
      if (this.pause.kind !== null && this.mustWait(session, command)) this.postpone(session, command);
      else if (session.queue !== null && !command.isImmediate) this.enqueue(session, command, args);
      else this.call(session, command, args);
    } else if (session.queue !== null) {
      session.isQueueBroken = true;
    }
    this.countErrors();
    if (session.replyMode !== 'on' && session.waiting === null) this.silence(session, start, wasSilent);
    const end = reply.length;
    if (this.observer.isWatched) this.told(session, command);
    if (this.blocking.hasWork && this.isServing) this.answerWaiting();
    if (context.keyspace.lists.isUnsettled) context.keyspace.lists.settle();
    if (this.film.isRunning) this.film.endCommand(reply.buffer, start, end);
    this.begin(session);
  }

  /** The command is over: its session is told what it has made untrue for itself. */
  private told(session: Session, command: Command | null): void {
    this.silentFrom = -1;
    this.context.server.tracking.commandOver(session, command?.fullName.startsWith('client|') === true);
  }

  /** Runs a command of a transaction that is being executed. */
  runQueued({ fullName, args }: QueuedCommand): void {
    const { context } = this;
    const command = this.registry.byName(fullName);
    if (command === null) throw new Error(`${fullName} was queued, and is no command`);
    const { session, reply } = context;
    const start = reply.length;
    const wasSilent = isSilent(session);
    this.errorsBefore = reply.errors;
    context.db = context.keyspace.databases[session.db];
    this.call(session, command, args);
    this.countErrors();
    if (wasSilent && isSilent(session)) reply.length = start;
  }

  /** While clients are paused the data stays as it is: what has expired is gone for everybody, and yet not removed. */
  get isFrozen(): boolean {
    return this.pause.kind !== null && !this.context.command.isWrite;
  }

  /** Up to where the replies are sure to stay. */
  get replyEnd(): number {
    return this.silentFrom >= 0 ? this.silentFrom : this.context.reply.length;
  }

  private call(session: Session, command: Command, args: Args): void {
    const { context } = this;
    const { reply, keyspace } = context;
    const start = reply.length;
    const dirty = keyspace.stats.dirty;
    const outer = context.command;
    context.command = command;
    command.calls++;
    this.callLog.begin();
    reply.keptLength = start;
    const { observer } = this;
    const bytes = args.span();
    const begun = observer.begin(command, bytes);
    try {
      if (command.takesMemory) requireRoomForArguments(keyspace, args.count, bytes);
      command.handler?.(context, args);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      reply.length = reply.keptLength;
      reply.error(error.message);
      command.failed++;
    }
    context.command = outer;
    // A call counts when it is over.
    if (session.waiting !== null) command.calls--;
    if (begun !== NOT_TIMED || observer.isWatched || reply.length - start > MANY_BYTES)
      this.observe(session, command, args, start, begun);
    if (this.isLogging && keyspace.stats.dirty !== dirty && command.isLogged) this.callLog.append(context, args);
  }

  private observe(session: Session, command: Command, args: Args, start: number, begun: number): void {
    const { observer, context } = this;
    if (begun !== NOT_TIMED || context.reply.length - start > MANY_BYTES) observer.end(session, command, args, begun);
    if (!observer.isWatched) return;
    // What was answered stays, if from now on there are answers again.
    if (session.replyMode === 'on') this.silentFrom = -1;
    if (command.isReadOnly)
      context.server.tracking.read(session, () =>
        (keyPlaces(command, args, 0) ?? []).map(({ place }) => args.latin1(place)),
      );
    observer.show(session, command, args);
  }

  // Those who wait.

  /** Whether a client may be let wait: a transaction is run through, and a log waits for nobody. */
  mayWait(): boolean {
    return !this.callLog.isGroupOpen && this.context.keyspace.expires;
  }

  /** Answers those who were let go, and serves those for whom something has come. */
  answerWaiting(): void {
    const { blocking, context } = this;
    for (let item = blocking.takeReleased(); item; item = blocking.takeReleased()) {
      const { session, wait, how } = item;
      this.answer(session, wait, false, ({ spec }) => {
        if (how === 'error') throw new CommandError('UNBLOCKED client unblocked via CLIENT UNBLOCK');
        if (spec.whenOver) spec.whenOver(context);
        else context.reply.nullArray();
      });
    }
    for (let fed = blocking.takeFed(); fed; fed = blocking.takeFed()) {
      const { key } = fed;
      const db = context.keyspace.databases[fed.db];
      for (const session of blocking.waitersFor(fed)) {
        const entry = db.peek(key, 0, key.length);
        if (entry === NONE) break;
        const wait = session.waiting;
        if (wait?.type !== db.type(entry)) continue;
        blocking.leave(session);
        this.answer(session, wait, true, (command) => command.spec.serve?.(context, wait.args, indexOfKey(wait, key)));
      }
    }
  }

  /** Writes what a client has waited for, on its behalf: in its database, its protocol, its silence. */
  private answer(session: Session, wait: Wait, isServed: boolean, write: (command: Command) => void): void {
    const { context } = this;
    const { reply, keyspace } = context;
    const command = this.registry.byName(wait.fullName);
    if (command === null || session.isClosed) return;
    const outer = { session: context.session, db: context.db, command: context.command };
    const { dirty } = keyspace.stats;
    const start = reply.length;
    const wasSilent = isSilent(session);
    Object.assign(context, { session, db: keyspace.databases[wait.db], command });
    reply.protocol = session.protocol;
    this.errorsBefore = reply.errors;
    command.calls++;
    this.callLog.begin();
    reply.keptLength = start;
    const begun = this.observer.now();
    try {
      if (command.takesMemory) requireRoomForArguments(keyspace, wait.args.count, wait.args.span());
      write(command);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      reply.length = reply.keptLength;
      reply.error(error.message);
      command.failed++;
    }
    this.countErrors();
    if (isServed) this.observer.end(session, command, wait.args, begun);
    if (this.isLogging && keyspace.stats.dirty !== dirty) this.callLog.append(context, wait.args);
    if (session.replyMode !== 'on') this.silence(session, start, wasSilent);
    Object.assign(context, outer);
    reply.protocol = outer.session.protocol;
    this.onAnswer(session, start);
  }

  // Before a command runs.

  private resolve(session: Session, command: Command | null, args: Args): Command | null {
    session.lastCommand = 'NULL';
    if (command === null) {
      this.rejectUnknown(args);
      return null;
    }
    if (command.subcommands === null || args.count < 2) return this.withArity(session, command, args);
    const subcommand = command.subcommands.get(args.latin1(1).toLowerCase());
    if (subcommand === undefined) {
      const name = args.quoted(1, QUOTED_BYTES);
      this.context.reply.error(`ERR unknown subcommand '${name}'. Try ${command.fullName.toUpperCase()} HELP.`);
      return null;
    }
    return this.withArity(session, subcommand, args);
  }

  private withArity(session: Session, command: Command, args: Args): Command | null {
    session.lastCommand = command.fullName;
    if (suits(command, args)) return command;
    this.reject(command, wrongArity(command.fullName));
    return null;
  }

  private rejectUnknown(args: Args): void {
    const name = args.latin1(0);
    // What a browser sends to a port it was tricked into: nothing of it may run as commands.
    if (/^(post|host:)$/i.test(name)) {
      this.context.session.closing = 'now';
      return;
    }
    let quoted = '';
    for (let i = 1; i < args.count && quoted.length < QUOTED_BYTES; i++) {
      quoted += `'${args.quoted(i, QUOTED_BYTES - quoted.length)}' `;
    }
    this.context.reply.error(
      `ERR unknown command '${args.quoted(0, QUOTED_BYTES)}', with args beginning with: ${quoted}`,
    );
  }

  private mayRun(session: Session, command: Command, args: Args): boolean {
    const { config } = this.context;
    const { expires: isLive } = this.context.keyspace;
    // A log that was tampered with, or damaged, must not stop the server, make it wait, or listen to anybody.
    if (!isLive && !command.isLogged && !BETWEEN_CHANGES.has(command.fullName))
      return this.reject(command, `ERR a log holds no '${command.fullName}'`);
    if (command.isProtected && !isAllowed(config, 'enable-debug-command', session)) {
      return this.reject(command, protectedCommand(command.fullName.toUpperCase()));
    }
    if (!session.isAuthenticated && !command.isNoAuth) return this.reject(command, NO_AUTH);
    if (session.queue !== null && command.isNoMulti) {
      return this.reject(command, 'ERR Command not allowed inside a transaction');
    }
    // What stands in the log was allowed once, and must come back.
    if (this.maxMemoryBytes > 0 && isLive && this.isTooMuch(session, command))
      return this.reject(command, OUT_OF_MEMORY);
    if (this.logFailure !== null && this.isLogging && this.runs(session, command, 'isWrite')) {
      return this.reject(command, `MISCONF Errors writing to the AOF file: ${this.logFailure}`);
    }
    if (session.protocol === 2 && session.isSubscriber && !WHILE_LISTENING.has(command.fullName)) {
      return this.reject(command, notWhileListening(command.fullName));
    }
    if (session.isMonitor && (command.isWrite || command.isReadOnly || PUBLISHING.has(command.fullName)))
      return this.reject(command, "ERR Replica can't interact with the keyspace");
    return args.count > 0;
  }

  /** While clients are paused. What is read back from the log, and what is served, does not come this way. */
  private mustWait(session: Session, command: Command): boolean {
    if (this.pause.kind === 'all') return true;
    return this.runs(session, command, 'isLogged') || PUBLISHING.has(command.fullName);
  }

  private postpone(session: Session, command: Command): void {
    this.context.server.stats.commands--;
    session.lastCommand = command.fullName;
    session.decoder.putBack();
    this.blocking.postpone(session, command.fullName);
  }

  private reject(command: Command, error: string): boolean {
    const { reply, keyspace, session } = this.context;
    command.rejected++;
    if (command.fullName === 'exec') {
      // An EXEC that may not run ends the transaction all the same.
      endTransaction(keyspace, session);
      reply.error(`EXECABORT Transaction discarded because of: ${error.replace(/^ERR /, '')}`);
    } else {
      reply.error(error);
    }
    return false;
  }

  /** Makes room where there is too little; false when nothing may go that would. */
  relieveMemory(): boolean {
    // While clients are paused no key goes, as none expires.
    if (this.isFrozen) return true;
    return this.maxMemoryBytes === 0 || this.context.keyspace.eviction.relieve(this.maxMemoryBytes) !== 'stuck';
  }

  /** Past `maxmemory` nothing is done that takes more, and nothing is queued, for a queue takes memory too. */
  private isTooMuch(session: Session, command: Command): boolean {
    if (this.relieveMemory()) return false;
    if (session.queue === null || command.fullName === 'exec') return this.runs(session, command, 'isDenyOom');
    return !['discard', 'quit', 'reset'].includes(command.fullName);
  }

  /** Whether the command is of that kind or, as an EXEC, would run one that is. */
  private runs({ queue }: Session, command: Command, kind: 'isWrite' | 'isDenyOom' | 'isLogged'): boolean {
    if (command.fullName !== 'exec') return command[kind];
    return (queue ?? []).some(({ fullName }) => this.registry.byName(fullName)?.[kind] === true);
  }

  private enqueue(session: Session, command: Command, args: Args): void {
    // Nothing need be kept for a transaction that will not be run.
    const isLost = session.isTouched || session.isQueueBroken;
    if (!isLost) session.queue?.push({ fullName: command.fullName, args: args.detach() });
    this.context.reply.queued();
  }

  // After it.

  /** Counts the last error since `errorsBefore` by its code. What a transaction ran has counted its own. */
  private countErrors(): void {
    const { reply } = this.context;
    if (reply.errors === this.errorsBefore) return;
    this.errorsBefore = reply.errors;
    this.countError(reply.lastError);
  }

  /** For INFO errorstats. */
  countError(text: string): void {
    const { errors } = this.context.server.stats;
    const space = text.indexOf(' ');
    const code = space < 0 ? text : text.slice(0, space);
    // Redis keeps no more than so many either: the codes can come from scripts, and be anything.
    if (errors.has(code) || errors.size < 128) errors.set(code, (errors.get(code) ?? 0) + 1);
  }

  /** CLIENT REPLY: takes the reply back. */
  private silence(session: Session, start: number, wasSilent: boolean): void {
    // A reply that began before the silence, that of an EXEC with a CLIENT REPLY in it, has begun.
    if (wasSilent) this.context.reply.length = start;
    if (session.replyMode === 'skip-next') session.replyMode = 'skip';
    else if (session.replyMode === 'skip') session.replyMode = 'on';
  }

  /** Writes how the command would be typed, its first bytes, into `preview`: for the film. Returns how many. */
  private previewLine(args: Args): number {
    const { preview } = this;
    const { bytes, starts, ends, count } = args;
    let length = 0;
    for (let i = 0; i < count && length < PREVIEW_BYTES; i++) {
      if (i > 0) preview[length++] = 32;
      const end = Math.min(ends[i], starts[i] + PREVIEW_BYTES - length);
      for (let at = starts[i]; at < end; at++) preview[length++] = bytes[at];
    }
    return length;
  }
}

/** Whether the command takes so many words. */
function suits({ arity }: Command, { count }: Args): boolean {
  return arity > 0 ? count === arity : count >= -arity;
}

/** Whether the session's replies are taken back. */
function isSilent({ replyMode }: Session): boolean {
  return replyMode !== 'on';
}
