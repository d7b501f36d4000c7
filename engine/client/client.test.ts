import { describe, expect, it, vi } from 'vitest';

import { ascii, latin1, utf8Encode } from '../memory/bytes.ts';
import { Client, NotSentError, OutcomeUnknownError } from './client.ts';
import { encodeCommand } from './encode.ts';
import { itemsOf, pairsOf, textOf } from './reply.ts';
import type { Transport } from './transport.ts';

/** The other end of a stream, in the test's hands. */
function line() {
  const sent: string[] = [];
  const transport: Transport = {
    send: (bytes) => sent.push(latin1(bytes)),
    onbytes: null,
    onclose: null,
    close: vi.fn(),
  };
  return {
    transport,
    sent,
    client: new Client(transport),
    answer: (wire: string) => transport.onbytes?.(utf8Encode(wire)),
    drop: (why: string) => transport.onclose?.(why),
  };
}

describe('a command on the wire', () => {
  it('is an array of bulk strings, text as UTF-8 and bytes untouched', () => {
    expect(encodeCommand(['SET', 'é', Uint8Array.of(0, 255)])).toEqual(
      Uint8Array.from([
        ...ascii('*3\r\n$3\r\nSET\r\n$2\r\n'),
        0xc3,
        0xa9,
        ...ascii('\r\n$2\r\n'),
        0,
        255,
        ...ascii('\r\n'),
      ]),
    );
  });
});

describe('a client', () => {
  it('pairs pipelined commands with their replies in order', async () => {
    const { client, answer, sent } = line();
    const replies = Promise.all([client.send(['PING']), client.send(['GET', 'k']), client.send(['NOPE'])]);
    expect(sent).toEqual(['*1\r\n$4\r\nPING\r\n', '*2\r\n$3\r\nGET\r\n$1\r\nk\r\n', '*1\r\n$4\r\nNOPE\r\n']);
    expect(client.waiting).toBe(3);
    answer('+PONG\r\n$-1\r\n-ERR unk');
    answer('nown\r\n');
    expect((await replies).map((reply) => reply.type)).toEqual(['status', 'null', 'error']);
    expect(client.waiting).toBe(0);
  });

  it('gives pushes to their handler and never takes them for a reply', async () => {
    const { client, answer } = line();
    client.onpush = vi.fn();
    const reply = client.send(['GET', 'k']);
    answer('>2\r\n+invalidate\r\n*1\r\n$1\r\nk\r\n$1\r\nv\r\n');
    expect(textOf(await reply)).toBe('v');
    expect(client.onpush).toHaveBeenCalledOnce();
  });

  it('takes the push that confirms UNSUBSCRIBE for its reply', async () => {
    const { client, answer } = line();
    const reply = client.send([utf8Encode('UNSUBSCRIBE')]);
    answer('>3\r\n$11\r\nunsubscribe\r\n_\r\n:0\r\n');
    expect(itemsOf(await reply)).toHaveLength(3);
  });

  it('streams what SUBSCRIBE brings, after the replies that are due before it', async () => {
    const { client, answer } = line();
    const ping = client.send(['PING']);
    const seen: string[] = [];
    client.stream(['SUBSCRIBE', 'a'], (reply) => seen.push(textOf(itemsOf(reply)[0]) ?? reply.type));
    answer('+PONG\r\n*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\nx\r\n');
    expect(textOf(await ping)).toBe('PONG');
    expect(seen).toEqual(['subscribe', 'message']);
  });

  it('says that the outcome is unknown when the connection ends before the reply', async () => {
    const { client, drop } = line();
    client.onclose = vi.fn();
    const reply = client.send(['INCR', 'k']);
    drop('the worker stopped');
    await expect(reply).rejects.toThrow(OutcomeUnknownError);
    await expect(reply).rejects.toThrow('(the worker stopped). The outcome is unknown: the command may have run.');
    expect(client.onclose).toHaveBeenCalledExactlyOnceWith('the worker stopped');
  });

  it('says that a command was not sent when there is no connection any more', async () => {
    const { client, transport, sent } = line();
    client.close();
    await expect(client.send(['PING'])).rejects.toThrow(NotSentError);
    expect(() => client.post(['PING'])).toThrow('The command was not sent.');
    expect(sent).toEqual([]);
    expect(transport.close).toHaveBeenCalledOnce();
  });

  it('rejects what is pending when it closes by itself', async () => {
    const { client } = line();
    const reply = client.send(['BLPOP', 'q', '0']);
    client.close();
    await expect(reply).rejects.toThrow(/closed by this client/);
  });

  it('ends the connection over bytes that are no RESP, and says so', async () => {
    const { client, answer, transport } = line();
    const reply = client.send(['PING']);
    answer('HTTP/1.1 400\r\n');
    await expect(reply).rejects.toThrow(/Protocol error: no reply begins with 'H'/);
    expect(transport.close).toHaveBeenCalledOnce();
    expect(client.closed).toBe(true);
  });

  it('ends the connection over a reply that nobody asked for', () => {
    const { client, answer } = line();
    answer('+OK\r\n');
    expect(client.closed).toBe(true);
  });

  it('sends without waiting where no reply was promised', () => {
    const { client, sent } = line();
    client.post(['CLIENT', 'REPLY', 'OFF']);
    expect(sent).toHaveLength(1);
    expect(client.waiting).toBe(0);
  });
});

describe('reading replies', () => {
  it('sees pairs in a map and in the flat array of RESP2 alike', async () => {
    const { client, answer } = line();
    const replies = Promise.all([client.send(['HELLO', '3']), client.send(['HELLO', '2'])]);
    answer('%1\r\n$5\r\nproto\r\n:3\r\n*2\r\n$5\r\nproto\r\n:3\r\n');
    for (const reply of await replies) {
      expect(pairsOf(reply).map(([key, value]) => [textOf(key), textOf(value)])).toEqual([['proto', '3']]);
    }
  });
});
