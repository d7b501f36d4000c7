/**
 * Stands an exhibit behind RESP, so that a terminal talks to it as to the real engine: the same decoding, the same
 * replies, the same film. It has one database, no log, no expiry and no transactions, for the exhibits have none either.
 */
import type { Args } from '../args.ts';
import { CommandError, wrongArity } from '../errors.ts';
import type { Connection } from '../host.ts';
import { Arena, type ArenaState } from '../memory/arena.ts';
import { arenaSteps } from '../memory/arena.steps.ts';
import { emptyModels, type Models } from '../models.ts';
import { Reply } from '../reply.ts';
import { RequestDecoder } from '../resp/decoder.ts';
import { DynamicStrings } from '../structures/dynamic-string.ts';
import { dynamicStringSteps } from '../structures/dynamic-string.steps.ts';
import { hashFunction, type HashName } from '../structures/hash-functions.ts';
import { hashTableSteps } from '../structures/hash-table.steps.ts';
import { Film } from '../trace/film.ts';
import type { Recorder } from '../trace/recorder.ts';
import { PREVIEW_BYTES } from '../trace/steps.ts';
import type { ExhibitTable } from './exhibit.ts';
import { EXHIBIT_COMMANDS } from './exhibit-commands.ts';
import { makeExhibit } from './exhibits.ts';

export interface ExhibitOptions {
  readonly exhibit: string;
  readonly hashName: HashName;
  readonly nowMs: number;
  /** Receives causes and steps; without it nothing is recorded. */
  readonly recorder?: Recorder | null;
}

/** Everything between two turns. */
export interface ExhibitState {
  readonly arena: ArenaState;
  readonly cells: Int32Array;
  readonly sessions: readonly { readonly id: number; readonly protocol: 2 | 3 }[];
  readonly nextSessionId: number;
  readonly causeIndex: number;
  readonly nowMs: number;
}

type Send = (bytes: Uint8Array) => boolean | void;

interface ExhibitSession {
  readonly id: number;
  readonly send: Send;
  readonly decoder: RequestDecoder;
  protocol: 2 | 3;
  /** Where in the reply buffer its share of the turn lies. */
  shares: [start: number, end: number][];
}

/** The ids of the keyspace, so that the same models and diagrams serve: the arena, the strings, the table of database 0. */
const ARENA_ID = 0;
const STRINGS_ID = 1;
const TABLE_ID = 2;

/** An exhibit is for a lesson's few commands: no value needs to be longer. */
const LONGEST_VALUE = 64 * 1024;

export class ExhibitEngine {
  readonly exhibit: string;
  private readonly hashName: HashName;
  private readonly arena: Arena;
  private readonly strings: DynamicStrings;
  private readonly table: ExhibitTable;
  private readonly film: Film;
  private readonly reply = new Reply();
  private readonly sessions = new Map<number, ExhibitSession>();
  private nextSessionId = 1;
  private nowMs: number;

  constructor(options: ExhibitOptions) {
    const recorder = options.recorder ?? null;
    this.exhibit = options.exhibit;
    this.hashName = options.hashName;
    this.nowMs = options.nowMs;
    this.film = new Film(recorder);
    this.arena = new Arena(ARENA_ID, recorder?.probe(arenaSteps) ?? null);
    this.strings = new DynamicStrings(this.arena, STRINGS_ID, recorder?.probe(dynamicStringSteps) ?? null);
    this.table = makeExhibit(options.exhibit, {
      id: TABLE_ID,
      arena: this.arena,
      strings: this.strings,
      hash: hashFunction(options.hashName),
      hashName: options.hashName,
      trace: recorder?.probe(hashTableSteps) ?? null,
    });
  }

  /** A new client. Replies come through `send`, at the end of a turn, in views that are valid only during the call. */
  connect(send: Send): Connection {
    return this.open(this.nextSessionId++, 2, send);
  }

  private open(id: number, protocol: 2 | 3, send: Send): Connection {
    const decoder = new RequestDecoder({ maxBulkBytes: LONGEST_VALUE });
    const session: ExhibitSession = { id, protocol, send, decoder, shares: [] };
    this.sessions.set(id, session);
    return {
      id,
      receive: (bytes) => {
        this.receive(session, bytes);
      },
      close: () => {
        this.sessions.delete(id);
      },
    };
  }

