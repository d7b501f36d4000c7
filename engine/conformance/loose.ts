/** Replies looked at in parts, for those comparisons that cannot be made byte by byte. */
import { printReply } from './reply.ts';
import type { Reply } from './reply.ts';

/** A reply as text: equal texts are equal replies. */
export function everyPart(reply: Reply): string {
  return printReply(reply).join('\n');
}

/** What a reply says, whatever its kind: a score is a double in one reply and a text in another. */
export function textOf(reply: Reply): string {
  return reply.kind === 'group' ? '' : reply.text;
}

export function isError(reply: Reply): boolean {
  return (reply.kind === 'line' && reply.mark === '-') || (reply.kind === 'bulk' && reply.mark === '!');
}

/** Neither a group nor bytes that are no reply. */
export function isPlain(reply: Reply): reply is Extract<Reply, { kind: 'line' | 'bulk' }> {
  return reply.kind === 'line' || reply.kind === 'bulk';
}

export function partsOf(reply: Reply): readonly Reply[] {
  return reply.kind === 'group' ? reply.items : [];
}

/**
 * The members of a collection as texts, so many parts each. RESP3 nests pairs or sends a map, RESP2 sends them flat, and a
 * member that stands alone is a collection of one.
 */
export function chunksOf(reply: Reply | undefined, size: number, show: (part: Reply) => string = everyPart): string[] {
  if (reply === undefined) return [];
  if (reply.kind !== 'group') return [show(reply)];
  const { items } = reply;
  if (size > 1 && items.length > 0 && items.every((item) => item.kind === 'group'))
    return items.map((item) => partsOf(item).map(show).join('\n'));
  const texts = items.map(show);
  return Array.from({ length: Math.ceil(texts.length / size) }, (_, i) =>
    texts.slice(i * size, i * size + size).join('\n'),
  );
}

/** The same kind of collection with the same members, whatever their order. */
export function sameMultiset(ours: Reply | undefined, real: Reply | undefined, size: number): boolean {
  if (ours?.kind !== 'group' || real?.kind !== 'group' || ours.mark !== real.mark) return false;
  const [a, b] = [chunksOf(ours, size).sort(), chunksOf(real, size).sort()];
  return a.length === b.length && a.every((chunk, i) => chunk === b[i]);
}
