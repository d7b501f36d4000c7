/**
 * One client of both servers. It knows which command each reply belongs to: replies come in the order of the commands, save
 * those that nobody asked for, and save what CLIENT REPLY has silenced.
 */
import { exceptionFor, isSame } from '../exceptions.ts';
import { everyPart, isPlain, partsOf, textOf } from '../loose.ts';
import type { Reply } from '../reply.ts';
import type { Link } from './sides.ts';

/** A command that has not been answered yet. */
interface Awaited {
  readonly words: readonly string[];
  /** Of a command that subscribes: how many confirmations it still gets; nobody knows of one that names nothing. */
  confirmations: number | 'some' | null;
  wasConfirmed: boolean;
}

export interface Judgement {
  readonly isSame: boolean;
  /** What was asked; `null` for what came unasked. */
  readonly words: readonly string[] | null;
}

const MESSAGES = new Set(['message', 'pmessage', 'smessage']);
const CONFIRMATIONS = new Set(['subscribe', 'unsubscribe', 'psubscribe', 'punsubscribe', 'ssubscribe', 'sunsubscribe']);

export class Pair {
  readonly ours: Link;
  readonly real: Link;
  /** The ids the two servers have given it. */
  readonly ids: { ours: string; real: string } = { ours: '', real: '' };

  private awaited: Awaited[] = [];
  private queue: (readonly string[])[] | null = null;
  private replyMode: 'on' | 'off' | 'skip' = 'on';
  private before: { ours: Reply | null; real: Reply | null } = { ours: null, real: null };
  /** What may come in any order within a move: names seen on one side and not yet on the other. */
  private readonly unbalanced = new Map<string, number>();

  constructor(ours: Link, real: Link) {
    this.ours = ours;
    this.real = real;
  }

  /** These words are about to be sent. */
  expect(words: readonly string[]): void {
    const name = words[0].toLowerCase();
    if (name === 'client' && words[1]?.toLowerCase() === 'reply' && words.length === 3) {
      const mode = words[2].toLowerCase();
      // A SKIP that is skipped itself still silences what comes next, unless it is only queued.
      if (mode === 'skip' && this.replyMode === 'skip' && this.queue === null) return;
      const skips = mode === 'skip' && this.replyMode === 'on';
      if (mode === 'off' || (mode === 'skip' && this.replyMode !== 'skip')) {
        if (mode === 'off' || skips) this.replyMode = mode;
        return;
      }
      if (mode === 'on') this.replyMode = 'on';
    }
    if (isReset(words) && this.replyMode === 'off') this.replyMode = 'on';
    if (this.replyMode === 'off') return;
    if (this.replyMode === 'skip') {
      this.replyMode = 'on';
      return;
    }
    const isNaming = words.length > 1 ? words.length - 1 : 'some';
    this.awaited.push({ words, confirmations: CONFIRMATIONS.has(name) ? isNaming : null, wasConfirmed: false });
  }

  /** What an answer would be to that has not come. */
  get expected(): readonly string[] | null {
    return this.awaited[0]?.words ?? null;
  }

  /** One reply of each server to the same thing. */
  judge(ours: Reply, real: Reply, isTable: (words: readonly string[]) => boolean): Judgement {
    const kind = partsOf(ours).slice(0, 1).map(textOf).join('');
    const isPush = ours.kind === 'group' && (ours.mark === '>' || ours.mark === '*') && partsOf(ours).length >= 3;
    if (isPush && MESSAGES.has(kind)) return { words: null, isSame: this.sameOrLater(ours, real, kind === 'pmessage') };
    if (isPush && CONFIRMATIONS.has(kind)) {
      const words = this.confirmed(kind, everyPart(partsOf(ours)[1]));
      return { words, isSame: this.sameConfirmation(ours, real, kind) };
    }
    const words = this.nextWords();
    const judged = this.judgeAnswer(words ?? [''], ours, real, isTable);
    this.before = { ours, real };
    return { words, isSame: judged };
  }

