import {
  type CompatibilityLevel,
  type CompatibilityPolicy,
  checkCompatibility,
  compatibilityLevels,
  type Difference,
  type Direction,
  directionsOf,
  isTransitive,
  type ParsedSchema,
} from "@ottla/registry";
import { changeAdvice, type SchemaAdvice } from "@ottla/registry/lint";

/** A difference of a change, and what it breaks. */
interface BreakingDifference extends Difference {
  readonly direction: Direction;
  /** The levels that it keeps from passing. */
  readonly breaks: readonly CompatibilityLevel[];
}

/** What a change from one schema to another comes to. */
export interface SchemaChange {
  readonly isSame: boolean;
  readonly differences: readonly BreakingDifference[];
  /** Levels under which the change passes, of those that ask one version. */
  readonly passesUnder: readonly CompatibilityLevel[];
  /** What no level notices. */
  readonly advice: readonly SchemaAdvice[];
}

/** Levels about one older version: those over all versions ask the same of each. */
const levels = compatibilityLevels.filter((level) => !isTransitive(level));

/** Compares two schemas in both directions. */
export function judgeChange(older: ParsedSchema, newer: ParsedSchema, policy?: CompatibilityPolicy): SchemaChange {
  const { incompatibilities } = checkCompatibility(newer, [{ version: 1, schema: older }], "FULL", policy);
  const differences = incompatibilities.flatMap(({ direction, differences: found }) =>
    found.map((difference) => ({ ...difference, direction, breaks: levels.filter((level) => directionsOf(level).includes(direction)) })),
  );
  const broken = new Set(incompatibilities.map(({ direction }) => direction));
  return {
    isSame: older.type === newer.type && older.canonical === newer.canonical,
    differences,
    passesUnder: levels.filter((level) => !directionsOf(level).some((direction) => broken.has(direction))),
    advice: changeAdvice(older, newer),
  };
}

/** Whether a change passes under a level, of which a transitive one asks this version alone. */
export function passesUnder({ passesUnder: passed }: SchemaChange, level: CompatibilityLevel): boolean {
  return passed.includes(level.replace("_TRANSITIVE", "") as CompatibilityLevel);
}
