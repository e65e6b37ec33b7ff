import { parseQuantity } from "../quantity/parse-quantity.ts";
import type { Profile, RuleFacts } from "../rules/rule.ts";
import { ruleById } from "../rules/rule-catalogue.ts";
import { defaultsOf, type Threshold, type ThresholdOf } from "../rules/threshold.ts";
import { pairsOf, type TreePair } from "./read/tree.ts";

/** A threshold for every profile, or for some. */
type SetThreshold = number | Readonly<Partial<Record<Profile, number>>>;

/** What a project sets, by rule and name. */
export type SetThresholds = ReadonlyMap<string, ReadonlyMap<string, SetThreshold>>;

const PROFILES: readonly string[] = ["dev", "prod", "critical"] satisfies readonly Profile[];

/** What is in effect of a rule's thresholds: what the project sets for the profile, else the rule's own. */
export function thresholdsOf({ id, thresholds }: RuleFacts, set: SetThresholds, profile: Profile): ThresholdOf {
  const defaults = defaultsOf(thresholds);
  const mine = set.get(id);
  if (!mine) return defaults;
  return (name) => {
    const value = mine.get(name);
    return (typeof value === "object" ? value[profile] : value) ?? defaults(name);
  };
}

/** Reads `thresholds` of `ottla.yaml`: of each rule the names it declares. Errors: a text that names the line and what there is. */
export function readThresholds(pair: TreePair): SetThresholds | string {
  if (pair.value.is !== "map") return `Line ${pair.line}: thresholds has rules and their thresholds, as TOP-21: {warnAbove: 2MiB}.`;
  const all = new Map<string, ReadonlyMap<string, SetThreshold>>();
  for (const { name: id, line, value: tree } of pairsOf(pair.value)) {
    const rule = ruleById(id);
    if (!rule) return `Line ${line}: there is no rule ${id}; "ottla explain" lists them.`;
    if (!rule.thresholds) return `Line ${line}: ${rule.id} has no thresholds.`;
    if (tree.is !== "map") return `Line ${line}: ${rule.id} has thresholds by name: ${namesOf(rule.thresholds)}.`;
    const own = new Map<string, SetThreshold>();
    for (const each of pairsOf(tree)) {
      const threshold = rule.thresholds.find(({ name }) => name === each.name);
      if (!threshold) return `Line ${each.line}: ${rule.id} has no threshold "${each.name}"; it has ${namesOf(rule.thresholds)}.`;
      const value = readOne(rule.id, threshold, each);
      if (typeof value === "string") return value;
      own.set(each.name, value);
    }
    all.set(rule.id, own);
  }
  return all;
}

function namesOf(thresholds: readonly Threshold[]): string {
  return thresholds.map(({ name }) => name).join(", ");
}

function readOne(id: string, threshold: Threshold, { value: tree, line }: TreePair): SetThreshold | string {
  if (tree.is === "scalar") return valueOf(id, threshold, tree.text, line);
  const odd = pairsOf(tree).find(({ name }) => !PROFILES.includes(name));
  if (tree.is !== "map" || odd)
    return `Line ${odd?.line ?? line}: ${threshold.name} of ${id} has one value, or one for each of ${PROFILES.join(", ")}.`;
  const byProfile: Partial<Record<Profile, number>> = {};
  for (const { name, line: at, value } of tree.pairs) {
    const found = valueOf(id, threshold, value.is === "scalar" ? value.text : "", at);
    if (typeof found === "string") return found;
    byProfile[name as Profile] = found;
  }
  return byProfile;
}

/** In the threshold's unit; times and sizes with units of their own, too. */
function valueOf(id: string, { name, unit, least, most }: Threshold, text: string, line: number): number | string {
  const value = inUnit(text, unit);
  const place = `Line ${line}: ${name} of ${id}`;
  if (value === undefined) return `${place} must be a number of ${unit}${EXAMPLES[unit]}.`;
  return value >= least && value <= most ? value : `${place} must be from ${least} to ${most} (${unit}).`;
}

const EXAMPLES: Readonly<Record<Threshold["unit"], string>> = {
  ms: ", or one with its unit, as 10min",
  minutes: ", or one with its unit, as 14d",
  bytes: ", or one with its unit, as 2MiB",
  count: "",
  ratio: ", as 0.1 or 10%",
};

function inUnit(text: string, unit: Threshold["unit"]): number | undefined {
  if (/^\d+(\.\d+)?$/.test(text)) return unit === "ratio" || Number.isInteger(Number(text)) ? Number(text) : undefined;
  try {
    switch (unit) {
      case "ms":
        return Math.round(parseQuantity(text, "seconds") * 1000);
      case "minutes":
        return Math.round(parseQuantity(text, "seconds") / 60);
      case "bytes":
        return Math.round(parseQuantity(text, "bytes"));
      case "count":
        return Number.isInteger(parseQuantity(text, "count")) ? parseQuantity(text, "count") : undefined;
      case "ratio":
        return parseQuantity(text, "ratio");
    }
  } catch {
    return undefined;
  }
}
