import { exceptionFor } from '../exceptions.ts';

/** Something that a session does. The lines of a send go out in one piece. */
export type Move =
  | { readonly kind: 'send'; readonly client: number; readonly lines: readonly (readonly string[])[] }
  | { readonly kind: 'wait'; readonly ms: number };

/** A line with those that go with it, as its exception asks. */
export function withCompanions(line: readonly string[]): (readonly string[])[] {
  const exception = exceptionFor(line);
  return [...(exception?.before?.(line) ?? []), line, ...(exception?.after?.(line) ?? [])];
}
