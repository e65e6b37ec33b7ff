import { SerdeError } from "../serdes-error.ts";
import { pointer } from "../rules/field-tree.ts";
import { JS_BYTES, JS_DATE } from "./json-schema-of.ts";
import type { Discriminator, EnumShape, FieldShape, RecordShape, ScalarShape, TypeShape } from "./type-shape.ts";

type Json = Readonly<Record<string, unknown>>;

/** As deep as types are read, and as many parts. */
const DEPTH_MAX = 64;
const PARTS_MAX = 20_000;
const [INT_MIN, INT_MAX] = [-(2 ** 31), 2 ** 31 - 1];

/** What no schema of a record can say. */
const UNSAYABLE: Readonly<Record<string, string>> = {
  allOf: "an intersection (allOf); give one object with all its properties",
  not: 'a negation ("not")',
  if: 'a condition ("if")',
  patternProperties: "properties by a pattern; give a record of any keys (additionalProperties), or name them",
  prefixItems: "a tuple; give an object whose properties name its places",
  $dynamicRef: "a dynamic reference",
};
/** Formats of texts that say more than "string", by their names in JSON Schema and in OpenAPI's registry. */
const TEXT_FORMATS: Readonly<Record<string, ScalarShape["kind"]>> = {
  date: "date",
  uuid: "uuid",
  int64: "bigint",
  binary: "bytes",
  [JS_DATE]: "instant",
  [JS_BYTES]: "bytes",
};

/** The shape of a type that says its JSON Schema; `name`: of the record that it is. Throws `SerdeError` SERDE_BAD_SCHEMA with the path of what cannot be said. */
export function shapeOf(schema: Json, name: string): RecordShape {
  return new ShapeReader(schema).root(name);
}

/** What a type has that a format cannot say. */
export function cannotSay(path: string, problem: string): SerdeError {
  return new SerdeError("SERDE_BAD_SCHEMA", `The type cannot be said${path === "" ? "" : ` at ${path}`}: ${problem}.`, { path });
}

interface Place {
  readonly path: string;
  /** What a record or enum is called here that says no name itself. */
  readonly name: string;
  readonly depth: number;
}

class ShapeReader {
  readonly #schema: Json;
  readonly #references = new Map<unknown, RecordShape>();
  readonly #names = new Map<string, unknown>();
  #parts = 0;

  constructor(schema: Json) {
    this.#schema = schema;
  }

  root(name: string): RecordShape {
    const place = { path: "", name, depth: 0 };
    const target = this.#resolved(this.#schema, place);
    const record = this.#one(target.schema, { ...place, name });
    if (record.kind === "record") return record;
    throw cannotSay("", "it is no object with named properties, as a record or a message is");
  }

