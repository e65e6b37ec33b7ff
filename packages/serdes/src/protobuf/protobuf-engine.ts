import { create, type DescFile, type DescMessage, type FileRegistry, fromBinary, type MessageShape, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { parseProtobufSource } from "@ottla/registry/formats/protobuf";
import {
  type ContractCodec,
  type FormatEngine,
  type LoadedSchema,
  ValueProblem,
  type ValueReader,
  type ValueWriter,
} from "../serde/format-engine.ts";
import { SerdeError } from "../serdes-error.ts";
import { irregular } from "./irregular.ts";
import { MessageCheck } from "./message-check.ts";
import { encodeIndexes, messageIndexes, readIndexes } from "./message-indexes.ts";
import { pathTags } from "../rules/path-tags.ts";
import { protoFields } from "./proto-fields.ts";
import { messageOfView, readView, viewOf, writeView } from "./proto-view.ts";
import { ProtoOutput } from "./proto-output.ts";
import { compileMessageReader } from "./read-messages.ts";
import { isRegular } from "./regular-messages.ts";
import { compileMessageWriter } from "./write-messages.ts";

/** Protobuf messages, by descriptors that are made from the schema's text. */
export class ProtobufEngine implements FormatEngine {
  readonly #message: string | DescMessage | undefined;

  /** `message`: the full name of the user's message, or what a generator made of it. */
  constructor(message: string | DescMessage | undefined) {
    this.#message = message;
  }

  recordName(schema: LoadedSchema): string {
    return this.messageOf(schema).typeName;
  }

  /** The user's message as a schema has it. Throws `SerdeError` SERDE_BAD_SCHEMA where it has none. */
  messageOf(schema: LoadedSchema): DescMessage {
    return this.#own(fileOf(schema));
  }

  writer(schema: LoadedSchema): ValueWriter {
    const message = this.#own(fileOf(schema));
    const indexes = encodeIndexes(messageIndexes(message));
    const generated = typeof this.#message === "object" ? this.#message : message;
    const check = new MessageCheck();
    const quick = isRegular(generated) ? compileMessageWriter(generated) : undefined;
    const output = new ProtoOutput();
    const before = (bytes: Buffer, at: number): Buffer => {
      bytes.set(indexes, at);
      return bytes;
    };
    return {
      write(value, free) {
        try {
          output.begin();
          quick?.(output, value);
          if (quick !== undefined) return before(output.take(free + indexes.length), free);
        } catch (error) {
          if (error !== irregular) throw error;
        }
        if (typeof value !== "object" || value === null || Array.isArray(value))
          throw new ValueProblem("", `it must be an object, as ${message.typeName} is`);
        check.message(generated, value, "");
        const data = encoded(generated, value);
        const bytes = Buffer.allocUnsafe(free + indexes.length + data.length);
        bytes.set(data, free + indexes.length);
        return before(bytes, free);
      },
    };
  }

  reader(written: LoadedSchema, as: LoadedSchema | undefined): ValueReader {
    const file = fileOf(written);
    const own = as === undefined && typeof this.#message !== "object" ? undefined : this.#reading(as);
    const quickly = new Map<DescMessage, ReturnType<typeof compileMessageReader>>();
    const quickOf = (message: DescMessage): ReturnType<typeof compileMessageReader> => {
      if (!quickly.has(message)) quickly.set(message, isRegular(message) ? compileMessageReader(message) : undefined);
      return quickly.get(message);
    };
    return {
      read(bytes, from) {
        const { dataAt, message } = readIndexes(file, bytes, from);
        if (own !== undefined && own.typeName !== message.typeName)
          throw new ValueProblem("", `a message ${message.typeName} was written, and this serde reads ${own.typeName}`);
        try {
          const quick = quickOf(own ?? message);
          if (quick !== undefined) return quick(bytes, dataAt);
        } catch (error) {
          if (error !== irregular) throw error;
        }
        // A copy: fields of bytes are views, and what they view belongs to a fetched answer.
        return decoded(own ?? message, new Uint8Array(bytes.subarray(dataAt)));
      },
    };
  }

  contract(schema: LoadedSchema): ContractCodec {
    const descriptors = descriptorsOf(schema);
    const file = fileIn(descriptors);
    const root = this.#ownIn(file) ?? file.messages[0];
    if (root === undefined) throw new ValueProblem("", "the schema has no message");
    // A value that comes from another version is of the message that is called so here.
    const messageIn = (value: unknown): DescMessage => {
      const given = messageOfView(value);
      return given === undefined || given.file === file ? (given ?? root) : (findMessage(file.messages, given.typeName) ?? root);
    };
    const encode = (value: unknown, before: number): Buffer => {
      const message = messageIn(value);
      const indexes = encodeIndexes(messageIndexes(message));
      const data = writeView(message, value);
      const bytes = Buffer.allocUnsafe(before + indexes.length + data.length);
      bytes.set(indexes, before);
      bytes.set(data, before + indexes.length);
      return bytes;
    };
    return {
      decode(bytes, from) {
        const { dataAt, message } = readIndexes(file, bytes, from);
        // A copy: fields of bytes are views, and what they view belongs to a fetched answer.
        return readView(message, new Uint8Array(bytes.subarray(dataAt)));
      },
      encode,
      check: (value) => void encode(value, 0),
      inPlaceOf: (value, before) =>
        typeof value === "object" && value !== null && !Array.isArray(value) ? viewOf(messageIn(before), value) : value,
      fields: protoFields(messageIn, {
        fieldMeta: descriptors.getExtension("confluent.field_meta"),
        pathTags: pathTags(schema.definition.metadata),
      }),
    };
  }

  #reading(as: LoadedSchema | undefined): DescMessage {
    return typeof this.#message === "object" ? this.#message : this.#own(fileOf(as!));
  }

  #ownIn(file: DescFile): DescMessage | undefined {
    const wanted = typeof this.#message === "object" ? this.#message.typeName : this.#message;
    return wanted === undefined ? file.messages[0] : findMessage(file.messages, wanted);
  }

  #own(file: DescFile): DescMessage {
    const wanted = typeof this.#message === "object" ? this.#message.typeName : this.#message;
    const found = this.#ownIn(file);
    if (found !== undefined) return found;
    const names = file.messages.slice(0, 10).map(({ typeName }) => typeName);
    const message =
      wanted === undefined ? "The schema has no message." : `The schema has no message ${wanted}; it has ${names.join(", ") || "none"}.`;
    throw new SerdeError("SERDE_BAD_SCHEMA", message);
  }
}

