import {
  type DescriptorProto,
  type EnumDescriptorProto,
  EnumOptionsSchema,
  EnumValueOptionsSchema,
  ExtensionRangeOptionsSchema,
  type FieldDescriptorProto,
  FieldOptionsSchema,
  type FileDescriptorProto,
  FileOptionsSchema,
  MessageOptionsSchema,
  MethodOptionsSchema,
  OneofOptionsSchema,
  type ServiceDescriptorProto,
  ServiceOptionsSchema,
} from "@bufbuild/protobuf/wkt";
import { type OptionRegistry, optionsOf } from "./descriptor-options.ts";
import { defaultJsonName } from "./json-name.ts";
import { MAX_MESSAGE_DEPTH } from "./parse-proto.ts";
import {
  type FieldType,
  mapEntry,
  type NamedType,
  type ProtoEnum,
  type ProtoExtend,
  type ProtoField,
  type ProtoFile,
  type ProtoLabel,
  type ProtoMessage,
  type ProtoOption,
  type ProtoScalar,
  type ProtoService,
  type ProtoType,
  scoped,
} from "./proto-file.ts";
import { escapeText } from "./proto-string.ts";
import { ProtoSyntaxError } from "./proto-syntax-error.ts";
import { MAX_DECLARATIONS, ProtoTokens, TooManyDeclarations } from "./proto-tokens.ts";

/** `FieldDescriptorProto.Type` by number. */
export const descriptorTypes = [
  "",
  "double",
  "float",
  "int64",
  "uint64",
  "int32",
  "fixed64",
  "fixed32",
  "bool",
  "string",
  "group",
  "message",
  "bytes",
  "uint32",
  "enum",
  "sfixed32",
  "sfixed64",
  "sint32",
  "sint64",
];
const LABELS: readonly (ProtoLabel | undefined)[] = [undefined, "optional", "required", "repeated"];
const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;
const PLACE = { at: -1, doc: [] };

/**
 * A file as its descriptor says it.
 * @param registry what defines the options that are not descriptor.proto's own; asked where there is one
 * @throws ProtoSyntaxError
 */
export function protoOfDescriptor(descriptor: FileDescriptorProto, registry: OptionRegistry): ProtoFile {
  return new DescriptorReader(descriptor, registry).file();
}

class DescriptorReader {
  readonly #file: FileDescriptorProto;
  readonly #registry: OptionRegistry;
  #declarations = 0;

  constructor(file: FileDescriptorProto, registry: OptionRegistry) {
    this.#file = file;
    this.#registry = registry;
  }