  /** `null` counts as a branch here; whoever has a field takes it apart. */
  #one(given: Json, place: Place): TypeShape {
    const { isNullable, shape } = this.#nullable(given, place);
    if (shape === undefined) throw cannotSay(place.path, "it is null and nothing else");
    if (!isNullable) return shape;
    const branches = shape.kind === "union" ? shape.branches : [shape];
    return {
      kind: "union",
      branches: [{ kind: "null" }, ...branches],
      discriminator: shape.kind === "union" ? shape.discriminator : undefined,
    };
  }

  #nullable(given: Json, place: Place): { readonly isNullable: boolean; readonly shape: TypeShape | undefined } {
    if (++this.#parts > PARTS_MAX) throw cannotSay(place.path, `it has more than ${PARTS_MAX} parts`);
    if (place.depth > DEPTH_MAX) throw cannotSay(place.path, `its parts stand more than ${DEPTH_MAX} deep in each other`);
    const { name, schema } = this.#resolved(given, place);
    const at = { ...place, name };
    for (const [word, problem] of Object.entries(UNSAYABLE)) if (schema[word] !== undefined) throw cannotSay(place.path, problem);
    const branches = this.#flat(schema, at);
    const others = branches.filter(({ type, const: only }) => type !== "null" && only !== null);
    const isNullable = others.length < branches.length;
    if (others.length === 0) return { isNullable, shape: undefined };
    return { isNullable, shape: others.length === 1 ? this.#single(others[0]!, at) : this.#union(others, at) };
  }

  /** A schema's branches, those of `anyOf` in `anyOf` too; of a list of types one for each. */
  #flat(schema: Json, place: Place): readonly Json[] {
    if (place.depth > DEPTH_MAX) throw cannotSay(place.path, `its parts stand more than ${DEPTH_MAX} deep in each other`);
    const { anyOf, oneOf, enum: values, type } = schema;
    const either = Array.isArray(anyOf) ? anyOf : oneOf;
    if (Array.isArray(either)) {
      const branches = either as readonly Json[];
      return branches.flatMap((branch) => {
        const { name, schema: target } = this.#resolved(branch, place);
        const isNamed = target !== branch && target["title"] === undefined;
        return this.#flat(isNamed ? { ...target, title: name } : target, { ...place, depth: place.depth + 1 });
      });
    }
    if (Array.isArray(values) && values.includes(null)) {
      const left = values.filter((value) => value !== null);
      return [{ type: "null" }, ...(left.length === 0 ? [] : [{ ...schema, enum: left, type: undefined }])];
    }
    if (Array.isArray(type)) return type.map((each: unknown) => ({ ...schema, type: each }));
    return [schema];
  }

  #union(branches: readonly Json[], place: Place): TypeShape {
    const texts = branches.map((branch) => textsOf(branch));
    if (texts.every((each) => each !== undefined)) return this.#enum(texts.flat(), {}, place);
    if (branches.every(isObject)) {
      const discriminator = discriminatorOf(branches);
      if (discriminator === undefined)
        throw cannotSay(
          place.path,
          "a union of objects that no property tells apart; give each one of its own literal value (a discriminated union)",
        );
      const names = [...discriminator.branchOf.keys()];
      const records = branches.map((branch, index) =>
        this.#single(branch, { ...place, name: `${place.name}${pascal(names[index]!)}`, depth: place.depth + 1 }),
      );
      return { kind: "union", branches: records, discriminator };
    }
    const shapes = branches.map((branch) => this.#single(branch, { ...place, depth: place.depth + 1 }));
    const kinds = shapes.map(kindOf);
    const twice = kinds.find((kind, index) => kinds.indexOf(kind) < index);
    if (twice !== undefined) throw cannotSay(place.path, `a union with two kinds of ${twice}, which its values do not tell apart`);
    return { kind: "union", branches: shapes, discriminator: undefined };
  }

  #single(schema: Json, place: Place): TypeShape {
    const texts = textsOf(schema);
    // One literal is a text, so that a value like "credit-card" can stand in any format.
    if (texts !== undefined) return "const" in schema ? { kind: "string" } : this.#enum(texts, schema, place);
    const numbers = Array.isArray(schema["enum"])
      ? (schema["enum"] as readonly unknown[])
      : "const" in schema
        ? [schema["const"]]
        : undefined;
    if (numbers !== undefined) return literalsOf(numbers, place.path);
    switch (schema["type"]) {
      case "object":
        return this.#object(schema, place);
      case "array":
        return this.#list(schema, place);
      case "string":
        return textOf(schema, place.path);
      case "integer":
        return { kind: wholeKind(schema) };
      case "number":
        if (schema["format"] === "int32" || schema["format"] === "int64") return { kind: wholeKind(schema) };
        return { kind: schema["format"] === "float" ? "float" : "double" };
      case "boolean":
        return { kind: "boolean" };
      default:
        if (isObject(schema)) return this.#object(schema, place);
        throw cannotSay(place.path, "anything (unknown, any, or what has no JSON Schema)");
    }
  }

  #object(schema: Json, place: Place): TypeShape {
    const { properties, additionalProperties: more } = schema;
    const names = properties as Json | undefined;
    if (names === undefined || (Object.keys(names).length === 0 && isSchema(more))) {
      if (!isSchema(more)) {
        if (names !== undefined) return this.#record(schema, {}, place);
        throw cannotSay(place.path, "an object of any properties; name them, or say what all its values are");
      }
      return { kind: "map", values: this.#one(more, { ...place, path: `${place.path}/*`, depth: place.depth + 1 }) };
    }
    if (isSchema(more)) throw cannotSay(place.path, "named properties with others beside them; put the others into a record of their own");
    return this.#record(schema, names, place);
  }

  #record(schema: Json, properties: Json, place: Place): RecordShape {
    const known = this.#references.get(schema);
    if (known !== undefined) return known;
    const title = typeof schema["title"] === "string" && place.depth > 0 ? identifierOf(schema["title"]) : undefined;
    const name = this.#named(title ?? place.name, schema, place.path);
    const fields: FieldShape[] = [];
    const record: RecordShape = { kind: "record", name, doc: textIn(schema["description"]), fields };
    this.#references.set(schema, record);
    const required = new Set(Array.isArray(schema["required"]) ? (schema["required"] as unknown[]) : []);
    for (const [field, type] of Object.entries(properties)) {
      const path = pointer(place.path, field);
      if (!isSchema(type)) throw cannotSay(path, "anything or nothing");
      const { isNullable, shape } = this.#nullable(type, { path, name: `${name}${pascal(field)}`, depth: place.depth + 1 });
      if (shape === undefined) throw cannotSay(path, "it is null and nothing else");
      const fallback = type["default"];
      fields.push({
        name: field,
        doc: textIn(type["description"]),
        path,
        type: shape,
        isNullable,
        isOptional: !required.has(field),
        default: fallback,
      });
    }
    return record;
  }

  #list(schema: Json, place: Place): TypeShape {
    const { items } = schema;
    if (Array.isArray(items)) throw cannotSay(place.path, UNSAYABLE["prefixItems"]!);
    if (!isSchema(items)) throw cannotSay(place.path, "a list of anything");
    return { kind: "list", items: this.#one(items, { ...place, path: `${place.path}/*`, depth: place.depth + 1 }) };
  }

  #enum(symbols: readonly string[], schema: Json, place: Place): EnumShape {
    const title = typeof schema["title"] === "string" ? identifierOf(schema["title"]) : undefined;
    const unique = [...new Set(symbols)];
    return { kind: "enum", name: this.#named(title ?? place.name, `enum ${unique.join("\n")}`, place.path), symbols: unique };
  }

  /** Names are given to one thing each; what would be the second says where it stands. */
  #named(name: string, thing: unknown, path: string): string {
    const known = this.#names.get(name);
    if (known !== undefined && known !== thing) throw cannotSay(path, `two types are called ${name}; give one of them a title`);
    this.#names.set(name, thing);
    return name;
  }

  #resolved(schema: Json, place: Place): { readonly schema: Json; readonly name: string } {
    let [at, name] = [onlyOf(schema), place.name];
    for (let steps = 0; typeof at["$ref"] === "string"; steps++) {
      const reference = at["$ref"];
      if (steps > DEPTH_MAX) throw cannotSay(place.path, `a reference ("${reference}") that leads to itself`);
      const target = this.#local(reference);
      if (target === undefined) throw cannotSay(place.path, `a reference ("${reference}") that leads out of it`);
      if (reference !== "#") name = identifierOf(decodeURIComponent(reference.slice(reference.lastIndexOf("/") + 1))) ?? name;
      at = onlyOf(target);
    }
    return { schema: at, name };
  }

  #local(reference: string): Json | undefined {
    let at: unknown = this.#schema;
    if (!/^#(?:\/|$)/.test(reference)) return undefined;
    for (const step of reference.split("/").slice(1)) {
      const name = decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
      at = isSchema(at) && Object.hasOwn(at, name) ? at[name] : undefined;
    }
    return isSchema(at) ? at : undefined;
  }
}

