import type { StreamsCase } from "./case.ts";
import type { Mismatch } from "./compare-answers.ts";

/** A difference that is judged a fault of Java's, and why. */
export interface KnownDifference {
  readonly name: string;
  /** What Java does, and why that is not copied. */
  readonly reason: string;
  /** Whether this mismatch is that one. */
  covers(asked: StreamsCase, mismatch: Mismatch): boolean;
}

export const knownDifferences: readonly KnownDifference[] = [];

/** The name of the known difference that the mismatch is, if it is one. */
export function knownDifferenceOf(asked: StreamsCase, mismatch: Mismatch): string | undefined {
  return knownDifferences.find((known) => known.covers(asked, mismatch))?.name;
}
