import type {
  ExtensionRange,
  FieldType,
  NamedType,
  OptionValue,
  ProtoEnum,
  ProtoExtend,
  ProtoField,
  ProtoFile,
  ProtoMessage,
  ProtoOption,
  ProtoReserved,
  ProtoType,
} from "./proto-file.ts";
import { defaultJsonName } from "./json-name.ts";

/**
 * A linked file with the freedoms of writing taken out: imports sorted and each once; fields, oneofs and groups by number; constants by number behind the first, which is the default; options, reserved numbers
 * and names sorted; names of types whole; comments gone. Types and methods keep their order: records name messages by their place.
 */
export function normalizeProto(file: ProtoFile): ProtoFile {
  const imports = new Map<string, ProtoFile["imports"][number]>();
  for (const each of file.imports) if (each.modifier === "public" || !imports.has(each.path)) imports.set(each.path, each);
  return {
    ...file,
    imports: [...imports.values()].sort((a, b) => byText(a.path, b.path)),
    options: sortedOptions(file.options),
    types: file.types.map(normalType),
    extends: file.extends.map(normalExtend),
    services: file.services.map((service) => ({
      ...service,
      doc: [],
      options: sortedOptions(service.options),
      methods: service.methods.map((method) => ({
        ...method,
        doc: [],
        options: sortedOptions(method.options),
        input: whole(method.input),
        output: whole(method.output),
      })),
    })),
  };
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const byNumber = (a: { readonly number: number }, b: { readonly number: number }): number => a.number - b.number;

function normalType(type: ProtoType): ProtoType {
  return type.kind === "enum" ? normalEnum(type) : normalMessage(type);
}

function normalMessage(message: ProtoMessage): ProtoMessage {
  const fields = message.fields.map(normalField).sort(byNumber);
  const place = new Map<string, number>();
  for (const { oneof, number } of fields) if (oneof !== undefined && !place.has(oneof)) place.set(oneof, number);
  return {
    ...message,
    doc: [],
    fields,
    options: sortedOptions(message.options),
    oneofs: message.oneofs
      .map((oneof) => ({ ...oneof, doc: [], options: sortedOptions(oneof.options) }))
      .sort((a, b) => (place.get(a.name) ?? 0) - (place.get(b.name) ?? 0)),
    types: message.types.map(normalType),
    extensionRanges: message.extensionRanges.map(normalRange).sort((a, b) => a.first - b.first),
    extends: message.extends.map(normalExtend),
    reserved: sortedReserved(message.reserved),
  };
}

function normalRange(range: ExtensionRange): ExtensionRange {
  return { ...range, options: sortedOptions(range.options) };
}

function normalField(field: ProtoField): ProtoField {
  const options = field.options.filter(
    ({ name, value }) => name !== "json_name" || value.kind !== "string" || value.escaped !== defaultJsonName(field.name),
  );
  return { ...field, doc: [], options: sortedOptions(options), type: field.isGroup ? field.type : normalFieldType(field.type) };
}

function normalFieldType(type: FieldType): FieldType {
  if (type.kind === "scalar") return type;
  if (type.kind === "named") return whole(type);
  return { ...type, value: type.value.kind === "named" ? whole(type.value) : type.value };
}

function whole(type: NamedType): NamedType {
  return type.target === undefined ? type : { ...type, written: `.${type.target.fullName}` };
}

function normalEnum(type: ProtoEnum): ProtoEnum {
  const [first, ...others] = type.constants.map((constant) => ({ ...constant, doc: [], options: sortedOptions(constant.options) }));
  // Of constants with one number the first gives the name, so those keep their order.
  const sorted = others.sort(byNumber);
  return {
    ...type,
    doc: [],
    options: sortedOptions(type.options),
    constants: first === undefined ? [] : [first, ...sorted],
    reserved: sortedReserved(type.reserved),
  };
}

function normalExtend(extension: ProtoExtend): ProtoExtend {
  return {
    ...extension,
    doc: [],
    extendee: whole(extension.extendee),
    fields: extension.fields.map(normalField).sort(byNumber),
    groups: extension.groups.map(normalMessage),
  };
}

/** By name; those of one name are repeated and keep their order. */
function sortedOptions(options: readonly ProtoOption[]): readonly ProtoOption[] {
  return options.map((option) => ({ ...option, value: normalValue(option.value) })).sort((a, b) => byText(a.name, b.name));
}

function normalValue(value: OptionValue): OptionValue {
  if (value.kind === "list") return { kind: "list", values: value.values.map(normalValue) };
  if (value.kind !== "message") return value;
  const fields = value.fields.map((field) => ({ name: field.name, value: normalValue(field.value) }));
  return { kind: "message", fields: fields.sort((a, b) => byText(a.name, b.name)) };
}

function sortedReserved({ ranges, names }: ProtoReserved): ProtoReserved {
  return { ranges: ranges.toSorted((a, b) => a.first - b.first), names: names.toSorted((a, b) => byText(a.name, b.name)) };
}
