import { type Difference, MAX_DIFFERENCES, snippet } from "../../compatibility/difference.ts";
import { RegistryError } from "../../registry-error.ts";
import { type AvroEnum, type AvroField, type AvroNamed, type AvroRecord, type AvroType, fullName, isNamed, typeName } from "./avro-type.ts";
import { printAvro } from "./print-avro.ts";

/** Kinds of what keeps an Avro reader from reading, by the names that Java's Avro has for them. */
type AvroDifferenceKind =
  | "NAME_MISMATCH"
  | "FIXED_SIZE_MISMATCH"
  | "MISSING_ENUM_SYMBOLS"
  | "READER_FIELD_MISSING_DEFAULT_VALUE"
  | "TYPE_MISMATCH"
  | "MISSING_UNION_BRANCH"
  /** Java throws here in place of an answer. */
  | "AMBIGUOUS_FIELD";

/** What a reader of each primitive type takes besides its own (specification, "Schema Resolution"). */
const PROMOTIONS: Readonly<Record<string, readonly string[]>> = {
  long: ["int"],
  float: ["int", "long"],
  double: ["int", "long", "float"],
  bytes: ["string"],
  string: ["bytes"],
};

/**
 * What a reader with `reader` cannot read of data written with `writer`: the rules of schema resolution as Java's Avro applies them, where named types are compared by their name without its
 * namespace and by the reader's aliases. Each pair of types is compared once, so that types which name each other end, and cost is bounded by the product of both schemas' types.
 */
export function avroDifferences(reader: AvroType, writer: AvroType): readonly Difference[] {
  return new AvroComparison().compare(reader, writer, "");
}

/** As many pairs of types as may be begun inside each other, so that the stack is never at its end. */
const MAX_COMPARISON_DEPTH = 400;

type Found = readonly Difference[];
const NONE: Found = [];

/** As many pairs of types as are compared; a text of a megabyte has fewer types. */
const MAX_PAIRS = 100_000;

/** Branches of a reader's union by what a writer's type must be to fit one: all pairs of two unions of thousands would be millions. */
interface UnionIndex {
  readonly unnamed: readonly AvroType[];
  /** By kind and name without namespace, and by kind and alias. */
  readonly named: ReadonlyMap<string, readonly AvroType[]>;
}

class AvroComparison {
  readonly #compared = new Map<AvroType, Map<AvroType, Found>>();
  readonly #unions = new Map<readonly AvroType[], UnionIndex>();
  #depth = 0;
  #pairs = 0;

  compare(reader: AvroType, writer: AvroType, path: string): Found {
    const ofReader = this.#compared.get(reader) ?? new Map<AvroType, Found>();
    this.#compared.set(reader, ofReader);
    const known = ofReader.get(writer);
    if (known !== undefined) return known;
    // A pair that is being compared further up: what is wrong with it is found there.
    ofReader.set(writer, NONE);
    if (++this.#pairs > MAX_PAIRS) {
      throw new RegistryError(
        "REGISTRY_SCHEMA_TOO_LARGE",
        `The schemas do not compare within ${MAX_PAIRS} pairs of types; make them smaller.`,
      );
    }
    if (++this.#depth > MAX_COMPARISON_DEPTH) {
      throw new RegistryError(
        "REGISTRY_SCHEMA_TOO_LARGE",
        `More than ${MAX_COMPARISON_DEPTH} types stand inside each other at ${path}; they are not compared.`,
      );
    }
    const found = this.#comparePair(reader, writer, path);
    this.#depth--;
    const bounded = found.length > MAX_DIFFERENCES ? found.slice(0, MAX_DIFFERENCES) : found;
    ofReader.set(writer, bounded);
    return bounded;
  }

