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
}

export interface Diagram {
  readonly kind: string;
  readonly title: string;
  /** A picture of the models; pure, so that it can be tested without a browser. */
  layout(models: Models, focus: Focus): Scene;
  /** Whether a step changes what this diagram shows, so that its tab can say so. */
  shows(step: EngineStep): boolean;
}
