import { utf8Decode } from '../memory/bytes.ts';

/**
 * A reply as it stood on the wire. The union keeps the wire's own type, because `$1\r\n1` and `:1` mean the same
 * to a program and yet print differently: whoever shows a reply must be able to tell them apart.
 */
export type Reply = { readonly attributes?: readonly Pair[] } & (
  | { readonly type: 'status'; readonly text: string }
  | { readonly type: 'error'; readonly text: string }
  | { readonly type: 'integer'; readonly value: number | bigint }
  | { readonly type: 'bulk'; readonly bytes: Uint8Array }
  | { readonly type: 'null' }
  | { readonly type: 'double'; readonly value: number; readonly text: string }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'big-number'; readonly text: string }
  | { readonly type: 'verbatim'; readonly format: string; readonly bytes: Uint8Array }
  | { readonly type: 'array'; readonly items: readonly Reply[] }
  | { readonly type: 'set'; readonly items: readonly Reply[] }
  | { readonly type: 'push'; readonly items: readonly Reply[] }
  | { readonly type: 'map'; readonly pairs: readonly Pair[] }
);

export type Pair = readonly [key: Reply, value: Reply];

export type ReplyOf<Type extends Reply['type']> = Extract<Reply, { type: Type }>;

/** What a program that wants words reads in a scalar reply; null for aggregates and for null. */
export function textOf(reply: Reply | undefined): string | null {
  switch (reply?.type) {
    case 'status':
    case 'error':
    case 'double':
    case 'big-number':
      return reply.text;
    case 'bulk':
    case 'verbatim':
      return utf8Decode(reply.bytes);
    case 'integer':
    case 'boolean':
      return String(reply.value);
    default:
      return null;
  }
}

/** The items of an array, a set or a push. */
export function itemsOf(reply: Reply | undefined): readonly Reply[] {
  return reply?.type === 'array' || reply?.type === 'set' || reply?.type === 'push' ? reply.items : [];
}

/** Key and value pairs: a RESP3 map, or the flat array that RESP2 sends in its place. */
export function pairsOf(reply: Reply | undefined): readonly Pair[] {
  if (reply?.type === 'map') return reply.pairs;
  const items = itemsOf(reply);
  return Array.from({ length: items.length >> 1 }, (_, i): Pair => [items[2 * i], items[2 * i + 1]]);
}
