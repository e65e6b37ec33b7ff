import type { SchemaRule } from "../schema-types.ts";
import { SerdeError, type SerdeErrorPlace } from "../serdes-error.ts";
import { isBackwards, ruleRefused, type RuleWay } from "./active-rules.ts";

type RuleAction = "ERROR" | "NONE" | "DLQ";

const isAction = (word: string): word is RuleAction => word === "ERROR" || word === "NONE" || word === "DLQ";

/** What is done when a rule fails. Default ERROR. @throws SerdeError `SERDE_RULE_FAILED` for an action that is not known. */
export function onFailureOf(rule: SchemaRule, way: RuleWay, place: SerdeErrorPlace): RuleAction {
  return actionOf(rule, { words: rule.onFailure ?? "ERROR", way, place });
}

/** Tells what a contract wants told when a rule was carried out. Default NONE. */
export function reportSuccess(rule: SchemaRule, way: RuleWay, place: SerdeErrorPlace): void {
  if (rule.onSuccess === undefined || rule.onSuccess === null) return;
  const action = actionOf(rule, { words: rule.onSuccess, way, place });
  if (action !== "NONE") throw failedRule(rule, action, { place, problem: `it was carried out, and onSuccess is ${action}` });
}

/** A rule that does not hold. DLQ is told, with the topic that the contract names; whoever sends or reads carries it out. */
export function failedRule(
  { name, params, type }: SchemaRule,
  action: RuleAction,
  { place, problem, cause }: { readonly place: SerdeErrorPlace; readonly problem: string; readonly cause?: unknown },
): SerdeError {
  const at = place.path === undefined || place.path === "" ? "" : ` at ${place.path}`;
  const message = `The rule "${name}" (${type}) of the schema ${place.schemaId} ("${place.subject}") does not hold${at}: ${problem}.`;
  const rule = { name, type, action, dlqTopic: params?.["dlq.topic"] };
  return new SerdeError("SERDE_RULE_FAILED", message, { ...place, rule, cause });
}

/** Of a rule for both ways, `ERROR,NONE` is what is done when writing, and when reading. */
function actionOf(
  rule: SchemaRule,
  { words, way, place }: { readonly words: string; readonly way: RuleWay; readonly place: SerdeErrorPlace },
): RuleAction {
  const both = words.split(",");
  const word = (isBackwards(way) ? both.at(-1) : both[0])!.trim();
  if (isAction(word)) return word;
  throw ruleRefused(rule, `"${word}" is no action that is known (ERROR, NONE, DLQ)`, place);
}
