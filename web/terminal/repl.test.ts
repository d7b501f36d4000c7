import { describe, expect, it } from 'vitest';

import { bulk, FakeServer } from './fake-server.ts';
import { Repl } from './repl.ts';
import { sampleDocs } from './sample-docs.ts';
import { textOfSpans } from './spans.ts';

const OK = '+OK\r\n';

function redisLike(argv: string[]): string | null {
  const name = argv[0].toLowerCase();
  switch (name) {
    case 'ping':
      return '+PONG\r\n';
    case 'get':
      return bulk('v');
    case 'blpop':
    case 'quiet':
      return null;
    case 'exec':
      return argv[1] === 'null' ? '*-1\r\n' : '*0\r\n';
    case 'hello':
      return argv[1] === '3' ? `%1\r\n${bulk('proto')}:3\r\n` : `*2\r\n${bulk('proto')}:2\r\n`;
    case 'subscribe':
      return argv.length > 1
        ? `*3\r\n${bulk('subscribe')}${bulk(argv[1])}:1\r\n`
        : '-ERR wrong number of arguments\r\n';
    case 'info':
      return bulk('# Server\r\na:1\r\n');
    case 'client':
      return argv[1].toLowerCase() === 'reply' && argv[2].toLowerCase() !== 'on' ? null : OK;
    case 'nope':
      return "-ERR unknown command 'nope'\r\n";
    default:
      return OK;
  }
}

function terminal(answer = redisLike) {
  const server = new FakeServer(answer);
  let output = '';
  let now = 0;
  const repl = new Repl({
    connect: () => server.connect(),
    promptName: 'vitrine',
    write: (spans) => (output += textOfSpans(spans)),
    clear: () => (output = ''),
    now: () => now,
    docs: sampleDocs,
  });
  repl.start();
  return {
    repl,
    server,
    /** Runs lines and gives what they printed. */
    run: async (...lines: string[]) => {
      output = '';
      for (const line of lines) await repl.run(line);
      return output;
    },
    output: () => output,
    pass: (ms: number) => (now += ms),
    commands: () => server.received.map((argv) => argv.join(' ')),
  };
}

/** Lets everything that is due happen. */
const settled = () => new Promise((resolve) => setTimeout(resolve));

describe('a line', () => {
  it('goes to the server as argv, and its reply is printed', async () => {
    const { run, server } = terminal();
    expect(await run('set "two words" \'x\'')).toBe('OK\n');
    expect(server.received).toEqual([['set', 'two words', 'x']]);
    expect(await run('get k')).toBe('"v"\n');
    expect(await run('nope')).toBe("(error) ERR unknown command 'nope'\n");
  });

  it('that is empty or badly quoted never leaves', async () => {
    const { run, server } = terminal();
    expect(await run('   ', '')).toBe('');
    expect(await run('set "k')).toBe('Invalid argument(s)\n');
    expect(server.received).toEqual([]);
  });

  it('runs several times when a number stands before it', async () => {
    const { run, commands } = terminal();
    expect(await run('3 incr q')).toBe('OK\nOK\nOK\n');
    expect(commands()).toEqual(['incr q', 'incr q', 'incr q']);
    expect(await run('0 incr q')).toContain('once or more');
    expect(await run('-1 incr q')).toContain('once or more');
    expect(await run('2')).toBe('OK\n');
  });

  it('says how long it took when that was half a second or more', async () => {
    const slow = terminal(() => null);
    const done = slow.run('debug sleep 0.51');
    slow.pass(510);
    slow.server.connections[0].push(OK);
    expect(await done).toBe('OK\n(0.51s)\n');
  });

  it('with a text for people is printed as it stands', async () => {
    expect(await terminal().run('INFO server')).toBe('# Server\na:1\n');
  });
});

describe('the prompt', () => {
  it.each([
    [[], 'vitrine> '],
    [['select 3'], 'vitrine[3]> '],
    [['select 3', 'multi'], 'vitrine[3](TX)> '],
    [['multi', 'set a 1', 'exec'], 'vitrine> '],
    [['multi', 'select 2'], 'vitrine[2](TX)> '],
    [['multi', 'select 2', 'exec'], 'vitrine[2]> '],
    [['multi', 'select 2', 'discard'], 'vitrine> '],
    [['multi', 'select 2', 'exec null'], 'vitrine> '],
    [['select 3', 'multi', 'reset'], 'vitrine> '],
    [['select 3', 'quit'], 'vitrine> '],
  ])('after %j is %j', async (lines, prompt) => {
    const { repl, run } = terminal();
    await run(...lines);
    expect(repl.prompt).toBe(prompt);
  });

  it('does not believe what the server refused', async () => {
    const { repl, run } = terminal(() => '-ERR no\r\n');
    await run('select 3', 'multi');
    expect(repl.prompt).toBe('vitrine> ');
  });
});

