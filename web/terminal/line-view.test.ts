import { describe, expect, it } from 'vitest';

import { newEditor, press } from './line-editor.ts';
import type { EditorState } from './line-editor.ts';
import { erase, leaveBelow, redraw, viewLine } from './line-view.ts';
import { textOfSpans } from './spans.ts';

const edited = (text: string, cursor = text.length): EditorState => ({ ...newEditor(), text, cursor });

/** The rows as text, with `|` at the cursor's column. Rows hold narrow characters here, unless the test says otherwise. */
function drawn(state: EditorState, options: { columns?: number; rows?: number; hint?: string; prompt?: string } = {}) {
  const view = viewLine(state, { prompt: '> ', columns: 10, rows: 20, hint: '', ...options });
  return view.rows.map(({ spans }, i) => {
    const text = textOfSpans(spans);
    return i === view.cursorRow ? `${text.slice(0, view.cursorColumn)}|${text.slice(view.cursorColumn)}` : text;
  });
}

describe('the drawn line', () => {
  it('has the prompt, the text and the cursor', () => {
    expect(drawn(edited('get k', 3))).toEqual(['> get| k']);
    expect(drawn(edited(''))).toEqual(['> |']);
  });

  it('wraps at the width of the terminal, and the cursor with it', () => {
    expect(drawn(edited('abcdefghij'))).toEqual(['> abcdefgh', 'ij|']);
    expect(drawn(edited('abcdefghij', 8))).toEqual(['> abcdefgh', '|ij']);
    expect(drawn(edited('abcdefgh'))).toEqual(['> abcdefgh', '|']);
    expect(drawn(edited('abcdefgh', 7))).toEqual(['> abcdefg|h']);
  });

  it('never cuts a wide character in two', () => {
    const view = viewLine(edited('abcdefg日x'), { prompt: '> ', columns: 10, rows: 20, hint: '' });
    expect(view.rows.map(({ spans }) => textOfSpans(spans))).toEqual(['> abcdefg', '日x']);
    expect([view.cursorRow, view.cursorColumn]).toEqual([1, 3]);
  });

  it('shows the hint after the text, cut at the row, only while the cursor is at the end', () => {
    expect(drawn(edited('get'), { columns: 20, hint: ' key' })).toEqual(['> get| key']);
    expect(drawn(edited('set'), { hint: ' key value' })).toEqual(['> set| ke…']);
    expect(drawn(edited('get', 1), { hint: ' key' })).toEqual(['> g|et']);
    expect(drawn(edited('abcdefg'), { hint: ' key' })).toEqual(['> abcdefg|']);
    expect(drawn(edited('abcdefgh'), { hint: ' k' })).toEqual(['> abcdefgh', '| k']);
  });

  it('shows pasted lines as lines, and says what Enter will do with them', () => {
    expect(drawn(edited('set a 1\nset b 2'), { columns: 70, prompt: 'vitrine> ' })).toEqual([
      'vitrine> set a 1',
      '     ... set b 2|',
      '2 lines: Enter runs them one after the other, Ctrl-C drops them',
    ]);
    expect(drawn(edited('abcdefgh\nx', 8), { columns: 10 })).toEqual(
      ['> abcdefgh', '|', '... x', '2 lines:…'].map((row) =>
        row === '2 lines:…' ? expect.stringMatching(/^2 li/) : row,
      ),
    );
  });

  it('shows control characters spelled out and grey, never raw', () => {
    const view = viewLine(edited('a\x1b]0;t\x07\u202e'), { prompt: '> ', columns: 40, rows: 20, hint: '' });
    expect(view.rows[0].spans).toEqual([
      { text: '> ', role: 'prompt' },
      { text: 'a', role: 'plain' },
      { text: '^[', role: 'muted' },
      { text: ']0;t', role: 'plain' },
      { text: '^G\\u{202e}', role: 'muted' },
    ]);
  });

  it('takes no more rows than the terminal has, those around the cursor', () => {
    expect(drawn(edited('a\nb\nc\nd\ne', 4), { columns: 80, rows: 2, prompt: '> ' })).toEqual(['... b', '... |c']);
  });

  it('shows a search in place of the prompt', () => {
    const searching = press(press(newEditor(['get k']), { name: 'search' }).state, { name: 'text', text: 'k' }).state;
    expect(drawn(searching, { columns: 40 })).toEqual(["search 'k': get |k"]);
    const lost = press(searching, { name: 'text', text: 'q' }).state;
    expect(drawn(lost, { columns: 40 })).toEqual(["nothing found 'kq': |"]);
  });
});

describe('redrawing', () => {
  const bare = ({ text }: { text: string }) => text;
  const view = (text: string, cursor = text.length) =>
    viewLine(edited(text, cursor), { prompt: '> ', columns: 10, rows: 20, hint: '' });

  it('goes to where the old line began, clears it, and writes the new one', () => {
    expect(redraw(null, view('ab', 1), bare)).toBe('> ab\r\x1b[3C');
    expect(redraw(view('ab'), view('a'), bare)).toBe('\r\x1b[J> a\r\x1b[3C');
    expect(redraw(view('abcdefghij'), view('x'), bare)).toBe('\x1b[1A\r\x1b[J> x\r\x1b[3C');
  });

  it('lets the terminal wrap full rows, so that it can join them again when it grows', () => {
    expect(redraw(null, view('abcdefghij', 0), bare)).toBe('> abcdefghij\r\x1b[1A\x1b[2C');
    expect(redraw(null, view('abcdefgh'), bare)).toBe('> abcdefgh \r\r');
  });

  it('erases and leaves the line', () => {
    expect(erase(view('abcdefghij'))).toBe('\x1b[1A\r\x1b[J');
    expect(erase(null)).toBe('');
    expect(leaveBelow(view('abcdefghij', 0))).toBe('\x1b[1B\r\n');
  });
});
