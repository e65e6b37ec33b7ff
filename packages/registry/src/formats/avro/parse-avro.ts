import { type JsonObject, type JsonValue, isJsonObject, JsonNumber } from "../../json/json-value.ts";
import { JsonSyntaxError, parseJson } from "../../json/parse-json.ts";
import { RegistryError } from "../../registry-error.ts";
import { atOnce, type Steps } from "../../steps.ts";
import { AvroDefaults } from "./avro-default.ts";
import { type AvroField, type AvroName, type AvroNamed, type AvroType, avroName, avroPrimitives, fullName, isNamed } from "./avro-type.ts";

const SCHEMA_WORDS = new Set(["type", "name", "namespace", "doc", "aliases", "fields", "items", "values", "symbols", "size"]);
const ENUM_WORDS = new Set([...SCHEMA_WORDS, "default"]);
const FIELD_WORDS = new Set(["name", "type", "doc", "default", "order", "aliases"]);
const NAME = /^[\p{L}_][\p{L}\p{Nd}_]*$/u;
const NAMED_WORDS = new Set(["record", "error", "enum", "fixed"]);
const NO_PROPERTIES: JsonObject = new Map();
/** So many types of a schema that is a union are read in one step. */
const BRANCHES_AT_ONCE = 2_000;

/** The names that a schema may use: its own so far, and those of schemas it refers to. */
export type AvroNames = Map<string, AvroNamed>;

/**
 * Reads an Avro schema, in steps.
 * @param names those it may use from elsewhere; its own are put in.
 * @throws RegistryError `REGISTRY_INVALID_SCHEMA` with the place as a JSON pointer.
 */
export function* avroInSteps(text: string, names: AvroNames): Steps<AvroType> {
  let json: JsonValue;
  try {
    json = parseJson(text);
  } catch (cause) {
    if (!(cause instanceof JsonSyntaxError)) throw cause;
    throw invalid("", `it is no JSON: ${cause.message}`, cause);
  }
  yield;
  return yield* new AvroParser(json, names).rootInSteps();
}

/** As many named types as may be begun inside each other, so that the stack is never at its end. */
const MAX_TYPE_DEPTH = 250;

/** Where a named type is written. */
interface Definition {
  readonly json: JsonObject;
  readonly namespace: string;
  readonly path: string;
}

class AvroParser {
  readonly #names: AvroNames;
  readonly #root: JsonValue;
  /** All that the text defines: since 1.12 a name may be used before the place where its type is written. */
  readonly #definitions = new Map<string, Definition>();
  readonly #parsed = new Map<JsonObject, AvroNamed>();
  readonly #records: { readonly fields: readonly AvroField[]; readonly path: string }[] = [];
  /** Begun and not yet at their end. */
  readonly #open = new Set<AvroNamed>();
  #depth = 0;

  constructor(root: JsonValue, names: AvroNames) {
    this.#root = root;
    this.#names = names;
  }

