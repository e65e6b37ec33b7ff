import { clusterRules } from "../doctor/cluster-rules.ts";
import { BY_HAND } from "../doctor/by-hand.ts";
import { acrossRules } from "./across-rules.ts";
import { ADVISED, ADVISED_KINDS } from "./advised.ts";
import { deploymentRules } from "./deployment-rules.ts";
import { topologyRules } from "./topology-rules.ts";
import { commandRules } from "./command-rules.ts";
import type { RuleFacts } from "./rule.ts";
import { jsonSchemaRules } from "./json-schema-rules.ts";
import { protoRules } from "./proto-rules.ts";
import { schemaAdviceRules } from "./schema-advice-rules.ts";
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

/** Rules over what stands in files, one line for each kind of thing that is looked at. Some look into sources or topologies for what others look for elsewhere: one id, told once. */
const fileRules: readonly RuleFacts[] = onceEach([
  ...settingsRules,
  ...schemaRules,
  ...protoRules,
  ...jsonSchemaRules,
  ...schemaAdviceRules,
  ...commandRules,
  ...acrossRules,
  ...deploymentRules,
  ...sourceRules,
  ...topologyRules,
  suppressionRule,
]);

/** All rules, by family and number, over whatever they look. A rule over files that looks at live clusters too is one rule. */
export const rules: readonly RuleFacts[] = withClusterRules(fileRules).toSorted((a, b) => (a.id < b.id ? -1 : 1));

/** Of rules with one id the first. */
function onceEach(all: readonly RuleFacts[]): readonly RuleFacts[] {
  return [...new Map(all.toReversed().map((rule) => [rule.id, rule])).values()];
}

function withClusterRules(overFiles: readonly RuleFacts[]): readonly RuleFacts[] {
  const live = new Map(clusterRules.map((rule) => [rule.id, rule]));
  const both = overFiles.map((rule) => {
    const inCluster = live.get(rule.id)?.condition;
    live.delete(rule.id);
    return inCluster === undefined ? rule : { ...rule, inCluster };
  });
  return [...both, ...live.values()];
}

const KINDS: Readonly<Record<keyof typeof ADVISED_KINDS, readonly RuleFacts[]>> = {
  source: sourceRules,
  schema: [...schemaRules, ...schemaAdviceRules, ...protoRules, ...jsonSchemaRules],
  topology: topologyRules,
  command: commandRules,
};

/** Why a human has to do what a rule asks for, where its findings have no change that a program makes: in files, and in a live cluster. Empty where all of them have one. */
export function whyByHand(id: string): readonly string[] {
  const kinds = Object.entries(KINDS).flatMap(([kind, all]) =>
    all.some((rule) => rule.id === id) ? [ADVISED_KINDS[kind as keyof typeof ADVISED_KINDS]] : [],
  );
  return [...new Set([ADVISED[id], ...kinds, BY_HAND[id]].filter((reason) => reason !== undefined))];
}

/** The rule of an id, in whatever case it is written. */
export function ruleById(id: string): RuleFacts | undefined {
  return rules.find((rule) => rule.id === id.toUpperCase());
}
