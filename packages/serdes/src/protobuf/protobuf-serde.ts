import type { DescMessage, MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import { javaScriptSchemaOf, type StandardJsonSchema } from "../standard-schema/json-schema-of.ts";
import { nameOfType } from "../standard-schema/name-of-type.ts";
import { shapeOf } from "../standard-schema/shape-of-json-schema.ts";
import { checkOptions, invalid } from "../serde/check-options.ts";
import type { SerdeFormat } from "../serde/format-engine.ts";
import { RegistrySerde } from "../serde/registry-serde.ts";
import type { SchemaDefinition } from "../schema-types.ts";
import type { SchemaSerde, SchemaSerdeOptions } from "../serde/schema-serde-types.ts";
import { ProtoNumbers } from "./proto-numbers.ts";
import { protoOfType } from "./proto-of-type.ts";

/** How Protobuf is written and read. */
export interface ProtobufSerdeOptions extends SchemaSerdeOptions {
  /** A `.proto` text, or a `FileDescriptorProto` in base64. Left out by those who only read, and where the latest version is written with. */
  readonly schema?: string | undefined;
  /** The full name of the message: `shop.Order`. Default: the first one of the file. */
  readonly message?: string | undefined;
}

/** The same with a message that protoc-gen-es made. */
export interface ProtobufMessageSerdeOptions<Message extends DescMessage> extends Omit<ProtobufSerdeOptions, "message"> {
  /** `OrderSchema`. Without `schema` its file is registered as it is; what that imports goes into `references`. */
  readonly message: Message;
}

/** The same from a type of zod, valibot, arktype or any validator that can give its JSON Schema. */
export interface ProtobufTypeSerdeOptions<In, Out> extends Omit<ProtobufSerdeOptions, "schema" | "message" | "readAs" | "references"> {
  readonly type: StandardJsonSchema<In, Out>;
  /** The message's full name: `shop.Order`. Left out where the type has a title. Its numbers are those that its fields have under the subject already; new ones get new numbers. */
  readonly name?: string | undefined;
}

/**
 * Protobuf under a registry's schemas. Values are messages of @bufbuild/protobuf: fields by their JSON names (`orderId`), int64 as bigint, a oneof as `{ case, value }`. What is written may be a plain
 * object, and what is left out has its default. With `type` the schema is made from it, and values are the type's. Throws `SerdeError` SERDE_INVALID_OPTION, SERDE_BAD_SCHEMA for a type that Protobuf
 * cannot say, with the path of what it is.
 */
export function protobuf<In, Out>(options: ProtobufTypeSerdeOptions<In, Out>): SchemaSerde<In, Out>;
export function protobuf<Message extends DescMessage>(
  options: ProtobufMessageSerdeOptions<Message>,
): SchemaSerde<MessageInitShape<Message>, MessageShape<Message>>;
export function protobuf<In extends object, Out = In>(options: ProtobufSerdeOptions): SchemaSerde<In, Out>;
export function protobuf(
  options: Omit<ProtobufSerdeOptions, "message"> &
    Partial<ProtobufTypeSerdeOptions<unknown, unknown>> & { readonly message?: string | DescMessage | undefined },
): SchemaSerde<unknown> {
  checkOptions("protobuf", options);
  return new RegistrySerde(options.type === undefined ? formatOfSchema(options) : formatOfType(options), options);
}

function formatOfSchema(
  options: Omit<ProtobufSerdeOptions, "message"> & { readonly message?: string | DescMessage | undefined },
): SerdeFormat {
  const { message, metadata, references = [], ruleSet, schema } = options;
  if (message !== undefined && typeof message !== "string" && message?.kind !== "message")
    throw invalid("protobuf: message", 'the full name of a message, or what protoc-gen-es made of it ("OrderSchema")');
  if (schema !== undefined && typeof schema !== "string") throw invalid("protobuf: schema", "a .proto text, or a descriptor in base64");
  let text = schema;
  return {
    name: "PROTOBUF",
    get definition(): SchemaDefinition | undefined {
      return text === undefined ? undefined : { schemaType: "PROTOBUF", schema: text, references, metadata, ruleSet };
    },
    async load() {
      const { ProtobufEngine, serializedFile } = await import("./protobuf-engine.ts");
      if (typeof message === "object") text ??= serializedFile(message);
      return new ProtobufEngine(message);
    },
  };
}

function formatOfType(
  options: Partial<ProtobufTypeSerdeOptions<unknown, unknown>> & Partial<Record<"schema" | "message" | "readAs" | "references", unknown>>,
): SerdeFormat {
  for (const other of ["schema", "message", "readAs", "references"] as const)
    if (options[other] !== undefined) throw invalid(`protobuf: ${other}`, "left out: the type says it");
  const { metadata, name: given, ruleSet } = options;
  const type = options.type!;
  const json = javaScriptSchemaOf(type);
  const { name, namespace } = nameOfType("protobuf", given, json);
  const shape = shapeOf(json, name);
  // What cannot be said is told at once, whatever numbers there are.
  protoOfType(shape, namespace, new ProtoNumbers([]));
  const recordName = namespace === "" ? name : `${namespace}.${name}`;
  return {
    name: "PROTOBUF",
    definition: undefined,
    recordName,
    async forSubject(registry, subject) {
      const { protoForSubject } = await import("./proto-for-subject.ts");
      const { confirm, definition } = await protoForSubject(registry, subject, { shape, packageName: namespace });
      return { definition: { ...definition, metadata, ruleSet }, confirm };
    },
    async load() {
      const [{ ProtobufEngine }, { TypedEngine }, { protoTypeValues }] = await Promise.all([
        import("./protobuf-engine.ts"),
        import("../standard-schema/typed-engine.ts"),
        import("./proto-type-values.ts"),
      ]);
      const engine = new ProtobufEngine(recordName);
      return new TypedEngine(type, {
        engine,
        toWire: (schema) => protoTypeValues(shape, engine.messageOf(schema)).toWire,
        fromWire: (schema) => protoTypeValues(shape, engine.messageOf(schema)).fromWire,
      });
    },
  };
}
