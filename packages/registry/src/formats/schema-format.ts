import type { Steps } from "../steps.ts";
import type { CompatibilityPolicy, Difference } from "../compatibility/difference.ts";

/** The names by which registries know the formats. */
export type SchemaType = "AVRO" | "JSON" | "PROTOBUF";

/** Another subject's schema that a schema uses, under the name by which it is used. */
export interface SchemaReference {
  /** Avro: a full name. JSON Schema: what `$ref` says. Protobuf: the path of an import. */
  readonly name: string;
  readonly subject: string;
  readonly version: number;
}

/** A schema's text as it was given, and those it refers to, in an order in which each comes after what it needs. */
export interface SchemaSource {
  readonly schema: string;
  /** Whether a registry has the text already: then rules for new texts (Protobuf: that names do not clash in JSON) are not asked, since data was written with it; nor of what it refers to. */
  readonly isStored?: boolean | undefined;
  readonly resolved: readonly ResolvedReference[];
}

/** The text behind a reference. */
export interface ResolvedReference {
  readonly name: string;
  readonly schema: string;
  /** As {@link SchemaSource} has it. */
  readonly isStored?: boolean | undefined;
}

/** Other ways to write a schema: Avro with its references put in; Protobuf as a `FileDescriptorProto` in base64, or without extensions. */
export const schemaTextFormats = ["resolved", "serialized", "ignore_extensions"] as const;

/** One of {@link schemaTextFormats}. */
export type SchemaTextFormat = (typeof schemaTextFormats)[number];

/** A schema that was read. */
export interface ParsedSchema {
  readonly type: SchemaType;
  /** The text by which it is known: without white space, nothing of its meaning or its comments' place lost, references not put in. */
  readonly canonical: string;
  /** The text with the freedoms of writing taken out (`normalize=true`). */
  readonly normalized: string;
  /** The text in another way; undefined for one that is another type's. */
  readonly inFormat?: (format: SchemaTextFormat) => string | undefined;
  /** What a reader with this schema cannot read of data written with `writer`, which is of the same format. Bounded by `MAX_DIFFERENCES`. */
  readonly problemsReading: (writer: ParsedSchema, policy?: CompatibilityPolicy) => readonly Difference[];
}

/** A format: how its texts are read. */
export interface SchemaFormat {
  readonly type: SchemaType;
  /** @throws RegistryError `REGISTRY_INVALID_SCHEMA` with the place of what is wrong, `REGISTRY_UNKNOWN_REFERENCE`. */
  readonly parse: (source: SchemaSource) => ParsedSchema;
  /** As {@link parse}, in steps; undefined where that is quick for the longest text. */
  readonly parseInSteps?: (source: SchemaSource) => Steps<ParsedSchema>;
}
