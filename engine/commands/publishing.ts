/** Messages on their way to those who listen, whoever sends them. */
import { BY_EVENT, BY_KEY } from '../keyspace/events.ts';
import { ascii, latin1 } from '../memory/bytes.ts';
import type { Reply } from '../reply.ts';
import type { Session } from '../session.ts';
import type { Context } from './contract.ts';

/** Sends to those who listen to the channel, then to those who listen to patterns that its name fits. Tells how many. */
export function publish(context: Context, channel: Uint8Array, message: Uint8Array): number {
  let count = sendTo(context, 'channel', channel, message);
  context.server.pubsub.forEachMatch(channel, (fitting, session) => {
    count++;
    push(context, session, (reply) => {
      reply.push(4);
      reply.text('pmessage');
      reply.bytes(ascii(fitting));
      reply.bytes(channel);
      reply.bytes(message);
    });
  });
  return count;
}

/** Sends to those who listen to the channel under its own name. */
export function sendTo(context: Context, book: 'channel' | 'shard', channel: Uint8Array, message: Uint8Array): number {
  let count = 0;
  for (const session of context.server.pubsub.listeners(book, latin1(channel))) {
    count++;
    push(context, session, (reply) => {
      reply.push(3);
      reply.text(book === 'channel' ? 'message' : 'smessage');
      reply.bytes(channel);
      reply.bytes(message);
    });
  }
  return count;
}

/** What a session tells itself stands where its replies do; but CLIENT REPLY silences replies, not this. */
export function push(context: Context, session: Session, write: (reply: Reply) => void): void {
  const { reply } = context;
  if (session === context.session && session.replyMode === 'on') {
    const isFirst = reply.length === reply.keptLength;
    write(reply);
    if (isFirst) reply.keptLength = reply.length;
  } else {
    context.server.push(session, write);
  }
}

/** Tells of what happened to a key in its channel and in that of the event, as far as the kinds ask for either. */
export function publishEvent(context: Context, kinds: number, db: number, event: string, key: Uint8Array): void {
  if ((kinds & BY_KEY) !== 0) {
    const prefix = ascii(`__keyspace@${db}__:`);
    const channel = new Uint8Array(prefix.length + key.length);
    channel.set(prefix);
    channel.set(key, prefix.length);
    publish(context, channel, ascii(event));
  }
  if ((kinds & BY_EVENT) !== 0) publish(context, ascii(`__keyevent@${db}__:${event}`), key);
}
