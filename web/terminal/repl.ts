import { Client, NotSentError, OutcomeUnknownError } from '../../engine/client/client.ts';
import { pairsOf, textOf } from '../../engine/client/reply.ts';
import type { Reply } from '../../engine/client/reply.ts';
import type { Transport } from '../../engine/client/transport.ts';
import { utf8Decode } from '../../engine/memory/bytes.ts';
import { NO_DOCS, readCommandDocs } from './docs.ts';
import type { CommandDocs } from './docs.ts';
import { helpText } from './help.ts';
import { inert } from './inert.ts';
import { splitLine } from './quoting.ts';
import { printPush, printReply, printText } from './reply-printer.ts';
import type { PrintLimits } from './reply-printer.ts';
import { span } from './spans.ts';
import type { Span } from './spans.ts';

export interface ReplOptions {
  connect(): Transport;
  /** What the prompt begins with: `vitrine` gives `vitrine> `, `vitrine[3](TX)> `. */
  readonly promptName: string;
  write(spans: readonly Span[]): void;
  clear(): void;
  /** How wide what is printed may be before words are broken. */
  columns?(): number;
  /** Milliseconds from any fixed moment; the difference is what slow replies show. */
  now(): number;
  /** The prompt, the docs or the hints setting may have changed. */
  onchange?(): void;
  /** What another client of the same server has learned already; without it the server is asked. */
  readonly docs?: CommandDocs;
  readonly limits?: PrintLimits;
}

/**
 * What stands behind the prompt: it takes a whole line, runs it, and prints what comes. The manners are those of
 * redis-cli; where that one would end its process, this one ends the connection and opens another.
 */
export class Repl {
  /** Grey hints while typing; `:set nohints` turns them off. */
  hints = true;
  docs: CommandDocs;

  private readonly options: ReplOptions;
  private client: Client | null = null;
  private database = 0;
  private protocol = 2;
  /** The database that was selected when MULTI began: what is undone goes back to it. */
  private transaction: { readonly databaseBefore: number } | null = null;
  private replies: 'on' | 'off' | 'skip-next' = 'on';
  private stopStream: (() => void) | null = null;
  private interrupted = false;
  private running = false;

  constructor(options: ReplOptions) {
    this.options = options;
    this.docs = options.docs ?? NO_DOCS;
  }

  start(): void {
    const client = this.open();
    if (this.docs !== NO_DOCS) return;
    this.inBackground(client, ['COMMAND', 'DOCS'], (reply) => {
      this.docs = readCommandDocs(reply);
      this.changed();
    });
  }

  /** Whether Ctrl-C ended the last line: what was to come after it should not come. */
  get wasInterrupted(): boolean {
    return this.interrupted;
  }

  get prompt(): string {
    if (!this.client || this.client.closed) return 'not connected> ';
    const database = this.database === 0 ? '' : `[${this.database}]`;
    return `${this.options.promptName}${database}${this.transaction ? '(TX)' : ''}> `;
  }

  /** Runs one line to its end. Never rejects over what a server or a connection does: that is printed. */
  async run(line: string): Promise<void> {
    this.interrupted = false;
    this.running = true;
    try {
      await this.runLine(line);
    } finally {
      this.running = false;
    }
  }

  private async runLine(line: string): Promise<void> {
    const argv = splitLine(line);
    if (argv === null) return this.print(span('Invalid argument(s)\n', 'error'));
    const [first, ...rest] = argv.map((bytes) => utf8Decode(bytes));
    if (first === undefined || this.runLocal(first, rest)) return;
    const counted = rest.length > 0 && /^[+-]?\d+$/.test(first);
    const times = counted ? Number(first) : 1;
    if (times < 1) return this.print(span('A command can be repeated once or more often, not fewer times.\n', 'error'));
    for (let i = 0; i < times && !this.interrupted; i++) await this.execute(counted ? argv.slice(1) : argv);
  }

  /** Ctrl-C while a line runs: ends the wait, and with it the connection, so that nothing stays blocked on the server. */
  interrupt(): void {
    if (!this.running || !this.client || this.client.closed || this.interrupted) return;
    this.interrupted = true;
    this.client.close();
    this.stopStream?.();
  }

  close(): void {
    this.client?.close();
    this.stopStream?.();
  }

  // Local commands

  private runLocal(first: string, rest: readonly string[]): boolean {
    const name = first.toLowerCase();
    if (name === 'help' || name === '?') {
      this.print(...helpText(rest, this.docs, this.options.columns?.()));
    } else if (name === 'clear' && rest.length === 0) {
      this.options.clear();
    } else if (name === 'quit' || name === 'exit') {
      this.reconnectAfresh();
    } else if (first.startsWith(':')) {
      this.runSetting([first, ...rest]);
    } else {
      return false;
    }
    return true;
  }

  private runSetting(words: readonly string[]): void {
    const setting = words.join(' ').toLowerCase();
    if (setting === ':set hints' || setting === ':set nohints') {
      this.hints = setting === ':set hints';
      this.changed();
    } else {
      this.print(
        span(`There is no setting '${inert(words.join(' '))}'. There are :set hints and :set nohints.\n`, 'error'),
      );
    }
  }

  private reconnectAfresh(): void {
    this.database = 0;
    this.protocol = 2;
    this.client?.close();
    this.open();
    this.print(span('Connection closed. This is a new one.\n', 'muted'));
  }

  // The connection

