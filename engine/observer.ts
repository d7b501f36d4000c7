/**
 * What is kept of the calls that were made, and who is shown them: how long they took (INFO, SLOWLOG, LATENCY), and those
 * who watch all calls as they are made (MONITOR).
 *
 * The engine has no clock. Where the host lends it one, calls are timed by it; where not, nothing takes any time but what
 * DEBUG SLEEP was told to. Looking at a clock costs as much as a tenth of a quick command, so that not every call is
 * timed: see `begin`.
 */
import type { Args } from './args.ts';
import { LatencyHistogram } from './latency-histogram.ts';
import { LatencyMonitor, type LatencyEvent } from './latency-monitor.ts';
import type { Reply } from './reply.ts';
import type { Session } from './session.ts';
import { SlowLog, type SlowLogState } from './slow-log.ts';
import { wordsInQuotes, wordsInShort } from './words.ts';

/** Of quick commands the first of each piece of input is timed, and then one in so many. */
const TIMED_ONE_IN = 64;
/** A call with more bytes than these, of words or of reply, may take long whatever the command. */
export const MANY_BYTES = 16 * 1024;
/** The answer of `begin` for a call that is not timed. */
export const NOT_TIMED = -1;

/** What is asked of a command, and noted in it. */
export interface Observed {
  readonly spec: { readonly secrets?: (args: Args) => readonly number[] };
  readonly isBrief: boolean;
  readonly isFast: boolean;
  readonly isAdmin: boolean;
  readonly isUnlogged: boolean;
  timedCalls: number;
  microseconds: number;
  histogram: LatencyHistogram | null;
}

export interface ObserverState {
  readonly slowLog: SlowLogState;
  readonly latency: readonly LatencyEvent[];
  /** The numbers of the sessions that watch all calls, in their order. */
  readonly monitors: readonly number[];
  readonly sleptMicroseconds: number;
}

export interface ObserverParts {
  readonly clock: (() => number) | undefined;
  readonly nowMs: () => number;
  readonly push: (session: Session, write: (reply: Reply) => void) => void;
}

export class Observer {
  readonly slowLog = new SlowLog();
  readonly latency = new LatencyMonitor();
  /** `slowlog-log-slower-than`; below 0 is never. */
  slowMicroseconds = -1;
  /** `slowlog-max-len`. */
  mostSlowCalls = 0;
  /** `latency-monitor-threshold`; 0 is never. */
  latencyMs = 0;
  /** Whether each call matters to somebody else, who watches or tracks. */
  isWatched = false;
  private isTracked = false;
  /** `latency-tracking`. */
  keepsHistograms = true;

  private readonly parts: ObserverParts;
  private readonly clock: () => number;
  private readonly monitors = new Set<Session>();
  private sleptMicroseconds = 0;
  private untilTimed = 0;
  /** When the clock was last looked at. */
  private lookedAt = 0;

  constructor(parts: ObserverParts) {
    this.parts = parts;
    this.clock = parts.clock ?? ((): number => this.sleptMicroseconds);
  }

  /** The host was made to stand still for so long. A clock knows that by itself. */
  slept(ms: number): void {
    this.sleptMicroseconds += Math.floor(ms * 1000);
  }

  /** A piece of input has come: its first call is timed, whatever it is. */
  newInput(): void {
    this.untilTimed = 0;
  }

  /** What the clock says, in microseconds. */
  now(): number {
    return this.clock();
  }

  /**
   * Right before a call with so many bytes of words: what the clock says, or `NOT_TIMED`. A quick call is timed now and then,
   * any other always.
   */
  begin(command: Observed, bytes: number): number {
    if (command.isBrief && --this.untilTimed > 0 && bytes < MANY_BYTES) return NOT_TIMED;
    this.untilTimed = TIMED_ONE_IN;
    this.lookedAt = this.clock();
    return this.lookedAt;
  }

  /**
   * Right after a call that was timed, or turned out to be a long one: then it is given all the time since the clock was
   * last looked at, a few quick calls before it included.
   */
  end(session: Session, command: Observed, args: Args, begun: number): void {
    const now = this.clock();
    const microseconds = Math.max(0, Math.floor(now - (begun === NOT_TIMED ? this.lookedAt : begun)));
    this.lookedAt = now;
    // A call that waits is over when it was served.
    if (session.waiting !== null) return;
    command.timedCalls++;
    command.microseconds += microseconds;
    if (this.keepsHistograms) (command.histogram ??= new LatencyHistogram()).add(microseconds);
    this.happened(command.isFast ? 'fast-command' : 'command', microseconds);
    if (this.slowMicroseconds < 0 || microseconds < this.slowMicroseconds || command.isUnlogged) return;
    this.slowLog.add(
      {
        atSeconds: Math.floor(this.parts.nowMs() / 1000),
        microseconds,
        words: wordsInShort(args, command.spec.secrets?.(args) ?? []),
        address: session.peer.address,
        clientName: session.name,
      },
      this.mostSlowCalls,
    );
  }

  /** Does what may hold up the server though nobody called for it, and keeps it if it did. */
  during<Result>(event: string, work: () => Result): Result {
    if (this.latencyMs === 0) return work();
    const begun = this.clock();
    const result = work();
    this.happened(event, Math.floor(this.clock() - begun));
    return result;
  }

  /** Something held up the server for so long. */
  happened(event: string, microseconds: number): void {
    const milliseconds = Math.floor(microseconds / 1000);
    if (this.latencyMs > 0 && milliseconds >= this.latencyMs)
      this.latency.add(event, Math.floor(this.parts.nowMs() / 1000), milliseconds);
  }

  // Those who watch.

  watch(session: Session): void {
    session.isMonitor = true;
    this.monitors.add(session);
    this.look();
  }

  unwatch(session: Session): void {
    session.isMonitor = false;
    this.monitors.delete(session);
    this.look();
  }

  /** Somebody tracks what it reads, or nobody does any more. */
  follow(isTracked: boolean): void {
    this.isTracked = isTracked;
    this.look();
  }

  private look(): void {
    this.isWatched = this.monitors.size > 0 || this.isTracked;
  }

  /** Shows a call that was made to all who watch. Calls that administer the server are not for everybody's eyes. */
  show(session: Session, command: Observed, args: Args): void {
    if (command.isAdmin || this.monitors.size === 0) return;
    const microseconds = Math.floor(this.parts.nowMs() * 1000);
    const time = `${Math.floor(microseconds / 1e6)}.${String(microseconds % 1e6).padStart(6, '0')}`;
    const line = `${time} [${session.db} ${session.peer.address}] ${wordsInQuotes(args, command.spec.secrets?.(args) ?? [])}`;
    for (const monitor of this.monitors) {
      // What is shown is silenced as replies are.
      if (monitor.replyMode !== 'on') continue;
      this.parts.push(monitor, (reply) => {
        reply.simple(line);
      });
    }
  }

  capture(): ObserverState {
    return {
      slowLog: this.slowLog.capture(),
      latency: this.latency.events(),
      monitors: [...this.monitors].map(({ id }) => id),
      sleptMicroseconds: this.sleptMicroseconds,
    };
  }

  restore(state: ObserverState, sessionOf: (id: number) => Session | undefined): void {
    this.slowLog.restore(state.slowLog);
    this.latency.restore(state.latency);
    this.sleptMicroseconds = state.sleptMicroseconds;
    this.untilTimed = 0;
    this.monitors.clear();
    this.look();
    for (const id of state.monitors) {
      const session = sessionOf(id);
      if (session) this.watch(session);
    }
  }
}
