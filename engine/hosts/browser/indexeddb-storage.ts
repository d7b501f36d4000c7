import { LogGap, LogLost, type LogChange, type LogRecord, type LogStorage, type OpenedLog } from './log-storage.ts';

const RECORDS = 'records';
const STATE = 'state';
const KEY = 'log';
/** So many records are read with one request. */
const READ_AT_ONCE = 64;
/** Some browsers never answer where storage is denied. */
const OPEN_MS = 5000;

/** Beside the records: whose log it is, and how long, so that a writer that has been replaced finds out. */
interface StoredState {
  readonly epoch: number;
  readonly end: number;
}

const NOTHING_STORED: StoredState = { epoch: 0, end: 0 };

const DELETED = 'the stored log was deleted';
const TAKEN_OVER = 'another tab has taken over the stored log';

/** A log in an IndexedDB database of its own: one record a piece, its key the offset at which it begins. */
export class IndexedDbStorage implements LogStorage {
  private readonly factory: () => IDBFactory | undefined;
  private readonly name: string;
  private database: IDBDatabase | null = null;
  private epoch = 0;
  /** What was found where the log could be read but not claimed: the claim is still to be made, if that is unchanged. */
  private unclaimed: StoredState | null = null;

  /** Where storage is denied, even looking for the factory may throw: that is part of opening. */
  constructor(factory: () => IDBFactory | undefined, name: string) {
    this.factory = factory;
    this.name = name;
  }

  async open(take: (record: LogRecord) => void): Promise<OpenedLog> {
    // Without a connection there is nothing to be read, either.
    await this.connect();
    const { end, refusal } = await this.tryToClaim();
    let read = 0;
    for (;;) {
      const records = await this.readFrom(read);
      for (const record of records) {
        if (record.offset !== read) throw new LogGap(`the bytes from ${read} to ${record.offset} are missing`);
        read += record.bytes.length;
        take(record);
      }
      if (records.length < READ_AT_ONCE) break;
    }
    if (read !== end) throw new LogGap(`it should have ${end} bytes and has ${read}`);
    return { length: end, refusal };
  }

  /** Where nothing can be written, what is kept shall still be read. */
  private async tryToClaim(): Promise<{ readonly end: number; readonly refusal: Error | null }> {
    try {
      return { end: await this.claim(null), refusal: null };
    } catch (error) {
      this.unclaimed = await this.readState();
      return { end: this.unclaimed.end, refusal: error instanceof Error ? error : new Error(String(error)) };
    }
  }

  /** From here on, whoever wrote before will find the epoch changed. With `found`, only if nobody did that meanwhile. */
  private async claim(found: StoredState | null): Promise<number> {
    let claimed = NOTHING_STORED;
    const database = await this.connect();
    await inTransaction(database, 'readwrite', 'strict', (transaction, refuse) => {
      const states = transaction.objectStore(STATE);
      states.get(KEY).onsuccess = ({ target }) => {
        const state = resultOf<StoredState | undefined>(target) ?? NOTHING_STORED;
        if (found !== null && found.epoch !== state.epoch) {
          refuse(new LogLost(state.epoch === 0 ? DELETED : TAKEN_OVER));
          return;
        }
        claimed = { epoch: state.epoch + 1, end: state.end };
        states.put(claimed, KEY);
      };
    });
    this.epoch = claimed.epoch;
    this.unclaimed = null;
    return claimed.end;
  }

  private async readState(): Promise<StoredState> {
    let state: StoredState | undefined;
    await inTransaction(await this.connect(), 'readonly', 'default', (transaction) => {
      transaction.objectStore(STATE).get(KEY).onsuccess = ({ target }) => (state = resultOf(target));
    });
    return state ?? NOTHING_STORED;
  }

  private async readFrom(offset: number): Promise<LogRecord[]> {
    const database = await this.connect();
    const range = IDBKeyRange.lowerBound(offset);
    let keys: number[] = [];
    let values: Uint8Array<ArrayBuffer>[] = [];
    await inTransaction(database, 'readonly', 'default', (transaction) => {
      const records = transaction.objectStore(RECORDS);
      records.getAllKeys(range, READ_AT_ONCE).onsuccess = ({ target }) => (keys = resultOf(target));
      records.getAll(range, READ_AT_ONCE).onsuccess = ({ target }) => (values = resultOf(target));
    });
    return keys.map((key, at) => ({ offset: key, bytes: values[at] }));
  }

