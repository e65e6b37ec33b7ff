import { encodingOf, includes } from "./emit-reader.ts";
import { differsFromDefault, isFlexible, isNullable, isText } from "./emit-types.ts";
import { versionCondition, versionedStatement } from "./emit-versions.ts";
import { type Field, hasStructArrays, type Struct } from "./model.ts";

const lengthPrefixed: Readonly<Record<string, string>> = { string: "String", bytes: "Bytes", records: "Records" };

/** The field's value in a version where null may have to be refused. */
function valueAt(field: Field, version: number): string {
  const value = isText(field) ? `shortened(message.${field.name})` : `message.${field.name}`;
  if (!isNullable(field) || includes(field.nullable, version)) return value;
  return `notNull(${value}, "${field.path}", version)`;
}

/** Answers count what they tell. */
function isErrorCode(field: Field): boolean {
  return field.type === "int16" && field.name === "errorCode";
}

function writeScalar(field: Field, value: string, version: number, writer: string, isElement: boolean): string {
  if (field.struct !== undefined) return `write${field.type}(${writer}, ${value}, version);`;
  if (field.type === "records") return `write${includes(field.flexible, version) ? "Compact" : ""}Records(${writer}, ${value});`;
  const prefixed = lengthPrefixed[field.type];
  if (prefixed === undefined) return `${writer}.${isErrorCode(field) ? "errorCode" : field.type}(${value});`;
  const encoding = isElement ? encodingOf(field, version, { first: 1, last: 0 }) : encodingOf(field, version);
  return `write${encoding}${prefixed}(${writer}, ${value});`;
}

function arrayLines(field: Field, writer: string, inSteps: boolean): string[] {
  const range = field.present;
  const elements = versionedStatement(range, (version) => writeScalar(field, "element", version, writer, true));
  const value = `message.${field.name}`;
  const isLong = field.struct !== undefined && hasStructArrays(field.struct);
  const steps = [...(isLong ? [`yield* write${field.type}InSteps(${writer}, element, version);`] : elements), "yield;"];
  const loop = inSteps
    ? [`for (const element of ${value}) {`, ...indent(steps), "}"]
    : elements.length === 1
      ? [`for (const element of ${value}) ${elements[0]}`]
      : [`for (const element of ${value}) {`, ...indent(elements), "}"];
  return [
    ...versionedStatement(range, (version) => `write${encodingOf(field, version)}ArrayLength(${writer}, ${valueAt(field, version)});`),
    ...(isNullable(field) ? [`if (${value} !== null) {`, ...indent(loop), "}"] : loop),
  ];
}

function nullableStructLines(field: Field, writer: string): string[] {
  const value = `message.${field.name}`;
  const [isNull, isPresent] = field.tag === undefined ? ["int8(-1)", "int8(1)"] : ["uvarint(0)", "uvarint(1)"];
  return [
    `if (${value} === null) {`,
    `  ${writer}.${isNull};`,
    "} else {",
    `  ${writer}.${isPresent};`,
    `  write${field.type}(${writer}, ${value}, version);`,
    "}",
  ];
}

function presentLines(field: Field, writer: string, inSteps = false): string[] {
  if (field.isArray) return arrayLines(field, writer, inSteps);
  if (field.struct !== undefined && isNullable(field)) return nullableStructLines(field, writer);
  return versionedStatement(field.present, (version) => writeScalar(field, valueAt(field, version), version, writer, false));
}

/** The check of a version that lacks the field: nothing where the field is ignorable. */
function absentLines(field: Field): string[] {
  return field.ignorable ? [] : [`if (${differsFromDefault(field)}) throw unsupportedField("${field.path}", version);`];
}

function untaggedLines(field: Field, struct: Struct, inSteps: boolean): string[] {
  const condition = versionCondition(field.present, struct.versions);
  const body = presentLines(field, "writer", inSteps && field.struct !== undefined);
  if (condition === "") return body;
  const absent = absentLines(field);
  const head =
    body.length === 1
      ? [`if (${condition}) ${body[0]}`]
      : [`if (${condition}) {`, ...indent(body), absent.length === 0 ? "}" : `} else ${absent[0]}`];
  return body.length === 1 && absent.length > 0 ? [...head, `else ${absent[0]}`] : head;
}

function taggedFieldLines(field: Field, struct: Struct): string[] {
  const inRange = versionCondition(field.present, struct.flexible);
  const differs = differsFromDefault(field);
  const test = inRange === "" ? differs : `${inRange} && ${differs.includes(" || ") ? `(${differs})` : differs}`;
  return [
    `if (${test}) {`,
    "  const content = new ByteWriter();",
    ...indent(presentLines(field, "content")),
    `  tagged = addTaggedField(tagged, ${field.tag}, content);`,
    "}",
  ];
}

function taggedSection(struct: Struct, tagged: readonly Field[]): string[] {
  const condition = versionCondition(struct.flexible, struct.versions);
  const refusals = tagged.flatMap((field) => {
    const present = versionCondition(field.present, struct.versions);
    if (present === "" || field.ignorable) return [];
    return [
      `if (!(${present})) ${absentLines(field)[0]}`.replace(
        /^if \(!\(version >= (\d+)\)\) if \((.*)\) throw/,
        (_, first, differs: string) => `if (version < ${first} && ${differs.includes(" || ") ? `(${differs})` : differs}) throw`,
      ),
    ];
  });
  const body =
    tagged.length === 0
      ? ["writeTaggedFields(writer, undefined, message.unknownTaggedFields);"]
      : [
          "let tagged: RawTaggedField[] | undefined;",
          ...tagged.flatMap((field) => taggedFieldLines(field, struct)),
          "writeTaggedFields(writer, tagged, message.unknownTaggedFields);",
        ];
  if (condition === "") return [...refusals, ...body];
  return [...refusals, ...(body.length === 1 ? [`if (${condition}) ${body[0]}`] : [`if (${condition}) {`, ...indent(body), "}"])];
}

function indent(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}

/** The function that writes one struct; `inSteps` makes it a generator that stops after each element of its arrays, inner and outer. */
export function emitWriter(struct: Struct, inSteps = false): string {
  const lines = struct.fields.filter((field) => field.tag === undefined).flatMap((field) => untaggedLines(field, struct, inSteps));
  if (isFlexible(struct)) {
    lines.push(
      ...taggedSection(
        struct,
        struct.fields.filter((field) => field.tag !== undefined),
      ),
    );
  }
  const [kind, suffix, result] = inSteps ? ["function*", "InSteps", "Generator<void, void>"] : ["function", "", "void"];
  return `\n${kind} write${struct.name}${suffix}(writer: ByteWriter, message: ${struct.name}, version: number): ${result} {\n${indent(lines)
    .map((line) => `${line}\n`)
    .join("")}}\n`;
}