  /** A move is over: whether all that might come in another order has come. */
  isBalanced(): boolean {
    const balanced = [...this.unbalanced.values()].every((count) => count === 0);
    this.unbalanced.clear();
    this.awaited = this.awaited.filter(({ confirmations }) => confirmations !== 'some');
    return balanced;
  }

  private nextWords(): readonly string[] | null {
    // Of a command that unsubscribes from everything nobody knows how often it is confirmed: until something else comes.
    while (this.awaited[0]?.wasConfirmed === true) this.awaited.shift();
    return this.awaited.shift()?.words ?? null;
  }

  private confirmed(kind: string, name: string): readonly string[] | null {
    // Another kind, or a name that is none, can only be for a later command.
    const isOver = ({ words, wasConfirmed }: Awaited): boolean =>
      wasConfirmed && (words[0].toLowerCase() !== kind || name === '$-1' || name === '_');
    while (this.awaited.length > 0 && isOver(this.awaited[0])) this.awaited.shift();
    const head = this.awaited[0] as Awaited | undefined;
    if (head === undefined || head.confirmations === null) return null;
    if (head.confirmations === 'some') head.wasConfirmed = true;
    else if (--head.confirmations === 0) this.awaited.shift();
    return head.words;
  }

  /** Several patterns that match the same message: whose comes first follows from the order of a hash table. */
  private sameOrLater(ours: Reply, real: Reply, isLoose: boolean): boolean {
    if (everyPart(ours) === everyPart(real)) return true;
    if (!isLoose) return false;
    this.weigh(everyPart(ours), 1);
    this.weigh(everyPart(real), -1);
    return true;
  }

  /** UNSUBSCRIBE from everything goes through a hash table, too; the counts in it are compared in their order. */
  private sameConfirmation(ours: Reply, real: Reply, kind: string): boolean {
    if (everyPart(ours) === everyPart(real)) return true;
    const [a, b] = [partsOf(ours), partsOf(real)];
    if (!kind.includes('unsub') || a.length !== 3 || b.length !== 3) return false;
    this.weigh(everyPart(a[1]), 1);
    this.weigh(everyPart(b[1]), -1);
    return everyPart(a[0]) === everyPart(b[0]) && everyPart(a[2]) === everyPart(b[2]);
  }

  private weigh(text: string, by: number): void {
    this.unbalanced.set(text, (this.unbalanced.get(text) ?? 0) + by);
  }

  private judgeAnswer(
    words: readonly string[],
    ours: Reply,
    real: Reply,
    isTable: (words: readonly string[]) => boolean,
  ): boolean {
    const name = words[0].toLowerCase();
    const { queue } = this;
    const isOk = isPlain(ours) && ours.text === 'OK';
    if (name === 'multi' && isOk) this.queue = [];
    // Of a MULTI that was silenced one learns by what comes behind it.
    else if (ours.kind === 'line' && ours.text === 'QUEUED') (this.queue ??= []).push(words);
    else if (name === 'exec' || (isOk && name === 'discard') || isReset(words)) {
      this.queue = null;
      if (name === 'exec' && queue !== null && ours.kind === 'group') return this.sameTransaction(queue, ours, real);
    }
    const circumstances = { words, before: this.before, isTable: false };
    if (isSame(ours, real, circumstances)) return true;
    return exceptionFor(words) !== undefined && isSame(ours, real, { ...circumstances, isTable: isTable(words) });
  }

  private sameTransaction(queue: readonly (readonly string[])[], ours: Reply, real: Reply): boolean {
    const [a, b] = [partsOf(ours), partsOf(real)];
    if (everyPart(ours) === everyPart(real)) return true;
    if (real.kind !== 'group' || a.length !== b.length || a.length !== queue.length) return false;
    return a.every((item, i) => {
      const before = { ours: a[i - 1] ?? null, real: b[i - 1] ?? null };
      // What a key was kept in while the transaction ran, nobody knows afterwards.
      return isSame(item, b[i], { words: queue[i], before, isTable: true });
    });
  }
}

/** With another word behind it, it is refused, and nothing is reset. */
function isReset(words: readonly string[]): boolean {
  return words.length === 1 && words[0].toLowerCase() === 'reset';
}
