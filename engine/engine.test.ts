import { describe, expect, it } from 'vitest';

import { Engine, LogDamage, type AppendLog, type Connection } from './api.ts';
import { ascii, latin1 } from './memory/bytes.ts';

/** A client in process that remembers what it was sent, a string for each send. */
function client(engine: Engine): Connection & { readonly sent: string[]; say(text: string): void } {
  const sent: string[] = [];
  const connection = engine.connect((bytes) => {
    sent.push(latin1(bytes));
  });
  return {
    ...connection,
    sent,
    say: (text) => {
      connection.receive(ascii(text));
    },
  };
}

/** A log that is safe when the test says so. */
class SlowLog implements AppendLog {
  readonly written: string[] = [];
  readonly waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];

  append(bytes: Uint8Array, isDurable: boolean): Promise<void> | null {
    this.written.push(latin1(bytes));
    if (!isDurable) return null;
    return new Promise((resolve, reject) => this.waiting.push({ resolve, reject }));
  }
}

function loggingEngine(appendfsync: string): { engine: Engine; log: SlowLog } {
  const log = new SlowLog();
  return {
    log,
    engine: new Engine({ host: { seed: 1, log }, nowMs: 1_000_000, config: { appendonly: 'yes', appendfsync } }),
  };
}

/** Lets promises that are settled be noticed. */
async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) await Promise.resolve();
}

describe('a turn', () => {
  it('sends each connection its replies in one piece, and nothing before it ends', () => {
    const engine = new Engine({ host: { seed: 1 }, nowMs: 0 });
    const [one, two] = [client(engine), client(engine)];
    one.say('SET a 1\r\nGET a\r\nGET b\r\n');
    two.say('GET a\r\n');
    expect(one.sent).toEqual([]);
    engine.endTurn();
    expect(one.sent).toEqual(['+OK\r\n$1\r\n1\r\n$-1\r\n']);
    expect(two.sent).toEqual(['$1\r\n1\r\n']);
  });

  it('does not write over bytes that a connection still holds on to', () => {
    const engine = new Engine({ host: { seed: 1 }, nowMs: 0 });
    const held: Uint8Array[] = [];
    const slow = engine.connect((bytes) => {
      held.push(bytes);
      return true;
    });
    const quick = client(engine);
    slow.receive(ascii('SET a first\r\nGET a\r\n'));
    engine.endTurn();
    quick.say('SET a second\r\nGET a\r\nGET a\r\n');
    engine.endTurn();
    expect(held.map((bytes) => latin1(bytes))).toEqual(['+OK\r\n$5\r\nfirst\r\n']);
  });

  it('goes on for the others when one connection talks nonsense', () => {
    const engine = new Engine({ host: { seed: 1 }, nowMs: 0 });
    const [bad, good] = [client(engine), client(engine)];
    bad.say('SET a 1\r\n*1\r\nnonsense\r\nSET a 2\r\n');
    good.say('GET a\r\n');
    engine.endTurn();
    expect(bad.sent).toEqual(["+OK\r\n-ERR Protocol error: expected '$', got 'n'\r\n"]);
    expect(good.sent).toEqual(['$1\r\n1\r\n']);
    bad.say('SET a 3\r\n');
    good.say('GET a\r\n');
    engine.endTurn();
    expect(good.sent.at(-1)).toBe('$1\r\n1\r\n');
  });

  it('runs nothing of what a browser posts to the port', () => {
    const engine = new Engine({ host: { seed: 1 }, nowMs: 0 });
    const browser = client(engine);
    browser.say('POST / HTTP/1.1\r\nHost: localhost\r\n\r\nSET a 1\r\n');
    const other = client(engine);
    other.say('GET a\r\n');
    engine.endTurn();
    expect(browser.sent).toEqual([]);
    expect(other.sent).toEqual(['$-1\r\n']);
  });
});

