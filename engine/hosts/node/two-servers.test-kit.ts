/** A real redis-server and an engine of ours, spoken to in the same way: for tests that hold the one against the other. */
import { once } from 'node:events';
import { connect } from 'node:net';

import { startRedis } from '../../../scripts/conformance-server.mjs';
import { Chance } from '../../chance.ts';
import { Client, type Argument } from '../../client/client.ts';
import type { Reply } from '../../client/reply.ts';
import type { Transport } from '../../client/transport.ts';
import { Engine } from '../../engine.ts';
import { ascii, latin1 } from '../../memory/bytes.ts';

/** One of the two. */
export class Speaker {
  readonly name: string;
  private readonly client: Client;
  private readonly onStop: () => Promise<void>;

  constructor(name: string, client: Client, onStop: () => Promise<void>) {
    this.name = name;
    this.client = client;
    this.onStop = onStop;
  }

  /** Says a command; the reply as text, a character a byte, and what holds others in brackets. */
  async say(...argv: Argument[]): Promise<string> {
    return inWords(await this.client.send(argv.map((word) => (typeof word === 'string' ? ascii(word) : word))));
  }

  /** The bytes of a bulk reply. */
  async bytes(...argv: Argument[]): Promise<Uint8Array> {
    const reply = await this.client.send(argv);
    if (reply.type !== 'bulk') throw new Error(`${this.name} replied ${inWords(reply)}`);
    return reply.bytes;
  }

  /** Says all of them at once, and expects no error. */
  async run(commands: readonly (readonly Argument[])[]): Promise<void> {
    const replies = await Promise.all(commands.map((argv) => this.say(...argv)));
    const wrong = replies.find((reply) => reply.startsWith('-'));
    if (wrong !== undefined) throw new Error(`${this.name} replied ${wrong}`);
  }

  async stop(): Promise<void> {
    this.client.close();
    await this.onStop();
  }
}

function inWords(reply: Reply): string {
  switch (reply.type) {
    case 'bulk':
    case 'verbatim':
      return latin1(reply.bytes);
    case 'null':
      return '(null)';
    case 'error':
      return `-${reply.text}`;
    case 'status':
    case 'double':
    case 'big-number':
      return reply.text;
    case 'integer':
    case 'boolean':
      return String(reply.value);
    case 'map':
      return `{${reply.pairs.map(([key, value]) => `${inWords(key)}: ${inWords(value)}`).join(', ')}}`;
    default:
      return `[${reply.items.map(inWords).join(', ')}]`;
  }
}

export async function realServer(settings: Readonly<Record<string, string>> = {}): Promise<Speaker> {
  const redis = await startRedis(settings);
  const socket = connect({ port: redis.port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  const transport: Transport = {
    send: (bytes) => socket.write(bytes.slice()),
    onbytes: null,
    onclose: null,
    close: () => socket.destroy(),
  };
  socket.on('data', (bytes) => transport.onbytes?.(bytes));
  socket.on('close', () => transport.onclose?.('the server ended it'));
  return new Speaker('redis-server', new Client(transport), () => redis.stop());
}

/** Ours, with a way in. */
export class OurSpeaker extends Speaker {
  readonly engine: Engine;

  constructor(engine: Engine, client: Client) {
    super('the engine', client, () => Promise.resolve());
    this.engine = engine;
  }
}

export function ourServer(settings: Readonly<Record<string, string>> = {}, seed = 1): OurSpeaker {
  const engine = new Engine({
    host: { seed },
    nowMs: Date.now(),
    config: { 'enable-debug-command': 'yes', ...settings },
  });
  const transport: Transport = {
    send: (bytes) => {
      engine.setTime(Date.now());
      connection.receive(bytes);
      // A reply must not come before the client knows that it waits for one.
      queueMicrotask(() => {
        engine.endTurn();
      });
    },
    onbytes: null,
    onclose: null,
    close: () => undefined,
  };
  const connection = engine.connect((bytes) => transport.onbytes?.(bytes));
  return new OurSpeaker(engine, new Client(transport));
}

/** Random things, by a seed that a failing test prints. */
export class Draw {
  private readonly chance: Chance;

  constructor(seed: number) {
    this.chance = new Chance(seed);
  }

  below(limit: number): number {
    return (this.chance.next() >>> 0) % limit;
  }

  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  of<Item>(...items: readonly Item[]): Item {
    return items[this.below(items.length)];
  }

  many<Item>(count: number, make: (index: number) => Item): Item[] {
    return Array.from({ length: count }, (_, index) => make(index));
  }

  /** Any bytes at all. */
  noise(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.below(256));
  }

  /** Bytes that repeat themselves, so that it pays to compress them. */
  text(length: number): Uint8Array {
    const words = this.many(3, () => this.noise(this.between(2, 9)));
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length;) {
      const word = this.of(...words);
      for (let i = 0; i < word.length && at < length; i++) bytes[at++] = word[i];
    }
    return bytes;
  }

  /** An integer of up to so many bits, often near the limits of what is stored in fewer bytes. */
  integer(bits: number): string {
    const width = BigInt(this.of(4, 7, 8, 12, 13, 15, 16, 23, 24, 31, 32, 47, 63));
    const near = 2n ** (width > BigInt(bits - 1) ? BigInt(bits - 1) : width) + BigInt(this.between(-2, 2));
    const value = this.of(near, -near, BigInt(this.between(-200, 200)));
    return String(BigInt.asIntN(bits, value));
  }
}
