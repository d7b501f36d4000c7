import { describe, expect, it, vi } from 'vitest';

import { bulk, FakeServer } from './fake-server.ts';
import { sampleDocs } from './sample-docs.ts';
import { TerminalSession } from './terminal-session.ts';
import type { SessionOptions } from './terminal-session.ts';

const settled = () => new Promise((resolve) => setTimeout(resolve));

function session(answer: (argv: string[]) => string | null = () => '+OK\r\n', more: Partial<SessionOptions> = {}) {
  const server = new FakeServer(answer);
  let written = '';
  const terminal = new TerminalSession({
    screen: { write: (sequences) => (written += sequences), columns: 60, rows: 20 },
    connect: () => server.connect(),
    promptName: 'v',
    history: [],
    docs: sampleDocs,
    now: () => 0,
    sleep: () => Promise.resolve(),
    ...more,
  });
  terminal.start();
  return {
    terminal,
    server,
    /** What was written since the last time, without colours and cursor movements. */
    took: () => {
      const bare = written.replace(/\x1b\[[\d;]*[A-Za-z]/g, '');
      written = '';
      return bare;
    },
    raw: () => written,
    type: async (...pieces: string[]) => {
      for (const piece of pieces) terminal.receive(piece);
      await settled();
    },
    commands: () => server.received.map((argv) => argv.join(' ')),
  };
}

describe('a session', () => {
  it('shows a prompt, a line with its hint, and the reply', async () => {
    const { took, type } = session();
    expect(took()).toContain('v> ');
    await type('g', 'e', 't');
    expect(took()).toContain('v> get key');
    await type(' k', '\r');
    expect(took()).toMatch(/v> get k\r.*\r\nOK\r\n.*v> /s);
  });

  it('leaves no hint behind the line that was run', async () => {
    const { took, type } = session();
    await type('get');
    took();
    await type('\r');
    expect(took()).not.toContain('key');
  });

  it('keeps keys that come while a command runs for the next prompt', async () => {
    const { type, server, commands } = session((argv) => (argv[0] === 'slow' ? null : '+OK\r\n'));
    await type('slow', '\r', 'ping', '\r');
    expect(commands()).toEqual(['slow']);
    server.connections[0].push('+OK\r\n');
    await settled();
    expect(commands()).toEqual(['slow', 'ping']);
  });

  it('runs pasted lines upon Enter, one after the other, each at a prompt of its own', async () => {
    const { terminal, took, type, commands } = session();
    terminal.paste('set a 1\nset b 2\n');
    await settled();
    expect(commands()).toEqual([]);
    expect(took()).toContain('2 lines: Enter runs them');
    await type('\r');
    expect(commands()).toEqual(['set a 1', 'set b 2']);
    expect(took()).toMatch(/v> set a 1.*OK\r\n.*v> set b 2.*OK\r\n.*v> /s);
  });

  it('Ctrl-C drops the line; while pasted lines run, it drops the rest of them', async () => {
    const { terminal, took, type, commands } = session((argv) => (argv[0] === 'slow' ? null : '+OK\r\n'));
    await type('flushall', '\x03', '\r');
    expect(commands()).toEqual([]);
    expect(took()).toContain('flushall\r^C\r\n');
    terminal.paste('slow\nflushall');
    await type('\r', '\x03');
    expect(commands()).toEqual(['slow']);
    expect(took()).toContain('^C\r\n');
  });

  it('prints messages above the line that is being typed', async () => {
    const { took, type, server } = session();
    await type('get k');
    took();
    server.connections[0].push(`>2\r\n${bulk('invalidate')}*1\r\n${bulk('k')}`);
    expect(took()).toMatch(/-> invalidate: 'k'\r\n.*v> get k/s);
  });

  it('remembers lines, and tells whoever keeps them', async () => {
    const onhistory = vi.fn();
    const { type, took } = session(undefined, { onhistory, history: ['old'] });
    await type('get k', '\r', 'get k', '\r', 'auth pw', '\r');
    expect(onhistory.mock.calls).toEqual([[['old', 'get k']]]);
    took();
    await type('\x1b[A', '\x1b[A');
    expect(took()).toContain('v> old');
  });

  it('tells of each line before it runs', async () => {
    const onsubmit = vi.fn<(line: string, argv: readonly Uint8Array[] | null) => void>();
    const { type } = session(undefined, { onsubmit });
    await type('get "k"', '\r', 'get "', '\r');
    expect(onsubmit.mock.calls.map(([line, argv]) => [line, argv?.length])).toEqual([
      ['get "k"', 2],
      ['get "', undefined],
    ]);
  });

  it('Escape, then Tab, leaves', async () => {
    const { terminal, type } = session();
    await type('\x1b');
    expect(terminal.leaving).toBe(true);
    await type('x');
    expect(terminal.leaving).toBe(false);
  });
});

describe('a program that runs a line', () => {
  it('runs it as if it had been typed, and gives the visitor his own line back', async () => {
    const { terminal, took, type, commands } = session();
    await type('get mi');
    took();
    await terminal.run('set a 1');
    expect(commands()).toEqual(['set a 1']);
    expect(took()).toMatch(/v> set a 1\r.*OK\r\n.*v> get mi/s);
  });

  it('types it for the eye within 400 ms, whatever its length', async () => {
    let slept = 0;
    const { terminal } = session(undefined, {
      sleep: (ms) => {
        slept += ms;
        return Promise.resolve();
      },
    });
    await terminal.run('set a-rather-long-key-name a-rather-long-value', { typed: true });
    expect(slept).toBeCloseTo(400);
    slept = 0;
    await terminal.run('ping', { typed: true });
    expect(slept).toBe(160);
  });

  it('waits for its turn', async () => {
    const { terminal, commands, took, type } = session((argv) => `+${argv[0].toUpperCase()}\r\n`);
    await type('typed', '\r');
    await Promise.all([terminal.run('one'), terminal.run('two'), terminal.run('three')]);
    expect(commands()).toEqual(['typed', 'one', 'two', 'three']);
    expect(took()).toMatch(/v> one\r.*ONE\r\n.*v> two\r.*TWO\r\n.*v> three\r.*THREE\r\n[^a-z]*v> /s);
  });
});

it('lets nothing through to the terminal but its own sequences, whatever the server says', async () => {
  const hostile = '\x1b]52;c;eA==\x07\x1b]8;;http://x\x1b\\\x1b]0;t\x07\x1bc\u009b2J\u202e\r';
  const replies = [bulk(hostile), `-ERR ${hostile.replace('\r', '')}\r\n`, `+${hostile.replace('\r', '')}\r\n`];
  const { type, raw, terminal } = session(() => replies.shift() ?? '+OK\r\n');
  await type('get a', '\r', 'get a', '\r', 'info', '\r');
  terminal.paste(hostile);
  await type('\r');
  const foreign = raw()
    .replace(/\x1b\[[\d;]*[mACBJH]/g, '')
    .replace(/\r\n?/g, '');
  expect(foreign).not.toMatch(/[\p{Cc}\p{Cf}]/u);
});
