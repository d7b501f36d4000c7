import { overviewOf, type Engine } from '../../api.ts';
import type { Picture } from './protocol.ts';

/** So many keys are shown one by one; more are shown as the lengths of their chains. */
const DRAWN_KEYS = 2000;
/** And so many elements of all their values together, which a picture holds one by one too. */
const DRAWN_ELEMENTS = 20_000;
/** Freed blocks are part of the picture too: a keyspace that was once large leaves long lists of them behind. */
const DRAWN_FREE_BYTES = 8 * 1024 * 1024;

export function isDrawable(engine: Engine): boolean {
  const { arena, databases } = engine.keyspace;
  const keys = databases.reduce((sum, db) => sum + db.size, 0);
  if (keys > DRAWN_KEYS || arena.reservedBytes - arena.usedBytes > DRAWN_FREE_BYTES) return false;
  return databases.reduce((sum, db) => sum + db.countElements(), 0) <= DRAWN_ELEMENTS;
}

export function pictureOf(engine: Engine): Picture {
  return isDrawable(engine)
    ? { models: engine.snapshot(), overview: null }
    : { models: null, overview: overviewOf(engine.keyspace) };
}
