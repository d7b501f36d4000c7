/**
 * A file system in memory that misbehaves on demand: any operation may fail, and a power cut takes away what was not
 * synced, of the files and of the names in the directories alike. What goes wrong, and what is left, follows from numbers
 * that are given, so that it goes wrong again in the same way.
 */
import type { Files, OpenFile, OpenMode } from '../../persistence/files.ts';

/** What happens at an operation, by its number since the start. */
export type FileFault =
  /** This operation fails, and those after it, so many in all. */
  | { readonly kind: 'error'; readonly code: 'EIO' | 'ENOSPC'; readonly lasts: number }
  /** A write takes only so many bytes, without an error; other operations do what they should. */
  | { readonly kind: 'short'; readonly takenBytes: number }
  /** The next sync from here on says that it is done and has done nothing. */
  | { readonly kind: 'lost-sync' }
  /** Nothing works any more from here on; a write has come so far. */
  | { readonly kind: 'death'; readonly takenBytes: number };

/** What is left after the machine, or only the process, has died. */
export type Remains = 'all' | 'synced' | 'torn' | 'reordered';

interface Stretch {
  readonly offset: number;
  readonly length: number;
}

const MESSAGES = { EIO: 'i/o error', ENOSPC: 'no space left on device', ENOENT: 'no such file', EEXIST: 'it exists' };

function systemError(code: keyof typeof MESSAGES, what: string): Error {
  return Object.assign(new Error(`${code}: ${MESSAGES[code]}, ${what}`), { code });
}

/** A file that grows at its end: what it holds, and how much of that is on stable storage. */
class Inode {
  bytes = new Uint8Array(256);
  length = 0;
  private safeLength = 0;
  /** What stood behind the length at which it was cut, and may come back. */
  private cutOff: { readonly at: number; readonly bytes: Uint8Array } | null = null;
  private unsynced: Stretch[] = [];

  static holding(bytes: Uint8Array): Inode {
    const inode = new Inode();
    inode.append(bytes);
    inode.settle(bytes.length);
    return inode;
  }

  append(bytes: Uint8Array): void {
    if (this.length + bytes.length > this.bytes.length) {
      const larger = new Uint8Array(Math.max(this.length + bytes.length, this.bytes.length * 2));
      larger.set(this.bytes.subarray(0, this.length));
      this.bytes = larger;
    }
    this.bytes.set(bytes, this.length);
    this.unsynced.push({ offset: this.length, length: bytes.length });
    this.length += bytes.length;
  }

  cut(length: number): void {
    if (length < this.safeLength) {
      this.cutOff = { at: length, bytes: this.bytes.slice(length, this.safeLength) };
      this.safeLength = length;
    }
    this.length = length;
    this.unsynced = this.unsynced.filter(({ offset }) => offset < length);
  }

  content(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }

  /** What was there up to this length is on stable storage. */
  settle(length: number): void {
    this.safeLength = Math.max(this.safeLength, Math.min(length, this.length));
    this.cutOff = null;
    this.unsynced = this.unsynced.filter((stretch) => stretch.offset + stretch.length > this.safeLength);
  }

  get safeBytes(): number {
    return this.safeLength;
  }

  remains(remains: Remains, below: (limit: number) => number): Uint8Array {
    switch (remains) {
      case 'all':
        return this.content();
      case 'synced':
        return this.safe();
      case 'torn': {
        const from = Math.min(this.safeLength, this.length);
        return this.cutOff ? this.safe() : this.bytes.slice(0, from + below(this.length - from + 1));
      }
      case 'reordered': {
        // Where an earlier write is missing before a later one, there are zeros.
        const kept = this.unsynced.filter(() => below(2) === 0);
        const safe = this.safe();
        const left = new Uint8Array(Math.max(safe.length, ...kept.map(({ offset, length }) => offset + length)));
        left.set(safe);
        for (const { offset, length } of kept) left.set(this.bytes.subarray(offset, offset + length), offset);
        return left;
      }
    }
  }

