import type { CaseAnswer, ProducedRecord } from "./case.ts";
import { isSameError } from "./error-meaning.ts";

/** Where two answers part first. */
export interface Mismatch {
  /** What differs: a shrunk case must still differ in the same. */
  readonly kind: "describe" | "error" | "records" | "dropped";
  /** The input's number; -1 for what does not belong to one. */
  readonly step: number;
  readonly expected: string | readonly ProducedRecord[];
  readonly actual: string | readonly ProducedRecord[];
}

/**
 * The first difference of the two answers, or undefined. Of errors is compared at which step they come, what they mean, and the node and record they name: their texts are each one's own.
 */
export function compareAnswers(expected: CaseAnswer, actual: CaseAnswer): Mismatch | undefined {
  return compareBuilding(expected, actual) ?? compareSteps(expected, actual) ?? compareDropped(expected, actual);
}

/** The same where the order of what different topics get is not looked at. */
export function compareByTopic(expected: CaseAnswer, actual: CaseAnswer): Mismatch | undefined {
  return compareAnswers(byTopic(expected), byTopic(actual));
}

function byTopic(answer: CaseAnswer): CaseAnswer {
  // A sort is stable: in one topic they stay as they came.
  return { ...answer, steps: answer.steps.map((step) => step.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))) };
}

function compareBuilding(expected: CaseAnswer, actual: CaseAnswer): Mismatch | undefined {
  const fails = (answer: CaseAnswer): boolean => answer.error?.step === -1;
  if (fails(expected) !== fails(actual)) return { kind: "error", step: -1, expected: errorText(expected), actual: errorText(actual) };
  if (fails(expected)) return compareErrors(expected, actual);
  if (expected.describe === actual.describe) return undefined;
  return { kind: "describe", step: -1, expected: expected.describe ?? "", actual: actual.describe ?? "" };
}

function compareSteps(expected: CaseAnswer, actual: CaseAnswer): Mismatch | undefined {
  for (let step = 0; step < Math.max(expected.steps.length, actual.steps.length); step++) {
    const wanted = expected.steps[step];
    const got = actual.steps[step];
    if (wanted === undefined || got === undefined) break;
    if (JSON.stringify(wanted) !== JSON.stringify(got)) return { kind: "records", step, expected: wanted, actual: got };
  }
  if (expected.error?.step === actual.error?.step) return compareErrors(expected, actual);
  const step = Math.min(expected.error?.step ?? Infinity, actual.error?.step ?? Infinity);
  return { kind: "error", step, expected: errorText(expected), actual: errorText(actual) };
}

function compareErrors(expected: CaseAnswer, actual: CaseAnswer): Mismatch | undefined {
  if (expected.error === undefined || actual.error === undefined) return undefined;
  if (isSameError(expected.error, actual.error)) return undefined;
  return { kind: "error", step: expected.error.step, expected: errorText(expected), actual: errorText(actual) };
}

function compareDropped(expected: CaseAnswer, actual: CaseAnswer): Mismatch | undefined {
  if (expected.dropped === actual.dropped || expected.error !== undefined) return undefined;
  return { kind: "dropped", step: -1, expected: `${expected.dropped}`, actual: `${actual.dropped}` };
}

function errorText({ error }: CaseAnswer): string {
  return error === undefined ? "no error" : `${error.kind}: ${error.message}`;
}
