import type { KeyValueFunction } from "../processors/stateless.ts";
import { StreamsError } from "../streams-error.ts";
import { checkFunction } from "./arguments.ts";

type Predicate = KeyValueFunction<boolean>;

/** Branches of a split as users give them: the keys of an object, or pairs. */
export type Branches = Readonly<Record<string, Predicate>> | readonly (readonly [name: string, predicate: Predicate])[];

/** Keys that objects put before all others, whatever the order in which they were written. */
const WHOLE_NUMBER = /^(0|[1-9]\d*)$/;

/** The names of all branches, the default one last, and the predicates of the others. Throws `STREAMS_BAD_ARGUMENT`. */
export function branchesInOrder(
  branches: Branches,
  defaultLabel: string | undefined,
): { readonly labels: readonly string[]; readonly predicates: readonly Predicate[] } {
  if (typeof branches !== "object" || branches === null)
    throw refused(`needs its branches as an object or as pairs, and was given ${typeof branches}`);
  const pairs = isPairs(branches) ? branches : Object.entries(branches);
  const labels = new Set<string>();
  for (const [label, predicate] of pairs) {
    if (typeof label !== "string" || label === "") throw refused("was given a branch without a name");
    if (pairs !== branches && WHOLE_NUMBER.test(label))
      throw refused(
        `has a branch ${label}, and objects put keys that are whole numbers first, which would change which branch is asked first: give the branches as pairs, [["${label}", predicate], …]`,
      );
    if (labels.has(label)) throw refused(`has two branches ${label}: each needs a name of its own`);
    checkFunction("split", `predicate of branch ${label}`, predicate);
    labels.add(label);
  }
  if (defaultLabel !== undefined) {
    if (labels.has(defaultLabel)) throw refused(`has a branch ${defaultLabel}, as which the default one cannot be called, too`);
    labels.add(defaultLabel);
  }
  return { labels: [...labels], predicates: pairs.map(([, predicate]) => predicate) };
}

function isPairs(branches: Branches): branches is readonly (readonly [string, Predicate])[] {
  return Array.isArray(branches);
}

function refused(what: string): StreamsError {
  return new StreamsError("STREAMS_BAD_ARGUMENT", `split ${what}.`);
}
