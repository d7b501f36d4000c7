import type { Connection, Engine, EngineState, Peer, Send } from '../../api.ts';

/**
 * Everything that can come to an engine from outside, with the time at which it came. An engine that gets the same
 * inputs from the same state does the same, down to the order inside a bucket: that is what going back stands on.
 *
 * `client` is the host's own number for the other end of a connection. It outlives a return to the past, in which the
 * engine may number its sessions anew.
 */
export type Input =
  | WholeInput
  /** Here the engine was taken back: of this input only what came before cause `index` has happened. */
  | { readonly kind: 'cut'; readonly input: WholeInput; readonly index: number };

export type WholeInput =
  | { readonly kind: 'connect'; readonly client: number }
  | { readonly kind: 'bytes'; readonly client: number; readonly bytes: Uint8Array }
  | { readonly kind: 'close'; readonly client: number }
  | { readonly kind: 'tick' }
  /** What had come and was not run is dropped, and these clients wait no more: the clients' present is another. */
  | { readonly kind: 'forget'; readonly released: readonly number[] }
  | { readonly kind: 'synced'; readonly offset: number }
  | { readonly kind: 'failed'; readonly why: string | null };

/** An engine's state, and which client each of its sessions belongs to. */
export interface Moment {
  readonly state: EngineState;
  readonly clients: readonly (readonly [client: number, session: number])[];
}

/** The far end of a client: where replies go, and who is told that the engine has ended the connection. */
export interface Wire {
  readonly send: Send;
  close(): void;
}

/** Gives inputs to an engine, the live one or a second one that goes through the past. */
export class Player {
  readonly engine: Engine;
  private readonly wireFor: (client: number) => Wire;
  /** Called right before each cause, with its number. */
  onCause: ((index: number) => void) | null = null;
  private readonly connections = new Map<number, Connection>();

  constructor(engine: Engine, wireFor: (client: number) => Wire) {
    this.engine = engine;
    this.wireFor = wireFor;
    engine.watchCauses((index) => this.onCause?.(index));
  }

  get clients(): readonly number[] {
    return [...this.connections.keys()];
  }

  has(client: number): boolean {
    return this.connections.has(client);
  }

  /** One input is one turn of the loop. */
  play(input: Input, nowMs: number): void {
    const { engine } = this;
    if (input.kind === 'tick') {
      engine.tick(nowMs);
      return;
    }
    engine.setTime(nowMs);
    switch (input.kind) {
      case 'connect':
        this.connect(input.client);
        break;
      case 'bytes':
        this.connections.get(input.client)?.receive(input.bytes);
        break;
      case 'close':
        this.connections.get(input.client)?.close();
        break;
      case 'forget':
        engine.forgetUnheard(input.released.map((client) => this.connections.get(client)?.id ?? 0));
        break;
      case 'synced':
        engine.logSynced(input.offset);
        break;
      case 'failed':
        engine.logFailed(input.why);
        break;
      case 'cut':
        this.playUntil(input, nowMs);
        break;
    }
    engine.endTurn();
  }

  private playUntil({ input, index }: Extract<Input, { kind: 'cut' }>, nowMs: number): void {
    const { onCause } = this;
    let moment: Moment | null = null;
    this.onCause = (next) => {
      onCause?.(next);
      if (next === index) moment ??= afterCut(this.capture());
    };
    this.play(input, nowMs);
    this.onCause = onCause;
    if (moment === null) throw new Error(`cause ${index} did not come again`);
    this.restore(moment);
  }

  private connect(client: number): void {
    const wire = this.wireFor(client);
    this.connections.set(client, this.engine.connect(wire.send, this.peerOf(client, wire)));
  }

  private peerOf(client: number, wire: Wire): Peer {
    return {
      address: `worker:${client}`,
      localAddress: 'worker:0',
      close: () => {
        if (this.connections.delete(client)) wire.close();
      },
    };
  }

  capture(): Moment {
    return { state: this.engine.capture(), clients: [...this.connections].map(([client, { id }]) => [client, id]) };
  }

  restore(moment: Moment): void {
    const clientOf = new Map(moment.clients.map(([client, session]) => [session, client]));
    const wires = new Map(moment.clients.map(([client, session]) => [session, this.wireFor(client)]));
    // Only what is asked for by the engine is a session of the state, and every one of those has a client.
    const wireOf = (session: number): Wire => wires.get(session) ?? NO_WIRE;
    const restored = this.engine.restore(
      moment.state,
      (session) => wireOf(session).send,
      (session) => this.peerOf(clientOf.get(session) ?? 0, wireOf(session)),
    );
    this.connections.clear();
    for (const [session, connection] of restored) this.connections.set(clientOf.get(session) ?? 0, connection);
  }
}

const NO_WIRE: Wire = { send: () => undefined, close: () => undefined };

/**
 * A moment for the engine to go on from: all that was logged by then is in the log, and no command has come in part. What
 * of a command is under way belongs to its client's present, which gives it again.
 */
export function afterCut(moment: Moment): Moment {
  const { state } = moment;
  const end = state.log.offset;
  const log = { ...state.log, written: end, synced: Math.min(state.log.synced, end) };
  const sessions = state.sessions.map((session) => ({ ...session, pending: NO_BYTES }));
  return { ...moment, state: { ...state, log, sessions } };
}

const NO_BYTES = new Uint8Array(0);