  *rootInSteps(): Steps<AvroType> {
    this.#findDefinitions(this.#root, "", "");
    yield;
    const type = Array.isArray(this.#root) ? yield* this.#unionInSteps(this.#root, "", "") : this.parse(this.#root, "", "");
    yield;
    // Only now: a default may be of a record whose fields come later than the one that has it.
    const defaults = new AvroDefaults();
    for (const { fields, path } of this.#records) {
      for (const [index, field] of fields.entries()) {
        if (field.default === undefined || defaults.isValid(field)) continue;
        throw invalid(`${path}/fields/${index}/default`, `the default of the field "${field.name}" is no value of its type`);
      }
    }
    return type;
  }

  /** Looks only where types are; what is wrong is told when it is read. */
  #findDefinitions(json: JsonValue, around: string, path: string): void {
    if (Array.isArray(json)) for (const [index, each] of json.entries()) this.#findDefinitions(each, around, `${path}/${index}`);
    if (!isJsonObject(json)) return;
    const [word, name] = [json.get("type"), json.get("name")];
    let namespace = around;
    if (typeof name === "string" && typeof word === "string" && NAMED_WORDS.has(word)) {
      const written = json.get("namespace");
      const own = avroName(name, typeof written === "string" ? written : around);
      namespace = own.namespace;
      if (!this.#definitions.has(fullName(own))) this.#definitions.set(fullName(own), { json, namespace: around, path });
    }
    for (const part of ["items", "values"]) this.#findDefinitions(json.get(part) ?? null, namespace, `${path}/${part}`);
    const fields = json.get("fields");
    if (!Array.isArray(fields)) return;
    for (const [index, field] of fields.entries()) {
      if (isJsonObject(field)) this.#findDefinitions(field.get("type") ?? null, namespace, `${path}/fields/${index}/type`);
    }
  }

  parse(json: JsonValue, namespace: string, path: string): AvroType {
    if (typeof json === "string") return this.#byName(json, namespace, path);
    if (Array.isArray(json)) return this.#union(json, namespace, path);
    if (!isJsonObject(json)) throw invalid(path, "a type is a name, an object or a list of types");
    const word = json.get("type");
    if (word === undefined) throw invalid(path, 'an object without "type"');
    if (typeof word !== "string") throw invalid(`${path}/type`, '"type" of a type is a name; take one level of "type" out');
    if (NAMED_WORDS.has(word)) return this.#named(json, word, namespace, path);
    switch (word) {
      case "array":
        return { kind: "array", items: this.#part(json, "items", namespace, path), properties: rest(json, SCHEMA_WORDS) };
      case "map":
        return { kind: "map", values: this.#part(json, "values", namespace, path), properties: rest(json, SCHEMA_WORDS) };
      default: {
        const primitive = avroPrimitives.find((each) => each === word);
        if (primitive !== undefined) return { kind: primitive, properties: rest(json, SCHEMA_WORDS) };
        return this.#byName(word, namespace, `${path}/type`);
      }
    }
  }

  #byName(name: string, namespace: string, path: string): AvroType {
    const primitive = avroPrimitives.find((each) => each === name);
    if (primitive !== undefined) return { kind: primitive, properties: NO_PROPERTIES };
    const wanted = fullName(avroName(name, namespace));
    const found = this.#names.get(wanted);
    if (found !== undefined && !this.#open.has(found)) return found;
    // As in Java, a whole type without a namespace goes before one that is still being read.
    const bare = this.#names.get(name);
    if (bare !== undefined && !this.#open.has(bare)) return bare;
    if (found !== undefined) return found;
    const later = this.#definitions.get(wanted);
    if (later === undefined) throw invalid(path, `"${name}" is no type of Avro and no name that is defined; is a reference missing?`);
    return this.parse(later.json, later.namespace, later.path);
  }

  #named(json: JsonObject, word: string, namespace: string, path: string): AvroNamed {
    const parsed = this.#parsed.get(json);
    if (parsed !== undefined) return parsed;
    if (++this.#depth > MAX_TYPE_DEPTH) throw invalid(path, `more than ${MAX_TYPE_DEPTH} named types inside each other`);
    const type =
      word === "enum"
        ? this.#enum(json, namespace, path)
        : word === "fixed"
          ? this.#fixed(json, namespace, path)
          : this.#record(json, word === "error", namespace, path);
    this.#depth--;
    this.#open.delete(type);
    return type;
  }

  #part(json: JsonObject, word: "items" | "values", namespace: string, path: string): AvroType {
    const part = json.get(word);
    if (part === undefined) throw invalid(path, `"${word}" is missing`);
    return this.parse(part, namespace, `${path}/${word}`);
  }

  #union(json: readonly JsonValue[], namespace: string, path: string): AvroType {
    return atOnce(this.#unionInSteps(json, namespace, path));
  }

  *#unionInSteps(json: readonly JsonValue[], namespace: string, path: string): Steps<AvroType> {
    const branches: AvroType[] = [];
    for (const [index, branch] of json.entries()) {
      if (index > 0 && index % BRANCHES_AT_ONCE === 0) yield;
      branches.push(this.parse(branch, namespace, `${path}/${index}`));
    }
    const seen = new Set<string>();
    for (const [index, branch] of branches.entries()) {
      if (branch.kind === "union") throw invalid(`${path}/${index}`, "a union directly inside of a union");
      const name = isNamed(branch) ? fullName(branch.name) : branch.kind;
      if (seen.has(name)) throw invalid(`${path}/${index}`, `"${name}" comes twice in a union`);
      seen.add(name);
    }
    return { kind: "union", branches };
  }

  #record(json: JsonObject, isError: boolean, namespace: string, path: string): AvroNamed {
    const fields: AvroField[] = [];
    const parts = { ...named(json, namespace, path), properties: rest(json, SCHEMA_WORDS) };
    const record = this.#define({ kind: "record", isError, fields, ...parts }, json, path);
    this.#records.push({ fields, path });
    const written = json.get("fields");
    if (!Array.isArray(written)) throw invalid(path, '"fields" of a record is a list');
    const seen = new Set<string>();
    for (const [index, each] of written.entries()) {
      const field = this.#field(each, record.name.namespace, `${path}/fields/${index}`);
      if (seen.has(field.name)) throw invalid(`${path}/fields/${index}`, `the field "${field.name}" comes twice`);
      seen.add(field.name);
      fields.push(field);
    }
    return record;
  }

  #field(json: JsonValue, namespace: string, path: string): AvroField {
    if (!isJsonObject(json)) throw invalid(path, "a field is an object");
    const name = text(json, "name", path);
    if (name === undefined || !NAME.test(name)) throw invalid(path, badName("field", name));
    const type = json.get("type");
    if (type === undefined) throw invalid(path, `the field "${name}" has no "type"`);
    const order = text(json, "order", path)?.toLowerCase() ?? "ascending";
    if (order !== "ascending" && order !== "descending" && order !== "ignore") {
      throw invalid(`${path}/order`, `"order" is ascending, descending or ignore, not "${order}"`);
    }
    const [doc, aliases, properties] = [text(json, "doc", path), texts(json, "aliases", path), rest(json, FIELD_WORDS)];
    return { name, type: this.parse(type, namespace, `${path}/type`), doc, default: json.get("default"), order, aliases, properties };
  }

