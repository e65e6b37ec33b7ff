import type { Field, Message, Struct } from "./model.ts";
import { covers, formatVersions, isEmpty } from "./versions.ts";

const scalarTypes: Readonly<Record<string, string>> = {
  string: "string",
  uuid: "string",
  bool: "boolean",
  bytes: "Buffer",
  records: "Records",
};
const numberTypes = new Set(["int8", "int16", "int32", "int64", "uint16", "uint32", "float64"]);

export function elementType(field: Field): string {
  if (field.struct !== undefined) return field.struct.name;
  if (numberTypes.has(field.type)) return "number";
  const type = scalarTypes[field.type];
  if (type === undefined) throw new Error(`${field.path} has the unknown type ${field.type}.`);
  return type;
}

export function isNullable(field: Field): boolean {
  return !isEmpty(field.nullable);
}

/** A text for people, which may hold names that the request gave. */
export function isText(field: Field): boolean {
  return field.name === "errorMessage" && field.type === "string" && !field.isArray;
}

function fieldType(field: Field): string {
  const type = field.isArray ? `readonly ${elementType(field)}[]` : elementType(field);
  return isNullable(field) && field.type !== "records" ? `${type} | null` : type;
}

export function isFlexible(struct: Struct): boolean {
  return !isEmpty(struct.flexible);
}

/** The default as an expression. Structs share one object of defaults, which nobody may change: hence the readonly types. */
export function defaultExpression(field: Field): string {
  if (field.default === null) return "null";
  if (field.isArray) return "[]";
  if (field.struct !== undefined) return `default${field.struct.name}`;
  if (field.default === "9223372036854775807") return "INT64_MAX";
  if (field.default !== undefined) return JSON.stringify(field.default);
  if (field.type === "string") return '""';
  if (field.type === "bool") return "false";
  if (field.type === "uuid") return "NIL_UUID";
  if (field.type === "bytes") return "noBytes";
  return field.type === "records" ? "null" : "0";
}

function fieldNote(field: Field, struct: Struct): string {
  const notes: string[] = [];
  if (!covers(field.present, struct.versions)) notes.push(`versions ${formatVersions(upward(field.present, struct))}`);
  if (field.tag !== undefined) notes.push(`tag ${field.tag}`);
  if (isNullable(field) && !covers(field.nullable, field.present)) notes.push(`null in ${formatVersions(upward(field.nullable, struct))}`);
  if (notes.length === 0) return "";
  const text = notes.join("; ");
  return `  /** ${text.charAt(0).toUpperCase()}${text.slice(1)}. */\n`;
}

function upward(range: Field["present"], struct: Struct): Field["present"] {
  return range.last >= struct.versions.last ? { first: range.first, last: Number.POSITIVE_INFINITY } : range;
}

export function emitInterface(struct: Struct): string {
  const fields = struct.fields.map((field) => `${fieldNote(field, struct)}  readonly ${field.name}: ${fieldType(field)};\n`);
  if (isFlexible(struct)) fields.push("  readonly unknownTaggedFields: readonly RawTaggedField[] | undefined;\n");
  return `export interface ${struct.name} {\n${fields.join("")}}\n`;
}

/** A factory leaves a text for people out where nobody gives one, as Kafka does; what older versions lack is read as Java's class has it. */
export function emitFactory(struct: Struct): string {
  const fields = struct.fields.map((field) => {
    const fallback = isText(field) && isNullable(field) ? "null" : defaultExpression(field);
    const plain = fallback === "null" || (!isNullable(field) && field.type !== "records");
    return `    ${field.name}: ${plain ? `init.${field.name} ?? ${fallback}` : `init.${field.name} === undefined ? ${fallback} : init.${field.name}`},\n`;
  });
  if (isFlexible(struct)) fields.push("    unknownTaggedFields: init.unknownTaggedFields,\n");
  return `export function make${struct.name}(init: Partial<${struct.name}> = {}): ${struct.name} {\n  return {\n${fields.join("")}  };\n}\n`;
}

/** The test that a field differs from its default. */
export function differsFromDefault(field: Field): string {
  const value = `message.${field.name}`;
  if (field.default === null || field.type === "records") return `${value} !== null`;
  if (field.isArray || field.type === "bytes")
    return isNullable(field) ? `${value} === null || ${value}.length !== 0` : `${value}.length !== 0`;
  if (field.struct !== undefined)
    return isNullable(field) ? `${value} === null || !isDefault${field.type}(${value})` : `!isDefault${field.type}(${value})`;
  return `${value} !== ${defaultExpression(field)}`;
}

/** The shared defaults and the test for them, of each struct that another struct holds by value. */
export function emitDefaults(message: Message): string {
  const held = new Set<string>();
  const visit = (struct: Struct): void => {
    for (const field of struct.fields) {
      if (field.struct === undefined || field.isArray || field.default === null || held.has(field.struct.name)) continue;
      held.add(field.struct.name);
      visit(field.struct);
    }
  };
  for (const struct of message.structs) visit(struct);
  return message.structs
    .filter((struct) => held.has(struct.name))
    .map((struct) => `\nconst default${struct.name}: ${struct.name} = make${struct.name}();\n${emitDefaultTest(struct)}`)
    .join("");
}

function emitDefaultTest(struct: Struct): string {
  const same = struct.fields.map((field) => `!(${differsFromDefault(field)})`.replace(/^!\((\S+) !== ([^()]+)\)$/, "$1 === $2"));
  if (isFlexible(struct)) same.push("message.unknownTaggedFields === undefined");
  return `\nfunction isDefault${struct.name}(message: ${struct.name}): boolean {\n  return message === default${struct.name} || (${same.join(" && ")});\n}\n`;
}
