/**
 * Replays transcripts against anything that takes bytes and gives bytes: the engine in this process, a worker behind a
 * port, a server behind a socket. It says where the answers differ and never stops at the first one.
 */
import { printExpectation, satisfies } from './expectation.ts';
import type { Captures, Expectation } from './expectation.ts';
import { encodeCommand, fromBytes, toBytes } from './quoting.ts';
import { decodeReply, printReply } from './reply.ts';
import type { Decoded } from './reply.ts';
import { bytesToSend, casesOf, parseTranscript } from './transcript.ts';
import type { Case, Happening, Item, Transcript } from './transcript.ts';

/** One connection. The replay sets both handlers before it sends anything; `onclose` comes after the last bytes. */
export interface Wire {
  send(bytes: Uint8Array): void;
  close(): void;
  onbytes: ((bytes: Uint8Array) => void) | null;
  onclose: (() => void) | null;
}

export interface Transport {
  connect(): Wire | Promise<Wire>;
  /** Lets time pass: turns a manual clock, or waits. */
  wait(ms: number): void | Promise<void>;
  /** Resolves when waiting for a reply has no use any more. Left out where replies arrive before `send` returns. */
  patience?(): Promise<void>;
  /** Resolves when what was sent has been heard, though nobody answers: where another wire could be heard before it. */
  settle?(): Promise<void>;
}

export interface Difference {
  file: string;
  line: number;
  sentence: string;
  expected: string;
  got: string;
}

type Send = Extract<Item, { kind: 'send' }>;

/** A wire with what has come in and nobody has looked at yet. */
class Client {
  received = '';
  closed = false;
  private wake: (() => void) | null = null;
  private readonly wire: Wire;
  private readonly transport: Transport;

  constructor(wire: Wire, transport: Transport) {
    this.wire = wire;
    this.transport = transport;
    wire.onbytes = (bytes) => {
      this.received += fromBytes(bytes);
      this.wake?.();
    };
    wire.onclose = () => {
      this.closed = true;
      this.wake?.();
    };
  }

  send(bytes: string): void {
    this.wire.send(toBytes(bytes));
  }

  hangUp(): void {
    this.wire.onbytes = null;
    this.wire.onclose = null;
    if (!this.closed) this.wire.close();
  }

  /** The next reply, or null when none comes. Where raw bytes are expected, so many of them. */
  async next(node: Expectation): Promise<Decoded['reply'] | null> {
    const decoded = await this.until(() => this.decode(node));
    if (!decoded) return null;
    this.received = this.received.slice(decoded.end);
    return decoded.reply;
  }

  async ends(): Promise<boolean> {
    return (await this.until(() => (this.closed ? true : null))) ?? false;
  }

  private decode(node: Expectation): Decoded | null {
    if (node.kind !== 'raw') return decodeReply(this.received);
    const end = node.text.length;
    return this.received.length < end ? null : { reply: { kind: 'raw', text: this.received.slice(0, end) }, end };
  }

  private async until<Value>(look: () => Value | null): Promise<Value | null> {
    let patient = true;
    let patience: Promise<void> | undefined;
    for (;;) {
      const seen = look();
      if (seen !== null || this.closed || !patient || !this.transport.patience) return seen;
      const arrival = new Promise<void>((resolve) => (this.wake = resolve));
      patience ??= this.transport.patience().then(() => void (patient = false));
      await Promise.race([arrival, patience]);
    }
  }
}

/** One run of one case. */
class Run {
  readonly differences: Difference[] = [];
  private readonly clients = new Map<number, Client>();
  private readonly captures: Captures = new Map();
  private readonly transport: Transport;
  private readonly file: string;
  private readonly scene: Case;

  constructor(transport: Transport, file: string, scene: Case) {
    this.transport = transport;
    this.file = file;
    this.scene = scene;
  }

  async play(): Promise<void> {
    await this.empty();
    for (const item of this.scene.items) {
      if (item.kind === 'wait') await this.transport.wait(item.ms);
      else if (item.kind === 'hang-up') this.hangUp(item.client);
      else if (item.kind === 'send' && !(await this.playSend(item))) break;
    }
    for (const [number, client] of this.clients) {
      if (client.received !== '')
        this.differ(this.scene.line, `nothing more to client ${number}`, printAll(client.received));
      client.hangUp();
    }
  }

