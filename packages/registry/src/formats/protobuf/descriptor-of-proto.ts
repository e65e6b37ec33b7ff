import { create, type DescMessage, type FileRegistry, type Message } from "@bufbuild/protobuf";
import {
  type DescriptorProto,
  DescriptorProtoSchema,
  type EnumDescriptorProto,
  EnumDescriptorProtoSchema,
  type EnumOptions,
  EnumOptionsSchema,
  type EnumValueOptions,
  EnumValueOptionsSchema,
  type ExtensionRangeOptions,
  ExtensionRangeOptionsSchema,
  type FieldDescriptorProto,
  FieldDescriptorProtoSchema,
  type FieldOptions,
  FieldOptionsSchema,
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
  type FileOptions,
  FileOptionsSchema,
  type MessageOptions,
  MessageOptionsSchema,
  type MethodOptions,
  MethodOptionsSchema,
  type OneofOptions,
  OneofOptionsSchema,
  type ServiceOptions,
  ServiceOptionsSchema,
} from "@bufbuild/protobuf/wkt";
import { optionsMessage } from "./descriptor-options.ts";
import { defaultJsonName } from "./json-name.ts";
import type { NamedType, ProtoEnum, ProtoExtend, ProtoField, ProtoFile, ProtoMessage, ProtoOption, ProtoType } from "./proto-file.ts";
import { descriptorTypes } from "./proto-of-descriptor.ts";
import { unescapeText } from "./proto-string.ts";

/**
 * A linked file as a descriptor, as protoc makes it, without places and comments.
 * @param registry what defines options that are not descriptor.proto's own; without it they are left out
 */
export function descriptorOfProto(file: ProtoFile, registry: FileRegistry | undefined): FileDescriptorProto {
  return new DescriptorWriter(file, registry).file();
}

/** Whether a file has options that are not descriptor.proto's own. */
export function hasCustomOptions(file: ProtoFile): boolean {
  const any = (options: readonly ProtoOption[]): boolean => options.some(({ name }) => name.startsWith("(") || name.startsWith("features"));
  const ofFields = (fields: readonly ProtoField[]): boolean => fields.some(({ options }) => any(options));
  const ofExtends = (all: readonly ProtoExtend[]): boolean => all.some(({ fields, groups }) => ofFields(fields) || groups.some(ofType));
  const ofType = (type: ProtoType): boolean => {
    if (any(type.options)) return true;
    if (type.kind === "enum") return type.constants.some(({ options }) => any(options));
    const own =
      ofFields(type.fields) || type.oneofs.some(({ options }) => any(options)) || type.extensionRanges.some(({ options }) => any(options));
    return own || type.types.some(ofType) || ofExtends(type.extends);
  };
  const ofServices = file.services.some(({ options, methods }) => any(options) || methods.some((method) => any(method.options)));
  return any(file.options) || file.types.some(ofType) || ofExtends(file.extends) || ofServices;
}

class DescriptorWriter {
  readonly #file: ProtoFile;
  readonly #registry: FileRegistry | undefined;

  constructor(file: ProtoFile, registry: FileRegistry | undefined) {
    this.#file = file;
    this.#registry = registry;
  }

  file(): FileDescriptorProto {
    const file = this.#file;
    const indexes = (modifier: "public" | "weak"): number[] =>
      file.imports.flatMap((each, index) => (each.modifier === modifier ? [index] : []));
    return create(FileDescriptorProtoSchema, {
      name: "default.proto",
      ...(file.package !== "" && { package: file.package }),
      dependency: file.imports.map(({ path }) => path),
      publicDependency: indexes("public"),
      weakDependency: indexes("weak"),
      messageType: this.#messages([...file.types, ...file.extends.flatMap(({ groups }) => groups)], file.package),
      enumType: this.#enums(file.types, file.package),
      extension: this.#extensions(file.extends, file.package),
      service: file.services.map(({ name, options, methods }) => ({
        name,
        ...this.#options<ServiceOptions>(options, ServiceOptionsSchema, file.package),
        method: methods.map((method) => ({
          name: method.name,
          inputType: fullName(method.input),
          outputType: fullName(method.output),
          ...(method.isClientStreaming && { clientStreaming: true }),
          ...(method.isServerStreaming && { serverStreaming: true }),
          ...this.#options<MethodOptions>(method.options, MethodOptionsSchema, file.package),
        })),
      })),
      ...this.#options<FileOptions>(file.options, FileOptionsSchema, file.package),
      ...(file.syntax !== "proto2" && { syntax: file.syntax }),
      // The numbers of editions are 1000 for 2023, and one more for each after.
      ...(file.syntax === "editions" && { edition: Number(file.edition) - 1023 }),
    });
  }

  #options<T extends Message>(options: readonly ProtoOption[], schema: DescMessage, scope: string): { options?: T } {
    const message = optionsMessage(options, schema, this.#registry, scope);
    return message === undefined ? {} : { options: message as T };
  }

