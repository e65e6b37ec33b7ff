import type { DescMessage, MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import { checkOptions, invalid } from "../serde/check-options.ts";
import type { SerdeFormat } from "../serde/format-engine.ts";
import { RegistrySerde } from "../serde/registry-serde.ts";
import type { SchemaDefinition } from "../schema-types.ts";
import type { SchemaSerde, SchemaSerdeOptions } from "../serde/schema-serde-types.ts";

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

/**
 * Protobuf under a registry's schemas. Values are messages of @bufbuild/protobuf: fields by their JSON names (`orderId`), int64 as bigint, a oneof as `{ case, value }`. What is written may be a plain
 * object, and what is left out has its default. Throws `SerdeError` SERDE_INVALID_OPTION.
 */
export function protobuf<Message extends DescMessage>(
  options: ProtobufMessageSerdeOptions<Message>,
): SchemaSerde<MessageInitShape<Message>, MessageShape<Message>>;
export function protobuf<In extends object, Out = In>(options: ProtobufSerdeOptions): SchemaSerde<In, Out>;
export function protobuf(
  options: Omit<ProtobufSerdeOptions, "message"> & { readonly message?: string | DescMessage | undefined },
): SchemaSerde<object> {
  checkOptions("protobuf", options);
  const { message, metadata, references = [], ruleSet } = options;
  if (message !== undefined && typeof message !== "string" && message?.kind !== "message")
    throw invalid("protobuf: message", 'the full name of a message, or what protoc-gen-es made of it ("OrderSchema")');
  const { schema } = options;
  if (schema !== undefined && typeof schema !== "string") throw invalid("protobuf: schema", "a .proto text, or a descriptor in base64");
  let text = schema;
  const format: SerdeFormat = {
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
  return new RegistrySerde(format, options);
}
