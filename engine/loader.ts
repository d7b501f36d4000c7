import type { Dispatcher } from './dispatcher.ts';
import type { Lookahead } from './lookahead.ts';
import { tailDamage } from './persistence/torn-tail.ts';
import type { Reply } from './reply.ts';
import type { RequestDecoder } from './resp/decoder.ts';
import type { Session } from './session.ts';

export interface LoadResult {
  readonly commands: number;
  /** The offset behind the last whole command that is no part of an unfinished transaction. */
  readonly validBytes: number;
  /** Bytes behind it: a command, or a transaction, that was not written to its end. */
  readonly tornBytes: number;
}

/** Reads a log. Stops at the first thing that no writer would have written, and names its offset. */
export class Loader {
  private readonly session: Session;
  private readonly reply: Reply;
  private readonly dispatcher: Dispatcher;
  private readonly lookahead: Lookahead;
  private readonly onFinish: (endOffset: number) => void;
  private received = 0;
  private commands = 0;
  private validBytes = 0;

  constructor(
    session: Session,
    reply: Reply,
    dispatcher: Dispatcher,
    lookahead: Lookahead,
    onFinish: (endOffset: number) => void,
  ) {
    this.session = session;
    this.reply = reply;
    this.dispatcher = dispatcher;
    this.lookahead = lookahead;
    this.onFinish = onFinish;
  }

  feed(bytes: Uint8Array): void {
    const { decoder } = this.session;
    const before = this.received - decoder.pendingBytes;
    this.received += bytes.length;
    decoder.feed(bytes);
    this.lookahead.begin();
    for (;;) {
      this.lookahead.step(this.session);
      if (!decoder.next()) break;
      if (isAnnotation(decoder)) continue;
      if (!decoder.isCanonical) throw new LogDamage(this.validBytes, 'a request that is not in the form of the log');
      const errorsBefore = this.reply.errors;
      this.dispatcher.run(this.session, decoder.args);
      if (this.reply.errors !== errorsBefore) throw new LogDamage(before + decoder.requestStart, this.reply.lastError);
      this.reply.reset();
      this.commands++;
      if (this.session.queue === null) this.validBytes = before + decoder.requestEnd;
    }
    if (decoder.error !== null) throw new LogDamage(this.validBytes, decoder.error);
  }

  /** There is no more. What is left may be the beginning of a command, torn off by a crash, and nothing else. */
  finish(): LoadResult {
    const { commands, validBytes, received, session } = this;
    const tail = session.decoder.pendingCopy();
    const damage = tailDamage(tail);
    if (damage !== null) throw new LogDamage(received - tail.length, damage);
    session.forgetQueue();
    this.onFinish(validBytes);
    return { commands, validBytes, tornBytes: received - validBytes };
  }
}

/** A line that begins with `#`: Redis can be told to write the time of day between the commands. */
function isAnnotation({ args, isCanonical }: RequestDecoder): boolean {
  return !isCanonical && args.bytes[args.starts[0]] === 35;
}

/** The log holds something that was not written by a log. */
export class LogDamage extends Error {
  override readonly name = 'LogDamage';
  readonly offset: number;

  constructor(offset: number, what: string) {
    super(`Bad file format reading the append only file at offset ${offset}: ${what}`);
    this.offset = offset;
  }
}
