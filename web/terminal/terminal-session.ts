import type { Transport } from '../../engine/client/transport.ts';
import { paint } from './ansi.ts';
import { completions } from './completion.ts';
import type { CommandDocs } from './docs.ts';
import { hintFor } from './hints.ts';
import { remember } from './history.ts';
import { keysOf } from './keys.ts';
import type { Key } from './keys.ts';
import { insert, newEditor, nextLine, press } from './line-editor.ts';
import type { Action, EditorState } from './line-editor.ts';
import { erase, leaveBelow, redraw, viewLine } from './line-view.ts';
import type { LineView } from './line-view.ts';
import { splitLine } from './quoting.ts';
import { Repl } from './repl.ts';
import { span } from './spans.ts';
import type { Span } from './spans.ts';
import { graphemes } from './width.ts';

/** What a session needs of a terminal. */
export interface Screen {
  write(sequences: string): void;
  readonly columns: number;
  readonly rows: number;
}

export interface SessionOptions {
  readonly screen: Screen;
  connect(): Transport;
  readonly promptName: string;
  readonly history: readonly string[];
  onhistory?(history: readonly string[]): void;
  /** A line is about to run; argv is null when its quotes are not balanced. */
  onsubmit?(line: string, argv: readonly Uint8Array[] | null): void;
  ondocs?(docs: CommandDocs): void;
  readonly docs?: CommandDocs;
  now(): number;
  sleep(ms: number): Promise<void>;
}

export interface RunOptions {
  /** Types the line for the eye, within about 400 ms, before it runs. */
  readonly typed?: boolean;
}

/**
 * Joins the line editor, the connection and a screen. It knows no DOM: the component gives it keystrokes and a screen,
 * a test gives it strings.
 */
export class TerminalSession {
  private readonly options: SessionOptions;
  private readonly repl: Repl;
  private editor: EditorState;
  /** What stands on the screen of the line being edited; null while a line runs. */
  private view: LineView | null = null;
  /** Keys that came while a line ran: they are for the next prompt. */
  private ahead: Key[] = [];
  private running = false;
  private waiting: (() => void)[] = [];

  constructor(options: SessionOptions) {
    this.options = options;
    this.editor = newEditor(options.history);
    this.repl = new Repl({
      connect: () => options.connect(),
      promptName: options.promptName,
      write: (spans) => this.write(spans),
      clear: () => this.clear(),
      columns: () => options.screen.columns,
      now: () => options.now(),
      onchange: () => this.replChanged(),
      limits: { lines: 5000, bytes: 1 << 16 },
      ...(options.docs ? { docs: options.docs } : {}),
    });
  }

  start(): void {
    this.repl.start();
    this.draw();
  }

  /** Whether a Tab is to leave the terminal: Escape was pressed just before. */
  get leaving(): boolean {
    return this.editor.leaving;
  }

  /** What a terminal hands over when keys are pressed. */
  receive(data: string): void {
    for (const key of keysOf(data)) this.press(key);
  }

  paste(text: string): void {
    this.press({ name: 'paste', text });
  }

  resized(): void {
    if (this.view) this.draw();
  }

  /** The same past lines for all tabs: another one has added to them. */
  setHistory(history: readonly string[]): void {
    if (history === this.editor.history) return;
    const fresh = this.editor.shown === this.editor.history.length;
    this.editor = {
      ...this.editor,
      history,
      shown: fresh ? history.length : Math.min(this.editor.shown, history.length),
    };
  }

  /** Runs a line as if it had been typed here. What the visitor was typing comes back after it. */
  async run(line: string, { typed = false }: RunOptions = {}): Promise<void> {
    // Looked at again after each wait, and taken at once: several programs may wait for the same moment.
    while (this.running) await new Promise<void>((resolve) => this.waiting.push(resolve));
    const draft = this.editor;
    this.running = true;
    this.editor = nextLine(draft, draft.history);
    try {
      if (typed) await this.type(line);
      await this.submit(line);
    } finally {
      this.editor = { ...draft, history: this.editor.history, shown: this.editor.history.length };
      this.ready();
    }
  }

