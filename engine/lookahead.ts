import type { Keyspace } from './keyspace/keyspace.ts';
import type { Session } from './session.ts';

/** After so many commands, of which no input has as many. */
const NEVER = 2 ** 30;

/** Has the keys of a client's next commands looked for together, every few commands, as far as its input tells of them. */
export class Lookahead {
  private readonly keyspace: Keyspace;
  private untilLook = NEVER;

  constructor(keyspace: Keyspace) {
    this.keyspace = keyspace;
  }

  /** Input has come, perhaps into the same bytes as some before. */
  begin(): void {
    const { foreseen, isWorthForeseeing } = this.keyspace;
    foreseen.forget();
    this.untilLook = isWorthForeseeing ? 1 : NEVER;
  }

  /** The next command is about to be read. */
  step(session: Session): void {
    if (--this.untilLook === 0) this.untilLook = this.look(session);
  }

  /** Returns how many commands can be run before one looks again. */
  private look({ db, decoder }: Session): number {
    const { foreseen, databases } = this.keyspace;
    const count = decoder.keysAhead(foreseen.starts, foreseen.ends);
    if (foreseen.begin(decoder.bytes, count)) databases[db].foresee();
    else if (count > 1) return NEVER;
    return Math.max(1, count);
  }
}
