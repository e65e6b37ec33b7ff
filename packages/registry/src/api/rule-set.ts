import { isJsonObject, type JsonObject, type JsonValue } from "../json/json-value.ts";
import { RegistryError } from "../registry-error.ts";
import type { RuleSet } from "../subjects/registry-record.ts";

const KINDS: readonly string[] = ["TRANSFORM", "CONDITION"];
const MODES: readonly string[] = ["UPGRADE", "DOWNGRADE", "UPDOWN", "READ", "WRITE", "WRITEREAD"];
const MAX_RULES = 1_000;

/**
 * The rules under a name of a body. The registry keeps them and does not carry them out, so it looks at what finds them only: lists, and rules with names of their own.
 * @throws RegistryError `REGISTRY_INVALID_RULE_SET`
 */
export function ruleSetIn(body: JsonObject, name: string): RuleSet | undefined {
  const value = body.get(name) ?? undefined;
  if (value === undefined) return undefined;
  if (!isJsonObject(value)) throw invalid(`"${name}" is an object with migrationRules, domainRules or encodingRules`);
  for (const list of ["migrationRules", "domainRules", "encodingRules"]) checkRules(value.get(list) ?? [], `${name}.${list}`);
  return value;
}

function checkRules(rules: JsonValue, place: string): void {
  if (!Array.isArray(rules)) throw invalid(`"${place}" is a list`);
  if (rules.length > MAX_RULES) throw invalid(`"${place}" has more than ${MAX_RULES} rules`);
  const names = new Set<string>();
  for (const [index, rule] of (rules as readonly JsonValue[]).entries()) {
    const at = `${place}[${index}]`;
    const name = isJsonObject(rule) ? rule.get("name") : undefined;
    if (!isJsonObject(rule) || typeof name !== "string" || name === "") throw invalid(`"${at}" is a rule with a name`);
    if (names.has(name)) throw invalid(`"${at}" has the name "${name.slice(0, 100)}" of another`);
    names.add(name);
    const [kind, mode] = [rule.get("kind") ?? "TRANSFORM", rule.get("mode") ?? "WRITE"];
    if (typeof kind !== "string" || !KINDS.includes(kind)) throw invalid(`"${at}.kind" is one of ${KINDS.join(", ")}`);
    if (typeof mode !== "string" || !MODES.includes(mode)) throw invalid(`"${at}.mode" is one of ${MODES.join(", ")}`);
  }
}

function invalid(what: string): RegistryError {
  return new RegistryError("REGISTRY_INVALID_RULE_SET", `The rule set cannot be kept: ${what}.`);
}
