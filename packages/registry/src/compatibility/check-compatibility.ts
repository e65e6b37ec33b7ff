import type { ParsedSchema } from "../formats/schema-format.ts";
import { type CompatibilityLevel, compatibilityLevels, type Direction, directionsOf, isTransitive } from "./compatibility-level.ts";
import { elsewhereOf } from "../off-loop/elsewhere.ts";
import { answerOf, atOnce, type Steps } from "../steps.ts";
import type { CompatibilityPolicy, Difference } from "./difference.ts";

/** A version that a new schema must fit. It may be read when it is looked at: most levels look at one of a thousand. */
export interface ExistingVersion {
  readonly version: number;
  readonly schema: ParsedSchema;
}

/** What one version and a new schema cannot read of each other. */
export interface Incompatibility {
  readonly version: number;
  readonly direction: Direction;
  readonly differences: readonly Difference[];
}

/** Whether a schema fits, and what keeps it from it. */
export interface CompatibilityVerdict {
  readonly isCompatible: boolean;
  readonly level: CompatibilityLevel;
  /** The latest version first, which is the one people look at. */
  readonly incompatibilities: readonly Incompatibility[];
  /** The levels under which the schema would pass. Looked for only when it does not pass under the level asked for. */
  readonly passesUnder: readonly CompatibilityLevel[];
}

/** Versions that do not fit after which the others are not compared: a subject has thousands at times, and the first ones say what is wrong. */
const MAX_INCOMPATIBLE_VERSIONS = 10;

/**
 * Whether a new schema fits those before it.
 * @param existing the subject's live versions, oldest first
 */
export function checkCompatibility(
  candidate: ParsedSchema,
  existing: readonly ExistingVersion[],
  level: CompatibilityLevel,
  policy: CompatibilityPolicy = "STRICT",
): CompatibilityVerdict {
  return atOnce(compatibilitySteps(candidate, existing, level, policy));
}

/** As {@link checkCompatibility}, with a step before each comparison of two schemas. */
export function* compatibilitySteps(
  candidate: ParsedSchema,
  existing: readonly ExistingVersion[],
  level: CompatibilityLevel,
  policy: CompatibilityPolicy = "STRICT",
): Steps<CompatibilityVerdict> {
  const incompatibilities = yield* incompatibilitiesUnder(candidate, existing, level, policy);
  const isCompatible = incompatibilities.length === 0;
  const passesUnder = isCompatible ? [] : yield* levelsThatPass(candidate, existing, level, policy);
  return { isCompatible, level, incompatibilities, passesUnder };
}

function* incompatibilitiesUnder(
  candidate: ParsedSchema,
  existing: readonly ExistingVersion[],
  level: CompatibilityLevel,
  policy: CompatibilityPolicy,
): Steps<readonly Incompatibility[]> {
  const found: Incompatibility[] = [];
  const asked = existing.slice(isTransitive(level) ? 0 : -1).reverse();
  for (const each of asked) {
    for (const direction of directionsOf(level)) {
      yield;
      const differences = yield* differencesBetween(candidate, each.schema, direction, policy);
      if (differences.length > 0) found.push({ version: each.version, direction, differences });
    }
    if (found.length >= MAX_INCOMPATIBLE_VERSIONS) break;
  }
  return found;
}

function* differencesBetween(
  candidate: ParsedSchema,
  existing: ParsedSchema,
  direction: Direction,
  policy: CompatibilityPolicy,
): Steps<readonly Difference[]> {
  if (candidate.type !== existing.type) {
    const message = `The new schema is of type ${candidate.type} and the old one of type ${existing.type}; a subject keeps one format.`;
    return [{ kind: "SCHEMA_TYPE_CHANGED", path: "", message }];
  }
  const [reader, writer] = direction === "backward" ? [candidate, existing] : [existing, candidate];
  const [there, other] = [elsewhereOf(reader), elsewhereOf(writer)];
  if (there !== undefined && other !== undefined && (there.isOnlyThere || other.isOnlyThere))
    return yield* answerOf(there.judge.compare(there.schema, other.schema, policy));
  return reader.problemsReading(writer, policy);
}

/** A level passes when each of its directions does, and a transitive one passes only where its plain one does: four comparisons, not one per level. */
function* levelsThatPass(
  candidate: ParsedSchema,
  existing: readonly ExistingVersion[],
  failed: CompatibilityLevel,
  policy: CompatibilityPolicy,
): Steps<readonly CompatibilityLevel[]> {
  const passes = new Map<CompatibilityLevel, boolean>();
  for (const level of ["BACKWARD", "FORWARD", "BACKWARD_TRANSITIVE", "FORWARD_TRANSITIVE"] as const) {
    const plain = level.replace("_TRANSITIVE", "") as CompatibilityLevel;
    const mayPass = passes.get(plain) !== false;
    passes.set(level, mayPass && (yield* incompatibilitiesUnder(candidate, existing, level, policy)).length === 0);
  }
  const both = (suffix: "" | "_TRANSITIVE"): boolean => passes.get(`BACKWARD${suffix}`) === true && passes.get(`FORWARD${suffix}`) === true;
  passes.set("FULL", both("")).set("FULL_TRANSITIVE", both("_TRANSITIVE")).set("NONE", true);
  return compatibilityLevels.filter((level) => level !== failed && passes.get(level) === true);
}

/** A verdict in the lines that registries answer with, which clients print as they are. */
export function verdictMessages(verdict: CompatibilityVerdict, oldSchemaOf: (version: number) => string): readonly string[] {
  if (verdict.isCompatible) return [];
  const lines: string[] = [];
  for (const { version, differences } of verdict.incompatibilities) {
    for (const { kind, path, message } of differences) {
      lines.push(`{errorType:'${kind}', description:'${message}'${path === "" ? "" : `, additionalInfo:'${path}'`}}`);
    }
    lines.push(`{oldSchemaVersion: ${version}}`, `{oldSchema: '${oldSchemaOf(version)}'}`);
  }
  lines.push(`{compatibility: '${verdict.level}'}`, `{passesUnder: '${verdict.passesUnder.join(", ")}'}`);
  return lines;
}