  /** Messages in the order in which they are written, each group in its field's place; records name messages by that. */
  #messages(types: readonly ProtoType[], scope: string, entries: readonly ProtoMessage[] = []): DescriptorProto[] {
    const messages = types.filter((type) => type.kind === "message");
    const known = new Set(entries);
    return [...entries, ...messages].sort((a, b) => a.at - b.at).map((message) => this.#message(message, scope, known.has(message)));
  }

  #enums(types: readonly ProtoType[], scope: string): EnumDescriptorProto[] {
    return types.filter((type) => type.kind === "enum").map((type) => this.#enum(type, scope));
  }

  #message(message: ProtoMessage, scope: string, isEntry: boolean): DescriptorProto {
    const inside = message.fullName;
    const entries = message.fields.flatMap(({ type }) => (type.kind === "map" ? [type.entry] : []));
    const oneofs = message.oneofs.map(({ name, options }) => ({
      name,
      ...this.#options<OneofOptions>(options, OneofOptionsSchema, inside),
    }));
    const places = new Map(message.oneofs.map(({ name }, index) => [name, index]));
    const field = message.fields.map((each): FieldDescriptorProto => {
      const place = each.oneof === undefined ? undefined : places.get(each.oneof);
      const isProto3Optional = this.#file.syntax === "proto3" && each.label === "optional";
      const made = this.#field(each, inside);
      if (isProto3Optional) {
        made.proto3Optional = true;
        // A oneof of its own, behind all that were written.
        made.oneofIndex = oneofs.push({ name: `_${each.name}` }) - 1;
      } else if (place !== undefined) made.oneofIndex = place;
      return made;
    });
    return create(DescriptorProtoSchema, {
      name: message.name,
      field,
      extension: this.#extensions(message.extends, inside),
      nestedType: this.#messages([...message.types, ...message.extends.flatMap(({ groups }) => groups)], inside, entries),
      enumType: this.#enums(message.types, inside),
      extensionRange: message.extensionRanges.map(({ first, last, options }) => ({
        start: first,
        end: last + 1,
        ...this.#options<ExtensionRangeOptions>(options, ExtensionRangeOptionsSchema, inside),
      })),
      oneofDecl: oneofs,
      reservedRange: message.reserved.ranges.map(({ first, last }) => ({ start: first, end: last + 1 })),
      reservedName: message.reserved.names.map(({ name }) => name),
      ...(isEntry ? { options: { mapEntry: true } } : this.#options<MessageOptions>(message.options, MessageOptionsSchema, scope)),
    });
  }

  #field(field: ProtoField, scope: string): FieldDescriptorProto {
    const { name, number, type, options } = field;
    const label = field.label === "repeated" || type.kind === "map" ? 3 : field.label === "required" ? 2 : 1;
    const jsonName = stringOption(options, "json_name") ?? defaultJsonName(name);
    const byDefault = options.find((option) => option.name === "default")?.value;
    let defaultValue: string | undefined;
    if (byDefault?.kind === "word") defaultValue = byDefault.text;
    else if (byDefault?.kind === "string") {
      const isBytes = type.kind === "scalar" && type.name === "bytes";
      defaultValue = isBytes ? byDefault.escaped : unescapeText(byDefault.escaped);
    }
    return create(FieldDescriptorProtoSchema, {
      name,
      number,
      label,
      type: typeNumber(field),
      ...(type.kind === "named" && { typeName: fullName(type) }),
      ...(type.kind === "map" && { typeName: `.${type.entry.fullName}` }),
      jsonName,
      ...(defaultValue !== undefined && { defaultValue }),
      ...this.#options<FieldOptions>(options, FieldOptionsSchema, scope),
    });
  }

  #extensions(all: readonly ProtoExtend[], scope: string): FieldDescriptorProto[] {
    return all.flatMap(({ extendee, fields }) =>
      fields.map((field) => {
        const made = this.#field(field, scope);
        made.extendee = fullName(extendee);
        if (this.#file.syntax === "proto3" && field.label === "optional") made.proto3Optional = true;
        return made;
      }),
    );
  }

  #enum(type: ProtoEnum, scope: string): EnumDescriptorProto {
    return create(EnumDescriptorProtoSchema, {
      name: type.name,
      value: type.constants.map(({ name, number, options }) => ({
        name,
        number,
        ...this.#options<EnumValueOptions>(options, EnumValueOptionsSchema, scope),
      })),
      reservedRange: type.reserved.ranges.map(({ first, last }) => ({ start: first, end: last })),
      reservedName: type.reserved.names.map(({ name }) => name),
      ...this.#options<EnumOptions>(type.options, EnumOptionsSchema, scope),
    });
  }
}

function typeNumber({ type, isGroup }: ProtoField): number {
  if (isGroup) return descriptorTypes.indexOf("group");
  if (type.kind === "scalar") return descriptorTypes.indexOf(type.name);
  return descriptorTypes.indexOf(type.kind === "named" && type.target?.kind === "enum" ? "enum" : "message");
}

function fullName(type: NamedType): string {
  return type.target === undefined ? type.written : `.${type.target.fullName}`;
}

function stringOption(options: readonly ProtoOption[], name: string): string | undefined {
  const value = options.find((option) => option.name === name)?.value;
  return value?.kind === "string" ? unescapeText(value.escaped) : undefined;
}
