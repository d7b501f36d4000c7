import { expect, test } from 'vitest';

import { fromBytes, toBytes } from './quoting.ts';
import { describeDifference, parseAll, replayAll } from './replay.ts';
import type { Difference, Transport, Wire } from './replay.ts';

/** A server that answers each packet by a table, at once or a turn of the event loop later. `!` ends the connection. */
function serverOf(answers: Record<string, string>, later = false): Transport & { waitedMs: number } {
  const run = (action: () => void): void => (later ? void setTimeout(action, 1) : action());
  const transport = {
    waitedMs: 0,
    connect(): Wire {
      const wire: Wire = { send, close: () => undefined, onbytes: null, onclose: null };
      function send(bytes: Uint8Array): void {
        const answer = answers[fromBytes(bytes)] ?? '+OK\r\n';
        run(() => {
          for (const byte of toBytes(answer.replace('!', ''))) wire.onbytes?.(new Uint8Array([byte]));
          if (answer.endsWith('!')) wire.onclose?.();
        });
      }
      return wire;
    },
    wait(ms: number): void {
      transport.waitedMs += ms;
    },
  };
  return later ? { ...transport, patience: () => new Promise((resolve) => setTimeout(resolve, 50)) } : transport;
}

async function replay(text: string, answers: Record<string, string>, later = false): Promise<Difference[]> {
  return replayAll(serverOf(answers, later), parseAll({ 'a.transcript': text }));
}

for (const later of [false, true]) {
  const when = later ? 'later' : 'at once';

  test(`a server that answers as recorded, ${when}, shows no difference`, async () => {
    const text =
      '== a\n1>> "one"\n*2\n  :1\n  ?int 0..9\n2>> "two"\n+OK\n$1 "a"\n1>> "bye"\n+OK\nclosed\n1>> "again"\n+OK\n';
    expect(
      await replay(text, { one: '*2\r\n:1\r\n:5\r\n', two: '+OK\r\n$1\r\na\r\n', bye: '+OK\r\n!' }, later),
    ).toEqual([]);
  });

  test(`a reply that differs, ${when}, is told with file, line, expected and got`, async () => {
    const differences = await replay(
      '== a\n1>> "x"\n+OK\n== A sentence\n1>> "y"\n*1\n  :1\n1>> "z"\n+OK\n',
      { y: '*1\r\n:2\r\n' },
      later,
    );
    expect(differences).toEqual([
      { file: 'a.transcript', line: 6, sentence: 'A sentence', expected: '*1\n  :1', got: '*1\n  :2' },
    ]);
    const [difference] = differences;
    expect(difference && describeDifference(difference)).toBe(
      'a.transcript:6: A sentence\n  expected\n    *1\n      :1\n  got\n    *1\n      :2',
    );
  });

  test(`a reply that does not come, ${when}, ends its case only`, async () => {
    const differences = await replay('== a\n1>> "x"\n+OK\n1>> "y"\n+OK\n== b\n1>> "z"\n:1\n', { x: '' }, later);
    expect(differences.map(({ line, expected, got }) => [line, expected, got])).toEqual([
      [3, '+OK', 'nothing'],
      [8, ':1', '+OK'],
    ]);
  });

  test(`a connection that ends or stays open against expectation, ${when}, is a difference`, async () => {
    const differences = await replay('== a\n1>> "x"\n+OK\n== b\n1>> "y"\n+OK\nclosed\n', { x: '!' }, later);
    expect(differences.map(({ line, expected, got }) => [line, expected, got])).toEqual([
      [3, '+OK', 'closed'],
      [7, 'closed', 'still open'],
    ]);
  });
}

test('more than was expected is a difference, as is a reply where there should be none', async () => {
  const differences = await replay('== a\n1>> "x"\n+OK\n== b\n1>> "y"\nnothing\n1>> "z"\n+OK\n', {
    x: '+OK\r\n:1\r\n',
  });
  expect(differences.map(({ line, expected, got }) => [line, expected, got])).toEqual([
    [1, 'nothing more to client 1', ':1'],
    [6, 'nothing', '+OK'],
  ]);
});

test('a server that cannot be emptied is a difference', async () => {
  const differences = await replay('== a\n', { '*1\r\n$8\r\nFLUSHALL\r\n': '-ERR no\r\n' });
  expect(differences.map(({ line, expected, got }) => [line, expected, got])).toEqual([[1, '+OK', '-ERR no']]);
});

test('raw bytes, captures, waits and hanging up are replayed', async () => {
  const transport = serverOf({ x: '*2\r\n', y: '$4\r\nid=7\r\n', 'z 7': ':7\r\n' });
  const text = `== a\n1>> "x"\nraw "*2\\r\\n"\n~ 20ms\n1 closes\n2>> "y"\n?text ^id=(?<id>\\d+)$\n2>> "z \${id}"\n:7\n`;
  expect(await replayAll(transport, parseAll({ 'a.transcript': text }))).toEqual([]);
  expect(transport.waitedMs).toBe(20);
});

test('a capture that was never made ends its case', async () => {
  const [difference] = await replay(`== a\n1>> "z \${id}"\n+OK\n`, {});
  expect(difference?.got).toContain('id');
});
