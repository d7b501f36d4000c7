import type { Key, KeyName } from './keys.ts';
import { graphemes } from './width.ts';

/**
 * The line being typed, as plain data: `press(state, key)` gives the next state and, for some keys, what the terminal
 * is to do about it. Positions are indices into the text and stand between graphemes, never inside one.
 */
export interface EditorState {
  readonly text: string;
  readonly cursor: number;
  readonly history: readonly string[];
  /** Which line of the history is shown; `history.length` is the line that is being written. */
  readonly shown: number;
  /** The line that is being written, while an older one is shown. */
  readonly draft: string;
  readonly search: Search | null;
  readonly completion: Completion | null;
  /** What was deleted last by the word or line, for Ctrl-Y. */
  readonly killed: string;
  /** Escape was pressed: Tab now leaves the terminal. */
  readonly leaving: boolean;
}

export interface Search {
  readonly query: string;
  /** The line of the history that matches, or -1. */
  readonly found: number;
  readonly before: { readonly text: string; readonly cursor: number };
}

interface Completion {
  readonly lines: readonly string[];
  /** Which line is shown; `lines.length` is what was typed. */
  readonly shown: number;
  readonly typed: string;
  readonly after: string;
}

export type Action =
  | { readonly type: 'submit'; readonly text: string }
  | { readonly type: 'interrupt' | 'end-of-input' | 'clear' | 'leave' | 'bell' };

export interface Pressed {
  readonly state: EditorState;
  readonly action?: Action;
}

/** The lines that Tab goes through, given what stands before the cursor. */
export type Complete = (line: string) => readonly string[];

export function newEditor(history: readonly string[] = []): EditorState {
  return {
    text: '',
    cursor: 0,
    history,
    shown: history.length,
    draft: '',
    search: null,
    completion: null,
    killed: '',
    leaving: false,
  };
}

/** An empty line again, with this history; what Ctrl-Y would bring is kept. */
export function nextLine(state: EditorState, history: readonly string[]): EditorState {
  return { ...newEditor(history), killed: state.killed };
}

export function press(state: EditorState, key: Key, complete: Complete = () => []): Pressed {
  if (state.search) return pressInSearch(state, state.search, key, complete);
  if (key.name === 'tab' && state.leaving) return { state: { ...state, leaving: false }, action: { type: 'leave' } };
  if (key.name === 'tab' || key.name === 'shift-tab') return cycle(state, key.name === 'tab' ? 1 : -1, complete);
  if (key.name === 'escape') return { state: { ...abandonCompletion(state), leaving: true } };
  const settled = { ...state, completion: null, leaving: false };
  if (key.name === 'text') return { state: insert(settled, key.text) };
  if (key.name === 'paste') return { state: insert(settled, pasted(key.text)) };
  return KEYS[key.name]?.(settled) ?? { state: settled };
}

/** Pasted line ends become line feeds, and the one at the very end goes: it would only add an empty line. */
function pasted(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(/\n+$/, '');
}

export function insert(state: EditorState, text: string): EditorState {
  const before = state.text.slice(0, state.cursor) + text;
  return withText(state, before + state.text.slice(state.cursor), before.length);
}