function findMessage(messages: readonly DescMessage[], name: string): DescMessage | undefined {
  for (const message of messages) {
    if (message.typeName === name) return message;
    const inside = name.startsWith(`${message.typeName}.`) ? findMessage(message.nestedMessages, name) : undefined;
    if (inside !== undefined) return inside;
  }
  return undefined;
}

function fileOf(schema: LoadedSchema): DescFile {
  return fileIn(descriptorsOf(schema));
}

function fileIn(descriptors: FileRegistry): DescFile {
  return descriptors.getFile("default.proto")!;
}

function descriptorsOf({ definition, registered, resolved }: LoadedSchema): FileRegistry {
  try {
    const references = resolved.map((each) => ({ ...each, isStored: true }));
    return parseProtobufSource({ schema: definition.schema, isStored: registered !== undefined, resolved: references }).descriptors;
  } catch (cause) {
    const which = registered === undefined ? "The schema" : `The schema ${registered.id}`;
    throw new SerdeError("SERDE_BAD_SCHEMA", `${which} cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

/** The file that a generated message is of, as registries take it. */
export function serializedFile({ file }: DescMessage): string {
  return Buffer.from(toBinary(FileDescriptorProtoSchema, file.proto)).toString("base64");
}

function encoded(message: DescMessage, value: object): Uint8Array {
  try {
    const whole = "$typeName" in value ? (value as MessageShape<DescMessage>) : create(message, value as never);
    return toBinary(message, whole);
  } catch (cause) {
    throw new ValueProblem("", cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function decoded(message: DescMessage, data: Uint8Array): unknown {
  try {
    return fromBinary(message, data);
  } catch (cause) {
    throw new ValueProblem("", `it is no ${message.typeName} (${cause instanceof Error ? cause.message : String(cause)})`, cause);
  }
}
