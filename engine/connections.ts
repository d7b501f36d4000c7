import type { Blocking } from './blocking.ts';
import { unwatchAll } from './commands/transactions.ts';
import type { Config } from './config.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { Connection, Peer } from './host.ts';
import type { Keyspace } from './keyspace/keyspace.ts';
import type { Lookahead } from './lookahead.ts';
import { Outbox } from './outbox.ts';
import { OutputLimits } from './output-limits.ts';
import type { PubSub } from './pubsub.ts';
import type { Reply } from './reply.ts';
import type { EngineServer } from './server.ts';
import { Session, type Send } from './session.ts';

export interface ConnectionsParts {
  /** By their ids. */
  readonly sessions: Map<number, Session>;
  readonly reply: Reply;
  readonly config: Config;
  readonly keyspace: Keyspace;
  readonly blocking: Blocking;
  readonly pubsub: PubSub;
  readonly server: EngineServer;
  readonly dispatcher: Dispatcher;
  readonly lookahead: Lookahead;
  readonly decoderLimits: { readonly maxBulkBytes: number };
}

/** So many bytes of replies to the commands of one piece of input, and the rest of it waits for the next turn. */
const REPLIES_AT_ONCE = 1024 * 1024;
const NOTHING = new Uint8Array(0);

/**
 * Those who are connected: how what they send becomes commands, which stretch of the reply buffer is whose, who has to wait
 * until what was written for them is taken, and how a connection ends.
 */
export class Connections {
  readonly outputLimits = new OutputLimits();
  /** In a keyframe. */
  nextId = 1;

  private readonly parts: ConnectionsParts;
  private readonly sessions: Map<number, Session>;
  private readonly reply: Reply;
  private readonly server: EngineServer;
  private readonly dispatcher: Dispatcher;
  private readonly lookahead: Lookahead;
  private readonly outbox: Outbox;
  /** Whose commands are being run, and from where on the reply buffer is theirs. */
  private share: { session: Session; start: number } | null = null;
  /** Connections with commands in hand that wait until their replies are taken. */
  private readonly suspended = new Set<Session>();

  constructor(parts: ConnectionsParts) {
    const { sessions, reply, server, dispatcher, lookahead } = parts;
    this.parts = parts;
    this.sessions = sessions;
    this.reply = reply;
    this.server = server;
    this.dispatcher = dispatcher;
    this.lookahead = lookahead;
    this.outbox = new Outbox(reply, {
      onSent: (session, bytes) => {
        server.stats.outputBytes += bytes;
        server.stats.writes++;
        if (!session.isClosed && this.outputLimits.isPast(session, server.nowMs)) this.drop(session);
      },
      onLast: (session) => {
        this.end(session);
      },
    });
  }

  // Beginning.

  connect(send: Send, peer: Peer): Connection {
    const { config, decoderLimits } = this.parts;
    const session = new Session(this.nextId++, send, peer, decoderLimits, this.server.nowMs);
    session.isAuthenticated = config.text('requirepass') === '';
    session.decoder.isAuthenticated = session.isAuthenticated;
    this.server.stats.connections++;
    if (this.sessions.size >= config.number('maxclients')) this.refuse(session);
    else this.sessions.set(session.id, session);
    return this.connection(session);
  }

  /** A session, as its host has it in hand. */
  connection(session: Session): Connection {
    return {
      id: session.id,
      receive: (bytes, length = bytes.length) => {
        this.receive(session, bytes, length);
      },
      close: () => {
        this.end(session);
      },
    };
  }

  private refuse(session: Session): void {
    this.server.stats.rejectedConnections++;
    const start = this.reply.length;
    this.reply.error('ERR max number of clients reached');
    session.closing = 'after-reply';
    this.outbox.add(session, start);
  }

  // What comes in.

