import { Engine } from '../engine.ts';
import type { Connection } from '../host.ts';
import { latin1 } from '../memory/bytes.ts';
import { splitInline } from '../resp/inline.ts';

/** The twentieth of November 2026. */
const START_MS = 1_795_132_800_000;

/** An engine for tests: lines in, the bytes of replies out as text, a log that is kept, a clock that is turned by hand. */
export class TestEngine {
  readonly engine: Engine;
  log = '';
  nowMs = START_MS;

  constructor(config: Readonly<Record<string, string>> = {}) {
    const append = (bytes: Uint8Array): null => {
      this.log += latin1(bytes);
      return null;
    };
    const settings = { 'enable-debug-command': 'yes', appendonly: 'yes', ...config };
    this.engine = new Engine({ host: { seed: 1, log: { append } }, nowMs: START_MS, config: settings });
  }

  connect(address = '127.0.0.1:1'): TestClient {
    return new TestClient(this, address);
  }

  /** Says one line over a connection of its own. */
  say(line: string): string {
    return this.connect().say(line);
  }

  pass(ms: number): void {
    this.nowMs += ms;
    this.engine.tick(this.nowMs);
  }

  /** The log as lines of words, without what says which database is meant. */
  logLines(): string[] {
    return this.log
      .split(/\*\d+\r\n/)
      .slice(1)
      .map((command) => [...command.matchAll(/\$\d+\r\n([^]*?)\r\n(?=\$|$)/g)].map(([, word]) => word).join(' '))
      .filter((line) => !line.startsWith('SELECT'));
  }
}

export class TestClient {
  isClosed = false;
  private readonly owner: TestEngine;
  private readonly connection: Connection;
  private received = '';

  constructor(owner: TestEngine, address: string) {
    this.owner = owner;
    this.connection = owner.engine.connect(
      (bytes) => {
        this.received += latin1(bytes);
      },
      { address, localAddress: '127.0.0.1:6380', close: () => (this.isClosed = true) },
    );
  }

  say(line: string): string {
    const typed = Uint8Array.from(line, (character) => character.charCodeAt(0));
    const words = splitInline(typed, 0, typed.length) ?? [];
    return this.send(`*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${latin1(word)}\r\n`).join('')}`);
  }

  /** What has come since it last sent something or listened. */
  heard(): string {
    const { received } = this;
    this.received = '';
    return received;
  }

  send(text: string): string {
    this.received = '';
    this.owner.engine.setTime(this.owner.nowMs);
    this.connection.receive(Uint8Array.from(text, (character) => character.charCodeAt(0)));
    this.owner.engine.endTurn();
    return this.received;
  }
}