  private safe(): Uint8Array {
    const { cutOff } = this;
    if (cutOff === null) return this.bytes.slice(0, this.safeLength);
    const whole = new Uint8Array(cutOff.at + cutOff.bytes.length);
    whole.set(this.bytes.subarray(0, cutOff.at));
    whole.set(cutOff.bytes, cutOff.at);
    return whole;
  }
}

/** Names that come or go together: a rename takes one away and sets another. */
type NameChange = readonly (readonly [path: string, node: Inode | 'directory' | null])[];

export class FaultyFiles implements Files {
  /** The operations so far. */
  operations = 0;
  readonly faults = new Map<number, FileFault>();
  /** While set, a sync beside other work does not end before `finishSync`. */
  isSyncSlow = false;
  isDead = false;
  /** Whether anything has failed by now, and whether a sync has done nothing. */
  hasFailed = false;
  hasLied = false;

  private readonly names = new Map<string, Inode | 'directory'>();
  private readonly safeNames = new Map<string, Inode | 'directory'>();
  private nameChanges: NameChange[] = [];
  private failing: { code: 'EIO' | 'ENOSPC'; left: number } = { code: 'EIO', left: 0 };
  private losesSync = false;
  private slowSyncs: (() => void)[] = [];

  /** With these directories, and files, all safe. */
  constructor(directories: readonly string[], files: Iterable<readonly [path: string, bytes: Uint8Array]> = []) {
    for (const path of directories) this.putSafe(path, 'directory');
    for (const [path, bytes] of files) this.putSafe(path, Inode.holding(bytes));
  }

  private putSafe(path: string, node: Inode | 'directory'): void {
    this.names.set(path, node);
    this.safeNames.set(path, node);
  }

  /** All files and what they hold. */
  contents(): Map<string, Uint8Array> {
    const found = [...this.names].flatMap(([path, node]) => (node === 'directory' ? [] : [[path, node] as const]));
    return new Map(found.map(([path, inode]) => [path, inode.content()]));
  }

  /** The file system as the next start finds it. */
  after(remains: Remains, below: (limit: number) => number): FaultyFiles {
    const names = new Map(remains === 'all' || remains === 'torn' ? this.names : this.safeNames);
    if (remains === 'reordered') for (const change of this.nameChanges) if (below(2) === 0) applyTo(names, change);
    const directories = [...names].flatMap(([path, node]) => (node === 'directory' ? [path] : []));
    const files = [...names].flatMap(([path, node]) =>
      node === 'directory' || !directories.includes(parentOf(path)) ? [] : [[path, node] as const],
    );
    return new FaultyFiles(
      directories,
      files.map(([path, inode]) => [path, inode.remains(remains, below)] as const),
    );
  }

  /** From here on nothing fails any more. */
  heal(): void {
    this.faults.clear();
    this.failing.left = 0;
    this.losesSync = false;
  }

  /** Puts a whole file there, safe at once, as if from elsewhere. */
  put(path: string, bytes: Uint8Array): void {
    this.putSafe(path, Inode.holding(bytes));
  }

  /** How much of a file no power cut takes away. */
  safeBytes(path: string): number {
    const [now, safe] = [this.names.get(path), this.safeNames.get(path)];
    return now === safe && now instanceof Inode ? now.safeBytes : 0;
  }

  get isSyncing(): boolean {
    return this.slowSyncs.length > 0;
  }

  /** Ends the slow syncs that are under way. */
  finishSync(): void {
    for (const settle of this.slowSyncs.splice(0)) settle();
  }

  // Files.

  exists(path: string): boolean {
    return this.names.has(path);
  }

  read(path: string): Uint8Array {
    this.begin(`read '${path}'`);
    return this.inode(path).content();
  }

  open(path: string, mode: OpenMode): OpenFile {
    this.begin(`open '${path}'`);
    if (!this.names.has(path) && (mode === 'append' || mode === 'replace')) this.change([[path, new Inode()]]);
    const inode = this.inode(path);
    if (mode === 'replace') inode.cut(0);
    return this.openFile(inode, path);
  }