  #comparePair(reader: AvroType, writer: AvroType, path: string): Found {
    if (writer.kind === "union" && reader.kind !== "union") {
      return upToMax(writer.branches, (branch, index) => this.compare(reader, branch, `${path}/${index}`));
    }
    if (reader.kind === "union") return this.#union(reader.branches, writer, path);
    if (reader.kind === "array" && writer.kind === "array") return this.compare(reader.items, writer.items, `${path}/items`);
    if (reader.kind === "map" && writer.kind === "map") return this.compare(reader.values, writer.values, `${path}/values`);
    if (isNamed(reader) && isNamed(writer) && reader.kind === writer.kind) return this.#named(reader, writer, path);
    if (reader.kind === writer.kind || PROMOTIONS[reader.kind]?.includes(writer.kind) === true) return NONE;
    const message = `A reader that expects ${typeName(reader)} cannot read ${typeName(writer)}.`;
    return [difference("TYPE_MISMATCH", path, message, reader, writer)];
  }

  #union(branches: readonly AvroType[], writer: AvroType, path: string): Found {
    const written = writer.kind === "union" ? writer.branches : [writer];
    return upToMax(written, (each, index) => {
      if (this.#branchesFor(branches, each).some((branch) => this.compare(branch, each, path).length === 0)) return NONE;
      const message = `The reader's union has no branch that takes ${typeName(each)}; add one.`;
      return [difference("MISSING_UNION_BRANCH", writer.kind === "union" ? `${path}/${index}` : path, message, undefined, each)];
    });
  }

  /** The branches that may take a type: of named ones those of its name. */
  #branchesFor(branches: readonly AvroType[], writer: AvroType): readonly AvroType[] {
    const { unnamed, named } = this.#indexed(branches);
    if (!isNamed(writer)) return unnamed;
    const [byName, byAlias] = [named.get(`${writer.kind} ${writer.name.name}`), named.get(`${writer.kind}=${fullName(writer.name)}`)];
    return [...(byName ?? []), ...(byAlias ?? [])];
  }

  #indexed(branches: readonly AvroType[]): UnionIndex {
    const known = this.#unions.get(branches);
    if (known !== undefined) return known;
    const named = new Map<string, AvroType[]>();
    const add = (key: string, branch: AvroType): void => {
      const list = named.get(key);
      if (list === undefined) named.set(key, [branch]);
      else list.push(branch);
    };
    for (const branch of branches) {
      if (!isNamed(branch)) continue;
      add(`${branch.kind} ${branch.name.name}`, branch);
      for (const alias of branch.aliases ?? []) add(`${branch.kind}=${fullName(alias)}`, branch);
    }
    const index: UnionIndex = { unnamed: branches.filter((branch) => !isNamed(branch)), named };
    this.#unions.set(branches, index);
    return index;
  }

  #named(reader: AvroNamed, writer: AvroNamed, path: string): Found {
    const found: Difference[] = [];
    if (!haveOneName(reader, writer)) {
      const message = `The reader knows ${typeName(reader)}, the data has ${typeName(writer)}; give the reader the alias "${fullName(writer.name)}".`;
      found.push(difference("NAME_MISMATCH", `${path}/name`, message, reader, writer));
    }
    if (reader.kind === "record" && writer.kind === "record") found.push(...this.#fields(reader, writer, path));
    if (reader.kind === "enum" && writer.kind === "enum") found.push(...missingSymbols(reader, writer, path));
    if (reader.kind === "fixed" && writer.kind === "fixed" && reader.size !== writer.size) {
      const message = `The reader's ${typeName(reader)} has ${reader.size} bytes, the data's ${writer.size}; a fixed keeps its size.`;
      found.push(difference("FIXED_SIZE_MISMATCH", `${path}/size`, message, reader, writer));
    }
    return found;
  }

  #fields(reader: AvroRecord, writer: AvroRecord, path: string): Found {
    const written = new Map(writer.fields.map((field) => [field.name, field]));
    const found: Difference[] = [];
    for (const [index, field] of reader.fields.entries()) {
      const place = `${path}/fields/${index}`;
      const sources = writtenFields(field, written);
      const source = sources[0];
      if (sources.length > 1) {
        const names = sources.map(({ name }) => `"${name}"`).join(" and ");
        const message = `The field "${field.name}" and its aliases fit ${names} of ${typeName(writer)}; take an alias out.`;
        found.push(difference("AMBIGUOUS_FIELD", place, message, field.type, undefined));
      } else if (source !== undefined) found.push(...this.compare(field.type, source.type, `${place}/type`));
      else if (field.default === undefined) {
        const message = `The field "${field.name}" has no default, and the data of ${typeName(writer)} does not have it; give it a default.`;
        // Java holds the default of the enum itself for one of the field, and then finds that the record is no enum.
        const isEnumWithDefault = field.type.kind === "enum" && field.type.default !== undefined;
        if (isEnumWithDefault) found.push(difference("TYPE_MISMATCH", `${place}/type`, message, field.type, writer));
        else found.push(difference("READER_FIELD_MISSING_DEFAULT_VALUE", place, message, field.type, undefined));
      }
      if (found.length > MAX_DIFFERENCES) break;
    }
    return found;
  }
}

/** What is beyond the most that is listed is not looked for. */
function upToMax(types: readonly AvroType[], compare: (type: AvroType, index: number) => Found): Found {
  const found: Difference[] = [];
  for (const [index, type] of types.entries()) {
    found.push(...compare(type, index));
    if (found.length > MAX_DIFFERENCES) break;
  }
  return found;
}

function haveOneName(reader: AvroNamed, writer: AvroNamed): boolean {
  if (reader.name.name === writer.name.name) return true;
  const written = fullName(writer.name);
  return reader.aliases?.some((alias) => fullName(alias) === written) === true;
}

function writtenFields(field: AvroField, written: ReadonlyMap<string, AvroField>): readonly AvroField[] {
  const names = field.aliases === undefined ? [field.name] : [field.name, ...field.aliases];
  return names.map((name) => written.get(name)).filter((each) => each !== undefined);
}

function missingSymbols(reader: AvroEnum, writer: AvroEnum, path: string): Found {
  if (reader.default !== undefined) return NONE;
  const known = new Set(reader.symbols);
  const missing = writer.symbols.filter((symbol) => !known.has(symbol));
  if (missing.length === 0) return NONE;
  const message = `The reader's ${typeName(reader)} lacks ${snippet(missing.join(", "))}; keep the symbols, or give the enum a default.`;
  return [difference("MISSING_ENUM_SYMBOLS", `${path}/symbols`, message, reader, writer)];
}

function difference(
  kind: AvroDifferenceKind,
  path: string,
  message: string,
  reader: AvroType | undefined,
  writer: AvroType | undefined,
): Difference {
  return {
    kind,
    path: path === "" ? "/" : path,
    message,
    ...(reader !== undefined && { reader: shortText(reader) }),
    ...(writer !== undefined && { writer: shortText(writer) }),
  };
}

/** Only what a line can show is printed: a difference may stand at the root of a schema of a megabyte. */
function shortText(type: AvroType): string {
  if (type.kind === "record") {
    const names = type.fields.slice(0, 10).map(({ name }) => name);
    return snippet(`record ${fullName(type.name)} { ${names.join(", ")}${type.fields.length > names.length ? ", …" : ""} }`);
  }
  return snippet(isNamed(type) || "properties" in type ? printAvro(type, new Set()) : typeName(type));
}