/** A reference with words of its own beside it is an `allOf` of one in draft 7. */
function onlyOf(schema: Json): Json {
  const { allOf } = schema;
  return Array.isArray(allOf) && allOf.length === 1 && isSchema(allOf[0]) ? allOf[0] : schema;
}

/** The texts that a schema names, when it names nothing else. */
function textsOf(schema: Json): readonly string[] | undefined {
  const values = Array.isArray(schema["enum"]) ? (schema["enum"] as readonly unknown[]) : "const" in schema ? [schema["const"]] : [];
  return values.length > 0 && values.every((value) => typeof value === "string") ? values : undefined;
}

function literalsOf(values: readonly unknown[], path: string): ScalarShape {
  if (values.every((value) => typeof value === "boolean")) return { kind: "boolean" };
  if (values.every((value) => typeof value === "number")) {
    if (!values.every(Number.isSafeInteger)) return { kind: "double" };
    return { kind: values.every((value) => value >= INT_MIN && value <= INT_MAX) ? "int" : "long" };
  }
  throw cannotSay(path, "literal values of more than one kind");
}

function textOf(schema: Json, path: string): TypeShape {
  const { format, precision, scale = 0, contentEncoding } = schema;
  if (format !== "decimal") return { kind: contentEncoding === "binary" ? "bytes" : (TEXT_FORMATS[String(format)] ?? "string") };
  const isCount = (given: unknown): given is number => Number.isInteger(given) && (given as number) >= 0;
  if (isCount(precision) && precision > 0 && isCount(scale) && scale <= precision) return { kind: "decimal", precision, scale };
  throw cannotSay(path, 'a decimal says how many digits it has: "precision", at least 1, and "scale", at most as many');
}

