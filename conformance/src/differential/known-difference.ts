import type { FieldDifference } from "./compare-answers.ts";

/** One differing field of one exchange. */
export interface AnswerDifference extends FieldDifference {
  readonly api: string;
  readonly version: number;
  readonly request: unknown;
}

/** A way in which ours answers otherwise than Apache Kafka, and why it may. */
export interface KnownDifference {
  readonly name: string;
  readonly why: string;
  /** Set: the two clusters hold other things from then on, so the script ends there. */
  readonly parts?: true;
  explains(difference: AnswerDifference): boolean;
}
