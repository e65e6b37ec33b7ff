import type { CompatibilityPolicy } from "../compatibility/difference.ts";
import type { CompatibilityLevel } from "../compatibility/compatibility-level.ts";
import type { SchemaReference, SchemaType } from "../formats/schema-format.ts";
import type { JsonObject } from "../json/json-value.ts";

/** What a schema carries beside its text. Kept as it was given. */
export interface SchemaMetadata {
  readonly tags?: Readonly<Record<string, readonly string[]>>;
  readonly properties?: Readonly<Record<string, string>>;
  readonly sensitive?: readonly string[];
}

/** A property by its own name: none is had from what all objects inherit. */
export function propertyOf(metadata: SchemaMetadata | undefined, name: string): string | undefined {
  const properties = metadata?.properties;
  return properties !== undefined && Object.hasOwn(properties, name) ? properties[name] : undefined;
}

/** Rules of data contracts. The registry keeps them; serdes carry them out. */
export type RuleSet = JsonObject;

/** A version of a subject, as it is stored. */
export interface SchemaVersion {
  /** The subject with its context, as {@link writeSubjectName} writes it. */
  readonly subject: string;
  readonly version: number;
  readonly id: number;
  readonly guid: string;
  readonly schemaType: SchemaType;
  readonly schema: string;
  readonly references: readonly SchemaReference[];
  readonly metadata: SchemaMetadata | undefined;
  readonly ruleSet: RuleSet | undefined;
  /** Softly: it is read by id, and no longer listed. */
  readonly isDeleted: boolean;
}

/** What is asked of a schema before it is taken. Parts that are undefined come from the context, then from what is global. */
export interface SubjectConfig {
  readonly compatibilityLevel?: CompatibilityLevel;
  readonly compatibilityGroup?: string;
  readonly compatibilityPolicy?: CompatibilityPolicy;
  readonly normalize?: boolean;
  /** Another subject that is meant by this name. */
  readonly alias?: string;
  readonly validateFields?: boolean;
  readonly validateRules?: boolean;
  readonly validateNewSchemas?: boolean;
  readonly defaultMetadata?: SchemaMetadata;
  readonly overrideMetadata?: SchemaMetadata;
  readonly defaultRuleSet?: RuleSet;
  readonly overrideRuleSet?: RuleSet;
}

/** What may be done with a subject. */
export const registryModes = ["READWRITE", "READONLY", "READONLY_OVERRIDE", "IMPORT", "FORWARD"] as const;

/** One of {@link registryModes}. */
export type RegistryMode = (typeof registryModes)[number];

/** A change of the registry, one record of its topic each. `subject` is null for what is global; a null value takes away. */
export type RegistryRecord =
  | { readonly type: "SCHEMA"; readonly subject: string; readonly version: number; readonly value: SchemaVersion | null }
  | { readonly type: "CONFIG"; readonly subject: string | null; readonly value: SubjectConfig | null }
  | { readonly type: "MODE"; readonly subject: string | null; readonly value: RegistryMode | null }
  /** All versions up to this one are deleted softly. */
  | { readonly type: "DELETE_SUBJECT"; readonly subject: string; readonly version: number }
  /** All versions are gone. */
  | { readonly type: "CLEAR_SUBJECT"; readonly subject: string };
