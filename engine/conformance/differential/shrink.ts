/** Makes a failing session small: fewer moves, fewer lines, fewer and shorter words, as long as it still fails. */
import type { Move } from './moves.ts';
import { isAsleepBriefly, isOutOfTime, isTooMuch, isUndecided } from './risks.ts';

/** Whether a session still fails. */
export type Fails = (moves: readonly Move[]) => Promise<boolean>;

/** A line and which others go out with it, or a wait. */
type Atom =
  | { readonly kind: 'line'; readonly client: number; readonly words: readonly string[]; readonly piece: number }
  | { readonly kind: 'wait'; readonly ms: number };

/** Enough for any session that one waits for. */
const MOST_TRIES = 1500;
const MOST_MS = 120_000;

export async function shrink(moves: readonly Move[], fails: Fails): Promise<readonly Move[]> {
  let triesLeft = MOST_TRIES;
  const untilMs = Date.now() + MOST_MS;
  const stillFails = async (atoms: readonly Atom[]): Promise<boolean> =>
    isSafe(atoms) && triesLeft-- > 0 && Date.now() < untilMs && (await fails(movesOf(atoms)));
  let atoms = atomsOf(moves);
  const alone = atoms.map((atom, i) => (atom.kind === 'line' ? { ...atom, piece: i } : atom));
  if (await stillFails(alone)) atoms = alone;
  for (let before = Infinity; sizeOf(atoms) < before;) {
    before = sizeOf(atoms);
    atoms = await without(atoms, stillFails);
    atoms = await shorter(atoms, stillFails);
  }
  return movesOf(atoms);
}

/** A session must not come to hang on a moment that the two servers could see differently, or on patience. */
function isSafe(atoms: readonly Atom[]): boolean {
  return atoms.every((atom, i) => {
    if (atom.kind === 'wait') return true;
    if (isTooMuch(atom.words) || isUndecided(atom.words) || isOutOfTime(atom.words, false)) return false;
    return !isAsleepBriefly(atom.words) || atoms[i + 1]?.kind === 'wait';
  });
}

/** Leaves out runs of atoms, long ones first. */
async function without(
  from: readonly Atom[],
  stillFails: (atoms: readonly Atom[]) => Promise<boolean>,
): Promise<Atom[]> {
  let atoms = [...from];
  for (let run = Math.ceil(atoms.length / 2); run >= 1; run = run === 1 ? 0 : Math.ceil(run / 2)) {
    // From the end: what comes late needs what came early.
    for (let at = atoms.length - run; at > -run; at -= run) {
      const start = Math.max(0, at);
      const fewer = [...atoms.slice(0, start), ...atoms.slice(start + run)];
      if (fewer.length < atoms.length && (await stillFails(fewer))) atoms = fewer;
    }
  }
  return atoms;
}

/** Takes words out of the lines, and puts plain ones in their place. */
async function shorter(
  from: readonly Atom[],
  stillFails: (atoms: readonly Atom[]) => Promise<boolean>,
): Promise<Atom[]> {
  const atoms = [...from];
  for (let at = 0; at < atoms.length; at++) {
    for (let again = true; again;) {
      again = false;
      const atom = atoms[at];
      if (atom.kind !== 'line') break;
      for (const words of simplerLines(atom.words)) {
        const simpler = atoms.with(at, { ...atom, words });
        if (!(await stillFails(simpler))) continue;
        atoms.splice(at, 1, simpler[at]);
        again = true;
        break;
      }
    }
  }
  return atoms;
}

const PLAIN = ['a', '1', '0'];

function* simplerLines(words: readonly string[]): Iterable<readonly string[]> {
  // Whoever is named is named as it should be.
  if (words.some((word) => word.startsWith('${'))) return;
  // Runs of words first: a long line is long because of what repeats in it.
  for (let run = 1 << Math.floor(Math.log2(Math.max(1, words.length - 1))); run >= 1; run >>= 1)
    for (let at = words.length - run; at >= 1; at -= run) yield [...words.slice(0, at), ...words.slice(at + run)];
  for (let at = 1; at < words.length; at++) {
    const word = words[at];
    if (word.length > 4) yield words.with(at, word.slice(0, word.length >> 1));
    for (const plain of PLAIN) {
      if (word.length > plain.length || PLAIN.indexOf(word) > PLAIN.indexOf(plain)) yield words.with(at, plain);
    }
  }
}

function sizeOf(atoms: readonly Atom[]): number {
  return atoms.reduce((sum, atom) => sum + (atom.kind === 'line' ? 10 + atom.words.join(' ').length : 10), 0);
}

function atomsOf(moves: readonly Move[]): Atom[] {
  return moves.flatMap((move, piece): Atom[] =>
    move.kind === 'wait' ? [move] : move.lines.map((words) => ({ kind: 'line', client: move.client, words, piece })),
  );
}

function movesOf(atoms: readonly Atom[]): Move[] {
  const moves: Move[] = [];
  let lastPiece = -1;
  for (const atom of atoms) {
    const last = moves.at(-1);
    if (atom.kind === 'wait') moves.push(atom);
    else if (last?.kind === 'send' && last.client === atom.client && atom.piece === lastPiece)
      moves[moves.length - 1] = { ...last, lines: [...last.lines, atom.words] };
    else moves.push({ kind: 'send', client: atom.client, lines: [atom.words] });
    lastPiece = atom.kind === 'line' ? atom.piece : -1;
  }
  return moves;
}