const KEYS: Partial<Record<KeyName, (state: EditorState) => Pressed>> = {
  enter: (state) => ({ state, action: { type: 'submit', text: state.text } }),
  interrupt: (state) => ({ state, action: { type: 'interrupt' } }),
  clear: (state) => ({ state, action: { type: 'clear' } }),
  'end-of-input': (state) =>
    state.text === ''
      ? { state, action: { type: 'end-of-input' } }
      : { state: remove(state, state.cursor, after(state)) },
  left: (state) => move(state, before(state)),
  right: (state) => move(state, after(state)),
  home: (state) => move(state, lineStart(state)),
  end: (state) => move(state, lineEnd(state)),
  'word-left': (state) => move(state, wordStart(state.text, state.cursor)),
  'word-right': (state) => move(state, wordEnd(state.text, state.cursor)),
  backspace: (state) => ({ state: remove(state, before(state), state.cursor) }),
  delete: (state) => ({ state: remove(state, state.cursor, after(state)) }),
  'delete-word': (state) => ({ state: kill(state, state.cursor, wordEnd(state.text, state.cursor)) }),
  'delete-word-back': (state) => ({ state: kill(state, wordStart(state.text, state.cursor), state.cursor) }),
  'delete-blank-word-back': (state) => ({ state: kill(state, blankWordStart(state.text, state.cursor), state.cursor) }),
  'delete-to-end': (state) => ({ state: kill(state, state.cursor, lineEnd(state)) }),
  'delete-to-start': (state) => ({ state: kill(state, lineStart(state), state.cursor) }),
  yank: (state) => ({ state: insert(state, state.killed) }),
  transpose: (state) => ({ state: transpose(state) }),
  up: (state) => upOrDown(state, -1),
  down: (state) => upOrDown(state, 1),
  search: (state) => ({
    state: { ...state, search: { query: '', found: -1, before: { text: state.text, cursor: state.cursor } } },
  }),
};

// Editing

function withText(state: EditorState, text: string, cursor: number): EditorState {
  // New text may join what stands on either side of it into one grapheme: the cursor goes after the whole.
  return { ...state, text, cursor: boundaryFrom(text, cursor) };
}

function remove(state: EditorState, from: number, to: number): EditorState {
  return withText(state, state.text.slice(0, from) + state.text.slice(to), from);
}

function kill(state: EditorState, from: number, to: number): EditorState {
  return from === to ? state : { ...remove(state, from, to), killed: state.text.slice(from, to) };
}

function transpose(state: EditorState): EditorState {
  const middle = state.cursor === state.text.length ? before(state) : state.cursor;
  const [left, right] = [graphemeBefore(state.text, middle), graphemeAfter(state.text, middle)];
  if (left === '' || right === '' || left === '\n' || right === '\n') return state;
  const start = state.text.slice(0, middle - left.length);
  return withText(state, start + right + left + state.text.slice(middle + right.length), middle + right.length);
}

function move(state: EditorState, cursor: number): Pressed {
  return { state: { ...state, cursor } };
}

// Positions

function graphemeBefore(text: string, at: number): string {
  return graphemes(text.slice(0, at)).at(-1) ?? '';
}

function graphemeAfter(text: string, at: number): string {
  return graphemes(text.slice(at))[0] ?? '';
}

function before(state: EditorState): number {
  return state.cursor - graphemeBefore(state.text, state.cursor).length;
}

function after(state: EditorState): number {
  return state.cursor + graphemeAfter(state.text, state.cursor).length;
}

/** The first boundary between graphemes at or after a position. */
function boundaryFrom(text: string, at: number): number {
  let boundary = 0;
  for (const grapheme of graphemes(text)) {
    if (boundary >= at) break;
    boundary += grapheme.length;
  }
  return boundary;
}

/** The last boundary between graphemes at or before a position. */
function boundaryUpTo(text: string, at: number): number {
  const next = boundaryFrom(text, at);
  return next === at ? at : next - graphemeBefore(text, next).length;
}

function lineStart({ text, cursor }: EditorState): number {
  return text.lastIndexOf('\n', cursor - 1) + 1;
}

function lineEnd({ text, cursor }: EditorState): number {
  const end = text.indexOf('\n', cursor);
  return end < 0 ? text.length : end;
}

function wordStart(text: string, at: number): number {
  const word = /[\p{L}\p{N}\p{M}_]*[^\p{L}\p{N}\p{M}_]*$/u.exec(text.slice(0, at));
  return boundaryUpTo(text, at - (word?.[0].length ?? 0));
}

function wordEnd(text: string, at: number): number {
  const word = /^[^\p{L}\p{N}_]*[\p{L}\p{N}\p{M}_]*/u.exec(text.slice(at));
  return boundaryFrom(text, at + (word?.[0].length ?? 0));
}

function blankWordStart(text: string, at: number): number {
  return boundaryUpTo(text, at - (/\S*\s*$/.exec(text.slice(0, at))?.[0].length ?? 0));
}

