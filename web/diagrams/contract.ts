import type { Overview, ValueOverview } from '../../engine/hosts/browser/protocol.ts';
import type { EngineStep, Models } from '../../engine/models.ts';
import type { Spotlight } from '../spotlight.ts';
import type { Mark, Scene, Target } from './scene.ts';

/** Everything but the models that a picture depends on. */
export interface Focus {
  readonly width: number;
  readonly height: number;
  readonly db: number;
  readonly nowMs: number;
  readonly spotlight: Spotlight;
  readonly selected: Target | null;
  /** What the keyboard has reached in the list of the same objects. */
  readonly focused: Target | null;
  /** Answers to a prediction, by `targetKey`. */
  readonly marks: ReadonlyMap<string, Mark>;
  /** 1, or more where everything is written larger. */
  readonly unit: number;
  /** The entry whose value was opened by hand; `null` leaves it to what happens. */
  readonly opened: number | null;
  /** The entry whose value the present beat, or the command, is about; 0 for none. */
  readonly followed: number;
  /** Which of its views a diagram shows; `null` leaves it to the diagram. */
  readonly lens: string | null;
  /** All bytes of the string that is shown, where the models know only how it begins. */
  readonly bytes: { readonly entry: number; readonly bytes: Uint8Array } | null;
  /** Where there are too many elements to know each: the value that is looked at, as a whole. */
  readonly whole: ValueOverview | null;
  /** The command as it was typed, '' at rest. */
  readonly line: string;
}

/** One of several ways to look at what a diagram shows. */
export interface Lens {
  readonly kind: string;
  readonly title: string;
  readonly isShown: boolean;
}

/** The same objects as in the picture, as a list of rows for the keyboard and for those who do not see it. */
export interface Outline {
  /** What the rows and what lies in a row are, and which keys lead along them. */
  readonly label: string;
  readonly rows: readonly OutlineRow[];
}

export interface OutlineRow {
  readonly target: Target;
  readonly name: string;
  readonly entries: readonly { readonly target: Target; readonly name: string }[];
}

export interface Diagram {
  readonly kind: string;
  readonly title: string;
  /** A picture of the models; pure, so that it can be tested without a browser. */
  layout(models: Models, focus: Focus): Scene;
  /** Whether a step changes what this diagram shows, so that its tab can say so. */
  shows(step: EngineStep): boolean;
  /** In one phrase what the picture shows. */
  summary?(models: Models, focus: Focus): string;
  outline?(models: Models, focus: Focus): Outline;
  /** The ways there are to look at what is shown; none where there is but one. */
  lenses?(models: Models, focus: Focus): readonly Lens[];
  /** Where there are too many keys and elements to have models of them. */
  readonly overview?: OverviewDiagram;
}

/** A picture of figures that stand for the whole. */
export interface OverviewDiagram {
  layout(overview: Overview, focus: Focus): Scene;
  summary(overview: Overview, focus: Focus): string;
  outline?(overview: Overview, focus: Focus): Outline;
}