  private receive(session: Session, bytes: Uint8Array, length: number): void {
    if (session.isClosed || session.closing !== 'no') return;
    const { decoder } = session;
    const { server, lookahead } = this;
    const start = this.reply.length;
    server.stats.inputBytes += length;
    server.stats.reads++;
    session.inputBytes += length;
    session.lastActiveMs = server.nowMs;
    server.observer.newInput();
    decoder.feed(bytes, length);
    const share = { session, start };
    this.share = share;
    if (session.waiting !== null) decoder.suspend();
    lookahead.begin();
    this.dispatcher.begin(session);
    while (session.waiting === null && session.closing === 'no') {
      lookahead.step(session);
      if (!decoder.next()) break;
      this.dispatcher.run(session, decoder.args);
      // Who waits goes on when that is over.
      if (session.waiting !== null) decoder.suspend();
      if (this.reply.length - share.start > REPLIES_AT_ONCE) {
        this.suspend(session);
        break;
      }
    }
    this.share = null;
    if (decoder.error !== null) {
      this.reply.error(decoder.error);
      this.dispatcher.countError(decoder.error);
      session.closing = 'after-reply';
    } else if (decoder.pendingBytes > this.parts.config.number('client-query-buffer-limit')) {
      session.closing = 'now';
    }
    this.outbox.add(session, share.start);
    // Nobody else would end a connection that is owed nothing.
    if (session.closing === 'now' || (session.closing !== 'no' && !this.outbox.hasReplyFor(session))) this.end(session);
  }

  /** A few bytes of input can ask for gigabytes of output. Whoever does not take it is not given more. */
  private suspend(session: Session): void {
    session.decoder.suspend();
    if (session.decoder.pendingBytes > 0) this.suspended.add(session);
  }

  /** Those who wait no more go on, in this turn, with what they have sent. */
  goOn(session: Session): void {
    this.suspended.add(session);
  }

  /** True when there were connections to go on with. */
  resume(): boolean {
    if (this.suspended.size === 0) return false;
    const ready = [...this.suspended].filter((session) => session.peer.isFull?.() !== true);
    for (const session of ready) {
      this.suspended.delete(session);
      this.receive(session, NOTHING, 0);
    }
    return ready.length > 0;
  }

  /** What a client has sent that was not run: whole commands behind one that waits, and bytes of one that is not whole. */
  unheard(id: number): { readonly commands: number; readonly rest: Uint8Array } {
    return this.sessions.get(id)?.unheard(this.parts.decoderLimits) ?? { commands: 0, rest: NOTHING };
  }

  /** What clients have sent that was not run has not come, and these sessions do not wait any more. */
  forgetUnheard(released: readonly number[]): void {
    for (const session of this.sessions.values()) {
      session.decoder.forget();
      if (released.includes(session.id)) this.parts.blocking.leave(session);
    }
  }

  // What goes out.

  /** What stands in the reply buffer from `start` on is for somebody else than the session whose commands are being run. */
  deliver(session: Session, start: number): void {
    const { share } = this;
    if (share !== null) {
      if (start > share.start) this.outbox.add(share.session, share.start, start);
      share.start = this.reply.length;
    }
    this.outbox.add(session, start);
    if (session.decoder.pendingBytes > 0) this.suspended.add(session);
  }

  /** Something for a session that did not ask, or that is silenced, behind all that it was answered by now. */
  push(session: Session, write: (reply: Reply) => void): void {
    const { share } = this;
    const end = this.dispatcher.replyEnd;
    if (share?.session === session && end > share.start) {
      this.outbox.add(session, share.start, end);
      share.start = end;
    }
    this.outbox.push(session, write);
  }

  /** Sends everything, or holds it until `safe` is settled. */
  flush(safe: Promise<void> | null): void {
    this.outbox.flush(safe);
  }

  // Ending.

  /** Ends those who take nothing of what they are sent, and those who have said nothing for longer than `timeout` allows. */
  endStale(nowMs: number): void {
    for (const session of this.outputLimits.suspects())
      if (this.outputLimits.isPast(session, nowMs)) this.drop(session);
    const timeoutMs = this.parts.config.number('timeout') * 1000;
    if (timeoutMs <= 0) return;
    for (const session of [...this.sessions.values()]) {
      if (session.waiting === null && nowMs - session.lastActiveMs > timeoutMs && !session.isSubscriber)
        this.end(session);
    }
  }

  /** Ends a connection that does not take what it is sent. */
  private drop(session: Session): void {
    session.peer.drop?.();
    this.end(session);
  }

  end(session: Session): void {
    if (session.isClosed) return;
    const { keyspace, blocking, pubsub } = this.parts;
    session.isClosed = true;
    blocking.leave(session);
    pubsub.forget(session);
    this.server.observer.unwatch(session);
    this.outputLimits.forget(session);
    this.server.tracking.end(session);
    this.suspended.delete(session);
    unwatchAll(keyspace, session);
    this.sessions.delete(session.id);
    session.peer.close?.();
  }
}
