import { defaultExpression, elementType, isFlexible } from "./emit-types.ts";
import { versionCondition, versionedExpression } from "./emit-versions.ts";
import { type Field, hasStructArrays, type Struct } from "./model.ts";
import { covers, intersect, isEmpty, type VersionRange } from "./versions.ts";

const lengthPrefixed: Readonly<Record<string, string>> = { string: "String", bytes: "Bytes", records: "Bytes" };

export function includes(range: VersionRange, version: number): boolean {
  return version >= range.first && version <= range.last;
}

/** "NullableCompact", "Compact", "Nullable" or "": the encoding of a length in this version. */
export function encodingOf(field: Field, version: number, nullable: VersionRange = field.nullable): string {
  return `${includes(nullable, version) ? "Nullable" : ""}${includes(field.flexible, version) ? "Compact" : ""}`;
}

/** The local variable a field is read into: its name, unless that is taken. */
export function localName(field: Field): string {
  return takenNames.has(field.name) ? `${field.name}Field` : field.name;
}

const takenNames = new Set([
  "reader",
  "version",
  "tag",
  "end",
  "left",
  "default",
  "delete",
  "package",
  "class",
  "new",
  "function",
  "in",
  "var",
  "with",
  "enum",
]);

/** Reads one value, be it the field or an element of its array. */
function readValue(field: Field, version: number): string {
  const nullable = field.isArray ? { first: 1, last: 0 } : field.nullable;
  if (field.struct !== undefined) {
    const read = `read${field.type}(reader, version)`;
    if (!includes(nullable, version)) return read;
    // Whether a struct is null stands in an int8 (−1 or 1), but in a tagged field in a varint (0 or 1).
    return `${field.tag === undefined ? "reader.int8() < 0" : "reader.uvarint() === 0"} ? null : ${read}`;
  }
  const prefixed = lengthPrefixed[field.type];
  return prefixed === undefined ? `reader.${field.type}()` : `read${encodingOf(field, version, nullable)}${prefixed}(reader)`;
}

/** The least bytes a struct takes on the wire, over all its versions. */
function bytesMin(struct: Struct): number {
  let least = Number.POSITIVE_INFINITY;
  for (let version = struct.versions.first; version <= struct.versions.last; version++) {
    let bytes = includes(struct.flexible, version) ? 1 : 0;
    for (const field of struct.fields)
      if (field.tag === undefined && includes(field.present, version)) bytes += fieldBytesMin(field, version);
    least = Math.min(least, bytes);
  }
  return least;
}

const fixedBytes: Readonly<Record<string, number>> = {
  bool: 1,
  int8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  float64: 8,
  uuid: 16,
};

function fieldBytesMin(field: Field, version: number): number {
  if (field.isArray) return includes(field.flexible, version) ? 1 : 4;
  return elementBytesMin(field, version);
}

function elementBytesMin(field: Field, version: number): number {
  if (field.struct !== undefined) return includes(field.nullable, version) ? 1 : bytesMin(field.struct);
  if (includes(field.flexible, version)) return fixedBytes[field.type] ?? 1;
  return fixedBytes[field.type] ?? (field.type === "string" ? 2 : 4);
}

function arrayElementBytesMin(field: Field): number {
  let least = Number.POSITIVE_INFINITY;
  for (let version = field.present.first; version <= field.present.last; version++) {
    least = Math.min(least, field.struct === undefined ? elementBytesMin({ ...field, isArray: false }, version) : bytesMin(field.struct));
  }
  if (least < 1) throw new Error(`${field.path} has elements that may take no byte: their number would have no bound.`);
  return least;
}

function arrayLines(field: Field, range: VersionRange, inSteps = false): string[] {
  const elementMin = arrayElementBytesMin(field);
  const absent = field.default === null ? "-1" : "0";
  const length = versionedExpression(range, (version) =>
    includes(field.present, version) ? `read${encodingOf(field, version)}ArrayLength(reader, ${elementMin})` : absent,
  );
  const element = versionedExpression(intersect(field.present, range), (version) => readValue(field, version));
  const type = elementType(field);
  const name = localName(field);
  const isLong = inSteps && field.struct !== undefined && hasStructArrays(field.struct);
  const pushed = isLong ? `yield* read${field.type}InSteps(reader, version)` : element;
  const rest = inSteps && field.struct !== undefined;
  const loop = (count: string): string =>
    rest
      ? `for (let left = ${count}; left > 0; left--) { ${name}.push(${pushed}); yield; }`
      : `for (let left = ${count}; left > 0; left--) ${name}.push(${element});`;
  if (field.type === "int32" && isEmpty(field.nullable)) return [`const ${name} = readInt32s(reader, ${length});`];
  if (isEmpty(field.nullable)) return [`const ${name}: ${type}[] = [];`, loop(length)];
  return [
    `let ${name}: ${type}[] | null = null;`,
    `const ${name}Length = ${length};`,
    `if (${name}Length >= 0) {`,
    `  ${name} = [];`,
    `  ${loop(`${name}Length`)}`,
    "}",
  ];
}

