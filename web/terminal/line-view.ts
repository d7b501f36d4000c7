import { shownGrapheme } from './inert.ts';
import type { EditorState } from './line-editor.ts';
import { span } from './spans.ts';
import type { Role, Span } from './spans.ts';
import { graphemes, textWidth } from './width.ts';

/** How the edited line lies on the terminal's rows, and where its cursor is: a pure function of both. */
export interface LineView {
  readonly rows: readonly Row[];
  readonly cursorRow: number;
  readonly cursorColumn: number;
}

interface Row {
  readonly spans: readonly Span[];
  /** Whether the row is so full that the next one is its continuation, wrapped by the terminal itself. */
  readonly wraps: boolean;
}

export interface ViewOptions {
  readonly prompt: string;
  readonly columns: number;
  /** The terminal's height: of a longer text only the part around the cursor is drawn. */
  readonly rows: number;
  /** Shown in grey after the text while the cursor is at its end. */
  readonly hint: string;
}

export function viewLine(state: EditorState, { prompt, columns, rows, hint }: ViewOptions): LineView {
  const layout = new Layout(columns);
  const lead = state.search ? searchPrompt(state.search) : prompt;
  layout.add(lead, 'prompt');
  const continuation = `${CONTINUATION.padStart(textWidth(lead) - 1)} `;
  let at = 0;
  for (const grapheme of graphemes(state.text)) {
    if (at === state.cursor) layout.markCursor();
    if (grapheme === '\n') {
      layout.breakLine();
      layout.add(continuation, 'muted');
    } else {
      const shown = shownGrapheme(grapheme);
      if (shown === grapheme) layout.addCell(grapheme, textWidth(grapheme), 'plain');
      else layout.add(shown, 'muted');
    }
    at += grapheme.length;
  }
  if (at === state.cursor) layout.markCursor();
  const lines = state.text.split('\n').length;
  if (lines > 1) {
    layout.breakLine();
    layout.addWithinRow(`${lines} lines: Enter runs them one after the other, Ctrl-C drops them`);
  } else if (!state.search && state.cursor === state.text.length) {
    layout.addWithinRow(hint);
  }
  return windowed(layout.finish(), rows);
}

/**
 * What to write so that the terminal shows `next` where it shows `previous` (nothing, if null), with the cursor left in
 * its place. `paint` turns a span into what the terminal writes for it.
 */
export function redraw(previous: LineView | null, next: LineView, paint: (span: Span) => string): string {
  const parts = [erase(previous)];
  for (const [i, row] of next.rows.entries()) {
    parts.push(...row.spans.map(paint));
    const below = next.rows[i + 1];
    if (!below) break;
    // A full row followed by an empty one: the terminal wraps only when one more character comes.
    if (row.wraps && below.spans.length === 0) parts.push(' \r');
    else if (!row.wraps) parts.push('\r\n');
  }
  const up = next.rows.length - 1 - next.cursorRow;
  parts.push('\r', up > 0 ? `\x1b[${up}A` : '', next.cursorColumn > 0 ? `\x1b[${next.cursorColumn}C` : '');
  return parts.join('');
}

/** Takes the line off the terminal and leaves the cursor where it began. */
export function erase(view: LineView | null): string {
  if (!view) return '';
  return `${view.cursorRow > 0 ? `\x1b[${view.cursorRow}A` : ''}\r\x1b[J`;
}

/** Brings the cursor to a fresh row below the line, which stays. */
export function leaveBelow(view: LineView): string {
  const down = view.rows.length - 1 - view.cursorRow;
  return `${down > 0 ? `\x1b[${down}B` : ''}\r\n`;
}

const CONTINUATION = '...';

function searchPrompt({ query, found }: { query: string; found: number }): string {
  const shown = graphemes(query).map(shownGrapheme).join('');
  return `${found < 0 && query !== '' ? 'nothing found' : 'search'} '${shown}': `;
}

class Layout {
  private row: { spans: Span[]; wraps: boolean } = { spans: [], wraps: false };
  private readonly rows = [this.row];
  private readonly columns: number;
  private used = 0;
  private cursor: { row: number; column: number } | null = null;
  private cursorPending = false;

  constructor(columns: number) {
    this.columns = Math.max(2, columns);
  }

  add(text: string, role: Role): void {
    for (const grapheme of graphemes(text)) this.addCell(grapheme, textWidth(grapheme), role);
  }

  addCell(text: string, width: number, role: Role): void {
    if (this.used + width > this.columns) this.wrap();
    if (this.cursorPending) this.placeCursor();
    const { spans } = this.row;
    const last = spans.at(-1);
    if (last?.role === role) spans[spans.length - 1] = span(last.text + text, role);
    else spans.push(span(text, role));
    this.used += width;
  }

  /** Adds what is no part of the line itself, cut at the row's end: it must never make the line longer. */
  addWithinRow(text: string): void {
    // At a full row's end the cursor needs the next row; a note has the same row then.
    if (this.cursorPending) {
      if (this.used >= this.columns) this.wrap();
      this.placeCursor();
    }
    const room = this.columns - this.used - 1;
    let width = 0;
    let shown = '';
    for (const grapheme of graphemes(text)) {
      width += textWidth(grapheme);
      if (width > room) {
        shown = `${graphemes(shown).slice(0, -1).join('')}…`;
        break;
      }
      shown += shownGrapheme(grapheme);
    }
    if (shown !== '' && shown !== '…') this.add(shown, 'muted');
  }

  /** The cursor stands on the cell that comes next, wherever wrapping puts it. */
  markCursor(): void {
    this.cursorPending = true;
  }

  breakLine(): void {
    if (this.cursorPending && this.used >= this.columns) this.wrap();
    if (this.cursorPending) this.placeCursor();
    this.nextRow();
  }

  finish(): LineView {
    if (this.cursorPending && this.used >= this.columns) this.wrap();
    if (this.cursorPending) this.placeCursor();
    return { rows: this.rows, cursorRow: this.cursor?.row ?? 0, cursorColumn: this.cursor?.column ?? 0 };
  }

  private wrap(): void {
    this.row.wraps = true;
    this.nextRow();
  }

  private nextRow(): void {
    this.row = { spans: [], wraps: false };
    this.rows.push(this.row);
    this.used = 0;
  }

  private placeCursor(): void {
    this.cursor = { row: this.rows.length - 1, column: this.used };
    this.cursorPending = false;
  }
}

function windowed(view: LineView, height: number): LineView {
  if (view.rows.length <= height) return view;
  const first = Math.min(Math.max(0, view.cursorRow - height + 1), view.rows.length - height);
  return { ...view, rows: view.rows.slice(first, first + height), cursorRow: view.cursorRow - first };
}
