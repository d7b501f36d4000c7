import type { Role, Span } from './spans.ts';

/**
 * Where roles become colours. The numbers name places in the terminal's palette, and `theme.ts` fills those places from
 * the page's own colours, so that no colour is decided here.
 */
const SGR: Record<Role, string> = {
  plain: '',
  muted: '90',
  error: '31',
  push: '36',
  prompt: '90',
  title: '1',
};

/** The escape sequences of a span's role around its text. Spans carry inert text only; the line ends get their return. */
export function paint({ text, role }: Span): string {
  const content = text.replace(/\n/g, '\r\n');
  return SGR[role] === '' || content === '' ? content : `\x1b[${SGR[role]}m${content}\x1b[0m`;
}
