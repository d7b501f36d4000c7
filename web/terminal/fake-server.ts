import { ReplyDecoder } from '../../engine/client/decode.ts';
import { itemsOf, textOf } from '../../engine/client/reply.ts';
import type { Transport } from '../../engine/client/transport.ts';
import { utf8Encode } from '../../engine/memory/bytes.ts';

/**
 * The smallest thing that speaks RESP, for tests: a function from argv to the bytes of the reply, and a wire that can be
 * cut. `null` means no reply, as for a command that blocks. Commands are arrays of bulk strings, which are RESP replies
 * too, so the client's own decoder reads them.
 */
export class FakeServer {
  /** Every command that came, of all connections. */
  readonly received: string[][] = [];
  readonly connections: FakeConnection[] = [];
  private readonly answer: (argv: string[]) => string | null;

  constructor(answer: (argv: string[]) => string | null = () => '+OK\r\n') {
    this.answer = answer;
  }

  connect(): Transport {
    const transport: Transport & { closed: boolean } = {
      closed: false,
      onbytes: null,
      onclose: null,
      send: (bytes) => decoder.feed(bytes),
      close() {
        this.closed = true;
      },
    };
    const push = (wire: string | Uint8Array) => transport.onbytes?.(typeof wire === 'string' ? utf8Encode(wire) : wire);
    const decoder = new ReplyDecoder((command) => {
      const argv = itemsOf(command).map((item) => textOf(item) ?? '');
      this.received.push(argv);
      const reply = this.answer(argv);
      if (reply !== null) queueMicrotask(() => push(reply));
    });
    this.connections.push({ push, drop: (why) => transport.onclose?.(why), closed: () => transport.closed });
    return transport;
  }
}

interface FakeConnection {
  push(wire: string | Uint8Array): void;
  drop(why: string): void;
  closed(): boolean;
}

/** A bulk string on the wire. The text counts in bytes of UTF-8. */
export const bulk = (text: string): string => `$${utf8Encode(text).length}\r\n${text}\r\n`;
