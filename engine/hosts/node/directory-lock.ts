import { linkSync, mkdirSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const LOCK_NAME = 'vitrine.lock';

/** Directories that this very process has locked: a process id alone cannot tell us from ourselves. */
const held = new Set<string>();

/**
 * Keeps a second process from writing to the same directory. The lock is a file that names its process; when that
 * process is gone, whoever comes next takes the lock over. Throws when somebody alive holds it.
 */
export class DirectoryLock {
  private readonly path: string;

  constructor(directory: string) {
    mkdirSync(directory, { recursive: true });
    this.path = join(directory, LOCK_NAME);
    if (held.has(this.path)) throw new Error(`${directory} is in use by this very process`);
    this.take(directory);
    held.add(this.path);
  }

  release(): void {
    held.delete(this.path);
    if (readLock(this.path) === identityOf(process.pid)) unlinkSync(this.path);
  }

  private take(directory: string): void {
    const mine = `${this.path}.${process.pid}`;
    writeFileSync(mine, identityOf(process.pid));
    try {
      // A link is made whole or not at all, and fails when the name is taken: exactly one of two that try gets it.
      for (let attempt = 0; !linked(mine, this.path); attempt++) {
        const holder = readLock(this.path);
        if (holder === null) continue;
        if (isAlive(holder) || attempt > 100) {
          throw new Error(
            `${directory} is in use by process ${holder.split(' ')[0]}; two servers cannot share one log`,
          );
        }
        this.clearAway(holder);
      }
    } finally {
      unlinkSync(mine);
    }
  }

  /** Moves a dead process's lock aside. Should somebody have taken it over in between, it is put back. */
  private clearAway(holder: string): void {
    const aside = `${this.path}.${process.pid}.old`;
    try {
      renameSync(this.path, aside);
    } catch (error) {
      if (isMissing(error)) return;
      throw error;
    }
    if (readLock(aside) !== holder) linked(aside, this.path);
    unlinkSync(aside);
  }
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function readLock(path: string): string | null {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
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

function isAlive(holder: string): boolean {
  const pid = Number(holder.split(' ')[0]);
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // "Not permitted" is an answer from somebody alive.
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
  }
  return identityOf(pid) === holder;
}
