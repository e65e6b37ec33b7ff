import { RegistryError } from "../../registry-error.ts";
import { atOnce, type Steps } from "../../steps.ts";
import type { ParsedSchema, SchemaFormat, SchemaSource } from "../schema-format.ts";
import { avroDifferences } from "./avro-differences.ts";
import type { AvroType } from "./avro-type.ts";
import { type AvroNames, avroInSteps } from "./parse-avro.ts";
import { printAvro } from "./print-avro.ts";

/** An Avro schema that was read. */
export interface ParsedAvro extends ParsedSchema {
  readonly type: "AVRO";
  readonly root: AvroType;
}

/** Avro, by the rules of its Java library 1.12. */
export const avroFormat: SchemaFormat = { type: "AVRO", parse: parseAvroSource, parseInSteps: avroSourceInSteps };

/** @throws RegistryError `REGISTRY_INVALID_SCHEMA`; of a reference's text, under its name. */
export function parseAvroSource(source: SchemaSource): ParsedAvro {
  return atOnce(avroSourceInSteps(source));
}

function* avroSourceInSteps({ schema, resolved }: SchemaSource): Steps<ParsedAvro> {
  const names: AvroNames = new Map();
  for (const reference of resolved) {
    try {
      yield* avroInSteps(reference.schema, names);
      yield;
    } catch (cause) {
      if (!(cause instanceof RegistryError)) throw cause;
      throw new RegistryError("REGISTRY_INVALID_SCHEMA", `The reference "${reference.name}" cannot be used. ${cause.message}`, { cause });
    }
  }
  const known = new Set(names.keys());
  const root = yield* avroInSteps(schema, names);
  let canonical: string | undefined;
  let normalized: string | undefined;
  return {
    type: "AVRO",
    root,
    get canonical() {
      canonical ??= printAvro(root, known);
      return canonical;
    },
    get normalized() {
      normalized ??= printAvro(root, known, { sortProperties: true });
      return normalized;
    },
    inFormat: (format) => (format === "resolved" ? printAvro(root, new Set()) : undefined),
    problemsReading: (writer) => avroDifferences(root, (writer as ParsedAvro).root),
  };
}
