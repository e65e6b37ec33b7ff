import { type AvroNamed, type AvroRecord, type AvroType, fullName, isNamed, JsonNumber } from "@ottla/registry/formats/avro";
import { comment, type GeneratedTypes, grouped, literal, propertyKey, TypeNames, union } from "./type-script.ts";

/** As serdes hand it out. */
export interface AvroTypeOptions {
  readonly int64: "bigint" | "number";
}

/** What is read; what may be written, without fields that have a default. */
type Side = "read" | "written";

/**
 * TypeScript for an Avro schema, in the mapping of `@ottla/serdes`: long as bigint, decimal, date and uuid as text, timestamp-millis as Date, unions as the value where branches can be told apart, else under
 * the branch's name.
 * @param rootName what the schema is called where it names nothing itself
 */
export function avroTypes(root: AvroType, rootName: string, options: AvroTypeOptions): GeneratedTypes {
  return new AvroTypeWriter(options).write(root, rootName);
}

class AvroTypeWriter {
  readonly #options: AvroTypeOptions;
  readonly #names = new TypeNames();
  readonly #nameOf = new Map<AvroNamed, string>();
  readonly #inputNameOf = new Map<AvroRecord, string>();
  #optional: ReadonlySet<AvroRecord> = new Set();

  constructor(options: AvroTypeOptions) {
    this.#options = options;
  }

