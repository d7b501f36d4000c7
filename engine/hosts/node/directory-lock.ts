import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { ascii, latin1 } from '../../memory/bytes.ts';
import { codeOf, writeAll, type Files } from '../../persistence/files.ts';

const LOCK_NAME = 'vitrine.lock';

/** Directories that this very process has locked: a process id alone cannot tell us from ourselves. */
const held = new WeakMap<Files, Set<string>>();

/**
 * Keeps a second process from writing to the same directory. The lock is a file that names its process; when that
 * process is gone, whoever comes next takes the lock over. Throws when somebody alive holds it.
 */
export class DirectoryLock {
  private readonly files: Files;
  private readonly path: string;
  private readonly held: Set<string>;

  constructor(files: Files, directory: string) {
    this.files = files;
    this.path = join(directory, LOCK_NAME);
    this.held = held.get(files) ?? new Set();
    held.set(files, this.held);
    if (this.held.has(this.path)) throw new Error(`${directory} is in use by this very process`);
    this.take(directory);
    this.held.add(this.path);
  }

  release(): void {
    this.held.delete(this.path);
    if (this.read(this.path) === ownIdentity()) this.files.remove(this.path);
  }

  private take(directory: string): void {
    const mine = `${this.path}.${process.pid}`;
    this.write(mine, ownIdentity());
    try {
      // A link is made whole or not at all, and fails when the name is taken: exactly one of two that try gets it.
      for (let attempt = 0; !this.linked(mine, this.path); attempt++) {
        const holder = this.read(this.path);
        if (holder === null) continue;
        if (isAlive(holder) || attempt > 100) {
          throw new Error(
            `${directory} is in use by process ${holder.split(' ')[0]}; two servers cannot share one log`,
          );
        }
        this.clearAway(holder);
      }
    } finally {
      this.files.remove(mine);
    }
  }

  /** Moves a dead process's lock aside. Should somebody have taken it over in between, it is put back. */
  private clearAway(holder: string): void {
    const aside = `${this.path}.${process.pid}.old`;
    try {
      this.files.rename(this.path, aside);
    } catch (error) {
      if (isMissing(error)) return;
      throw error;
    }
    if (this.read(aside) !== holder) this.linked(aside, this.path);
    this.files.remove(aside);
  }

  private write(path: string, text: string): void {
    const file = this.files.open(path, 'replace');
    try {
      writeAll(file, ascii(text));
    } finally {
      file.close();
    }
  }

  private linked(from: string, to: string): boolean {
    try {
      this.files.link(from, to);
      return true;
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return false;
      throw error;
    }
  }

  private read(path: string): string | null {
    try {
      return latin1(this.files.read(path));
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }
}

function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT';
}

/** A process id is used again, in a container soon: where the system tells, the time of its start goes with it. */
function identityOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const afterName = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return `${pid} ${afterName[19]}`;
  } catch (error) {
    if (isMissing(error)) return `${pid} `;
    throw error;
  }
}

let own: string | null = null;

function ownIdentity(): string {
  own ??= identityOf(process.pid);
  return own;
}

function isAlive(holder: string): boolean {
  const pid = Number(holder.split(' ')[0]);
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // "Not permitted" is an answer from somebody alive.
    if (codeOf(error) === 'ESRCH') return false;
  }
  return identityOf(pid) === holder;
}
