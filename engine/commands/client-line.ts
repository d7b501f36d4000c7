import { CommandError } from '../errors.ts';
import type { Session } from '../session.ts';

const TYPES = new Map([
  ['normal', 'normal'],
  ['master', 'master'],
  ['replica', 'replica'],
  ['slave', 'replica'],
  ['pubsub', 'pubsub'],
]);

/** What kind of connections a name means. */
export function clientType(name: string): string {
  const type = TYPES.get(name.toLowerCase());
  if (type === undefined) throw new CommandError(`ERR Unknown client type '${name}'`);
  return type;
}

/** Of what kind a connection is. Nobody replicates yet. */
export function typeOf(session: Session): string {
  return session.isSubscriber ? 'pubsub' : 'normal';
}

/** A connection as CLIENT LIST describes it. */
export function clientLine(session: Session, nowMs: number): string {
  const { decoder, queue } = session;
  const queuedBytes = (queue ?? []).reduce((total, { args }) => total + args.bytes.length, 0);
  const fields: readonly (readonly [string, string | number])[] = [
    ['id', session.id],
    ['addr', session.peer.address],
    ['laddr', session.peer.localAddress],
    // The engine knows no sockets.
    ['fd', -1],
    ['name', session.name],
    ['age', seconds(nowMs - session.connectedMs)],
    ['idle', seconds(nowMs - session.lastActiveMs)],
    ['flags', flagsOf(session)],
    ['db', session.db],
    ['sub', session.subscriptions.channel.size],
    ['psub', session.subscriptions.pattern.size],
    ['ssub', session.subscriptions.shard.size],
    ['multi', queue === null ? -1 : queue.length],
    ['qbuf', decoder.pendingBytes],
    ['qbuf-free', decoder.pendingCapacity - decoder.pendingBytes],
    ['argv-mem', 0],
    ['multi-mem', queuedBytes],
    // Replies lie in one buffer for all connections and are gone at the end of the turn.
    ['rbs', 0],
    ['rbp', 0],
    ['obl', 0],
    ['oll', 0],
    ['omem', 0],
    ['tot-mem', decoder.pendingCapacity + queuedBytes],
    ['events', 'r'],
    ['cmd', session.lastCommand],
    ['user', 'default'],
    ['redir', session.tracked?.redirect ?? -1],
    ['resp', session.protocol],
  ];
  return `${fields.map(([name, value]) => `${name}=${value}`).join(' ')}\n`;
}

function flagsOf(session: Session): string {
  const flags =
    (session.isMonitor ? 'O' : '') +
    (session.isSubscriber ? 'P' : '') +
    (session.queue === null ? '' : 'x') +
    (session.waiting === null ? '' : 'b') +
    (session.tracked === null ? '' : 't') +
    (session.tracked?.isBroken === true ? 'R' : '') +
    (session.tracked?.isBcast === true ? 'B' : '') +
    (session.isTouched ? 'd' : '') +
    (session.closing === 'after-reply' ? 'c' : '') +
    (session.isNoEvict ? 'e' : '');
  return flags === '' ? 'N' : flags;
}

function seconds(ms: number): number {
  return Math.max(0, Math.floor(ms / 1000));
}
