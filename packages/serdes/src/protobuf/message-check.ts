import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { ValueProblem } from "../serde/format-engine.ts";

/** As deep as messages are written in each other; the library reads no deeper. */
const DEPTH_MAX = 100;
/** Which of JavaScript's types a scalar is, where the library would make a text of anything. */
const TYPES: Partial<Readonly<Record<ScalarType, "string" | "boolean">>> = { [ScalarType.STRING]: "string", [ScalarType.BOOL]: "boolean" };

/**
 * Looks at what the library does not: it passes over properties that a message has not, so that a slip of the pen loses a field, and makes texts of whatever stands in their place.
 */
export class MessageCheck {
  readonly #fields = new Map<DescMessage, ReadonlyMap<string, DescField | undefined>>();

  message(message: DescMessage, value: object, path: string, depth = 0): void {
    if (depth > DEPTH_MAX) throw new ValueProblem(path, `more than ${DEPTH_MAX} messages stand inside each other`);
    // Some of Google's own may be written in shapes of their own.
    if (message.typeName.startsWith("google.protobuf.")) return;
    const fields = this.#fieldsOf(message);
    for (const name of Object.keys(value)) {
      const given = (value as Readonly<Record<string, unknown>>)[name];
      const field = fields.get(name);
      if (field !== undefined) this.#field(field, given, `${path}/${name}`, depth);
      else if (!fields.has(name)) throw unknownField(message, `${path}/${name}`, [...fields.keys()]);
      else if (!name.startsWith("$")) this.#oneof(message, given, `${path}/${name}`, depth);
    }
  }

  /** A oneof is `{ case, value }`. */
  #oneof(message: DescMessage, given: unknown, path: string, depth: number): void {
    if (given == null) return;
    const { case: chosen, value } = given as { readonly case?: unknown; readonly value?: unknown };
    if (chosen === undefined) return;
    const field = message.fields.find(({ localName, oneof }) => oneof !== undefined && localName === chosen);
    if (field === undefined)
      throw new ValueProblem(path, `"case" must name a field of the oneof; ${message.typeName} has no ${JSON.stringify(chosen)} there`);
    this.#field(field, value, `${path}/value`, depth);
  }

  #field(field: DescField, given: unknown, path: string, depth: number): void {
    if (given == null) return;
    if (field.fieldKind === "list") {
      if (!Array.isArray(given)) throw new ValueProblem(path, "it must be an array");
      for (let index = 0; index < given.length; index++) this.#value(field, given[index], `${path}/${index}`, depth);
    } else if (field.fieldKind === "map") {
      if (typeof given !== "object" || Array.isArray(given)) throw new ValueProblem(path, "it must be an object");
      for (const key of Object.keys(given)) this.#value(field, (given as Readonly<Record<string, unknown>>)[key], `${path}/${key}`, depth);
    } else this.#value(field, given, path, depth);
  }

  #value({ message, scalar }: DescField, given: unknown, path: string, depth: number): void {
    if (message !== undefined) {
      if (typeof given === "object" && given !== null) this.message(message, given, path, depth + 1);
      return;
    }
    const type = scalar === undefined ? undefined : TYPES[scalar];
    if (type !== undefined && typeof given !== type)
      throw new ValueProblem(path, `it is ${typeof given}, and must be ${type === "string" ? "a text" : "true or false"}`);
    if (type === "string" && !(given as string).isWellFormed())
      throw new ValueProblem(path, "the text has half a character (a lone surrogate)");
  }

  #fieldsOf(message: DescMessage): ReadonlyMap<string, DescField | undefined> {
    let fields = this.#fields.get(message);
    if (fields === undefined) {
      fields = new Map<string, DescField | undefined>([
        ["$typeName", undefined],
        ["$unknown", undefined],
        ...message.fields.filter(({ oneof }) => oneof === undefined).map((field): [string, DescField] => [field.localName, field]),
        ...message.oneofs.map(({ localName }): [string, undefined] => [localName, undefined]),
      ]);
      this.#fields.set(message, fields);
    }
    return fields;
  }
}

function unknownField({ typeName }: DescMessage, path: string, names: readonly string[]): ValueProblem {
  const shown = names.filter((name) => !name.startsWith("$")).slice(0, 10);
  return new ValueProblem(path, `${typeName} has no such field; it has ${shown.join(", ")}`);
}
