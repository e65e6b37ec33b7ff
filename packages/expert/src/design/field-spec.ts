import type { Dimension } from "../quantity/dimension.ts";

interface Described {
  readonly summary: string;
  /** How the value may be written; for documentation and error texts. */
  readonly example: string;
}

/** One key of a design file. Without a default, and not optional, it must be there. */
export type FieldSpec =
  | (Described & { readonly kind: "name"; readonly optional?: true })
  | (Described & { readonly kind: "text"; readonly optional?: true })
  | (Described & { readonly kind: "quantity"; readonly dimension: Dimension; readonly default?: number; readonly optional?: true })
  | (Described & {
      readonly kind: "integer";
      readonly min: number;
      readonly max: number;
      readonly default?: number;
      readonly optional?: true;
    })
  | (Described & { readonly kind: "choice"; readonly choices: readonly string[]; readonly default?: string })
  | (Described & { readonly kind: "flag"; readonly default: boolean })
  | (Described & { readonly kind: "names" })
  | (Described & { readonly kind: "quantities"; readonly dimension: Dimension })
  | (Described & { readonly kind: "texts" });

/** The keys of one part of a design file. */
export type FieldSpecs = Readonly<Record<string, FieldSpec>>;

type Given<Spec> = Spec extends { readonly kind: "integer" | "quantity" }
  ? number
  : Spec extends { readonly kind: "choice"; readonly choices: readonly (infer Choice)[] }
    ? Choice
    : Spec extends { readonly kind: "flag" }
      ? boolean
      : Spec extends { readonly kind: "names" }
        ? readonly string[]
        : Spec extends { readonly kind: "quantities" }
          ? readonly number[]
          : Spec extends { readonly kind: "texts" }
            ? Readonly<Record<string, string>>
            : string;

/** What is read for the keys: quantities in their base unit, lists and maps empty where nothing is given. */
export type FieldValues<Specs extends FieldSpecs> = {
  readonly [Key in keyof Specs]: Specs[Key] extends { readonly optional: true } ? Given<Specs[Key]> | undefined : Given<Specs[Key]>;
};

/** The longest name of a topic; those of groups and transactions are kept to it as well. */
export const NAME_LENGTH_MAX = 249;
/** What a topic may be called, and so what everything here may. */
export const NAME_PATTERN = /^[a-zA-Z0-9._-]+$/;

/** Whether a key has to be there. */
export function isRequired(spec: FieldSpec): boolean {
  return ["name", "text", "quantity", "integer"].includes(spec.kind) && !("default" in spec) && !("optional" in spec);
}
