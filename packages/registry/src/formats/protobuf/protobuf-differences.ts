import { type Difference, MAX_DIFFERENCES, snippet } from "../../compatibility/difference.ts";
import { RegistryError } from "../../registry-error.ts";
import { oneofProblems } from "./oneof-differences.ts";
import { isRequired } from "./proto-features.ts";
import type { ProtoField, ProtoFile, ProtoMessage, ProtoType } from "./proto-file.ts";
import { printField } from "./print-proto.ts";
import { wireGroup } from "./wire-groups.ts";

/** Kinds of what breaks a Protobuf reader, by the names that registries answer with. */
type ProtobufDifferenceKind =
  | "PACKAGE_CHANGED"
  | "MESSAGE_REMOVED"
  | "FIELD_KIND_CHANGED"
  | "FIELD_SCALAR_KIND_CHANGED"
  | "FIELD_NAMED_TYPE_CHANGED"
  | "FIELD_NUMERIC_LABEL_CHANGED"
  | "REQUIRED_FIELD_ADDED"
  | "REQUIRED_FIELD_REMOVED"
  | "ONEOF_FIELD_REMOVED"
  | "MULTIPLE_FIELDS_MOVED_TO_ONEOF"
  | "FIELD_MOVED_TO_EXISTING_ONEOF";

/** As many messages as may be begun inside each other, so that the stack is never at its end. */
const MAX_COMPARISON_DEPTH = 400;

/**
 * What a reader with `reader` cannot read of data written with `writer`. Fields are known by their number; names of fields and constants mean nothing on the wire. Each pair of messages is compared once, so that
 * messages which name each other end.
 */
export function protobufDifferences(reader: ProtoFile, writer: ProtoFile): readonly Difference[] {
  return new ProtobufComparison(reader, writer).compare();
}

class ProtobufComparison {
  readonly #reader: ProtoFile;
  readonly #writer: ProtoFile;
  readonly #found: Difference[] = [];
  readonly #compared = new Map<ProtoMessage, Set<ProtoMessage>>();
  readonly #readerTypes: ReadonlyMap<string, ProtoType>;
  readonly #writerTypes: ReadonlyMap<string, ProtoType>;
  #moved: ReadonlyMap<string, ProtoMessage> | undefined;
  #depth = 0;

  constructor(reader: ProtoFile, writer: ProtoFile) {
    this.#reader = reader;
    this.#writer = writer;
    this.#readerTypes = typesOf(reader);
    this.#writerTypes = typesOf(writer);
  }

  compare(): readonly Difference[] {
    const [read, written] = [this.#reader.package, this.#writer.package];
    if (read !== written) {
      this.#add(
        "PACKAGE_CHANGED",
        "#/",
        `The reader's package is "${read}", the data's "${written}"; keep the package.`,
        `package ${read};`,
        `package ${written};`,
      );
    }
    for (const [name, type] of this.#writerTypes) {
      if (type.kind !== "message" || this.#isFull()) continue;
      const path = pathOf(name);
      const other = this.#readerTypes.get(name) ?? this.#movedMessage(type.name);
      if (other?.kind === "message") this.#messages(other, type, path);
      else this.#add("MESSAGE_REMOVED", path, `The reader lacks the message ${shownName(name)}; keep it.`, undefined, messageText(type));
    }
    this.#extensions();
    return this.#found.slice(0, MAX_DIFFERENCES);
  }

  #isFull(): boolean {
    return this.#found.length >= MAX_DIFFERENCES;
  }

