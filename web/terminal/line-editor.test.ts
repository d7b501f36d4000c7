import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { holdsSecret, remember } from './history.ts';
import { keysOf } from './keys.ts';
import { newEditor, press } from './line-editor.ts';
import type { Action, Complete, EditorState } from './line-editor.ts';
import { graphemes } from './width.ts';

const KEYS: Record<string, string> = {
  enter: '\r', tab: '\t', 'shift-tab': '\x1b[Z', esc: '\x1b', back: '\x7f', del: '\x1b[3~', left: '\x1b[D', right: '\x1b[C', up: '\x1b[A', down: '\x1b[B',
  home: '\x1b[H', end: '\x1b[F', 'alt-b': '\x1bb', 'alt-f': '\x1bf', 'alt-d': '\x1bd', 'alt-back': '\x1b\x7f', 'ctrl-left': '\x1b[1;5D', 'ctrl-right': '\x1b[1;5C',
}; // prettier-ignore

/** Types a script: `<left>`, `<ctrl-w>` and the like are keys, all else is text. */
function typed(script: string, history: readonly string[] = [], complete?: Complete) {
  let state: EditorState = newEditor(history);
  const actions: Action[] = [];
  for (const [piece, key] of script.matchAll(/<([a-z-]+)>|[^<]+/g)) {
    const data = key ? (KEYS[key] ?? String.fromCharCode(key.charCodeAt(5) - 96)) : piece;
    for (const pressed of keysOf(data)) {
      const result = press(state, pressed, complete);
      state = result.state;
      if (result.action) actions.push(result.action);
    }
  }
  return { state, actions, line: `${state.text.slice(0, state.cursor)}|${state.text.slice(state.cursor)}` };
}

describe('moving and deleting', () => {
  it.each([
    ['get k', 'get k|'],
    ['get<left><left>x', 'gx|et'],
    ['get<home>x<end>y', 'xgety|'],
    ['get<ctrl-a><right>x<ctrl-e>y', 'gxety|'],
    ['get<ctrl-b><ctrl-b><ctrl-f>x', 'gex|t'],
    ['get k<back><back>', 'get|'],
    ['get<home><del>', '|et'],
    ['get<home><ctrl-d>', '|et'],
    ['set key val<ctrl-w>', 'set key |'],
    ['set key val  <ctrl-w>', 'set key |'],
    ['set user:1:name<alt-back>', 'set user:1:|'],
    ['set user:1<alt-b><alt-b>x', 'set x|user:1'],
    ['set user:1<home><alt-f><alt-f>', 'set user|:1'],
    ['set user:1<ctrl-left><ctrl-left><ctrl-right>', 'set user|:1'],
    ['set user:1<home><alt-d>', '| user:1'],
    ['set key<left><left><ctrl-k>', 'set k|'],
    ['set key<left><left><ctrl-u>', '|ey'],
    ['one two<ctrl-w><ctrl-y><ctrl-y>', 'one twotwo|'],
    ['gte<left><ctrl-t>', 'get|'],
    ['gte<ctrl-t>', 'get|'],
    ['<left><back><ctrl-w><ctrl-k><alt-b>', '|'],
  ])('%s gives %s', (script, line) => {
    expect(typed(script).line).toBe(line);
  });

  it.each([
    ['日本<left>x', '日x|本'],
    ['e\u0301<left>', '|e\u0301'],
    ['ae\u0301<back>', 'a|'],
    ['👨‍👩‍👧x<left><left>', '|👨‍👩‍👧x'],
    ['👨‍👩‍👧<back>', '|'],
    ['🇫🇷🇩🇪<back>', '🇫🇷|'],
    ['é-ü<ctrl-w>', '|'],
  ])('treats what a reader takes for one character as one: %s', (script, line) => {
    expect(typed(script).line).toBe(line);
  });
});