// History

function upOrDown(state: EditorState, step: 1 | -1): Pressed {
  const start = lineStart(state);
  const end = lineEnd(state);
  const column = graphemes(state.text.slice(start, state.cursor)).length;
  if (step < 0 && start > 0) return move(state, atColumn(state.text, start - 1, column));
  if (step > 0 && end < state.text.length)
    return move(state, atColumn(state.text, lineEnd({ ...state, cursor: end + 1 }), column));
  const shown = state.shown + step;
  if (shown < 0 || shown > state.history.length) return { state, action: { type: 'bell' } };
  const draft = state.shown === state.history.length ? state.text : state.draft;
  const text = state.history[shown] ?? draft;
  return { state: { ...state, shown, draft, text, cursor: text.length } };
}

/** The position in the line that ends at `end`, as many graphemes in as the column says, if it is that long. */
function atColumn(text: string, end: number, column: number): number {
  const start = text.lastIndexOf('\n', end - 1) + 1;
  return start + graphemes(text.slice(start, end)).slice(0, column).join('').length;
}

// Completion

function cycle(state: EditorState, step: 1 | -1, complete: Complete): Pressed {
  const typed = state.text.slice(0, state.cursor);
  const completion: Completion = state.completion ?? {
    lines: typed.includes('\n') ? [] : complete(typed),
    shown: -1,
    typed,
    after: state.text.slice(state.cursor),
  };
  const { lines } = completion;
  if (lines.length === 0) return { state, action: { type: 'bell' } };
  // After the last comes what was typed, as one more stop on the way round.
  const stops = lines.length + 1;
  const from = completion.shown < 0 && step < 0 ? lines.length : completion.shown;
  const shown = (from + step + stops) % stops;
  const text = lines[shown] ?? completion.typed;
  return { state: withText({ ...state, completion: { ...completion, shown } }, text + completion.after, text.length) };
}

function abandonCompletion(state: EditorState): EditorState {
  const { completion } = state;
  if (!completion) return state;
  return { ...state, completion: null, text: completion.typed + completion.after, cursor: completion.typed.length };
}

// Search

function pressInSearch(state: EditorState, search: Search, key: Key, complete: Complete): Pressed {
  switch (key.name) {
    case 'text':
      return { state: find(state, { ...search, query: search.query + key.text }) };
    case 'backspace':
      return { state: find(state, { ...search, query: graphemes(search.query).slice(0, -1).join('') }) };
    case 'search':
      return again(state, search, -1);
    case 'search-forward':
      return again(state, search, 1);
    case 'escape':
    case 'cancel':
    case 'interrupt':
      return { state: { ...state, ...search.before, search: null } };
    case 'tab':
      return { state: accept(state, search) };
    default:
      return press(accept(state, search), key, complete);
  }
}

/** The next match in a direction; the line that is shown already would look as if the key had done nothing. */
function again(state: EditorState, search: Search, step: 1 | -1): Pressed {
  if (search.found < 0) return { state, action: { type: 'bell' } };
  const next = find(state, search, search.found + step, step, state.history[search.found] ?? null);
  return next.search?.found === -1 ? { state, action: { type: 'bell' } } : { state: next };
}

function find(
  state: EditorState,
  search: Search,
  from = state.history.length - 1,
  step = -1,
  skip: string | null = null,
): EditorState {
  const query = search.query.toLowerCase();
  for (let i = from; query !== '' && i >= 0 && i < state.history.length; i += step) {
    const line = state.history[i] ?? '';
    const at = line.toLowerCase().lastIndexOf(query);
    if (at >= 0 && line !== skip)
      return { ...state, text: line, cursor: boundaryFrom(line, at), search: { ...search, found: i } };
  }
  return { ...state, ...search.before, search: { ...search, found: -1 } };
}

function accept(state: EditorState, search: Search): EditorState {
  return {
    ...state,
    search: null,
    shown: search.found < 0 ? state.history.length : search.found,
    draft: search.before.text,
  };
}
