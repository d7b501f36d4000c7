/** What the log asks of the place where it is kept. IndexedDB fills it in the page; tests put faults in between. */
export interface LogStorage {
  /**
   * Makes this the only writer, for as long as nobody else does the same, and gives what is kept to `take`, in order.
   * Throws `LogGap` when pieces are missing.
   */
  open(take: (record: LogRecord) => void): Promise<OpenedLog>;
  /** All of the change is kept, or nothing. A change of nothing finds out whether anything could be kept. */
  write(change: LogChange): Promise<void>;
  /** Cuts the log to `end` bytes, and returns the record that is the last one now. */
  truncate(end: number, before: number): Promise<LogRecord | null>;
  close(): void;
}

export interface OpenedLog {
  readonly length: number;
  /**
   * Why nothing can be written, though what is kept was read; `null` when all is well. Each later write tries to become
   * the only writer first, and finds out whether somebody else has meanwhile.
   */
  readonly refusal: Error | null;
}

/** A piece of the log and where in the log it begins. */
export interface LogRecord {
  readonly offset: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface LogChange {
  readonly put: readonly LogRecord[];
  /** The offsets of records whose bytes are part of a record of `put` now. */
  readonly remove: readonly number[];
  /** The log's length before and after. */
  readonly before: number;
  readonly end: number;
  /** Whether the bytes must be on stable storage when the promise is kept. */
  readonly isStrict: boolean;
}

/** The log is not this writer's any more: another one has it, or it was deleted. Trying again is of no use. */
export class LogLost extends Error {
  override readonly name = 'LogLost';
}

/** Pieces of the log are missing. What is left is not touched. */
export class LogGap extends Error {
  override readonly name = 'LogGap';
}
