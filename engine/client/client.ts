import { utf8Decode } from '../memory/bytes.ts';
import { ProtocolError, ReplyDecoder } from './decode.ts';
import { encodeCommand } from './encode.ts';
import { itemsOf, textOf } from './reply.ts';
import type { Reply, ReplyOf } from './reply.ts';
import type { Transport } from './transport.ts';

/**
 * One connection: commands go out as they are given, replies come back in the same order.
 *
 * An error reply is a reply like any other and resolves. A promise rejects only where there is no reply to give:
 * with `NotSentError` when the command never left, with `OutcomeUnknownError` when the connection ended in between.
 */
export class Client {
  /** Messages that no command asked for (RESP3), and what `stream` has not claimed. */
  onpush: ((push: ReplyOf<'push'>) => void) | null = null;
  /** The connection has ended, by whatever cause but the own `close()`. */
  onclose: ((why: string) => void) | null = null;

  private readonly transport: Transport;
  private readonly decoder = new ReplyDecoder((reply) => this.take(reply));
  private pending: Pending[] = [];
  /** Replies up to this one are answered; the array is cut now and then, not at each reply. */
  private answered = 0;
  private streaming: ((reply: Reply) => void) | null = null;
  private ended: string | null = null;

  constructor(transport: Transport) {
    this.transport = transport;
    transport.onbytes = (bytes) => this.receive(bytes);
    transport.onclose = (why) => this.end(why);
  }

  get closed(): boolean {
    return this.ended !== null;
  }

  /** How many commands still wait for their reply. */
  get waiting(): number {
    return this.pending.length - this.answered;
  }

  send(argv: readonly Argument[]): Promise<Reply> {
    if (this.ended !== null) return Promise.reject(new NotSentError(this.ended));
    return new Promise((resolve, reject) => {
      this.pending.push({ resolve, reject, confirmedByPush: confirmation(argv[0]) });
      this.transport.send(encodeCommand(argv));
    });
  }

  /** Sends a command that the server was told not to answer (CLIENT REPLY OFF). */
  post(argv: readonly Argument[]): void {
    if (this.ended !== null) throw new NotSentError(this.ended);
    this.transport.send(encodeCommand(argv));
  }

  /**
   * Sends a command whose answers have no end (SUBSCRIBE, MONITOR). From the first of them on, everything that comes
   * goes to `onreply`, until `stopStreaming()` or the end of the connection.
   */
  stream(argv: readonly Argument[], onreply: (reply: Reply) => void): void {
    this.post(argv);
    this.streaming = onreply;
  }

  stopStreaming(): void {
    this.streaming = null;
  }

  close(): void {
    if (this.ended !== null) return;
    this.ended = 'closed by this client';
    this.transport.onbytes = null;
    this.transport.onclose = null;
    this.transport.close();
    this.rejectPending(this.ended);
  }

  private receive(bytes: Uint8Array): void {
    try {
      this.decoder.feed(bytes);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.transport.onbytes = null;
      this.transport.onclose = null;
      this.transport.close();
      this.end(error.message);
    }
  }

  private take(reply: Reply): void {
    // A reply may have closed this client, with more of them in the same piece of bytes.
    if (this.ended !== null) return;
    const head = this.answered < this.pending.length ? this.pending[this.answered] : undefined;
    if (reply.type === 'push' && !(head?.confirmedByPush && head.confirmedByPush === textOf(itemsOf(reply)[0]))) {
      if (this.streaming) this.streaming(reply);
      else this.onpush?.(reply);
    } else if (head) {
      this.answered++;
      if (this.answered > 1024 || this.answered === this.pending.length) {
        this.pending = this.pending.slice(this.answered);
        this.answered = 0;
      }
      head.resolve(reply);
    } else if (this.streaming) {
      this.streaming(reply);
    } else {
      throw new ProtocolError('a reply to no command');
    }
  }

  private end(why: string): void {
    if (this.ended !== null) return;
    this.ended = why;
    this.rejectPending(why);
    this.onclose?.(why);
  }

  private rejectPending(why: string): void {
    const unanswered = this.pending.slice(this.answered);
    this.pending = [];
    this.answered = 0;
    this.streaming = null;
    for (const { reject } of unanswered) reject(new OutcomeUnknownError(why));
  }
}

export type Argument = string | Uint8Array;

/** The connection ended after the command went out and before its reply came: it may or may not have run. */
export class OutcomeUnknownError extends Error {
  override readonly name = 'OutcomeUnknownError';
  constructor(why: string) {
    super(`The connection ended before the reply came (${why}). The outcome is unknown: the command may have run.`);
  }
}

/** There was no connection, so the command was not sent and has not run. */
export class NotSentError extends Error {
  override readonly name = 'NotSentError';
  constructor(why: string) {
    super(`Not connected (${why}). The command was not sent.`);
  }
}

interface Pending {
  resolve(reply: Reply): void;
  reject(error: Error): void;
  /** In RESP3 these commands have no reply of their own; a push with their name answers them. */
  confirmedByPush: string | null;
}

const CONFIRMED_BY_PUSH = /^[ps]?(un)?subscribe$/i;

function confirmation(name: Argument | undefined): string | null {
  const word = name instanceof Uint8Array ? utf8Decode(name) : (name ?? '');
  return CONFIRMED_BY_PUSH.test(word) ? word.toLowerCase() : null;
}