  close(): void {
    this.repl.close();
  }

  private async type(line: string): Promise<void> {
    const characters = graphemes(line);
    for (const character of characters) {
      this.editor = insert(this.editor, character);
      this.draw();
      await this.options.sleep(Math.min(40, 400 / characters.length));
    }
  }

  // Keys

  private press(key: Key): void {
    if (this.running) return this.pressWhileRunning(key);
    const { state, action } = press(this.editor, key, (line) => completions(line, this.repl.docs));
    this.editor = state;
    if (action) this.act(action);
    else this.draw();
  }

  private pressWhileRunning(key: Key): void {
    if (key.name === 'interrupt') {
      this.ahead = [];
      this.repl.interrupt();
    } else if (key.name === 'escape') {
      this.editor = { ...this.editor, leaving: true };
    } else if (this.ahead.length < 1000) {
      this.ahead.push(key);
    }
  }

  private act(action: Action): void {
    switch (action.type) {
      case 'submit':
        return void this.submitTyped(action.text);
      case 'interrupt':
        this.editor = { ...this.editor, cursor: this.editor.text.length };
        this.draw(false);
        this.leaveLine(span('^C', 'muted'));
        this.editor = nextLine(this.editor, this.editor.history);
        return this.draw();
      case 'end-of-input':
        return void this.submitTyped('quit');
      case 'clear':
        return this.clear();
      case 'leave':
      case 'bell':
        return this.draw();
    }
  }

  private async submitTyped(text: string): Promise<void> {
    this.running = true;
    try {
      await this.submit(text);
    } finally {
      this.ready();
    }
  }

  /** Runs the lines of a text one after the other, each shown at its own prompt, until Ctrl-C. */
  private async submit(text: string): Promise<void> {
    const lines = text.split('\n');
    for (const line of lines) {
      this.editor = insert(nextLine(this.editor, this.editor.history), line);
      this.draw(false);
      this.leaveLine();
      this.keep(line);
      this.options.onsubmit?.(line, splitLine(line));
      await this.repl.run(line);
      if (this.repl.wasInterrupted) break;
    }
    this.editor = nextLine(this.editor, this.editor.history);
  }

  private keep(line: string): void {
    const history = remember(this.editor.history, line);
    if (history === this.editor.history) return;
    this.editor = { ...this.editor, history };
    this.options.onhistory?.(history);
  }

  /** A prompt again: first for the keys that came meanwhile, then for programs that wait to run a line. */
  private ready(): void {
    this.running = false;
    this.draw();
    while (this.ahead.length > 0 && !this.running) {
      const key = this.ahead.shift();
      if (key) this.press(key);
    }
    if (!this.running) this.waiting.shift()?.();
  }

  // The screen

  private draw(withHint = true): void {
    const { screen } = this.options;
    const hint =
      withHint && this.repl.hints && !this.editor.text.includes('\n') ? hintFor(this.editor.text, this.repl.docs) : '';
    const next = viewLine(this.editor, { prompt: this.repl.prompt, columns: screen.columns, rows: screen.rows, hint });
    screen.write(redraw(this.view, next, paint));
    this.view = next;
  }

  /** Output goes above the line that is being edited. */
  private write(spans: readonly Span[]): void {
    const { screen } = this.options;
    const editing = this.view !== null;
    screen.write(erase(this.view) + spans.map(paint).join(''));
    this.view = null;
    if (editing) this.draw();
  }

  private leaveLine(mark?: Span): void {
    if (!this.view) return;
    this.options.screen.write((mark ? paint(mark) : '') + leaveBelow(this.view));
    this.view = null;
  }

  private clear(): void {
    const editing = this.view !== null;
    this.view = null;
    this.options.screen.write('\x1b[H\x1b[2J\x1b[3J');
    if (editing) this.draw();
  }

  private replChanged(): void {
    if (this.repl.docs.size > 0) this.options.ondocs?.(this.repl.docs);
    if (this.view) this.draw();
  }
}
