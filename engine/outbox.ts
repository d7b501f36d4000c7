import { refusals } from './refusals.ts';
import { Reply } from './reply.ts';
import type { Session } from './session.ts';

/** A stretch of the reply buffer that belongs to one connection. */
interface Share {
  session: Session;
  /** The buffer it lies in. */
  source: Reply;
  start: number;
  end: number;
}

interface HeldShare {
  readonly session: Session;
  readonly isReply: boolean;
  readonly bytes: Uint8Array;
}

interface HeldTurn {
  shares: readonly HeldShare[];
  /** Those who hear no more after this turn. */
  leaving: readonly Session[];
  state: 'waiting' | 'safe' | { readonly failed: string };
}

export interface OutboxOptions {
  /** A connection was sent so many bytes. */
  readonly onSent: (session: Session, bytes: number) => void;
  /** A connection that is to be ended has been sent the last of its replies. */
  readonly onLast: (session: Session) => void;
}

/**
 * The replies of a turn, who gets which, and when: at the end of the turn, or, where a reply promises that something is
 * on stable storage, once it is. Replies never overtake each other.
 */
export class Outbox {
  private readonly reply: Reply;
  /** What goes to those who did not ask. It has a buffer of its own, for it comes while another's reply is being written. */
  private readonly pushed = new Reply();
  private readonly options: OutboxOptions;
  private shares: Share[] = [];
  private held: HeldTurn[] = [];

  constructor(reply: Reply, options: OutboxOptions) {
    this.reply = reply;
    this.options = options;
  }

  /** Whether this turn has a reply for a connection. */
  hasReplyFor(session: Session): boolean {
    return this.shares.some((share) => share.session === session && share.source === this.reply);
  }

  /** What was written into the reply buffer since `start`, up to `end`, is for this connection. */
  add(session: Session, start: number, end = this.reply.length): void {
    const last = this.shares.at(-1);
    if (last?.session === session && last.source === this.reply && last.end === start) {
      last.end = end;
    } else if (end > start) {
      this.shares.push({ session, source: this.reply, start, end });
    }
  }

  /** Writes something for a connection that did not ask for it. What it was answered before this stays before it. */
  push(session: Session, write: (reply: Reply) => void): void {
    // Who was told goodbye hears no more.
    if (session.isClosed || session.closing !== 'no') return;
    const { pushed: source } = this;
    const start = source.length;
    source.protocol = session.protocol;
    write(source);
    this.shares.push({ session, source, start, end: source.length });
  }

  /** Ends the turn: sends everything, or holds it until `safe` is settled. */
  flush(safe: Promise<void> | null): void {
    if (safe === null && this.held.length === 0) {
      this.sendShares();
      return;
    }
    const shares = this.shares.map(({ session, source, start, end }) => ({
      session,
      isReply: source === this.reply,
      bytes: source.buffer.slice(start, end),
    }));
    const turn: HeldTurn = { shares, leaving: this.leaving(), state: safe === null ? 'safe' : 'waiting' };
    this.held.push(turn);
    this.shares = [];
    this.reply.reset();
    this.pushed.reset();
    safe?.then(
      () => {
        turn.state = 'safe';
        this.release();
      },
      (error: unknown) => {
        turn.state = { failed: error instanceof Error ? error.message : String(error) };
        this.release();
      },
    );
  }

  /** Who was answered for the last time in this turn. One can have several shares of it: what others got lies between. */
  private leaving(): readonly Session[] {
    let leaving: Session[] = NOBODY;
    for (const { session, source } of this.shares) {
      if (session.closing === 'no' || source !== this.reply) continue;
      if (leaving === NOBODY) leaving = [];
      leaving.push(session);
    }
    return leaving;
  }

  private sendShares(): void {
    const kept = new Set<Reply>();
    const leaving = this.leaving();
    for (const { session, source, start, end } of this.shares) {
      if (!session.isClosed) {
        session.outputBytes += end - start;
        if (session.send(source.buffer.subarray(start, end)) === true) kept.add(source);
      }
      this.options.onSent(session, end - start);
    }
    this.shares.length = 0;
    for (const session of leaving) this.options.onLast(session);
    for (const source of [this.reply, this.pushed]) {
      if (kept.has(source)) source.replaceBuffer();
      else source.reset();
    }
  }

  private release(): void {
    for (let turn = this.held[0]; turn && turn.state !== 'waiting'; turn = this.held[0]) {
      this.held.shift();
      for (const share of turn.shares) this.sendHeld(share, turn.state);
      for (const session of turn.leaving) this.options.onLast(session);
    }
  }

  private sendHeld(share: HeldShare, state: 'safe' | { readonly failed: string }): void {
    const { session } = share;
    if (!session.isClosed) {
      // A message promises nothing about the log.
      const bytes = state === 'safe' || !share.isReply ? share.bytes : refusals(share.bytes, state.failed);
      session.outputBytes += bytes.length;
      session.send(bytes);
    }
    this.options.onSent(session, share.bytes.length);
  }
}

const NOBODY: Session[] = [];