describe('appendfsync', () => {
  it('always: the reply waits until the log is safe, and no later reply overtakes it', async () => {
    const { engine, log } = loggingEngine('always');
    const [writer, reader] = [client(engine), client(engine)];
    writer.say('SET a 1\r\n');
    engine.endTurn();
    reader.say('GET a\r\n');
    engine.endTurn();
    await settle();
    expect([writer.sent, reader.sent]).toEqual([[], []]);
    log.waiting[0]?.resolve();
    await settle();
    expect(writer.sent).toEqual(['+OK\r\n']);
    expect(reader.sent).toEqual(['$1\r\n1\r\n']);
  });

  it('always: who says QUIT is answered whatever was asked before, and only then is the connection ended', async () => {
    const { engine, log } = loggingEngine('always');
    const writer = client(engine);
    for (const line of ['SET a 1\r\n', 'SET b 2\r\nQUIT\r\n']) {
      writer.say(line);
      engine.endTurn();
    }
    for (const { resolve } of log.waiting) {
      resolve();
      await settle();
    }
    expect(writer.sent).toEqual(['+OK\r\n', '+OK\r\n+OK\r\n']);
  });

  it('always: a log that could not be made safe is never acknowledged', async () => {
    const { engine, log } = loggingEngine('always');
    const writer = client(engine);
    writer.say('SET a 1\r\nSET b 2\r\n');
    engine.endTurn();
    log.waiting[0]?.reject(new Error('No space left on device'));
    await settle();
    const refusal = '-MISCONF Errors writing to the AOF file: No space left on device\r\n';
    expect(writer.sent).toEqual([refusal + refusal]);
  });

  it('everysec: the reply goes out once the bytes are with the host', () => {
    const { engine, log } = loggingEngine('everysec');
    const writer = client(engine);
    writer.say('SET a 1\r\n');
    engine.endTurn();
    expect(writer.sent).toEqual(['+OK\r\n']);
    expect(log.written).toEqual(['*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\n1\r\n']);
  });

  it('refuses writes while the host says that the log cannot be written, and reads go on', () => {
    const { engine } = loggingEngine('everysec');
    const one = client(engine);
    engine.logFailed('Disk quota exceeded');
    one.say('SET a 1\r\nGET a\r\n');
    engine.endTurn();
    expect(one.sent).toEqual(['-MISCONF Errors writing to the AOF file: Disk quota exceeded\r\n$-1\r\n']);
    engine.logFailed(null);
    one.say('SET a 1\r\n');
    engine.endTurn();
    expect(one.sent.at(-1)).toBe('+OK\r\n');
  });
});

describe('a log that is read', () => {
  const request = (...argv: string[]): string =>
    `*${argv.length}\r\n${argv.map((arg) => `$${arg.length}\r\n${arg}\r\n`).join('')}`;
  const read = (text: string): { engine: Engine; finish: () => ReturnType<ReturnType<Engine['loader']>['finish']> } => {
    const { engine } = loggingEngine('always');
    const loader = engine.loader();
    for (const byte of ascii(text)) loader.feed(Uint8Array.of(byte));
    return { engine, finish: () => loader.finish() };
  };

  it('gives the keys back, and is not logged again', () => {
    const { engine, finish } = read(request('SET', 'a', '1') + request('SET', 'b', '2'));
    expect(finish()).toMatchObject({ commands: 2, validBytes: 54, tornBytes: 0 });
    const one = client(engine);
    one.say('GET b\r\n');
    engine.endTurn();
    expect(one.sent).toEqual(['$1\r\n2\r\n']);
    expect(engine.snapshot().log.length).toBe(54);
  });

  it('leaves out a command that was cut off, and says how many bytes that were', () => {
    const whole = request('SET', 'a', '1');
    for (let cut = 1; cut < whole.length; cut++) {
      const { engine, finish } = read(whole + whole.slice(0, cut));
      expect(finish()).toEqual({ commands: 1, validBytes: whole.length, tornBytes: cut });
      expect(engine.keyspace.databases[0]?.size).toBe(1);
    }
  });

  it('names the offset of damage', () => {
    const whole = request('SET', 'a', '1');
    expect(() => read(`${whole}*1\r\n$x\r\n`)).toThrow(LogDamage);
    expect(() => read(`${whole}${request('NONSENSE')}`)).toThrow(/at offset 27: ERR unknown command/);
  });
});

describe('an engine that is captured', () => {
  it('comes back in another one: keys, connections, time and chance', () => {
    const first = new Engine({ host: { seed: 1 }, nowMs: 5000 });
    const one = client(first);
    for (let i = 0; i < 9; i++) one.say(`SET k${i} v${i}\r\n`);
    first.endTurn();
    const state = first.capture();
    const second = new Engine({ host: { seed: 1 }, nowMs: 0 });
    const sent: string[] = [];
    const connections = second.restore(state, () => (bytes) => {
      sent.push(latin1(bytes));
    });
    expect(second.snapshot()).toEqual(first.snapshot());
    for (const text of ['GET k3\r\n', 'SET more 1\r\n']) {
      one.say(text);
      connections.get(one.id)?.receive(ascii(text));
    }
    first.endTurn();
    second.endTurn();
    expect(second.snapshot()).toEqual(first.snapshot());
    expect(sent).toEqual(['$2\r\nv3\r\n+OK\r\n']);
  });
});
