/** A number of a rule that a project may set in `ottla.yaml`. */
export interface Threshold {
  readonly name: string;
  /** What it is the bound of, as the end of a sentence. */
  readonly meaning: string;
  readonly default: number;
  readonly unit: ThresholdUnit;
  readonly least: number;
  readonly most: number;
}

type ThresholdUnit = "ms" | "minutes" | "bytes" | "count" | "ratio";

/** What is in effect of a rule's thresholds, by name. */
export type ThresholdOf = (name: string) => number;

/** Every threshold at its default. A name that the rule does not declare is a fault of ours. */
export function defaultsOf(thresholds: readonly Threshold[] | undefined): ThresholdOf {
  return (name) => {
    const found = thresholds?.find((threshold) => threshold.name === name);
    if (!found) throw new TypeError(`The rule declares no threshold ${name}.`);
    return found.default;
  };
}
