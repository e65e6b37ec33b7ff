import { type DescEnum, type DescField, type DescFile, type DescMessage, type DescOneof, ScalarType } from "@bufbuild/protobuf";
import { Edition, FeatureSet_FieldPresence, isWrapperDesc } from "@bufbuild/protobuf/wkt";
import type { ParsedProtobuf } from "@ottla/registry";
import { comment, type GeneratedRoot, type GeneratedTypes, literal, objectKey, propertyKey, TypeNames, union } from "./type-script.ts";

/** What is read; what may be written, where all but proto2's required fields may be left out. */
type Side = "read" | "written";

const { IMPLICIT, LEGACY_REQUIRED } = FeatureSet_FieldPresence;
const LONGS: ReadonlySet<ScalarType> = new Set([
  ScalarType.INT64,
  ScalarType.UINT64,
  ScalarType.FIXED64,
  ScalarType.SFIXED64,
  ScalarType.SINT64,
]);

/** TypeScript for the messages of a file and all that they use, in the shape that @bufbuild/protobuf's messages have. Each message of the file's first level is a root. */
export function protobufTypes({ descriptors }: ParsedProtobuf): GeneratedTypes {
  const file = descriptors.getFile("default.proto");
  if (file === undefined) throw new TypeError("the registry's descriptors have no default.proto");
  return new ProtobufTypeWriter().write(file);
}

class ProtobufTypeWriter {
  readonly #names = new TypeNames();
  readonly #nameOf = new Map<DescMessage | DescEnum, string>();
  readonly #inputNameOf = new Map<DescMessage, string>();

  write(file: DescFile): GeneratedTypes {
    const found = typesIn(file);
    const simple = Map.groupBy(found, ({ name }) => name);
    for (const type of found) this.#nameOf.set(type, this.#names.take(simple.get(type.name)?.length === 1 ? type.name : type.typeName));
    const messages = found.filter((type) => type.kind === "message");
    for (const message of messages) this.#inputNameOf.set(message, this.#names.take(`${this.#nameOf.get(message)}Input`));
    const declarations = found.flatMap((type) =>
      type.kind === "enum" ? [this.#enum(type)] : [this.#message(type, "read"), this.#message(type, "written")],
    );
    const roots = file.messages.map(
      (message): GeneratedRoot => ({
        read: this.#nameOf.get(message) ?? "",
        written: this.#type(message, "written"),
        message: message.typeName,
      }),
    );
    return { declarations, roots };
  }

  #enum(type: DescEnum): string {
    const name = this.#nameOf.get(type) ?? "";
    const values = type.values.map(({ name: value, number }) => `  ${objectKey(value)}: ${number},\n`).join("");
    // Readers of an open enum are handed numbers that a later version has added.
    const others = type.open ? " | (number & {})" : "";
    return `${comment(`The enum ${type.typeName}.`)}export const ${name} = {\n${values}} as const;\nexport type ${name} = (typeof ${name})[keyof typeof ${name}]${others};\n`;
  }

  #message(message: DescMessage, side: Side): string {
    const read = this.#nameOf.get(message) ?? "";
    const [name, doc, typeName] =
      side === "read"
        ? [read, `The message ${message.typeName}.`, `  readonly $typeName: ${literal(message.typeName)};\n`]
        : [this.#inputNameOf.get(message) ?? "", `{@link ${read}} as it may be written.`, "  readonly $typeName?: never;\n"];
    const members = message.members.map((member) => (member.kind === "oneof" ? this.#oneof(member, side) : this.#field(member, side)));
    return `${comment(doc)}export interface ${name} {\n${typeName}${members.join("")}}\n`;
  }

  #field(field: DescField, side: Side): string {
    const isOptional = side === "read" ? !isAlwaysThere(field) : field.presence !== LEGACY_REQUIRED;
    const type = this.#fieldType(field, side);
    return `  readonly ${propertyKey(field.localName)}${isOptional ? "?" : ""}: ${type}${isOptional ? " | undefined" : ""};\n`;
  }

  #oneof({ fields, localName }: DescOneof, side: Side): string {
    const [open, optional] = side === "read" ? ["", ""] : ["?", " | undefined"];
    const cases = fields.map(
      (field) => `\n    | { readonly case: ${literal(field.localName)}; readonly value: ${this.#fieldType(field, side)} }`,
    );
    const none = `\n    | { readonly case${open}: undefined; readonly value?: undefined }`;
    return `  readonly ${propertyKey(localName)}${open}:${cases.join("")}${none}${optional};\n`;
  }

  #fieldType(field: DescField, side: Side): string {
    const one = this.#valueType(field, side);
    if (field.fieldKind === "map") return `Readonly<Record<string, ${one}>>`;
    if (field.fieldKind !== "list") return one;
    return / [|&] /.test(one) ? `readonly (${one})[]` : `readonly ${one}[]`;
  }

  /** A value of a field, one of a list's, or one of a map's. */
  #valueType(field: DescField, side: Side): string {
    const { message } = field;
    if (message === undefined) return field.enum === undefined ? scalarType(field) : (this.#nameOf.get(field.enum) ?? "number");
    // The library's own shapes of these two.
    if (field.fieldKind === "message" && field.oneof === undefined && isWrapperDesc(message)) return scalarType(message.fields[0]);
    if (isJsonObject(field)) return "Readonly<Record<string, unknown>>";
    return this.#type(message, side);
  }

  /** What is written is a message as it was read, or a plain object. */
  #type(message: DescMessage, side: Side): string {
    const read = this.#nameOf.get(message) ?? "unknown";
    return side === "read" ? read : union([read, this.#inputNameOf.get(message) ?? "unknown"]);
  }
}

/** A file's messages and enums, nested ones too, and what they use of other files; each once. */
function typesIn(file: DescFile): readonly (DescMessage | DescEnum)[] {
  const found = new Set<DescMessage | DescEnum>([...file.messages, ...file.enums]);
  // A set that grows while it is walked.
  for (const type of found) {
    if (type.kind === "enum") continue;
    for (const field of type.fields) {
      if (field.enum !== undefined) found.add(field.enum);
      if (field.message !== undefined && !isJsonObject(field)) found.add(field.message);
    }
    if (type.file === file) for (const nested of [...type.nestedMessages, ...type.nestedEnums]) found.add(nested);
  }
  return [...found];
}

function isJsonObject({ message, parent }: DescField): boolean {
  return message?.typeName === "google.protobuf.Struct" && parent.typeName !== "google.protobuf.Value";
}

/** Whether a message that was read has the field whatever was written: lists, maps, what has no presence, and what has its default by the prototype (all but proto3). */
function isAlwaysThere({ fieldKind, parent, presence }: DescField): boolean {
  if (fieldKind === "list" || fieldKind === "map") return true;
  if (fieldKind === "message") return presence === LEGACY_REQUIRED;
  return presence === IMPLICIT || parent.file.edition !== Edition.EDITION_PROTO3;
}

function scalarType(field: DescField): string {
  const { scalar } = field;
  if (scalar === ScalarType.STRING) return "string";
  if (scalar === ScalarType.BOOL) return "boolean";
  if (scalar === ScalarType.BYTES) return "Uint8Array";
  if (scalar === undefined || !LONGS.has(scalar)) return "number";
  return "longAsString" in field && field.longAsString ? "string" : "bigint";
}
