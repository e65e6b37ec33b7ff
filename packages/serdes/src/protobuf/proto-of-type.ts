import { cannotSay } from "../standard-schema/shape-of-json-schema.ts";
import type { EnumShape, FieldShape, RecordShape, TypeShape, UnionShape } from "../standard-schema/type-shape.ts";
import type { ProtoNumbers, TypeNumbers } from "./proto-numbers.ts";

const IDENTIFIER = /^[A-Za-z][A-Za-z0-9_]*$/;

/** A field of the message that a record is: one for each property, and for each branch of a union. */
interface ProtoFieldOfType {
  readonly name: string;
  readonly type: string;
  readonly label: "optional" | "repeated" | undefined;
  readonly oneof: string | undefined;
  readonly doc: string | undefined;
}

/** The text of a `.proto` file of a type: its message first, then those that it uses. Throws `SerdeError` SERDE_BAD_SCHEMA with the path of what Protobuf cannot say. */
export function protoOfType(root: RecordShape, packageName: string, numbers: ProtoNumbers): string {
  const named = new Set<RecordShape | EnumShape>([root]);
  for (const shape of named) if (shape.kind === "record") for (const field of shape.fields) collect(field.type, named);
  const texts = [...named].map((shape) =>
    shape.kind === "record" ? messageText(shape, numbers.of(shape.name)) : enumText(shape, numbers.of(shape.name)),
  );
  const timestamps = texts.some((text) => text.includes(` ${TIMESTAMP} `)) ? ['import "google/protobuf/timestamp.proto";', ""] : [];
  const head = ['syntax = "proto3";', ...(packageName === "" ? [] : [`package ${packageName};`]), "", ...timestamps];
  return `${head.join("\n")}\n${texts.join("\n\n")}\n`;
}

const TIMESTAMP = "google.protobuf.Timestamp";

function collect(shape: TypeShape, named: Set<RecordShape | EnumShape>): void {
  if (shape.kind === "record" || shape.kind === "enum") named.add(shape);
  else if (shape.kind === "list") collect(shape.items, named);
  else if (shape.kind === "map") collect(shape.values, named);
  else if (shape.kind === "union") for (const branch of shape.branches) collect(branch, named);
}

function messageText(record: RecordShape, numbers: TypeNumbers): string {
  const fields = fieldsOfRecord(record).map((field) => ({ ...field, number: numbers.numberOf(field.name) }));
  fields.sort((left, right) => left.number - right.number);
  const line = ({ doc, label, name, number, type }: (typeof fields)[number], indent: string): readonly string[] => [
    ...comment(doc, indent),
    `${indent}${label === undefined ? "" : `${label} `}${type} ${name} = ${number};`,
  ];
  const lines = fields.filter(({ oneof }) => oneof === undefined).flatMap((field) => line(field, "  "));
  const oneofs = new Set(fields.flatMap(({ oneof }) => (oneof === undefined ? [] : [oneof])));
  for (const oneof of oneofs)
    lines.push(`  oneof ${oneof} {`, ...fields.filter((field) => field.oneof === oneof).flatMap((field) => line(field, "    ")), "  }");
  return [...comment(record.doc, ""), `message ${record.name} {`, ...reserved(numbers), ...lines, "}"].join("\n");
}

function enumText(shape: EnumShape, numbers: TypeNumbers): string {
  const constants = constantsOf(shape, "").map((name) => ({ name, number: numbers.numberOf(name) }));
  constants.sort((left, right) => left.number - right.number);
  const lines = constants.map(({ name, number }) => `  ${name} = ${number};`);
  return [`enum ${shape.name} {`, ...reserved(numbers), `  ${unspecified(shape)} = 0;`, ...lines, "}"].join("\n");
}

function reserved({ gone }: TypeNumbers): readonly string[] {
  if (gone.length === 0) return [];
  const names = gone.flatMap(({ name }) => (name === undefined ? [] : [`"${name}"`]));
  return [`  reserved ${gone.map(({ number }) => number).join(", ")};`, ...(names.length === 0 ? [] : [`  reserved ${names.join(", ")};`])];
}

/** The fields of a record's message, in the order of its properties. */
function fieldsOfRecord(record: RecordShape): readonly ProtoFieldOfType[] {
  const fields = record.fields.flatMap(fieldsOf);
  const seen = new Map<string, string>();
  for (const [index, { name, oneof }] of fields.entries()) {
    for (const each of oneof === undefined || fields[index - 1]?.oneof === oneof ? [name] : [name, oneof]) {
      const json = each.replaceAll("_", "").toLowerCase();
      if (seen.has(json))
        throw cannotSay(
          `${pathOf(record)}/${each}`,
          `the fields ${seen.get(json)} and ${each} of ${record.name} have one name in Protobuf`,
        );
      seen.set(json, each);
    }
  }
  return fields;
}

function pathOf({ fields }: RecordShape): string {
  const first = fields[0]!.path;
  return first.slice(0, first.lastIndexOf("/"));
}

