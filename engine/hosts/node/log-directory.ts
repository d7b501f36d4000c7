/**
 * The log as redis-server 7 lays it out: in `DIR/appendonlydir` a manifest, at most one base, and increments. Vitrine
 * writes one increment and reads whatever is made of commands; either server can go on with the other's directory.
 */
import {
  closeSync,
  existsSync,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

import { LogDamage, type Engine } from '../../api.ts';
import { joined } from '../../memory/bytes.ts';
import type { LogFile } from '../../persistence/file-log.ts';
import { parseManifest, printManifest, type ManifestFile } from '../../persistence/manifest.ts';
import { tailDamage } from '../../persistence/torn-tail.ts';
import { DirectoryLock } from './directory-lock.ts';

/** The log cannot be used as it lies there; nothing was changed. The message says why. */
class LogUnusable extends Error {
  override readonly name = 'LogUnusable';
}

export interface LogDirectoryOptions {
  /** `dir`, `appenddirname` and `appendfilename` of redis.conf. */
  readonly dir: string;
  readonly dirName: string;
  readonly fileName: string;
  /** Whether an end that was torn off is cut away, or is a reason not to start. */
  readonly cutsTornEnd: boolean;
  say(sentence: string): void;
}

const CHUNK_BYTES = 1024 * 1024;
/** A log longer than this tells how far it has got while it is read. */
const TELL_EVERY_BYTES = 256 * CHUNK_BYTES;

export class LogDirectory {
  /** How many bytes the file that is written to holds. */
  readonly offset: number;
  readonly file: LogFile;

  private readonly options: LogDirectoryOptions;
  private readonly path: string;
  private readonly lock: DirectoryLock;
  private readonly fd: number;

  /** Locks the directory, reads the log into the engine, and is ready to write on. */
  constructor(engine: Engine, options: LogDirectoryOptions) {
    this.options = options;
    this.path = join(options.dir, options.dirName);
    this.refuseOldForm();
    makeDirectory(options.dir, options.dirName);
    this.lock = new DirectoryLock(this.path);
    try {
      const files = this.filesToRead();
      let offset = 0;
      for (const [index, { name }] of files.entries()) offset = this.load(engine, name, index === files.length - 1);
      const last = files.at(-1);
      const isOpen = last?.kind === 'increment';
      this.fd = isOpen ? openSync(join(this.path, last.name), 'a') : this.addIncrement(files);
      this.offset = isOpen ? offset : 0;
      if (!isOpen) engine.loader().finish();
      this.file = fileOf(this.fd, () => this.content());
    } catch (error) {
      this.lock.release();
      throw error;
    }
  }

  close(): void {
    closeSync(this.fd);
    this.lock.release();
  }

  /** All files that the manifest names, one behind the other. */
  private content(): Uint8Array {
    return joined(this.filesToRead().map(({ name }) => readFileSync(join(this.path, name))));
  }

  private get manifestPath(): string {
    return join(this.path, `${this.options.fileName}.manifest`);
  }

  private refuseOldForm(): void {
    const old = join(this.options.dir, this.options.fileName);
    if (existsSync(old) && !existsSync(this.path)) {
      throw new LogUnusable(
        `${old} is a log in the form of Redis before 7. Start a redis-server 7 with this directory once: it brings the ` +
          'log into the new form. The file is untouched.',
      );
    }
  }

  private filesToRead(): ManifestFile[] {
    if (!existsSync(this.manifestPath)) return [];
    try {
      return parseManifest(readFileSync(this.manifestPath, 'utf8')).filter(({ kind }) => kind !== 'history');
    } catch (error) {
      throw new LogUnusable(`${this.manifestPath} cannot be used: ${messageOf(error)}. Nothing was changed.`);
    }
  }

  /** Starts a new increment and puts it into the manifest, which is replaced whole or not at all. */
  private addIncrement(files: readonly ManifestFile[]): number {
    const sequence = 1;
    const name = `${this.options.fileName}.${sequence}.incr.aof`;
    const fd = openSync(join(this.path, name), 'a');
    if (fstatSync(fd).size > 0) {
      closeSync(fd);
      throw new LogUnusable(`${join(this.path, name)} is there, but no manifest names it. The file is untouched.`);
    }
    const temporary = join(this.path, `temp-${this.options.fileName}.manifest`);
    const manifestFd = openSync(temporary, 'w');
    writeSync(manifestFd, printManifest([...files, { name, sequence, kind: 'increment' }]));
    fsyncSync(manifestFd);
    closeSync(manifestFd);
    renameSync(temporary, this.manifestPath);
    syncDirectory(this.path);
    return fd;
  }

  /** Reads one file and returns the length of what is valid in it. */
  private load(engine: Engine, name: string, isLast: boolean): number {
    const path = join(this.path, name);
    let fd: number;
    try {
      fd = openSync(path, isLast ? 'r+' : 'r');
    } catch (error) {
      throw new LogUnusable(`${path} cannot be read: ${messageOf(error)}. Nothing was changed.`);
    }
    try {
      return this.loadFrom(engine, fd, path, isLast);
    } finally {
      closeSync(fd);
    }
  }

  private loadFrom(engine: Engine, fd: number, path: string, isLast: boolean): number {
    const { size } = fstatSync(fd);
    const loader = engine.loader();
    const chunk = new Uint8Array(CHUNK_BYTES);
    let told = 0;
    try {
      for (let at = 0, count = 0; (count = readSync(fd, chunk, 0, chunk.length, at)) > 0; at += count) {
        if (at === 0 && Buffer.from(chunk.buffer, 0, Math.min(count, 5)).toString('latin1') === 'REDIS') {
          throw new LogUnusable(
            `${path} is a snapshot in the RDB form, which Vitrine does not read yet. The file is untouched. ` +
              'A redis-server with "aof-use-rdb-preamble no" writes it as commands when told BGREWRITEAOF.',
          );
        }
        loader.feed(chunk.subarray(0, count));
        if (at - told >= TELL_EVERY_BYTES) {
          told = at;
          this.options.say(`Reading ${path}: ${Math.floor((at / size) * 100)} % of ${megabytes(size)}.`);
        }
      }
    } catch (error) {
      if (error instanceof LogDamage) throw new LogUnusable(`${path}: ${error.message}. The file is untouched.`);
      throw error;
    }
    const { commands, validBytes, tornBytes, unfinishedBytes } = loader.finish();
    if (tornBytes > 0) this.cut(fd, path, { size, validBytes, unfinishedBytes, isLast });
    this.options.say(`Read ${commands} commands, ${megabytes(validBytes)}, from ${path}.`);
    return validBytes;
  }

  private cut(
    fd: number,
    path: string,
    {
      size,
      validBytes,
      unfinishedBytes,
      isLast,
    }: { size: number; validBytes: number; unfinishedBytes: number; isLast: boolean },
  ): void {
    const torn = `${path}: the last ${size - validBytes} bytes, from offset ${validBytes} on, are a command or a transaction that was not written to its end`;
    const tail = new Uint8Array(Math.min(unfinishedBytes, CHUNK_BYTES));
    readSync(fd, tail, 0, tail.length, size - unfinishedBytes);
    const damage = tailDamage(tail);
    if (damage !== null) {
      throw new LogUnusable(`${path}, at offset ${size - unfinishedBytes}: ${damage}. The file is untouched.`);
    }
    if (!isLast) throw new LogUnusable(`${torn}, though another file follows. The file is untouched.`);
    if (!this.options.cutsTornEnd) throw new LogUnusable(`${torn}; aof-load-truncated is "no". The file is untouched.`);
    ftruncateSync(fd, validBytes);
    fsyncSync(fd);
    this.options.say(`${torn}. They were cut off (aof-load-truncated yes).`);
  }
}

function fileOf(fd: number, content: () => Uint8Array): LogFile {
  return {
    content,
    write: (bytes) => writeSync(fd, bytes),
    syncNow: () => {
      fdatasyncSync(fd);
    },
    sync: () =>
      new Promise((resolve, reject) => {
        fdatasync(fd, (error) => {
          if (error) reject(error);
          else resolve();
        });
      }),
  };
}

/** A new directory is safe only once the one above it was synced. */
function makeDirectory(dir: string, name: string): void {
  if (existsSync(join(dir, name))) return;
  if (!existsSync(dir)) throw new LogUnusable(`There is no directory ${dir} for the log.`);
  mkdirSync(join(dir, name));
  syncDirectory(dir);
}

function syncDirectory(path: string): void {
  // Windows opens no directory, and needs no sync of one.
  if (process.platform === 'win32') return;
  const fd = openSync(path, 'r');
  fsyncSync(fd);
  closeSync(fd);
}

function megabytes(bytes: number): string {
  return bytes < CHUNK_BYTES ? `${bytes} bytes` : `${(bytes / CHUNK_BYTES).toFixed(1)} MB`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