describe('local commands', () => {
  it('help comes from the docs of the server', async () => {
    const { run, server } = terminal();
    expect(await run('help get')).toContain('GET key');
    expect(await run('? @list')).toContain('LMPOP');
    expect(server.received).toEqual([]);
  });

  it('clear empties the screen', async () => {
    expect(await terminal().run('ping', 'CLEAR')).toBe('');
  });

  it(':set turns hints off and on', async () => {
    const { repl, run } = terminal();
    await run(':set nohints');
    expect(repl.hints).toBe(false);
    await run(':set hints');
    expect(repl.hints).toBe(true);
    expect(await run(':get hints')).toContain("no setting ':get hints'");
  });

  it('quit ends the connection and opens another', async () => {
    const { run, server } = terminal();
    expect(await run('quit')).toContain('This is a new one');
    expect(server.connections.map(({ closed }) => closed())).toEqual([true, false]);
    expect(await run('exit', 'ping')).toContain('PONG');
  });
});

describe('Ctrl-C', () => {
  it('ends the wait with the connection, says what that means, and selects the database again', async () => {
    const { repl, run, server, commands } = terminal();
    await run('select 3', 'hello 3');
    const done = run('blpop q 0');
    repl.interrupt();
    expect(await done).toBe('^C\nStopped waiting, on a new connection. It may have run.\n');
    expect(server.connections.map(({ closed }) => closed())).toEqual([true, false]);
    expect(commands().slice(-2)).toEqual(['HELLO 3', 'SELECT 3']);
    expect(repl.prompt).toBe('vitrine[3]> ');
    expect(await run('ping')).toBe('PONG\n');
  });

  it('ends a repetition', async () => {
    const { repl, run, commands } = terminal();
    const done = run('100 quiet');
    repl.interrupt();
    await done;
    expect(commands()).toEqual(['quiet']);
  });

  it('does nothing when nothing runs', async () => {
    const { repl, server } = terminal();
    repl.interrupt();
    await settled();
    expect(server.connections).toHaveLength(1);
  });
});

describe('SUBSCRIBE', () => {
  it('prints what comes until Ctrl-C, then goes on with a new connection', async () => {
    const { repl, run, server } = terminal();
    const done = run('subscribe a');
    await settled();
    server.connections[0].push(`*3\r\n${bulk('message')}${bulk('a')}${bulk('hello')}`);
    repl.interrupt();
    expect(await done).toBe(
      'Reading messages... (press Ctrl-C to quit)\n' +
        '1) "subscribe"\n2) "a"\n3) (integer) 1\n' +
        '1) "message"\n2) "a"\n3) "hello"\n' +
        '^C\n',
    );
    expect(server.connections).toHaveLength(2);
  });

  it('that is refused gives the prompt back, on the same connection', async () => {
    const { run, server } = terminal();
    expect(await run('subscribe', 'ping')).toMatch(/\(error\) ERR wrong number of arguments\nPONG\n$/);
    expect(server.connections).toHaveLength(1);
  });

  it('inside MULTI is only queued', async () => {
    const { run } = terminal((argv) => (argv[0] === 'subscribe' ? '+QUEUED\r\n' : OK));
    expect(await run('multi', 'subscribe a')).toBe('OK\nQUEUED\n');
  });
});

describe('messages that come by themselves', () => {
  it('are printed when they come', async () => {
    const { output, server } = terminal();
    server.connections[0].push(`>2\r\n${bulk('invalidate')}*1\r\n${bulk('k')}`);
    expect(output()).toBe("-> invalidate: 'k'\n");
  });
});

describe('CLIENT REPLY', () => {
  it('OFF is believed: nothing is waited for until ON', async () => {
    const { run, commands } = terminal((argv) => (argv.join(' ') === 'client reply on' ? OK : null));
    expect(await run('client reply off', 'ping', 'client reply on')).toBe('OK\n');
    expect(commands()).toEqual(['client reply off', 'ping', 'client reply on']);
  });

  it('SKIP is believed for one command', async () => {
    const { run } = terminal((argv) => (argv[0] === 'last' ? OK : null));
    expect(await run('client reply skip', 'ping', 'last')).toBe('OK\n');
  });
});

describe('a lost connection', () => {
  it('while a command waits: its outcome is unknown, and that is said once', async () => {
    const { repl, run, server } = terminal();
    const done = run('blpop q 0');
    server.connections[0].drop('the worker stopped');
    expect(await done).toBe(
      'The connection ended before the reply came (the worker stopped). The outcome is unknown: the command may have run.\n',
    );
    expect(repl.prompt).toBe('not connected> ');
    expect(await run('ping')).toBe('PONG\n');
    expect(repl.prompt).toBe('vitrine> ');
  });

  it('while nothing waits is said, too', () => {
    const { output, server } = terminal();
    server.connections[0].drop('the worker stopped');
    expect(output()).toBe('Connection lost: the worker stopped.\n');
  });

  it('over bytes that are no RESP is named as such', async () => {
    const { run } = terminal(() => 'HTTP/1.1 200 OK\r\n');
    expect(await run('ping')).toContain("Protocol error: no reply begins with 'H'");
  });
});

it('asks the server for its docs where nobody else knows them', async () => {
  const server = new FakeServer(() => `*2\r\n${bulk('ping')}*2\r\n${bulk('group')}${bulk('connection')}`);
  let changes = 0;
  const repl = new Repl({
    connect: () => server.connect(),
    promptName: 'v',
    write: () => {},
    clear: () => {},
    now: () => 0,
    onchange: () => changes++,
  });
  repl.start();
  await settled();
  expect(server.received).toEqual([['COMMAND', 'DOCS']]);
  expect([...repl.docs.keys()]).toEqual(['ping']);
  expect(changes).toBeGreaterThan(0);
});
