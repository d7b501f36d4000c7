import type { Args } from './args.ts';
import type { Context } from './commands/contract.ts';
import type { LogBuffer } from './persistence/log-buffer.ts';

export type LoggedArgv = readonly (string | Uint8Array)[];

/**
 * What goes into the log for a call that changed something: the client's own bytes, or what the command asks to be put in
 * their place because its own words, run again, would not do the same. What stands or falls together is wrapped in MULTI
 * and EXEC.
 */
export class CallLog {
  /** Whether what is logged now belongs together. */
  isGroupOpen = false;
  /** Whether the log has the beginning of a transaction, and not its end yet. */
  isGroupLogged = false;

  private readonly log: LogBuffer;
  /** What goes into the log in place of the command's own words. */
  private instead: LoggedArgv[] | null = null;

  constructor(log: LogBuffer) {
    this.log = log;
  }

  /** A call begins, for which its own words stand unless it says otherwise. */
  begin(): void {
    this.instead = null;
  }

  /** Says what is to be logged in place of the call's own words, once or several times. */
  sayInstead(argv: LoggedArgv): void {
    (this.instead ??= []).push(argv);
  }

  sayNothing(): void {
    this.instead = [];
  }

  /** Logs the call that is over. */
  append({ db, session }: Context, args: Args): void {
    const { decoder } = session;
    this.openGroup(db.index);
    if (this.instead !== null) {
      for (const argv of this.instead) this.log.appendCommand(db.index, argv);
    } else if (args === decoder.args && decoder.isCanonical) {
      this.log.appendRequest(db.index, args.bytes, decoder.requestStart, decoder.requestEnd);
    } else {
      this.log.appendCommand(
        db.index,
        Array.from({ length: args.count }, (_, i) => args.copy(i)),
      );
    }
  }

  /** Logs a command at once, ahead of the one that is running. */
  appendCommand(db: number, argv: LoggedArgv): void {
    this.openGroup(db);
    this.log.appendCommand(db, argv);
  }

  /** From here on, what is logged stands or falls together. */
  beginGroup(): void {
    this.isGroupOpen = true;
    this.isGroupLogged = false;
  }

  endGroup(db: number): void {
    if (this.isGroupLogged) this.log.appendCommand(db, ['EXEC']);
    this.isGroupOpen = false;
    this.isGroupLogged = false;
  }

  private openGroup(db: number): void {
    if (!this.isGroupOpen || this.isGroupLogged) return;
    this.isGroupLogged = true;
    this.log.appendCommand(db, ['MULTI']);
  }
}
