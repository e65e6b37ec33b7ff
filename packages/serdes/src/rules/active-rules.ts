import { SerdeError, type SerdeErrorPlace } from "../serdes-error.ts";
import type { SchemaDefinition, SchemaRule } from "../schema-types.ts";

/** On which way a rule is carried out: when a value is written, read, or brought to a later or an earlier version. */
export type RuleWay = "WRITE" | "READ" | "UPGRADE" | "DOWNGRADE";

const MODES: Readonly<Record<RuleWay, readonly string[]>> = {
  WRITE: ["WRITE", "WRITEREAD"],
  READ: ["READ", "WRITEREAD"],
  UPGRADE: ["UPGRADE", "UPDOWN"],
  DOWNGRADE: ["DOWNGRADE", "UPDOWN"],
};

/** What is undone: rules go backwards, and the second of two actions is theirs. */
export function isBackwards(way: RuleWay): boolean {
  return way === "READ" || way === "DOWNGRADE";
}

/**
 * The domain rules that a value meets on a way, in the order of the contract. What is disabled is left out. Encoding rules would change all bytes, and nothing here carries them out.
 * @throws SerdeError `SERDE_RULE_FAILED`
 */
export function activeRules({ ruleSet }: Pick<SchemaDefinition, "ruleSet">, way: RuleWay, place: SerdeErrorPlace): readonly SchemaRule[] {
  const meets = ({ disabled, mode = "WRITE" }: Partial<SchemaRule>): boolean => disabled !== true && MODES[way].includes(mode);
  const encoding = (ruleSet?.encodingRules ?? []).find(meets);
  if (encoding !== undefined) throw ruleRefused(encoding, "encoding rules are not carried out by this serde", place);
  return (ruleSet?.domainRules ?? []).filter(meets);
}

/** The migration rules of a version that bring a value to it, or from it to the version before. */
export function migrationRules({ ruleSet }: Pick<SchemaDefinition, "ruleSet">, way: "UPGRADE" | "DOWNGRADE"): readonly SchemaRule[] {
  return (ruleSet?.migrationRules ?? []).filter(({ disabled, mode }) => disabled !== true && MODES[way].includes(mode));
}

/** A rule that cannot be carried out, told before any value is written or read past it. */
export function ruleRefused({ name, type }: SchemaRule, problem: string, place: SerdeErrorPlace): SerdeError {
  const message = `The rule "${name}" (${type ?? "without a type"}) of the schema ${place.schemaId ?? "that is given"} cannot be carried out: ${problem}. Disable it in the contract, or take a client that has it.`;
  return new SerdeError("SERDE_RULE_FAILED", message, place);
}
