import type { ParsedProtobuf, ParsedSchema } from "@ottla/registry";
import type { ParsedAvro } from "@ottla/registry/formats/avro";
import type { ParsedJsonSchema } from "@ottla/registry/model";
import type { LockedSubject, LockedVersion } from "../lock/lock-file.ts";
import { avroTypes } from "./avro-types.ts";
import { jsonSchemaTypes } from "./json-schema-types.ts";
import { protobufTypes } from "./protobuf-types.ts";
import { comment, type GeneratedRoot, type GeneratedTypes, literal } from "./type-script.ts";

/** What generated code is to have. */
export interface CodegenOptions {
  /** What Avro's long is. */
  readonly int64: "bigint" | "number";
  /** Without serdes the code imports nothing. */
  readonly withSerdes: boolean;
}

/** TypeScript for the latest locked version of a subject. */
export function generateFile(
  subject: string,
  locked: LockedSubject,
  version: LockedVersion,
  schema: ParsedSchema,
  options: CodegenOptions,
): string {
  const types = typesOf(schema, subject, options);
  const head = comment(
    `Written by "ottla schemas codegen", of ${subject} version ${version.version}, id ${version.id}. Do not edit: pull and generate again.`,
  );
  // A Protobuf file may have no message.
  const isWithSerdes = options.withSerdes && types.roots.length > 0;
  return [
    head.replace("/**", "/*"),
    ...(isWithSerdes ? [importsOf(locked.type)] : []),
    ...types.declarations,
    ...(isWithSerdes ? serdesOf(types.roots, locked.type, version, options) : []),
  ].join("\n");
}

function typesOf(schema: ParsedSchema, subject: string, { int64 }: CodegenOptions): GeneratedTypes {
  switch (schema.type) {
    case "AVRO":
      return avroTypes((schema as ParsedAvro).root, subject, { int64 });
    case "JSON":
      return jsonSchemaTypes((schema as ParsedJsonSchema).root, subject);
    case "PROTOBUF":
      return protobufTypes(schema as ParsedProtobuf);
  }
}

/** The serde of each format in `@ottla/serdes`, and which of its options the generated code gives itself. */
const SERDES: Readonly<Record<LockedSubject["type"], { readonly make: string; readonly options: string; readonly given: string }>> = {
  AVRO: { make: "avro", options: "AvroSerdeOptions", given: '"schema" | "references" | "int64" | "logicalTypes"' },
  JSON: { make: "jsonSchema", options: "JsonSchemaSerdeOptions", given: '"schema" | "references"' },
  PROTOBUF: { make: "protobuf", options: "ProtobufSerdeOptions", given: '"schema" | "references" | "message"' },
};

function importsOf(type: LockedSubject["type"]): string {
  const { make, options } = SERDES[type];
  return `import { ${make}, type ${options}, type SchemaSerde } from "@ottla/serdes";\n`;
}

function serdesOf(
  roots: readonly GeneratedRoot[],
  type: LockedSubject["type"],
  version: LockedVersion,
  { int64 }: CodegenOptions,
): readonly string[] {
  const { given, make, options } = SERDES[type];
  const references = version.references.map(
    (each) => `  { name: ${literal(each.name)}, subject: ${literal(each.subject)}, version: ${each.version} },\n`,
  );
  const long = type === "AVRO" && int64 === "number" ? 'int64: "number", ' : "";
  const own = `schema: SCHEMA${references.length === 0 ? "" : ", references: REFERENCES"}`;
  return [
    `/** The schema as it is registered. */\nconst SCHEMA = ${literal(version.schema)};\n`,
    ...(references.length === 0 ? [] : [`const REFERENCES = [\n${references.join("")}] as const;\n`]),
    ...roots.map(({ message, read, written }) => {
      const name = `${read.charAt(0).toLowerCase()}${read.slice(1)}Serde`;
      return (
        `/** A serde of {@link ${read}}: it writes with this version, which must be registered, and reads every version as this one. */\n` +
        `export function ${name}(options: Omit<${options}, ${given}>): SchemaSerde<${written}, ${read}> {\n` +
        `  return ${make}<${written}, ${read}>({ autoRegister: false, ${long}...options, ${own}${message === undefined ? "" : `, message: ${literal(message)}`} });\n}\n`
      );
    }),
  ];
}