function fieldsOf(field: FieldShape): readonly ProtoFieldOfType[] {
  const { doc, path, type } = field;
  const name = fieldName(field.name, path);
  const isMissable = field.isNullable || field.isOptional;
  const one = (given: string, label?: "optional" | "repeated"): ProtoFieldOfType => ({ name, type: given, label, oneof: undefined, doc });
  if (type.kind === "list" || type.kind === "map") {
    refuseMissable(field);
    return [type.kind === "list" ? one(partType(type.items, path), "repeated") : one(`map<string, ${partType(type.values, path)}>`)];
  }
  if (type.kind === "union")
    return branchNames(type, name, path).map((branch, index) => ({
      ...one(partType(type.branches[index]!, path)),
      name: branch,
      oneof: name,
      doc: index === 0 ? doc : undefined,
    }));
  const hasPresence = type.kind === "record" || type.kind === "instant";
  return [one(partType(type, path), isMissable && !hasPresence ? "optional" : undefined)];
}

/** A list that is left out is an empty one: the type must say so. */
function refuseMissable({ default: fallback, isNullable, isOptional, path, type }: FieldShape): void {
  const isEmpty = typeof fallback === "object" && fallback !== null && Object.keys(fallback).length === 0;
  if (!isNullable && (!isOptional || isEmpty)) return;
  const what = type.kind === "list" ? "list" : "record of any keys";
  throw cannotSay(
    path,
    `a ${what} that may be left out or null: Protobuf does not tell it from an empty one; give it an empty one as default`,
  );
}

/** What stands behind the oneof of a union, a field for each branch. */
export function branchNames({ discriminator }: UnionShape, oneof: string, path: string): readonly string[] {
  if (discriminator === undefined) throw cannotSay(path, "a union of other types than objects which a literal property tells apart");
  return [...discriminator.branchOf.keys()].map((value) => {
    const word = snake(value.replaceAll(/[^A-Za-z0-9]+/g, "_")).replaceAll(/^_+|_+$/g, "");
    if (word === "") throw cannotSay(path, `the value ${JSON.stringify(value)} has no letter for a field's name`);
    return `${oneof}_${word}`;
  });
}

function partType(shape: TypeShape, path: string): string {
  switch (shape.kind) {
    case "boolean":
      return "bool";
    case "int":
      return "int32";
    case "long":
    case "bigint":
      return "int64";
    case "float":
    case "double":
    case "bytes":
      return shape.kind;
    case "string":
    case "date":
    case "uuid":
    case "decimal":
      return "string";
    case "instant":
      return TIMESTAMP;
    case "enum":
      constantsOf(shape, path);
      return shape.name;
    case "record":
      return shape.name;
    case "list":
    case "map":
      throw cannotSay(
        path,
        `a ${shape.kind === "list" ? "list" : "record of any keys"} within a list or a record of any keys; put it into an object`,
      );
    case "union":
      throw cannotSay(path, "a union, or null, within a list or a record of any keys; put it into an object");
    case "null":
      throw cannotSay(path, "null within a list or a record of any keys");
  }
}

/** `createdAt` is `created_at`, where it comes back as it was. */
export function fieldName(property: string, path: string): string {
  const name = snake(property);
  const chosen = camel(name) === property ? name : property;
  if (!IDENTIFIER.test(chosen))
    throw cannotSay(
      path,
      `the property ${JSON.stringify(property)} has no name of a field in Protobuf (letters, digits and _, a letter first)`,
    );
  return chosen;
}

/** `NEW` of `OrderStatus` is `ORDER_STATUS_NEW`, in the order of the symbols: constants stand beside those of all other enums. */
export function constantsOf({ name, symbols }: EnumShape, path: string): readonly string[] {
  const prefix = snake(name).toUpperCase();
  const constants = symbols.map((symbol) => {
    const word = snake(symbol.replaceAll(/[^A-Za-z0-9]+/g, "_")).toUpperCase();
    if (!/[A-Z0-9]/.test(word)) throw cannotSay(path, `the value ${JSON.stringify(symbol)} has no letter for a constant's name`);
    return `${prefix}_${word}`;
  });
  const twice = constants.find((constant, index) => constants.indexOf(constant) < index || constant === `${prefix}_UNSPECIFIED`);
  if (twice !== undefined) throw cannotSay(path, `two values are called ${twice}`);
  return constants;
}

function unspecified({ name }: EnumShape): string {
  return `${snake(name).toUpperCase()}_UNSPECIFIED`;
}

function snake(name: string): string {
  return name.replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();
}

function camel(name: string): string {
  return name.replaceAll(/_+([a-z0-9])/g, (_all, letter: string) => letter.toUpperCase());
}

function comment(doc: string | undefined, indent: string): readonly string[] {
  return doc === undefined ? [] : doc.split(/\r?\n/).map((line) => `${indent}// ${line}`.trimEnd());
}
