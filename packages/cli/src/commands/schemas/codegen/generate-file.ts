import type { ParsedSchema } from "@ottla/registry";
import type { ParsedAvro } from "@ottla/registry/formats/avro";
import type { ParsedJsonSchema } from "@ottla/registry/model";
import type { LockedSubject, LockedVersion } from "../lock/lock-file.ts";
import { avroTypes } from "./avro-types.ts";
import { jsonSchemaTypes } from "./json-schema-types.ts";
import { comment, type GeneratedTypes, literal } from "./type-script.ts";

/** What generated code is to have. */
export interface CodegenOptions {
  readonly int64: "bigint" | "number";
  /** Without serdes the code imports nothing. */
  readonly withSerdes: boolean;
}

/** TypeScript for the latest locked version of a subject; undefined for a format that has no types yet. */
export function generateFile(
  subject: string,
  locked: LockedSubject,
  version: LockedVersion,
  schema: ParsedSchema,
  options: CodegenOptions,
): string | undefined {
  const types = typesOf(schema, subject, options);
  if (types === undefined) return undefined;
  const head = comment(
    `Written by "ottla schemas codegen", of ${subject} version ${version.version}, id ${version.id}. Do not edit: pull and generate again.`,
  );
  const serde = options.withSerdes ? serdeText(types, locked, version, options) : undefined;
  return [
    head.replace("/**", "/*"),
    ...(serde === undefined ? [] : [serde.imports]),
    ...types.declarations,
    ...(serde === undefined ? [] : [serde.body]),
  ].join("\n");
}

function typesOf(schema: ParsedSchema, subject: string, { int64 }: CodegenOptions): GeneratedTypes | undefined {
  switch (schema.type) {
    case "AVRO":
      return avroTypes((schema as ParsedAvro).root, subject, { int64 });
    case "JSON":
      return jsonSchemaTypes((schema as ParsedJsonSchema).root, subject);
    case "PROTOBUF":
      return undefined;
  }
}

/** The serde of each format in `@ottla/serdes`; undefined for one that it does not have yet. */
const SERDES: Readonly<Record<LockedSubject["type"], { readonly make: string; readonly options: string } | undefined>> = {
  AVRO: { make: "avro", options: "AvroSerdeOptions" },
  JSON: undefined,
  PROTOBUF: undefined,
};

function serdeText({ read, written }: GeneratedTypes, { type }: LockedSubject, version: LockedVersion, { int64 }: CodegenOptions) {
  const serde = SERDES[type];
  if (serde === undefined) return undefined;
  const { make, options } = serde;
  const name = `${read.charAt(0).toLowerCase()}${read.slice(1)}Serde`;
  const references = version.references.map(
    (each) => `  { name: ${literal(each.name)}, subject: ${literal(each.subject)}, version: ${each.version} },\n`,
  );
  const long = type === "AVRO" && int64 === "number" ? 'int64: "number", ' : "";
  const params = `Omit<${options}, "schema" | "references" | "int64" | "logicalTypes">`;
  return {
    imports: `import { ${make}, type ${options}, type SchemaSerde } from "@ottla/serdes";\n`,
    body: [
      `/** The schema as it is registered. */\nconst SCHEMA = ${literal(version.schema)};\n`,
      ...(references.length === 0 ? [] : [`const REFERENCES = [\n${references.join("")}] as const;\n`]),
      `/** A serde of {@link ${read}}: it writes with this version, which must be registered, and reads every version as this one. */\n` +
        `export function ${name}(options: ${params}): SchemaSerde<${written}, ${read}> {\n` +
        `  return ${make}<${written}, ${read}>({ autoRegister: false, ${long}...options, schema: SCHEMA${references.length === 0 ? "" : ", references: REFERENCES"} });\n}\n`,
    ].join("\n"),
  };
}
