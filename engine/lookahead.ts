import type { Keyspace } from './keyspace/keyspace.ts';
import { TYPE_ZSET } from './keyspace/values.ts';
import { NONE } from './memory/arena.ts';
import type { Session } from './session.ts';

/** After so many commands, of which no input has as many. */
const NEVER = 2 ** 30;
/** Where a command has its key, and the member of what it stands for; of a sorted set the score stands before it. */
const KEY = 1;
const MEMBER = 2;
const SCORED_MEMBER = 3;

/**
 * Has what a client's next commands ask for looked for together, every few commands, as far as its input tells of them: their
 * keys, or where they are all about one key the members of what that stands for.
 */
export class Lookahead {
  private readonly keyspace: Keyspace;
  private untilLook = NEVER;
  /** The last look was at one key; most likely that goes on. */
  private wasInside = false;

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
  private look(session: Session): number {
    const { foreseen, databases } = this.keyspace;
    const { decoder } = session;
    const count = decoder.wordsAhead(KEY, foreseen.starts, foreseen.ends, this.wasInside ? 2 : undefined);
    const isOfUse = foreseen.begin(decoder.bytes, count);
    this.wasInside = !isOfUse && count > 1;
    if (this.wasInside) return this.lookInside(session);
    if (isOfUse) databases[session.db].foresee();
    return Math.max(1, count);
  }

  /** The next commands are about one key. */
  private lookInside({ db, decoder }: Session): number {
    const { keyspace } = this;
    const { foreseen, databases } = keyspace;
    const { keys } = databases[db];
    const [start, end] = [foreseen.starts[0], foreseen.ends[0]];
    const entry = keys.glimpse(decoder.bytes, start, end);
    if (entry !== NONE) foreseen.keep(keys, entry, decoder.bytes, start, end);
    const table = entry === NONE ? null : keyspace.tableInside(databases[db], entry);
    if (table === null) return NEVER;
    const which = databases[db].type(entry) === TYPE_ZSET ? SCORED_MEMBER : MEMBER;
    const count = decoder.wordsAhead(which, foreseen.starts, foreseen.ends);
    if (!foreseen.begin(decoder.bytes, count)) return NEVER;
    table.foresee(foreseen);
    return count;
  }
}
