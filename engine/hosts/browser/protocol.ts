/** What the page and its worker say to each other beside RESP: pictures, never commands. */
import type { KeyRecord, Overview, ValueOverview } from '../../api.ts';
import type { Models } from '../../models.ts';
import type { HashName } from '../../structures/hash-functions.steps.ts';

export type { KeyRecord, LargeValue, Overview, TableShape, ValueOverview } from '../../api.ts';

export interface WorkerOptions {
  readonly seed: number;
  readonly hashName: HashName;
  /** The name of the log in IndexedDB; `null` for a scratch engine that keeps nothing. */
  readonly storeName: string | null;
  readonly config: Readonly<Record<string, string>>;
  /** An exhibit of the museum by its name, in place of the engine. */
  readonly exhibit?: string | undefined;
}

export type PageToWorker =
  | { readonly type: 'start'; readonly options: WorkerOptions }
  /** A new client; over the port go `PortMessage`s, both ways. */
  | { readonly type: 'connect'; readonly port: MessagePort; readonly name: string }
  /** The picture right before cause `index`, and its steps. Answered by `frame` with the same `request`. */
  | { readonly type: 'frame'; readonly request: number; readonly index: number }
  /** Where a key's bytes lie, at present (`index` null) or right before a cause. Answered by `record`. */
  | {
      readonly type: 'inspect';
      readonly request: number;
      readonly index: number | null;
      readonly db: number;
      readonly key: Uint8Array;
    }
  /** How a value stands as a whole, at present or right before a cause. Answered by `overview`. */
  | {
      readonly type: 'overview';
      readonly request: number;
      readonly index: number | null;
      readonly db: number;
      readonly entry: number;
    }
  /** From here on cause `index` and all after it never happened: the engine goes back, its log too. */
  | { readonly type: 'fork'; readonly request: number; readonly index: number }
  /** Back to the end of a branch that was given up by a fork. Answered by `forked`, too. */
  | { readonly type: 'take up'; readonly request: number; readonly branch: number }
  /** The page may go away: what waits to be kept is kept now, as far as there is time. */
  | { readonly type: 'hide' }
  /** The tab that holds the database does not answer: this one shall hold it. */
  | { readonly type: 'take over' };

export type WorkerToPage =
  | ({ readonly type: 'ready'; readonly loaded: LoadReport; readonly nextIndex: number } & Picture)
  /** Causes and steps since the last message, packed; see `decodeSteps`. */
  | { readonly type: 'steps'; readonly words: Int32Array }
  | { readonly type: 'frame'; readonly request: number; readonly frame: Frame | null }
  | { readonly type: 'record'; readonly request: number; readonly record: KeyRecord | null }
  | { readonly type: 'overview'; readonly request: number; readonly overview: ValueOverview | null }
  /**
   * The engine is where it was asked to be; or still where it was, when that lies too far back: `nextIndex` tells. Where
   * another tab has asked, this comes unasked with request 0.
   */
  | ({
      readonly type: 'forked';
      readonly request: number;
      readonly nextIndex: number;
      readonly branches: readonly Branch[];
    } & Picture)
  /**
   * The state right before cause `nextIndex`: after causes marked `lost`, after causes that were too many to be told (their
   * numbers are missing from `steps`), and now and then while there are too many keys to fold.
   */
  | ({ readonly type: 'keyframe'; readonly nextIndex: number } & Picture)
  | { readonly type: 'save'; readonly state: SaveState }
  /**
   * Who holds the database, when that changes. After a change `ready` comes again with what the new holder has, and all
   * connections have been closed; what was under way then may or may not have happened.
   */
  | { readonly type: 'role'; readonly role: Role }
  | { readonly type: 'failed'; readonly why: string };

export type Role =
  | { readonly kind: 'holder' }
  /** Another tab holds it, and everything goes through that one. */
  | { readonly kind: 'guest' }
  /** The other tab has not answered for so many seconds. */
  | { readonly kind: 'unanswered'; readonly seconds: number };

/** All structures, or where there are too many keys for that, an overview of the fullest database. */
export interface Picture {
  readonly models: Models | null;
  readonly overview: Overview | null;
}

/** Causes that were given up: from `from` up to, not including, `to`; when that was. */
export interface Branch {
  readonly id: number;
  readonly from: number;
  readonly to: number;
  readonly nowMs: number;
}

/** What goes over a client's port: RESP, and at the end why there is no more of it. */
export type PortMessage = Uint8Array<ArrayBuffer> | { readonly closed: string };

export interface Frame {
  readonly index: number;
  /** `null` where there are too many keys; then `overview` stands for it. */
  readonly before: Models | null;
  readonly overview: Overview | null;
  /** The cause and its steps. */
  readonly words: Int32Array;
}

export interface LoadReport {
  readonly commands: number;
  readonly bytes: number;
  readonly milliseconds: number;
  /** Bytes at the end of the log that were no whole command, and were left out. */
  readonly tornBytes: number;
}

export type SaveState =
  /** The whole log is kept: so many bytes. */
  | { readonly kind: 'saved'; readonly bytes: number }
  /** Bytes wait to be kept. */
  | { readonly kind: 'saving'; readonly bytes: number }
  /** Nothing is kept: storage is denied, or this is a scratch engine. */
  | { readonly kind: 'memory'; readonly why: string }
  | { readonly kind: 'failed'; readonly why: string };