  #enum(json: JsonObject, namespace: string, path: string): AvroNamed {
    const symbols = texts(json, "symbols", path);
    if (symbols === undefined) throw invalid(path, '"symbols" of an enum is a list of texts');
    const seen = new Set<string>();
    for (const [index, symbol] of symbols.entries()) {
      if (!NAME.test(symbol)) throw invalid(`${path}/symbols/${index}`, badName("symbol", symbol));
      if (seen.size === seen.add(symbol).size) throw invalid(`${path}/symbols/${index}`, `the symbol "${symbol}" comes twice`);
    }
    const value = text(json, "default", path);
    if (value !== undefined && !seen.has(value)) throw invalid(`${path}/default`, `the default "${value}" is none of the symbols`);
    const parts = { ...named(json, namespace, path), properties: rest(json, ENUM_WORDS) };
    return this.#define({ kind: "enum", symbols, default: value, ...parts }, json, path);
  }

  #fixed(json: JsonObject, namespace: string, path: string): AvroNamed {
    const written = json.get("size");
    const size = written instanceof JsonNumber ? Number(written.integer ?? -1n) : -1;
    if (size < 0 || size > 0x7fff_ffff) throw invalid(path, '"size" of a fixed is a whole number from 0 to 2^31 - 1');
    const parts = { ...named(json, namespace, path), properties: rest(json, SCHEMA_WORDS) };
    return this.#define({ kind: "fixed", size, ...parts }, json, path);
  }

  #define<T extends AvroNamed>(type: T, json: JsonObject, path: string): T {
    const name = fullName(type.name);
    if (avroPrimitives.some((each) => each === name)) throw invalid(path, `"${name}" is a type of Avro and no name for another`);
    if (this.#names.has(name)) throw invalid(path, `"${name}" is defined a second time`);
    this.#names.set(name, type);
    this.#parsed.set(json, type);
    this.#open.add(type);
    return type;
  }
}

/** What every named type has; a name with dots brings its namespace with it. */
function named(
  json: JsonObject,
  around: string,
  path: string,
): { name: AvroName; doc: string | undefined; aliases: AvroName[] | undefined } {
  const written = text(json, "name", path);
  if (written === undefined) throw invalid(path, 'a named type without "name"');
  const name = avroName(written, text(json, "namespace", path) ?? around);
  if (!NAME.test(name.name)) throw invalid(path, badName("type", name.name));
  for (const part of name.namespace === "" ? [] : name.namespace.split(".")) {
    if (!NAME.test(part)) throw invalid(path, badName("namespace", name.namespace));
  }
  const aliases = texts(json, "aliases", path)?.map((alias) => avroName(alias, name.namespace));
  return { name, doc: text(json, "doc", path), aliases };
}

function text(json: JsonObject, word: string, path: string): string | undefined {
  const value = json.get(word);
  if (value === undefined || value === null || typeof value === "string") return value ?? undefined;
  throw invalid(`${path}/${word}`, `"${word}" is a text`);
}

function texts(json: JsonObject, word: string, path: string): readonly string[] | undefined {
  const value = json.get(word);
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value) && value.every((each) => typeof each === "string")) return value;
  throw invalid(`${path}/${word}`, `"${word}" is a list of texts`);
}

function rest(json: JsonObject, known: ReadonlySet<string>): JsonObject {
  let others: Map<string, JsonValue> | undefined;
  for (const [key, value] of json) if (!known.has(key)) (others ??= new Map()).set(key, value);
  return others ?? NO_PROPERTIES;
}

function badName(what: string, name: string | undefined): string {
  return name === undefined ? `a ${what} without "name"` : `"${name}" is no name of a ${what}: letters, digits and _, no digit first`;
}

function invalid(path: string, problem: string, cause?: unknown): RegistryError {
  return new RegistryError("REGISTRY_INVALID_SCHEMA", `This is no Avro schema: ${path === "" ? "" : `at ${path}: `}${problem}.`, {
    path,
    cause,
  });
}