  private open(): Client {
    const client = new Client(this.options.connect());
    this.client = client;
    this.transaction = null;
    this.replies = 'on';
    client.onpush = (push) => this.print(...printPush(push, this.options.limits));
    client.onclose = (why) => this.lost(why);
    if (this.protocol === 3) this.inBackground(client, ['HELLO', '3']);
    if (this.database !== 0) this.inBackground(client, ['SELECT', String(this.database)]);
    this.changed();
    return client;
  }

  private lost(why: string): void {
    this.transaction = null;
    // A command that was waiting says so itself, and that its outcome is unknown.
    if (!this.running || this.stopStream) this.print(span(`Connection lost: ${inert(why)}.\n`, 'error'));
    this.stopStream?.();
    this.changed();
  }

  /** For what the terminal asks by itself. When the connection ends first, `lost` has said so already. */
  private inBackground(client: Client, argv: readonly string[], onreply?: (reply: Reply) => void): void {
    client.send(argv).then(
      (reply) => {
        if (onreply && reply.type !== 'error') onreply(reply);
        else if (!onreply && reply.type === 'error') this.print(...printReply(reply));
      },
      (error: unknown) => {
        if (!isConnectionError(error)) throw error;
      },
    );
  }

  // Commands

  private async execute(argv: readonly Uint8Array[]): Promise<void> {
    const client = this.client && !this.client.closed ? this.client : this.open();
    const started = this.options.now();
    const words = argv.map((bytes) => utf8Decode(bytes).toLowerCase());
    try {
      if (!this.transaction && ENDLESS.test(words[0] ?? '')) return await this.stream(client, argv);
      if (this.goesUnanswered(words)) return client.post(argv);
      const reply = await client.send(argv);
      this.follow(words, reply);
      const print = TEXTS.test(words.slice(0, 2).join(' ')) ? printText : printReply;
      this.print(...print(reply, this.options.limits));
    } catch (error) {
      if (!isConnectionError(error)) throw error;
      if (this.interrupted) this.stoppedWaiting();
      else this.print(span(`${inert(error.message)}\n`, 'error'));
    }
    const seconds = (this.options.now() - started) / 1000;
    if (seconds >= 0.5) this.print(span(`(${seconds.toFixed(2)}s)\n`, 'muted'));
  }

  private async stream(client: Client, argv: readonly Uint8Array[]): Promise<void> {
    this.print(span('Reading messages... (press Ctrl-C to quit)\n', 'muted'));
    const ended = new Promise<void>((resolve) => {
      this.stopStream = resolve;
    });
    client.stream(argv, (reply) => {
      this.print(...printPush(reply, this.options.limits));
      if (reply.type !== 'error') return;
      client.stopStreaming();
      this.stopStream?.();
    });
    await ended;
    this.stopStream = null;
    if (!this.interrupted) return;
    this.print(span('^C\n', 'muted'));
    this.open();
  }

  private stoppedWaiting(): void {
    this.print(span('^C\n', 'muted'), span('Stopped waiting, on a new connection. It may have run.\n', 'muted'));
    this.open();
  }

  /** Follows CLIENT REPLY: after OFF, and once after SKIP, no reply comes, and waiting for one would never end. */
  private goesUnanswered(words: readonly string[]): boolean {
    const mode =
      words.length === 3 && words[0] === 'client' && words[1] === 'reply' && !this.transaction ? words[2] : null;
    if (mode === 'on') this.replies = 'on';
    else if (mode === 'off') this.replies = 'off';
    else if (mode === 'skip' && this.replies !== 'off') this.replies = 'skip-next';
    else if (this.replies === 'skip-next') this.replies = 'on';
    else return this.replies === 'off';
    return mode !== 'on';
  }

  /** Keeps the prompt true: what this reply says about the connection's state. */
  private follow(words: readonly string[], reply: Reply): void {
    const refused = reply.type === 'error';
    const [name, first] = words;
    if (name === 'exec' || name === 'discard') {
      const undone = name === 'discard' ? !refused : refused || reply.type === 'null';
      if (this.transaction && undone) this.database = this.transaction.databaseBefore;
      if (!refused || name === 'exec') this.transaction = null;
    } else if (refused) {
      return;
    } else if (name === 'multi') {
      this.transaction ??= { databaseBefore: this.database };
    } else if (name === 'select') {
      this.database = Number(first);
    } else if (name === 'hello') {
      this.protocol = Number(textOf(pairsOf(reply).find(([key]) => textOf(key) === 'proto')?.[1]) ?? this.protocol);
    } else if (name === 'reset') {
      this.transaction = null;
      this.database = 0;
      this.protocol = 2;
    } else {
      return;
    }
    this.changed();
  }

  private print(...spans: readonly Span[]): void {
    if (spans.length > 0) this.options.write(spans);
  }

  private changed(): void {
    this.options.onchange?.();
  }
}

/** Commands that are answered until the connection ends. */
const ENDLESS = /^([ps]?subscribe|monitor)$/;

/** Commands whose reply is a text for people, which redis-cli prints as it stands. */
const TEXTS =
  /^(info|lolwut)\b|^(client (list|info)|cluster (info|nodes)|memory (doctor|malloc-stats)|latency (doctor|graph)|debug (htstats|htstats-key))$/;

function isConnectionError(error: unknown): error is Error {
  return error instanceof NotSentError || error instanceof OutcomeUnknownError;
}