  write(root: AvroType, rootName: string): GeneratedTypes {
    const named = namedIn(root);
    const simple = Map.groupBy(named, ({ name }) => name.name);
    for (const type of named) {
      const isAlone = simple.get(type.name.name)?.length === 1;
      this.#nameOf.set(type, this.#names.take(isAlone ? type.name.name : fullName(type.name)));
    }
    const records = named.filter((type) => type.kind === "record");
    this.#optional = withOptional(records);
    for (const record of this.#optional) this.#inputNameOf.set(record, this.#names.take(`${this.#nameOf.get(record)}Input`));
    const declarations = named.flatMap((type) => this.#declaration(type));
    const [read, written] = [this.#type(root, "read"), this.#type(root, "written")];
    if (isNamed(root)) return { declarations, roots: [{ read, written }] };
    const name = this.#names.take(rootName);
    declarations.push(`export type ${name} = ${read};\n`);
    if (written === read) return { declarations, roots: [{ read: name, written: name }] };
    const input = this.#names.take(`${name}Input`);
    declarations.push(`export type ${input} = ${written};\n`);
    return { declarations, roots: [{ read: name, written: input }] };
  }

  #declaration(type: AvroNamed): readonly string[] {
    const name = this.#nameOf.get(type) ?? "";
    switch (type.kind) {
      case "enum":
        return [`${comment(type.doc)}export type ${name} = ${union(type.symbols.map(literal))};\n`];
      case "fixed":
        return [`${comment(type.doc ?? `${type.size} bytes.`)}export type ${name} = ${this.#plain(type)};\n`];
      case "record": {
        const input = this.#inputNameOf.get(type);
        const read = this.#record(type, name, "read", type.doc);
        return input === undefined
          ? [read]
          : [read, this.#record(type, input, "written", `{@link ${name}} as it may be written: fields with a default may be left out.`)];
      }
    }
  }

  #record(record: AvroRecord, name: string, side: Side, doc: string | undefined): string {
    const fields = record.fields.map((field) => {
      const isOptional = side === "written" && field.default !== undefined;
      return `${comment(field.doc, "  ")}  readonly ${propertyKey(field.name)}${isOptional ? "?" : ""}: ${this.#type(field.type, side)}${isOptional ? " | undefined" : ""};\n`;
    });
    return `${comment(doc)}export interface ${name} {\n${fields.join("")}}\n`;
  }

  #type(type: AvroType, side: Side): string {
    switch (type.kind) {
      case "union":
        return this.#union(type.branches, side);
      case "array":
        return `readonly ${grouped(this.#type(type.items, side))}[]`.replace(/^readonly (readonly .*)\[\]$/s, "readonly ($1)[]");
      case "map":
        return `Readonly<Record<string, ${this.#type(type.values, side)}>>`;
      case "record":
        return (side === "written" ? this.#inputNameOf.get(type) : undefined) ?? this.#nameOf.get(type) ?? "unknown";
      case "enum":
      case "fixed":
        return this.#nameOf.get(type) ?? "unknown";
      case "null":
      case "boolean":
      case "int":
      case "long":
      case "float":
      case "double":
      case "bytes":
      case "string":
        return this.#plain(type);
    }
  }

  #plain(type: Exclude<AvroType, { readonly kind: "union" | "array" | "map" | "record" | "enum" }>): string {
    const logical = logicalKind(type);
    if (logical !== undefined) return logical === "date" ? "Date" : "string";
    switch (type.kind) {
      case "int":
      case "float":
      case "double":
        return "number";
      case "long":
        return this.#options.int64;
      case "bytes":
      case "fixed":
        return "Buffer";
      case "null":
      case "boolean":
      case "string":
        return type.kind;
    }
  }

  #union(branches: readonly AvroType[], side: Side): string {
    const kinds = new Set(branches.map(valueKind));
    if (kinds.size === branches.length) return union(branches.map((branch) => this.#type(branch, side)));
    return union(
      branches.map((branch) => {
        if (branch.kind === "null") return "null";
        const name = isNamed(branch) ? fullName(branch.name) : branch.kind;
        return `{ readonly ${propertyKey(name)}: ${this.#type(branch, side)} }`;
      }),
    );
  }
}

/** Every named type once, the outermost first. */
function namedIn(root: AvroType): readonly AvroNamed[] {
  const found: AvroNamed[] = [];
  const seen = new Set<AvroType>([root]);
  // A set that grows while it is walked.
  for (const type of seen) {
    if (isNamed(type)) found.push(type);
    for (const inside of partsOf(type)) seen.add(inside);
  }
  return found;
}

function partsOf(type: AvroType): readonly AvroType[] {
  if (type.kind === "array") return [type.items];
  if (type.kind === "map") return [type.values];
  if (type.kind === "union") return type.branches;
  return type.kind === "record" ? type.fields.map((field) => field.type) : [];
}

/** Records that may be written with less than is read: those with a default, and those that hold such ones. */
function withOptional(records: readonly AvroRecord[]): ReadonlySet<AvroRecord> {
  const found = new Set(records.filter(({ fields }) => fields.some((field) => field.default !== undefined)));
  const holders = new Map<AvroRecord, AvroRecord[]>();
  for (const record of records) for (const inner of recordsHeldBy(record)) holders.set(inner, [...(holders.get(inner) ?? []), record]);
  for (const record of found) for (const holder of holders.get(record) ?? []) found.add(holder);
  return found;
}

/** Records in a record's fields, not those inside of them. */
function recordsHeldBy(record: AvroRecord): ReadonlySet<AvroRecord> {
  const held = new Set<AvroRecord>();
  const open = partsOf(record).slice();
  for (const type of open) {
    if (type.kind === "record") held.add(type);
    else open.push(...partsOf(type));
  }
  return held;
}

/** As what serdes hand a logical type out: a Date, a text, or what is underneath (undefined). */
function logicalKind(type: AvroType): "date" | "text" | undefined {
  if (type.kind === "union") return undefined;
  const name = type.properties.get("logicalType");
  if (name === "timestamp-millis" && type.kind === "long") return "date";
  if (name === "date" && type.kind === "int") return "text";
  if (name === "uuid" && (type.kind === "string" || (type.kind === "fixed" && type.size === 16))) return "text";
  if (name !== "decimal" || (type.kind !== "bytes" && type.kind !== "fixed")) return undefined;
  const number = (key: string): number => {
    const value = type.properties.get(key);
    return value instanceof JsonNumber ? value.value : Number.NaN;
  };
  const [precision, scale] = [number("precision"), type.properties.has("scale") ? number("scale") : 0];
  const isValid =
    Number.isInteger(precision) && Number.isInteger(scale) && precision > 0 && precision <= 10_000 && scale >= 0 && scale <= precision;
  return isValid ? "text" : undefined;
}

/** Kinds of value by which serdes tell a union's branches apart. */
function valueKind(type: AvroType): string {
  const logical = logicalKind(type);
  if (logical !== undefined) return logical;
  switch (type.kind) {
    case "int":
    case "long":
    case "float":
    case "double":
      return "number";
    case "string":
    case "enum":
      return "text";
    case "bytes":
    case "fixed":
      return "bytes";
    case "record":
    case "map":
    case "union":
      return "object";
    case "null":
    case "boolean":
    case "array":
      return type.kind;
  }
}