  async write(change: LogChange): Promise<void> {
    try {
      await this.tryToWrite(change);
    } catch (error) {
      // Whatever is wrong with the connection, the next attempt shall have a new one.
      this.close();
      throw error;
    }
  }

  private async tryToWrite(change: LogChange): Promise<void> {
    if (this.unclaimed !== null) await this.claim(this.unclaimed);
    const database = await this.connect();
    await inTransaction(database, 'readwrite', change.isStrict ? 'strict' : 'relaxed', (transaction, refuse) => {
      this.whenOurs(transaction, change.before, change.end, refuse, () => {
        const records = transaction.objectStore(RECORDS);
        for (const offset of change.remove) records.delete(offset);
        for (const { offset, bytes } of change.put) records.put(bytes, offset);
      });
    });
  }

  async truncate(end: number, before: number): Promise<LogRecord | null> {
    if (this.unclaimed !== null) await this.claim(this.unclaimed);
    const database = await this.connect();
    let last: LogRecord | null = null;
    await inTransaction(database, 'readwrite', 'strict', (transaction, refuse) => {
      this.whenOurs(transaction, before, end, refuse, () => {
        const records = transaction.objectStore(RECORDS);
        records.delete(IDBKeyRange.lowerBound(end));
        const reversed = records.openCursor(IDBKeyRange.upperBound(end, true), 'prev');
        reversed.onsuccess = () => {
          const cursor = reversed.result;
          if (!cursor) return;
          const offset = Number(cursor.key);
          last = { offset, bytes: (cursor.value as Uint8Array<ArrayBuffer>).slice(0, end - offset) };
          records.put(last.bytes, offset);
        };
      });
    });
    return last;
  }

  /** Does `work` when the log is still this writer's and as long as it believes; notes the new length. */
  private whenOurs(
    transaction: IDBTransaction,
    before: number,
    end: number,
    refuse: (why: Error) => void,
    work: () => void,
  ): void {
    const states = transaction.objectStore(STATE);
    states.get(KEY).onsuccess = ({ target }) => {
      const state = resultOf<StoredState | undefined>(target);
      // A change whose transaction was completed though its promise was broken has nothing left to do.
      if (state?.epoch === this.epoch && state.end === end && end !== before) return;
      if (!state) refuse(new LogLost(DELETED));
      else if (state.epoch !== this.epoch) refuse(new LogLost(TAKEN_OVER));
      else if (state.end !== before) refuse(new LogLost('the stored log was changed by somebody else'));
      else {
        states.put({ epoch: this.epoch, end } satisfies StoredState, KEY);
        work();
      }
    };
  }

  close(): void {
    this.database?.close();
    this.database = null;
  }

  private async connect(): Promise<IDBDatabase> {
    if (this.database) return this.database;
    const factory = this.factory();
    if (!factory) throw new Error('it has no IndexedDB');
    const database = await openDatabase(factory, this.name);
    const forget = (): void => {
      if (this.database === database) this.database = null;
    };
    // Somebody wants to delete the database. Holding on to it would only make them wait; the next write finds out.
    database.onversionchange = () => {
      forget();
      database.close();
    };
    database.onclose = forget;
    this.database = database;
    return database;
  }
}

function openDatabase(factory: IDBFactory, name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = factory.open(name, 1);
    const late = setTimeout(() => {
      reject(new Error('the browser does not answer when it is asked for storage'));
    }, OPEN_MS);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(RECORDS);
      request.result.createObjectStore(STATE);
    };
    request.onsuccess = () => {
      clearTimeout(late);
      resolve(request.result);
    };
    request.onerror = () => {
      clearTimeout(late);
      reject(request.error ?? new Error('the browser does not give any storage'));
    };
  });
}

/** Settled when the transaction is: what its requests found is true only then. */
function inTransaction(
  database: IDBDatabase,
  mode: 'readonly' | 'readwrite',
  durability: IDBTransactionDurability,
  work: (transaction: IDBTransaction, refuse: (why: Error) => void) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let refusal: Error | null = null;
    const transaction = database.transaction([RECORDS, STATE], mode, { durability });
    transaction.oncomplete = () => {
      resolve();
    };
    transaction.onabort = () => {
      reject(refusal ?? transaction.error ?? new Error('the transaction was given up'));
    };
    work(transaction, (why) => {
      refusal = why;
      transaction.abort();
    });
  });
}

function resultOf<Result>(target: EventTarget | null): Result {
  return (target as IDBRequest<Result>).result;
}
