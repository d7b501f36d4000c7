/** What the gallery says of each structure: the commands that bring it into several states, and nothing about its picture. */
import type { HashName } from '../../engine/structures/hash-functions.steps.ts';

/** A moment of the last command to halt at: so many steps of a kind have been shown. */
export interface Moment {
  readonly structure: string;
  readonly kind: string;
  readonly count?: number;
}

export interface State {
  readonly name: string;
  /** Settings by their names in redis.conf. */
  readonly config?: Readonly<Record<string, string>>;
  readonly hashName?: HashName;
  /** Run before one looks. */
  readonly setup?: readonly string[];
  /** Run while one looks: the film to step through. */
  readonly film?: readonly string[];
  /** Where the film halts; at its end otherwise. */
  readonly at?: Moment;
  /** The diagram, where it is another one than the structure's. */
  readonly diagram?: string;
  readonly lens?: string;
}

export interface Structure {
  readonly slug: string;
  readonly title: string;
  /** What it is for, in one sentence. */
  readonly purpose: string;
  /** Its source, whose top comment is its essay. */
  readonly source: string;
  readonly diagram: string;
  readonly states: readonly State[];
  /** By this state it is shown among the others. */
  readonly cover: string;
  /** Make one in the playground, under a key of the gallery's. */
  readonly open: readonly string[];
}
