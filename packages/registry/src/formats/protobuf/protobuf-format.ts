import type { FileRegistry } from "@bufbuild/protobuf";
import { RegistryError } from "../../registry-error.ts";
import { atOnce, type Steps } from "../../steps.ts";
import type { ParsedSchema, SchemaFormat, SchemaSource } from "../schema-format.ts";
import { fileRegistry, readSerialized, writeSerialized } from "./serialized-descriptor.ts";
import { refuseNameClashes } from "./json-names.ts";
import { type LinkedProto, linkProto, UnknownImportError } from "./link-proto.ts";
import { normalizeProto } from "./normalize-proto.ts";
import { parseProto } from "./parse-proto.ts";
import { printProto } from "./print-proto.ts";
import type { ProtoFile, ProtoType } from "./proto-file.ts";
import { placeOf, ProtoSyntaxError } from "./proto-syntax-error.ts";
import { TooManyDeclarations } from "./proto-tokens.ts";
import { protobufDifferences } from "./protobuf-differences.ts";
import { validateProto } from "./validate-proto.ts";
import { wellKnownImport } from "./well-known-imports.ts";

/** A Protobuf schema that was read. */
export interface ParsedProtobuf extends ParsedSchema {
  readonly type: "PROTOBUF";
  readonly file: ProtoFile;
  /** Its `FileDescriptorProto` in base64 (`format=serialized`). */
  readonly serialized: string;
  /** The file, named `default.proto`, and all that it imports, for those who read and write messages. */
  readonly descriptors: FileRegistry;
}

/** Protobuf, by the rules of protoc: proto2, proto3 and editions; a text, or a `FileDescriptorProto` in base64. */
export const protobufFormat: SchemaFormat = { type: "PROTOBUF", parse: parseProtobufSource, parseInSteps: protobufSourceInSteps };

/** Longer texts are not read. */
const MAX_TEXT_LENGTH = 1 << 20;
const NOT_BASE64 = /[^A-Za-z0-9+/=\s]/;

type Imports = Map<string, LinkedProto>;

/** @throws RegistryError `REGISTRY_INVALID_SCHEMA` with line and column, `REGISTRY_UNKNOWN_REFERENCE` for an import, `REGISTRY_SCHEMA_TOO_LARGE`. */
export function parseProtobufSource(source: SchemaSource): ParsedProtobuf {
  return atOnce(protobufSourceInSteps(source));
}

function* protobufSourceInSteps({ schema, isStored, resolved }: SchemaSource): Steps<ParsedProtobuf> {
  const imports: Imports = new Map();
  for (const reference of resolved) {
    try {
      imports.set(reference.name, yield* read(isStored === true ? { ...reference, isStored } : reference, imports));
      yield;
    } catch (cause) {
      if (!(cause instanceof RegistryError)) throw cause;
      throw new RegistryError(cause.code, `The reference "${reference.name}" cannot be used. ${cause.message}`, { cause });
    }
  }
  const { file } = yield* read({ schema, isStored }, imports);
  yield;
  const canonical = printProto(file);
  let normalized: string | undefined;
  return {
    type: "PROTOBUF",
    file,
    canonical,
    get normalized() {
      normalized ??= printProto(normalizeProto(asDescriptorSays(file, imports)));
      return normalized;
    },
    get serialized() {
      return placed(schema, () => writeSerialized(file, imports));
    },
    inFormat(format) {
      if (format === "serialized") return this.serialized;
      return format === "ignore_extensions" ? printProto(withoutExtensions(file)) : undefined;
    },
    get descriptors() {
      return placed(schema, () => fileRegistry(file, imports));
    },
    problemsReading: (writer) => protobufDifferences(file, (writer as ParsedProtobuf).file),
  };
}

/**
 * What a text can say in more than one way, its descriptor says in one: options by their parts or as a whole, features with nothing in them, enums among messages. What has no descriptor that
 * could be read back (groups of extensions, options of an import that is not there) is as it was written.
 */
function asDescriptorSays(file: ProtoFile, imports: Imports): ProtoFile {
  try {
    // The text passed already, or is let pass.
    return atOnce(read({ schema: writeSerialized(file, imports), isStored: true }, imports)).file;
  } catch (error) {
    if (error instanceof ProtoSyntaxError || error instanceof RegistryError) return file;
    throw error;
  }
}

function withoutExtensions(file: ProtoFile): ProtoFile {
  const bare = (type: ProtoType): ProtoType =>
    type.kind === "message" ? { ...type, extends: [], extensionRanges: [], types: type.types.map(bare) } : type;
  return { ...file, extends: [], types: file.types.map(bare) };
}

/** A megabyte takes some 15 ms in the longest of its steps. */
function* read({ schema: text, isStored = false }: Pick<SchemaSource, "schema" | "isStored">, imports: Imports): Steps<LinkedProto> {
  if (text.length > MAX_TEXT_LENGTH) {
    throw new RegistryError(
      "REGISTRY_SCHEMA_TOO_LARGE",
      `The Protobuf schema has ${text.length} characters; at most ${MAX_TEXT_LENGTH} are read.`,
    );
  }
  const isSerialized = text.trim() !== "" && !NOT_BASE64.test(text);
  const file = placed(text, () => (isSerialized ? readSerialized(text, imports) : parseProto(text)));
  for (const { path } of file.imports) {
    const known = imports.has(path) ? undefined : wellKnownImport(path);
    if (known !== undefined) imports.set(path, known);
  }
  yield;
  const linked = placed(text, () => linkProto(file, imports));
  yield;
  placed(text, () => validateProto(file));
  yield;
  if (!isStored) placed(text, () => refuseNameClashes(file));
  return linked;
}

/** Gives what is wrong its line and column. */
function placed<T>(text: string, step: () => T): T {
  try {
    return step();
  } catch (cause) {
    if (!(cause instanceof ProtoSyntaxError)) throw cause;
    const { line, column } = placeOf(text, Math.max(0, cause.at));
    const path = cause.at < 0 ? "" : `${line}:${column}`;
    const where = cause.at < 0 ? "" : `line ${line}, column ${column}: `;
    const code =
      cause instanceof UnknownImportError
        ? "REGISTRY_UNKNOWN_REFERENCE"
        : cause instanceof TooManyDeclarations
          ? "REGISTRY_SCHEMA_TOO_LARGE"
          : "REGISTRY_INVALID_SCHEMA";
    throw new RegistryError(code, `The Protobuf schema cannot be used: ${where}${cause.message}.`, { cause, path });
  }
}