  file(): ProtoFile {
    const file = this.#file;
    this.#count(file.extension.length + file.dependency.length + file.service.reduce((sum, { method }) => sum + 1 + method.length, 0));
    const syntax = file.syntax === "" ? "proto2" : file.syntax;
    if (syntax !== "proto2" && syntax !== "proto3" && syntax !== "editions") throw new ProtoSyntaxError(-1, `"${syntax}" is no syntax`);
    if (file.package !== "") for (const part of file.package.split(".")) named(part, "a part of the package");
    return {
      syntax,
      // The numbers of editions are 1000 for 2023, and one more for each after.
      edition: syntax === "editions" ? String(file.edition + 1023) : undefined,
      package: file.package,
      imports: file.dependency.map((path, index) => ({
        at: -1,
        path: escapeText(path),
        modifier: file.publicDependency.includes(index) ? "public" : file.weakDependency.includes(index) ? "weak" : undefined,
      })),
      options: optionsOf(file.options, FileOptionsSchema, this.#registry),
      types: this.#types(file.messageType, file.enumType, file.package, 1),
      extends: this.#extends(file.extension, file.package),
      services: file.service.map((service) => this.#service(service)),
    };
  }

  #types(
    messages: readonly DescriptorProto[],
    enums: readonly EnumDescriptorProto[],
    scope: string,
    depth: number,
    groups?: ReadonlySet<string>,
  ): ProtoType[] {
    if (depth > MAX_MESSAGE_DEPTH) throw new ProtoSyntaxError(-1, `more than ${MAX_MESSAGE_DEPTH} messages inside each other`);
    const plain = messages.filter((message) => message.options?.mapEntry !== true);
    return [...plain.map((message) => this.#message(message, scope, depth, groups)), ...enums.map((type) => this.#enum(type, scope))];
  }

  #message(message: DescriptorProto, scope: string, depth: number, groupsAround?: ReadonlySet<string>): ProtoMessage {
    this.#count(1 + message.field.length + message.oneofDecl.length + message.extensionRange.length);
    this.#count(message.reservedRange.length + message.reservedName.length + message.extension.length);
    const name = named(message.name, "a message");
    const fullName = scoped(scope, name);
    const entries = new Map(
      message.nestedType.filter(({ options }) => options?.mapEntry === true).map((entry) => [`.${fullName}.${entry.name}`, entry]),
    );
    const groups = new Set(message.field.filter((field) => this.#isGroup(field)).map(({ typeName }) => typeName));
    // A field of proto3 that is optional stands in a oneof of its own, which nobody wrote.
    const synthetic = new Set(message.field.filter(({ proto3Optional }) => proto3Optional).map(({ oneofIndex }) => oneofIndex));
    return {
      ...PLACE,
      kind: "message",
      name,
      fullName,
      options: optionsOf(message.options, MessageOptionsSchema, this.#registry),
      fields: message.field.map((field) => {
        const oneof = field.proto3Optional ? undefined : oneofOf(field, message);
        return this.#field(field, { oneof, entries, scope: fullName });
      }),
      oneofs: message.oneofDecl
        .filter((_oneof, index) => !synthetic.has(index))
        .map((oneof) => ({
          ...PLACE,
          name: named(oneof.name, "a oneof"),
          options: optionsOf(oneof.options, OneofOptionsSchema, this.#registry),
        })),
      types: this.#types(message.nestedType, message.enumType, fullName, depth + 1, groups),
      extensionRanges: message.extensionRange.map((range) => ({
        at: -1,
        first: range.start,
        last: range.end - 1,
        options: optionsOf(range.options, ExtensionRangeOptionsSchema, this.#registry),
      })),
      extends: this.#extends(message.extension, fullName),
      reserved: {
        ranges: message.reservedRange.map(({ start, end }) => ({ at: -1, first: start, last: end - 1 })),
        names: message.reservedName.map((each) => ({ at: -1, name: escapeText(each) })),
      },
      isGroup: groupsAround?.has(`.${fullName}`) === true,
    };
  }

  /** The same bound as that of a text. */
  #count(declarations: number): void {
    this.#declarations += declarations;
    if (this.#declarations > MAX_DECLARATIONS) throw new TooManyDeclarations(-1);
  }

  #isGroup(field: FieldDescriptorProto): boolean {
    return descriptorTypes[field.type] === "group" && this.#file.syntax !== "editions";
  }

  #field(
    field: FieldDescriptorProto,
    {
      oneof,
      entries,
      scope,
    }: { readonly oneof: string | undefined; readonly entries?: ReadonlyMap<string, DescriptorProto>; readonly scope: string },
  ): ProtoField {
    const name = named(field.name, "a field");
    const options: ProtoOption[] = [...optionsOf(field.options, FieldOptionsSchema, this.#registry)];
    const entry = entries?.get(field.typeName);
    const isGroup = this.#isGroup(field);
    const type = entry === undefined ? fieldType(field) : mapType(entry, { scope, field: name, at: -1 });
    if (field.defaultValue !== "") options.push({ at: -1, name: "default", value: defaultValue(field) });
    if (field.jsonName !== "" && field.jsonName !== defaultJsonName(field.name)) {
      options.push({ at: -1, name: "json_name", value: { kind: "string", escaped: escapeText(field.jsonName) } });
    }
    const isBare =
      entry !== undefined ||
      oneof !== undefined ||
      (LABELS[field.label] === "optional" && this.#file.syntax !== "" && this.#file.syntax !== "proto2");
    const label = isBare && !field.proto3Optional ? undefined : LABELS[field.label];
    return { ...PLACE, name, number: field.number, label, type, options, oneof, isGroup, isDelimited: isGroup };
  }

  #extends(fields: readonly FieldDescriptorProto[], scope: string): ProtoExtend[] {
    const group = fields.find((field) => this.#isGroup(field));
    if (group !== undefined)
      throw new ProtoSyntaxError(-1, `the extension "${group.name}" is a group, which is read from a .proto text only; give that`);
    return [...Map.groupBy(fields, ({ extendee }) => extendee)].map(([extendee, own]) => ({
      ...PLACE,
      extendee: { kind: "named", at: -1, written: typeNamed(extendee) },
      fields: own.map((field) => this.#field(field, { oneof: undefined, scope })),
      groups: [],
    }));
  }

  #enum(type: EnumDescriptorProto, scope: string): ProtoEnum {
    this.#count(1 + type.value.length + type.reservedRange.length + type.reservedName.length);
    const name = named(type.name, "an enum");
    return {
      ...PLACE,
      kind: "enum",
      name,
      fullName: scoped(scope, name),
      options: optionsOf(type.options, EnumOptionsSchema, this.#registry),
      constants: type.value.map((value) => ({
        ...PLACE,
        name: named(value.name, "a constant"),
        number: value.number,
        options: optionsOf(value.options, EnumValueOptionsSchema, this.#registry),
      })),
      reserved: {
        ranges: type.reservedRange.map(({ start, end }) => ({ at: -1, first: start, last: end })),
        names: type.reservedName.map((each) => ({ at: -1, name: escapeText(each) })),
      },
    };
  }

  #service(service: ServiceDescriptorProto): ProtoService {
    return {
      ...PLACE,
      name: named(service.name, "a service"),
      options: optionsOf(service.options, ServiceOptionsSchema, this.#registry),
      methods: service.method.map((method) => ({
        ...PLACE,
        name: named(method.name, "a method"),
        input: { kind: "named", at: -1, written: typeNamed(method.inputType) },
        output: { kind: "named", at: -1, written: typeNamed(method.outputType) },
        isClientStreaming: method.clientStreaming,
        isServerStreaming: method.serverStreaming,
        options: optionsOf(method.options, MethodOptionsSchema, this.#registry),
      })),
    };
  }
}

function named(name: string, what: string): string {
  if (!IDENTIFIER.test(name)) throw new ProtoSyntaxError(-1, `${JSON.stringify(name.slice(0, 40))} cannot be the name of ${what}`);
  return name;
}

function typeNamed(name: string): string {
  for (const part of name.replace(/^\./, "").split(".")) named(part, "a type");
  return name;
}

function oneofOf(field: FieldDescriptorProto, message: DescriptorProto): string | undefined {
  // What is not set reads as 0, which is the first oneof as well.
  if (!Object.hasOwn(field, "oneofIndex")) return undefined;
  return message.oneofDecl[field.oneofIndex]?.name;
}

function fieldType(field: FieldDescriptorProto): Exclude<FieldType, { kind: "map" }> {
  const word = descriptorTypes[field.type] ?? "";
  if (field.typeName !== "" || word === "group" || word === "message" || word === "enum") {
    return { kind: "named", at: -1, written: typeNamed(field.typeName) } satisfies NamedType;
  }
  if (word === "") throw new ProtoSyntaxError(-1, `the field "${field.name}" has no type`);
  return { kind: "scalar", name: word as ProtoScalar };
}

function mapType(entry: DescriptorProto, place: { readonly scope: string; readonly field: string; readonly at: number }): FieldType {
  const [key, value] = [1, 2].map((number) => entry.field.find((field) => field.number === number));
  if (key === undefined || value === undefined) throw new ProtoSyntaxError(-1, `the map "${place.field}" has no key or no value`);
  const keyType = fieldType(key);
  if (keyType.kind !== "scalar") throw new ProtoSyntaxError(-1, `the keys of the map "${place.field}" are no scalars`);
  const valueType = fieldType(value);
  return { kind: "map", key: keyType.name, value: valueType, entry: mapEntry(place, keyType.name, valueType) };
}

function defaultValue(field: FieldDescriptorProto): ProtoOption["value"] {
  const word = descriptorTypes[field.type];
  if (word === "string") return { kind: "string", escaped: escapeText(field.defaultValue) };
  if (word === "bytes") {
    // Escaped already, in one of the ways in which a text could have it.
    const tokens = new ProtoTokens(`"${field.defaultValue}"`);
    const escaped = tokens.string("bytes");
    if (tokens.kind === "end") return { kind: "string", escaped };
    throw new ProtoSyntaxError(-1, `the default of "${field.name}" is not escaped as bytes are`);
  }
  return { kind: "word", text: field.defaultValue };
}
