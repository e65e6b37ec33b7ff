import {
  type AvroNamed,
  type AvroRecord,
  type AvroType,
  branchName,
  fullName,
  isNamed,
  isWrapped,
  kindOfType,
} from "@ottla/registry/formats/avro";
import { comment, type GeneratedTypes, grouped, literal, propertyKey, TypeNames, union } from "./type-script.ts";

/** As serdes hand it out. */
export interface AvroTypeOptions {
  readonly int64: "bigint" | "number";
}

/** What generated serdes are told: their default. */
const SHAPE = { logicalTypes: true };

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
    const kind = kindOfType(type, SHAPE);
    switch (kind) {
      case "number":
        return type.kind === "long" ? this.#options.int64 : "number";
      case "text":
        return "string";
      case "date":
        return "Date";
      case "bytes":
        return "Buffer";
      case "null":
      case "boolean":
      case "array":
      case "object":
        return kind;
    }
  }

  #union(branches: readonly AvroType[], side: Side): string {
    if (!isWrapped(branches, SHAPE)) return union(branches.map((branch) => this.#type(branch, side)));
    return union(
      branches.map((branch) => {
        if (branch.kind === "null") return "null";
        return `{ readonly ${propertyKey(branchName(branch))}: ${this.#type(branch, side)} }`;
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