  private async empty(): Promise<void> {
    const client = new Client(await this.transport.connect(), this.transport);
    client.send(encodeCommand(['FLUSHALL']));
    const ok: Expectation = { kind: 'line', mark: '+', text: 'OK' };
    const reply = await client.next(ok);
    if (!reply || !satisfies(ok, reply, new Map()))
      this.differ(this.scene.line, '+OK', reply ? printReply(reply).join('\n') : 'nothing');
    client.hangUp();
  }

  /** False when a reply did not come at all: what follows would only be confusion. */
  private async playSend(item: Send): Promise<boolean> {
    const client = this.clients.get(item.client) ?? new Client(await this.transport.connect(), this.transport);
    this.clients.set(item.client, client);
    let bytes: string;
    try {
      bytes = bytesToSend(item.inputs, this.captures);
    } catch (error) {
      // A capture that an earlier, differing reply did not give.
      this.differ(item.line, 'a line that can be sent', error instanceof Error ? error.message : String(error));
      return false;
    }
    client.send(bytes);
    for (const happening of item.happenings) {
      if (!(await this.check(happening))) return false;
    }
    return true;
  }

  private async check(happening: Happening): Promise<boolean> {
    const client = this.clients.get(happening.client);
    if (!client) return this.differ(happening.line, `client ${happening.client}`, 'no such client');
    if (happening.kind === 'closed') {
      if (!(await client.ends())) return this.differ(happening.line, 'closed', 'still open');
      if (client.received !== '') this.differ(happening.line, 'closed', printAll(client.received));
      this.clients.delete(happening.client);
      return true;
    }
    if (happening.kind === 'nothing') {
      // Where replies take time, an unexpected one shows up as a difference in what comes next.
      if (client.received !== '') this.differ(happening.line, 'nothing', printAll(client.received));
      client.received = '';
      await this.transport.settle?.();
      return true;
    }
    const reply = await client.next(happening.node);
    const expected = printExpectation(happening.node).join('\n');
    if (!reply) return this.differ(happening.line, expected, client.closed ? 'closed' : 'nothing');
    if (!satisfies(happening.node, reply, this.captures))
      this.differ(happening.line, expected, printReply(reply).join('\n'));
    return true;
  }

  private hangUp(number: number): void {
    this.clients.get(number)?.hangUp();
    this.clients.delete(number);
  }

  private differ(line: number, expected: string, got: string): false {
    this.differences.push({ file: this.file, line, sentence: this.scene.sentence, expected, got });
    return false;
  }
}

function printAll(bytes: string): string {
  const lines: string[] = [];
  let at = 0;
  while (at < bytes.length) {
    const decoded = decodeReply(bytes, at) ?? {
      reply: { kind: 'raw' as const, text: bytes.slice(at) },
      end: bytes.length,
    };
    lines.push(...printReply(decoded.reply));
    at = decoded.end;
  }
  return lines.join('\n');
}

/** Replays one case on an emptied server. */
export async function replayCase(transport: Transport, file: string, scene: Case): Promise<Difference[]> {
  const run = new Run(transport, file, scene);
  await run.play();
  return run.differences;
}

/** Replays every case of every transcript, one after the other. Settings of the server are the caller's affair. */
export async function replayAll(transport: Transport, transcripts: readonly Transcript[]): Promise<Difference[]> {
  const differences: Difference[] = [];
  for (const transcript of transcripts) {
    for (const scene of casesOf(transcript)) differences.push(...(await replayCase(transport, transcript.name, scene)));
  }
  return differences;
}

/** Transcripts from the text of their files, in the order of their names. */
export function parseAll(files: Readonly<Record<string, string>>): Transcript[] {
  return Object.keys(files)
    .sort()
    .map((name) => parseTranscript(name, files[name] ?? ''));
}

/** A difference as one reads it in a terminal. */
export function describeDifference(difference: Difference): string {
  const indented = (text: string): string => text.split('\n').join('\n    ');
  return (
    `${difference.file}:${difference.line}: ${difference.sentence}\n` +
    `  expected\n    ${indented(difference.expected)}\n  got\n    ${indented(difference.got)}`
  );
}
