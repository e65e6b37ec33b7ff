import { OttlaError } from "@ottla/base";
import { z } from "zod";
import type { RuleFacts } from "../../rules/rule.ts";
import { ruleById, rules } from "../../rules/rule-catalogue.ts";
import { pageOf } from "../answer.ts";
import { tool } from "../tool.ts";

const cursor = z.string().max(300).optional().describe("nextCursor of the page before");

export const ruleTools = [
  tool({
    name: "list_rules",
    title: "Rules",
    description: "What lint and doctor look for: id, name, severity and when each speaks. With text: only rules whose words contain it.",
    kind: "pure",
    input: z.object({
      text: z.string().max(100).optional().describe("words to look for, such as acks or retention"),
      cursor,
      limit: z.int().min(1).max(200).default(50),
    }),
    run: ({ text, cursor: from, limit }) => {
      const wanted = text?.toLowerCase().split(/\s+/) ?? [];
      const found = rules.filter((rule) => {
        const words = wordsOf(rule);
        return wanted.every((word) => words.includes(word));
      });
      const { items, ...page } = pageOf(found, ({ id }) => id, { cursor: from, limit });
      return { data: { rules: items.map(({ id, name, severity, condition }) => ({ id, name, severity, condition })), ...page } };
    },
  }),
  tool({
    name: "explain_rule",
    title: "Explain a rule",
    description: "Why a rule exists, what mends it, where it comes from.",
    kind: "pure",
    input: z.object({ id: z.string().max(50).describe("BRK-01, PRD-07, …") }),
    run: ({ id }) => {
      const rule = ruleById(id);
      if (!rule) throw new OttlaError("UNKNOWN_RULE", `There is no rule ${id}; list_rules has them all.`);
      const { name, severity, confidence, condition, why, fix, source, profiles } = rule;
      return { data: { id: rule.id, name, severity, confidence, condition, why, fix, source, ...(profiles && { profiles }) } };
    },
  }),
];

function wordsOf({ id, name, condition, why, fix }: RuleFacts): string {
  return [id, name, condition, why, fix].join(" ").toLowerCase();
}
