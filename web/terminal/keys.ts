/** What a person pressed, apart from how a terminal encodes it. */
export type Key =
  | { readonly name: 'text'; readonly text: string }
  /** Text that came at once: nothing in it is a command to the editor. */
  | { readonly name: 'paste'; readonly text: string }
  | { readonly name: KeyName };

export type KeyName =
  | 'enter' | 'tab' | 'shift-tab' | 'escape' | 'backspace' | 'delete'
  | 'left' | 'right' | 'up' | 'down' | 'home' | 'end' | 'word-left' | 'word-right'
  | 'delete-word' | 'delete-word-back' | 'delete-blank-word-back' | 'delete-to-end' | 'delete-to-start'
  | 'yank' | 'transpose' | 'search' | 'search-forward' | 'cancel' | 'interrupt' | 'end-of-input' | 'clear' | 'unknown'; // prettier-ignore

/**
 * The keys in what a terminal hands over at once. A line end counts as Enter only where it came alone: in a longer
 * piece it was pasted, dropped or dictated, and nothing of that kind may run before Enter is really pressed.
 */
export function keysOf(data: string): Key[] {
  if (data === '\r' || data === '\n') return [{ name: 'enter' }];
  if (data.startsWith(PASTE_START)) {
    // Only the very end of the piece ends the paste: an end mark inside was pasted, too, and is no end.
    const text = data.slice(PASTE_START.length).replace(/\x1b\[201~$/, '');
    return [{ name: 'paste', text }];
  }
  if (/[\r\n]/.test(data)) return [{ name: 'paste', text: data }];
  const keys: Key[] = [];
  for (let at = 0; at < data.length;) {
    const sequence = ESCAPE_SEQUENCE.exec(data.slice(at))?.[0] ?? data.charAt(at);
    const plain = PLAIN_TEXT.exec(data.slice(at))?.[0];
    keys.push(plain ? { name: 'text', text: plain } : { name: SEQUENCES[sequence] ?? 'unknown' });
    at += (plain ?? sequence).length;
  }
  return keys;
}

const PASTE_START = '\x1b[200~';
/** CSI and SS3 sequences, Alt with a key, and a lone escape. */
const ESCAPE_SEQUENCE = /^\x1b(?:\[[0-?]*[ -/]*[@-~]|O[@-~]|[^[O])?/;
const PLAIN_TEXT = /^[^\x00-\x1f\x7f]+/;

const SEQUENCES: Record<string, KeyName | undefined> = {
  '\t': 'tab',
  '\x1b[Z': 'shift-tab',
  '\x1b': 'escape',
  '\x7f': 'backspace',
  '\b': 'backspace',
  '\x1b[3~': 'delete',
  '\x1b[D': 'left',
  '\x1bOD': 'left',
  '\x02': 'left',
  '\x1b[C': 'right',
  '\x1bOC': 'right',
  '\x06': 'right',
  '\x1b[A': 'up',
  '\x1bOA': 'up',
  '\x10': 'up',
  '\x1b[B': 'down',
  '\x1bOB': 'down',
  '\x0e': 'down',
  '\x1b[H': 'home',
  '\x1bOH': 'home',
  '\x1b[1~': 'home',
  '\x01': 'home',
  '\x1b[F': 'end',
  '\x1bOF': 'end',
  '\x1b[4~': 'end',
  '\x05': 'end',
  '\x1bb': 'word-left',
  '\x1b[1;5D': 'word-left',
  '\x1b[1;3D': 'word-left',
  '\x1bf': 'word-right',
  '\x1b[1;5C': 'word-right',
  '\x1b[1;3C': 'word-right',
  '\x1bd': 'delete-word',
  '\x1b[3;5~': 'delete-word',
  '\x1b\x7f': 'delete-word-back',
  '\x1b\b': 'delete-word-back',
  '\x17': 'delete-blank-word-back',
  '\x0b': 'delete-to-end',
  '\x15': 'delete-to-start',
  '\x19': 'yank',
  '\x14': 'transpose',
  '\x12': 'search',
  '\x13': 'search-forward',
  '\x07': 'cancel',
  '\x03': 'interrupt',
  '\x04': 'end-of-input',
  '\x0c': 'clear',
};