describe('keys that are for the terminal', () => {
  it.each([
    ['get k<enter>', { type: 'submit', text: 'get k' }],
    ['get<ctrl-c>', { type: 'interrupt' }],
    ['get<ctrl-l>', { type: 'clear' }],
    ['<ctrl-d>', { type: 'end-of-input' }],
    ['<esc><tab>', { type: 'leave' }],
    ['<tab>', { type: 'bell' }],
  ])('%s', (script, action) => {
    expect(typed(script).actions).toEqual([action]);
  });

  it('Escape followed by anything but Tab leaves nothing', () => {
    expect(typed('<esc>g<tab>', [], () => ['GET'])).toMatchObject({ actions: [], line: 'GET|' });
  });

  it('unknown sequences do nothing and type nothing', () => {
    for (const data of ['\x1b[15~', '\x1b[200;3u', '\x1bOP', '\x1bz', '\x00', '\x1b[<0;1;1M', '\x1b[I']) {
      for (const key of keysOf(data)) expect(press(newEditor(), key).state.text).toBe('');
    }
  });
});

describe('history', () => {
  const history = ['set a 1', 'get a', 'incr a'];

  it.each([
    ['<up>', 'incr a|'],
    ['<up><up><up><up>', 'set a 1|'],
    ['<up><up><down>', 'incr a|'],
    ['dra<up><up><down><down>', 'dra|'],
    ['<ctrl-p><ctrl-p><ctrl-n>', 'incr a|'],
  ])('%s shows %s', (script, line) => {
    expect(typed(script, history).line).toBe(line);
  });

  it('keeps no neighbour twice, no empty line and no password', () => {
    expect(remember(['get a'], 'get a')).toEqual(['get a']);
    expect(remember(['get a'], '  ')).toEqual(['get a']);
    expect(remember(['get a', 'set b 1'], 'get a')).toEqual(['get a', 'set b 1', 'get a']);
    expect(remember([], 'auth secret')).toEqual([]);
    expect(remember(['a', 'b'], 'c', 2)).toEqual(['b', 'c']);
  });

  it.each(['AUTH x', '3 auth x', 'HELLO 3 AUTH u p', 'config set requirepass x', 'ACL SETUSER u >p'])(
    '%s holds a secret',
    (line) => {
      expect(holdsSecret(line)).toBe(true);
    },
  );

  it.each(['get auth', 'set author x', 'config get requirepass', 'hello 3'])('%s holds none', (line) => {
    expect(holdsSecret(line)).toBe(false);
  });
});

describe('Ctrl-R', () => {
  const history = ['set user:1 x', 'get user:1', 'incr n', 'get user:1', 'get user:2'];

  it.each([
    ['<ctrl-r>user', 'get |user:2'],
    ['<ctrl-r>user<ctrl-r>', 'get |user:1'],
    ['<ctrl-r>user<ctrl-r><ctrl-r>', 'set |user:1 x'],
    ['<ctrl-r>user<ctrl-r><ctrl-s>', 'get |user:2'],
    ['<ctrl-r>SET', '|set user:1 x'],
    ['<ctrl-r>incrx<back>', '|incr n'],
    ['draft<ctrl-r>zzz', 'draft|'],
    ['draft<ctrl-r>user<esc>', 'draft|'],
    ['draft<ctrl-r>user<ctrl-c>', 'draft|'],
    ['draft<ctrl-r>user<ctrl-g>', 'draft|'],
    ['<ctrl-r>incr<tab>', '|incr n'],
    ['<ctrl-r>incr<end>!', 'incr n!|'],
    ['<ctrl-r>incr<up>', 'get user:1|'],
  ])('%s finds %s', (script, line) => {
    expect(typed(script, history).line).toBe(line);
  });

  it('Enter runs what was found', () => {
    expect(typed('<ctrl-r>incr<enter>', history).actions).toEqual([{ type: 'submit', text: 'incr n' }]);
  });
});

