import { OttlaError, type Role, roles } from "@ottla/base";
import { z } from "zod";

/** The later hides more: where several rules are about the same, that one counts. */
export const maskActions = ["hash", "mask", "drop"] as const;

/** One of {@link maskActions}. */
export type MaskAction = (typeof maskActions)[number];

/** What is hidden in records of some topics. */
export interface MaskingRule {
  /** Names of topics, with `*` and `?`. */
  readonly topics: readonly string[];
  readonly in: "key" | "value" | "header";
  /** Of a header its name, with `*` and `?`. Of a key or value the way to a field: `*` is any field, `**` any way; lists are gone into by themselves. Undefined: all of it. */
  readonly path: readonly string[] | undefined;
  readonly do: MaskAction;
  readonly unmaskedFor: readonly Role[];
}

/** What is hidden in all that the console shows of records. */
export interface MaskingRules {
  readonly rules: readonly MaskingRule[];
  /** Hashes made with the same key are the same; without one they are others after each start. */
  readonly hashKey: string | undefined;
}

const RULES_MAX = 1_000;
const glob = z.string().min(1).max(300);
const step = z.string().min(1).max(500);
const ruleShape = z.strictObject({
  topics: z.union([glob, z.array(glob).min(1).max(1_000)]),
  in: z.enum(["key", "value", "header"]),
  path: z.union([step, z.array(step).min(1).max(50)]).optional(),
  do: z.enum(maskActions),
  unmaskedFor: z.array(z.enum(roles)).default([]),
});
const fileShape = z.strictObject({ rules: z.array(ruleShape).min(1).max(RULES_MAX), hashKey: z.string().min(16).max(1_000).optional() });

/**
 * Reads what is to be hidden: `{ rules: [{ topics, in, path, do, unmaskedFor }], hashKey }`. A path is a text with dots, or a list of names where a name has one.
 * @throws OttlaError `MASKING_INVALID`, which names the place
 */
export function readMaskingRules(value: unknown): MaskingRules {
  const parsed = fileShape.safeParse(value);
  if (!parsed.success) {
    const [first] = parsed.error.issues;
    throw invalid(first?.path.join(".") || "the file", first?.message ?? "it cannot be read");
  }
  const { rules, hashKey } = parsed.data;
  return {
    hashKey,
    rules: rules.map(({ topics, path, ...rule }, index) => ({
      ...rule,
      topics: typeof topics === "string" ? [topics] : topics,
      path: path === undefined ? undefined : stepsOf(path, rule.in, `rules.${index}.path`),
    })),
  };
}

function stepsOf(path: string | readonly string[], part: MaskingRule["in"], place: string): readonly string[] {
  if (part === "header") {
    if (typeof path !== "string") throw invalid(place, "the name of a header is one text");
    return [path];
  }
  const steps = typeof path === "string" ? path.replace(/^\$\./, "").split(".") : path;
  const odd = steps.find((each) => each === "" || /[[\]]/.test(each));
  if (odd !== undefined)
    throw invalid(
      place,
      'write fields with dots between, such as "items.card" (lists are gone into by themselves); names that have dots as a list',
    );
  return steps;
}

function invalid(place: string, what: string): OttlaError {
  return new OttlaError("MASKING_INVALID", `The masking rules cannot be used: ${place}: ${what}.`);
}
