/** Words that cannot name a type or a constant, and names that generated code uses itself. */
const TAKEN: ReadonlySet<string> = new Set(
  (
    "any arguments as async await bigint boolean break case catch class const continue debugger declare default delete do else enum eval export extends false finally for from function get global if " +
    "implements import in infer instanceof interface intrinsic is keyof let module namespace never new null number object of out override package private protected public readonly require return satisfies set " +
    "static string super switch symbol this throw true try type typeof undefined unique unknown using var void while with yield " +
    "Array AvroSerdeOptions Buffer Date Error Infinity JsonSchemaSerdeOptions Map NaN Object Omit Promise ProtobufSerdeOptions Readonly Record RegExp SCHEMA REFERENCES SchemaSerde Set String Symbol Uint8Array avro jsonSchema protobuf"
  ).split(" "),
);

const IDENTIFIER = /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u;
const KEY = /^[A-Za-z_$][\w$]*$/;

/** Names of one generated file, each once. */
export class TypeNames {
  readonly #taken = new Set<string>();

  /** A type's name for a text of whatever characters: `order-line` → `OrderLine`. */
  take(text: string): string {
    const words = text.split(/[^\p{ID_Continue}$]+/u).filter((word) => word !== "");
    const joined = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
    const start = IDENTIFIER.test(joined) ? joined : `_${joined}`;
    let name = TAKEN.has(start) ? `${start}_` : start;
    for (let i = 2; this.#taken.has(name) || TAKEN.has(name); i++) name = `${start}${i}`;
    this.#taken.add(name);
    return name;
  }
}

/** A property's name as it is written in a type; a text where it is no plain name. */
export function propertyKey(name: string): string {
  return KEY.test(name) ? name : literal(name);
}

/** The same in an object, where `__proto__` would not be a property. */
export function objectKey(name: string): string {
  return name === "__proto__" ? '["__proto__"]' : propertyKey(name);
}

/** A value as a literal. JSON is TypeScript, and no text ends a comment or a string early. */
export function literal(value: string | number | boolean | null): string {
  // A surrogate alone is no UTF-8; these two end lines in older readers.
  return JSON.stringify(value).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
}

/** A text as a comment, whatever stands in it; nothing for none. */
export function comment(text: string | undefined, indent = ""): string {
  const lines = (text ?? "")
    .replaceAll("*/", "*\\/")
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is taken out
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u202a-\u202e\u2066-\u2069]/g, "")
    .split(/\r\n|[\n\r\u2028\u2029]/)
    .map((line) => line.trimEnd());
  while (lines.at(-1) === "") lines.pop();
  if (lines.length === 0) return "";
  if (lines.length === 1) return `${indent}/** ${lines[0]?.trim()} */\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}`.trimEnd()).join("\n")}\n${indent} */\n`;
}

/** One of several types; each once. */
export function union(types: readonly string[]): string {
  const each = [...new Set(types)];
  if (each.length === 0) return "never";
  return each.includes("unknown") ? "unknown" : each.join(" | ");
}

/** A type inside of an array's or an intersection's. */
export function grouped(type: string): string {
  return / [|&] /.test(type) ? `(${type})` : type;
}

/** A type of values under a schema. */
export interface GeneratedRoot {
  /** The name of the type as which values are read. */
  readonly read: string;
  /** The type of what may be written: fields with a default may be left out. */
  readonly written: string;
  /** The full name of a Protobuf message. */
  readonly message?: string;
}

/** What a schema's code is made of. */
export interface GeneratedTypes {
  /** Declarations, each with its comment, in their order. */
  readonly declarations: readonly string[];
  /** One; of Protobuf each message of the file's first level. */
  readonly roots: readonly GeneratedRoot[];
}