  #add(kind: ProtobufDifferenceKind, path: string, message: string, reader?: string, writer?: string): void {
    this.#found.push({
      kind,
      path,
      message,
      ...(reader !== undefined && { reader: snippet(reader) }),
      ...(writer !== undefined && { writer: snippet(writer) }),
    });
  }

  /** A message of the reader with that name that the writer does not have in its place, when there is just one. */
  #movedMessage(name: string): ProtoMessage | undefined {
    if (this.#moved === undefined) {
      const moved = new Map<string, ProtoMessage>();
      const ambiguous = new Set<string>();
      for (const [local, type] of this.#readerTypes) {
        if (type.kind !== "message" || this.#writerTypes.has(local)) continue;
        if (moved.has(type.name)) ambiguous.add(type.name);
        moved.set(type.name, type);
      }
      for (const each of ambiguous) moved.delete(each);
      this.#moved = moved;
    }
    return this.#moved.get(name);
  }

  #messages(reader: ProtoMessage, writer: ProtoMessage, path: string): void {
    const done = this.#compared.get(reader) ?? new Set<ProtoMessage>();
    if (done.has(writer) || this.#isFull()) return;
    done.add(writer);
    this.#compared.set(reader, done);
    if (++this.#depth > MAX_COMPARISON_DEPTH) {
      throw new RegistryError(
        "REGISTRY_SCHEMA_TOO_LARGE",
        `More than ${MAX_COMPARISON_DEPTH} messages stand inside each other at ${path}; they are not compared.`,
      );
    }
    this.#fields(reader.fields, writer.fields, path);
    for (const { kind, field, message } of oneofProblems(reader, writer)) {
      this.#add(kind, `${path}/${field.name}`, message, undefined, printField(field));
    }
    this.#depth--;
  }

  #fields(readerFields: readonly ProtoField[], writerFields: readonly ProtoField[], path: string): void {
    const written = new Map(writerFields.map((field) => [field.number, field]));
    const readNumbers = new Set<number>();
    for (const field of readerFields) {
      if (this.#isFull()) return;
      readNumbers.add(field.number);
      const place = `${path}/${field.name}`;
      const other = written.get(field.number);
      if (isRequired(field) && (other === undefined || !isRequired(other))) {
        const what = other === undefined ? "is not in the data" : "is not required where the data is written";
        this.#add(
          "REQUIRED_FIELD_ADDED",
          place,
          `The field "${field.name}" is required and ${what}; make it optional.`,
          printField(field),
          other && printField(other),
        );
      }
      if (other !== undefined) this.#field(field, other, place);
    }
    for (const field of writerFields) {
      if (this.#isFull()) return;
      if (readNumbers.has(field.number) || !isRequired(field)) continue;
      const message = `The required field "${field.name}" is gone, and readers of the older schema refuse data without it; keep it.`;
      this.#add("REQUIRED_FIELD_REMOVED", `${path}/${field.name}`, message, undefined, printField(field));
    }
  }

  #field(reader: ProtoField, writer: ProtoField, path: string): void {
    const [read, written] = [printField(reader), printField(writer)];
    const [readKind, writtenKind] = [kindOf(reader), kindOf(writer)];
    if (readKind !== writtenKind) {
      const message = `The field with the number ${reader.number} is ${shownKind(readKind)} for the reader and ${shownKind(writtenKind)} in the data; give what is new another number.`;
      this.#add("FIELD_KIND_CHANGED", path, message, read, written);
      return;
    }
    if (reader.type.kind === "scalar" && writer.type.kind === "scalar") {
      if (wireGroup(reader.type.name) !== wireGroup(writer.type.name)) {
        const message = `The field with the number ${reader.number} is ${reader.type.name} for the reader and ${writer.type.name} in the data, which are written in different ways; give the new type another number.`;
        this.#add("FIELD_SCALAR_KIND_CHANGED", path, message, read, written);
        return;
      }
    } else this.#named(reader, writer, path);
    if (isMany(reader) === isMany(writer) || isOfLength(reader)) return;
    const [many, one] = isMany(reader) ? ["the reader's", "the data's"] : ["the data's", "the reader's"];
    const message = `The field "${reader.name}" is ${many} list and ${one} single value, which numbers do not stand; keep its label.`;
    this.#add("FIELD_NUMERIC_LABEL_CHANGED", path, message, read, written);
  }

  #named(reader: ProtoField, writer: ProtoField, path: string): void {
    const [readType, writtenType] = [targetOf(reader), targetOf(writer)];
    if (readType === undefined || writtenType === undefined) return;
    const isOne = this.#localName(readType, this.#reader) === this.#localName(writtenType, this.#writer);
    const areMaps = reader.type.kind === "map" && writer.type.kind === "map";
    if (!isOne && !areMaps && !this.#hasMoved(readType, writtenType)) {
      const [read, written] = [readType.fullName, writtenType.fullName];
      const message = `The field with the number ${reader.number} is ${read} for the reader and ${written} in the data; give the new type another number.`;
      this.#add("FIELD_NAMED_TYPE_CHANGED", path, message, printField(reader), printField(writer));
      return;
    }
    if (readType.kind === "message" && writtenType.kind === "message") {
      const isInline = areMaps || !isOne;
      this.#messages(readType, writtenType, isInline ? path : pathOf(this.#localName(writtenType, this.#writer)));
    }
  }

  /** Without the file's package: that it changed is told once. */
  #localName(type: ProtoType, file: ProtoFile): string {
    const isOwn = file.package !== "" && type.fullName.startsWith(`${file.package}.`);
    return isOwn ? type.fullName.slice(file.package.length + 1) : type.fullName;
  }

  /** The same name in another place, where neither side has both. */
  #hasMoved(reader: ProtoType, writer: ProtoType): boolean {
    if (reader.name !== writer.name) return false;
    return !this.#readerTypes.has(this.#localName(writer, this.#writer)) && !this.#writerTypes.has(this.#localName(reader, this.#reader));
  }

  #extensions(): void {
    const written = extensionsOf(this.#writer);
    for (const [extendee, fields] of extensionsOf(this.#reader)) this.#fields(fields, written.get(extendee) ?? [], `#/${extendee}`);
  }
}

/** All types of a file, by their name without the package. */
function typesOf(file: ProtoFile): ReadonlyMap<string, ProtoType> {
  const types = new Map<string, ProtoType>();
  const visit = (type: ProtoType, name: string): void => {
    types.set(name, type);
    if (type.kind === "message") for (const each of type.types) visit(each, `${name}.${each.name}`);
  };
  for (const type of file.types) visit(type, type.name);
  return types;
}

function extensionsOf(file: ProtoFile): ReadonlyMap<string, readonly ProtoField[]> {
  const extensions = new Map<string, ProtoField[]>();
  const gather = (each: ProtoFile["extends"]): void => {
    for (const { extendee, fields } of each) {
      const name = extendee.target?.fullName ?? extendee.written;
      const known = extensions.get(name) ?? [];
      for (const field of fields) known.push(field);
      extensions.set(name, known);
    }
  };
  gather(file.extends);
  for (const type of typesOf(file).values()) if (type.kind === "message") gather(type.extends);
  return extensions;
}

type Kind = "scalar" | "message" | "enum" | "group";

function kindOf(field: ProtoField): Kind {
  if (field.isDelimited) return "group";
  if (field.type.kind === "scalar") return "scalar";
  return targetOf(field)?.kind ?? "message";
}

function shownKind(kind: Kind): string {
  return kind === "enum" ? "an enum" : kind === "message" ? "a message or a map" : `a ${kind}`;
}

function targetOf({ type }: ProtoField): ProtoType | undefined {
  return type.kind === "map" ? type.entry : type.kind === "named" ? type.target : undefined;
}

function isMany(field: ProtoField): boolean {
  return field.label === "repeated" || field.type.kind === "map";
}

/** Written behind its length, so that the last of many can be taken for one. */
function isOfLength(field: ProtoField): boolean {
  if (field.type.kind === "scalar") return wireGroup(field.type.name) === "length";
  return targetOf(field)?.kind === "message";
}

function pathOf(name: string): string {
  return `#/${name.replaceAll(".", "/")}`;
}

function shownName(name: string): string {
  return `"${name}"`;
}

function messageText(message: ProtoMessage): string {
  const fields = message.fields.slice(0, 10).map(printField);
  return `message ${message.name} { ${fields.join(" ")}${message.fields.length > fields.length ? " …" : ""} }`;
}