describe('Tab', () => {
  const complete: Complete = (line) => ['GET', 'GETDEL'].filter((name) => name.startsWith(line.toUpperCase()));

  it.each([
    ['ge<tab>', 'GET|'],
    ['ge<tab><tab>', 'GETDEL|'],
    ['ge<tab><tab><tab>', 'ge|'],
    ['ge<tab><tab><tab><tab>', 'GET|'],
    ['ge<shift-tab>', 'GETDEL|'],
    ['ge<tab><shift-tab>', 'ge|'],
    ['ge<tab><esc>', 'ge|'],
    ['ge<tab> k', 'GET k|'],
    ['ge k<left><left><tab>', 'GET| k'],
    ['zz<tab>', 'zz|'],
  ])('%s gives %s', (script, line) => {
    expect(typed(script, [], complete).line).toBe(line);
  });
});

describe('pasting', () => {
  const paste = (text: string) => {
    let state = newEditor();
    const actions: Action[] = [];
    for (const key of keysOf(text)) {
      const result = press(state, key);
      state = result.state;
      if (result.action) actions.push(result.action);
    }
    return { text: state.text, actions };
  };

  it.each([
    ['in brackets', '\x1b[200~set a 1\rset b 2\r\x1b[201~', 'set a 1\nset b 2'],
    [
      'in brackets that claim to end early',
      '\x1b[200~set a 1\x1b[201~\rFLUSHALL\r\x1b[201~',
      'set a 1\x1b[201~\nFLUSHALL',
    ],
    ['without brackets', 'set a 1\r\nset b 2\r\n', 'set a 1\nset b 2'],
    ['with an escape first', '\x1b[A\rFLUSHALL\r', '\x1b[A\nFLUSHALL'],
    ['of tabs, which complete nothing', '\x1b[200~a\tb\x1b[201~', 'a\tb'],
    ['of control characters, which do nothing', '\x1b[200~\x03\x04\x15\x1b[201~', '\x03\x04\x15'],
  ])('%s runs nothing', (_, data, text) => {
    expect(paste(data)).toEqual({ text, actions: [] });
  });

  it('waits for Enter, and then gives all its lines at once', () => {
    let state = newEditor();
    for (const key of keysOf('\x1b[200~set a 1\rset b 2\x1b[201~')) state = press(state, key).state;
    expect(press(state, { name: 'enter' }).action).toEqual({ type: 'submit', text: 'set a 1\nset b 2' });
  });

  it('makes lines that the arrows walk through before the history', () => {
    let state = newEditor(['old']);
    const keys = [...keysOf('\x1b[200~abc\rde\x1b[201~'), { name: 'up' }, { name: 'up' }] as const;
    state = press(state, keys[0]).state;
    state = press(state, keys[1]).state;
    expect([state.text, state.cursor]).toEqual(['abc\nde', 2]);
    expect(press(state, { name: 'down' }).state.cursor).toBe(6);
    state = press(state, keys[2]).state;
    expect(state.text).toBe('old');
  });
});

it('whatever is pressed, the cursor stands between graphemes', () => {
  const data = fc.oneof(
    fc.constantFrom(...Object.values(KEYS), '\x17', '\x15', '\x0b', '\x19', '\x14', '\x12', '\x01'),
    fc.constantFrom('a', ' ', 'e', '\u0301', '👨', '\u200d', '👩', '🇫', '🇷', '日', '\x1b[200~x\ry\x1b[201~'),
  );
  fc.assert(
    fc.property(fc.array(data, { maxLength: 40 }), (pieces) => {
      let state = newEditor(['日本 x', 'e\u0301a']);
      for (const piece of pieces)
        for (const key of keysOf(piece)) state = press(state, key, (line) => [`${line}x`]).state;
      const boundaries = [0];
      for (const grapheme of graphemes(state.text)) boundaries.push((boundaries.at(-1) ?? 0) + grapheme.length);
      expect(boundaries).toContain(state.cursor);
    }),
    { verbose: 1, numRuns: 500 },
  );
});