function untaggedLines(field: Field, struct: Struct, inSteps: boolean): string[] {
  if (field.isArray) return arrayLines(field, struct.versions, inSteps);
  const value = versionedExpression(struct.versions, (version) => {
    if (!includes(field.present, version)) return defaultExpression(field);
    const read = readValue(field, version);
    return read.includes(" ? ") && !covers(field.present, struct.versions) ? `(${read})` : read;
  });
  return [`const ${localName(field)} = ${value};`];
}

/** A tagged array is read into a local of its own, so that a tag that comes twice replaces the first. */
function taggedLines(field: Field): string[] {
  if (field.isArray) {
    const lines = arrayLines({ ...field, name: "elements" }, field.present);
    return ["{", ...lines.map((line) => `  ${line}`), `  ${localName(field)} = elements;`, "}"];
  }
  return [`${localName(field)} = ${versionedExpression(field.present, (version) => readValue(field, version))};`];
}

function taggedDeclaration(field: Field): string {
  const type = `${field.isArray ? `readonly ${elementType(field)}[]` : elementType(field)}${isEmpty(field.nullable) ? "" : " | null"}`;
  return `let ${localName(field)}: ${type} = ${defaultExpression(field)};`;
}

function taggedSection(struct: Struct, tagged: readonly Field[]): string[] {
  const condition = versionCondition(struct.flexible, struct.versions);
  if (tagged.length === 0) {
    return [
      `const unknownTaggedFields = ${condition === "" ? "" : `!(${condition}) ? undefined : `}readUnknownTaggedFields(reader);`.replace(
        /!\(version >= (\d+)\)/,
        "version < $1",
      ),
    ];
  }
  const lines: string[] = [];
  const cases = tagged.map((field) => {
    const guard = versionCondition(field.present, struct.flexible);
    const body = taggedLines(field);
    const test = `tag === ${field.tag}${guard === "" ? "" : ` && ${guard}`}`;
    return body.length === 1 ? [`if (${test}) ${body[0]}`] : [`if (${test}) {`, ...body.slice(1, -1), "}"];
  });
  for (const [i, text] of cases.entries()) lines.push(...text.map((line, n) => (i > 0 && n === 0 ? `else ${line}` : line)));
  lines.push("else unknownTaggedFields = keepTaggedField(unknownTaggedFields, reader, tag, end);");
  const loop = [
    "for (let left = reader.uvarint(); left > 0; left--) {",
    "  const tag = reader.uvarint();",
    "  const end = readTaggedFieldEnd(reader);",
    ...lines.map((line) => `  ${line}`),
    "  checkTaggedFieldEnd(reader, tag, end);",
    "}",
  ];
  return [
    ...tagged.map(taggedDeclaration),
    "let unknownTaggedFields: RawTaggedField[] | undefined;",
    ...(condition === "" ? loop : [`if (${condition}) {`, ...loop.map((line) => `  ${line}`), "}"]),
  ];
}

/** The function that reads one struct: fields in wire order, then one object literal in declared order; `inSteps` makes it a generator that stops after each element of its arrays of structs, inner and outer. */
export function emitReader(struct: Struct, inSteps = false): string {
  const tagged = struct.fields.filter((field) => field.tag !== undefined);
  const lines = struct.fields.filter((field) => field.tag === undefined).flatMap((field) => untaggedLines(field, struct, inSteps));
  if (isFlexible(struct)) lines.push(...taggedSection(struct, tagged));
  const fields = struct.fields.map((field) => (localName(field) === field.name ? field.name : `${field.name}: ${localName(field)}`));
  const names = [...fields, ...(isFlexible(struct) ? ["unknownTaggedFields"] : [])];
  const body = [...lines, `return { ${names.join(", ")} };`];
  const [kind, suffix, result] = inSteps ? ["function*", "InSteps", `Generator<void, ${struct.name}>`] : ["function", "", struct.name];
  return `\n${kind} read${struct.name}${suffix}(reader: ByteReader, version: number): ${result} {\n${body.map((line) => `  ${line}\n`).join("")}}\n`;
}
