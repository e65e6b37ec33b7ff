import { NumberRanges } from "./number-ranges.ts";
import { MAX_FIELD_NUMBER } from "./parse-proto.ts";
import { featureOf, isRequired, wordOption } from "./proto-features.ts";
import type {
  ProtoEnum,
  ProtoExtend,
  ProtoField,
  ProtoFile,
  ProtoMessage,
  ProtoOption,
  ProtoRange,
  ProtoReserved,
  ProtoType,
} from "./proto-file.ts";
import { ProtoSyntaxError } from "./proto-syntax-error.ts";

const OPTIONS_OF_PROTOC = /^google\.protobuf\.[A-Za-z]+Options$/;

/**
 * Whether a linked file is one that protoc takes: numbers, labels, reserved numbers and names, enums.
 * @throws ProtoSyntaxError at the first thing that is wrong
 */
export function validateProto(file: ProtoFile): void {
  new ProtoValidator(file).validate();
}

class ProtoValidator {
  readonly #file: ProtoFile;
  /** Numbers of extensions, by the message they extend. */
  readonly #extended = new Map<string, Map<number, string>>();

  constructor(file: ProtoFile) {
    this.#file = file;
  }

  validate(): void {
    const { types, extends: extensions, options } = this.#file;
    const isOpen = this.#isOpen(options, this.#file.syntax !== "proto2");
    for (const type of types) this.#type(type, isOpen);
    for (const extension of extensions) this.#extend(extension);
  }

