/** A lesson as plain data: what the parser makes of a Markdown file, and what the page is given. */
import type { HashName } from '../../engine/structures/hash-functions.steps.ts';
import type { Assertion } from './checks.ts';

/** Prose is a tree and never markup: the page builds its own elements from it, so a lesson's text can run nothing. */
export type Inline =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'strong'; readonly content: readonly Inline[] }
  | { readonly kind: 'emphasis'; readonly content: readonly Inline[] }
  | { readonly kind: 'link'; readonly href: string; readonly content: readonly Inline[] };

export type Prose =
  | { readonly kind: 'paragraph'; readonly content: readonly Inline[] }
  | { readonly kind: 'list'; readonly isOrdered: boolean; readonly items: readonly (readonly Inline[])[] };

/** A run of source text and the role it plays in its language, `''` for plain. */
export interface CodeToken {
  readonly text: string;
  readonly role: string;
}

/** A line as it is typed, and the reply as a terminal prints it; `null` where the lesson does not say. */
export interface Command {
  readonly line: string;
  readonly reply: readonly string[] | null;
  /** Where it stands in the file. */
  readonly at: number;
}

/** What a prediction asks. The engine's own steps and replies answer it; no lesson says what is right. */
export const ASKS = ['reply', 'first bucket', 'new bucket', 'moved entries', 'flipped bits', 'comparisons'] as const;
export type Ask = (typeof ASKS)[number];

export interface Choice {
  /** What would be so: `"1"`, `2..11`, `bucket 2`, `old 2`, `new 10`. */
  readonly value: string;
  /** Why one might think so. */
  readonly idea: readonly Inline[];
  /** What is said to whoever chose it, empty for the one that turns out to be right. */
  readonly feedback: readonly Inline[];
}

export interface Prediction {
  readonly kind: 'predict';
  readonly at: number;
  readonly ask: Ask;
  readonly question: readonly Inline[];
  /** What is run to find out. None: the film of the prediction before goes on. */
  readonly run: readonly Command[];
  /** The film of the run halts before the first step of this kind and waits for the answer. */
  readonly pause: string | null;
  readonly choices: readonly Choice[];
  /** What is said to a click on none of the choices. */
  readonly otherwise: readonly Inline[];
  readonly right: readonly Inline[];
}

export interface Try {
  readonly kind: 'try';
  readonly at: number;
  readonly commands: readonly Command[];
}

export interface Check {
  readonly kind: 'check';
  readonly at: number;
  readonly assertions: readonly Assertion[];
  readonly solution: readonly Command[];
}

export interface Bits {
  readonly kind: 'bits';
  readonly at: number;
  readonly rows: readonly BitRow[];
}

export interface BitRow {
  readonly hashName: HashName;
  readonly keys: readonly [string, string];
  /** Of each key; worked out by the engine's own function when the lesson is built. */
  readonly hashes: readonly [number, number];
}

export type Part =
  | { readonly kind: 'prose'; readonly at: number; readonly prose: readonly Prose[] }
  | { readonly kind: 'code'; readonly at: number; readonly language: string; readonly lines: readonly (readonly CodeToken[])[] }
  | Try
  | Check
  | Bits
  | Prediction;

export interface Page {
  readonly title: string;
  readonly parts: readonly Part[];
}

export interface LessonFacts {
  /** `lessons/02-hashing/11-fnv-1a.md` */
  readonly path: string;
  /** `hashing/fnv-1a`, as it stands in the address. */
  readonly slug: string;
  readonly chapter: string;
  /** Its place in the curriculum. */
  readonly number: number;
  readonly title: string;
  /** One sentence for the contents. */
  readonly summary: string;
}

export interface Lesson extends LessonFacts {
  /** Which diagram is looked at. */
  readonly watch: string;
  readonly seed: number;
  readonly hashName: HashName;
  /** The wrong turn that stands in the engine's place, and what its badge says. */
  readonly exhibit: string | null;
  readonly badge: string | null;
  /** Settings by their names in redis.conf. */
  readonly config: Readonly<Record<string, string>>;
  readonly setup: readonly Command[];
  readonly pages: readonly Page[];
}

/** What is wrong with a lesson, and where: `lessons/….md:17: …`. */
export class LessonError extends Error {
  override readonly name = 'LessonError';

  constructor(path: string, line: number, what: string) {
    super(`${path}:${line}: ${what}`);
  }
}