  private receive(session: ExhibitSession, bytes: Uint8Array): void {
    if (!this.sessions.has(session.id)) return;
    const start = this.reply.length;
    session.decoder.feed(bytes);
    while (session.decoder.next()) this.run(session, session.decoder.args);
    if (session.decoder.error !== null) this.reply.error(session.decoder.error);
    if (this.reply.length > start) session.shares.push([start, this.reply.length]);
  }

  private run(session: ExhibitSession, args: Args): void {
    const start = this.reply.length;
    this.reply.protocol = session.protocol;
    if (this.film.isRunning) {
      const line = lineOf(args);
      this.film.beginCommand(session.id, 0, this.nowMs, line, line.length);
    }
    try {
      this.call(session, args);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      this.reply.length = start;
      this.reply.error(error.message);
    }
    if (this.film.isRunning) this.film.endCommand(this.reply.buffer, start, this.reply.length);
  }

  private call(session: ExhibitSession, args: Args): void {
    const command = EXHIBIT_COMMANDS.find(({ name }) => args.is(0, name.toUpperCase()));
    if (!command) throw new CommandError(`ERR this exhibit does not know '${args.latin1(0).slice(0, PREVIEW_BYTES)}'`);
    const { arity } = command;
    if (arity > 0 ? args.count !== arity : args.count < -arity) throw new CommandError(wrongArity(command.name));
    const speak = (protocol: 2 | 3): void => {
      session.protocol = protocol;
      this.reply.protocol = protocol;
    };
    command.handler({ table: this.table, strings: this.strings, reply: this.reply, speak }, args);
  }

  setTime(nowMs: number): void {
    this.nowMs = nowMs;
  }

  /** Nothing in an exhibit happens by time alone. */
  tick(nowMs: number): void {
    this.setTime(nowMs);
    this.endTurn();
  }

  endTurn(): void {
    let isKept = false;
    for (const session of [...this.sessions.values()]) {
      for (const [start, end] of session.shares) {
        if (session.send(this.reply.buffer.subarray(start, end)) === true) isKept = true;
      }
      session.shares = [];
      if (session.decoder.error !== null) this.sessions.delete(session.id);
    }
    if (isKept) this.reply.replaceBuffer();
    else this.reply.reset();
  }

  // Seeing and returning.

  snapshot(): Models {
    return {
      ...emptyModels(1, this.hashName),
      arena: this.arena.snapshot(),
      strings: this.strings.snapshot(this.table.valueRefs()),
      tables: [this.table.snapshot()],
    };
  }

  get causeIndex(): number {
    return this.film.nextIndex;
  }

  capture(): ExhibitState {
    return {
      arena: this.arena.capture(),
      cells: this.table.capture(),
      sessions: [...this.sessions.values()].map(({ id, protocol }) => ({ id, protocol })),
      nextSessionId: this.nextSessionId,
      causeIndex: this.film.nextIndex,
      nowMs: this.nowMs,
    };
  }

  /** Becomes what `capture` saw; the connections come back by their ids. */
  restore(state: ExhibitState, sendFor: (id: number) => Send): Map<number, Connection> {
    this.arena.restore(state.arena);
    this.table.restore(state.cells);
    this.film.nextIndex = state.causeIndex;
    this.nowMs = state.nowMs;
    this.nextSessionId = state.nextSessionId;
    this.sessions.clear();
    return new Map(state.sessions.map(({ id, protocol }) => [id, this.open(id, protocol, sendFor(id))]));
  }

  assertValid(): void {
    this.arena.assertValid();
    this.table.assertValid();
  }
}

/** How the command would be typed, its first bytes: for the film. */
function lineOf(args: Args): Uint8Array {
  const line: number[] = [];
  for (let i = 0; i < args.count; i++) {
    if (i > 0) line.push(32);
    line.push(...args.copy(i).subarray(0, PREVIEW_BYTES));
  }
  return Uint8Array.from(line.slice(0, PREVIEW_BYTES));
}