  /** Whether enums take numbers that they do not name: then the first one is the default of a field, and 0. */
  #isOpen(options: readonly ProtoOption[], around: boolean): boolean {
    const written = this.#file.syntax === "editions" ? featureOf(options, "enum_type") : undefined;
    return written === undefined ? around : written !== "CLOSED";
  }

  #type(type: ProtoType, isOpen: boolean): void {
    if (type.kind === "enum") {
      this.#enum(type, this.#isOpen(type.options, isOpen));
      return;
    }
    this.#message(type);
    const inside = this.#isOpen(type.options, isOpen);
    for (const each of type.types) this.#type(each, inside);
    for (const each of type.extends) this.#extend(each);
  }

  #message(message: ProtoMessage): void {
    const reserved = this.#reserved(message.reserved, message.name, 1);
    const extensible = new NumberRanges(message.extensionRanges);
    checkRanges(message.extensionRanges, extensible, message.name, 1);
    for (const range of message.extensionRanges) {
      if (reserved.numbers.has(range.first))
        throw new ProtoSyntaxError(range.at, `${shown(range)} of ${message.name} is for extensions and reserved`);
    }
    const numbers = new Map<number, string>();
    const filled = new Set<string>();
    for (const field of message.fields) {
      const { name, number, at } = field;
      this.#field(field);
      const other = numbers.get(number);
      if (other !== undefined) {
        throw new ProtoSyntaxError(
          at,
          `the fields "${other}" and "${name}" of ${message.name} both have the number ${number}; give one another`,
        );
      }
      numbers.set(number, name);
      if (reserved.numbers.has(number))
        throw new ProtoSyntaxError(at, `the number ${number} of "${name}" is reserved in ${message.name}; take a new one`);
      if (reserved.names.has(name)) throw new ProtoSyntaxError(at, `the name "${name}" is reserved in ${message.name}; take another`);
      if (extensible.has(number)) throw new ProtoSyntaxError(at, `the number ${number} of "${name}" is for extensions of ${message.name}`);
      if (field.oneof !== undefined) filled.add(field.oneof);
    }
    for (const { name, at } of message.oneofs) {
      if (!filled.has(name)) throw new ProtoSyntaxError(at, `the oneof "${name}" has no field; give it one or take it out`);
    }
  }

  #reserved(
    { ranges, names }: ProtoReserved,
    owner: string,
    least: number,
  ): { readonly numbers: NumberRanges; readonly names: ReadonlySet<string> } {
    const numbers = new NumberRanges(ranges);
    checkRanges(ranges, numbers, owner, least);
    const known = new Set<string>();
    for (const { name, at } of names) {
      if (known.has(name)) throw new ProtoSyntaxError(at, `the name "${name}" is reserved twice in ${owner}`);
      known.add(name);
    }
    return { numbers, names: known };
  }

  #field(field: ProtoField): void {
    const { name, number, label, at, type } = field;
    if (number < 1 || number > MAX_FIELD_NUMBER) {
      throw new ProtoSyntaxError(at, `the number ${number} of "${name}" is not between 1 and ${MAX_FIELD_NUMBER}`);
    }
    if (number >= 19_000 && number <= 19_999) {
      throw new ProtoSyntaxError(at, `the number ${number} of "${name}" is one of 19000 to 19999, which Protobuf keeps for itself`);
    }
    const { syntax } = this.#file;
    if (syntax === "proto2" && label === undefined && field.oneof === undefined && type.kind !== "map") {
      throw new ProtoSyntaxError(
        at,
        `"${name}" has no label; a field of proto2 is optional, required or repeated (is syntax = "proto3" missing?)`,
      );
    }
    if (syntax === "proto3" && label === "required") throw new ProtoSyntaxError(at, `"${name}" is required; proto3 has no required fields`);
    if (syntax === "editions" && (label === "required" || label === "optional")) {
      throw new ProtoSyntaxError(at, `"${name}" is ${label}; editions say that by features.field_presence`);
    }
    const defaultOption = field.options.find((option) => option.name === "default");
    if (defaultOption === undefined) return;
    if (syntax === "proto3") throw new ProtoSyntaxError(defaultOption.at, `"${name}" has a default; proto3 has none`);
    if (label === "repeated" || type.kind === "map" || (type.kind === "named" && type.target?.kind === "message")) {
      throw new ProtoSyntaxError(defaultOption.at, `"${name}" has a default; only single values that are no messages can have one`);
    }
    const { value } = defaultOption;
    if (type.kind === "named" && type.target?.kind === "enum") {
      if (value.kind === "word" && type.target.constants.some((constant) => constant.name === value.text)) return;
      throw new ProtoSyntaxError(defaultOption.at, `the default of "${name}" is no constant of ${type.target.name}`);
    }
    if (type.kind === "scalar" && !isDefaultOf(type.name, value.kind === "word" ? value.text : value.kind)) {
      throw new ProtoSyntaxError(defaultOption.at, `the default of "${name}" is no ${type.name}`);
    }
  }

  #extend({ extendee, fields, groups }: ProtoExtend): void {
    const target = extendee.target as ProtoMessage;
    if (this.#file.syntax === "proto3" && !OPTIONS_OF_PROTOC.test(target.fullName)) {
      throw new ProtoSyntaxError(
        extendee.at,
        `${extendee.written} is extended; proto3 extends only the options of google/protobuf/descriptor.proto`,
      );
    }
    const ranges = new NumberRanges(target.extensionRanges);
    const numbers = this.#extended.get(target.fullName) ?? new Map<number, string>();
    this.#extended.set(target.fullName, numbers);
    for (const field of fields) {
      const { name, number, at } = field;
      this.#field(field);
      if (isRequired(field)) throw new ProtoSyntaxError(at, `the extension "${name}" is required; extensions cannot be`);
      if (!ranges.has(number))
        throw new ProtoSyntaxError(at, `${target.name} has no extension range with the number ${number} of "${name}"`);
      const other = numbers.get(number);
      if (other !== undefined)
        throw new ProtoSyntaxError(at, `the extensions "${other}" and "${name}" of ${target.name} both have the number ${number}`);
      numbers.set(number, name);
    }
    for (const group of groups) this.#type(group, this.#isOpen(this.#file.options, false));
  }

  #enum(type: ProtoEnum, isOpen: boolean): void {
    const [first] = type.constants;
    if (first === undefined) throw new ProtoSyntaxError(type.at, `the enum ${type.name} has no constant; give it one`);
    if (isOpen && first.number !== 0) {
      throw new ProtoSyntaxError(
        first.at,
        `the first constant of ${type.name} is ${first.name} = ${first.number}; it must be 0, the value that a field has when nothing was written`,
      );
    }
    const reserved = this.#reserved(type.reserved, type.name, -2_147_483_648);
    const mayRepeat = wordOption(type.options, "allow_alias") === "true";
    const numbers = new Map<number, string>();
    for (const { name, number, at } of type.constants) {
      const other = numbers.get(number);
      if (other !== undefined && !mayRepeat) {
        throw new ProtoSyntaxError(
          at,
          `${other} and ${name} of ${type.name} both are ${number}; say "option allow_alias = true;" if that is meant`,
        );
      }
      numbers.set(number, name);
      if (reserved.numbers.has(number))
        throw new ProtoSyntaxError(at, `the number ${number} of ${name} is reserved in ${type.name}; take a new one`);
      if (reserved.names.has(name)) throw new ProtoSyntaxError(at, `the name "${name}" is reserved in ${type.name}; take another`);
    }
  }
}

function isDefaultOf(type: string, text: string): boolean {
  if (type === "string" || type === "bytes") return text === "string";
  if (type === "bool") return text === "true" || text === "false";
  const isWhole = /^-?(?:0[xX][0-9A-Fa-f]+|\d+)$/.test(text);
  if (type !== "float" && type !== "double") return isWhole;
  return isWhole || /^-?(?:inf|nan|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[fF]?)$/.test(text);
}

function checkRanges(ranges: readonly ProtoRange[], sorted: NumberRanges, owner: string, least: number): void {
  for (const range of ranges) {
    if (range.first < least || (least === 1 && range.last > MAX_FIELD_NUMBER)) {
      throw new ProtoSyntaxError(range.at, `${shown(range)} of ${owner} is not between ${least} and ${MAX_FIELD_NUMBER}`);
    }
  }
  const overlapping = sorted.overlapping();
  if (overlapping !== undefined) throw new ProtoSyntaxError(overlapping.at, `${shown(overlapping)} of ${owner} is there twice`);
}

function shown({ first, last }: ProtoRange): string {
  return first === last ? String(first) : `${first} to ${last}`;
}
