/**
 * What a piece of output *is*, apart from how it looks. Pure modules return spans; the Terminal alone turns a role
 * into a colour. Line ends are ordinary `\n` inside a span's text.
 */
export type Role =
  /** What was asked for: values, texts, the lines of the learner. */
  | 'plain'
  /** The frame around it: indices, `(integer)`, `(nil)`, hints, notes of the terminal itself. */
  | 'muted'
  | 'error'
  /** Something that came by itself: a pushed message. */
  | 'push'
  | 'prompt'
  /** A command's name in the help. */
  | 'title';

export interface Span {
  readonly text: string;
  readonly role: Role;
}

export const span = (text: string, role: Role = 'plain'): Span => ({ text, role });

/** The bare text, for tests and for those who cannot see the colours. */
export const textOfSpans = (spans: readonly Span[]): string => spans.map(({ text }) => text).join('');
