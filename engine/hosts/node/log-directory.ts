/**
 * The log as redis-server 7 lays it out: in `DIR/appendonlydir` a manifest, at most one base, and increments. Vitrine
 * writes one increment and reads whatever is made of commands; either server can go on with the other's directory.
 */
import { join } from 'node:path';

import { LogDamage, type Engine } from '../../api.ts';
import { joined, latin1, utf8Decode, utf8Encode } from '../../memory/bytes.ts';
import { codeOf, writeAll, type Files, type OpenFile } from '../../persistence/files.ts';
import type { LogFile } from '../../persistence/file-log.ts';
import { parseManifest, printManifest, type ManifestFile } from '../../persistence/manifest.ts';
import { DirectoryLock } from './directory-lock.ts';
import { nodeFiles } from './node-files.ts';

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
  /** The system's own, when nothing else is said. */
  readonly files?: Files;
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
  private readonly files: Files;
  private readonly path: string;
  private readonly lock: DirectoryLock;
  private readonly open: OpenFile;

  /** Locks the directory, reads the log into the engine, and is ready to write on. */
  constructor(engine: Engine, options: LogDirectoryOptions) {
    this.options = options;
    this.files = options.files ?? nodeFiles;
    this.path = join(options.dir, options.dirName);
    this.refuseOldForm();
    this.makeDirectory();
    this.lock = new DirectoryLock(this.files, this.path);
    try {
      const files = this.filesToRead();
      let offset = 0;
      for (const [index, { name }] of files.entries()) offset = this.load(engine, name, index === files.length - 1);
      const last = files.at(-1);
      const isOpen = last?.kind === 'increment';
      this.open = isOpen ? this.files.open(join(this.path, last.name), 'append') : this.addIncrement(files);
      this.offset = isOpen ? offset : 0;
      if (!isOpen) engine.loader().finish();
    } catch (error) {
      throw this.givenUp(error);
    }
    this.file = {
      write: (bytes) => this.open.write(bytes),
      syncNow: () => {
        this.open.syncNow();
      },
      sync: () => this.open.sync(),
      content: () => this.content(),
    };
  }

  close(): void {
    this.open.close();
    this.lock.release();
  }

  /** Why it cannot be used, and unlocked. */
  private givenUp(error: unknown): Error {
    try {
      this.lock.release();
    } catch (second) {
      return new LogUnusable(`${messageOf(error)} Nor can ${this.path} be unlocked: ${messageOf(second)}`);
    }
    return error instanceof Error ? error : new Error(String(error));
  }

  /** All files that the manifest names, one behind the other. */
  private content(): Uint8Array {
    return joined(this.filesToRead().map(({ name }) => this.files.read(join(this.path, name))));
  }

  /** A new directory is safe only once the one above it was synced. */
  private makeDirectory(): void {
    const { dir } = this.options;
    if (this.files.exists(this.path)) return;
    if (!this.files.exists(dir)) throw new LogUnusable(`There is no directory ${dir} for the log.`);
    this.files.makeDirectory(this.path);
    this.files.syncDirectory(dir);
  }

  private get manifestPath(): string {
    return join(this.path, `${this.options.fileName}.manifest`);
  }

  private refuseOldForm(): void {
    const old = join(this.options.dir, this.options.fileName);
    if (this.files.exists(old) && !this.files.exists(this.path)) {
      throw new LogUnusable(
        `${old} is a log in the form of Redis before 7. Start a redis-server 7 with this directory once: it brings the ` +
          'log into the new form. The file is untouched.',
      );
    }
  }

  private filesToRead(): ManifestFile[] {
    if (!this.files.exists(this.manifestPath)) return [];
    try {
      return parseManifest(utf8Decode(this.files.read(this.manifestPath))).filter(({ kind }) => kind !== 'history');
    } catch (error) {
      throw new LogUnusable(`${this.manifestPath} cannot be used: ${messageOf(error)}. Nothing was changed.`);
    }
  }

  /** Starts a new increment and puts it into the manifest, which is replaced whole or not at all. */
  private addIncrement(files: readonly ManifestFile[]): OpenFile {
    const sequence = 1;
    const name = `${this.options.fileName}.${sequence}.incr.aof`;
    const file = this.files.open(join(this.path, name), 'append');
    try {
      if (file.size() > 0)
        throw new LogUnusable(`${join(this.path, name)} is there, but no manifest names it. The file is untouched.`);
      this.replaceManifest([...files, { name, sequence, kind: 'increment' }]);
    } catch (error) {
      file.close();
      throw error;
    }
    return file;
  }

  private replaceManifest(files: readonly ManifestFile[]): void {
    const temporary = join(this.path, `temp-${this.options.fileName}.manifest`);
    const manifest = this.files.open(temporary, 'replace');
    try {
      writeAll(manifest, utf8Encode(printManifest(files)));
      manifest.syncNow();
    } finally {
      manifest.close();
    }
    // What a manifest names must be there whenever the manifest is.
    this.files.syncDirectory(this.path);
    this.files.rename(temporary, this.manifestPath);
    this.files.syncDirectory(this.path);
  }

  /** Reads one file and returns the length of what is valid in it. */
  private load(engine: Engine, name: string, isLast: boolean): number {
    const path = join(this.path, name);
    let file: OpenFile | null = null;
    try {
      file = this.files.open(path, isLast ? 'update' : 'read');
      return this.loadFrom(engine, file, path, isLast);
    } catch (error) {
      if (error instanceof LogUnusable) throw error;
      if (error instanceof LogDamage) throw new LogUnusable(`${path}: ${error.message}. The file is untouched.`);
      if (codeOf(error) === '') throw error;
      throw new LogUnusable(`${path} cannot be read: ${messageOf(error)}. Nothing was changed.`);
    } finally {
      file?.close();
    }
  }

  private loadFrom(engine: Engine, file: OpenFile, path: string, isLast: boolean): number {
    const size = file.size();
    const loader = engine.loader();
    const chunk = new Uint8Array(Math.min(CHUNK_BYTES, size + 1));
    let told = 0;
    for (let at = 0, count = 0; (count = file.read(chunk, at)) > 0; at += count) {
      if (at === 0 && latin1(chunk, 0, Math.min(count, 5)) === 'REDIS') {
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
    const { commands, validBytes, tornBytes } = loader.finish();
    if (tornBytes > 0) this.cut(file, path, validBytes, tornBytes, isLast);
    this.options.say(`Read ${commands} commands, ${megabytes(validBytes)}, from ${path}.`);
    return validBytes;
  }

  private cut(file: OpenFile, path: string, validBytes: number, tornBytes: number, isLast: boolean): void {
    const torn = `${path}: the last ${tornBytes} bytes, from offset ${validBytes} on, are a command or a transaction that was not written to its end`;
    if (!isLast) throw new LogUnusable(`${torn}, though another file follows. The file is untouched.`);
    if (!this.options.cutsTornEnd) throw new LogUnusable(`${torn}; aof-load-truncated is "no". The file is untouched.`);
    try {
      file.truncate(validBytes);
      file.syncNow();
    } catch (error) {
      throw new LogUnusable(`${torn}, and could not be cut off: ${messageOf(error)}.`);
    }
    this.options.say(`${torn}. They were cut off (aof-load-truncated yes).`);
  }
}

function megabytes(bytes: number): string {
  return bytes < CHUNK_BYTES ? `${bytes} bytes` : `${(bytes / CHUNK_BYTES).toFixed(1)} MB`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
