import type { Reply } from './reply.ts';
import type { Session } from './session.ts';

/** A stretch of the reply buffer that belongs to one connection. */
interface Share {
  session: Session;
  start: number;
  end: number;
  /** How many commands it answers. */
  commands: number;
}

interface HeldShare {
  readonly session: Session;
  readonly bytes: Uint8Array;
  readonly commands: number;
}

interface HeldTurn {
  shares: readonly HeldShare[];
  state: 'waiting' | 'safe' | { readonly failed: string };
}

/**
 * The replies of a turn, who gets which, and when: at the end of the turn, or, where a reply promises that something is
 * on stable storage, once it is. Replies never overtake each other.
 */
export class Outbox {
  private readonly reply: Reply;
  private readonly onSent: (session: Session, bytes: number) => void;
  private shares: Share[] = [];
  private held: HeldTurn[] = [];

  constructor(reply: Reply, onSent: (session: Session, bytes: number) => void) {
    this.reply = reply;
    this.onSent = onSent;
  }

  /** What was written into the reply buffer since `start` is for this connection. */
  add(session: Session, start: number, commands: number): void {
    const end = this.reply.length;
    const last = this.shares.at(-1);
    if (last?.session === session && last.end === start) {
      last.end = end;
      last.commands += commands;
    } else if (end > start) {
      this.shares.push({ session, start, end, commands });
    }
  }

  /** Ends the turn: sends everything, or holds it until `safe` is settled. */
  flush(safe: Promise<void> | null): void {
    if (safe === null && this.held.length === 0) {
      this.sendShares();
      return;
    }
    const shares = this.shares.map(({ session, start, end, commands }) => ({
      session,
      bytes: this.reply.buffer.slice(start, end),
      commands,
    }));
    const turn: HeldTurn = { shares, state: safe === null ? 'safe' : 'waiting' };
    this.held.push(turn);
    this.shares = [];
    this.reply.reset();
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

  private sendShares(): void {
    let isKept = false;
    const { buffer } = this.reply;
    for (const { session, start, end } of this.shares) {
      if (!session.isClosed) {
        session.outputBytes += end - start;
        if (session.send(buffer.subarray(start, end)) === true) isKept = true;
      }
      this.onSent(session, end - start);
    }
    this.shares.length = 0;
    if (isKept) this.reply.replaceBuffer();
    else this.reply.reset();
  }

  private release(): void {
    for (let turn = this.held[0]; turn && turn.state !== 'waiting'; turn = this.held[0]) {
      this.held.shift();
      for (const share of turn.shares) this.sendHeld(share, turn.state);
    }
  }

  private sendHeld(share: HeldShare, state: 'safe' | { readonly failed: string }): void {
    const { session } = share;
    if (!session.isClosed) {
      const bytes = state === 'safe' ? share.bytes : refusals(state.failed, share.commands);
      session.outputBytes += bytes.length;
      session.send(bytes);
    }
    this.onSent(session, share.bytes.length);
  }
}

/** The answers to commands whose effects could not be made safe, though they were promised to be. */
function refusals(why: string, count: number): Uint8Array {
  const line = `-MISCONF Errors writing to the AOF file: ${why.replace(/[\r\n]/g, ' ')}\r\n`;
  return Uint8Array.from(line.repeat(count), (character) => character.charCodeAt(0));
}
