import { acrossRules } from "./across-rules.ts";
import { commandRules } from "./command-rules.ts";
import type { RuleFacts } from "./rule.ts";
import { schemaRules } from "./schema-rules.ts";
import { sourceRules } from "./source-rules.ts";
import { settingsRules } from "./settings-rules.ts";

const suppressionRule: RuleFacts = {
  id: "CFG-05",
  name: "suppression",
  severity: "warning",
  confidence: "high",
  condition: "a comment that allows a finding without saying why, or that is not written as one",
  why: "Who reads the file later cannot tell whether the reason still holds.",
  fix: "Write: ottla: allow RULE because REASON.",
  source: "Ottla",
};

/** All rules, by family and number, over whatever they look. */
export const rules: readonly RuleFacts[] = [
  // One line for each kind of thing that is looked at.
  ...settingsRules,
  ...schemaRules,
  ...commandRules,
  ...sourceRules,
  ...acrossRules,
  suppressionRule,
].toSorted((a, b) => (a.id < b.id ? -1 : 1));

/** The rule of an id, in whatever case it is written. */
export function ruleById(id: string): RuleFacts | undefined {
  return rules.find((rule) => rule.id === id.toUpperCase());
}