function wholeKind({ exclusiveMaximum, exclusiveMinimum, format, maximum, minimum }: Json): "int" | "long" | "bigint" {
  if (format === "int32") return "int";
  if (format === "int64") return "bigint";
  const [low, high] = [minimum ?? exclusiveMinimum, maximum ?? exclusiveMaximum];
  return typeof low === "number" && low >= INT_MIN && typeof high === "number" && high <= INT_MAX ? "int" : "long";
}

/** The property whose value tells objects apart: required in each, and a literal text of its own there. */
function discriminatorOf(branches: readonly Json[]): Discriminator | undefined {
  const propertiesOf = ({ properties }: Json): Json => (isSchema(properties) ? properties : {});
  for (const property of Object.keys(propertiesOf(branches[0]!))) {
    const values = branches.map((branch) => {
      const isRequired = Array.isArray(branch["required"]) && (branch["required"] as unknown[]).includes(property);
      const type = propertiesOf(branch)[property];
      const texts = isRequired && isSchema(type) ? textsOf(type) : undefined;
      return texts?.length === 1 ? texts[0] : undefined;
    });
    const branchOf = new Map(values.flatMap((value, index) => (value === undefined ? [] : [[value, index] as const])));
    if (branchOf.size === branches.length) return { property, branchOf };
  }
  return undefined;
}

/** By what a value of a shape is told apart from others. */
function kindOf(shape: TypeShape): string {
  switch (shape.kind) {
    case "int":
    case "long":
    case "bigint":
    case "float":
    case "double":
      return "number";
    case "date":
    case "uuid":
    case "enum":
    case "decimal":
      return "string";
    case "map":
    case "record":
      return "object";
    case "boolean":
    case "bytes":
    case "instant":
    case "list":
    case "null":
    case "string":
    case "union":
      return shape.kind;
  }
}

function isObject(schema: Json): boolean {
  return schema["type"] === "object" || (schema["type"] === undefined && isSchema(schema["properties"]));
}

function isSchema(schema: unknown): schema is Json {
  return typeof schema === "object" && schema !== null && !Array.isArray(schema);
}

function textIn(text: unknown): string | undefined {
  return typeof text === "string" ? text : undefined;
}

/** `credit-card` as a part of a name: `CreditCard`. */
function pascal(text: string): string {
  return text.replaceAll(/(?:^|[^A-Za-z0-9]+)([A-Za-z0-9]?)/g, (_all, first: string) => first.toUpperCase());
}

/** A title as a name; undefined where nothing of it can be in one. */
function identifierOf(title: string): string | undefined {
  const name = /^[A-Za-z_]\w*$/.test(title) ? title : pascal(title);
  return /^[A-Za-z_]\w*$/.test(name) ? name : undefined;
}
