/** The names by which registries know the formats. */
export type SchemaFormatName = "AVRO" | "JSON" | "PROTOBUF";

/** Another subject's schema that a schema uses, under the name by which it is used. */
export interface SchemaReference {
  /** Avro: a full name. JSON Schema: what `$ref` says. Protobuf: the path of an import. */
  readonly name: string;
  readonly subject: string;
  /** −1 for the latest, which the registry writes down as the number that it is. */
  readonly version: number;
}

/** Tags and properties of a schema. */
export interface SchemaMetadata {
  readonly tags?: Readonly<Record<string, readonly string[]>> | undefined;
  readonly properties?: Readonly<Record<string, string>> | undefined;
  readonly sensitive?: readonly string[] | undefined;
}

/** One rule of a data contract. */
export interface SchemaRule {
  readonly name: string;
  readonly doc?: string | undefined;
  readonly kind: "CONDITION" | "TRANSFORM";
  readonly mode: "UPGRADE" | "DOWNGRADE" | "UPDOWN" | "WRITE" | "READ" | "WRITEREAD";
  /** Which executor carries it out: `CEL`, `CEL_FIELD`, `ENCRYPT`. */
  readonly type: string;
  readonly tags?: readonly string[] | undefined;
  readonly params?: Readonly<Record<string, string>> | undefined;
  readonly expr?: string | undefined;
  readonly onSuccess?: string | undefined;
  readonly onFailure?: string | undefined;
  readonly disabled?: boolean | undefined;
}

/** Rules that come with a schema. */
export interface SchemaRuleSet {
  readonly migrationRules?: readonly SchemaRule[] | undefined;
  readonly domainRules?: readonly SchemaRule[] | undefined;
  readonly encodingRules?: readonly SchemaRule[] | undefined;
}

/** A schema as it is given to a registry. */
export interface SchemaDefinition {
  /** Default AVRO. */
  readonly schemaType?: SchemaFormatName | undefined;
  readonly schema: string;
  readonly references?: readonly SchemaReference[] | undefined;
  readonly metadata?: SchemaMetadata | undefined;
  readonly ruleSet?: SchemaRuleSet | undefined;
}

/** A schema that a registry knows. */
export interface RegisteredSchema extends SchemaDefinition {
  readonly schemaType: SchemaFormatName;
  readonly references: readonly SchemaReference[];
  readonly id: number;
  /** The id that is the same in every registry; older ones give none. */
  readonly guid: string | undefined;
}

/** A version of a subject. */
export interface SubjectVersion extends RegisteredSchema {
  readonly subject: string;
  readonly version: number;
}

/** The text behind a reference. */
export interface ReferencedSchema {
  readonly name: string;
  readonly schema: string;
}

/** Levels of compatibility. */
export type CompatibilityLevelName =
  | "NONE"
  | "BACKWARD"
  | "BACKWARD_TRANSITIVE"
  | "FORWARD"
  | "FORWARD_TRANSITIVE"
  | "FULL"
  | "FULL_TRANSITIVE";