  private openFile(inode: Inode, path: string): OpenFile {
    return {
      size: () => inode.length,
      read: (into, at) => {
        this.begin(`read '${path}'`);
        const count = Math.max(0, Math.min(into.length, inode.length - at));
        into.set(inode.bytes.subarray(at, at + count));
        return count;
      },
      write: (bytes) => this.write(inode, path, bytes),
      truncate: (length) => {
        this.begin(`truncate '${path}'`);
        inode.cut(length);
      },
      syncNow: () => {
        if (this.beginSync(`fsync '${path}'`)) inode.settle(inode.length);
      },
      sync: () => this.sync(inode, path),
      close: () => undefined,
    };
  }

  private write(inode: Inode, path: string, bytes: Uint8Array): number {
    const fault = this.faults.get(this.operations);
    const taken = fault && 'takenBytes' in fault ? Math.min(fault.takenBytes, bytes.length) : bytes.length;
    try {
      this.begin(`write '${path}'`);
    } catch (error) {
      if (fault?.kind === 'death') inode.append(bytes.subarray(0, taken));
      throw error;
    }
    inode.append(bytes.subarray(0, taken));
    return taken;
  }

  private sync(inode: Inode, path: string): Promise<void> {
    const { length } = inode;
    return new Promise((resolve, reject) => {
      let isReal = false;
      let failure: Error | null = null;
      try {
        isReal = this.beginSync(`fsync '${path}'`);
      } catch (error) {
        failure = error instanceof Error ? error : new Error(String(error));
      }
      const settle = (): void => {
        // Who is dead hears of nothing.
        if (this.isDead && failure === null) return;
        if (isReal) inode.settle(length);
        if (failure === null) resolve();
        else reject(failure);
      };
      if (this.isSyncSlow) this.slowSyncs.push(settle);
      else settle();
    });
  }

  // Names.

  makeDirectory(path: string): void {
    this.begin(`mkdir '${path}'`);
    this.change([[path, 'directory']]);
  }

  syncDirectory(path: string): void {
    if (!this.beginSync(`fsync '${path}'`)) return;
    const isHere = (change: NameChange): boolean => change.some(([name]) => parentOf(name) === path);
    for (const change of this.nameChanges) if (isHere(change)) applyTo(this.safeNames, change);
    this.nameChanges = this.nameChanges.filter((change) => !isHere(change));
  }

  rename(from: string, to: string): void {
    this.begin(`rename '${from}'`);
    this.change([
      [from, null],
      [to, this.inode(from)],
    ]);
  }

  link(from: string, to: string): void {
    this.begin(`link '${from}'`);
    if (this.names.has(to)) throw systemError('EEXIST', `link '${to}'`);
    this.change([[to, this.inode(from)]]);
  }

  remove(path: string): void {
    this.begin(`unlink '${path}'`);
    this.inode(path);
    this.change([[path, null]]);
  }

  private change(change: NameChange): void {
    applyTo(this.names, change);
    this.nameChanges.push(change);
  }

  private inode(path: string): Inode {
    const node = this.names.get(path);
    if (node === undefined || node === 'directory') throw systemError('ENOENT', `'${path}'`);
    return node;
  }

  // Faults.

  /** Counts an operation, and fails where it shall. */
  private begin(what: string): void {
    const fault = this.isDead ? undefined : this.faults.get(this.operations++);
    if (fault?.kind === 'death') this.isDead = true;
    if (this.isDead) throw new Error('the machine is dead');
    if (fault?.kind === 'lost-sync') this.losesSync = true;
    if (fault?.kind === 'error') this.failing = { code: fault.code, left: fault.lasts };
    if (this.failing.left === 0) return;
    this.failing.left--;
    this.hasFailed = true;
    throw systemError(this.failing.code, what);
  }

  /** False when the sync shall do nothing. */
  private beginSync(what: string): boolean {
    this.begin(what);
    const isReal = !this.losesSync;
    this.hasLied ||= !isReal;
    this.losesSync = false;
    return isReal;
  }
}

function applyTo(names: Map<string, Inode | 'directory'>, change: NameChange): void {
  for (const [path, node] of change) {
    if (node === null) names.delete(path);
    else names.set(path, node);
  }
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}
